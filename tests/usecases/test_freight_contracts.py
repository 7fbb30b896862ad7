"""A freight contract's own notice period (S0-55) is the start of R-14; what nobody stated stays unknown (AMB-21)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.instance import make_instance
from tests.support.situation_parts import PRICE_FEN, Scene
from tests.support.situations import Situations
from webapp.domain.order_clocks import OrderClock
from webapp.domain.permissions import Role
from webapp.domain.refusals import Refusal
from webapp.store import claims as rows
from webapp.usecases import claims, diagnosis, discrepancies, handovers, stated_facts
from webapp.usecases.claims import ClaimSaid
from webapp.usecases.handovers import NOTICE_FROM, ContractSaid, HandoverSaid
from webapp.usecases.stated_facts import FactSaid

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ARRIVED = NOW - 18 * HOUR
CARRIER_SAYS = NOW - 20 * HOUR


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Situations:
    instance = make_instance(tmp_path_factory.mktemp("freight"), NOW)
    return Situations(instance.services, instance.person(Role.OWNER), NOW)


@pytest.fixture(scope="module")
def scenes(laid: Situations) -> Callable[[], Scene]:
    copies = iter(range(9))
    return lambda: laid.split_shortage(next(copies))


def contract(laid: Situations, hours: int | None, counts_from: str = "vn_received") -> str:
    said = ContractSaid("Bắc Nam Logistics", "BN-2026-7", hours, counts_from, "48 h by mail")
    return handovers.state_contract(laid.services.database, actor=laid.owner, said=said, now=NOW)


def under(laid: Situations, scene: Scene, contract_id: str) -> None:
    """The goods' hand-over, stated again with its contract."""
    database, rulebook = laid.services.database, laid.services.rulebook
    with database.read() as session:
        (before,) = rows.handed_over(session, [scene.parcel]).values()
    handovers.take_back(
        database, rulebook, actor=laid.owner, handover_id=before.id, reason="contract", now=NOW
    )
    said = HandoverSaid(before.at, before.carrier, before.seals, [scene.parcel], contract_id)
    handovers.hand_over(database, rulebook, actor=laid.owner, order_no=scene.order_no, said=said, now=NOW)


def r_14_of_a_claim(laid: Situations, scene: Scene) -> OrderClock:
    database, organisation = laid.services.database, laid.owner.organisation_id
    found = diagnosis.diagnose(database, organisation_id=organisation, order_no=scene.order_no, now=NOW).found
    (lost,) = (one for one in found if one.type_id == "freight_loss")
    discrepancy = discrepancies.confirm(
        database, actor=laid.owner, order_no=scene.order_no, key=lost.key, answers={}, now=NOW
    )
    form = {"china": "11", "vietnam": "9"}
    said = ClaimSaid(discrepancy, "freight", form, {}, 2 * PRICE_FEN, "运输途中少2件，申请赔偿。")
    claims.open_claim(database, actor=laid.owner, said=said, now=NOW)
    after = diagnosis.diagnose(database, organisation_id=organisation, order_no=scene.order_no, now=NOW)
    (clock,) = (one for one in after.clocks if one.rule.id == "R-14")
    return clock


def test_a_contract_says_its_notice_period_or_that_nobody_knows_it(
    laid: Situations, scenes: Callable[[], Scene]
) -> None:
    known, unknown = scenes(), scenes()
    under(laid, known, contract(laid, 48))
    clock = r_14_of_a_claim(laid, known)
    assert clock.deadline is not None and clock.deadline.due == ARRIVED + 48 * HOUR
    under(laid, unknown, contract(laid, None))
    clock = r_14_of_a_claim(laid, unknown)
    assert (clock.deadline, clock.state(NOW)) == (None, "start_unknown")


def test_a_contract_may_count_from_the_carriers_own_time(
    laid: Situations, scenes: Callable[[], Scene]
) -> None:
    """AMB-23: the receipt stands in until somebody states it."""
    silent, stated = scenes(), scenes()
    for scene in (silent, stated):
        under(laid, scene, contract(laid, 48, "carrier_site_delivered"))
    services = laid.services
    fact = FactSaid("carrier_site_delivered", CARRIER_SAYS, f"parcel:{stated.parcel}")
    stated_facts.state(
        services.database,
        services.blobs,
        services.rulebook,
        actor=laid.owner,
        order_no=stated.order_no,
        said=fact,
        now=NOW,
    )
    clocks = [r_14_of_a_claim(laid, scene) for scene in (silent, stated)]
    due = [clock.deadline.due for clock in clocks if clock.deadline]
    assert due == [ARRIVED + 48 * HOUR, CARRIER_SAYS + 48 * HOUR]


@pytest.mark.parametrize(
    "changes,code",
    [
        ({"carrier": " "}, "contract_carrier_missing"),
        ({"notice_from": "whenever"}, "contract_notice_from_unknown"),
        ({"notice_hours": 0}, "contract_notice_out_of_range"),
        ({"notice_hours": 24 * 365 + 1}, "contract_notice_out_of_range"),
        ({"document_id": "0" * 32}, "document_unknown"),
    ],
)
def test_what_is_no_contract_is_refused(laid: Situations, changes: dict[str, object], code: str) -> None:
    values = {
        "carrier": "BN",
        "reference": "",
        "notice_hours": 48,
        "notice_from": NOTICE_FROM[0],
        "terms": "",
    }
    with pytest.raises(Refusal, match=code):
        handovers.state_contract(
            laid.services.database,
            actor=laid.owner,
            said=ContractSaid(**(values | changes)),  # type: ignore[arg-type]
            now=NOW,
        )
