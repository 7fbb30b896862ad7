"""The board over 10,000 orders against the query one would write first, in the same run.

    .venv/bin/python bench/board.py [ORDERS]

Naive: every order with its lines, parcels, takes and tallies joined, the states and the sorting reckoned per page.
Prints the median and the worst of interleaved rounds; exits 1 when the board is not faster than the naive query.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from webapp.domain.board_filters import Filters
from webapp.locate import migrations_dir
from webapp.store import schema
from webapp.store.database import Database
from webapp.store.migrate import migrate
from webapp.store.schema import Deadline, Order, OrderLine, Parcel, ParcelOrder, Take, Tally
from webapp.usecases.board import PAGE, board, board_export

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ROUNDS = 15
OWN = "0" * 32
STATES = ("not_received", "partly_arrived", "to_count", "short", "over", "not_verified", "matches")


def opaque(kind: str, number: int) -> str:
    return f"{kind}{number:x}".encode().hex().ljust(32, "0")[:32]


def fill(database: Database, orders: int) -> None:
    """Two lines, three parcels of which two arrived, two closed takes and five clocks an order."""
    with database.write() as session:
        _places(session)
        for start in range(0, orders, 500):
            _orders(session, range(start, min(start + 500, orders)))


def _places(session: Session) -> None:
    at = {"created_at": NOW}
    session.execute(insert(schema.Organisation).values(id=OWN, name="Chi", customer_code="CHI", **at))
    session.execute(
        insert(schema.Site).values(
            id=OWN, name="CN", kind="cn_warehouse", zone="Asia/Shanghai", language="zh_CN", **at
        )
    )
    session.execute(
        insert(schema.Device).values(id=OWN, site_id=OWN, name="phone", public_key=b"", enrolled_at=NOW)
    )
    session.execute(
        insert(schema.PlatformAccount).values(
            id=OWN, organisation_id=OWN, platform="1688", name="chi", owner="self"
        )
    )
    session.execute(
        insert(schema.Supplier),
        [
            {"id": opaque("s", n), "organisation_id": OWN, "company": f"供应商{n}", "member": ""}
            for n in range(40)
        ],
    )


def _orders(session: Session, numbers: range) -> None:
    rows: dict[type, list[dict[str, Any]]] = {
        kind: [] for kind in (Order, OrderLine, Parcel, ParcelOrder, Take, Tally, Deadline)
    }
    for number in numbers:
        order = opaque("o", number)
        placed = NOW - timedelta(minutes=30 * number)
        rows[Order].append(_order(order, number, placed))
        lines = [opaque(f"l{seq}", number) for seq in (1, 2)]
        rows[OrderLine] += [_line(line, order, seq) for seq, line in enumerate(lines, 1)]
        for place in range(3):
            parcel = opaque(f"p{place}", number)
            received = placed if place < 2 else None
            rows[Parcel].append(
                {"id": parcel, "organisation_id": OWN, "created_at": NOW, "received_at": received}
            )
            rows[ParcelOrder].append({"parcel_id": parcel, "order_id": order})
            if received:
                take = opaque(f"t{place}", number)
                rows[Take].append(_take(take, parcel))
                rows[Tally] += [{"take_id": take, "line_id": line, "units": 5} for line in lines]
        rows[Deadline] += [
            _deadline(order, rule, placed) for rule in ("R-02", "R-03", "R-08", "R-09", "R-10")
        ]
    for kind, values in rows.items():
        session.execute(insert(kind), values)


def _order(order: str, number: int, placed: datetime) -> dict[str, Any]:
    return {
        "id": order,
        "organisation_id": OWN,
        "account_id": OWN,
        "supplier_id": opaque("s", number % 40),
        "platform": "1688",
        "order_no": f"36574992{number:011d}",
        "status_raw": "",
        "remark": "",
        "placed_at": placed,
        "paid_fen": 1_000 * (number % 97 + 1),
        "imported_at": NOW,
        "received_at": placed,
        "received_zone": "Asia/Shanghai",
        "arrived_parcels": 2,
        "expected_parcels": 3,
        "state": STATES[number % len(STATES)],
    }


def _line(line: str, order: str, seq: int) -> dict[str, Any]:
    texts = (
        "spec",
        "colour",
        "size",
        "unit",
        "offer_id",
        "sku_id",
        "article_no",
        "model",
        "material_no",
        "single_item_no",
    )
    return {
        "id": line,
        "order_id": order,
        "seq": seq,
        "title": "T恤",
        "quantity_milli": 12_000,
    } | dict.fromkeys(texts, "")


def _take(take: str, parcel: str) -> dict[str, Any]:
    return {
        "id": take,
        "parcel_id": parcel,
        "device_id": OWN,
        "site_id": OWN,
        "opened_at": NOW,
        "device_started_ms": 0,
        "closed": "complete",
        "file_state": "verified",
    }


def _deadline(order: str, rule: str, placed: datetime) -> dict[str, Any]:
    due = placed + timedelta(days=60)
    return {
        "order_id": order,
        "rule_id": rule,
        "subject_kind": "order",
        "subject_id": order,
        "profile_id": "ordinex-1688-2026-06",
        "edition_id": "",
        "start_source": "goods_receipt",
        "assumed": True,
        "proven": False,
        "binding": True,
        "zone": "Asia/Shanghai",
        "start_at": placed,
        "act_by": due,
        "burns_until": due,
        "due_at": due,
        "who": "importer",
        "towards": "supplier",
    }


def naive(database: Database) -> None:
    """One join from orders down to every tally, grouped and sorted for one page."""
    with database.read() as session:
        query = (
            select(
                Order,
                func.min(Deadline.act_by).label("act_by"),
                func.count(Parcel.id.distinct()),
                func.count(Parcel.received_at),
                func.sum(Tally.units),
                func.sum(OrderLine.quantity_milli),
            )
            .outerjoin(ParcelOrder, ParcelOrder.order_id == Order.id)
            .outerjoin(Parcel, Parcel.id == ParcelOrder.parcel_id)
            .outerjoin(Take, Take.parcel_id == Parcel.id)
            .outerjoin(Tally, Tally.take_id == Take.id)
            .outerjoin(OrderLine, OrderLine.id == Tally.line_id)
            .outerjoin(Deadline, (Deadline.order_id == Order.id) & (Deadline.act_by > NOW))
            .where(Order.organisation_id == OWN)
            .group_by(Order.id)
            .order_by("act_by")
            .limit(PAGE)
        )
        assert len(session.execute(query).all()) == PAGE


def main() -> int:
    orders = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        migrate(database, migrations_dir())
        fill(database, orders)

        def page(filters: Filters, number: int = 1) -> Callable[[], object]:
            return lambda: board(database, organisation_id=OWN, filters=filters, page=number, now=NOW)

        ways: dict[str, Callable[[], object]] = {
            "board, first page": page(Filters()),
            "board, last page": page(Filters(), orders // PAGE),
            "board, short, by amount": page(Filters(state="short", sort="stake")),
            "board, three clock filters": page(Filters(urgency="calm", start="assumed", rule="R-02")),
            "naive join": lambda: naive(database),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                began = time.perf_counter()
                way()
                times[name].append((time.perf_counter() - began) * 1_000)
        began = time.perf_counter()
        exported = sum(
            len(batch) for batch in board_export(database, organisation_id=OWN, filters=Filters(), now=NOW)
        )
        seconds = time.perf_counter() - began
        database.engine.dispose()
    print(f"{orders} orders, ms a page, median (worst) of {ROUNDS} interleaved rounds")
    for name, taken in times.items():
        print(f"  {name:28} {statistics.median(taken):8.1f} ({max(taken):.1f})")
    print(f"  export of {exported} orders: {seconds:.1f} s")
    return 0 if statistics.median(times["board, first page"]) < statistics.median(times["naive join"]) else 1


if __name__ == "__main__":
    sys.exit(main())
