"""Messages T-1 … T-7: filled from the record, checked, and once sent kept for ever with the proof of sending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from webapp.adapters.blobs import Blobs
from webapp.adapters.catalogues import LANGUAGES
from webapp.adapters.secrets import new_id
from webapp.domain.ledger import message_entry
from webapp.domain.messages import Template
from webapp.domain.refusals import Refusal
from webapp.store import ledger, people
from webapp.store import orders as order_rows
from webapp.store import papers as rows
from webapp.store.database import Database
from webapp.store.schema import Order
from webapp.store.schema_papers import Message, MessageWithdrawal
from webapp.usecases import clock_events, rulebooks
from webapp.usecases.document_filing import Labels, Upload, file_document, keep
from webapp.usecases.message_drafts import Draft as Draft
from webapp.usecases.message_drafts import Wanted as Wanted
from webapp.usecases.message_drafts import draft_of
from webapp.usecases.people import Desk

VIAS: Final = ("wechat", "wangwang", "email", "zalo", "phone", "paper", "other")
PROOF: Final = "sending_proof"


@dataclass(frozen=True)
class Sending:
    """``proof``: a screenshot that the message went out. ``sent_at``: aware."""

    language: str
    recipient: str
    via: str
    sent_at: datetime
    proof: Upload | None


@dataclass(frozen=True)
class SentMessage:
    message: Message
    withdrawal: MessageWithdrawal | None
    by: str


@dataclass(frozen=True)
class Writing:
    """All that the page of messages shows."""

    order: Order
    draft: Draft
    sent: list[SentMessage]


def writing_of(
    database: Database, *, organisation_id: str, order_no: str, wanted: Wanted, now: datetime
) -> Writing:
    """As ``draft``, with what was sent before."""
    with database.read() as session:
        order = _order(session, organisation_id, order_no)
        return Writing(
            order,
            draft_of(session, order, wanted, now),
            _sent(session, order),
        )


def draft(database: Database, *, organisation_id: str, order_no: str, wanted: Wanted, now: datetime) -> Draft:
    """Raises ``order_unknown``, ``template_unknown``, ``remedy_unknown``, ``remedy_not_here``, ``amount_unreadable``
    and ``units_unreadable``."""
    with database.read() as session:
        order = _order(session, organisation_id, order_no)
        return draft_of(session, order, wanted, now)


def _sent(session: Session, order: Order) -> list[SentMessage]:
    found = rows.messages(session, order.id)
    names = rows.user_names(session, {message.stated_by for message, _ in found})
    return [
        SentMessage(message, withdrawal, names.get(message.stated_by, message.stated_by))
        for message, withdrawal in found
    ]


def send(
    database: Database,
    blobs: Blobs,
    *,
    actor: Desk,
    order_no: str,
    wanted: Wanted,
    sending: Sending,
    now: datetime,
) -> str:
    """Keeps what was sent, with its proof, and meets the clocks that it meets (R-09, R-14, R-01 and R-08). Its id.

    Refusals: those of ``draft``, ``message_incomplete``, ``message_not_here`` (T-6 and T-7 are of goods that have left
    China), ``message_gate`` (G-5), ``message_proof_missing``, ``message_via``, ``message_recipient_missing``,
    ``message_future``, ``document_*``.
    """
    _check(sending, now)
    assert sending.proof is not None
    kept = keep(database, blobs, actor, sending.proof)
    with database.write() as session:
        order = _order(session, actor.organisation_id, order_no)
        made = draft_of(session, order, wanted, now)
        if made.missing:
            raise Refusal("message_incomplete", n=len(made.missing))
        if not made.here:
            raise Refusal("message_not_here")
        for point in made.open:
            raise Refusal("message_gate", gate=point.gate, finding=point.code)
        proof = file_document(
            session,
            kept,
            actor=actor,
            kind=PROOF,
            links={order.id: None},
            now=now,
            labels=Labels(supplier_id=order.supplier_id, note=sending.recipient),
        )
        message = _row(actor, order, wanted, made, sending, proof.id, now)
        message.clock_event_id = _meet(session, order, message, made.template, now)
        session.add(message)
        session.flush()
        _log(session, actor, message, now)
        return message.id


def withdraw(database: Database, *, actor: Desk, message_id: str, reason: str, now: datetime) -> str:
    """Says that a message was entered by mistake: its clock runs again, the row stays. Returns the order number.

    Raises ``message_unknown``, ``message_withdrawn``, ``reason_missing``.
    """
    with database.write() as session:
        message = rows.message(session, actor.organisation_id, message_id)
        if message is None:
            raise Refusal("message_unknown")
        if not reason.strip():
            raise Refusal("reason_missing")
        if session.get(MessageWithdrawal, message.id) is not None:
            raise Refusal("message_withdrawn")
        session.add(
            MessageWithdrawal(
                message_id=message.id,
                reason=reason.strip()[:500],
                withdrawn_by=actor.id,
                withdrawn_at=now,
            )
        )
        edition = rulebooks.current(session, actor.organisation_id)
        for event in rows.events_of_message(session, message.id):
            clock_events.retract(
                session,
                edition.rulebook,
                organisation_id=actor.organisation_id,
                event_id=event.id,
                by=f"user:{actor.id}",
                now=now,
            )
        people.audit(
            session,
            at=now,
            actor=f"user:{actor.id}",
            action="message.withdrawn",
            subject=message.id,
            organisation_id=actor.organisation_id,
        )
        return session.get_one(Order, message.order_id).order_no


def _order(session: Session, organisation_id: str, order_no: str) -> Order:
    order = order_rows.order_by_no(session, organisation_id, order_no)
    if order is None:
        raise Refusal("order_unknown", order_no=order_no)
    return order


def _check(sending: Sending, now: datetime) -> None:
    if sending.language not in LANGUAGES:
        raise Refusal("bad_request")
    if sending.via not in VIAS:
        raise Refusal("message_via")
    if not sending.recipient.strip():
        raise Refusal("message_recipient_missing")
    if sending.sent_at > now:
        raise Refusal("message_future")
    if sending.proof is None:
        raise Refusal("message_proof_missing")


def _row(
    actor: Desk,
    order: Order,
    wanted: Wanted,
    made: Draft,
    sending: Sending,
    document_id: str,
    now: datetime,
) -> Message:
    return Message(
        id=new_id(),
        organisation_id=order.organisation_id,
        order_id=order.id,
        claim_id=wanted.claim_id or None,
        template=made.template.id,
        language=sending.language,
        text=made.texts[sending.language],
        slots=_told(made, sending.language),
        remedy=made.remedy.code if made.remedy else None,
        recipient=sending.recipient.strip()[:200],
        via=sending.via,
        sent_at=sending.sent_at,
        document_id=document_id,
        clock_event_id=None,
        stated_by=actor.id,
        stated_at=now,
    )


def _told(made: Draft, language: str) -> dict[str, str]:
    """What was filled in, in the language that went out, and which pictures went with it."""
    values = made.by_language[language]
    told = {name: values.get(name, "") for name in made.template.slots if name != "remedy"}
    if made.template.to_factory:
        told["photos"] = "\n".join(f"{one.filename} sha256:{one.sha256}" for one in made.sent_along)
    return told


def _meet(session: Session, order: Order, message: Message, template: Template, now: datetime) -> str | None:
    """A notice with its proof closes what it closes; returns the first event."""
    edition = rulebooks.current(session, order.organisation_id)
    made = [
        clock_events.add(
            session,
            edition.rulebook,
            organisation_id=order.organisation_id,
            order_id=order.id,
            kind=kind,
            at=message.sent_at,
            subject=("message", message.id),
            source="message",
            proven=True,
            document_id=message.document_id,
            claim_id=message.claim_id,
            by=f"user:{message.stated_by}",
            now=now,
        )
        for kind in template.clock
    ]
    return made[0] if made else None


def _log(session: Session, actor: Desk, message: Message, now: datetime) -> None:
    entry = ledger.append_entry(
        session,
        message_entry(
            received=now,
            message=message.id,
            template=message.template,
            order=message.order_id,
            text=message.text,
            sent=message.sent_at,
            document=message.document_id,
            by=actor.id,
        ),
    )
    people.audit(
        session,
        at=now,
        actor=f"user:{actor.id}",
        action="message.sent",
        subject=message.id,
        organisation_id=actor.organisation_id,
        template=message.template,
        entry=entry,
    )
