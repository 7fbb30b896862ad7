"""SQL about what somebody stated of an order without filing a paper for it (S3-16)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from webapp.store.schema import ParcelOrder
from webapp.store.schema_claims import (
    Claim,
    ClaimEvent,
    Handover,
    HandoverParcel,
    Submission,
    SubmissionProof,
)
from webapp.store.schema_papers import Agreement, Payment

STEPS: Final = (
    "filed",
    "approved",
    "partially_approved",
    "rejected",
    "escalated",
    "decided",
    "return_sent",
    "return_received",
    "landed_at_agent",
    "passed_back",
    "money_received",
    "more_money",
)
"""Steps of a claim that leave something behind to be screenshot."""


def unfiled(
    session: Session, organisation_id: str, order_id: str | None = None
) -> list[tuple[str, datetime]]:
    """(order, when it was stated) of agreements, payments, hand-overs, a claim's steps and its submissions that nobody
    filed a paper for. ``order_id`` None: of all orders. A submission's own step is told by the submission alone.
    """
    statements = [
        (Agreement.order_id, _stated(Agreement, organisation_id)),
        (Payment.order_id, _stated(Payment, organisation_id)),
        (ParcelOrder.order_id, _handed_over(organisation_id)),
        (Claim.order_id, _steps(organisation_id)),
        (Claim.order_id, _sent(organisation_id)),
    ]
    return [
        (found, at)
        for column, statement in statements
        for found, at in session.execute(
            statement if order_id is None else statement.where(column == order_id)
        )
    ]


def _stated(table: type[Agreement] | type[Payment], organisation_id: str) -> Select[str, datetime]:
    return select(table.order_id, table.stated_at).where(
        table.organisation_id == organisation_id,
        table.document_id.is_(None),
        table.withdrawn_at.is_(None),
    )


def _handed_over(organisation_id: str) -> Select[str, datetime]:
    """What a phone stated bears its signature and needs no paper."""
    return (
        select(ParcelOrder.order_id, Handover.stated_at)
        .join(HandoverParcel, HandoverParcel.handover_id == Handover.id)
        .join(ParcelOrder, ParcelOrder.parcel_id == HandoverParcel.parcel_id)
        .where(
            Handover.organisation_id == organisation_id,
            Handover.document_id.is_(None),
            Handover.record_id.is_(None),
            Handover.taken_back_at.is_(None),
        )
        .group_by(ParcelOrder.order_id, Handover.id)
    )


def _steps(organisation_id: str) -> Select[str, datetime]:
    own = select(Submission.id).where(Submission.claim_id == ClaimEvent.claim_id, ClaimEvent.kind == "filed")
    return (
        select(Claim.order_id, ClaimEvent.recorded_at)
        .join(Claim, Claim.id == ClaimEvent.claim_id)
        .where(
            Claim.organisation_id == organisation_id,
            ClaimEvent.kind.in_(STEPS),
            ClaimEvent.document_id.is_(None),
            ~own.exists(),
        )
    )


def _sent(organisation_id: str) -> Select[str, datetime]:
    proven = select(SubmissionProof.document_id).where(SubmissionProof.submission_id == Submission.id)
    return (
        select(Claim.order_id, Submission.made_at)
        .join(Claim, Claim.id == Submission.claim_id)
        .where(Claim.organisation_id == organisation_id, ~proven.exists())
    )
