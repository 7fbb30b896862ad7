"""From a counted shortage to money, on real SQLite: diagnosis, claim, gates, submissions, steps and their clocks."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.support.instance import Instance, make_instance
from webapp.domain.permissions import Role
from webapp.domain.refusals import Refusal
from webapp.store import claims as claim_rows
from webapp.store import orders as order_rows
from webapp.usecases import (
    claim_events,
    claim_expiry,
    claim_views,
    claims,
    diagnosis,
    discrepancies,
    documents,
    handovers,
    submissions,
)
from webapp.usecases.capture_asks import asks_of_parcels
from webapp.usecases.claim_views import ClaimView
from webapp.usecases.claims import ClaimSaid
from webapp.usecases.clock_reading import clocks_of_order
from webapp.usecases.demo import FILMED_ORDER
from webapp.usecases.doctor_claims import check_claims
from webapp.usecases.document_filing import Upload
from webapp.usecases.sessions import Desk
from webapp.usecases.submissions import SubmissionSaid

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DESCRIPTION = "蓝色少1件，开箱视频为证，申请退款。"


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return make_instance(tmp_path, NOW)


@pytest.fixture
def owner(instance: Instance) -> Desk:
    return instance.person(Role.OWNER)


def short(instance: Instance, owner: Desk) -> str:
    """The id of the confirmed shortage of the demo's filmed order: 12 ordered, 11 counted."""
    found = diagnosis.diagnose(
        instance.services.database, organisation_id=owner.organisation_id, order_no=FILMED_ORDER, now=NOW
    ).found
    (one,) = found
    assert (one.type_id, one.units_milli, one.situation.letter) == ("short_count", 1000, "A")
    return discrepancies.confirm(
        instance.services.database, actor=owner, order_no=FILMED_ORDER, key=one.key, answers={}, now=NOW
    )


def said(discrepancy_id: str, **changes: object) -> ClaimSaid:
    values: dict[str, object] = {
        "discrepancy_id": discrepancy_id,
        "channel": "platform_1688",
        "form": {"ordered": "12", "counted": "11", "reason": "short"},
        "lines": {},
        "amount_fen": 1850,
        "description_zh": DESCRIPTION,
        "path": "refund_without_return",
        "remedy": "partial_refund",
        "remedy_fen": 1850,
    }
    return ClaimSaid(**(values | changes))  # type: ignore[arg-type]


def opened(instance: Instance, owner: Desk, **changes: object) -> int:
    return claims.open_claim(
        instance.services.database, actor=owner, said=said(short(instance, owner), **changes), now=NOW
    )


def seen(instance: Instance, owner: Desk, number: int) -> ClaimView:
    return claim_views.view(instance.services.database, organisation_id=owner.organisation_id, number=number)


def picture(shade: int) -> Upload:
    body = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 120, 40)).save(body, "JPEG")
    return Upload(io.BytesIO(body.getvalue()), f"{shade}.jpg")


def file(instance: Instance, owner: Desk, kind: str, shade: int) -> str:
    (document,) = documents.file_many(
        instance.services.database,
        instance.services.blobs,
        actor=owner,
        kind=kind,
        order_nos=[FILMED_ORDER],
        supplier_id=None,
        dated_on=None,
        slot=None,
        uploads=[picture(shade)],
        note="",
        now=NOW,
    )
    return document


def complete(instance: Instance, owner: Desk, number: int) -> ClaimView:
    """Everything that the gates ask for beside what the dock recorded."""
    for shade, kind in enumerate(("order_screenshot", "listing", "order_status"), start=1):
        file(instance, owner, kind, shade)
    claims.refresh(instance.services.database, actor=owner, number=number, now=NOW)
    return seen(instance, owner, number)


def submit(instance: Instance, owner: Desk, number: int, at: datetime = NOW, **changes: object) -> int:
    values: dict[str, object] = {"recipient": "1688", "sent_at": at, "description": DESCRIPTION}
    claim = seen(instance, owner, number).claim
    return submissions.submit(
        instance.services.database,
        actor=owner,
        claim_id=claim.id,
        said=SubmissionSaid(**(values | changes)),  # type: ignore[arg-type]
        now=max(at, NOW),
    )


