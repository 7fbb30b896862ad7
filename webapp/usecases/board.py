"""What the desk reads: the board, an order, a take. Projections only; nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from webapp.adapters.blobs import Blobs
from webapp.domain.deadlines import OrderClock
from webapp.domain.labels import parse_label
from webapp.domain.orders import normalise_waybill
from webapp.domain.reconciliation import LineCount, ParcelCount, line_count
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Rulebook
from webapp.domain.tally import TallyMark, tally_marks, unit_moments
from webapp.store import orders as rows
from webapp.store import people, takes
from webapp.store.database import Database
from webapp.store.schema import Derivative, Device, Order, OrderLine, Parcel, Record, Site, Take, Worker
from webapp.usecases.clocks import clocks_of

PAGE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_9000_MS = 221_845_392_000_000


@dataclass(frozen=True)
class CountedLine:
    line: OrderLine
    count: LineCount


@dataclass(frozen=True)
class BoardRow:
    order: Order
    lines: list[CountedLine]
    clocks: tuple[OrderClock, ...]
    next_clock: OrderClock | None


@dataclass(frozen=True)
class Board:
    rows: list[BoardRow]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class TakeView:
    """A take with what is needed to play it: ``seekable`` if it is made, else the verified original.

    ``lines`` are the order lines of its parcel. ``device_started`` is the word of the phone's own clock: shown, never
    reckoned with; None when it names no date.
    """

    take: Take
    orders: list[Order]
    lines: list[OrderLine]
    site: Site
    device: Device
    device_started: datetime | None
    worker: Worker | None
    marks: tuple[TallyMark, ...]
    unit_ms: list[int]
    original: Record | None
    seekable: Derivative | None
    poster: Derivative | None
    record_sha256: list[str]
    entry_indexes: list[int]
    findings: list[str]
    work_problem: str | None


@dataclass(frozen=True)
class OrderView:
    row: BoardRow
    parcels: list[Parcel]
    takes: list[TakeView]


def board(
    database: Database,
    rulebook: Rulebook,
    *,
    organisation_id: str,
    page: int,
    now: datetime,
    search: str = "",
) -> Board:
    """Orders by nearest act-by that can still be met; with ``search`` only what it finds."""
    with database.read() as session:
        if search.strip():
            found = rows.search(
                session,
                organisation_id,
                text=search.strip(),
                waybill_norm=normalise_waybill(search),
                code=parse_label(search).code,
            )
            return Board(_rows(session, rulebook, found, now), len(found), 1, 1)
        orders, total = rows.board_page(
            session, organisation_id, now=now, limit=PAGE, offset=(page - 1) * PAGE
        )
        return Board(_rows(session, rulebook, orders, now), total, page, max(1, -(-total // PAGE)))


def order_view(
    database: Database, rulebook: Rulebook, *, organisation_id: str, order_no: str, now: datetime
) -> OrderView:
    """Raises ``order_unknown``, also for another organisation's order."""
    with database.read() as session:
        order = rows.order_by_no(session, organisation_id, order_no)
        if order is None:
            raise Refusal("order_unknown", order_no=order_no)
        films = rows.takes_of_parcels(session, [parcel.id for parcel in order.parcels])
        return OrderView(
            _rows(session, rulebook, [order], now)[0],
            order.parcels,
            [_take_view(session, take) for take in films],
        )


def take_view(database: Database, *, organisation_id: str, take_id: str) -> TakeView:
    with database.read() as session:
        take = rows.take_of_organisation(session, organisation_id, take_id)
        if take is None:
            raise Refusal("take_unknown")
        return _take_view(session, take)


def order_deadlines(
    database: Database, rulebook: Rulebook, *, order_no: str | None
) -> list[tuple[Order, tuple[OrderClock, ...]]]:
    """For the command line: every order of the instance, or one by number."""
    with database.read() as session:
        orders = (
            rows.orders_by_no_anywhere(session, order_no)
            if order_no is not None
            else rows.all_orders(session)
        )
        if order_no is not None and not orders:
            raise Refusal("order_unknown", order_no=order_no)
        stated = rows.milestones(session, [order.id for order in orders])
        return [(order, clocks_of(rulebook, order, stated)) for order in orders]


def blob_path_is_there(blobs: Blobs, sha256: str) -> bool:
    return blobs.path(sha256).exists()


def _rows(session: Session, rulebook: Rulebook, orders: list[Order], now: datetime) -> list[BoardRow]:
    stated = rows.milestones(session, [order.id for order in orders])
    tallies = rows.latest_tallies(session, [line.id for order in orders for line in order.lines])
    found = []
    for order in orders:
        clocks = clocks_of(rulebook, order, stated)
        lines = [
            CountedLine(line, _line_count(line, tallies.get(line.id, []), len(order.parcels)))
            for line in order.lines
        ]
        found.append(BoardRow(order, lines, clocks, next_clock(clocks, now)))
    return found


def _line_count(line: OrderLine, tallies: list[tuple[Take, int]], parcels: int) -> LineCount:
    # The latest take of a parcel stands; earlier ones stay on the page, with their names.
    latest = {take.parcel_id: ParcelCount(units, take.file_state == "verified") for take, units in tallies}
    return line_count(line.quantity_milli, list(latest.values()), parcels=parcels)


def next_clock(clocks: Iterable[OrderClock], now: datetime) -> OrderClock | None:
    """The binding clock with the nearest act-by that is still ahead."""
    open_ones = [
        clock
        for clock in clocks
        if clock.binding and clock.deadline is not None and clock.deadline.act_by > now
    ]
    return min(open_ones, key=lambda clock: clock.deadline.act_by if clock.deadline else now, default=None)


def _take_view(session: Session, take: Take) -> TakeView:
    records = takes.records_of_take(session, take)
    closing = next((record for record in records if record.kind == "take"), None)
    derivatives = takes.derivatives_of(session, take.file_sha256) if take.file_sha256 else {}
    events = takes.side_text(session, take.events_sha256) if take.events_sha256 else None
    worker = people.worker(session, take.worker_id) if take.worker_id else None
    marks = tally_marks(events) if events else ()
    return TakeView(
        take=take,
        orders=take.parcel.orders,
        lines=[line for order in take.parcel.orders for line in order.lines],
        site=session.get_one(Site, take.site_id),
        device=session.get_one(Device, take.device_id),
        device_started=_device_time(take.device_started_ms),
        worker=worker,
        marks=marks,
        unit_ms=unit_moments(marks),
        original=closing,
        seekable=derivatives.get("seekable"),
        poster=derivatives.get("poster"),
        record_sha256=[record.sha256 for record in records],
        entry_indexes=[record.entry_index for record in records],
        findings=sorted({finding["code"] for record in records for finding in record.findings}),
        work_problem=takes.work_problem(session, "seekable", take.file_sha256) if take.file_sha256 else None,
    )


def _device_time(ms: int) -> datetime | None:
    """None for a clock so wrong that it names no date we could show."""
    return EPOCH + timedelta(milliseconds=ms) if 0 <= ms < _YEAR_9000_MS else None
