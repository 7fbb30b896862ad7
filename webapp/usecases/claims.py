"""Claims are opened from a confirmed diagnosis, filled, and changed only until something was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.claim_form import check_form, missing_milli
from webapp.domain.claim_states import BEFORE_FILING
from webapp.domain.gates import description_length
from webapp.domain.messages import LONGEST_1688
from webapp.domain.refusals import Refusal
from webapp.domain.remedies import check_proposal, paths, sends_back
from webapp.store import claims as rows
from webapp.store import orders as order_rows
from webapp.store.audit import audit
from webapp.store.database import Database
from webapp.store.schema import Order
from webapp.store.schema_claims import Claim, ClaimLine, Discrepancy
from webapp.usecases import diagnosis, rulebooks
from webapp.usecases.capture_asks import wanted_of
from webapp.usecases.claim_events import PROGRAM, add_event
from webapp.usecases.claim_evidence import add_exhibit, fitting, take_in_what_fits
from webapp.usecases.claim_starts import start_clocks, state_warranty, warranty_ends
from webapp.usecases.claim_views import view_of
from webapp.usecases.exhibits import exhibits_of_order
from webapp.usecases.sessions import Desk

LONGEST_DESCRIPTION: Final = 2000
CURRENCY: Final = "CNY"


@dataclass(frozen=True, slots=True)
class ClaimSaid:
    """``form``: as typed. ``lines``: line id → thousandths of the order's unit; empty: the diagnosis's own line.

    ``amount_fen``, ``remedy_fen``, ``remedy_milli``: None: not asked for. One remedy (S3-21). ``return_fen``: freight
    back inside China and ``return_abroad_fen`` the international leg, as estimated; ``return_unknown``: nobody knows.
    """

    discrepancy_id: str
    channel: str
    form: Mapping[str, str]
    lines: Mapping[str, int]
    amount_fen: int | None
    description_zh: str
    path: str | None = None
    remedy: str | None = None
    remedy_fen: int | None = None
    remedy_milli: int | None = None
    return_fen: int | None = None
    return_abroad_fen: int | None = None
    return_unknown: bool = False


def open_claim(database: Database, *, actor: Desk, said: ClaimSaid, now: datetime) -> int:
    """Opens a claim under the rulebook's edition of today, takes in what the order has for its slots; returns its
    number.

    Refusals: ``discrepancy_unknown``, ``channel_closed`` (with why), those of the form, of the remedy, of amounts, and
    ``return_cost_missing``.
    """
    with database.write() as session:
        found = rows.discrepancy(session, actor.organisation_id, said.discrepancy_id)
        if found is None:
            raise Refusal("discrepancy_unknown")
        order = order_rows.orders_by_id(session, [found.order_id])[0]
        form = check_form(found.type, said.form)
        filer = _open_channel(session, order, found, said, form, now)
        edition = rulebooks.to_pin(session, actor.organisation_id, now=now)
        _check_money(order, found, said, edition.switches.refund_only)
        claim = Claim(
            id=new_id(),
            organisation_id=actor.organisation_id,
            number=rows.next_number(session, actor.organisation_id),
            order_id=order.id,
            discrepancy_id=found.id,
            type=found.type,
            channel=said.channel,
            filer=filer,
            situation=found.situation,
            edition_id=edition.id,
            state="",
            external_id="",
            wanted=[],
            opened_by=actor.id,
            opened_at=now,
            closed_at=None,
            currency=CURRENCY,
            **_content(said, form),
        )
        session.add(claim)
        session.flush()
        _set_lines(session, claim, order, found, said)
        add_event(session, claim, by=actor.actor, kind="opened", at=now, said={"type": claim.type}, now=now)
        take_in_what_fits(session, claim, by=actor.id, now=now)
        start_clocks(session, claim, order, by=actor.actor, now=now)
        settle(session, claim, by=actor.actor, now=now)
        return claim.number


def change(database: Database, *, actor: Desk, number: int, said: ClaimSaid, now: datetime) -> None:
    """Rewrites what is asked, as long as nothing was sent. Refusals as `open_claim`, and ``claim_sent``."""
    with database.write() as session:
        claim = _claim(session, actor, number)
        if claim.state not in BEFORE_FILING:
            raise Refusal("claim_sent")
        found = session.get_one(Discrepancy, claim.discrepancy_id)
        order = order_rows.orders_by_id(session, [claim.order_id])[0]
        form = check_form(claim.type, said.form)
        claim.filer = _open_channel(session, order, found, said, form, now)
        edition = rulebooks.pinned(session, claim.edition_id)
        _check_money(order, found, said, edition.switches.refund_only)
        claim.channel = said.channel
        for name, value in _content(said, form).items():
            setattr(claim, name, value)
        session.flush()
        _set_lines(session, claim, order, found, said)
        state_warranty(session, claim, by=actor.actor, now=now)
        _audit(session, actor, "claim.changed", claim, now)
        settle(session, claim, by=actor.actor, now=now)


def take_in(
    database: Database, *, actor: Desk, number: int, source_kind: str, source_id: str, now: datetime
) -> None:
    """Takes one exhibit of the order into the claim; twice is once. Raises ``exhibit_unknown``."""
    with database.write() as session:
        claim = _claim(session, actor, number)
        offered = exhibits_of_order(session, claim.organisation_id, claim.order_id)
        one = next((e for e in offered if (e.source_kind, e.source_id) == (source_kind, source_id)), None)
        if one is None:
            raise Refusal("exhibit_unknown")
        if rows.exhibit(session, claim.id, source_kind, source_id) is None:
            add_exhibit(session, claim, one.slot, source_kind, source_id, by=actor.id, now=now)
            _audit(session, actor, "claim.exhibit_added", claim, now, source=source_id)
        settle(session, claim, by=actor.actor, now=now)


def take_out(
    database: Database, *, actor: Desk, number: int, source_kind: str, source_id: str, now: datetime
) -> None:
    """Leaves an exhibit out of what will be sent; it stays in the order's record, and in what was sent."""
    with database.write() as session:
        claim = _claim(session, actor, number)
        row = rows.exhibit(session, claim.id, source_kind, source_id)
        if row is None:
            raise Refusal("exhibit_unknown")
        row.removed_at, row.removed_by = now, actor.id
        session.flush()
        _audit(session, actor, "claim.exhibit_removed", claim, now, source=source_id)
        settle(session, claim, by=actor.actor, now=now)


