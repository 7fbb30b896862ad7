"""One order's case, put together from what is on record. Reads; nothing here writes.

The report, the offline pages, the voucher and the pages behind share links all show what stands here, so that they
never say different things.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.domain.case import (
    Case,
    CaseClaim,
    CaseClock,
    CaseExhibit,
    CaseLine,
    CaseMoment,
    CasePayment,
    CaseSample,
    ThreeFacts,
    Undelivered,
)
from webapp.domain.casefile import CHINA, case_folder
from webapp.domain.orders import normalise_waybill
from webapp.domain.refusals import Refusal
from webapp.domain.timeline import MOST_LINES, trimmed
from webapp.store import cases as rows
from webapp.store import claims as claim_rows
from webapp.store import dock, papers
from webapp.store import orders as order_rows
from webapp.store.schema import Order
from webapp.store.schema_dock import DockFact
from webapp.usecases import rulebooks
from webapp.usecases.case_exhibits import case_exhibits
from webapp.usecases.clock_panel import places_of
from webapp.usecases.clock_reading import clocks_of_order
from webapp.usecases.derivatives import CODES
from webapp.usecases.stage_counts import StageCount, stage_counts
from webapp.usecases.timeline import timeline


def case_of(session: Session, *, organisation_id: str, order_no: str, now: datetime) -> Case:
    """Raises ``order_unknown``, also for another organisation's order."""
    order = order_rows.order_by_no(session, organisation_id, order_no)
    if order is None:
        raise Refusal("order_unknown", order_no=order_no)
    exhibits = case_exhibits(session, order)
    case = Case(
        order_id=order.id,
        order_no=order.order_no,
        platform=order.platform,
        supplier=order.supplier.company or order.supplier.member,
        placed_at=order.placed_at,
        paid_fen=order.paid_fen,
        folder=_folder(session, order),
        lines=_lines(session, order),
        exhibits=exhibits,
        undelivered=_undelivered(session, order),
        clocks=_clocks(session, order, now),
        moments=_moments(session, order),
        samples=_samples(session, order),
        payments=_payments(session, order),
        claims=_claims(session, order),
        facts=ThreeFacts(),
        waybills=tuple(waybill.number_raw for waybill in order.waybills),
        made_at=now,
        agreed=tuple(
            (row.dated_on, " ".join(part for part in (row.attribute, row.value, row.unit) if part))
            for row in papers.agreements(session, order.id)
        ),
    )
    return replace(case, facts=_facts(session, order, case))


def _folder(session: Session, order: Order) -> str:
    factory = order.supplier.company or order.supplier.member or order.lines[0].title
    shared = False
    if order.placed_at is not None:
        day = order.placed_at.astimezone(ZoneInfo(CHINA)).date()
        shared = rows.shares_folder(session, order, datetime.combine(day, time.min, ZoneInfo(CHINA)))
    return case_folder(factory, order.placed_at, order.order_no, shares_its_date=shared)


def _lines(session: Session, order: Order) -> tuple[CaseLine, ...]:
    return tuple(
        CaseLine(
            id=one.line.id,
            seq=one.line.seq,
            title=one.line.title,
            variant=" · ".join(part for part in (one.line.colour, one.line.size) if part) or one.line.spec,
            unit=one.line.unit,
            ordered_milli=one.ordered_milli,
            china=_units(one.china),
            vietnam=_units(one.vietnam),
            china_whole=one.china is None or one.china.complete,
            vietnam_whole=one.vietnam is None or one.vietnam.complete,
        )
        for one in stage_counts(session, order)
    )


def _units(count: StageCount | None) -> int | None:
    return None if count is None else count.units_milli // 1000


def _undelivered(session: Session, order: Order) -> tuple[Undelivered, ...]:
    takes = rows.undelivered_takes(session, [parcel.id for parcel in order.parcels])
    opened = rows.records_by_id(session, [take.id for take in takes])
    return tuple(
        Undelivered(take.slot, take.file_sha256, take.file_bytes, opened[take.id].sha256, take.opened_at)
        for take in takes
        if take.id in opened
    )


def _clocks(session: Session, order: Order, now: datetime) -> tuple[CaseClock, ...]:
    profiles = {one.id: one for one in rulebooks.shipped().profiles}
    profiles |= {one.id: one for one in rulebooks.current(session, order.organisation_id).rulebook.profiles}
    clocks = clocks_of_order(session, order)
    places = places_of(session, order, claim_rows.claims_of_order(session, order.id), clocks)
    found = []
    for clock in clocks:
        if clock.deadline is None:
            continue
        place = places.get(clock.subject)
        # A claim keeps its edition; of a profile that is gone since, only the rule itself still says its source.
        profile = profiles.get(clock.rule.profile_id)
        source = clock.rule.source_title or (profile.source_title if profile else "")
        dated = profile.source_date if profile and clock.rule.source_title is None else None
        found.append(
            CaseClock(
                rule=clock.rule.id,
                name=clock.rule.name,
                due=clock.deadline.due,
                act_by=clock.deadline.act_by,
                zone=clock.deadline.zone,
                assumed=clock.assumed,
                state=clock.state(now),
                source=source,
                source_date=None if dated is None else dated.isoformat(),
                who=clock.who,
                towards=clock.rule.towards,
                binding=clock.binding,
                place=(place.kind, place.name) if place else None,
                ended_at=clock.ended_at,
            )
        )
    return tuple(found)


