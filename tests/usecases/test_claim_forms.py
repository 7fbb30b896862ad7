"""What a claim asks for: units of a mixed order apart, the cost of goods that go back, the threshold of 1688."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.desk_setup import SetupDesk
from tests.support.mixed_order import (
    NUMBER,
    SECOND_PARCEL,
    confirmed,
    diagnosed,
    leave,
    mixed_order,
    open_short,
)
from webapp.domain.claim_types import Todo
from webapp.domain.refusals import Refusal
from webapp.domain.remedies import ReturnCost
from webapp.store.schema import Deadline, Order, PlatformAccount
from webapp.store.schema_claims import Claim
from webapp.usecases import (
    claims,
    discrepancies,
)
from webapp.usecases.capture_asks import asks_of_parcels, wanted_of
from webapp.usecases.claims import ClaimSaid


@pytest.fixture
def desk(tmp_path: Path) -> SetupDesk:
    return mixed_order(tmp_path)


def refused(call: object) -> str:
    with pytest.raises(Refusal) as caught:
        call()  # type: ignore[operator]
    return caught.value.code


def test_each_unit_of_a_mixed_order_is_asked_for_where_it_lies(desk: SetupDesk) -> None:
    """DT-1: the platform for the units still in China, a negotiation for those that left; sums conserve units."""
    (whole,) = diagnosed(desk).found
    assert (whole.situation.letter, whole.units_milli) == ("A", 4_000)
    leave(desk, SECOND_PARCEL)
    parts = {one.situation.letter: one for one in diagnosed(desk).found}
    assert {letter: one.units_milli for letter, one in parts.items()} == {"A": 2_000, "B": 2_000}
    here = open_short(desk, confirmed(desk, parts["A"]), "platform_1688", 2)
    assert (here.claim.situation, sum(here.lines.values())) == ("A", 2_000)
    gone = confirmed(desk, parts["B"])
    assert refused(lambda: open_short(desk, gone, "platform_1688", 2)) == "channel_closed"
    there = open_short(desk, gone, "supplier_direct", 2)
    assert (there.claim.situation, sum(there.lines.values())) == ("B", 2_000)


def test_when_the_rest_has_left_too_the_platform_is_closed_for_it(desk: SetupDesk) -> None:
    leave(desk, SECOND_PARCEL)
    here = confirmed(desk, next(one for one in diagnosed(desk).found if one.situation.letter == "A"))
    leave(desk, desk.world.parcel)
    assert refused(lambda: open_short(desk, here, "platform_1688", 2)) == "channel_closed"


def test_what_only_a_person_can_say_is_said_of_one_parcel(desk: SetupDesk) -> None:
    leave(desk, SECOND_PARCEL)

    def state(parcel_id: str) -> str:
        found = discrepancies.confirm(
            desk.database,
            actor=desk.chi,
            order_no=NUMBER,
            key="",
            answers={},
            now=desk.now,
            type_id="colour",
            parcel_id=parcel_id,
        )
        return discrepancies.confirmed(
            desk.database, organisation_id=desk.world.importer, discrepancy_id=found
        ).situation

    assert [state(one) for one in (desk.world.parcel, SECOND_PARCEL, "")] == ["A", "B", "B"]
    assert refused(lambda: state("f" * 32)) == "parcel_unknown"


def test_goods_go_back_only_after_somebody_looked_at_the_cost(desk: SetupDesk) -> None:
    """S0-15, S1-16: asked before a return is chosen, compared with what is asked for; unknown is never nothing."""
    here = confirmed(desk, diagnosed(desk).found[0])
    asked = {"path": "return_refund", "channel": "platform_1688", "units": 4}
    assert refused(lambda: open_short(desk, here, **asked)) == "return_cost_missing"  # type: ignore[arg-type]
    cheap = open_short(desk, here, return_fen=1_800, **asked)  # type: ignore[arg-type]
    assert cheap.sending_back == ReturnCost(1_800, 5_000, True)
    dear = open_short(desk, here, return_fen=5_000, **asked)  # type: ignore[arg-type]
    assert dear.sending_back == ReturnCost(5_000, 5_000, False)
    unknown = open_short(desk, here, return_unknown=True, **asked)  # type: ignore[arg-type]
    assert unknown.sending_back == ReturnCost(None, 5_000, None)
    kept = open_short(desk, here, "platform_1688", 4, path="after_shipment", return_fen=1_800)
    assert kept.sending_back is None and "return_fen" not in kept.claim.form
    exchange = open_short(
        desk, here, "platform_1688", 4, remedy="exchange", remedy_milli=4_000, return_unknown=True
    )
    assert exchange.sending_back is not None


def test_a_return_from_abroad_pays_the_international_leg_too(desk: SetupDesk) -> None:
    leave(desk, SECOND_PARCEL)
    here = next(one for one in diagnosed(desk).found if one.situation.letter == "A")
    said = {"path": "return_refund", "return_fen": 1_800}
    half = open_short(desk, confirmed(desk, here), "platform_1688", 2, **said)
    assert half.sending_back == ReturnCost(None, 5_000, None)
    whole = open_short(desk, half.claim.discrepancy_id, "platform_1688", 2, return_abroad_fen=4_000, **said)
    assert whole.sending_back == ReturnCost(5_800, 5_000, False)


def given_account(desk: SetupDesk, owner: str, platform: str = "1688") -> None:
    with desk.database.write() as session:
        order = session.scalars(select(Order).where(Order.order_no == NUMBER)).one()
        order.platform = platform
        session.get_one(PlatformAccount, order.account_id).owner = owner


def stated(desk: SetupDesk, type_id: str) -> str:
    return discrepancies.confirm(
        desk.database, actor=desk.chi, order_no=NUMBER, key="", answers={}, now=desk.now, type_id=type_id
    )


def r_12(desk: SetupDesk) -> list[tuple[datetime | None, bool]]:
    with desk.database.read() as session:
        found = session.scalars(select(Deadline).where(Deadline.rule_id == "R-12", Deadline.binding))
        return [(one.due_at, one.proven) for one in found]


def test_a_warranty_claim_runs_until_the_end_that_its_form_names(desk: SetupDesk) -> None:
    """R-12, S2-12: with the agent only, inside the warranty, with receipt and quality card."""
    given_account(desk, "agent")
    here = stated(desk, "warranty")

    def form(day: str) -> dict[str, str]:
        return {"warranty_end": day, "found": "no charge", "units": "1"}

    over = lambda: open_short(desk, here, "warranty", 1, form=form("2026-11-20"))  # noqa: E731
    assert refused(over) == "channel_closed"
    view = open_short(desk, here, "warranty", 1, form=form("2027-01-31"))
    assert {todo.need for todo in view.todos if todo.required} == {"EV-25", "EV-26", "EV-06|EV-09"}
    assert r_12(desk) == [(datetime(2027, 1, 31, 15, 59, 59, tzinfo=UTC), False)]
    claims.change(
        desk.database,
        actor=desk.chi,
        number=view.claim.number,
        said=ClaimSaid(here, "warranty", form("2027-02-28"), {}, None, ""),
        now=desk.now + timedelta(hours=1),
    )
    assert r_12(desk) == [(datetime(2027, 2, 28, 15, 59, 59, tzinfo=UTC), False)]
    given_account(desk, "self")
    assert refused(lambda: open_short(desk, here, "warranty", 1, form=form("2027-01-31"))) == "channel_closed"


def test_off_the_platform_only_the_supplier_is_asked(desk: SetupDesk) -> None:
    """S3-26: no platform channel at all; S3-07: chat, written confirmation and payment proof are what counts."""
    given_account(desk, "self", "off_platform")
    (found,) = diagnosed(desk).found
    here = confirmed(desk, found)
    assert refused(lambda: open_short(desk, here, "platform_1688", 4)) == "channel_closed"
    assert open_short(desk, here, "supplier_direct", 4).claim.channel == "supplier_direct"


def test_either_of_two_slots_is_asked_of_the_phones(desk: SetupDesk) -> None:
    """4.2: EV-02 or EV-05 of a size without a label; a phone is told both, a claim of earlier days names one."""
    todo = Todo("EV-02|EV-05", ("EV-02", "EV-05"), "phone", required=True)
    parcel = desk.world.parcel
    (asked,) = wanted_of([todo], claim=3, line_id=None, parcel_ids=[parcel], abroad=False)
    assert (asked["slot"], asked["others"]) == ("EV-02", ["EV-05"])
    opened = open_short(desk, confirmed(desk, diagnosed(desk).found[0]), "platform_1688", 4)
    earlier = {name: value for name, value in asked.items() if name != "others"} | {"slot": "EV-06"}
    with desk.database.write() as session:
        session.get_one(Claim, opened.claim.id).wanted = [asked, earlier]
    with desk.database.read() as session:
        told = asks_of_parcels(session, [parcel], abroad=False)[parcel]
    assert [(ask.slot, ask.others) for ask in told] == [("EV-02", ("EV-05",)), ("EV-06", ())]


@pytest.mark.parametrize(
    "type_id,form,opens",
    [
        ("colour", {"colour": "shade_difference"}, False),
        ("colour", {"colour": "completely_different"}, True),
        ("not_as_described", {"attribute": "zip", "found": "plastic", "reason": "material_mismatch"}, False),
        (
            "not_as_described",
            {"attribute": "zip", "found": "plastic", "reason": "material_mismatch", "spec_published": "yes"},
            True,
        ),
    ],
)
def test_1688_is_asked_only_above_its_threshold_and_the_supplier_always(
    desk: SetupDesk, type_id: str, form: dict[str, str], opens: bool
) -> None:
    """DT-5, S0-28 to S0-31: the filled form decides, not the reason's name."""
    discrepancy_id = discrepancies.confirm(
        desk.database, actor=desk.chi, order_no=NUMBER, key="", answers={}, now=desk.now, type_id=type_id
    )
    filled = {"listed": "metal", "seen": "brown", "units": "2", **form}
    if opens:
        assert open_short(desk, discrepancy_id, "platform_1688", 2, form=filled).claim.type == type_id
    else:
        closed = lambda: open_short(desk, discrepancy_id, "platform_1688", 2, form=filled)  # noqa: E731
        assert refused(closed) == "channel_closed"
    assert open_short(desk, discrepancy_id, "supplier_direct", 2, form=filled).claim.type == type_id
