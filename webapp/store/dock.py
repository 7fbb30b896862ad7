"""SQL about facts from the table, photos, held parcels and notices."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, delete, func, or_, select
from sqlalchemy.orm import Session, aliased

from webapp.store.portions import portions
from webapp.store.schema import (
    Blob,
    Challenge,
    Derivative,
    Device,
    Order,
    OrderLine,
    Parcel,
    ParcelOrder,
    Record,
    Site,
    Take,
    Worker,
)
from webapp.store.schema_dock import DockFact, Notice, Photo, Unidentified


def first_opening(session: Session, parcel_id: str, site_id: str) -> datetime | None:
    """When the parcel was first cut open at this site, by the facts that stand."""
    return session.scalar(
        select(func.min(DockFact.at)).where(
            DockFact.parcel_id == parcel_id,
            DockFact.site_id == site_id,
            DockFact.kind == "opening",
            DockFact.gone_by.is_(None),
        )
    )


def facts_of_parcels(
    session: Session, parcel_ids: Iterable[str], *, site_id: str | None = None
) -> list[DockFact]:
    """Every fact, also those that were taken back, oldest first."""
    found = select(DockFact).where(DockFact.parcel_id.in_(list(parcel_ids)))
    if site_id is not None:
        found = found.where(DockFact.site_id == site_id)
    return list(session.scalars(found.order_by(DockFact.at, DockFact.id)))


def photos_about(session: Session, record_ids: Collection[str]) -> list[DockFact]:
    """Photos that stand and show one of these records, oldest first."""
    about = DockFact.said["about"].as_string()
    found = select(DockFact).where(
        DockFact.kind == "photo", DockFact.gone_by.is_(None), about.in_(list(record_ids))
    )
    return list(session.scalars(found.order_by(DockFact.at, DockFact.id)))


def sites(session: Session, ids: Collection[str]) -> dict[str, Site]:
    return {site.id: site for site in session.scalars(select(Site).where(Site.id.in_(list(ids))))}


def mimes(session: Session, hashes: Collection[str]) -> dict[str, str]:
    """What the stored bytes are, by their hash."""
    found = select(Blob.sha256, Blob.mime).where(Blob.sha256.in_(list(hashes)))
    return {sha256: mime for sha256, mime in session.execute(found)}


def thumbnails(session: Session, hashes: Collection[str]) -> dict[str, str]:
    """Original → its small picture."""
    found = select(Derivative.of_sha256, Derivative.sha256).where(
        Derivative.kind == "thumbnail", Derivative.of_sha256.in_(list(hashes))
    )
    return {of: sha256 for of, sha256 in session.execute(found)}


def verdicts_of_order(session: Session, order_id: str) -> list[DockFact]:
    """Verdicts about the order's parcels and lines that nobody took back, oldest first."""
    found = _of_order("verdict", order_id).where(DockFact.gone_by.is_(None))
    return list(session.scalars(found.order_by(DockFact.at, DockFact.id)))


def draws_of_order(session: Session, order_id: str) -> list[DockFact]:
    """Also those that were taken back: a verdict may name one."""
    return list(session.scalars(_of_order("draw", order_id).order_by(DockFact.at, DockFact.id)))


def _of_order(kind: str, order_id: str) -> Select[DockFact]:
    parcels = select(ParcelOrder.parcel_id).where(ParcelOrder.order_id == order_id)
    return select(DockFact).where(
        DockFact.kind == kind,
        or_(
            DockFact.order_id == order_id,
            and_(DockFact.order_id.is_(None), DockFact.parcel_id.in_(parcels)),
        ),
    )


@dataclass(frozen=True)
class Receipt:
    at: datetime
    site_id: str
    zone: str
    record_id: str


def first_receipt(session: Session, parcel_id: str) -> Receipt | None:
    """The earliest arrival of the parcel that stands, or hold that was matched to it."""
    arrived = select(DockFact.at, DockFact.site_id, Site.zone, DockFact.id).where(
        DockFact.parcel_id == parcel_id, DockFact.kind == "arrival"
    )
    matched = (
        select(DockFact.at, DockFact.site_id, Site.zone, DockFact.id)
        .join(Unidentified, Unidentified.id == DockFact.id)
        .where(Unidentified.matched_parcel_id == parcel_id)
    )
    found: list[Receipt] = []
    for query in (arrived, matched):
        standing_ones = query.join(Site, Site.id == DockFact.site_id).where(DockFact.gone_by.is_(None))
        row = session.execute(standing_ones.order_by(DockFact.at, DockFact.id).limit(1)).first()
        if row is not None:
            found.append(Receipt(*row))
    return min(found, key=lambda one: (one.at, one.record_id), default=None)