def _moments(session: Session, order: Order) -> tuple[CaseMoment, ...]:
    """One screen (S1-25)."""
    return tuple(
        CaseMoment(one.at, one.zone, f"moment.{one.key}", one.vars, one.proven)
        for one in trimmed(timeline(session, order.id), MOST_LINES)
    )


def _samples(session: Session, order: Order) -> tuple[CaseSample, ...]:
    lines = {line.id: line for line in order.lines}
    facts = [
        fact
        for fact in dock.facts_of_parcels(session, [parcel.id for parcel in order.parcels])
        if fact.gone_by is None
    ]
    zones = {site.id: site.zone for site in rows.sites(session, {fact.site_id for fact in facts}).values()}
    people = rows.workers(session, {fact.worker_id for fact in facts if fact.worker_id})
    found = []
    for draw in (fact for fact in facts if fact.kind == "draw" and fact.line_id in lines):
        done = [fact for fact in facts if fact.kind == "inspection" and fact.said.get("draw") == draw.id]
        verdicts = [fact for fact in facts if _decides(fact, draw)]
        line = lines[draw.line_id or ""]
        found.append(
            CaseSample(
                line=f"{line.title} {line.spec}".strip(),
                at=draw.at,
                zone=zones[draw.site_id],
                lot=int(draw.said["lot"] or 0),
                n=int(draw.said["n"] or 0),
                inspected=int(done[-1].said["inspected"] or 0) if done else None,
                defective=_defective(str(done[-1].said["defective"])) if done else None,
                verdict=verdicts[-1].said["verdict"] if verdicts else None,
                inspector=people.get(done[-1].worker_id or "") if done else None,
            )
        )
    return tuple(found)


def _decides(fact: DockFact, draw: DockFact) -> bool:
    """Not one that its worker may not give: it is kept and changes nothing."""
    return (
        fact.kind == "verdict" and fact.said.get("draw") == draw.id and "worker_may_not" not in fact.findings
    )


def _defective(said: str) -> tuple[int, int, int]:
    critical, major, minor = (int(word) for word in said.split(" "))
    return critical, major, minor


def _payments(session: Session, order: Order) -> tuple[CasePayment, ...]:
    """The receiving account stays out: it is personal data of the supplier's people."""
    return tuple(
        CasePayment(row.paid_on, row.amount_fen, row.currency, row.purpose, row.note)
        for row in papers.payments(session, order.id)
    )


def _claims(session: Session, order: Order) -> tuple[CaseClaim, ...]:
    return tuple(
        CaseClaim(
            id=row.id,
            number=row.number,
            type=row.type,
            channel=row.channel,
            state=row.state,
            amount_fen=row.amount_fen,
            currency=row.currency,
            remedy=row.remedy,
            reason_code=row.reason_code or None,
            description_zh=row.description_zh,
            discrepancy=row.discrepancy_id,
        )
        for row in claim_rows.claims_of_order(session, order.id)
    )


def _facts(session: Session, order: Order, case: Case) -> ThreeFacts:
    listed = list(case.exhibits)
    film = case.count_film
    return ThreeFacts(
        waybills=_waybills_read(session, order, listed),
        tape=_tape_intact(session, order, listed),
        unbroken_ms=film.unbroken_ms if film else None,
    )


def _waybills_read(session: Session, order: Order, exhibits: list[CaseExhibit]) -> tuple[str, ...]:
    """The order's numbers, when each counted parcel's own number was read from the bars on a signed photo of it."""
    read = rows.derivatives(session, {one.sha256 for one in exhibits if one.level is not None}, CODES)
    shown: dict[str, set[str]] = {}
    for one in exhibits:
        if one.source_kind == "photo" and one.sha256 in read and one.waybill is not None:
            codes = {normalise_waybill(str(code)) for code in read[one.sha256].facts.get("codes", ())}
            shown.setdefault(one.waybill, set()).update(codes)
    counted = {one.waybill for one in exhibits if one.count_ms is not None}
    own = {waybill.number_raw: waybill.number_norm for waybill in order.waybills}
    if not counted or any(raw is None or own.get(raw) not in shown.get(raw, set()) for raw in counted):
        return ()
    return tuple(sorted(raw for raw in counted if raw is not None))


def _tape_intact(session: Session, order: Order, exhibits: list[CaseExhibit]) -> bool:
    """Every parcel that was cut open was said to be intact before that, and a signed photo of its tape is here."""
    facts = [
        fact
        for fact in dock.facts_of_parcels(session, [parcel.id for parcel in order.parcels])
        if fact.gone_by is None
    ]
    photos = {one.source_id for one in exhibits if one.source_kind == "photo" and one.level is not None}
    opened = {fact.parcel_id: fact.at for fact in reversed(facts) if fact.kind == "opening"}
    counted = {fact.parcel_id for fact in facts if fact.kind == "take"} | set(opened)
    for parcel_id in counted:
        own = [fact for fact in facts if fact.parcel_id == parcel_id]
        until = opened.get(parcel_id) or min(fact.at for fact in own if fact.kind == "take")
        said = [fact for fact in own if fact.kind == "condition" and fact.at <= until]
        shown = [
            fact
            for fact in own
            if fact.kind == "photo"
            and fact.at <= until
            and fact.id in photos
            and _shows(fact.slot, fact.said)
        ]
        if not said or said[-1].said.get("tape") != "intact" or not shown:
            return False
    return bool(counted)


def _shows(slot: str | None, said: dict[str, object]) -> bool:
    return slot == "EV-04" or "EV-04" in str(said.get("also") or "").split()
