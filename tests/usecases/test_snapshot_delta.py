"""Only what changed is told: whoever merges it holds exactly what a whole snapshot would have said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.support.dock import Dock, whole_take
from tests.support.phone import Phone
from tests.support.rig import Rig, rigged
from tests.support.snapshots import Holder
from tests.support.world import opaque
from webapp.adapters.snapshot_states import KEPT, SnapshotStates
from webapp.domain.permissions import Role
from webapp.domain.progress import OrderState
from webapp.locate import fonts_dir
from webapp.store.schema import Label, Order, OrderLine, ParcelOrder, Site, SiteOrganisation, Worker
from webapp.store.snapshot import changes_after, last_change
from webapp.usecases import plans
from webapp.usecases.label_print import Sheet
from webapp.usecases.rolls import print_roll
from webapp.usecases.sessions import Desk
from webapp.usecases.snapshot import FACTS_KEPT, WAITING_KEPT
from webapp.usecases.snapshot_delta import changes


@pytest.fixture
def holder(dock: Dock, tmp_path: Path) -> Holder:
    return Holder(dock, SnapshotStates(tmp_path))


def lines_change(dock: Dock) -> None:
    with dock.database.write() as session:
        session.get_one(OrderLine, dock.world.red_line).colour = "深红"


def label_voided(dock: Dock) -> None:
    with dock.database.write() as session:
        session.get_one(Label, dock.world.label).voided_at = dock.world.start


def blanks_printed(dock: Dock) -> None:
    print_roll(
        dock.database,
        organisation_id=dock.world.importer,
        site_id=dock.world.dongguan,
        count=2,
        sheet=Sheet("40x30", "https://dock.example", fonts_dir()),
        actor="user:chi",
        now=dock.world.start,
    )


def fact_recorded(dock: Dock) -> None:
    phone = Phone(dock.world)
    dock.send(phone.device, phone.say("weighing", "scale", dock.world.start - timedelta(minutes=5)))


def counted(dock: Dock) -> None:
    phone = Phone(dock.world)
    dock.send(phone.device, *whole_take(phone, dock.world.start - timedelta(minutes=5)))


def sticker_bound(dock: Dock) -> None:
    phone = Phone(dock.world)
    at = dock.world.start - timedelta(minutes=5)
    bound = phone.blank("bind", "bound", at, order=None, label=None, slot=None, alias="BOX 7")
    dock.send(phone.device, phone.next(bound))


def parcel_held(dock: Dock) -> None:
    phone = Phone(dock.world)
    nobodys: dict[str, Any] = {"parcel": None, "order": None, "label": None}
    dock.send(
        phone.device, phone.say("unidentified", "held", dock.world.start - timedelta(minutes=5), **nobodys)
    )


def worker_joins(dock: Dock) -> None:
    with dock.database.write() as session:
        session.add(
            Worker(
                id=opaque("new"),
                site_id=dock.world.dongguan,
                name="Em",
                roles={Role.CN_QC},
                pin_hash="-",
                created_at=dock.world.start,
            )
        )


def plan_decided(dock: Dock) -> None:
    owner = Desk(
        id="chi",
        name="Chi",
        roles=frozenset({Role.OWNER}),
        language="en",
        organisation_id=dock.world.importer,
    )
    said = plans.PlanWords("default", "count_sample", "a new supplier")
    plans.decide(dock.database, actor=owner, said=said, now=dock.world.start)


def order_leaves_its_parcel(dock: Dock) -> None:
    with dock.database.write() as session:
        session.delete(session.get_one(ParcelOrder, (dock.world.other_parcel, dock.world.other_order)))


def importer_leaves_the_site(dock: Dock) -> None:
    with dock.database.write() as session:
        session.delete(session.get_one(SiteOrganisation, (dock.world.dongguan, dock.world.other_importer)))


def site_renamed(dock: Dock) -> None:
    with dock.database.write() as session:
        session.get_one(Site, dock.world.dongguan).name = "虎门仓"


CHANGES: list[tuple[Callable[[Dock], None], set[str]]] = [
    (lines_change, {"orders"}),
    (label_voided, {"parcels"}),
    (blanks_printed, {"blanks"}),
    (fact_recorded, {"parcels"}),
    (counted, {"orders", "parcels"}),
    (sticker_bound, {"aliases", "parcels"}),
    (parcel_held, {"holds"}),
    (worker_joins, set()),
    (plan_decided, {"orders"}),
    (order_leaves_its_parcel, {"parcels", "gone"}),
    (importer_leaves_the_site, {"gone"}),
    (site_renamed, set()),
]


@pytest.mark.parametrize(("happens", "parts"), CHANGES, ids=lambda one: getattr(one, "__name__", ""))
def test_what_happened_is_told_and_nothing_else(
    dock: Dock, holder: Holder, happens: Callable[[Dock], None], parts: set[str]
) -> None:
    holder.ask()
    before = holder.told
    happens(dock)
    answer = holder.ask()
    assert answer["since"] is not None and not answer["more"]
    told = {name for name in ("orders", "parcels", "blanks", "aliases", "holds") if answer.get(name)}
    if answer["gone"]["orders"] or answer["gone"]["parcels"]:
        told.add("gone")
    assert told <= parts and (told or happens in {worker_joins, site_renamed}), told
    assert holder.held == holder.whole()
    assert holder.told - before <= 2
    assert holder.ask()["orders"] == [], "the next question finds nothing new"
    assert holder.token == answer["token"]


def test_a_hold_that_was_taken_back_is_told_without(dock: Dock, holder: Holder) -> None:
    parcel_held(dock)
    assert list(holder.ask()["holds"]) == ["JD-0099"]
    phone = Phone(dock.world)
    undone = phone.withdraw("undone", dock.world.start, "held", parcel=None, order=None, label=None)
    dock.send(phone.device, undone)
    assert holder.ask()["holds"] == {}
    assert holder.held == holder.whole()


def test_a_slow_phone_gets_it_in_pieces_and_may_be_cut_between_them(dock: Dock, holder: Holder) -> None:
    answers = [holder.ask(most=1)]
    label_voided(dock)  # the parcel is still to be told
    while answers[-1]["more"]:
        # As after a crash: only the token is known.
        holder = Holder(dock, holder.states, holder.token, holder.held)
        answers.append(holder.ask(most=1))
    assert [one["since"] is None for one in answers] == [True, *[False] * (len(answers) - 1)]
    assert all(len(one["orders"]) + len(one["parcels"]) == 1 for one in answers)
    assert "orders" in answers[0] and answers[0]["parcels"] == [], "a parcel comes after its orders"
    assert holder.held == holder.whole(), "what happened between two pieces is told with the next"


def test_a_token_that_nobody_knows_any_more_is_answered_with_everything(dock: Dock, holder: Holder) -> None:
    holder.ask()
    for token in ("f" * 32, "../../etc/passwd", "F" * 32):
        holder.token = token
        answer = holder.ask()
        assert answer["since"] is None
        assert (len(answer["orders"]), len(answer["parcels"])) == (2, len(holder.whole()["parcels"]))


def test_one_sites_token_says_nothing_at_another(dock: Dock, holder: Holder) -> None:
    holder.ask()
    answer = changes(
        dock.database,
        holder.states,
        device_id=dock.world.hanoi_phone,
        since=holder.token,
        most=None,
        now=dock.world.start,
    )
    assert answer["since"] is None


def test_a_full_disk_costs_the_delta_only(dock: Dock, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    answer = Holder(dock, SnapshotStates(tmp_path)).ask(most=1)
    assert (answer["token"], answer["more"], len(answer["orders"])) == (None, False, 2)


def test_old_states_are_dropped(tmp_path: Path) -> None:
    states = SnapshotStates(tmp_path)
    for n in range(KEPT + 5):
        assert states.keep("5" * 32, f"{n:032x}", {"orders/a": str(n)})
    kept = [n for n in range(KEPT + 5) if states.load("5" * 32, f"{n:032x}")]
    assert len(kept) == KEPT and kept[-1] == KEPT + 4


def kept_otherwise(holder: Holder, home: Path, key: str) -> None:
    """The site's kept state, and so what the phone is said to hold, names other contents under ``key``."""
    state = holder.states.load(holder.dock.world.dongguan, holder.token)
    assert state is not None and key in state
    next(home.rglob(holder.token)).unlink()
    assert holder.states.keep(holder.dock.world.dongguan, holder.token, state | {key: "0" * 16})


