"""SQL about editions of the rulebook, dated facts and how clocks moved."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.domain.progress import OrderState
from webapp.domain.rulebook import Rulebook
from webapp.store.schema import Deadline, Order, User
from webapp.store.schema_claims import Claim
from webapp.store.schema_rules import ClockEvent, DeadlineChange, RulebookEdition
from webapp.store.schema_shares import Agent


def latest_edition(session: Session, organisation_id: str) -> RulebookEdition | None:
    return session.scalar(
        select(RulebookEdition)
        .where(RulebookEdition.organisation_id == organisation_id)
        .order_by(RulebookEdition.number.desc())
        .limit(1)
    )


def edition(session: Session, edition_id: str) -> RulebookEdition | None:
    return session.get(RulebookEdition, edition_id)


def editions(session: Session, organisation_id: str) -> list[tuple[RulebookEdition, str | None]]:
    """Newest first, each with the name of the person who made it; None: the program."""
    rows = session.execute(
        select(RulebookEdition, User.name)
        .outerjoin(User, "user:" + User.id == RulebookEdition.made_by)
        .where(RulebookEdition.organisation_id == organisation_id)
        .order_by(RulebookEdition.number.desc())
    )
    return [(edition, name) for edition, name in rows]


def organisations_behind(session: Session, shipped_sha256: str) -> list[str]:
    """Organisations whose edition in force was made from other shipped rules."""
    latest = (
        select(RulebookEdition.organisation_id, func.max(RulebookEdition.number).label("number"))
        .group_by(RulebookEdition.organisation_id)
        .subquery()
    )
    query = (
        select(RulebookEdition.organisation_id)
        .join(
            latest,
            (latest.c.organisation_id == RulebookEdition.organisation_id)
            & (latest.c.number == RulebookEdition.number),
        )
        .where(RulebookEdition.shipped_sha256 != shipped_sha256)
    )
    return list(session.scalars(query.order_by(RulebookEdition.organisation_id)))


def events(session: Session, order_ids: Iterable[str]) -> list[ClockEvent]:
    """Every row, retractions too, oldest first."""
    return list(
        session.scalars(
            select(ClockEvent)
            .where(ClockEvent.order_id.in_(list(order_ids)))
            .order_by(ClockEvent.recorded_at, ClockEvent.id)
        )
    )


def event(session: Session, organisation_id: str, event_id: str) -> ClockEvent | None:
    return session.scalar(
        select(ClockEvent).where(ClockEvent.id == event_id, ClockEvent.organisation_id == organisation_id)
    )


def is_retracted(session: Session, event_id: str) -> bool:
    return session.scalar(select(ClockEvent.id).where(ClockEvent.retracts == event_id).limit(1)) is not None


def changes(session: Session, order_id: str, *, limit: int) -> list[DeadlineChange]:
    """Newest first."""
    return list(
        session.scalars(
            select(DeadlineChange)
            .where(DeadlineChange.order_id == order_id)
            .order_by(DeadlineChange.at.desc(), DeadlineChange.id.desc())
            .limit(limit)
        )
    )


def open_orders_with_rules(session: Session, organisation_id: str, rules: Iterable[str]) -> list[str]:
    """Orders whose trade lives and on which a clock of any of the rules is listed; by number."""
    query = (
        select(Order.id)
        .where(
            Order.organisation_id == organisation_id,
            func.coalesce(Order.state, "") != OrderState.CLOSED,
            Order.id.in_(select(Deadline.order_id).where(Deadline.rule_id.in_(list(rules)))),
        )
        .order_by(Order.order_no)
    )
    return list(session.scalars(query))


def orders_of(session: Session, organisation_id: str) -> list[str]:
    return list(session.scalars(select(Order.id).where(Order.organisation_id == organisation_id)))


def agents(session: Session, organisation_id: str) -> list[tuple[str, str]]:
    query = select(Agent.id, Agent.name).where(
        Agent.organisation_id == organisation_id, Agent.ended_at.is_(None)
    )
    return [(agent_id, name) for agent_id, name in session.execute(query.order_by(Agent.name))]


def editors(session: Session, rulebook: Rulebook) -> dict[str, str]:
    """``user:<id>`` of who edited a profile → the name."""
    wanted = {profile.edited_by for profile in rulebook.profiles if profile.edited_by}
    query = select(User.id, User.name).where(User.id.in_([one.removeprefix("user:") for one in wanted]))
    return {f"user:{user_id}": name for user_id, name in session.execute(query)}


def claims_by_edition(session: Session, organisation_id: str) -> dict[str, int]:
    """Edition → how many claims were opened under it."""
    query = (
        select(Claim.edition_id, func.count())
        .where(Claim.organisation_id == organisation_id)
        .group_by(Claim.edition_id)
    )
    return {edition_id: count for edition_id, count in session.execute(query)}
