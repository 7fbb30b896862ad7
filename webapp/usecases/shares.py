"""Links to one case for people without a sign-in: a mediator, a supplier, an agent. They expire, they can be ended.

Only the token's hash is kept; each look is logged. What they show has no prices beyond the amount asked and no names of
people (domain.md 14, 16).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from webapp.adapters.catalogues import LANGUAGES
from webapp.adapters.secrets import new_id, new_token, token_hash
from webapp.domain.case import Case
from webapp.domain.refusals import Refusal
from webapp.store import claims as claim_rows
from webapp.store import orders as order_rows
from webapp.store import people
from webapp.store import shares as rows
from webapp.store.database import Database
from webapp.store.schema import Order
from webapp.store.schema_shares import ShareLink, ShareView
from webapp.usecases import rates, share_videos
from webapp.usecases.case_data import case_of
from webapp.usecases.people import Desk
from webapp.usecases.rates import Limit

AUDIENCES: Final = ("mediator", "supplier", "agent")
DAYS: Final = (7, 14, 30, 90)
"""How long a link may live; 30 unless the desk says otherwise: a mediation takes weeks."""
_LOOKS: Final = Limit(600, timedelta(hours=1))
"""A link in a busy chat is opened often; a program that fetches the film all day is stopped."""
_ONE_LOOK: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Made:
    """``token`` is shown once."""

    token: str
    expires_at: datetime | None


@dataclass(frozen=True)
class LinkView:
    """``state``: ``open``, ``expired`` or ``revoked``; ``looks``: how often its page was opened."""

    link: ShareLink
    state: str
    looks: int
    last: datetime | None


@dataclass(frozen=True)
class Reading:
    """What a link opens. ``case`` is None of an agent's standing link."""

    link: ShareLink
    case: Case | None


def make(
    database: Database,
    *,
    actor: Desk,
    order_no: str,
    claim_id: str | None,
    audience: str,
    language: str,
    days: int,
    now: datetime,
) -> Made:
    """Makes a link, and asks for the copy of the film that it shows.

    Raises ``order_unknown``, ``claim_unknown``, ``share_audience``, ``share_days``, ``too_many_requests``.
    """
    if audience not in AUDIENCES or language not in LANGUAGES:
        raise Refusal("share_audience")
    if days not in DAYS:
        raise Refusal("share_days")
    rates.spend(database, f"links:{actor.id}", rates.LINKS, now=now)
    token = new_token()
    with database.write() as session:
        order = _order(session, actor.organisation_id, order_no)
        if claim_id is not None:
            claim = claim_rows.claim(session, actor.organisation_id, claim_id)
            if claim is None or claim.order_id != order.id:
                raise Refusal("claim_unknown")
        link = ShareLink(
            id=new_id(),
            token_hash=token_hash(token),
            organisation_id=actor.organisation_id,
            audience=audience,
            order_id=order.id,
            claim_id=claim_id,
            language=language,
            made_by=actor.actor,
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
        session.add(link)
        film = case_of(session, organisation_id=actor.organisation_id, order_no=order_no, now=now).count_film
        if film is not None:
            most = share_videos.most_bytes(session, actor.organisation_id)
            share_videos.ask(session, film, most, now=now)
        _audit(session, actor, "share.made", link, now)
        return Made(token, link.expires_at)


def revoke(database: Database, *, actor: Desk, link_id: str, now: datetime) -> str | None:
    """Ends a link at once; returns its order's number. Raises ``share_unknown``; ending it twice is no error."""
    with database.write() as session:
        link = rows.link(session, actor.organisation_id, link_id)
        if link is None:
            raise Refusal("share_unknown")
        if link.revoked_at is None:
            link.revoked_at, link.revoked_by = now, actor.actor
            _audit(session, actor, "share.revoked", link, now)
        order = session.get(Order, link.order_id) if link.order_id else None
        return order.order_no if order else None


def of_order(database: Database, *, organisation_id: str, order_no: str, now: datetime) -> list[LinkView]:
    """The newest first. Raises ``order_unknown``."""
    with database.read() as session:
        order = _order(session, organisation_id, order_no)
        links = rows.links_of_order(session, order.id)
        seen = rows.views(session, [link.id for link in links])
        return [LinkView(link, state_of(link, now), *seen.get(link.id, (0, None))) for link in links]


def state_of(link: ShareLink, now: datetime) -> str:
    if link.revoked_at is not None:
        return "revoked"
    return "expired" if link.expires_at is not None and link.expires_at <= now else "open"


def read(database: Database, token: str, *, what: str, now: datetime) -> Reading:
    """Opens a link for one look, which is logged (``what``: ``page``, ``case`` …; "" is not).

    Raises ``share_unknown``, ``share_expired``, ``share_revoked``, ``too_many_requests``.
    """
    link = opened(database, token, now=now)
    if what:
        _log(database, link, what, now)
    if link.order_id is None:
        return Reading(link, None)
    with database.read() as session:
        order = session.get_one(Order, link.order_id)
        case = case_of(session, organisation_id=link.organisation_id, order_no=order.order_no, now=now)
        return Reading(link, case)


def look(database: Database, token: str, *, what: str, besides: tuple[str, ...], now: datetime) -> ShareLink:
    """Opens a link for a piece of what it shows. A phone asks for many: within `_ONE_LOOK` they are one look.

    ``besides``: an earlier look at one of these is the same look; empty: at anything. Raises as ``read``.
    """
    link = opened(database, token, now=now)
    with database.read() as session:
        last = rows.last_look(session, link.id, besides)
    if last is None or now - last >= _ONE_LOOK:
        _log(database, link, what, now)
    return link


def _log(database: Database, link: ShareLink, what: str, now: datetime) -> None:
    rates.spend(database, f"share:{link.id}", _LOOKS, now=now)
    with database.write() as session:
        session.add(ShareView(id=new_id(), link_id=link.id, at=now, what=what))


def opened(database: Database, token: str, *, now: datetime) -> ShareLink:
    """Consumes nothing: chats open links by themselves. Raises as ``read``."""
    with database.read() as session:
        link = rows.link_by_hash(session, token_hash(token))
    if link is None:
        raise Refusal("share_unknown")
    state = state_of(link, now)
    if state == "revoked":
        raise Refusal("share_revoked")
    if state == "expired":
        raise Refusal("share_expired")
    return link


def _order(session: Session, organisation_id: str, order_no: str) -> Order:
    order = order_rows.order_by_no(session, organisation_id, order_no)
    if order is None:
        raise Refusal("order_unknown", order_no=order_no)
    return order


def _audit(session: Session, actor: Desk, action: str, link: ShareLink, now: datetime) -> None:
    people.audit(
        session,
        at=now,
        actor=actor.actor,
        action=action,
        subject=link.order_id or link.agent_id or link.id,
        organisation_id=actor.organisation_id,
        link=link.id,
        audience=link.audience,
    )
