"""The desk corrects labels: it supersedes and deletes nothing, phones are told, late records change nothing back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.desk_setup import desk_of
from tests.support.dock import Dock, codes
from tests.support.phone import Phone
from tests.support.world import make_world, opaque, open_database
from tests.usecases.test_label_binding import STICKER, binding, blanks, seen
from webapp.domain.labels import label_code, printed_code
from webapp.domain.refusals import Refusal
from webapp.domain.stickers import sticker_key
from webapp.store.schema import AuditEvent, Label, Parcel, ParcelOrder, Record, User
from webapp.store.schema_desk import LabelAlias, LabelCorrection
from webapp.usecases import label_corrections
from webapp.usecases.label_corrections import Mark

KEY = sticker_key(STICKER)
SECOND = opaque("second parcel")
ITS_LABEL = label_code(b"second parcel"[:8])


@pytest.fixture
def dock(tmp_path: Path) -> Iterator[Dock]:
    """The importer's order has a second parcel, without a waybill, that has a label of its own."""
    database = open_database(tmp_path)
    found = Dock(database, make_world(database))
    world = found.world
    with database.write() as session:
        second = Parcel(id=SECOND, organisation_id=world.importer, created_at=world.start)
        session.add(second)
        session.flush()
        session.add(ParcelOrder(parcel_id=SECOND, order_id=world.order))
        session.add(
            Label(code=ITS_LABEL, parcel_id=SECOND, stock="60x40", printed_at=world.start, printed_by="x")
        )
    yield found
    database.engine.dispose()


@pytest.fixture
def phone(dock: Dock) -> Phone:
    return Phone(dock.world)


def later(dock: Dock, hours: int = 1) -> datetime:
    return dock.world.start + timedelta(hours=hours)


def rebind(dock: Dock, mark: Mark, to: str = "", *, hours: int = 1, **changes: Any) -> Parcel | None:
    arguments = {"actor": desk_of(dock.world.importer), "reason": "scanned the wrong box"} | changes
    return label_corrections.rebind(dock.database, mark=mark, to=to, now=later(dock, hours), **arguments)


def void(dock: Dock, typed: str, *, actor: str = "importer", reason: str = "") -> str:
    person = desk_of(getattr(dock.world, actor))
    return label_corrections.void(dock.database, actor=person, typed=typed, reason=reason, now=later(dock))


def alias(dock: Dock) -> LabelAlias:
    with dock.database.read() as session:
        return session.get_one(LabelAlias, (dock.world.dongguan, KEY))


def actions(dock: Dock) -> list[str]:
    with dock.database.read() as session:
        events = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id))
        return [action for action in events if action.startswith("label.")]


@pytest.fixture
def sticker(dock: Dock, phone: Phone) -> Mark:
    dock.send(phone.device, binding(phone, "stick", alias=STICKER))
    assert seen(dock)["aliases"] == {KEY: dock.world.parcel}
    return Mark(site_id=dock.world.dongguan, text_norm=KEY)


def test_a_sticker_moves_to_the_parcel_that_it_belongs_to(dock: Dock, sticker: Mark) -> None:
    target = rebind(dock, sticker, printed_code(ITS_LABEL))

    assert target is not None and target.id == SECOND
    assert seen(dock)["aliases"] == {KEY: SECOND}
    with dock.database.read() as session:
        (kept,) = session.scalars(select(LabelCorrection))
    assert (kept.what, kept.from_parcel_id, kept.to_parcel_id) == ("moved", dock.world.parcel, SECOND)
    assert (kept.text, kept.reason, kept.bound_record_id) == (
        STICKER,
        "scanned the wrong box",
        opaque("stick"),
    )
    assert actions(dock) == ["label.moved"] and dock.count(Record) == 1, "the phone's record stands"


def test_an_undone_sticker_is_free_for_a_later_scan_and_not_for_an_earlier_one(
    dock: Dock, phone: Phone, sticker: Mark
) -> None:
    assert rebind(dock, sticker, hours=3) is None
    assert seen(dock)["aliases"] == {} and dock.count(LabelAlias) == 1

    early = binding(phone, "early", later(dock, 2), alias=STICKER)
    (receipt,) = dock.send(phone.device, early, now=later(dock, 9))
    assert codes(receipt) == ["bind_corrected"] and seen(dock)["aliases"] == {}

    late = binding(phone, "late", later(dock, 4), alias=STICKER, parcel=SECOND)
    (receipt,) = dock.send(phone.device, late, now=later(dock, 9))
    assert codes(receipt) == [] and seen(dock)["aliases"] == {KEY: SECOND}
    assert alias(dock).record_id == opaque("late")