def settle(session: Session, claim: Claim, *, by: str, now: datetime) -> None:
    """Before filing: whether its evidence is complete is an event of its own when it changes."""
    if claim.state not in BEFORE_FILING:
        return
    view = view_of(session, claim)
    own = view.discrepancy.parcel_id
    claim.wanted = wanted_of(
        view.todos,
        claim=claim.number,
        line_id=view.discrepancy.line_id,
        parcel_ids=[own] if own else [parcel.id for parcel in view.order.parcels],
        abroad=claim.situation == "B",
    )
    lacking = any(todo.required for todo in view.todos)
    kind = "evidence_missing" if lacking else "evidence_complete"
    standing = "evidence_incomplete" if lacking else "ready"
    if claim.state != standing:
        add_event(session, claim, by=by, kind=kind, at=now, said={}, now=now)


def refresh(database: Database, *, actor: Desk, number: int, now: datetime) -> None:
    """Takes in what has come since (a photo from the phone, a paper) and fills a needed slot."""
    with database.write() as session:
        claim = _claim(session, actor, number)
        if claim.state in BEFORE_FILING:
            take_in_what_fits(session, claim, by=actor.id, now=now)
            settle(session, claim, by=actor.actor, now=now)


def catch_up(database: Database, *, since: datetime | None, now: datetime) -> int:
    """What came for claims that nobody has filed yet, without anybody asking; returns how many claims it filled.

    ``since``: only claims for which something came after that; None looks at all of them.
    """
    with database.read() as session:
        if since is None:
            waiting = rows.ids_in_states(session, BEFORE_FILING)
        else:
            waiting = rows.ids_with_news(session, BEFORE_FILING, since=since)
    filled = 0
    for claim_id in waiting:
        with database.read() as session:
            if not fitting(session, session.get_one(Claim, claim_id)):
                continue
        with database.write() as session:
            claim = session.get_one(Claim, claim_id)
            if claim.state in BEFORE_FILING:
                filled += take_in_what_fits(session, claim, by=PROGRAM, now=now) > 0
                settle(session, claim, by=PROGRAM, now=now)
    return filled


def _claim(session: Session, actor: Desk, number: int) -> Claim:
    claim = rows.claim_by_number(session, actor.organisation_id, number)
    if claim is None:
        raise Refusal("claim_unknown")
    return claim


