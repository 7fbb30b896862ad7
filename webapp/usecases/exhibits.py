"""One list of everything that is filed for an order: what the phones signed, and what people filed at the desk.

Gates, claims and the case file read only this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from webapp.domain.events import Happening, parse_events
from webapp.domain.evidence import MalformedRecord
from webapp.store import claims as claim_rows
from webapp.store import documents as document_rows
from webapp.store import papers as rows
from webapp.store import takes as take_rows
from webapp.store.schema import Order, Parcel, Take
from webapp.store.schema_dock import DockFact, Photo

COUNT_SLOT: Final = "EV-18"
UNBOXING_SLOT: Final = "EV-01"
_BREAKS: Final = ("hidden", "mute video", "ended video", "mute audio", "ended audio", "stalled")
_ENDINGS: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "application/pdf": "pdf",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "text/plain": "txt",
}


@dataclass(frozen=True)
class Exhibit:
    """A thing that can be shown. ``source_kind``: ``photo``, ``take``, ``document``, ``fact`` or ``job``.

    ``slot``: the EV-id it fills first, ``also`` the others (one film may be EV-18 and EV-01; ask ``slots``).
    ``sha256``: of the original bytes, for a fact of its signed text, hex. ``captured_at``: aware, as well as known.
    ``verified``: the server holds exactly the bytes that were promised. ``continuous``: of a film only; None: nobody
    can say. ``dated_on``: ISO date that a person gave a document. ``job``: came by a job link, signed by nobody.
    """

    slot: str | None
    source_kind: str
    source_id: str
    sha256: str | None
    mime: str
    bytes: int
    captured_at: datetime
    filename: str
    title_key: str
    parcel_code: str | None = None
    continuous: bool | None = None
    verified: bool = True
    also: tuple[str, ...] = ()
    kind: str = ""
    folder: str = "receiving"
    parcel_id: str | None = None
    line_id: str | None = None
    duration_ms: int | None = None
    dated_on: str | None = None
    note: str = ""
    thumbnail_sha256: str | None = None

    @property
    def slots(self) -> tuple[str, ...]:
        return (*((self.slot,) if self.slot else ()), *self.also)

    @property
    def is_image(self) -> bool:
        return self.mime.partition("/")[0] == "image"

    @property
    def is_film(self) -> bool:
        return self.source_kind == "take" or self.mime.partition("/")[0] == "video"


def exhibits_of_order(session: Session, organisation_id: str, order_id: str) -> list[Exhibit]:
    """Oldest first. Nothing withdrawn, superseded or hidden; nothing of another organisation (then: empty)."""
    order = rows.order_of_organisation(session, organisation_id, order_id)
    if order is None:
        return []
    codes = {parcel.id: parcel_code(parcel) for parcel in order.parcels}
    found = [
        *_documents(session, order),
        *_takes(session, order, codes),
        *_photos(session, order, codes),
        *_facts(session, order, codes),
        *_jobs(session, codes),
    ]
    small = rows.thumbnails(session, {one.sha256 for one in found if one.sha256})
    shown = [_with_small(one, small) for one in found]
    return sorted(shown, key=lambda one: (one.captured_at, one.source_kind, one.source_id))


def parcel_code(parcel: Parcel) -> str | None:
    """The code on the parcel's own label, the last that is not void."""
    codes = [one.code for one in parcel.labels if one.voided_at is None and one.kind in ("parcel", "blank")]
    return codes[-1] if codes else None


def breaks_of(events: str | None) -> list[str]:
    """What interrupts a film, as its ``events.txt`` tells it; an unreadable text counts as a break."""
    if not events:
        return []
    try:
        told = parse_events(events)
    except MalformedRecord:
        return ["unreadable"]
    return [one.what for one in told if isinstance(one, Happening) and one.what.startswith(_BREAKS)]


def _documents(session: Session, order: Order) -> list[Exhibit]:
    found = []
    for document, line_id in document_rows.documents_of_order(session, order.id):
        slot = document.slot
        found.append(
            Exhibit(
                slot=slot,
                source_kind="document",
                source_id=document.id,
                sha256=document.sha256,
                mime=document.mime,
                bytes=document.bytes,
                captured_at=document.filed_at,
                filename=document.filename,
                title_key=f"paper.kind_{document.kind}",
                kind=document.kind,
                folder=document.folder,
                line_id=line_id,
                dated_on=document.dated_on,
                note=" · ".join(one for one in (document.firm, document.report_no, document.note) if one),
            )
        )
    return found


def _takes(session: Session, order: Order, codes: Mapping[str, str | None]) -> list[Exhibit]:
    found = []
    for take in rows.closed_takes(session, codes):
        events = take_rows.side_text(session, take.events_sha256) if take.events_sha256 else None
        slot, also = _take_slots(take, events)
        found.append(
            Exhibit(
                slot=slot,
                source_kind="take",
                source_id=take.id,
                sha256=take.file_sha256,
                mime=(take.mime or "").partition(";")[0],
                bytes=take.file_bytes or 0,
                captured_at=rows.started_at(session, take),
                filename=f"{slot}-{take.id[:8]}.{_ending(take.mime)}",
                title_key=f"slot.{slot}",
                parcel_code=codes[take.parcel_id],
                continuous=_continuous(take, events),
                verified=take.file_state == "verified",
                also=also,
                kind="take",
                parcel_id=take.parcel_id,
                duration_ms=take.duration_ms,
            )
        )
    return found


