"""What another phone is told so that it can go on with a sample; and the one nonce that two records may name."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from tests.support.dock import Dock, codes, whole_take
from tests.support.phone import Phone
from tests.support.world import opaque
from webapp.domain.sampling import draw_seed
from webapp.usecases.snapshot import snapshot


def drawn(dock: Dock, take: str, **changes: Any) -> dict[str, Any]:
    said = {
        "line": dock.world.red_line,
        "tranche": 1,
        "lot": 12,
        "plan": "fix",
        "n": 2,
        "take": opaque(take),
        "redraw": 0,
    }
    return said | changes


def told(dock: Dock, record: str) -> dict[str, Any]:
    sent = snapshot(dock.database, device_id=dock.world.second_phone, now=dock.world.start)
    facts = [fact for parcel in sent["parcels"] for fact in parcel["facts"] if fact["id"] == opaque(record)]
    (found,) = facts
    return dict(found)


def test_the_draw_may_share_the_nonce_of_its_own_take_and_no_other(dock: Dock, phone: Phone) -> None:
    at = dock.world.start - timedelta(minutes=50)
    nonce = dock.world.challenge
    opened, closed = whole_take(phone, at, slot="EV-18")
    again = phone.take_open("second", at, slot="EV-18", challenge=nonce)
    own = phone.say("draw", "own", at, drawn(dock, "second"), challenge=nonce)
    other = phone.say("draw", "other", at, drawn(dock, "open"), challenge=nonce)
    receipts = dock.send(phone.device, opened, closed, again, own, other)
    assert codes(receipts[3]) == []
    assert codes(receipts[4]) == ["challenge_reused"]


def test_another_phone_is_told_seed_and_hash_of_a_draw(dock: Dock, phone: Phone) -> None:
    at = dock.world.start - timedelta(minutes=50)
    opened, closed = whole_take(phone, at, slot="EV-18")
    said = drawn(dock, "open", tranche=2, redraw=1, reason="units-mixed-up")
    draw = phone.say("draw", "drawn", at, said, challenge=dock.world.challenge)
    dock.send(phone.device, opened, closed, draw)
    sha256 = hashlib.sha256(opened.text.encode()).hexdigest()
    assert told(dock, "close")["opened"] == sha256
    assert (
        told(dock, "drawn")["seed"]
        == draw_seed(dock.world.challenge, sha256, dock.world.red_line, 2, 1).hex()
    )


def test_a_draw_of_a_take_that_never_came_is_told_without_a_seed(dock: Dock, phone: Phone) -> None:
    at = dock.world.start - timedelta(minutes=50)
    dock.send(
        phone.device, phone.say("draw", "lost", at, drawn(dock, "never"), challenge=dock.world.challenge)
    )
    assert "seed" not in told(dock, "lost")
    dock.send(
        phone.device, phone.say("draw", "bare", at, drawn(dock, "never", redraw=1, reason="units-mixed-up"))
    )
    assert "seed" not in told(dock, "bare")


def test_a_film_of_something_else_is_no_count_to_go_on_with(dock: Dock, phone: Phone) -> None:
    at = dock.world.start - timedelta(minutes=50)
    dock.send(
        phone.device,
        phone.take_open("measuring", at, slot="EV-02"),
        phone.take_open("counting", at, slot="EV-18"),
    )
    sent = snapshot(dock.database, device_id=dock.world.second_phone, now=dock.world.start)
    takes = [take["take"] for parcel in sent["parcels"] for take in parcel["open_takes"]]
    assert takes == [opaque("counting")]
