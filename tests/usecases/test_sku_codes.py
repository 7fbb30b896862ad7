"""A wedge scanner at the table counts by SKU labels; the snapshot names them without telling how many were ordered."""

from __future__ import annotations

from typing import Any

from tests.support.dock import Dock
from webapp.locate import fonts_dir
from webapp.usecases.labels import Wanted, print_labels
from webapp.usecases.snapshot import snapshot

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