def test_only_what_was_touched_is_reckoned_anew(dock: Dock, holder: Holder, tmp_path: Path) -> None:
    holder.ask()
    kept_otherwise(holder, tmp_path, f"parcels/{dock.world.other_parcel}")
    lines_change(dock)
    answer = holder.ask()
    assert [order["id"] for order in answer["orders"]] == [dock.world.order]
    assert dock.world.other_parcel not in [parcel["id"] for parcel in answer["parcels"]]


def test_a_kept_state_that_is_not_the_databases_is_found_out_when_it_is_told(
    dock: Dock, holder: Holder, tmp_path: Path
) -> None:
    holder.ask()
    kept_otherwise(holder, tmp_path, f"parcels/{dock.world.other_parcel}")
    new = Holder(dock, holder.states)
    new.ask()
    assert new.held == new.whole()


def test_a_restored_database_is_another_one(dock: Dock, holder: Holder) -> None:
    with dock.database.read() as session:
        seq, mark = last_change(session)
    holder.ask()
    with dock.database.write() as session:
        session.execute(text("UPDATE snapshot_change SET mark = 'another' WHERE seq = :seq"), {"seq": seq})
        session.get_one(OrderLine, dock.world.red_line).colour = "深红"
        # As in a copy from before the change, in which other things then happened.
        session.execute(text("DELETE FROM snapshot_change WHERE seq > :seq"), {"seq": seq})
    with dock.database.read() as session:
        assert changes_after(session, seq, mark) is None
    holder.ask()
    assert holder.held == holder.whole()


