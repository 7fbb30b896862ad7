"""A wedge scanner at the table counts by SKU labels; the snapshot names them without telling how many were ordered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.dock import Dock
from webapp.adapters.snapshot_states import SnapshotStates
from webapp.domain.sku_marks import sku_mark
from webapp.locate import fonts_dir
from webapp.usecases.labels import Wanted, print_labels
from webapp.usecases.snapshot import snapshot
from webapp.usecases.snapshot_delta import changes

ORDER = "4325000000000000001"


def print_sku_labels(dock: Dock, *, pieces: int | None) -> list[str]:
    return print_labels(
        dock.database,
        organisation_id=dock.world.importer,
        order_nos=[ORDER],
        stock="A4-24",
        public_url=None,
        fonts_dir=fonts_dir(),
        actor="user:chi",
        now=dock.world.start,
        wanted=Wanted(kind="sku", pieces=pieces),
    )[1]


def told_codes(dock: Dock) -> list[list[str]]:
    told: dict[str, Any] = snapshot(dock.database, device_id=dock.world.phone, now=dock.world.start)
    (order,) = (one for one in told["orders"] if one["order_no"] == ORDER)
    return [line["codes"] for line in order["lines"]]


def test_a_line_is_known_by_the_last_print_of_its_own_label(dock: Dock) -> None:
    assert all(codes == [] for codes in told_codes(dock))
    first = print_sku_labels(dock, pieces=None)
    assert told_codes(dock) == [[code] for code in first]
    second = print_sku_labels(dock, pieces=None)
    assert told_codes(dock) == [[code] for code in second]
    assert not set(first) & set(second)


def test_a_label_for_every_few_pieces_would_tell_the_ordered_quantity(dock: Dock) -> None:
    assert len(print_sku_labels(dock, pieces=10)) == 6
    assert all(codes == [] for codes in told_codes(dock))


def told_marked(dock: Dock) -> dict[str, Any]:
    return snapshot(dock.database, device_id=dock.world.phone, now=dock.world.start, marks=True)


def lines_of(told: dict[str, Any]) -> list[dict[str, Any]]:
    (order,) = (one for one in told["orders"] if one["order_no"] == ORDER)
    lines: list[dict[str, Any]] = order["lines"]
    return lines


def test_a_phone_that_asks_for_marks_recognises_every_label_and_holds_no_code(dock: Dock) -> None:
    codes = print_sku_labels(dock, pieces=10)
    told = told_marked(dock)
    assert not any(code in json.dumps(told) for code in codes), (
        "neither at the lines nor among the parcel's labels"
    )
    assert all(line["codes"] == [] and "marked" not in line for line in lines_of(told))
    sent = [line["marks"] for line in lines_of(told)]
    for code in codes:
        mark = sku_mark(dock.world.dongguan, code)
        assert sum(mark in marks for marks in sent) == 1
        (parcel,) = (one for one in told["parcels"] if one["id"] == dock.world.parcel)
        assert mark in parcel["marks"], "the goods' label finds its parcel"
    assert told_marked(dock) == told, "asked again, nothing moves"


def test_few_labels_and_many_look_alike(dock: Dock) -> None:
    print_sku_labels(dock, pieces=None)
    few = [len(line["marks"]) for line in lines_of(told_marked(dock))]
    print_sku_labels(dock, pieces=1)
    assert [len(line["marks"]) for line in lines_of(told_marked(dock))] == few == [512, 512]


def test_what_changed_is_told_with_marks_too(dock: Dock, home: Path) -> None:
    states = SnapshotStates(home)

    def ask(since: str) -> dict[str, Any]:
        return changes(
            dock.database,
            states,
            device_id=dock.world.phone,
            since=since,
            most=None,
            now=dock.world.start,
            marks=True,
        )

    first = ask("")
    assert all("marks" not in line for line in lines_of(first)), "no label, no marks"
    codes = print_sku_labels(dock, pieces=None)
    second = ask(first["token"])
    for code, line in zip(codes, lines_of(second), strict=True):
        assert sku_mark(dock.world.dongguan, code) in line["marks"]
    assert not any(code in json.dumps(second) for code in codes)