def _open_channel(
    session: Session,
    order: Order,
    discrepancy: Discrepancy,
    said: ClaimSaid,
    form: Mapping[str, str | int],
    now: datetime,
) -> str:
    """Who files; ``channel_closed`` for a channel that is dead or waits for a word, judged as things stand now."""
    fresh = diagnosis.diagnosis_of(session, order, now=now)
    found = diagnosis.again(fresh, discrepancy, now)
    answers = {**discrepancy.inputs.get("answers", {}), "reason": str(form.get("reason", ""))}
    if said.channel == "warranty" and (ends := warranty_ends(form)) is not None and ends <= now:
        raise Refusal("channel_closed", why="channel.why_warranty_over", channel=said.channel)
    for choice in diagnosis.choices(fresh, found, now=now, answers=answers, form=dict(form)):
        if choice.channel == said.channel:
            if not choice.open:
                raise Refusal("channel_closed", why=choice.reason_key or "", channel=said.channel)
            return choice.filer
    raise Refusal("channel_unknown")


def shipped(order: Order) -> bool:
    """As far as the record tells: a waybill, a receipt, or a status that says so."""
    return order.received_at is not None or any(parcel.waybill_id for parcel in order.parcels)


def _check_money(order: Order, discrepancy: Discrepancy, said: ClaimSaid, refund_only: str) -> None:
    if said.amount_fen is not None and said.amount_fen <= 0:
        raise Refusal("claim_amount_missing")
    if said.amount_fen is not None and order.paid_fen is not None and said.amount_fen > order.paid_fen:
        raise Refusal("claim_amount_over_paid")
    if said.path is not None:
        offered = paths(shipped=shipped(order), situation=discrepancy.situation, refund_only=refund_only)
        if said.path not in offered.open:
            raise Refusal("claim_path_unknown")
    if sends_back(said.path, said.remedy) and said.return_fen is None and not said.return_unknown:
        raise Refusal("return_cost_missing")
    if said.remedy is not None:
        check_proposal(
            said.remedy,
            fen=said.remedy_fen,
            units_milli=said.remedy_milli,
            situation=discrepancy.situation,
        )
    if description_length(said.description_zh) > LONGEST_DESCRIPTION or (
        said.channel == "platform_1688" and description_length(said.description_zh) > LONGEST_1688
    ):
        raise Refusal("claim_description_long", most=LONGEST_1688)


def _content(said: ClaimSaid, form: dict[str, str | int]) -> dict[str, Any]:
    return {
        "path": said.path,
        "reason_code": str(form["reason"]),
        "form": {**form, **_return_said(said)},
        "description_zh": said.description_zh.strip(),
        "amount_fen": said.amount_fen,
        "remedy": said.remedy,
        "remedy_fen": said.remedy_fen,
        "remedy_milli": said.remedy_milli,
    }


def _return_said(said: ClaimSaid) -> dict[str, int]:
    """The estimate stands beside the form's own fields; what nobody knows is left out, never 0 (S0-15)."""
    if not sends_back(said.path, said.remedy):
        return {}
    parts = {"return_fen": said.return_fen, "return_abroad_fen": said.return_abroad_fen}
    return {name: fen for name, fen in parts.items() if fen is not None and not said.return_unknown}


def _set_lines(session: Session, claim: Claim, order: Order, found: Discrepancy, said: ClaimSaid) -> None:
    """The claim's units, line by line, never more than ordered. Raises ``line_unknown``, ``claim_units_over``."""
    wanted = dict(said.lines)
    if not wanted and found.line_id:
        units = missing_milli(claim.type, claim.form) or found.units_milli
        wanted = {found.line_id: units} if units else {}
    ordered = {line.id: line.quantity_milli for line in order.lines}
    if not set(wanted) <= set(ordered):
        raise Refusal("line_unknown")
    if any(not 0 < units <= ordered[line_id] for line_id, units in wanted.items()):
        raise Refusal("claim_units_over")
    if found.units_milli is not None and sum(wanted.values()) > found.units_milli:
        raise Refusal("claim_units_over_found")
    have = {row.line_id: row for row in rows.claim_lines(session, claim.id)}
    for line_id in set(have) - set(wanted):
        session.delete(have[line_id])
    for line_id, units in wanted.items():
        if line_id in have:
            have[line_id].units_milli = units
        else:
            session.add(ClaimLine(claim_id=claim.id, line_id=line_id, units_milli=units))
    session.flush()


def _audit(
    session: Session, actor: Desk, action: str, claim: Claim, now: datetime, **details: object
) -> None:
    audit(
        session,
        at=now,
        actor=actor.actor,
        action=action,
        subject=claim.id,
        organisation_id=actor.organisation_id,
        claim=claim.number,
        **details,
    )
