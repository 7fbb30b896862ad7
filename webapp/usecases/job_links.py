"""A link for one parcel, sent by chat: whoever holds it may send photos and films of that parcel, without enrolment.

Only the link's hash is kept. What comes by it is hashed here and logged; no enrolled phone has signed it, and its only
time is the server's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import BinaryIO, Final, cast

from sqlalchemy.orm import Session

from webapp.adapters.blobs import Blobs, Stored
from webapp.adapters.document_images import MAX_BYTES, read_document_image
from webapp.adapters.incoming_file import IncomingFile
from webapp.adapters.secrets import new_id, new_token, token_hash
from webapp.domain.ledger import derivative_entry, job_capture_entry
from webapp.domain.order_cells import clean
from webapp.domain.refusals import Refusal
from webapp.store import documents, ledger, people, takes
from webapp.store import job_links as rows
from webapp.store.database import Database
from webapp.store.schema import Blob, Derivative, Organisation, Parcel
from webapp.store.schema_doors import JobCapture, JobLink
from webapp.usecases import quotas, rates
from webapp.usecases.people import Desk
from webapp.usecases.rates import Limit

HOURS: Final = (4, 24, 72, 168)
"""How long a link may live; 24 unless the desk says otherwise."""

MOST_BYTES: Final = 2 << 30
MOST_CAPTURES: Final = 300
LONGEST_NOTE: Final = 500
_SENDING: Final = Limit(120, timedelta(hours=1))
_HANDLE: Final = 16
_SHOWN_AS_PICTURE: Final = frozenset({"image/jpeg", "image/png", "image/webp"})


@dataclass(frozen=True)
class Job:
    """What the page behind a link shows: enough to find the parcel, nothing of the order."""

    label: str | None
    customer_code: str
    waybill: str | None
    expires_at: datetime
    sent: int


@dataclass(frozen=True)
class OpenLink:
    """``handle`` names the link and opens nothing."""

    handle: str
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Capture:
    id: str
    sha256: str
    mime: str
    bytes: int
    note: str
    received_at: datetime
    over_https: bool
    has_thumbnail: bool


@dataclass
class ParcelJobs:
    """Of one parcel, for the order page."""

    links: list[OpenLink] = field(default_factory=list)
    captures: list[Capture] = field(default_factory=list)


@dataclass(frozen=True)
class _Thumbnail:
    stored: Stored
    width: int
    height: int


def make(
    database: Database, *, actor: Desk, order_no: str, parcel_id: str, hours: int, now: datetime
) -> tuple[str, datetime]:
    """The token and its end. Raises ``parcel_unknown``, ``job_link_hours``, ``too_many_requests``."""
    if hours not in HOURS:
        raise Refusal("job_link_hours")
    rates.spend(database, f"links:{actor.id}", rates.LINKS, now=now)
    token = new_token()
    with database.write() as session:
        parcel = rows.parcel_of_order(session, actor.organisation_id, order_no, parcel_id)
        if parcel is None:
            raise Refusal("parcel_unknown")
        link = JobLink(
            token_hash=token_hash(token),
            organisation_id=actor.organisation_id,
            parcel_id=parcel.id,
            made_by=f"user:{actor.id}",
            made_at=now,
            expires_at=now + timedelta(hours=hours),
        )
        session.add(link)
        _audit(session, actor, "job_link.made", link, now)
        return token, link.expires_at


def revoke(database: Database, *, actor: Desk, handle: str, now: datetime) -> str | None:
    """Ends a link at once; returns the number of an order of its parcel. Raises ``job_link_unknown``."""
    with database.write() as session:
        for link in rows.open_links(session, actor.organisation_id, now):
            if len(handle) == _HANDLE and link.token_hash.startswith(handle):
                link.revoked_at = now
                _audit(session, actor, "job_link.revoked", link, now)
                return next(iter(rows.order_numbers_of_parcel(session, link.parcel_id)), None)
    raise Refusal("job_link_unknown")


def of_parcels(database: Database, *, parcels: Sequence[Parcel], now: datetime) -> dict[str, ParcelJobs]:
    """Parcel id → its open links and everything that came. The parcels are the caller's own organisation's."""
    ids = [parcel.id for parcel in parcels]
    found = {parcel_id: ParcelJobs() for parcel_id in ids}
    with database.read() as session:
        for link in rows.open_links_of_parcels(session, ids, now):
            handle = link.token_hash[:_HANDLE]
            found[link.parcel_id].links.append(OpenLink(handle, link.made_at, link.expires_at))
        for row in rows.captures_of_parcels(session, ids):
            found[row.parcel_id].captures.append(_capture(session, row))
    return found


def job(database: Database, token: str, *, now: datetime) -> Job:
    """Consumes nothing. Raises ``job_link_unknown``, ``job_link_expired``, ``job_link_revoked``."""
    with database.read() as session:
        link = _open(session, token, now)
        parcel = session.get_one(Parcel, link.parcel_id)
        live = [
            label.code
            for label in parcel.labels
            if label.voided_at is None and label.kind in ("parcel", "blank")
        ]
        return Job(
            live[-1] if live else None,
            parcel.organisation.customer_code,
            parcel.waybill.number_raw if parcel.waybill else None,
            link.expires_at,
            rows.captures_by_link(session, link.token_hash),
        )


def allow_sending(database: Database, blobs: Blobs, token: str, *, size: int, now: datetime) -> None:
    """Before a body of ``size`` bytes is read. Raises as ``job``, and ``too_many_requests``, ``job_link_full``,
    ``job_file_large``, ``disk_full``, ``quota_organisation``."""
    with database.read() as session:
        link = _open(session, token, now)
        if rows.captures_by_link(session, link.token_hash) >= MOST_CAPTURES:
            raise Refusal("job_link_full", most=MOST_CAPTURES)
        quotas.allow_organisation(session, session.get_one(Organisation, link.organisation_id), size)
        subject = f"job:{link.token_hash[:_HANDLE]}"
    if size > MOST_BYTES:
        raise Refusal("job_file_large", most=MOST_BYTES >> 20)
    blobs.need_room(size)
    rates.spend(database, subject, _SENDING, now=now)


def keep_capture(
    database: Database,
    blobs: Blobs,
    token: str,
    *,
    incoming: IncomingFile,
    note: str,
    over_https: bool,
    now: datetime,
) -> Capture:
    """Keeps one file. The same bytes again are the same capture.

    Raises as ``job``, and ``job_file_missing``, ``job_file_type``.
    """
    mime = incoming.mime
    if incoming.bytes == 0:
        raise Refusal("job_file_missing")
    if mime is None:
        raise Refusal("job_file_type")
    stored = incoming.keep()
    small = _thumbnail(blobs, incoming, mime)
    with database.write() as session:
        # Looked at again: a long upload may outlive its link, and what began in time is kept.
        link = _open(session, token, now, over_is_fine=True)
        known = rows.same_capture(session, link.token_hash, stored.sha256)
        if known is not None:
            return _capture(session, known)
        _blob(session, stored, mime, now)
        row = JobCapture(
            id=new_id(),
            link_hash=link.token_hash,
            parcel_id=link.parcel_id,
            sha256=stored.sha256,
            mime=mime,
            bytes=stored.bytes,
            note=clean(note)[:LONGEST_NOTE],
            over_https=over_https,
            received_at=now,
        )
        session.add(row)
        session.flush()
        ledger.append_entry(session, _entry(row))
        if small is not None:
            _file_thumbnail(session, stored.sha256, small, now)
        return _capture(session, row)


def capture(database: Database, *, organisation_id: str, capture_id: str) -> Capture:
    """Raises ``job_capture_unknown``, also for another organisation's."""
    with database.read() as session:
        row = rows.capture_of_organisation(session, organisation_id, capture_id)
        if row is None:
            raise Refusal("job_capture_unknown")
        return _capture(session, row)