def _take_slots(take: Take, events: str | None) -> tuple[str, tuple[str, ...]]:
    """A count that shows the parcel being cut open is the unboxing as well (S0-34), and the other way round."""
    slot = take.slot or COUNT_SLOT
    if slot == COUNT_SLOT and "mark cut\n" in (events or ""):
        return slot, (UNBOXING_SLOT,)
    if slot == UNBOXING_SLOT and take.tallies:
        return slot, (COUNT_SLOT,)
    return slot, ()


def _continuous(take: Take, events: str | None) -> bool | None:
    if take.closed != "complete":
        return False
    return not breaks_of(events)


def _photos(session: Session, order: Order, codes: Mapping[str, str | None]) -> list[Exhibit]:
    return [
        Exhibit(
            slot=fact.slot,
            source_kind="photo",
            source_id=photo.id,
            sha256=photo.file_sha256,
            mime=photo.mime.partition(";")[0],
            bytes=photo.file_bytes,
            captured_at=fact.at,
            filename=f"{fact.slot}-{photo.id[:8]}.{_ending(photo.mime)}",
            title_key=f"slot.{fact.slot}",
            parcel_code=codes.get(parcel_id or ""),
            verified=photo.file_state == "verified",
            also=tuple((fact.said.get("also") or "").split()),
            kind="photo",
            parcel_id=parcel_id,
            line_id=fact.line_id,
        )
        for photo, fact, parcel_id in [
            *_own(rows.photos_of_parcels(session, codes), order),
            *_slips(session, codes),
        ]
    ]


def _slips(session: Session, codes: Mapping[str, str | None]) -> list[tuple[Photo, DockFact, str | None]]:
    """Freight slips photographed when these parcels were handed over: of the whole lorry, of no one parcel."""
    handed = claim_rows.handed_over(session, list(codes))
    own = list({one.id: one for one in handed.values()}.values())
    return [(photo, fact, None) for photo, fact, _ in claim_rows.photos_of_handovers(session, own)]


def _own(
    photos: Iterable[tuple[Photo, DockFact, str]], order: Order
) -> Iterable[tuple[Photo, DockFact, str]]:
    """A photo of one line of a parcel that several orders share belongs to that line's order."""
    lines = {line.id for line in order.lines}
    return (one for one in photos if one[1].line_id is None or one[1].line_id in lines)


def _facts(session: Session, order: Order, codes: Mapping[str, str | None]) -> list[Exhibit]:
    """Forms that fill a slot without a picture: the answer that there is no tape (EV-04), sampling sheets (EV-29)."""
    found = []
    lines = {line.id for line in order.lines}
    for fact, record in rows.form_facts(session, codes):
        slot = _slot_of_form(fact)
        if slot is None or (fact.line_id is not None and fact.line_id not in lines):
            continue
        text = record.text.encode("ascii")
        found.append(
            Exhibit(
                slot=slot,
                source_kind="fact",
                source_id=fact.id,
                sha256=record.sha256,
                mime="text/plain",
                bytes=len(text),
                captured_at=fact.at,
                filename=f"{slot}-{fact.id[:8]}.txt",
                title_key=f"slot.{slot}",
                parcel_code=codes.get(fact.parcel_id or ""),
                kind=fact.kind,
                parcel_id=fact.parcel_id,
                line_id=fact.line_id,
            )
        )
    return found


def _slot_of_form(fact: DockFact) -> str | None:
    if fact.kind == "inspection":
        return "EV-29"
    return "EV-04" if fact.kind == "condition" and fact.said.get("tape") == "none" else None


def _jobs(session: Session, codes: Mapping[str, str | None]) -> list[Exhibit]:
    return [
        Exhibit(
            slot=None,
            source_kind="job",
            source_id=capture.id,
            sha256=capture.sha256,
            mime=capture.mime,
            bytes=capture.bytes,
            captured_at=capture.received_at,
            filename=f"job-{capture.id[:8]}.{_ending(capture.mime)}",
            title_key="paper.kind_job",
            parcel_code=codes.get(capture.parcel_id),
            kind="job",
            parcel_id=capture.parcel_id,
            note=capture.note,
        )
        for capture in rows.job_captures(session, codes)
    ]


def _with_small(one: Exhibit, small: Mapping[str, str]) -> Exhibit:
    return replace(one, thumbnail_sha256=small.get(one.sha256 or "")) if one.sha256 in small else one


def _ending(mime: str | None) -> str:
    return _ENDINGS.get((mime or "").partition(";")[0].strip(), "bin")
