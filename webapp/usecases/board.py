"""What the desk reads: the board, an order, a take. Projections only; nothing here writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from webapp.domain.board_filters import DIFFERS, Filters
from webapp.domain.claim_clocks import nearest
from webapp.domain.order_clocks import OrderClock
from webapp.domain.progress import OrderState
from webapp.domain.receiving_plan import Plan
from webapp.domain.reconciliation import LineCount
from webapp.domain.refusals import Refusal
from webapp.domain.stakes import at_stake_fen
from webapp.domain.tally import TallyMark, tally_marks, unit_moments
from webapp.domain.trade_status import trade_closed
from webapp.store import board as board_rows
from webapp.store import orders as rows
from webapp.store import people, takes, unsent, uploads
from webapp.store import rules as rule_rows
from webapp.store.board import Sums
from webapp.store.database import Database
from webapp.store.schema import Derivative, Device, Order, OrderLine, Parcel, Record, Site, Take, Worker
from webapp.store.schema_rules import DeadlineChange
from webapp.usecases.applied_plans import plans_of_orders
from webapp.usecases.clock_reading import clocks_of_orders
from webapp.usecases.order_progress import counts_of_lines
from webapp.usecases.projected_clocks import projected_clocks
from webapp.usecases.take_files import type_findings

PAGE = 50
EXPORT_BATCH = 200
CHANGES_TOLD = 500
SUPPLIERS_OFFERED = 300
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_9000_MS = 221_845_392_000_000


@dataclass(frozen=True)
class CountedLine:
    line: OrderLine
    count: LineCount


@dataclass(frozen=True)
class BoardRow:
    """``stake_fen`` is None when the order does not say what it cost; ``counted_at``: countries, cn before vn."""

    order: Order
    lines: list[CountedLine]
    clocks: tuple[OrderClock, ...]
    next_clock: OrderClock | None
    stake_fen: int | None
    plan: Plan
    counted_at: tuple[str, ...] = ()

    @property
    def closed(self) -> bool:
        """The trade ended without being completed: no clock runs and nothing is at stake."""
        return trade_closed(self.order.status_raw)


@dataclass(frozen=True)
class Rate:
    """Ten-thousandths of a dong for one yuan, as somebody stated it."""

    dong_e4: int
    stated_by: str
    stated_at: datetime


@dataclass(frozen=True)
class Board:
    """``sums`` are over all pages; ``by_state`` counts orders under the filters other than the state's."""

    rows: list[BoardRow]
    page: int
    pages: int
    sums: Sums
    by_state: dict[str, int]
    rate: Rate | None
    suppliers: list[str]

    @property
    def total(self) -> int:
        return self.sums.orders


@dataclass(frozen=True)
class TakeView:
    """A take with what is needed to play it: ``seekable`` if it is made, else the verified original.

    ``part``: (SHA-256, bytes) of what is kept of a film that is not here as it was signed; no signature covers it.
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
    part: tuple[str, int] | None
    record_sha256: list[str]
    entry_indexes: list[int]
    findings: list[str]
    work_problem: str | None
    lost: bool
    """Its phone's storage was cleared before the film was here."""


@dataclass(frozen=True)
class OrderView:
    row: BoardRow
    parcels: list[Parcel]
    takes: list[TakeView]


