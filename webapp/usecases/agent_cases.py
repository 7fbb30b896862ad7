"""What an agent sees and says through its standing link: all its cases by what burns first, one tap for each step.

Each step has its time and may have its proof; landing at the agent and passing back are two facts (S0-08, S0-46).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from webapp.adapters.blobs import Blobs
from webapp.domain.case import Case, CaseClaim
from webapp.domain.claim_states import BEFORE_FILING, CLOSED_STATES, allowed
from webapp.domain.order_cells import clean
from webapp.domain.permissions import Role
from webapp.domain.refusals import Refusal
from webapp.store import agent_cases as rows
from webapp.store import shares as share_rows
from webapp.store.database import Database
from webapp.store.schema import Derivative, Order
from webapp.store.schema_claims import Claim, ClaimEvent
from webapp.store.schema_shares import Agent, ShareLink
from webapp.usecases import claim_events, share_videos, shares, voucher_pack
from webapp.usecases.case_data import case_of
from webapp.usecases.derivatives import share_kind
from webapp.usecases.document_filing import Upload, keep
from webapp.usecases.sessions import Desk
from webapp.usecases.share_videos import ShareVideo
from webapp.usecases.voucher_pack import Pack

STEPS: Final = {
    "opened": "agent_opened",
    "filed": "filed",
    "approved": "approved",
    "rejected": "rejected",
    "landed": "landed_at_agent",
    "passed_back": "passed_back",
}
"""What the agent taps → the step of the claim (domain/claim_states.py)."""

_GIVEN: Final = ("handed_to_agent", "added")
"""The importer gave the agent something to look at."""
_LONGEST: Final = 500


@dataclass(frozen=True)
class AgentRow:
    """``act_by``, ``rule``: what burns first of the case; None when nothing does any more."""

    claim: Claim
    order_no: str
    act_by: datetime | None
    rule: str | None


@dataclass(frozen=True)
class AgentBoard:
    agent: Agent
    link: ShareLink
    open: list[AgentRow]
    ended: list[AgentRow]


@dataclass(frozen=True)
class AgentCase:
    """``steps``: what may be said now; ``said``: what was, the newest first."""

    agent: Agent
    link: ShareLink
    row: AgentRow
    case: Case
    claim: CaseClaim
    text: str
    pack: Pack | None
    video: ShareVideo
    steps: tuple[str, ...]
    said: list[ClaimEvent]


@dataclass(frozen=True)
class _Agent(Desk):
    """An agent is no user: what it says stands under its own name in the log."""

    @property
    def actor(self) -> str:
        return f"agent:{self.id}"


def board(database: Database, token: str, *, now: datetime) -> AgentBoard:
    """Raises ``share_unknown``, ``share_revoked`` …; logs the look."""
    link = shares.read(database, token, what="page", now=now).link
    with database.read() as session:
        agent = _agent(session, link)
        found = [_row(session, claim, order, now) for claim, order in rows.cases(session, agent)]
    shown = [row for row in found if row.claim.state not in BEFORE_FILING]
    shown.sort(key=_burning)
    return AgentBoard(
        agent,
        link,
        [row for row in shown if row.claim.state not in CLOSED_STATES],
        [row for row in shown if row.claim.state in CLOSED_STATES],
    )


def _burning(row: AgentRow) -> tuple[bool, bool, datetime, int]:
    """R-01 first: after it the agent asks for nothing any more (domain.md 14, 3)."""
    last = datetime.max.replace(tzinfo=row.claim.opened_at.tzinfo)
    return row.act_by is None, row.rule != "R-01", row.act_by or last, row.claim.number


def case(database: Database, home: Path, token: str, *, number: int, look: bool, now: datetime) -> AgentCase:
    """One case. Raises ``claim_unknown``, also for a claim of another agent, and those of the link."""
    link = shares.read(database, token, what="case" if look else "", now=now).link
    with database.read() as session:
        agent, claim, order = _claim(session, link, number)
        found = case_of(session, organisation_id=link.organisation_id, order_no=order.order_no, now=now)
        said = rows.events(session, claim.id)
        told = voucher_pack.claim_of(found, claim.id)
        assert told is not None
        pack = voucher_pack.pack_of(session, order.id, claim.id)
        film, most = found.count_film, share_videos.most_bytes(session, link.organisation_id)
        video = (
            ShareVideo("none") if film is None else share_videos.state_of(session, home, film.sha256, most)
        )
        return AgentCase(
            agent,
            link,
            _row(session, claim, order, now),
            found,
            told,
            pack.text if pack else voucher_pack.proposed_text(found, told),
            pack,
            video,
            _steps(claim, said),
            list(reversed(said)),
        )


def say(
    database: Database,
    blobs: Blobs,
    token: str,
    *,
    number: int,
    step: str,
    at: datetime | None,
    said: Mapping[str, str],
    upload: Upload | None,
    now: datetime,
) -> None:
    """One step of the case with its proof, now unless ``at`` says when; all of it or nothing. The same again is once.

    ``said``: ``external_id`` of a filing, ``reason`` of a rejection, ``amount_fen`` of money.
    Raises ``agent_step``, ``claim_unknown``, and those of the state machine and of the file.
    """
    if step not in STEPS:
        raise Refusal("agent_step")
    link = shares.read(database, token, what=f"said {step}", now=now).link
    with database.read() as session:
        agent, _, _ = _claim(session, link, number)
    actor = _Agent(agent.id, agent.name, frozenset({Role.AGENT}), link.language, link.organisation_id)
    kept = None if upload is None else keep(database, blobs, actor, upload)
    told = {key: clean(one)[:_LONGEST] for key, one in said.items() if one}
    with database.write() as session:
        _, claim, _ = _claim(session, link, number)
        events = rows.events(session, claim.id)
        if step == "opened" and _opened(events):
            return
        paper = claim_events.file_step_proof(session, claim, kept, actor=actor, now=now)
        if claim_events.said_before(
            session, claim, by=actor.actor, kind=STEPS[step], at=at or now, said=told, paper=paper
        ):
            return
        if step not in _steps(claim, events):
            raise Refusal("agent_step")
        kinds = [STEPS[step]]
        if step == "landed" and STEPS[step] not in allowed(claim.state, "agent"):
            kinds.insert(0, "approved")  # money that landed was granted: the agent need not say so twice
        for kind in kinds:
            claim_events.add_event(
                session,
                claim,
                by=actor.actor,
                kind=kind,
                at=at or now,
                said={} if kind == "approved" and step == "landed" else told,
                document_id=paper,
                now=now,
            )


def film(database: Database, token: str, *, number: int, take_id: str, now: datetime) -> tuple[str, str]:
    """The order's number and the hash of the copy for agents, looked up for each piece that a player asks for.

    Raises ``not_found``, ``claim_unknown``, and those of the link.
    """
    link = shares.look(database, token, what="film", besides=("film", "case"), now=now)
    with database.read() as session:
        _, _, order = _claim(session, link, number)
        take = share_rows.film_behind(session, order.id, take_id)
        kind = share_kind(share_videos.most_bytes(session, link.organisation_id))
        made = session.get(Derivative, (take.file_sha256, kind)) if take and take.file_sha256 else None
        if made is None:
            raise Refusal("not_found")
        return order.order_no, made.sha256


def picture(database: Database, token: str, *, number: int, no: int, now: datetime) -> tuple[str, str]:
    """The order's number and the hash of one numbered JPEG. Raises as ``film``."""
    link = shares.look(database, token, what="picture", besides=(), now=now)
    with database.read() as session:
        _, claim, order = _claim(session, link, number)
        pack = voucher_pack.pack_of(session, order.id, claim.id)
        files = {each: sha256 for each, sha256, _ in pack.files} if pack else {}
        if no not in files:
            raise Refusal("not_found")
        return order.order_no, files[no]


