"""What is on record of a supplier: orders, spend, shortage and defects by batch, disputes and how they ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.domain.batches import Batch, Rate, defect_rate, shortage
from webapp.domain.refusals import Refusal
from webapp.store import papers as paper_rows
from webapp.store import supplier_record as rows
from webapp.store import takes as take_rows
from webapp.store.database import Database
from webapp.store.schema import Order, Supplier, Take
from webapp.store.schema_claims import Claim
from webapp.usecases.draw_lots import last_inspections
from webapp.usecases.exhibits import breaks_of
from webapp.usecases.message_facts import Volume, volume_of
from webapp.usecases.order_terms import return_address
from webapp.usecases.stage_counts import stage_counts

SHOWN = 24
"""Batches in a chart, the latest."""

LEVELS = ("unbroken_film", "film", "photos", "papers", "nothing")
"""The strongest evidence that a claim was given. Words: ``supplier.level_<level>``."""

SILENT = "silent"


@dataclass(frozen=True)
class SupplierRecord:
    """``spend_fen`` sums known amounts; ``unknown_amounts``: orders that do not say.

    ``outcomes``: (level of evidence, state of the claim) → how many. ``owed``: granted and not come yet, with the order
    that it is about: a credit stays here until somebody says with what it came (S0-42).
    """

    supplier: Supplier
    orders: int
    spend_fen: int
    unknown_amounts: int
    volume: Volume
    batches: list[Batch]
    shortage: Rate
    defects: Rate
    claims: int
    ignored: int
    outcomes: Mapping[tuple[str, str], int]
    address: str | None
    owed: list[tuple[Claim, str]]


def rates(session: Session, organisation_id: str, supplier_id: str) -> tuple[Rate, Rate]:
    """Shortage and defect rate over all batches, as a letter may print them."""
    orders = rows.orders_of_supplier(session, organisation_id, supplier_id)
    batches = [_batch(session, order) for order in orders]
    return shortage(batches), defect_rate(batches)


def record(database: Database, *, organisation_id: str, supplier_id: str, now: datetime) -> SupplierRecord:
    """Raises ``supplier_unknown``, also for another organisation's."""
    with database.read() as session:
        supplier = paper_rows.supplier(session, organisation_id, supplier_id)
        if supplier is None:
            raise Refusal("supplier_unknown")
        orders = rows.orders_of_supplier(session, organisation_id, supplier_id)
        batches = [_batch(session, order) for order in orders]
        claims = rows.claims_of_orders(session, [order.id for order in orders])
        return SupplierRecord(
            supplier=supplier,
            orders=len(orders),
            spend_fen=sum(order.paid_fen or 0 for order in orders),
            unknown_amounts=sum(order.paid_fen is None for order in orders),
            volume=volume_of(session, organisation_id, supplier_id, now),
            batches=batches[-SHOWN:],
            shortage=shortage(batches),
            defects=defect_rate(batches),
            claims=len(claims),
            ignored=len(rows.claims_with_event(session, [one.id for one in claims], SILENT)),
            outcomes=_outcomes(session, claims),
            address=return_address(session, organisation_id, supplier_id),
            owed=rows.owed_claims(session, organisation_id, supplier_id),
        )


def suppliers(database: Database, *, organisation_id: str) -> list[tuple[Supplier, int, int | None]]:
    """(supplier, orders, fen paid as far as known), most orders first."""
    with database.read() as session:
        return rows.suppliers_with_orders(session, organisation_id)


def _batch(session: Session, order: Order) -> Batch:
    """Units of different lines are added up only when they are the same unit (AMB-12)."""
    stages = stage_counts(session, order)
    counts = [one.china or one.vietnam for one in stages]
    whole = bool(stages) and all(one is not None and one.complete for one in counts)
    alike = len({one.line.unit for one in stages}) <= 1
    samples = _samples(session, order)
    return Batch(
        order_no=order.order_no,
        placed_at=order.placed_at,
        ordered_milli=sum(one.ordered_milli for one in stages),
        counted_milli=sum(one.units_milli for one in counts if one) if whole and alike else None,
        inspected=sum(inspected for inspected, _ in samples) if samples else None,
        defective=sum(defective for _, defective in samples) if samples else None,
    )


def _samples(session: Session, order: Order) -> list[tuple[int, int]]:
    """(inspected, defective) of the last finished inspection of each tranche."""
    own = {line.id for line in order.lines}
    found = paper_rows.inspections(session, [parcel.id for parcel in order.parcels])
    return [
        (
            int(one.said["inspected"] or 0),
            sum(int(word) for word in str(one.said["defective"]).split(" ")),
        )
        for one in last_inspections(pair for pair in found if pair[1].line_id in own)
    ]


def _outcomes(session: Session, claims: list[Claim]) -> dict[tuple[str, str], int]:
    taken = rows.exhibits_of_claims(session, [claim.id for claim in claims])
    return dict(Counter((_level(session, taken.get(claim.id, set())), claim.state) for claim in claims))


def _level(session: Session, exhibits: set[tuple[str, str]]) -> str:
    kinds = {kind for kind, _ in exhibits}
    films = [session.get(Take, source) for kind, source in exhibits if kind == "take"]
    if any(film is not None and _unbroken(session, film) for film in films):
        return "unbroken_film"
    if films:
        return "film"
    if "photo" in kinds:
        return "photos"
    return "papers" if kinds else "nothing"


def _unbroken(session: Session, take: Take) -> bool:
    events = take_rows.side_text(session, take.events_sha256) if take.events_sha256 else None
    return take.closed == "complete" and take.file_state == "verified" and not breaks_of(events)
