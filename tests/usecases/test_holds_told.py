"""A parcel that nobody knows and one phone holds is known as held on every phone of the site, until it has a home."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.support.dock import Dock
from tests.support.phone import Phone
from tests.support.world import opaque
from webapp.domain.stickers import sticker_spelling
from webapp.store.schema_dock import Unidentified
from webapp.usecases.snapshot import WAITING_KEPT, snapshot

NOBODYS: dict[str, Any] = {"parcel": None, "order": None, "label": None}


def holds(dock: Dock, device: str, later: timedelta = timedelta()) -> dict[str, Any]:
    told: dict[str, Any] = snapshot(dock.database, device_id=device, now=dock.world.start + later)
    return dict(told["holds"])


def hold(dock: Dock, name: str, text: str, *, minutes_ago: int = 5) -> None:
    phone = Phone(dock.world)
    at = dock.world.start - timedelta(minutes=minutes_ago)
    said = {"alias": sticker_spelling(text)}
    dock.send(phone.device, phone.say("unidentified", name, at, said, **NOBODYS))


def test_by_whom_and_when_and_only_at_that_site(dock: Dock) -> None:
    hold(dock, "held", "sf 1234 567")
    at = (dock.world.start - timedelta(minutes=5)).isoformat(timespec="milliseconds")
    assert holds(dock, dock.world.phone) == {"SF1234567": {"id": opaque("held"), "at": at, "worker": "An"}}
    assert holds(dock, dock.world.hanoi_phone) == {}


def test_two_phones_without_a_connection_held_it_and_the_first_one_stands(dock: Dock) -> None:
    hold(dock, "second", "BOX 7", minutes_ago=5)
    hold(dock, "first", "box7", minutes_ago=9)
    assert [one["id"] for one in holds(dock, dock.world.phone).values()] == [opaque("first")]
    assert dock.count(Unidentified) == 2, "both stay for the desk"


def test_a_label_that_no_order_has_is_held_under_its_code_however_it_was_read(dock: Dock) -> None:
    code = dock.world.label
    hold(dock, "held", f"https://elsewhere.example/L/{code}")
    assert list(holds(dock, dock.world.phone)) == [code]


def test_what_was_taken_back_matched_or_lay_too_long_is_not_held(dock: Dock) -> None:
    phone = Phone(dock.world)
    hold(dock, "mistake", "BOX 1")
    dock.send(
        phone.device, phone.withdraw("oh", dock.world.start - timedelta(minutes=1), "mistake", **NOBODYS)
    )
    hold(dock, "matched", "BOX 2")
    with dock.database.write() as session:
        row = session.get_one(Unidentified, opaque("matched"))
        row.matched_parcel_id, row.matched_at, row.matched_by = dock.world.parcel, dock.world.start, "chi"
    hold(dock, "open", "BOX 3")
    assert list(holds(dock, dock.world.phone)) == ["BOX3"]
    assert list(holds(dock, dock.world.phone, timedelta(days=170))) == ["BOX3"]
    assert holds(dock, dock.world.phone, WAITING_KEPT + timedelta(days=2)) == {}