def test_who_knows_only_forgotten_changes_is_told_rightly(dock: Dock, holder: Holder) -> None:
    holder.ask()
    with dock.database.write() as session:
        session.get_one(OrderLine, dock.world.red_line).colour = "深红"
        session.execute(
            text("DELETE FROM snapshot_change WHERE seq < (SELECT max(seq) FROM snapshot_change)")
        )
    holder.ask()
    assert holder.held == holder.whole()


# -- which orders ----------------------------------------------------------------------------------------------------


def told_ids(holder: Holder) -> set[str]:
    """One of the orders of each that is told: the world's two."""
    holder.ask()
    assert holder.held == holder.whole()
    return set(holder.held["orders"])


def finished(dock: Dock, state: OrderState) -> None:
    with dock.database.write() as session:
        session.get_one(Order, dock.world.order).state = state


@pytest.mark.parametrize(
    ("state", "here", "in_hanoi"),
    [
        (OrderState.NOT_RECEIVED, True, True),
        (OrderState.TO_COUNT, True, True),
        (OrderState.MATCHES, False, True),
        (OrderState.SHORT, False, True),
        (OrderState.CLOSED, False, False),
    ],
)
def test_what_is_finished_leaves_the_phones_after_a_while(
    dock: Dock, holder: Holder, state: OrderState, here: bool, in_hanoi: bool
) -> None:
    in_vietnam = Holder(dock, holder.states, device=dock.world.hanoi_phone)
    finished(dock, state)
    for one in (holder, in_vietnam):
        assert dock.world.order in told_ids(one)
        one.later = FACTS_KEPT + timedelta(days=3)
    assert (dock.world.order in told_ids(holder), dock.world.order in told_ids(in_vietnam)) == (
        here,
        in_hanoi,
    )
    for one in (holder, in_vietnam):
        one.later = WAITING_KEPT + timedelta(days=3)
    assert not told_ids(holder) and not told_ids(in_vietnam), "nobody waits for ever"


def test_a_label_brings_an_old_parcel_back(dock: Dock, holder: Holder) -> None:
    finished(dock, OrderState.MATCHES)
    holder.later = FACTS_KEPT + timedelta(days=3)
    assert dock.world.order not in told_ids(holder)
    with dock.database.write() as session:
        session.get_one(Label, dock.world.label).printed_at = dock.world.start + holder.later
    assert dock.world.order in told_ids(holder)


# -- over HTTP -------------------------------------------------------------------------------------------------------


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with rigged(tmp_path) as bare:
        yield bare


def get(phone: Phone, path: str) -> dict[str, Any]:
    phone.start_session()
    answer = phone.request("GET", path)
    assert answer.status == 200, answer
    return dict(answer.json)


def test_a_phone_of_the_first_release_gets_everything_in_the_shape_it_knows(rig: Rig) -> None:
    phone = rig.phone()
    sent = get(phone, "/api/v1/snapshot")
    assert not {"since", "token", "more", "gone"} & sent.keys()
    assert len(sent["orders"]) == 2 and isinstance(sent["server_time_ms"], int)


def test_a_phone_that_asks_for_changes_gets_them(rig: Rig) -> None:
    phone = rig.phone()
    first = get(phone, "/api/v1/snapshot?since=&most=1000")
    assert (first["since"], first["more"], len(first["orders"])) == (None, False, 2)
    second = get(phone, f"/api/v1/snapshot?since={first['token']}&most=1000")
    assert (second["since"], second["orders"], second["parcels"]) == (first["token"], [], [])
    assert isinstance(second["server_time_ms"], int)
