"""A step and the paper that proves it are one: refused, nothing is filed; accepted, one paper; twice, still one."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from tests.support.cases import a_claim
from tests.support.counting_rows import new_rows, rows_by_table
from tests.support.instance import Instance, make_instance
from webapp.domain.permissions import Role
from webapp.domain.refusals import Refusal
from webapp.store.schema import Order
from webapp.store.schema_claims import Claim, ClaimEvent, FreightContract, Handover, SubmissionProof
from webapp.store.schema_desk import Document, DocumentOrder
from webapp.usecases import claim_events, claims, documents, handovers, submissions
from webapp.usecases.document_filing import Kept, Upload, keep
from webapp.usecases.handovers import ContractSaid, HandoverSaid
from webapp.usecases.sessions import Desk
from webapp.usecases.submissions import SubmissionSaid

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TEXT = "蓝色少1件，开箱视频为证，申请退款。"


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return make_instance(tmp_path, NOW)


@pytest.fixture
def owner(instance: Instance) -> Desk:
    return instance.person(Role.OWNER)


def upload(shade: int) -> Upload:
    body = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 90, 40)).save(body, "JPEG")
    return Upload(io.BytesIO(body.getvalue()), f"{shade}.jpg")


def kept(instance: Instance, owner: Desk, shade: int) -> Kept:
    return keep(instance.services.database, instance.services.blobs, owner, upload(shade))


def claim_of(instance: Instance) -> Claim:
    with instance.services.database.read() as session:
        return session.scalars(select(Claim)).one()


def complete(instance: Instance, owner: Desk) -> None:
    for shade, kind in enumerate(("order_screenshot", "listing", "order_status"), start=1):
        documents.file_many(
            instance.services.database,
            instance.services.blobs,
            actor=owner,
            kind=kind,
            order_nos=[instance.names["order_no"]],
            uploads=[upload(shade)],
            now=NOW,
        )
    claims.refresh(instance.services.database, actor=owner, number=1, now=NOW)


def submit(instance: Instance, owner: Desk, shade: int, **changes: object) -> int:
    values: dict[str, object] = {"recipient": "1688", "sent_at": NOW, "description": TEXT}
    return submissions.submit(
        instance.services.database,
        actor=owner,
        claim_id=claim_of(instance).id,
        said=SubmissionSaid(**(values | changes)),  # type: ignore[arg-type]
        proof=kept(instance, owner, shade),
        now=NOW + timedelta(minutes=1),
    )


def state(instance: Instance, owner: Desk, kind: str, shade: int, **changes: object) -> int:
    said = changes.pop("said", {})
    return claim_events.state_event(
        instance.services.database,
        actor=owner,
        claim_id=claim_of(instance).id,
        kind=kind,
        at=changes.pop("at", NOW),  # type: ignore[arg-type]
        said=said,  # type: ignore[arg-type]
        proof=kept(instance, owner, shade),
        now=NOW + timedelta(minutes=1),
    )


def hand_over(instance: Instance, owner: Desk, shade: int, **changes: object) -> str:
    values: dict[str, object] = {
        "at": NOW,
        "carrier": "Bắc Nam Logistics",
        "seals": "SZ88123",
        "parcel_ids": [instance.names["parcel"]],
    }
    return handovers.hand_over(
        instance.services.database,
        instance.services.rulebook,
        actor=owner,
        order_no=instance.names["order_no"],
        said=HandoverSaid(**(values | changes)),  # type: ignore[arg-type]
        proof=kept(instance, owner, shade),
        now=NOW + timedelta(minutes=1),
    )


def contract(instance: Instance, owner: Desk, shade: int, **changes: object) -> str:
    values: dict[str, object] = {
        "carrier": "Bắc Nam Logistics",
        "reference": "BN-2026-7",
        "notice_hours": 72,
        "notice_from": "vn_received",
        "terms": "",
    }
    return handovers.state_contract(
        instance.services.database,
        actor=owner,
        said=ContractSaid(**(values | changes)),  # type: ignore[arg-type]
        order_no=str(changes.pop("order_no", instance.names["order_no"])),
        proof=kept(instance, owner, shade),
        now=NOW,
    )


REFUSED: list[tuple[str, Callable[[Instance, Desk], object]]] = [
    ("submission_gate", lambda i, o: submit(i, o, 50)),
    ("submission_recipient_missing", lambda i, o: submit(i, o, 50, recipient=" ")),
    ("submission_future", lambda i, o: submit(i, o, 50, sent_at=NOW + timedelta(days=1))),
    ("claim_event_out_of_order", lambda i, o: state(i, o, "money_received", 50, said={"amount_fen": "1"})),
    ("claim_event_future", lambda i, o: state(i, o, "withdrawn", 50, at=NOW + timedelta(days=1))),
    ("claim_event_unknown", lambda i, o: state(i, o, "teleported", 50)),
    ("handover_carrier_missing", lambda i, o: hand_over(i, o, 50, carrier="")),
    ("handover_parcels_missing", lambda i, o: hand_over(i, o, 50, parcel_ids=[])),
    ("contract_unknown", lambda i, o: hand_over(i, o, 50, contract_id="0" * 32)),
    ("contract_carrier_missing", lambda i, o: contract(i, o, 50, carrier=" ")),
    ("contract_notice_out_of_range", lambda i, o: contract(i, o, 50, notice_hours=0)),
]


@pytest.mark.parametrize("code,ask", REFUSED, ids=[code for code, _ in REFUSED])
def test_a_refused_step_files_nothing_and_changes_nothing(
    instance: Instance, owner: Desk, code: str, ask: Callable[[Instance, Desk], object]
) -> None:
    a_claim(instance)
    before = rows_by_table(instance.services.database)
    with pytest.raises(Refusal, match=code):
        ask(instance, owner)
    assert new_rows(instance.services.database, before) == {}


def papers(instance: Instance) -> list[tuple[str, int]]:
    """Kind of each paper filed by a step, and how many orders it is about."""
    with instance.services.database.read() as session:
        found = session.scalars(select(Document).where(Document.kind.in_(("filing_proof", "other"))))
        return [
            (
                one.kind,
                len(session.scalars(select(DocumentOrder).where(DocumentOrder.document_id == one.id)).all()),
            )
            for one in found
        ]


def test_a_submission_files_its_one_proof_and_the_same_request_again_is_the_same_submission(
    instance: Instance, owner: Desk
) -> None:
    a_claim(instance)
    complete(instance, owner)
    assert submit(instance, owner, 60) == 1
    before = rows_by_table(instance.services.database)
    assert submit(instance, owner, 60) == 1
    later = NOW + timedelta(seconds=40)  # no time was typed: the repeat bears its own
    assert submit(instance, owner, 60, sent_at=later) == 1
    assert new_rows(instance.services.database, before) == {}
    assert papers(instance) == [("filing_proof", 1)]
    with instance.services.database.read() as session:
        assert len(session.scalars(select(SubmissionProof)).all()) == 1
    assert submit(instance, owner, 61, description=TEXT + "补充。") == 2
    assert papers(instance) == [("filing_proof", 1)] * 2


def test_a_proof_that_comes_later_is_filed_once_and_without_a_file_nothing_is(
    instance: Instance, owner: Desk
) -> None:
    a_claim(instance)
    complete(instance, owner)
    database, claim = instance.services.database, claim_of(instance)
    said = SubmissionSaid("1688", NOW, TEXT)
    submissions.submit(database, actor=owner, claim_id=claim.id, said=said, now=NOW)
    before = rows_by_table(database)
    with pytest.raises(Refusal, match="documents_missing"):
        submissions.prove(database, actor=owner, claim_id=claim.id, no=1, now=NOW)
    with pytest.raises(Refusal, match="submission_unknown"):
        submissions.prove(
            database, actor=owner, claim_id=claim.id, no=2, proof=kept(instance, owner, 62), now=NOW
        )
    assert new_rows(database, before) == {}
    for _ in range(2):
        submissions.prove(
            database, actor=owner, claim_id=claim.id, no=1, proof=kept(instance, owner, 62), now=NOW
        )
    assert papers(instance) == [("filing_proof", 1)]


def test_a_step_files_its_one_proof_and_the_same_request_again_is_the_same_step(
    instance: Instance, owner: Desk
) -> None:
    a_claim(instance)
    complete(instance, owner)
    submit(instance, owner, 60)
    seq = state(instance, owner, "approved", 63, said={"amount_fen": "1850"})
    before = rows_by_table(instance.services.database)
    assert state(instance, owner, "approved", 63, said={"amount_fen": "1850"}) == seq
    assert new_rows(instance.services.database, before) == {}
    with instance.services.database.read() as session:
        event = session.scalars(select(ClaimEvent).where(ClaimEvent.kind == "approved")).one()
        assert event.document_id is not None
        assert session.get_one(Document, event.document_id).filed_by == owner.id
    first = state(instance, owner, "money_received", 64, said={"amount_fen": "900"})
    assert state(instance, owner, "more_money", 65, said={"amount_fen": "900"}) == first + 1
    assert state(instance, owner, "more_money", 120, said={"amount_fen": "900"}) == first + 2, (
        "a third transfer"
    )


def test_a_hand_over_files_its_slip_for_every_order_in_it_and_only_once(
    instance: Instance, owner: Desk
) -> None:
    database = instance.services.database
    hand_over(instance, owner, 70)
    assert [kind for kind, _ in papers(instance)] == ["other"]
    before = rows_by_table(database)
    with pytest.raises(Refusal, match="handover_stated_before"):
        hand_over(instance, owner, 70)
    assert new_rows(database, before) == {}
    with database.read() as session:
        handover = session.scalars(select(Handover)).one()
        order = session.scalars(select(Order).where(Order.order_no == instance.names["order_no"])).one()
        served = session.scalars(
            select(DocumentOrder.order_id).where(DocumentOrder.document_id == handover.document_id)
        ).all()
        assert order.id in served


def test_a_contract_that_is_stated_twice_is_one_contract_with_one_paper(
    instance: Instance, owner: Desk
) -> None:
    first = contract(instance, owner, 80)
    before = rows_by_table(instance.services.database)
    assert contract(instance, owner, 80) == first
    assert new_rows(instance.services.database, before) == {}
    assert contract(instance, owner, 80, notice_hours=48) != first
    with instance.services.database.read() as session:
        assert len(session.scalars(select(FreightContract)).all()) == 2
    assert len(papers(instance)) == 1