def state(
    instance: Instance,
    owner: Desk,
    number: int,
    kind: str,
    at: datetime,
    told: Mapping[str, str] | None = None,
    document_id: str | None = None,
) -> str:
    claim = seen(instance, owner, number).claim
    claim_events.state_event(
        instance.services.database,
        actor=owner,
        claim_id=claim.id,
        kind=kind,
        at=at,
        said=told or {},
        document_id=document_id,
        now=at,
    )
    return seen(instance, owner, number).claim.state


def clock(instance: Instance, owner: Desk, rule: str, now: datetime) -> str:
    with instance.services.database.read() as session:
        order = order_rows.order_by_no(session, owner.organisation_id, FILMED_ORDER)
        assert order is not None
        found = [one for one in clocks_of_order(session, order) if one.rule.id == rule]
        return found[0].state(now) if found else "none"


def test_a_claim_takes_in_what_the_dock_recorded_and_names_what_is_missing(
    instance: Instance, owner: Desk
) -> None:
    view = seen(instance, owner, opened(instance, owner))
    assert view.claim.state == "evidence_incomplete"
    assert view.claim.edition_id
    assert {"EV-18", "EV-12"} <= {slot for one in view.exhibits for slot in one.slots}
    assert [todo.need for todo in view.todos if todo.required] == ["EV-19", "EV-21", "EV-20"]
    assert view.lines == {view.discrepancy.line_id: 1000}


def test_nothing_goes_out_before_description_photo_and_video_are_together(
    instance: Instance, owner: Desk
) -> None:
    number = opened(instance, owner)
    with pytest.raises(Refusal, match="submission_gate"):
        submit(instance, owner, number)
    assert not seen(instance, owner, number).submissions
    assert complete(instance, owner, number).claim.state == "ready"
    with pytest.raises(Refusal, match="submission_gate"):
        submit(instance, owner, number, description="")
    assert submit(instance, owner, number) == 1
    assert seen(instance, owner, number).claim.state == "filed"


def test_a_submission_never_changes_and_an_addition_is_the_next_one(instance: Instance, owner: Desk) -> None:
    number = opened(instance, owner)
    complete(instance, owner, number)
    submit(instance, owner, number)
    first = seen(instance, owner, number).submissions[0].submission
    assert "description sha256:" in first.manifest and first.manifest.endswith("previous -\n")
    file(instance, owner, "chat", 9)
    with pytest.raises(Refusal, match="claim_sent"):
        claims.change(
            instance.services.database,
            actor=owner,
            number=number,
            said=said(seen(instance, owner, number).discrepancy.id, amount_fen=1),
            now=NOW,
        )
    later = NOW + timedelta(hours=5)
    assert submit(instance, owner, number, later) == 2
    view = seen(instance, owner, number)
    assert view.submissions[0].submission.manifest == first.manifest
    assert f"previous sha256:{first.manifest_sha256}\n" in view.submissions[1].submission.manifest
    assert view.claim.state == "filed"
    for table in ("submission", "claim_event", "discrepancy"):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            instance.services.database.write() as session,
        ):
            session.execute(text(f"DELETE FROM {table}"))


def test_a_filing_meets_the_request_window_only_with_proof(instance: Instance, owner: Desk) -> None:
    number = opened(instance, owner)
    complete(instance, owner, number)
    assert clock(instance, owner, "R-02", NOW) == "running"
    submit(instance, owner, number)
    assert clock(instance, owner, "R-02", NOW) == "running"
    proof = file(instance, owner, "filing_proof", 40)
    submissions.prove(
        instance.services.database,
        actor=owner,
        claim_id=seen(instance, owner, number).claim.id,
        no=1,
        document_id=proof,
        now=NOW,
    )
    assert clock(instance, owner, "R-02", NOW) == "met"
    assert clock(instance, owner, "R-04", NOW) == "running"


