"""Blank labels and other people's stickers: bound by a record, the first binding stands, conflicts are findings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.dock import Dock, codes
from tests.support.phone import Phone, SignedRecord
from tests.support.world import opaque
from webapp.domain.labels import label_code
from webapp.locate import fonts_dir
from webapp.store.schema import Label, Record
from webapp.store.schema_desk import LabelAlias, LabelRoll
from webapp.usecases.label_print import Sheet
from webapp.usecases.labels import print_labels
from webapp.usecases.rolls import print_roll
from webapp.usecases.snapshot import snapshot

STICKER = "仓A-17 0042"


def blanks(
    dock: Dock, count: int = 2, *, owner: str | None = "importer", site: str | None = "dongguan"
) -> list[str]:
    _, printed = print_roll(
        dock.database,
        organisation_id=None if owner is None else getattr(dock.world, owner),
        site_id=None if site is None else getattr(dock.world, site),
        count=count,
        sheet=Sheet("40x30", "https://dock.example", fonts_dir()),
        actor="user:chi",
        now=dock.world.start,
    )
    return printed


def binding(phone: Phone, name: str, at: datetime | None = None, **changes: Any) -> SignedRecord:
    changes = {"order": None, "label": None, "slot": None} | changes
    return phone.next(phone.blank("bind", name, at or phone.world.start, **changes))


def label(dock: Dock, code: str) -> Label:
    with dock.database.read() as session:
        return session.get_one(Label, code)


def seen(dock: Dock, device: str | None = None) -> dict[str, Any]:
    return snapshot(dock.database, device_id=device or dock.world.phone, now=dock.world.start)


def test_a_blank_label_becomes_the_parcels(dock: Dock, phone: Phone) -> None:
    first, second = blanks(dock)
    (owned,) = seen(dock)["blanks"]
    assert owned["customer_code"] == "MA-01"
    assert sorted((first, second)) == [owned["codes"][:10], owned["codes"][10:]]
    at = dock.world.start + timedelta(minutes=3)

    (receipt,) = dock.send(phone.device, binding(phone, "bind", at, code=first), now=at + timedelta(hours=5))

    assert codes(receipt) == []
    bound = label(dock, first)
    assert (bound.parcel_id, bound.bound_at, bound.bound_record_id) == (dock.world.parcel, at, opaque("bind"))
    now = seen(dock)
    assert now["blanks"] == [{"customer_code": "MA-01", "codes": second}]
    (parcel,) = [one for one in now["parcels"] if one["id"] == dock.world.parcel]
    assert first in parcel["labels"]
    assert parcel["labels"][-1] == dock.world.label, "the parcel's own print is still the one to show"


def test_what_a_bound_label_is_cited_by_has_no_finding(dock: Dock, phone: Phone) -> None:
    first, second = blanks(dock)
    bound = binding(phone, "bind", code=first)
    cited = phone.arrival("arrival", dock.world.start, label=first)
    blank = phone.arrival("blank", dock.world.start, label=second)

    receipts = dock.send(phone.device, bound, cited, blank)

    assert [codes(receipt) for receipt in receipts] == [[], [], ["label_not_bound"]]


def test_the_first_binding_stands(dock: Dock, phone: Phone) -> None:
    (code,) = blanks(dock, 1, owner=None)
    other = {"parcel": dock.world.other_parcel}

    receipts = dock.send(
        phone.device,
        binding(phone, "first", code=code),
        binding(phone, "second", code=code, **other),
        binding(phone, "again", code=code),
    )

    assert [codes(receipt) for receipt in receipts] == [[], ["bind_code_taken"], []]
    assert all(receipt.state == "accepted" for receipt in receipts)
    assert label(dock, code).parcel_id == dock.world.parcel
    assert label(dock, code).bound_record_id == opaque("first")
    assert dock.count(Record) == 3


@pytest.mark.parametrize(
    ("owner", "site", "parcel", "expected"),
    [
        ("importer", "dongguan", "other_parcel", ["bind_code_foreign"]),
        ("importer", None, "parcel", []),
        ("other_importer", "hanoi", "other_parcel", ["bind_code_foreign"]),
        (None, "dongguan", "other_parcel", []),
        ("other_importer", None, "parcel", ["bind_code_foreign"]),
    ],
)
def test_a_roll_serves_its_own_customer_at_its_own_site(
    dock: Dock, phone: Phone, owner: str | None, site: str | None, parcel: str, expected: list[str]
) -> None:
    (code,) = _roll_row(dock, owner, site)

    (receipt,) = dock.send(
        phone.device, binding(phone, "bind", code=code, parcel=getattr(dock.world, parcel))
    )

    assert codes(receipt) == expected
    bound = label(dock, code).parcel_id
    assert bound == (None if expected else getattr(dock.world, parcel))


def _roll_row(dock: Dock, owner: str | None, site: str | None) -> list[str]:
    """A roll by its rows, also one that the use-case would refuse to print."""
    code = label_code(b"roll 123")
    with dock.database.write() as session:
        session.add(
            LabelRoll(
                id=opaque("roll"),
                organisation_id=None if owner is None else getattr(dock.world, owner),
                site_id=None if site is None else getattr(dock.world, site),
                stock="40x30",
                count=1,
                printed_at=dock.world.start,
                printed_by="chi",
            )
        )
        session.flush()
        session.add(
            Label(
                code=code,
                kind="blank",
                stock="40x30",
                printed_at=dock.world.start,
                printed_by="chi",
                roll_id=opaque("roll"),
            )
        )
    return [code]


def test_codes_that_are_no_blank_labels_bind_nothing(dock: Dock, phone: Phone) -> None:
    unknown = label_code(b"nobodys.")
    (voided,) = blanks(dock, 1)
    unit = label_code(b"truck 77")
    with dock.database.write() as session:
        session.get_one(Label, voided).voided_at = dock.world.start
        session.add(
            Label(code=unit, kind="load_unit", stock="100x100", printed_at=dock.world.start, printed_by="chi")
        )
    taken = dock.world.other_label

    receipts = dock.send(
        phone.device,
        *(
            binding(phone, f"bind {code}", code=code)
            for code in (unknown, voided, unit, taken, dock.world.label)
        ),
    )

    assert [codes(receipt) for receipt in receipts] == [
        ["bind_code_unknown"],
        ["bind_code_voided"],
        ["bind_code_not_blank"],
        ["bind_code_taken"],
        [],
    ]
    assert label(dock, unit).parcel_id is None


def test_a_parcel_that_is_not_ours_to_touch_is_not_bound(dock: Dock, phone: Phone) -> None:
    (code,) = blanks(dock, 1)
    hanoi = Phone(dock.world, "hanoi phone")
    record = binding(hanoi, "hanoi", code=code, parcel=dock.world.private_parcel, site=dock.world.hanoi)
    missing = binding(phone, "missing", code=code, parcel=None)

    (far,) = dock.send(hanoi.device, record)
    (none,) = dock.send(phone.device, missing)

    assert "parcel_of_other_site" in codes(far)
    assert codes(none) == ["parcel_unknown"]
    assert label(dock, code).parcel_id is None


def test_a_forwarders_sticker_is_bound_once(dock: Dock, phone: Phone) -> None:
    receipts = dock.send(
        phone.device,
        binding(phone, "first", alias=STICKER),
        binding(phone, "again", alias="仓a-170042"),
        binding(phone, "other", alias=STICKER, parcel=dock.world.other_parcel),
    )

    assert [codes(receipt) for receipt in receipts] == [[], [], ["bind_sticker_taken"]]
    assert seen(dock)["aliases"] == {"仓A-170042": dock.world.parcel}
    with dock.database.read() as session:
        (row,) = session.scalars(select(LabelAlias))
    assert (row.text, row.record_id) == (STICKER, opaque("first"))


def test_stickers_that_are_none(dock: Dock, phone: Phone) -> None:
    receipts = dock.send(
        phone.device,
        binding(phone, "empty", alias="\u200b \u200b"),
        binding(phone, "label", alias=f"https://dock.example/L/{dock.world.label}"),
    )
    assert [codes(receipt) for receipt in receipts] == [["bind_sticker_empty"], ["bind_sticker_is_label"]]
    assert dock.count(LabelAlias) == 0


def test_a_reprint_of_the_parcels_label_leaves_its_bound_blank_valid(dock: Dock, phone: Phone) -> None:
    (code,) = blanks(dock, 1)
    dock.send(phone.device, binding(phone, "bind", code=code))

    print_labels(
        dock.database,
        organisation_id=dock.world.importer,
        order_nos=["4325000000000000001"],
        stock="100x150",
        public_url="https://dock.example",
        fonts_dir=fonts_dir(),
        actor="user:chi",
        now=dock.world.start + timedelta(hours=1),
    )

    assert label(dock, code).voided_at is None
    assert label(dock, dock.world.label).voided_at is not None
