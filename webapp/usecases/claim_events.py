"""What happens to a claim, one step after the other: the state machine, the log entry, and the clocks that follow."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.claim_states import CLOSED_STATES, acts, clock_kinds, next_state
from webapp.domain.ledger import claim_event_entry
from webapp.domain.refusals import Refusal
from webapp.store import claims as rows
from webapp.store import documents, ledger
from webapp.store.audit import audit
from webapp.store.database import Database
from webapp.store.schema import Order
from webapp.store.schema_claims import Claim, ClaimEvent
from webapp.usecases import clock_events, rulebooks
from webapp.usecases.document_filing import Kept, file_proof
from webapp.usecases.sessions import Desk

PROOF = "filing_proof"
"""What the screenshot of a step is filed as."""
LONGEST_SAID = 2000
PROGRAM = "program"
"""Who did what follows by itself: a slot that filled, a window that closed."""
MOST_SAID = 20


def state_event(
    database: Database,
    *,
    actor: Desk,
    claim_id: str,
    kind: str,
    at: datetime,
    said: Mapping[str, str],
    document_id: str | None = None,
    proof: Kept | None = None,
    now: datetime,
) -> int:
    """One step of a claim and its paper in a transaction of its own; returns its ``seq``. The same again is one step.

    ``proof``: a file that is not filed yet. Refusals: ``claim_unknown``, those of `add_event`.
    """
    with database.write() as session:
        claim = rows.claim(session, actor.organisation_id, claim_id)
        if claim is None:
            raise Refusal("claim_unknown")
        paper = file_step_proof(session, claim, proof, actor=actor, now=now) or document_id
        before = said_before(session, claim, by=actor.actor, kind=kind, at=at, said=said, paper=paper)
        if before is not None:
            return before.seq
        return add_event(
            session, claim, by=actor.actor, kind=kind, at=at, said=said, document_id=paper, now=now
        ).seq


def file_step_proof(
    session: Session, claim: Claim, proof: Kept | None, *, actor: Desk, now: datetime
) -> str | None:
    """The screenshot of a step, in the step's transaction; None when there is none."""
    order = session.get_one(Order, claim.order_id)
    return file_proof(session, proof, actor=actor, kind=PROOF, orders=[order], now=now)


def said_before(
    session: Session,
    claim: Claim,
    *,
    by: str,
    kind: str,
    at: datetime,
    said: Mapping[str, str],
    paper: str | None,
) -> ClaimEvent | None:
    """The newest step when it says the very same: an answer got lost, and the request came again. Without a typed time
    a repeat bears a later one, so the same screenshot is enough."""
    newest = rows.events(session, claim.id)[-1:]
    for one in newest:
        told = (one.kind, one.by, dict(one.said), one.document_id) == (kind, by, dict(said), paper)
        if told and (one.at == at or paper is not None):
            return one
    return None


def add_event(
    session: Session,
    claim: Claim,
    *,
    by: str,
    kind: str,
    at: datetime,
    said: Mapping[str, str],
    document_id: str | None = None,
    now: datetime,
) -> ClaimEvent:
    """In the caller's transaction. ``said``: what the step brings, e.g. ``outcome``, ``amount_fen``, ``external_id``.

    Refusals: ``claim_event_future``, ``document_unknown``, ``claim_said_long`` and those of the state machine
    (domain/claim_states.py).
    """
    if at > now:
        raise Refusal("claim_event_future")
    if document_id and documents.document(session, claim.organisation_id, document_id) is None:
        raise Refusal("document_unknown")
    canonical(said)
    claim.state = next_state(claim.state, kind, said)
    if said.get("external_id"):
        claim.external_id = said["external_id"]
    if claim.state in CLOSED_STATES and claim.closed_at is None:
        claim.closed_at = now
    event = _keep(session, claim, by=by, kind=kind, at=at, said=said, document_id=document_id, now=now)
    audit(
        session,
        at=now,
        actor=by,
        action=f"claim.{kind}",
        subject=claim.id,
        organisation_id=claim.organisation_id,
        claim=claim.number,
        document=document_id,
        entry=event.entry_index,
    )
    _clock(session, claim, event, now=now)
    return event


def _keep(
    session: Session,
    claim: Claim,
    *,
    by: str,
    kind: str,
    at: datetime,
    said: Mapping[str, str],
    document_id: str | None,
    now: datetime,
) -> ClaimEvent:
    seq = len(rows.events(session, claim.id)) + 1
    entry = ledger.append_entry(
        session,
        claim_event_entry(
            received=now,
            claim=claim.id,
            seq=seq,
            kind=kind,
            at=at,
            said=hashlib.sha256(canonical(said).encode("utf-8")).hexdigest(),
            document=document_id,
        ),
    )
    event = ClaimEvent(
        id=new_id(),
        claim_id=claim.id,
        seq=seq,
        kind=kind,
        at=at,
        by=by,
        recorded_at=now,
        said=dict(said),
        document_id=document_id,
        entry_index=entry,
    )
    session.add(event)
    session.flush()
    return event


def canonical(said: Mapping[str, str]) -> str:
    """The one JSON text of what was said: keys sorted, no spaces, UTF-8. Raises ``claim_said_long``."""
    if len(said) > MOST_SAID or any(len(key) + len(value) > LONGEST_SAID for key, value in said.items()):
        raise Refusal("claim_said_long", most=LONGEST_SAID)
    return json.dumps(dict(said), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _clock(session: Session, claim: Claim, event: ClaimEvent, *, now: datetime) -> None:
    """A step that starts, meets or ends clocks says so; it meets one only with a document behind it."""
    kinds = clock_kinds(event.kind, event.said, acts(claim.channel, claim.filer), claim.channel)
    if not kinds:
        return
    edition = rulebooks.pinned(session, claim.edition_id)
    for kind in kinds:
        clock_events.add(
            session,
            edition.rulebook,
            organisation_id=claim.organisation_id,
            order_id=claim.order_id,
            kind=kind,
            at=event.at,
            subject=("claim", claim.id),
            source="desk",
            document_id=event.document_id,
            by=event.by,
            now=now,
        )