def test_from_filing_over_a_rejection_to_money(instance: Instance, owner: Desk) -> None:
    number = opened(instance, owner)
    complete(instance, owner, number)
    submit(instance, owner, number)
    day = timedelta(days=1)
    with pytest.raises(Refusal, match="claim_reason_missing"):
        state(instance, owner, number, "rejected", NOW + day)
    assert (
        state(instance, owner, number, "rejected", NOW + day, {"reason": "say it was complete"}) == "rejected"
    )
    proof = file(instance, owner, "filing_proof", 41)
    assert state(instance, owner, number, "escalated", NOW + day, document_id=proof) == "mediation"
    assert clock(instance, owner, "R-05", NOW + day) == "met"
    decided = {"outcome": "partial_refund", "amount_fen": "1850"}
    assert state(instance, owner, number, "decided", NOW + 5 * day, decided) == "decided"
    assert clock(instance, owner, "R-06", NOW + 5 * day) == "running"
    received = {"amount_fen": "1800", "method": "alipay"}
    assert state(instance, owner, number, "money_received", NOW + 7 * day, received) == "money_received"
    view = seen(instance, owner, number)
    assert (view.balance.approved, view.balance.received, view.balance.open) == (1850, 1800, 50)
    assert state(instance, owner, number, "closed", NOW + 8 * day) == "closed"
    assert [event.seq for event in view.events] == list(range(1, len(view.events) + 1))


def test_after_the_hand_over_the_platform_is_closed_and_its_clocks_with_it(
    instance: Instance, owner: Desk
) -> None:
    discrepancy = short(instance, owner)
    with instance.services.database.read() as session:
        order = order_rows.order_by_no(session, owner.organisation_id, FILMED_ORDER)
        assert order is not None
        parcels = [parcel.id for parcel in order.parcels]
    handover = handovers.hand_over(
        instance.services.database,
        instance.services.rulebook,
        actor=owner,
        order_no=FILMED_ORDER,
        said=handovers.HandoverSaid(at=NOW, carrier="Bắc Nam Logistics", seals="SZ88123", parcel_ids=parcels),
        now=NOW,
    )
    with pytest.raises(Refusal, match="channel_closed"):
        claims.open_claim(instance.services.database, actor=owner, said=said(discrepancy), now=NOW)
    assert clock(instance, owner, "R-02", NOW) == "cancelled"
    handovers.take_back(
        instance.services.database,
        instance.services.rulebook,
        actor=owner,
        handover_id=handover,
        reason="another container",
        now=NOW,
    )
    assert clock(instance, owner, "R-02", NOW) == "running"
    assert claims.open_claim(instance.services.database, actor=owner, said=said(discrepancy), now=NOW) == 1


def test_nobody_asks_for_more_units_or_more_money_than_there_were(instance: Instance, owner: Desk) -> None:
    discrepancy = short(instance, owner)
    line = seen_line(instance, owner, discrepancy)
    for changes, code in (
        ({"lines": {line: 2000}}, "claim_units_over_found"),
        ({"lines": {line: 13000}}, "claim_units_over"),
        ({"amount_fen": 10**9}, "claim_amount_over_paid"),
        ({"description_zh": "少" * 151}, "claim_description_long"),
        ({"remedy_fen": None}, "remedy_without_amount"),
        ({"channel": "freight"}, "channel_closed"),
        ({"form": {"ordered": "12", "counted": "12"}}, "claim_nothing_missing"),
    ):
        with pytest.raises(Refusal, match=code):
            claims.open_claim(
                instance.services.database, actor=owner, said=said(discrepancy, **changes), now=NOW
            )
    assert not claim_views.listed(instance.services.database, organisation_id=owner.organisation_id, now=NOW)


def seen_line(instance: Instance, owner: Desk, discrepancy_id: str) -> str:
    with instance.services.database.read() as session:
        found = claim_rows.discrepancy(session, owner.organisation_id, discrepancy_id)
        assert found is not None and found.line_id is not None
        return found.line_id


