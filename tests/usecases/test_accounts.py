"""Whose account: guessed with a reason, decided by a person, and then not overwritten by an import."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.desk_setup import SetupDesk, make_setup_desk
from tests.support.world import opaque
from webapp.domain.refusals import Refusal
from webapp.store.schema import Order, PlatformAccount
from webapp.usecases import accounts
from webapp.usecases.demo_orders import demo_reading
from webapp.usecases.order_setup import order_setup
from webapp.usecases.orders import import_orders


@pytest.fixture
def desk(tmp_path: Path) -> SetupDesk:
    return make_setup_desk(tmp_path)


def confirm(desk: SetupDesk, account_id: str, owner: str) -> None:
    accounts.confirm_owner(
        desk.database, desk.rulebook, actor=desk.chi, account_id=account_id, owner=owner, now=desk.now
    )


def second_account(desk: SetupDesk, number: str) -> str:
    """An order of another buyer under another account name."""
    order_id = desk.order("agents", number)
    with desk.database.write() as session:
        session.add(
            PlatformAccount(
                id=opaque("agent account"),
                organisation_id=desk.world.importer,
                platform="1688",
                name="代采一号",
                owner="unknown",
            )
        )
        session.flush()
        session.get_one(Order, order_id).account_id = opaque("agent account")
    return opaque("agent account")


def views(desk: SetupDesk) -> dict[str, accounts.AccountView]:
    listed = accounts.accounts(desk.database, organisation_id=desk.world.importer)
    return {view.account.name: view for view in listed}


def test_an_account_shows_its_tail_its_orders_and_a_guess_that_decides_nothing(desk: SetupDesk) -> None:
    second_account(desk, "58218860983545941")
    assert views(desk)["main"].guess is not None
    confirm(desk, desk.account_of("main"), "self")
    shown = views(desk)["代采一号"]
    assert (shown.orders, shown.tails) == (1, {"545941": 1})
    assert shown.guess is not None and (shown.guess.owner, shown.guess.reason) == ("agent", "other_buyer")
    assert shown.account.owner == "unknown" and shown.account.owner_confirmed_at is None


def test_confirming_an_agent_starts_the_agents_clocks_at_once(desk: SetupDesk) -> None:
    desk.receive(desk.world.order)
    assert desk.clock(desk.world.order, "R-01") is None
    confirm(desk, desk.account_of("main"), "agent")
    assert desk.clock(desk.world.order, "R-01") is not None
    shown = views(desk)["main"]
    assert (shown.guess, shown.confirmed_by, shown.account.order_tail6) == (None, "Chi", "000001")
    confirm(desk, desk.account_of("main"), "self")
    assert desk.clock(desk.world.order, "R-01") is None


def test_an_import_does_not_overwrite_what_a_person_confirmed(desk: SetupDesk) -> None:
    confirm(desk, desk.account_of("main"), "agent")
    import_orders(
        desk.database,
        desk.rulebook,
        demo_reading(desk.now),
        organisation_id=desk.world.importer,
        account_name="main",
        account_owner="self",
        actor="test",
        now=desk.now,
    )
    assert views(desk)["main"].account.owner == "agent"


def test_an_order_of_another_buyer_under_a_confirmed_account_is_pointed_out(desk: SetupDesk) -> None:
    confirm(desk, desk.account_of("main"), "self")
    desk.order("stray", "58218860983545941")
    for number, tail in (("58218860983545941", "545941"), ("4325000000000000001", None)):
        setup = order_setup(desk.database, organisation_id=desk.world.importer, order_no=number)
        assert setup.foreign_tail == tail


def test_another_importers_account_and_an_unknown_owner_are_refused(desk: SetupDesk) -> None:
    with pytest.raises(Refusal, match="account_unknown"):
        confirm(desk, desk.world.other_importer[::-1], "self")
    with pytest.raises(Refusal, match="account_owner_unknown"):
        confirm(desk, desk.account_of("main"), "unknown")


def test_an_accounts_standing_is_words_and_no_score(desk: SetupDesk) -> None:
    """S1-10, AMB-14."""
    account_id = desk.account_of("main")
    accounts.state_standing(
        desk.database, actor=desk.chi, account_id=account_id, text=" 诚信通3年，无警告 ", now=desk.now
    )
    assert views(desk)["main"].account.standing == "诚信通3年，无警告"
    with pytest.raises(Refusal, match="account_unknown"):
        accounts.state_standing(desk.database, actor=desk.dung, account_id=account_id, text="x", now=desk.now)