def board(
    database: Database,
    *,
    organisation_id: str,
    filters: Filters,
    page: int,
    now: datetime,
) -> Board:
    """Orders by nearest act-by that can still be met, or as the filters sort them."""
    with database.read() as session:
        by_state = board_rows.sums_by_state(session, organisation_id, filters, now=now)
        sums = _sums(by_state, filters.state)
        pages = max(1, -(-sums.orders // PAGE))
        orders = board_rows.board_page(
            session, organisation_id, filters, now=now, limit=PAGE, offset=(page - 1) * PAGE
        )
        return Board(
            rows=_rows(session, orders, now, projected_clocks),
            page=page,
            pages=pages,
            sums=sums,
            by_state={state: found.orders for state, found in by_state.items()},
            rate=rate_of(session, organisation_id),
            suppliers=board_rows.supplier_names(session, organisation_id, SUPPLIERS_OFFERED),
        )


def board_export(
    database: Database, *, organisation_id: str, filters: Filters, now: datetime
) -> Iterator[list[BoardRow]]:
    """Every order that the filters leave, a batch at a time, as one reading of the database."""
    with database.read() as session:
        for orders in board_rows.board_batches(session, organisation_id, filters, now=now, size=EXPORT_BATCH):
            yield _rows(session, orders, now, projected_clocks)


def rate_of(session: Session, organisation_id: str) -> Rate | None:
    found = board_rows.latest_rate(session, organisation_id)
    return None if found is None else Rate(found[0].dong_e4, found[1], found[0].stated_at)


def order_changes(database: Database, *, order_no: str) -> list[DeadlineChange]:
    """For the command line: how the clocks of the orders of this number moved, newest first."""
    with database.read() as session:
        orders = rows.orders_by_no_anywhere(session, order_no)
        return [one for order in orders for one in rule_rows.changes(session, order.id, limit=CHANGES_TOLD)]


def _sums(by_state: dict[str, Sums], state: str) -> Sums:
    wanted = (
        (OrderState.SHORT, OrderState.OVER) if state == DIFFERS else (state,) if state else tuple(by_state)
    )
    found = [by_state[one] for one in wanted if one in by_state]
    return Sums(
        sum(one.orders for one in found),
        sum(one.known_fen for one in found),
        sum(one.unknown for one in found),
        sum(one.closed for one in found),
    )


def order_view(database: Database, *, organisation_id: str, order_no: str, now: datetime) -> OrderView:
    """Raises ``order_unknown``, also for another organisation's order."""
    with database.read() as session:
        order = rows.order_by_no(session, organisation_id, order_no)
        if order is None:
            raise Refusal("order_unknown", order_no=order_no)
        films = rows.takes_of_parcels(session, [parcel.id for parcel in order.parcels])
        return OrderView(
            _rows(session, [order], now, clocks_of_orders)[0],
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
    database: Database, *, order_no: str | None
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
        found = clocks_of_orders(session, orders)
        return [(order, found[order.id]) for order in orders]


_Clocks = Callable[[Session, list[Order]], dict[str, tuple[OrderClock, ...]]]


def _rows(session: Session, orders: list[Order], now: datetime, clocks: _Clocks) -> list[BoardRow]:
    clocks_of = clocks(session, orders)
    counts = counts_of_lines(session, orders)
    plans = plans_of_orders(session, orders)
    counted_at = board_rows.counted_at(session, [order.id for order in orders])
    found = []
    for order in orders:
        lines = [CountedLine(line, counts[line.id]) for line in order.lines]
        found.append(
            BoardRow(
                order,
                lines,
                clocks_of[order.id],
                nearest(clocks_of[order.id], now),
                stake_of(order),
                plans[order.id],
                tuple(sorted(counted_at.get(order.id, ()))),
            )
        )
    return found


def stake_of(order: Order) -> int | None:
    return at_stake_fen(
        paid_fen=order.paid_fen,
        goods_fen=order.goods_fen,
        freight_fen=order.freight_fen,
        adjust_fen=order.adjust_fen,
        closed=trade_closed(order.status_raw),
    )


def _take_view(session: Session, take: Take) -> TakeView:
    records = takes.records_of_take(session, take)
    closing = next((record for record in records if record.kind == "take"), None)
    derivatives = takes.derivatives_of(session, take.file_sha256) if take.file_sha256 else {}
    events = takes.side_text(session, take.events_sha256) if take.events_sha256 else None
    worker = people.worker(session, take.worker_id) if take.worker_id else None
    marks = tally_marks(events) if events else ()
    part = _part(session, take)
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
        part=part,
        record_sha256=[record.sha256 for record in records],
        entry_indexes=[record.entry_index for record in records],
        # The film may come after its record, and only then be seen to be something else.
        findings=sorted(
            {finding["code"] for record in records for finding in record.findings}
            | {finding.code for finding in type_findings(session, take)}
            | ({"film_unsealed"} if part and take.closed is None else set())
        ),
        work_problem=takes.work_problem(session, "seekable", take.file_sha256) if take.file_sha256 else None,
        lost=take.file_state != "verified" and bool(unsent.successors(session, [take.device_id])),
    )


def _part(session: Session, take: Take) -> tuple[str, int] | None:
    found = uploads.kept_part(session, take.id, take.device_id) if take.file_state == "partial" else None
    return None if found is None or found.sha256 is None else (found.sha256, found.offset)


def _device_time(ms: int) -> datetime | None:
    """None for a clock so wrong that it names no date we could show."""
    return EPOCH + timedelta(milliseconds=ms) if 0 <= ms < _YEAR_9000_MS else None
