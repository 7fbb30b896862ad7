"""What a message can say of an order without anybody typing it: numbers, dates and references from the record.

What is not known stays empty, so that a person fills it; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.adapters.catalogues import translate
from webapp.domain.claim_form import reason_label
from webapp.domain.messages import affected
from webapp.domain.quantities import quantity_text, yuan_text
from webapp.domain.remedies import proposed_fen
from webapp.store import orders as order_rows
from webapp.store import papers as rows
from webapp.store.schema import Order, OrderLine
from webapp.store.schema_claims import Claim
from webapp.store.schema_papers import Agreement
from webapp.usecases.draw_lots import last_inspections
from webapp.usecases.exhibits import exhibits_of_order
from webapp.usecases.stage_counts import LineStages, stage_counts
from webapp.usecases.timeline import lines as timeline_lines
from webapp.usecases.timeline import timeline

CHINA: Final = ZoneInfo("Asia/Shanghai")
VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
YEAR: Final = timedelta(days=365)
MOST_FILES: Final = 40
MOST_LINES: Final = 6


@dataclass(frozen=True)
class Volume:
    """Orders and fen paid within the twelve months before ``now`` (S0-43). ``unknown``: orders without an amount."""

    orders: int
    fen: int
    unknown: int


@dataclass(frozen=True)
class OrderNumbers:
    """Units in the order's own unit; None: not known. ``received`` is China's count, else Vietnam's."""

    ordered: int | None
    received: int | None
    short: int | None
    defective: int | None
    china: int | None
    vietnam: int | None
    short_fen: int | None


def numbers_of(session: Session, order: Order) -> OrderNumbers:
    """Lines of different units are not added up: then nothing is known of the whole (AMB-12)."""
    stages = stage_counts(session, order)
    if len({one.line.unit for one in stages}) > 1:
        return OrderNumbers(None, None, None, defective_units(session, order), None, None, None)
    counted = [one.china or one.vietnam for one in stages]
    known = bool(stages) and all(one is not None and one.complete for one in counted)
    received = sum(one.units_milli for one in counted if one) if known else None
    return OrderNumbers(
        ordered=_whole(sum(one.ordered_milli for one in stages)),
        received=_whole(received),
        short=_whole(_short_milli(stages)) if known else None,
        defective=defective_units(session, order),
        china=_stage(stages, vietnam=False),
        vietnam=_stage(stages, vietnam=True),
        short_fen=_short_fen(stages) if known else None,
    )


def defective_units(session: Session, order: Order) -> int | None:
    """Defective units that finished samples found in this order's lines; None: nobody finished a sample."""
    own = {line.id for line in order.lines}
    found = rows.inspections(session, [parcel.id for parcel in order.parcels])
    latest = last_inspections(pair for pair in found if pair[1].line_id in own)
    units = [int(word) for one in latest for word in str(one.said["defective"]).split(" ")]
    return sum(units) if latest else None


def volume_of(session: Session, organisation_id: str, supplier_id: str, now: datetime) -> Volume:
    amounts = rows.amounts_since(session, organisation_id, supplier_id, now - YEAR)
    return Volume(
        len(amounts), sum(one for one in amounts if one is not None), sum(one is None for one in amounts)
    )


def record_slots(session: Session, order: Order, agreement: Agreement | None) -> dict[str, str]:
    """Values that read the same in every language, by slot of ``domain.messages``."""
    numbers = numbers_of(session, order)
    short, defective = _text(numbers.short), _text(numbers.defective)
    handovers = rows.handovers(session, order.id)
    return {
        "order_no": order.order_no,
        "order_date": order.placed_at.astimezone(CHINA).date().isoformat() if order.placed_at else "",
        "received_units": _text(numbers.received),
        "short_units": short,
        "defective_units": defective,
        "affected_units": affected(short, defective),
        "agreement_date": agreement.dated_on if agreement else "",
        "chat_ref": agreement.chat_ref if agreement else "",
        "product": _lines_text(order.lines, lambda line: f"{line.title} {line.spec}".strip()),
        "quantity": _lines_text(
            order.lines, lambda line: f"{quantity_text(line.quantity_milli)} {line.unit}"
        ),
        "unit_price": _prices(order),
        "total": yuan_text(order.paid_fen) if order.paid_fen is not None else "",
        "china_units": _text(numbers.china),
        "vietnam_units": _text(numbers.vietnam),
        "missing_units": _missing(numbers),
        "seal_numbers": "；".join(one.seals for one in handovers if one.seals),
        "contract_ref": "；".join(rows.contract_references(session, handovers)),
        "act_by": _act_by(session, order),
    }


def claim_slots(claim: Claim | None) -> dict[str, str]:
    """What a claim adds to the record's own values."""
    if claim is None or claim.amount_fen is None:
        return {}
    return {"amount": yuan_text(claim.amount_fen)}


