"""What a blocked phone had sent, released by an owner: it enters the evidence, marked; a neighbour cannot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.dock import SLICES
from tests.support.phone import Phone
from tests.support.rig import Rig, rigged
from tests.support.world import START, opaque
from webapp.domain.evidence import sha256_hex
from webapp.domain.permissions import Role
from webapp.domain.refusals import Refusal
from webapp.store.schema import AuditEvent, Device, LogEntry, Parcel, Record, Take
from webapp.store.schema_doors import Quarantine
from webapp.usecases import quarantine, quarantine_release
from webapp.usecases.doctor_log import check_log, check_records
from webapp.usecases.sessions import Desk

LATER = START + timedelta(days=2)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with rigged(tmp_path) as rig:
        yield rig


def owner_of(rig: Rig, organisation: str) -> Desk:
    return Desk(opaque("owner"), "Chi", frozenset({Role.OWNER}), "en", organisation)


def blocked_phone(rig: Rig) -> Phone:
    phone = rig.phone()
    with rig.services.database.write() as session:
        session.get_one(Device, phone.device).revoked_at = rig.clock.at
    return phone


def sent_after_blocking(rig: Rig, **changes: object) -> str:
    """One arrival from a blocked phone; its row's id."""
    phone = blocked_phone(rig)
    phone.send([phone.arrival("late", START, **changes)])
    with rig.services.database.read() as session:
        return session.scalars(select(Quarantine)).one().id


def release(rig: Rig, item: str, organisation: str) -> list[set[str]]:
    changed: list[set[str]] = []
    quarantine_release.release(
        rig.services.database,
        actor=owner_of(rig, organisation),
        item_id=item,
        now=LATER,
        on_orders_changed=lambda session, orders: changed.append(orders),
    )
    return changed


def test_it_enters_the_log_now_and_says_when_it_had_come(rig: Rig) -> None:
    item = sent_after_blocking(rig)
    changed = release(rig, item, rig.world.importer)
    assert changed == [{rig.world.order}]
    with rig.services.database.read() as session:
        record = session.scalars(select(Record)).one()
        entry = session.scalars(select(LogEntry)).one()
        parcel = session.get_one(Parcel, rig.world.parcel)
        audited = session.scalars(select(AuditEvent).where(AuditEvent.action == "quarantine.released")).one()
        home = rig.services.settings.home
        sound = check_log(session, home).ok and check_records(session).ok
        kept = session.get_one(Quarantine, item)
    assert record.findings[0] == {"code": "released_from_quarantine", "detail": "2026-11-20T02:00:00.000Z"}
    assert (record.received_at, entry.text.splitlines()[1]) == (LATER, "received 2026-11-22T02:00:00.000Z")
    assert parcel.received_at == START, "the record's own time, within its bounds"
    assert (audited.details, audited.actor) == ({"record": kept.sha256}, f"user:{opaque('owner')}")
    assert sound
    assert (kept.released_at, kept.text) == (LATER, record.text), "the item stays where it was"


def test_released_twice_is_released_once(rig: Rig) -> None:
    item = sent_after_blocking(rig)
    for _ in range(2):
        release(rig, item, rig.world.importer)
    assert (rig.count(Record), rig.count(LogEntry)) == (1, 1)
    assert quarantine.waiting_for(rig.services.database, organisation_id=rig.world.importer) == 0
    (shown,) = quarantine.held_for(rig.services.database, organisation_id=rig.world.importer)
    assert (shown.releasable, shown.released_at) == (False, LATER)


def test_a_neighbour_at_the_same_site_cannot(rig: Rig) -> None:
    item = sent_after_blocking(rig)
    with pytest.raises(Refusal, match="quarantine_unknown"):
        release(rig, item, rig.world.other_importer)
    assert rig.count(Record) == 0


def test_what_names_nobodys_parcel_stays_at_a_shared_site(rig: Rig) -> None:
    item = sent_after_blocking(rig, parcel=opaque("nobody knows it"))
    with pytest.raises(Refusal, match="quarantine_not_yours"):
        release(rig, item, rig.world.importer)
    assert rig.count(Record) == 0


def release_phone(rig: Rig, phone: Phone, organisation: str) -> int:
    return quarantine_release.release_phone(
        rig.services.database,
        actor=owner_of(rig, organisation),
        device_id=phone.device,
        now=LATER,
        on_orders_changed=lambda session, orders: None,
    )


def test_a_whole_phone_is_released_in_the_order_of_its_numbers_and_once(rig: Rig) -> None:
    phone = blocked_phone(rig)
    first, opened, closed = (
        phone.arrival("late", START),
        phone.take_open("open", START),
        phone.take("close", START, opens="open", slices=SLICES, counts=(12, 3)),
    )
    phone.send([closed])
    phone.send([opened, first])
    forged = phone.arrival("forged", START)
    phone.send([forged])
    with rig.services.database.write() as session:
        row = session.scalars(select(Quarantine).where(Quarantine.text == forged.text)).one()
        row.signature = "A" * 86
    assert release_phone(rig, phone, rig.world.importer) == 3
    with rig.services.database.read() as session:
        entered = [
            one.text.splitlines()[2] for one in session.scalars(select(LogEntry).order_by(LogEntry.index))
        ]
        take = session.scalars(select(Take)).one()
        sound = check_log(session, rig.services.settings.home).ok and check_records(session).ok
    signed = [f"record sha256:{sha256_hex(one.text)}" for one in (first, opened, closed)]
    assert entered == signed, "not in the order in which they came"
    assert take.closed_at is not None and sound
    assert release_phone(rig, phone, rig.world.importer) == 0
    assert (rig.count(Record), rig.count(LogEntry)) == (3, 3)
    assert quarantine.waiting_for(rig.services.database, organisation_id=rig.world.importer) == 1, (
        "the forged"
    )


def test_a_neighbour_releases_nothing_of_the_phone(rig: Rig) -> None:
    phone = blocked_phone(rig)
    phone.send([phone.arrival("late", START)])
    with pytest.raises(Refusal, match="quarantine_unknown"):
        release_phone(rig, phone, rig.world.other_importer)
    phone.send([phone.arrival("nobody's", START, parcel=opaque("nobody knows it"))])
    assert release_phone(rig, phone, rig.world.other_importer) == 0
    assert rig.count(Record) == 0
    assert release_phone(rig, phone, rig.world.importer) == 1, "what names nobody's parcel stays"


def test_what_the_phone_did_not_sign_stays(rig: Rig) -> None:
    item = sent_after_blocking(rig)
    with rig.services.database.write() as session:
        session.get_one(Quarantine, item).signature = "A" * 86
    with pytest.raises(Refusal, match="quarantine_not_signed"):
        release(rig, item, rig.world.importer)
    assert rig.count(Record) == 0


def test_the_phone_itself_goes_on_being_blocked(rig: Rig) -> None:
    item = sent_after_blocking(rig)
    release(rig, item, rig.world.importer)
    phone = rig.phone()
    assert phone.request("GET", "/api/v1/snapshot").json["error"]["code"] == "device_revoked"
    (receipt,) = phone.send([phone.arrival("late", START)])
    assert (receipt["state"], receipt["findings"]) == ("accepted", []), (
        "it learns that much of its own record"
    )
    assert phone.send([phone.arrival("later", START)])[0]["state"] == "quarantined"
    assert (rig.count(Record), rig.count(Quarantine)) == (1, 2)
