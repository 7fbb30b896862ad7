"""The three facts of a mediator's first screen: each only when it was verified (evidence.md: not proven is said)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.instance import Instance, make_instance
from tests.support.situation_parts import FILM_MS
from tests.support.waybill_photo import waybill_photo
from webapp.adapters.secrets import new_id
from webapp.domain.case import ThreeFacts
from webapp.store.schema import Blob, Derivative, LogEntry, Work
from webapp.store.schema_dock import DockFact, Photo
from webapp.usecases.case_data import case_of
from webapp.usecases.derivatives import run_next

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return make_instance(tmp_path, NOW)


def facts(instance: Instance) -> ThreeFacts:
    with instance.services.database.read() as session:
        return case_of(
            session,
            organisation_id=instance.organisations["Chi"],
            order_no=instance.names["order_no"],
            now=NOW,
        ).facts


def photograph(instance: Instance, number: str) -> str:
    """Puts another picture behind the parcel's signed waybill photo, and lets the worker read it."""
    services = instance.services
    stored = services.blobs.put_bytes(waybill_photo(number))
    with services.database.write() as session:
        fact = session.scalars(
            select(DockFact).where(DockFact.slot == "EV-12", DockFact.parcel_id == instance.names["parcel"])
        ).one()
        session.add(Blob(sha256=stored.sha256, bytes=stored.bytes, mime="image/jpeg", stored_at=NOW))
        session.get_one(Photo, fact.id).file_sha256 = stored.sha256
        session.add(Work(id=new_id(), kind="thumbnail", subject=stored.sha256, run_after=NOW))
    while run_next(services.database, services.blobs, now=NOW, spool=services.settings.home / "spool"):
        pass
    return stored.sha256


def test_what_the_demo_shows_is_proven_and_no_more(instance: Instance) -> None:
    found = facts(instance)
    assert found.tape and found.waybills == ()  # its waybill is a drawing without real bars
    assert found.unbroken_ms is not None and abs(found.unbroken_ms - FILM_MS) < 200


def test_a_waybill_that_was_read_from_the_photo_matches(instance: Instance) -> None:
    sha256 = photograph(instance, instance.names["waybill"])
    assert facts(instance).waybills == (instance.names["waybill"],)
    with instance.services.database.read() as session:
        read = session.get_one(Derivative, (sha256, "codes"))
        assert read.facts == {"codes": [instance.names["waybill"]]}
        entries = session.scalars(
            select(LogEntry.text).where(LogEntry.text.contains(f"of sha256:{sha256}"))
        ).all()
    assert any("kind codes" in entry for entry in entries)


def test_another_number_on_the_photo_is_not_proven(instance: Instance) -> None:
    photograph(instance, "YT0000000000000")
    assert facts(instance).waybills == ()


def test_tape_without_a_statement_before_the_cut_is_not_proven(instance: Instance) -> None:
    with instance.services.database.write() as session:
        for fact in session.scalars(select(DockFact).where(DockFact.kind == "condition")):
            fact.said = {**fact.said, "tape": "broken"}
    assert not facts(instance).tape


def test_tape_without_its_photo_is_not_proven(instance: Instance) -> None:
    with instance.services.database.write() as session:
        for fact in session.scalars(select(DockFact).where(DockFact.kind == "photo")):
            fact.gone_by = "0" * 32
    assert not facts(instance).tape


def test_a_film_that_was_left_is_not_unbroken(instance: Instance) -> None:
    with instance.services.database.write() as session:
        for row in session.scalars(select(Derivative).where(Derivative.kind == "seekable")):
            row.facts = {**row.facts, "audio_ms": 13_000}
    assert facts(instance).unbroken_ms is None