def language_slots(session: Session, order: Order, claim: Claim | None, language: str) -> dict[str, str]:
    """What the record says in words of one language: promised, arrived, impact, timeline, files, a claim's reason."""
    numbers = numbers_of(session, order)
    return {
        "promised": _promised(session, order, language),
        "arrived": _arrived(numbers, language),
        "impact": _impact(numbers, language),
        "timeline": "\n".join(timeline_lines(timeline(session, order.id), language)),
        "files": _files(session, order),
        "reason": _reason(claim, language),
    }


def _reason(claim: Claim | None, language: str) -> str:
    """The claim's reason with the label under which a Chinese platform lists it, so that the agent finds it there."""
    if claim is None:
        return ""
    said = translate(language, f"claim_reason.{claim.reason_code}")
    label = reason_label(claim.reason_code)
    return f"{said} ({label})" if label else said


def _promised(session: Session, order: Order, language: str) -> str:
    agreed = [
        translate(
            language,
            "letter.agreed",
            date=one.dated_on,
            attribute=one.attribute,
            value=f"{one.value} {one.unit}".strip(),
            ref=one.chat_ref,
        )
        for one in rows.agreements(session, order.id)
        if one.attribute and one.value
    ]
    goods = [
        f"{line.title} {line.spec}".strip() + f" × {quantity_text(line.quantity_milli)} {line.unit}".rstrip()
        for line in order.lines[:MOST_LINES]
    ]
    return "\n".join([*goods, *agreed[:MOST_LINES]])


def _arrived(numbers: OrderNumbers, language: str) -> str:
    if numbers.received is None:
        return ""
    said = [translate(language, "letter.received", n=numbers.received)]
    if numbers.short:
        said.append(translate(language, "letter.short", n=numbers.short))
    if numbers.defective:
        said.append(translate(language, "letter.defective", n=numbers.defective))
    return "\n".join(said)


def _impact(numbers: OrderNumbers, language: str) -> str:
    """Only what can be reckoned: missing goods at their price. Everything else is a person's to say."""
    if not numbers.short or numbers.short_fen is None:
        return ""
    return translate(language, "letter.impact_short", n=numbers.short, amount=yuan_text(numbers.short_fen))


def _files(session: Session, order: Order) -> str:
    listed = [
        f"{one.filename} sha256:{one.sha256}"
        for one in exhibits_of_order(session, order.organisation_id, order.id)
        if one.verified and one.sha256 and one.source_kind != "fact"
    ]
    return "\n".join(listed[:MOST_FILES])


def _act_by(session: Session, order: Order) -> str:
    """The nearest safe time, in both countries' clocks."""
    known = [row.act_by for row in order_rows.deadlines(session, [order.id]) if row.act_by and row.binding]
    if not known:
        return ""
    at = min(known)
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M} CST / {at.astimezone(VIETNAM):%Y-%m-%d %H:%M} ICT"


def _lines_text(lines: Iterable[OrderLine], of: Callable[[OrderLine], str]) -> str:
    told = [of(line) for line in lines]
    return "；".join(dict.fromkeys(one for one in told if one))


def _prices(order: Order) -> str:
    prices = [yuan_text(line.unit_price_fen) for line in order.lines if line.unit_price_fen is not None]
    return "；".join(dict.fromkeys(prices)) if len(prices) == len(order.lines) else ""


def _stage(stages: Iterable[LineStages], *, vietnam: bool) -> int | None:
    counts = [one.vietnam if vietnam else one.china for one in stages]
    known = [one for one in counts if one is not None and one.complete]
    return _whole(sum(one.units_milli for one in known)) if known and len(known) == len(counts) else None


def _short_milli(stages: Iterable[LineStages]) -> int:
    total = 0
    for one in stages:
        counted = one.china or one.vietnam
        total += max(0, one.ordered_milli - counted.units_milli) if counted else 0
    return total


def _short_fen(stages: Iterable[LineStages]) -> int | None:
    """Missing units at their unit price, rounded half up a line; None while a price is not known."""
    counted = [(one, one.china or one.vietnam) for one in stages]
    missing = [(one.line, max(0, one.ordered_milli - count.units_milli)) for one, count in counted if count]
    return proposed_fen((units, line.unit_price_fen) for line, units in missing if units)


def _missing(numbers: OrderNumbers) -> str:
    if numbers.china is None or numbers.vietnam is None:
        return ""
    return str(max(0, numbers.china - numbers.vietnam))


def _whole(milli: int | None) -> int | None:
    """Thousandths as whole units; a fraction is nothing that these sentences can say."""
    return None if milli is None or milli % 1000 else milli // 1000


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def merged(record: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """What a person typed stands before the record."""
    return {**record, **{name: value for name, value in typed.items() if value.strip()}}