def test_another_importer_sees_and_changes_nothing(instance: Instance, owner: Desk) -> None:
    number = opened(instance, owner)
    stranger = instance.person(Role.OWNER, organisation="Dung")
    with pytest.raises(Refusal, match="claim_unknown"):
        seen(instance, stranger, number)
    with pytest.raises(Refusal, match="claim_unknown"):
        claim_events.state_event(
            instance.services.database,
            actor=stranger,
            claim_id=seen(instance, owner, number).claim.id,
            kind="withdrawn",
            at=NOW,
            said={},
            document_id=None,
            now=NOW,
        )
    with pytest.raises(Refusal, match="discrepancy_unknown"):
        claims.open_claim(
            instance.services.database,
            actor=stranger,
            said=said(seen(instance, owner, number).discrepancy.id),
            now=NOW,
        )


def test_a_claim_nobody_filed_ends_when_the_order_closes_and_keeps_that_instant(
    instance: Instance, owner: Desk
) -> None:
    number = opened(instance, owner)
    database = instance.services.database
    with database.read() as session:
        order = order_rows.order_by_no(session, owner.organisation_id, FILMED_ORDER)
        assert order is not None
        due = next(
            c.deadline.due for c in clocks_of_order(session, order) if c.rule.id == "R-03" and c.deadline
        )
    assert claim_expiry.expire_due(database, now=due - timedelta(milliseconds=1)) == 0
    late = due + timedelta(days=3)
    assert claim_expiry.expire_due(database, now=late) == 1
    assert claim_expiry.expire_due(database, now=late) == 0
    view = seen(instance, owner, number)
    assert (view.claim.state, view.events[-1].at, view.events[-1].said) == ("expired", due, {"rule": "R-03"})
    with pytest.raises(Refusal, match="claim_event_out_of_order"):
        state(instance, owner, number, "filed", late)


def test_the_doctor_compares_claims_with_the_log(instance: Instance, owner: Desk) -> None:
    number = opened(instance, owner)
    complete(instance, owner, number)
    submit(instance, owner, number)
    database = instance.services.database
    with database.read() as session:
        assert check_claims(session).findings == []
    with database.write() as session:
        session.execute(text("DROP TRIGGER claim_event_no_update"))
        session.execute(text("UPDATE claim_event SET at = at + 1 WHERE seq = 1"))
    with database.read() as session:
        assert list(check_claims(session).counts) == ["claim_differs_from_log"]


def test_what_a_claim_lacks_is_asked_of_the_phones_until_it_is_there(instance: Instance, owner: Desk) -> None:
    database = instance.services.database
    found = discrepancies.confirm(
        database,
        actor=owner,
        order_no=FILMED_ORDER,
        key="",
        type_id="style_mismatch",
        line_id=seen_line(instance, owner, short(instance, owner)),
        answers={},
        now=NOW,
    )
    number = claims.open_claim(
        database,
        actor=owner,
        said=said(
            found,
            channel="supplier_direct",
            form={"ordered_style": "round neck", "found": "V-neck", "units": "12"},
            amount_fen=None,
            remedy=None,
            remedy_fen=None,
        ),
        now=NOW,
    )
    parcel = instance.names["parcel"]
    with database.read() as session:
        asked = asks_of_parcels(session, [parcel], abroad=False)
        assert asks_of_parcels(session, [parcel], abroad=True) == {}
    assert [(ask.slot, ask.claim) for ask in asked[parcel]] == [("EV-11", number)]
    state(instance, owner, number, "withdrawn", NOW)
    with database.read() as session:
        assert asks_of_parcels(session, [parcel], abroad=False) == {}


def test_what_came_since_fills_its_claim_and_only_then_is_it_looked_at(
    instance: Instance, owner: Desk
) -> None:
    number = opened(instance, owner)
    database = instance.services.database
    later = NOW + timedelta(minutes=1)
    assert claims.catch_up(database, since=None, now=NOW) == 0
    assert claims.catch_up(database, since=later, now=later) == 0
    file(instance, owner, "order_screenshot", 77)
    assert claims.catch_up(database, since=later, now=later) == 0, "filed before"
    assert claims.catch_up(database, since=NOW, now=NOW) == 1
    assert "EV-19" in {slot for one in seen(instance, owner, number).exhibits for slot in one.slots}
    assert claims.catch_up(database, since=NOW, now=NOW) == 0
