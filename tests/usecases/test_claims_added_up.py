"""What claims come to together: losses by account, the month's SKUs of an agent, what a supplier still owes."""

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
from webapp.domain.fees import month_begins
from webapp.domain.ledger import submission_entry
from webapp.domain.refusals import Refusal
from webapp.store import ledger
from webapp.store.account_losses import Losses
from webapp.store.schema import Order, PlatformAccount
from webapp.store.schema_claims import Claim, Submission
from webapp.usecases import (
    accounts,
    claim_events,
    fees,
    messages,
    order_terms,
    supplier_record,
)


@pytest.fixture
def desk(tmp_path: Path) -> SetupDesk:
    return mixed_order(tmp_path)


def refused(call: object) -> str:
    with pytest.raises(Refusal) as caught:
        call()  # type: ignore[operator]
    return caught.value.code


def test_claims_lost_in_agents_accounts_are_counted_beside_our_own(desk: SetupDesk) -> None:
    """S0-09: a count, nothing more."""
    count = lambda: accounts.losses(desk.database, organisation_id=desk.world.importer)  # noqa: E731
    assert count() == {}
    here = confirmed(desk, diagnosed(desk).found[0])
    first, second = (open_short(desk, here, "platform_1688", 4).claim.id for _ in range(2))
    assert count() == {"self": Losses(claims=2)}
    with desk.database.write() as session:
        session.get_one(Claim, first).state = "expired"
        session.get_one(Claim, second).state = "landed_at_agent"
        order = session.get_one(Order, session.get_one(Claim, first).order_id)
        session.get_one(PlatformAccount, order.account_id).owner = "agent"
    assert count() == {"agent": Losses(claims=2, lost=1, waiting=1)}
    assert accounts.losses(desk.database, organisation_id=desk.world.other_importer) == {}


def asked_of_the_agent(desk: SetupDesk, claim_id: str, at: datetime) -> None:
    """A submission as `submissions.submit` leaves it; what the gates want is shown elsewhere."""
    with desk.database.write() as session:
        entry = ledger.append_entry(
            session, submission_entry(received=desk.now, claim=claim_id, no=1, manifest="0" * 64)
        )
        session.add(
            Submission(
                id=claim_id[::-1],
                claim_id=claim_id,
                no=1,
                channel="agent",
                recipient="代采",
                sent_at=at,
                description="x",
                manifest="x",
                manifest_sha256="0" * 64,
                made_by=desk.chi.id,
                made_at=desk.now,
                entry_index=entry,
            )
        )


def test_the_month_of_fees_is_counted_from_the_record(desk: SetupDesk) -> None:
    """S2-06, S2-07, AMB-09: SKUs of the requests that went to the agent in China's month, this one added."""
    with desk.database.write() as session:
        order_id = session.scalars(select(Order.id).where(Order.order_no == NUMBER)).one()
        session.get_one(PlatformAccount, session.get_one(Order, order_id).account_id).owner = "agent"
    here = confirmed(desk, diagnosed(desk).found[0])
    exchange = {"remedy": "exchange", "remedy_milli": 4_000, "return_fen": 1_800}
    this, inside, before, unsent = (open_short(desk, here, "agent", 4, **exchange).claim for _ in range(4))
    refund = open_short(desk, here, "agent", 4).claim
    start = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)  # midnight of 1 November in China
    asked_of_the_agent(desk, inside.id, start)
    asked_of_the_agent(desk, before.id, start - timedelta(seconds=1))
    asked_of_the_agent(desk, refund.id, start)

    def known(number: int | None) -> fees.Known:
        return fees.known(
            desk.database, organisation_id=desk.world.importer, claim_number=number, now=desk.now
        )

    told = known(this.number)
    assert (told.used, told.since) == (1, start) and told.request is not None
    assert (told.request.kind, told.request.skus, told.request.month_skus) == ("exchange", 1, 2)
    assert (told.request.to_seller_fen, told.request.late) == (1_800, False)
    assert {one.claim.number for one in told.open} == {one.number for one in (this, inside, before, unsent)}
    assert known(inside.number).used == 0 and known(None).request is None
    assert refused(lambda: known(refund.number)) == "claim_unknown"


@pytest.mark.parametrize(
    "now,since",
    [
        ("2024-02-29T15:59:59+00:00", "2024-01-31T16:00:00+00:00"),
        ("2024-02-29T16:00:00+00:00", "2024-02-29T16:00:00+00:00"),
        ("2026-12-31T16:00:00+00:00", "2026-12-31T16:00:00+00:00"),
        ("2026-12-31T15:59:59+00:00", "2026-11-30T16:00:00+00:00"),
    ],
)
def test_a_month_begins_in_china_also_in_a_leap_year_and_at_its_end(now: str, since: str) -> None:
    at = datetime.fromisoformat(now)
    assert month_begins(at, "calendar_month") == datetime.fromisoformat(since)
    assert month_begins(at, "rolling_30_days") == at - timedelta(days=30)


def test_a_credit_is_owed_until_somebody_says_with_what_it_came(desk: SetupDesk) -> None:
    """S0-42: on the supplier's page and before the next order."""
    leave(desk, SECOND_PARCEL)
    gone = next(one for one in diagnosed(desk).found if one.situation.letter == "B")
    credit = {"remedy": "credit_as_replacement_product", "remedy_milli": 2_000}
    claim = open_short(desk, confirmed(desk, gone), "supplier_direct", 2, **credit).claim
    with desk.database.write() as session:
        session.get_one(Claim, claim.id).state = "approved"

    def owed() -> list[list[tuple[int, str]]]:
        record = supplier_record.record(
            desk.database, organisation_id=desk.world.importer, supplier_id=supplier, now=desk.now
        )
        terms = order_terms.view(desk.database, organisation_id=desk.world.importer, order_no=NUMBER)
        return [[(one.number, number) for one, number in listed] for listed in (record.owed, terms.owed)]

    with desk.database.read() as session:
        supplier = session.get_one(Order, claim.order_id).supplier_id
    assert owed() == [[(claim.number, NUMBER)]] * 2
    claim_events.state_event(
        desk.database,
        actor=desk.chi,
        claim_id=claim.id,
        kind="remedy_fulfilled",
        at=desk.now,
        said={"came_with": "4325000000000000099"},
        now=desk.now,
    )
    assert owed() == [[], []]


def test_the_negotiation_prints_how_much_was_short_when_wanted(desk: SetupDesk) -> None:
    leave(desk, SECOND_PARCEL)
    typed = {
        "order_date": "2026-11-15",
        "defective_units": "0",
        "agreement_date": "2026-11-10",
        "chat_ref": "No. 3",
    }

    def letter(**more: object) -> str:
        wanted = messages.Wanted("T-6", typed, "discount_next_shipment", amount="9", **more)  # type: ignore[arg-type]
        made = messages.draft(
            desk.database, organisation_id=desk.world.importer, order_no=NUMBER, wanted=wanted, now=desk.now
        )
        return made.texts["en"]

    assert "40 % of the units were missing" in letter(rates=True)
    assert "%" not in letter() and "defective." not in letter(rates=True)
