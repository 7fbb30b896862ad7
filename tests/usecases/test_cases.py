"""The six situations of a claim, from what phones signed: numbers, situation, channels, who answers, which clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.instance import make_instance
from tests.support.situation_parts import PRICE_FEN, Scene
from tests.support.situations import Situations
from webapp.domain.channels import ChannelChoice
from webapp.domain.order_terms import Terms
from webapp.domain.permissions import Role
from webapp.domain.refusals import Refusal
from webapp.usecases import claim_views, claims, diagnosis, discrepancies, submissions
from webapp.usecases.claim_views import ClaimView
from webapp.usecases.claims import ClaimSaid
from webapp.usecases.diagnosis import Diagnosis, Found
from webapp.usecases.submissions import SubmissionSaid

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Situations:
    """One home for all: each test lays an order of its own on it."""
    instance = make_instance(tmp_path_factory.mktemp("cases"), NOW)
    return Situations(instance.services, instance.person(Role.OWNER), NOW)


def diagnosed(laid: Situations, scene: Scene) -> Diagnosis:
    return diagnosis.diagnose(
        laid.services.database,
        organisation_id=laid.owner.organisation_id,
        order_no=scene.order_no,
        now=NOW,
    )


def only(found: Diagnosis) -> Found:
    (one,) = found.found
    return one


def counts(found: Diagnosis) -> list[tuple[int, int | None, int | None]]:
    return [
        (
            one.stages.ordered_milli,
            one.stages.china.units_milli if one.stages.china else None,
            one.stages.vietnam.units_milli if one.stages.vietnam else None,
        )
        for one in found.counted
    ]


def offered(
    found: Diagnosis, one: Found, answers: Mapping[str, str] | None = None
) -> dict[str, ChannelChoice]:
    return {choice.channel: choice for choice in diagnosis.choices(found, one, now=NOW, answers=answers)}


def clock(found: Diagnosis, rule: str) -> str:
    """The states of a rule's clocks, the earliest first."""
    return " ".join(one.state(NOW) for one in found.clocks if one.rule.id == rule)


def confirmed(laid: Situations, scene: Scene, one: Found, **answers: str) -> str:
    return discrepancies.confirm(
        laid.services.database,
        actor=laid.owner,
        order_no=scene.order_no,
        key=one.key,
        answers=answers,
        now=NOW,
    )


def opened(laid: Situations, discrepancy: str, channel: str, form: Mapping[str, str], fen: int) -> ClaimView:
    said = ClaimSaid(discrepancy, channel, form, {}, fen, "粉色少件，开箱视频为证，申请退款。")
    number = claims.open_claim(laid.services.database, actor=laid.owner, said=said, now=NOW)
    return seen(laid, number)


def seen(laid: Situations, number: int) -> ClaimView:
    return claim_views.view(laid.services.database, organisation_id=laid.owner.organisation_id, number=number)


def refreshed(laid: Situations, view: ClaimView) -> ClaimView:
    claims.refresh(laid.services.database, actor=laid.owner, number=view.claim.number, now=NOW)
    return seen(laid, view.claim.number)


def sent(laid: Situations, view: ClaimView, recipient: str) -> ClaimView:
    """Half an hour ago, with a screenshot of it."""
    proof = laid.file(view.order.order_no, "sending_proof", f"sent {view.claim.number}")
    said = SubmissionSaid(
        recipient, NOW - timedelta(minutes=30), view.claim.description_zh, document_id=proof
    )
    submissions.submit(laid.services.database, actor=laid.owner, claim_id=view.claim.id, said=said, now=NOW)
    return seen(laid, view.claim.number)


def needs(view: ClaimView) -> list[str]:
    return [todo.need for todo in view.todos if todo.required]


def test_short_count_on_an_own_account(laid: Situations) -> None:
    scene = laid.short_count()
    found = diagnosed(laid, scene)
    one = only(found)
    assert counts(found) == [(12_000, 11_000, None), (12_000, 12_000, None)]
    assert (one.type_id, one.units_milli, one.situation.letter, one.party) == (
        "short_count",
        1000,
        "A",
        "supplier",
    )
    channels = offered(found, one)
    assert [name for name, choice in channels.items() if choice.open] == ["platform_1688", "supplier_direct"]
    assert (found.owner, found.tail, channels["platform_1688"].filer) == ("self", "454545", "importer")
    assert (clock(found, "R-02"), clock(found, "R-03")) == ("running", "running")
    form = {"ordered": "12", "counted": "11"}
    view = opened(laid, confirmed(laid, scene, one), "platform_1688", form, PRICE_FEN)
    assert needs(view) == ["EV-19", "EV-21", "EV-20"]


def test_a_defect_on_an_agents_account_goes_to_the_agent_inside_r_01(laid: Situations) -> None:
    scene = laid.defect_at_agent()
    found = diagnosed(laid, scene)
    one = only(found)
    assert (one.type_id, one.units_milli, one.situation.letter) == ("functional_defect", 3000, "A")
    channels = offered(found, one)
    assert channels["agent"].open and channels["platform_1688"].filer == "agent"
    assert clock(found, "R-01") == "running"
    (r_01,) = (one for one in found.clocks if one.rule.id == "R-01")
    assert r_01.proven
    form = {"defect_code": "no-power", "defect_class": "major", "units": "3", "reason": "function"}
    view = opened(laid, confirmed(laid, scene, one), "agent", form, 3 * PRICE_FEN)
    assert needs(view) == []
    assert sent(laid, view, "1688 Order").submissions[0].proofs
    assert clock(diagnosed(laid, scene), "R-08") == "met"