def arrivals_without_fact(session: Session, most: int) -> list[tuple[Record, Device, Challenge | None]]:
    """Goods receipts accepted before facts were kept, of parcels whose receipt shows it."""
    bare = (
        select(Parcel.id)
        .outerjoin(DockFact, DockFact.id == Parcel.received_record_id)
        .where(Parcel.received_record_id.is_not(None), DockFact.id.is_(None))
    )
    fact = aliased(DockFact)
    query = (
        select(Record, Device)
        .join(Device, Device.id == Record.device_id)
        .outerjoin(fact, fact.id == Record.id)
        .where(Record.kind == "arrival", Record.parcel_id.in_(bare), fact.id.is_(None))
        .order_by(Record.entry_index)
        .limit(most)
    )
    found: list[tuple[Record, Device, Challenge | None]] = []
    seen: set[str] = set()
    for record, device in session.execute(query):
        named = record.text.partition("\nchallenge ")[2].partition("\n")[0]
        if record.id not in seen:
            found.append((record, device, session.get(Challenge, named)))
        seen.add(record.id)
    return found


def photos(session: Session, ids: Collection[str]) -> dict[str, Photo]:
    return {row.id: row for row in session.scalars(select(Photo).where(Photo.id.in_(list(ids))))}


def other_photo_of_file(session: Session, sha256: str, photo_id: str) -> bool:
    found = select(Photo.id).where(Photo.file_sha256 == sha256, Photo.id != photo_id).limit(1)
    return session.scalar(found) is not None


def photo_expects_bytes(session: Session, record_id: str, device_id: str) -> bool:
    """Whether this device committed a photo under that id."""
    found = select(Record.sha256).where(
        Record.id == record_id, Record.device_id == device_id, Record.kind == "photo"
    )
    return session.scalar(found.limit(1)) is not None


def organisation_of_order(session: Session, order_id: str) -> str:
    return session.scalars(select(Order.organisation_id).where(Order.id == order_id)).one()


def orders_of_parcel(session: Session, parcel_id: str) -> list[str]:
    return list(session.scalars(select(ParcelOrder.order_id).where(ParcelOrder.parcel_id == parcel_id)))


def notices_of(
    session: Session, organisation_id: str, *, unseen: bool, order_id: str | None = None
) -> list[Notice]:
    """Newest first; of one order if it is named."""
    found = select(Notice).where(Notice.organisation_id == organisation_id)
    if unseen:
        found = found.where(Notice.seen_at.is_(None))
    if order_id is not None:
        found = found.where(Notice.order_id == order_id)
    return list(session.scalars(found.order_by(Notice.raised_at.desc(), Notice.id)))


def count_unseen(session: Session, organisation_id: str) -> int:
    found = select(func.count()).where(Notice.organisation_id == organisation_id, Notice.seen_at.is_(None))
    return session.scalar(found) or 0


def line_titles(session: Session, ids: Collection[str]) -> dict[str, str]:
    found = select(OrderLine.id, OrderLine.title, OrderLine.spec).where(OrderLine.id.in_(list(ids)))
    return {line_id: f"{title} {spec}".strip() for line_id, title, spec in session.execute(found)}


def notice(
    session: Session, *, order_id: str, parcel_id: str | None, line_id: str | None, kind: str
) -> Notice | None:
    """One subject is told of once."""
    return session.scalar(
        select(Notice)
        .where(
            Notice.order_id == order_id,
            Notice.parcel_id.is_(None) if parcel_id is None else Notice.parcel_id == parcel_id,
            Notice.line_id.is_(None) if line_id is None else Notice.line_id == line_id,
            Notice.kind == kind,
        )
        .limit(1)
    )


def drop_unseen_counts(
    session: Session, order_id: str, *, keep: Collection[tuple[str, str]], counted: Collection[str]
) -> None:
    """A recount that cleared a difference nobody has read of takes its notice away. ``keep``: (line, kind).

    What the receiver stated stands as long as its line is not ``counted`` in every parcel.
    """
    stated = select(DockFact.id).where(DockFact.kind == "discrepancy", DockFact.gone_by.is_(None))
    for row in session.scalars(
        select(Notice).where(
            Notice.order_id == order_id,
            Notice.kind.in_(("short_count", "surplus")),
            Notice.seen_at.is_(None),
            Notice.line_id.is_not(None),
            or_(Notice.line_id.in_(list(counted)), Notice.record_id.not_in(stated)),
        )
    ):
        if (row.line_id or "", row.kind) not in keep:
            session.execute(delete(Notice).where(Notice.id == row.id))