def thumbnail(database: Database, *, organisation_id: str, capture_id: str) -> str:
    """The small copy's hash. Raises ``job_capture_unknown``."""
    with database.read() as session:
        row = rows.capture_of_organisation(session, organisation_id, capture_id)
        small = None if row is None else documents.thumbnail_of(session, row.sha256)
        if small is None:
            raise Refusal("job_capture_unknown")
        return small.sha256


def _open(session: Session, token: str, now: datetime, *, over_is_fine: bool = False) -> JobLink:
    link = rows.link(session, token_hash(token))
    if link is None:
        raise Refusal("job_link_unknown")
    if link.revoked_at is not None:
        raise Refusal("job_link_revoked")
    if link.expires_at <= now and not over_is_fine:
        raise Refusal("job_link_expired")
    return link


def _thumbnail(blobs: Blobs, incoming: IncomingFile, mime: str) -> _Thumbnail | None:
    """None for what Pillow cannot or should not open: the original is evidence all the same."""
    if mime not in _SHOWN_AS_PICTURE or incoming.bytes > MAX_BYTES:
        return None
    incoming.seek(0)
    try:
        image = read_document_image(cast(BinaryIO, incoming))
    except Refusal:
        return None
    return _Thumbnail(blobs.put_bytes(image.thumbnail), image.width, image.height)


def _file_thumbnail(session: Session, of: str, small: _Thumbnail, now: datetime) -> None:
    if documents.thumbnail_of(session, of) is not None:
        return
    _blob(session, small.stored, "image/jpeg", now)
    session.add(
        Derivative(
            of_sha256=of,
            kind="thumbnail",
            sha256=small.stored.sha256,
            mime="image/jpeg",
            facts={"width": small.width, "height": small.height},
            made_at=now,
        )
    )
    entry = derivative_entry(received=now, of=of, kind="thumbnail", derivative=small.stored.sha256)
    ledger.append_entry(session, entry)


def _blob(session: Session, stored: Stored, mime: str, now: datetime) -> None:
    if takes.blob(session, stored.sha256) is None:
        session.add(Blob(sha256=stored.sha256, bytes=stored.bytes, mime=mime, stored_at=now))
        session.flush()


def _entry(row: JobCapture) -> str:
    return job_capture_entry(
        received=row.received_at,
        capture=row.id,
        link=row.link_hash,
        parcel=row.parcel_id,
        sha256=row.sha256,
        size=row.bytes,
        mime=row.mime,
        over_https=row.over_https,
    )


def _capture(session: Session, row: JobCapture) -> Capture:
    return Capture(
        row.id,
        row.sha256,
        row.mime,
        row.bytes,
        row.note,
        row.received_at,
        row.over_https,
        documents.thumbnail_of(session, row.sha256) is not None,
    )


def _audit(session: Session, actor: Desk, action: str, link: JobLink, now: datetime) -> None:
    people.audit(
        session,
        at=now,
        actor=f"user:{actor.id}",
        action=action,
        subject=link.parcel_id,
        organisation_id=actor.organisation_id,
        link=link.token_hash[:_HANDLE],
    )
