"""Only what changed is told: whoever merges it holds exactly what a whole snapshot would have said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.dock import Dock, whole_take
from tests.support.phone import Phone
from tests.support.rig import Rig, rigged
from tests.support.world import make_world, opaque, open_database
from webapp.adapters.snapshot_states import KEPT, SnapshotStates
from webapp.domain.permissions import Role
from webapp.locate import fonts_dir
from webapp.store.schema import Label, OrderLine, ParcelOrder, Site, SiteOrganisation, Worker
from webapp.usecases import plans
from webapp.usecases.label_print import Sheet
from webapp.usecases.rolls import print_roll
from webapp.usecases.sessions import Desk
from webapp.usecases.snapshot import snapshot
from webapp.usecases.snapshot_delta import changes


@pytest.fixture
def dock(tmp_path: Path) -> Iterator[Dock]:
    database = open_database(tmp_path)
    yield Dock(database, make_world(database))
    database.engine.dispose()


@dataclass
class Holder:
    """What a phone does with the answers."""

    dock: Dock
    states: SnapshotStates
    token: str = ""
    held: dict[str, Any] = field(default_factory=dict)
    told: int = 0

    def ask(self, *, most: int | None = None) -> dict[str, Any]:
        answer = changes(
            self.dock.database,
            self.states,
            device_id=self.dock.world.phone,
            since=self.token,
            most=most,
            now=self.dock.world.start,
        )
        if answer["since"] is None:
            self.held = {"orders": {}, "parcels": {}}
        for name in ("orders", "parcels"):
            self.held[name] |= {item["id"]: item for item in answer[name]}
            self.told += len(answer[name])
            for gone in answer["gone"][name]:
                del self.held[name][gone]
        rest = {"orders", "parcels", "gone", "since", "token", "more"}
        self.held |= {name: part for name, part in answer.items() if name not in rest}
        self.token = answer["token"] or ""
        return answer

    def whole(self) -> dict[str, Any]:
        sent = snapshot(self.dock.database, device_id=self.dock.world.phone, now=self.dock.world.start)
        return sent | {name: {item["id"]: item for item in sent[name]} for name in ("orders", "parcels")}


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
    told = {name for name in ("orders", "parcels", "blanks", "aliases") if answer.get(name)}
    if answer["gone"]["orders"] or answer["gone"]["parcels"]:
        told.add("gone")
    assert told <= parts and (told or happens in {worker_joins, site_renamed}), told
    assert holder.held == holder.whole()
    assert holder.told - before <= 2
    assert holder.ask()["orders"] == [], "the next question finds nothing new"
    assert holder.token == answer["token"]


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
    assert holder.held != holder.whole(), "one snapshot, cut in pieces, as old as its first"
    assert not holder.ask()["more"]
    assert holder.held == holder.whole()


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
