"""What a revoked phone still sends: kept for the desk, part of no log, no screen and no answer to the phone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.evidence import MalformedRecord, RecordFields, parse
from webapp.domain.refusals import Refusal
from webapp.domain.signatures import BadSignature, decode_base64url
from webapp.store import quarantine as rows
from webapp.store.database import Database
from webapp.store.people import organisations_at
from webapp.store.schema import Device, Site
from webapp.store.schema_doors import Quarantine
from webapp.usecases.device_keys import signing_keys

MOST_PER_DEVICE: Final = 2_000
"""A stolen phone still holds its key: what it may fill the database with is bounded."""

_KEPT_CHARACTERS: Final = 65_536
_KEPT_SIDE_CHARACTERS: Final = 1 << 20


def keep(
    session: Session,
    *,
    device_id: str,
    text: str,
    signature: str,
    side: Mapping[str, str],
    now: datetime,
) -> None:
    """Sets one item aside, once. A record that was accepted before the revocation is not kept again.

    Raises ``quarantine_full``.
    """
    sha256 = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    if rows.is_accepted(session, sha256) or rows.held(session, device_id, sha256) is not None:
        return
    if rows.count_of(session, device_id) >= MOST_PER_DEVICE:
        raise Refusal("quarantine_full", most=MOST_PER_DEVICE)
    session.add(
        Quarantine(
            id=new_id(),
            device_id=device_id,
            sha256=sha256,
            text=storable(text)[:_KEPT_CHARACTERS],
            signature=storable(signature)[:1_000],
            side=_bounded(side),
            received_at=now,
        )
    )
    session.flush()


def storable(text: str) -> str:
    """Lone surrogates and NUL cannot be stored; the rest stays as sent."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\0")


def _bounded(side: Mapping[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    room = _KEPT_SIDE_CHARACTERS
    for name, text in side.items():
        if len(text) <= room:
            kept[storable(name)[:100]] = storable(text)
            room -= len(text)
    return kept


@dataclass(frozen=True)
class Held:
    """One item as the desk sees it. ``authentic``: a key of the phone signed exactly this text."""

    device: Device
    site: Site
    received_at: datetime
    kind: str | None
    seq: int | None
    text: str
    authentic: bool
    id: str
    releasable: bool
    """Authentic, not released yet, and about the reader's own goods."""
    released_at: datetime | None


def held_for(database: Database, *, organisation_id: str) -> list[Held]:
    """What the organisation may see: items about its own parcels, and those that name no parcel of anybody."""
    with database.read() as session:
        return [_shown(session, one) for one in _visible(session, organisation_id)]


def waiting_for(database: Database, *, organisation_id: str) -> int:
    """How many of them nobody has released."""
    with database.read() as session:
        return sum(one.row.released_at is None for one in _visible(session, organisation_id))


def to_release(session: Session, item_id: str, *, organisation_id: str) -> Waiting:
    """Raises ``quarantine_unknown``, also for a neighbour's; ``quarantine_not_signed``, ``quarantine_not_yours``."""
    for one in _visible(session, organisation_id, item_id=item_id):
        if not _authentic(session, one):
            raise Refusal("quarantine_not_signed")
        if not one.own:
            raise Refusal("quarantine_not_yours")
        return one
    raise Refusal("quarantine_unknown")


def releasable_of(session: Session, device_id: str, *, organisation_id: str) -> list[str]:
    """Ids of the phone's items that may be released, in the order in which the phone signed them.

    Raises ``quarantine_unknown`` when the organisation sees nothing of that phone, also for a neighbour's.
    """
    seen = _visible(session, organisation_id, device_id=device_id)
    if not seen:
        raise Refusal("quarantine_unknown")
    wanted = [
        (one.fields.seq, one.row.received_at, one.row.id)
        for one in seen
        if one.fields is not None and one.own and one.row.released_at is None and _authentic(session, one)
    ]
    return [item_id for *_, item_id in sorted(wanted)]


@dataclass(frozen=True)
class Waiting:
    """``own``: about the reader's parcel, or of a site that serves nobody else."""

    row: Quarantine
    device: Device
    site: Site
    fields: RecordFields | None
    own: bool


def _visible(
    session: Session, organisation_id: str, *, item_id: str | None = None, device_id: str | None = None
) -> list[Waiting]:
    found = rows.at_sites_of(session, organisation_id, item_id=item_id, device_id=device_id)
    read = [(row, device, site, _parsed(row.text)) for row, device, site in found]
    named = {fields.parcel for *_, fields in read if fields is not None and fields.parcel is not None}
    owners = rows.organisations_of_parcels(session, named)
    alone = {site.id: organisations_at(session, site.id) == [organisation_id] for *_, site, _ in read}
    visible = []
    for row, device, site, fields in read:
        owner = None if fields is None else owners.get(fields.parcel or "")
        if owner in (None, organisation_id):
            own = owner == organisation_id or alone[site.id]
            visible.append(Waiting(row, device, site, fields, own))
    return visible


def _parsed(text: str) -> RecordFields | None:
    try:
        return parse(text)
    except MalformedRecord:
        return None


def _shown(session: Session, one: Waiting) -> Held:
    authentic = _authentic(session, one)
    return Held(
        device=one.device,
        site=one.site,
        received_at=one.row.received_at,
        kind=one.fields.kind if one.fields else None,
        seq=one.fields.seq if one.fields else None,
        text=one.row.text,
        authentic=authentic,
        id=one.row.id,
        releasable=authentic and one.own and one.row.released_at is None,
        released_at=one.row.released_at,
    )


def _authentic(session: Session, one: Waiting) -> bool:
    if one.fields is None or one.fields.device != one.device.id:
        return False
    try:
        keys = signing_keys(session, one.device)
        keys.check(decode_base64url(one.row.signature), one.row.text, seq=one.fields.seq)
    except BadSignature:
        return False
    return True
