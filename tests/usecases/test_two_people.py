"""Two phones receive one parcel without a network and come back in any order: all facts kept, two counts with names."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.dock import Dock, whole_take
from tests.support.phone import Phone
from webapp.store.schema import LogEntry, Record
from webapp.usecases.receiving_record import receiving_record
from webapp.usecases.snapshot import snapshot

# Whole phones, or their records in turns: each phone's own chain stays in order.
MERGES = ["aaaaabbbbb", "bbbbbaaaaa", "ababababab", "aabbaabbab"]


@pytest.mark.parametrize("merge", MERGES)
def test_both_counts_are_kept_and_shown_with_their_names(dock: Dock, merge: str) -> None:
    world = dock.world
    at = world.start - timedelta(minutes=40)
    an, binh = Phone(world), Phone(world, "second phone")
    queues = {
        "a": iter(
            [
                an.arrival("arrival a", at),
                an.say("weighing", "scale a", at + timedelta(minutes=1)),
                an.say("condition", "state a", at + timedelta(minutes=2)),
                *whole_take(an, at + timedelta(minutes=3), (12, 3), name="a"),
            ]
        ),
        "b": iter(
            [
                binh.arrival("arrival b", at + timedelta(minutes=1), worker=world.binh),
                binh.say("weighing", "scale b", at + timedelta(minutes=2), worker=world.binh),
                binh.say("condition", "state b", at + timedelta(minutes=2), worker=world.binh),
                *whole_take(binh, at + timedelta(minutes=4), (11, 3), name="b", worker=world.binh),
            ]
        ),
    }
    phones = {"a": an.device, "b": binh.device}
    for turn in merge:
        (receipt,) = dock.send(phones[turn], next(queues[turn]))
        assert receipt.state == "accepted"
        chain = {"sequence_fork", "sequence_gap", "prev_mismatch"}
        assert not chain & {one.code for one in receipt.findings}, receipt.findings
    assert (dock.count(Record), dock.count(LogEntry)) == (10, 10)
    (record,) = receiving_record(
        dock.database, organisation_id=world.importer, order_no="4325000000000000001"
    ).parcels
    (stage,) = record.stages
    counts = sorted((one.worker, one.total) for one in stage.counts if not one.gone)
    assert counts == [("An", 15), ("Binh", 14)], "two counts, not one, and nothing between them"
    assert len(stage.of("weighing")) == 2 and len(stage.of("condition")) == 2
    assert dock.parcel().received_at == at, "the first of the two arrivals, whichever came in first"
    told = snapshot(dock.database, device_id=world.phone, now=world.start)
    facts = next(one for one in told["parcels"] if one["id"] == world.parcel)["facts"]
    assert sorted(one["worker"] for one in facts if one["kind"] == "take") == ["An", "Binh"]