def drop_unseen(
    session: Session, order_id: str, kinds: Collection[str], *, parcel_id: str | None, line_id: str | None
) -> None:
    about = [Notice.line_id.is_(None), Notice.parcel_id == parcel_id] if line_id is None else []
    session.execute(
        delete(Notice).where(
            Notice.order_id == order_id,
            Notice.kind.in_(list(kinds)),
            Notice.seen_at.is_(None),
            *(about or [Notice.line_id == line_id]),
        )
    )


def drop_unseen_of_record(session: Session, record_id: str) -> None:
    session.execute(delete(Notice).where(Notice.record_id == record_id, Notice.seen_at.is_(None)))


def facts(session: Session, ids: Collection[str]) -> list[DockFact]:
    return list(session.scalars(select(DockFact).where(DockFact.id.in_(list(ids)))))


def closed_weighings(session: Session, site_id: str, parcel_ids: Iterable[str]) -> dict[str, int]:
    """Parcel → grams as it was weighed unopened at this site, newest first; the last reading counts."""
    found: list[tuple[datetime, str, str, int]] = []
    for some in portions(parcel_ids):
        query = select(DockFact.at, DockFact.id, DockFact.parcel_id, DockFact.said).where(
            DockFact.site_id == site_id,
            DockFact.parcel_id.in_(some),
            DockFact.kind == "weighing",
            DockFact.gone_by.is_(None),
        )
        for at, fact_id, parcel_id, said in session.execute(query):
            if parcel_id is not None and said["target"] == "parcel" and said["opened"] == "no":
                found.append((at, fact_id, parcel_id, int(said["grams"])))
    newest: dict[str, int] = {}
    for _, _, parcel_id, grams in sorted(
        sorted(found, key=lambda one: one[1]), key=lambda one: one[0], reverse=True
    ):
        newest.setdefault(parcel_id, grams)
    return newest


def facts_at(session: Session, site_id: str, since: datetime, parcel_ids: Iterable[str]) -> list[DockFact]:
    """What was recorded of these parcels at the site since then, oldest first."""
    found: list[DockFact] = []
    for some in portions(parcel_ids):
        found += session.scalars(
            select(DockFact).where(
                DockFact.site_id == site_id, DockFact.at >= since, DockFact.parcel_id.in_(some)
            )
        )
    return sorted(found, key=lambda fact: (fact.at, fact.id))


def segments_of_parcel(session: Session, parcel_id: str) -> list[DockFact]:
    """Those that stand, oldest first."""
    found = select(DockFact).where(
        DockFact.parcel_id == parcel_id, DockFact.kind == "segment", DockFact.gone_by.is_(None)
    )
    return list(session.scalars(found.order_by(DockFact.at, DockFact.id)))


def parcels_with_unread_segments(session: Session) -> list[str]:
    """Whose takes do not say yet what they go on with."""
    found = (
        select(DockFact.parcel_id)
        .join(Take, and_(Take.id == DockFact.said["next"].as_string(), Take.parcel_id == DockFact.parcel_id))
        .where(DockFact.kind == "segment", DockFact.gone_by.is_(None), Take.goes_on.is_(None))
    )
    return [parcel_id for parcel_id in session.scalars(found.distinct()) if parcel_id is not None]


def unfinished_takes_at(
    session: Session, site_id: str, since: datetime, parcel_ids: Iterable[str]
) -> list[Take]:
    """Begun and not closed, or cut off: somebody's unfinished take."""
    found: list[Take] = []
    for some in portions(parcel_ids):
        found += session.scalars(
            select(Take).where(
                Take.site_id == site_id,
                or_(Take.closed.is_(None), Take.closed == "interrupted"),
                Take.opened_at >= since,
                Take.parcel_id.in_(some),
            )
        )
    return sorted(found, key=lambda take: (take.opened_at, take.id))


def closed_takes_at(session: Session, site_id: str, since: datetime, parcel_ids: Iterable[str]) -> list[Take]:
    """Closed before takes were kept as facts, oldest first: nothing else tells that the parcel was counted."""
    kept = select(DockFact.id).where(DockFact.id == Take.close_record_id)
    found: list[Take] = []
    for some in portions(parcel_ids):
        found += session.scalars(
            select(Take).where(
                Take.site_id == site_id,
                Take.closed_at >= since,
                Take.parcel_id.in_(some),
                ~kept.exists(),
            )
        )
    return sorted(found, key=lambda take: (take.closed_at or since, take.id))


def worker_names(session: Session, ids: Collection[str]) -> dict[str, str]:
    found = select(Worker.id, Worker.name).where(Worker.id.in_(list(ids)))
    return {worker_id: name for worker_id, name in session.execute(found)}
