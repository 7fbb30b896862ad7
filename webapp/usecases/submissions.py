"""What was sent to whom: a manifest that never changes, its proof of sending, and the clocks that start with it.

The first filing waits until description, photo and video are together (G-1, S0-16). Whatever is added later is a
submission of its own, with its own number and its own clock (S0-17).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.claim_states import acts
from webapp.domain.gates import GateFinding, description_length
from webapp.domain.ledger import submission_entry
from webapp.domain.order_cells import clean
from webapp.domain.refusals import Refusal
from webapp.domain.submission_manifest import Manifest, Sent, manifest_hash, manifest_text
from webapp.store import claims as rows
from webapp.store import documents, ledger
from webapp.store.audit import audit
from webapp.store.database import Database
from webapp.store.schema import Order
from webapp.store.schema_claims import Claim, Discrepancy, Submission, SubmissionProof
from webapp.usecases import clock_events, rulebooks
from webapp.usecases.claim_events import add_event, file_step_proof
from webapp.usecases.claim_views import exhibits_in, gate_findings
from webapp.usecases.document_filing import Kept
from webapp.usecases.exhibits import Exhibit
from webapp.usecases.sessions import Desk

LONGEST_RECIPIENT = 200

_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "platform_1688": ("submitted", "filed"),
    "platform_taobao": ("submitted", "filed"),
    "agent": ("agent_reported",),
    "freight": ("freight_notice_sent",),
    "post": ("postal_reported",),
    "warranty": ("warranty_requested",),
    "supplier_direct": ("notice_sent",),
}
"""Channel → the dated facts of what was sent. An agent's own filing is a step of the claim (clock_kinds)."""


@dataclass(frozen=True, slots=True)
class SubmissionSaid:
    """``sent_at``: when it went out. ``document_id``: a screenshot that it did; without one clocks are only said."""

    recipient: str
    sent_at: datetime
    description: str
    document_id: str | None = None
    external_id: str = ""


def submit(
    database: Database,
    *,
    actor: Desk,
    claim_id: str,
    said: SubmissionSaid,
    proof: Kept | None = None,
    now: datetime,
) -> int:
    """Keeps what was sent, and records the step; returns the submission's number. The same again is one submission.

    ``proof``: a screenshot that is not filed yet; it is filed with the submission or not at all.
    Refusals: ``claim_unknown``, ``submission_future``, ``submission_recipient_missing``, ``document_unknown``,
    ``submission_gate`` (with the first open point), and those of the state machine.
    """
    if said.sent_at > now:
        raise Refusal("submission_future")
    recipient = clean(said.recipient)[:LONGEST_RECIPIENT]
    if not recipient:
        raise Refusal("submission_recipient_missing")
    with database.write() as session:
        claim = rows.claim(session, actor.organisation_id, claim_id)
        if claim is None:
            raise Refusal("claim_unknown")
        if said.document_id and documents.document(session, actor.organisation_id, said.document_id) is None:
            raise Refusal("document_unknown")
        paper = file_step_proof(session, claim, proof, actor=actor, now=now)
        said = replace(said, document_id=paper or said.document_id)
        exhibits = list(exhibits_in(session, claim))
        earlier = rows.submissions(session, claim.id)
        if earlier and _sent_before(session, claim, earlier, exhibits, recipient, said):
            return earlier[-1].no
        refuse_open_gates(gate_findings(session, claim, exhibits, description=said.description))
        submission = _keep(session, claim, exhibits, recipient, said, actor=actor, now=now)
        first = "handed_to_agent" if acts(claim.channel, claim.filer) == "agent" else "filed"
        kind = "added" if submission.no > 1 else first
        add_event(
            session,
            claim,
            by=actor.actor,
            kind=kind,
            at=said.sent_at,
            said=_told(submission, said),
            document_id=said.document_id,
            now=now,
        )
        _start_clocks(session, claim, submission, said, actor=actor, now=now)
        return submission.no


def prove(
    database: Database,
    *,
    actor: Desk,
    claim_id: str,
    no: int,
    document_id: str | None = None,
    proof: Kept | None = None,
    now: datetime,
) -> None:
    """A screenshot that a submission went out, filed before or with this; twice is once.

    Raises ``submission_unknown``, ``documents_missing``, ``document_unknown``.
    """
    with database.write() as session:
        claim = rows.claim(session, actor.organisation_id, claim_id)
        found = [one for one in rows.submissions(session, claim_id) if one.no == no] if claim else []
        if claim is None or not found:
            raise Refusal("submission_unknown")
        document_id = file_step_proof(session, claim, proof, actor=actor, now=now) or document_id
        if document_id is None:
            raise Refusal("documents_missing")
        if documents.document(session, actor.organisation_id, document_id) is None:
            raise Refusal("document_unknown")
        submission = found[0]
        if document_id in rows.proofs(session, [submission.id]).get(submission.id, []):
            return
        session.add(
            SubmissionProof(
                submission_id=submission.id, document_id=document_id, stated_by=actor.id, stated_at=now
            )
        )
        said = SubmissionSaid(
            submission.recipient, submission.sent_at, submission.description, document_id=document_id
        )
        _audit(session, actor, "submission.proven", submission, claim, now)
        _start_clocks(session, claim, submission, said, actor=actor, now=now)