def test_damage_by_post_is_reported_to_the_post_office_inside_r_07(laid: Situations) -> None:
    scene = laid.damaged_by_post()
    found = diagnosed(laid, scene)
    one = only(found)
    assert (one.type_id, one.stage, one.units_milli, one.situation.reason) == (
        "damaged",
        "VN",
        4000,
        "arrived",
    )
    assert (one.party, one.reason) == ("freight", "intact_in_china")
    before = offered(found, one)
    assert before["post"].blocked and before["platform_1688"].reason_key == "channel.why_b_arrived"
    assert offered(found, one, {"by_post": "yes"})["post"].open
    assert not offered(found, one, {"by_post": "yes", "signed_present": "yes"})["post"].open
    assert clock(found, "R-07") == "running"
    discrepancy = confirmed(laid, scene, one, by_post="yes", signed_present="no")
    form = {"severity": "part", "units": "4"}
    view = opened(laid, discrepancy, "post", form, 4 * PRICE_FEN)
    assert needs(view) == ["EV-24", "EV-25"]
    laid.file(scene.order_no, "invoice", "receipt")
    view = refreshed(laid, view)
    assert needs(view) == ["EV-24"]
    # 48 hours are short: no gate holds a report to the post office back.
    sent(laid, view, "VNPost")
    assert clock(diagnosed(laid, scene), "R-07") == "met"


def test_one_shortage_is_two_claims_and_freight_stays_undetermined(laid: Situations) -> None:
    scene = laid.split_shortage()
    found = diagnosed(laid, scene)
    assert counts(found) == [(12_000, 11_000, 9_000), (12_000, 12_000, 12_000)]
    supplier, freight = found.found
    assert (supplier.units_milli, supplier.party, supplier.stage) == (1000, "supplier", "CN")
    assert (freight.units_milli, freight.party, freight.reason) == (
        2000,
        "undetermined",
        "seal_chain_unknown",
    )
    ordered, _, vietnam = counts(found)[0]
    assert (supplier.units_milli or 0) + (freight.units_milli or 0) == ordered - (vietnam or 0)
    assert {one.situation.letter for one in found.found} == {"B"}
    assert (clock(found, "R-02"), clock(found, "R-14")) == ("cancelled", "start_unknown")
    first = opened(
        laid,
        confirmed(laid, scene, supplier),
        "supplier_direct",
        {"ordered": "12", "counted": "11"},
        PRICE_FEN,
    )
    second = opened(
        laid,
        confirmed(laid, scene, freight),
        "freight",
        {"china": "11", "vietnam": "9"},
        2 * PRICE_FEN,
    )
    assert [sum(view.lines.values()) for view in (first, second)] == [1000, 2000]
    # Both counts are on film: nothing more can be shown of it.
    assert needs(second) == []
    with pytest.raises(Refusal, match="channel_closed"):
        opened(
            laid,
            confirmed(laid, scene, supplier),
            "platform_1688",
            {"ordered": "12", "counted": "11"},
            PRICE_FEN,
        )


def test_a_changed_mind_on_taobao_needs_label_unused_goods_and_an_allowed_category(
    laid: Situations,
) -> None:
    scene = laid.changed_mind()
    found = diagnosed(laid, scene)
    assert found.found == []
    assert clock(found, "R-13") == "running"
    line = next(one.stages.line for one in found.counted)
    one = diagnosis.manual(found, "no_reason", line, NOW)
    answers = {"label_seen": "yes", "unused_complete": "yes", "category": "ordinary"}
    # What was settled before the order is the answer unless somebody says otherwise; nothing settled is no answer.
    unsettled = replace(found, terms=Terms())
    assert offered(unsettled, one)["platform_taobao"].reason_key == "channel.why_mind_label_open"
    assert (
        offered(unsettled, one, answers)["platform_taobao"].open
        and offered(found, one)["platform_taobao"].open
    )
    custom = offered(found, one, {**answers, "category": "custom"})["platform_taobao"]
    assert (custom.open, custom.reason_key) == (False, "channel.why_category_excluded")
    discrepancy = discrepancies.confirm(
        laid.services.database,
        actor=laid.owner,
        order_no=scene.order_no,
        key="",
        type_id="no_reason",
        line_id=line.id,
        answers=answers,
        now=NOW,
    )
    form = {"category": "ordinary", "unused": "yes", "complete": "yes", "units": "12"}
    view = opened(laid, discrepancy, "platform_taobao", form, PRICE_FEN)
    assert set(needs(view)) <= {"EV-19", "EV-20"}
    # Photos are enough on Taobao; what every platform wants to see is still asked (S1-14, S1-25).
    assert {(one.gate, one.about) for one in view.gates if one.blocks} == {("G-0", "EV-19"), ("G-0", "EV-20")}
    for kind in ("order_screenshot", "listing"):
        laid.file(scene.order_no, kind, kind)
    assert sent(laid, refreshed(laid, view), "Taobao").claim.state == "filed"


def test_when_the_windows_are_over_only_the_negotiation_is_left(laid: Situations) -> None:
    scene = laid.expired()
    found = diagnosed(laid, scene)
    one = only(found)
    assert (one.units_milli, one.situation.letter) == (1000, "A")
    assert (clock(found, "R-02"), clock(found, "R-03")) == ("missed", "missed")
    channels = offered(found, one)
    dead = channels["platform_1688"]
    assert (dead.open, dead.reason_key) == (False, "channel.why_closed_for_good")
    assert dead.since == NOW - timedelta(days=20) + timedelta(hours=360)
    assert [name for name, choice in channels.items() if choice.open] == ["supplier_direct"]
