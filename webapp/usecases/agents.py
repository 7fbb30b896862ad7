"""Buying agents: who they are, which accounts are theirs, and the one standing link of each (S0-07, S0-08)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from webapp.adapters.catalogues import LANGUAGES
from webapp.adapters.secrets import new_id, new_token, token_hash
from webapp.domain.order_cells import clean
from webapp.domain.refusals import Refusal
from webapp.store import people
from webapp.store import shares as rows
from webapp.store.database import Database
from webapp.store.schema import PlatformAccount
from webapp.store.schema_shares import Agent, ShareLink
from webapp.usecases import rates
from webapp.usecases.people import Desk

LONGEST_NAME: Final = 120


@dataclass(frozen=True)
class AgentView:
    """``link``: the standing one, None while there is none; ``looks``: how often its page was opened."""

    agent: Agent
    accounts: list[PlatformAccount]
    link: ShareLink | None
    looks: int
    last: datetime | None


@dataclass(frozen=True)
class Agents:
    """``loose``: agent accounts of which nobody said whose they are: their cases reach nobody."""

    listed: list[AgentView]
    loose: list[PlatformAccount]


def agents(database: Database, *, organisation_id: str, now: datetime) -> Agents:
    with database.read() as session:
        found = rows.agents(session, organisation_id)
        accounts = rows.agent_accounts(session, organisation_id)
        links = rows.standing_links(session, [one.id for one in found], now)
        seen = rows.views(session, [link.id for link in links.values()])
        known = {one.id for one in found}
        listed = []
        for one in found:
            link = links.get(one.id)
            looks, last = seen.get(link.id, (0, None)) if link else (0, None)
            own = [account for account in accounts if account.agent_id == one.id]
            listed.append(AgentView(one, own, link, looks, last))
        return Agents(listed, [account for account in accounts if account.agent_id not in known])


def add(database: Database, *, actor: Desk, name: str, contact: str, language: str, now: datetime) -> str:
    """The agent's id. Raises ``agent_name``, ``agent_language``."""
    called = clean(name)[:LONGEST_NAME]
    if not called:
        raise Refusal("agent_name")
    if language not in LANGUAGES:
        raise Refusal("agent_language")
    with database.write() as session:
        agent = Agent(
            id=new_id(),
            organisation_id=actor.organisation_id,
            name=called,
            contact=clean(contact)[:LONGEST_NAME],
            language=language,
            made_by=actor.actor,
            made_at=now,
        )
        session.add(agent)
        _audit(session, actor, "agent.added", agent.id, now)
        return agent.id


def end(database: Database, *, actor: Desk, agent_id: str, now: datetime) -> None:
    """The agent's link opens nothing any more, and its accounts are nobody's. Raises ``agent_unknown``."""
    with database.write() as session:
        agent = _agent(session, actor, agent_id)
        agent.ended_at = now
        _revoke(session, actor, agent.id, now)
        for account in rows.agent_accounts(session, actor.organisation_id):
            if account.agent_id == agent.id:
                account.agent_id = None
        _audit(session, actor, "agent.ended", agent.id, now)


def assign(database: Database, *, actor: Desk, account_id: str, agent_id: str | None, now: datetime) -> None:
    """Says whose an agent account is; None takes it back. Raises ``account_unknown``, ``agent_unknown``."""
    with database.write() as session:
        accounts = rows.agent_accounts(session, actor.organisation_id)
        account = next((one for one in accounts if one.id == account_id), None)
        if account is None:
            raise Refusal("account_unknown")
        account.agent_id = None if agent_id is None else _agent(session, actor, agent_id).id
        people.audit(
            session,
            at=now,
            actor=actor.actor,
            action="agent.account",
            subject=account.id,
            organisation_id=actor.organisation_id,
            agent=agent_id,
        )


def new_link(database: Database, *, actor: Desk, agent_id: str, now: datetime) -> str:
    """A new standing link; the one before opens nothing any more. Returns the token, shown once.

    Raises ``agent_unknown``, ``too_many_requests``.
    """
    rates.spend(database, f"links:{actor.id}", rates.LINKS, now=now)
    token = new_token()
    with database.write() as session:
        agent = _agent(session, actor, agent_id)
        _revoke(session, actor, agent.id, now)
        session.add(
            ShareLink(
                id=new_id(),
                token_hash=token_hash(token),
                organisation_id=actor.organisation_id,
                audience="agent",
                agent_id=agent.id,
                language=agent.language,
                made_by=actor.actor,
                made_at=now,
            )
        )
        _audit(session, actor, "agent.link", agent.id, now)
    return token


def _revoke(session: Session, actor: Desk, agent_id: str, now: datetime) -> None:
    for link in rows.standing_links(session, [agent_id], now).values():
        link.revoked_at, link.revoked_by = now, actor.actor


def _agent(session: Session, actor: Desk, agent_id: str) -> Agent:
    agent = rows.agent(session, actor.organisation_id, agent_id)
    if agent is None or agent.ended_at is not None:
        raise Refusal("agent_unknown")
    return agent


def _audit(session: Session, actor: Desk, action: str, agent_id: str, now: datetime) -> None:
    people.audit(
        session,
        at=now,
        actor=actor.actor,
        action=action,
        subject=agent_id,
        organisation_id=actor.organisation_id,
    )