def refuse_open_gates(findings: Iterable[GateFinding]) -> None:
    """Raises ``submission_gate`` with the first point that blocks; warnings pass."""
    for finding in findings:
        if finding.blocks:
            raise Refusal(
                "submission_gate", gate=finding.gate, finding=finding.code, what=finding.about or ""
            )


def _keep(
    session: Session,
    claim: Claim,
    exhibits: Iterable[Exhibit],
    recipient: str,
    said: SubmissionSaid,
    *,
    actor: Desk,
    now: datetime,
) -> Submission:
    earlier = rows.submissions(session, claim.id)
    text = _manifest(session, claim, earlier, exhibits, recipient, said)
    sha256 = manifest_hash(text)
    entry = ledger.append_entry(
        session, submission_entry(received=now, claim=claim.id, no=len(earlier) + 1, manifest=sha256)
    )
    submission = Submission(
        id=new_id(),
        claim_id=claim.id,
        no=len(earlier) + 1,
        channel=claim.channel,
        recipient=recipient,
        sent_at=said.sent_at,
        description=said.description,
        manifest=text,
        manifest_sha256=sha256,
        made_by=actor.id,
        made_at=now,
        entry_index=entry,
    )
    session.add(submission)
    session.flush()
    if said.document_id:
        session.add(
            SubmissionProof(
                submission_id=submission.id,
                document_id=said.document_id,
                stated_by=actor.id,
                stated_at=now,
            )
        )
        session.flush()
    _audit(session, actor, "submission.sent", submission, claim, now)
    return submission


def _manifest(
    session: Session,
    claim: Claim,
    earlier: Sequence[Submission],
    exhibits: Iterable[Exhibit],
    recipient: str,
    said: SubmissionSaid,
) -> str:
    """What the submission that follows ``earlier`` says."""
    return manifest_text(
        Manifest(
            claim=claim.id,
            order_no=session.get_one(Order, claim.order_id).order_no,
            no=len(earlier) + 1,
            channel=claim.channel,
            recipient=recipient,
            sent_at=said.sent_at,
            description=said.description,
            amount_fen=claim.amount_fen,
            currency=claim.currency,
            exhibits=tuple(_sent(one) for one in exhibits),
            previous=earlier[-1].manifest_sha256 if earlier else None,
        )
    )


def _sent_before(
    session: Session,
    claim: Claim,
    earlier: Sequence[Submission],
    exhibits: Iterable[Exhibit],
    recipient: str,
    said: SubmissionSaid,
) -> bool:
    """The newest says the very same, at the same time or with the same screenshot: the request came twice."""
    newest = earlier[-1]
    again = replace(said, sent_at=newest.sent_at)
    if _manifest(session, claim, earlier[:-1], exhibits, recipient, again) != newest.manifest:
        return False
    proofs = rows.proofs(session, [newest.id]).get(newest.id, [])
    return said.sent_at == newest.sent_at or said.document_id in proofs


def _sent(one: Exhibit) -> Sent:
    assert one.sha256 is not None
    return Sent(one.slot, one.source_kind, one.source_id, one.sha256, one.bytes, one.mime, one.captured_at)


def _told(submission: Submission, said: SubmissionSaid) -> Mapping[str, str]:
    told = {
        "submission": str(submission.no),
        "recipient": submission.recipient,
        "manifest": submission.manifest_sha256,
        "characters": str(description_length(submission.description)),
    }
    return {**told, "external_id": said.external_id.strip()[:60]} if said.external_id.strip() else told


def _start_clocks(
    session: Session,
    claim: Claim,
    submission: Submission,
    said: SubmissionSaid,
    *,
    actor: Desk,
    now: datetime,
) -> None:
    """R-04 and R-05 start with what went to the platform; each channel's own clock is met by its proof of sending."""
    kinds = _KINDS["agent" if claim.filer == "agent" else claim.channel]
    if claim.situation == "A" and "agent" in (claim.filer, claim.channel):
        kinds = (*kinds, "agent_requested")  # the agent was asked while the goods lay in China
    if claim.type == "no_reason" and claim.filer != "agent":
        kinds = (*kinds, "return_requested")
    edition = rulebooks.pinned(session, claim.edition_id)
    for kind in kinds:
        clock_events.add(
            session,
            edition.rulebook,
            organisation_id=claim.organisation_id,
            order_id=claim.order_id,
            kind=kind,
            at=submission.sent_at,
            subject=_subject(session, claim, submission, kind),
            source="desk",
            document_id=said.document_id,
            claim_id=claim.id,
            by=actor.actor,
            now=now,
        )


def _subject(session: Session, claim: Claim, submission: Submission, kind: str) -> tuple[str, str]:
    """What the post and the agent are told is about a parcel where one is concerned (R-07, R-08)."""
    if kind in ("submitted", "filed", "notice_sent"):
        return "submission", submission.id
    parcel_id = session.get_one(Discrepancy, claim.discrepancy_id).parcel_id
    return ("parcel", parcel_id) if parcel_id else ("order", claim.order_id)


def _audit(
    session: Session, actor: Desk, action: str, submission: Submission, claim: Claim, now: datetime
) -> None:
    audit(
        session,
        at=now,
        actor=actor.actor,
        action=action,
        subject=submission.id,
        organisation_id=actor.organisation_id,
        claim=claim.number,
        no=submission.no,
        manifest=submission.manifest_sha256,
    )