def test_a_blank_label_is_moved_undone_and_bound_again(dock: Dock, phone: Phone) -> None:
    first, second = blanks(dock)
    dock.send(phone.device, binding(phone, "one", code=first), binding(phone, "two", code=second))

    rebind(dock, Mark(code=first), ITS_LABEL.lower(), hours=3)
    rebind(dock, Mark(code=second), hours=3)

    parcels = {parcel["id"]: parcel["labels"] for parcel in seen(dock)["parcels"]}
    assert first in parcels[SECOND] and first not in parcels[dock.world.parcel]
    assert seen(dock)["blanks"] == [{"customer_code": "MA-01", "codes": second}]
    early, late = (
        binding(phone, "early", later(dock, 2), code=second),
        binding(phone, "late", later(dock, 4), code=second, parcel=SECOND),
    )
    receipts = dock.send(phone.device, early, late, now=later(dock, 9))
    assert [codes(receipt) for receipt in receipts] == [["bind_corrected"], []]
    with dock.database.read() as session:
        assert session.get_one(Label, second).parcel_id == SECOND


def test_one_label_is_voided_and_its_neighbours_are_not(dock: Dock, phone: Phone) -> None:
    first, second = blanks(dock)
    dock.send(phone.device, binding(phone, "one", code=first))
    for typed in (printed_code(first).lower(), f"https://dock.example/L/{first}", second, dock.world.label):
        void(dock, typed)
    sent = seen(dock)
    (parcel,) = [one for one in sent["parcels"] if one["id"] == dock.world.parcel]
    assert parcel["labels"] == []
    before = dock.world.voided_label
    assert sorted(parcel["voided_labels"]) == sorted((first, dock.world.label, before))
    assert sent["blanks"] == []
    assert actions(dock) == ["label.voided"] * 3, "twice is once"
    with pytest.raises(Refusal, match="label_not_valid"):
        rebind(dock, Mark(code=first))


def test_the_page_says_what_is_stuck_where_and_who_corrected_it(dock: Dock, sticker: Mark) -> None:
    with dock.database.write() as session:
        chi = desk_of(dock.world.importer)
        session.add(
            User(
                id=chi.id,
                organisation_id=dock.world.importer,
                name="Chi",
                login="chi-2",
                roles=chi.roles,
                language="vi",
                created_at=dock.world.start,
            )
        )
    rebind(dock, sticker, ITS_LABEL)
    shown = label_corrections.marks_of_order(
        dock.database, organisation_id=dock.world.importer, order_no="4325000000000000001"
    )
    by_parcel = {one.parcel.id: one for one in shown.parcels}
    first, second = by_parcel[dock.world.parcel], by_parcel[SECOND]
    assert first.stickers == [] and [one.alias.text for one in second.stickers] == [STICKER]
    assert {label.code for label in first.labels} == {dock.world.label, dock.world.voided_label}
    assert [(one.what, one.away, one.by) for one in first.corrections] == [("moved", True, "Chi")]
    assert [(one.what, one.away, one.by) for one in second.corrections] == [("moved", False, "Chi")]


@pytest.mark.parametrize(
    ("to", "reason", "code"),
    [
        ("SF0000000000000", "why", "correction_parcel_unknown"),
        ("nonsense", "why", "correction_parcel_unknown"),
        ("4325000000000000001", "why", "correction_parcels_many"),
        ("4325000000000000002", "why", "correction_parcel_unknown"),  # another importer's
        ("", " \u200b ", "correction_reason_missing"),
        ("", "x" * 301, "correction_reason_long"),
    ],
)
def test_what_is_no_correction_changes_nothing(
    dock: Dock, sticker: Mark, to: str, reason: str, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        rebind(dock, sticker, to, reason=reason)
    assert refused.value.code == code
    assert seen(dock)["aliases"] == {KEY: dock.world.parcel} and dock.count(LabelCorrection) == 0


def test_only_what_is_ones_own_is_corrected(dock: Dock, sticker: Mark) -> None:
    stranger = desk_of(dock.world.other_importer, "Dung")
    for mark, code in ((sticker, "sticker_unknown"), (Mark(code=dock.world.label), "label_unknown")):
        with pytest.raises(Refusal, match=code):
            rebind(dock, mark, actor=stranger)
    with pytest.raises(Refusal, match="label_unknown"):
        void(dock, dock.world.label, actor="other_importer")
    with pytest.raises(Refusal, match="label_not_blank"):
        rebind(dock, Mark(code=dock.world.label))
    for typed in ("", "AAAAA-AAAAA", "x" * 5_000):
        with pytest.raises(Refusal, match="label_code_wrong"):
            void(dock, typed)
    with pytest.raises(Refusal, match="correction_same_parcel"):
        rebind(dock, sticker, dock.world.label)
    assert dock.count(LabelCorrection) == 0
