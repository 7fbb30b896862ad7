"""Exhibits as numbered in one case: each file with its name in the tree, who made it where and when, what proves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from webapp.domain import site_kinds
from webapp.domain.case import CHINA, VIETNAM, CaseExhibit
from webapp.domain.casefile import CHINA as CHINA_TIME
from webapp.domain.casefile import ending_of, file_name, payment_name
from webapp.domain.evidence import MalformedRecord, RecordFields, parse
from webapp.domain.folders import FOLDER_NAMES, Folder
from webapp.domain.quantities import yuan_text
from webapp.domain.tally import result_ms
from webapp.domain.unbroken import unbroken_ms
from webapp.store import cases as rows
from webapp.store import papers
from webapp.store import takes as take_rows
from webapp.store.schema import Blob, Derivative, Device, Order, Record, Site, Take
from webapp.usecases.count_results import count_ms, result_kind
from webapp.usecases.exhibits import Exhibit, breaks_of, exhibits_of_order

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Known:
    """What the exhibits need, read in a few queries: an order may have hundreds."""

    takes: Mapping[str, Take]
    records: Mapping[str, Record]
    fields: Mapping[str, RecordFields]
    devices: Mapping[str, Device]
    workers: Mapping[str, str]
    sites: Mapping[str, Site]
    blobs: Mapping[str, Blob]
    films: Mapping[str, Derivative]
    results: Mapping[tuple[str, str], str]
    waybills: Mapping[str, str]
    payments: Mapping[str, tuple[str, str, str]]


def case_exhibits(session: Session, order: Order) -> tuple[CaseExhibit, ...]:
    """Those with a file that is here, oldest first, numbered from 1. Facts without a file travel as records."""
    listed = [
        one
        for one in exhibits_of_order(session, order.organisation_id, order.id)
        if one.source_kind != "fact" and one.sha256 is not None
    ]
    known = _known(session, order, listed)
    found: list[CaseExhibit] = []
    seen: dict[str, int] = {}
    for one in listed:
        if one.sha256 in known.blobs:
            found.append(_exhibit(session, order, one, known, len(found) + 1, seen))
    return tuple(found)


def _known(session: Session, order: Order, listed: Sequence[Exhibit]) -> _Known:
    takes = rows.takes_by_id(session, [one.source_id for one in listed if one.source_kind == "take"])
    records = rows.records_by_id(session, [one.source_id for one in listed if one.source_kind == "photo"])
    records |= rows.closing_records(session, list(takes.values()))
    fields = {source: told for source, row in records.items() if (told := _fields(row)) is not None}
    hashes = {one.sha256 for one in listed if one.sha256}
    return _Known(
        takes,
        records,
        fields,
        rows.devices(session, {one.device for one in fields.values()}),
        rows.workers(session, {one.worker for one in fields.values() if one.worker}),
        rows.sites(session, {one.site for one in fields.values()}),
        rows.blobs(session, hashes),
        rows.derivatives(session, hashes, "seekable"),
        rows.result_pictures(session, hashes),
        {parcel.id: parcel.waybill.number_raw for parcel in order.parcels if parcel.waybill is not None},
        {
            row.document_id: (row.paid_on, f"{yuan_text(row.amount_fen)} {row.currency}", row.purpose)
            for row in papers.payments(session, order.id)
            if row.document_id is not None
        },
    )


def _fields(record: Record) -> RecordFields | None:
    try:
        return parse(record.text)
    except MalformedRecord:
        return None


def _exhibit(
    session: Session, order: Order, one: Exhibit, known: _Known, number: int, seen: dict[str, int]
) -> CaseExhibit:
    told = known.fields.get(one.source_id)
    record = known.records.get(one.source_id)
    site = known.sites.get(told.site) if told else None
    zone = site.zone if site else CHINA_TIME
    blob = known.blobs[one.sha256 or ""]
    take = known.takes.get(one.source_id)
    device = known.devices.get(told.device) if told else None
    counted = count_ms(session, take) if take else None
    result = known.results.get((blob.sha256, result_kind(result_ms(counted, one.duration_ms))))
    return CaseExhibit(
        number=number,
        slot=one.slot,
        source_kind=one.source_kind,
        source_id=one.source_id,
        sha256=blob.sha256,
        bytes=blob.bytes,
        mime=blob.mime.partition(";")[0],
        path=_path(order, one, zone, known, blob, seen),
        captured_at=one.captured_at,
        zone=zone,
        received_at=record.received_at if record else blob.stored_at,
        device_ms=told.wall.start if told else None,
        offset_ms=told.offset.ms if told and told.offset else None,
        offset_pm=told.offset.pm if told and told.offset else None,
        device=(device.name or device.id) if device else None,
        worker=known.workers.get(told.worker or "") if told else None,
        site=site.name if site else None,
        waybill=known.waybills.get(one.parcel_id or ""),
        record=record.sha256 if record else None,
        entry=record.entry_index if record else None,
        verified=one.verified,
        duration_ms=one.duration_ms,
        count_ms=counted,
        unbroken_ms=_unbroken(session, take, known) if take else None,
        shown=result or one.thumbnail_sha256,
        note=one.note,
        kind="" if one.slot else one.title_key,
        stage=None if site is None else VIETNAM if site.kind == site_kinds.VN else CHINA,
    )


def _path(order: Order, one: Exhibit, zone: str, known: _Known, blob: Blob, seen: dict[str, int]) -> str:
    """``seq`` counts within slot and kind, so that no two files of one order have one name."""
    folder = FOLDER_NAMES[Folder(one.folder)]
    ending = ending_of(blob.mime)
    paid = known.payments.get(one.source_id) if one.folder == Folder.PAYMENT else None
    if paid is not None:
        return f"{folder}/{payment_name(*paid, _next(seen, 'paid'), ending)}"
    slot = one.slot or one.kind or one.source_kind
    at = one.captured_at if one.dated_on is None else _day(one.dated_on, one.captured_at)
    return f"{folder}/{file_name(at, zone, order.order_no, slot, _next(seen, slot), ending)}"


def _day(dated_on: str, filed_at: datetime) -> datetime:
    """Noon in China of the day that a person gave a paper: a date has no hour, and must not slip to its neighbour."""
    try:
        return datetime.fromisoformat(f"{dated_on}T12:00:00+08:00")
    except ValueError:
        return filed_at


def _next(seen: dict[str, int], what: str) -> int:
    seen[what] = seen.get(what, 0) + 1
    return seen[what]


def _unbroken(session: Session, take: Take, known: _Known) -> int | None:
    events = take_rows.side_text(session, take.events_sha256) if take.events_sha256 else None
    film = known.films.get(take.file_sha256 or "")
    return unbroken_ms(
        closed=take.closed,
        verified=take.file_state == "verified",
        breaks=breaks_of(events),
        committed_ms=take.duration_ms,
        facts=film.facts if film else None,
    )


def device_time(exhibit: CaseExhibit) -> datetime | None:
    """What the phone's own clock said; None where it names no date."""
    if exhibit.device_ms is None or not 0 <= exhibit.device_ms < 221_845_392_000_000:
        return None
    return _EPOCH + timedelta(milliseconds=exhibit.device_ms)