def ask_video(database: Database, token: str, *, number: int, now: datetime) -> None:
    """Has the copy of the film made. Raises ``claim_unknown``."""
    link = shares.read(database, token, what="video asked", now=now).link
    with database.write() as session:
        _, _, order = _claim(session, link, number)
        found = case_of(session, organisation_id=link.organisation_id, order_no=order.order_no, now=now)
        if found.count_film is not None:
            most = share_videos.most_bytes(session, link.organisation_id)
            share_videos.ask(session, found.count_film, most, now=now)


def _steps(claim: Claim, events: Sequence[ClaimEvent]) -> tuple[str, ...]:
    """What the agent may say now, in whichever channel it acts: its money lands at the agent first (S0-46)."""
    may = set(allowed(claim.state, "agent"))
    if "approved" in may:
        may.add("landed_at_agent")
    if _opened(events):
        may.discard("agent_opened")
    return tuple(step for step, kind in STEPS.items() if kind in may)


def _opened(events: Sequence[ClaimEvent]) -> bool:
    """The agent has opened the case since the importer last gave it something to look at."""
    told = [one.kind for one in events if one.kind in (*_GIVEN, "agent_opened")]
    return told[-1:] == ["agent_opened"]


def _row(session: Session, claim: Claim, order: Order, now: datetime) -> AgentRow:
    burning = rows.burning(session, claim, now)
    first = min(burning, key=lambda one: (one.rule_id != "R-01", one.act_by or now), default=None)
    return AgentRow(claim, order.order_no, first.act_by if first else None, first.rule_id if first else None)


def _agent(session: Session, link: ShareLink) -> Agent:
    agent = share_rows.agent(session, link.organisation_id, link.agent_id or "")
    if agent is None or agent.ended_at is not None:
        raise Refusal("share_unknown")
    return agent


def _claim(session: Session, link: ShareLink, number: int) -> tuple[Agent, Claim, Order]:
    agent = _agent(session, link)
    for claim, order in rows.cases(session, agent):
        if claim.number == number and claim.state not in BEFORE_FILING:
            return agent, claim, order
    raise Refusal("claim_unknown")
