"""A pack for the platform, as it is kept: its pictures are in the log, and nobody changes them afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from tests.support.cases import a_claim
from tests.support.instance import Instance, make_instance
from webapp.domain.permissions import Role
from webapp.domain.refusals import Refusal
from webapp.store import ledger
from webapp.store.schema import LogEntry, Work
from webapp.store.schema_claims import ClaimExhibit
from webapp.store.schema_dock import DockFact
from webapp.usecases import voucher_pack
from webapp.usecases.case_data import case_of
from webapp.usecases.doctor_vouchers import check_vouchers

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return make_instance(tmp_path, NOW)


def make(instance: Instance, claim_id: str | None = None, order_no: str = "") -> str:
    return voucher_pack.make(
        instance.services.database,
        instance.services.blobs,
        actor=instance.person(Role.OWNER),
        order_no=order_no or instance.names["order_no"],
        claim_id=claim_id,
        text="实收23件，少1件",
        now=NOW,
    )


def files(instance: Instance, claim_id: str | None) -> int:
    with instance.services.database.read() as session:
        order_id = case_of(
            session,
            organisation_id=instance.organisations["Chi"],
            order_no=instance.names["order_no"],
            now=NOW,
        ).order_id
        pack = voucher_pack.pack_of(session, order_id, claim_id)
    return 0 if pack is None else len(pack.files)


def test_a_claims_pack_shows_its_exhibits_and_the_orders_pack_everything(instance: Instance) -> None:
    claim = a_claim(instance)
    assert files(instance, claim) == 0
    make(instance)
    assert files(instance, claim) == files(instance, None) == 3
    with instance.services.database.write() as session:
        photo = session.scalars(
            select(DockFact).where(DockFact.slot == "EV-12", DockFact.parcel_id == instance.names["parcel"])
        ).one()
        session.add(
            ClaimExhibit(
                id="e" * 32,
                claim_id=claim,
                slot="EV-12",
                source_kind="photo",
                source_id=photo.id,
                added_by="user:chi",
                added_at=NOW,
            )
        )
    make(instance, claim)
    assert (files(instance, claim), files(instance, None)) == (2, 3)


def test_the_film_and_its_result_are_asked_for_once(instance: Instance) -> None:
    make(instance)
    make(instance)
    with instance.services.database.read() as session:
        asked = session.scalars(select(Work).where(Work.kind.in_(("share", "result")))).all()
    assert sorted(work.kind for work in asked) == ["result", "share"]
    assert next(work for work in asked if work.kind == "share").subject.endswith(" 50000000")


def test_nothing_counted_and_nothing_shown_makes_no_pack(instance: Instance) -> None:
    with pytest.raises(Refusal, match="voucher_nothing"):
        make(instance, order_no="3658240093116232333")


def test_a_claim_of_another_order_is_unknown(instance: Instance) -> None:
    with pytest.raises(Refusal, match="claim_unknown"):
        make(instance, a_claim(instance), order_no="3658240093116232333")


def test_a_pack_is_never_changed(instance: Instance) -> None:
    make(instance)
    with pytest.raises(IntegrityError, match="append-only"), instance.services.database.write() as session:
        session.execute(text("UPDATE voucher_file SET sha256 = 'x'"))


def test_the_doctor_compares_pictures_and_log_both_ways(instance: Instance) -> None:
    make(instance)
    with instance.services.database.read() as session:
        assert not check_vouchers(session).counts
    with instance.services.database.write() as session:
        entry = session.scalars(select(LogEntry.text).where(LogEntry.text.startswith("type voucher"))).first()
        ledger.append_entry(session, str(entry))
    with instance.services.database.read() as session:
        assert list(check_vouchers(session).counts) == ["entry_without_voucher"]
