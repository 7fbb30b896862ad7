"""Hand-over to international freight on the phone, without a network: the server then holds the desk's own fact."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, expect
from sqlalchemy import select

from tests.browser.pages.receiving import Receiver
from tests.browser.test_receiving import FIRST, SECOND, Facts, dock
from tests.support.looks import look_everywhere
from webapp.domain.permissions import Role
from webapp.store.database import Database
from webapp.store.schema import User
from webapp.usecases import handovers
from webapp.usecases.sessions import Desk

CONTRACT = handovers.ContractSaid("Bắc Nam Logistics", "BN-2026-7", 72, "vn_received", "")


def contract_at_the_desk(facts: Facts) -> str:
    database = Database(f"sqlite:///{facts.database}")
    with database.read() as session:
        user = session.scalars(select(User)).first()
        assert user is not None
        desk = Desk(user.id, user.name, frozenset({Role.OWNER}), "zh_CN", user.organisation_id)
    made = handovers.state_contract(database, actor=desk, said=CONTRACT, now=datetime.now(UTC))
    database.engine.dispose()
    return made


def rows(facts: Facts, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(facts.database)) as database:
        return database.execute(query).fetchall()


def scan_what_leaves(receiver: Receiver) -> None:
    receiver.touch(receiver.page.locator("[data-freight]"))
    receiver.touch(receiver.page.locator("[data-finish]"))
    expect(receiver.page.locator(".message.error")).to_be_visible()
    for n, code in enumerate((FIRST, SECOND), start=1):
        receiver.gate_scan(code, kind="new")
        receiver.wait_gate_sum(n)
    receiver.gate_scan(SECOND, kind="again")
    receiver.gate_scan("ML-CN1234567", kind="unknown")
    look_everywhere(receiver.page, "freight-scan", language="zh_CN")
    receiver.touch(receiver.page.locator("[data-seal]"))
    receiver.touch(receiver.page.locator("[data-finish]"))


def fill_the_form(receiver: Receiver, contract: str) -> None:
    page = receiver.page
    hand_over, problem = page.locator("[data-hand-over]"), page.locator(".page .message.warn")
    receiver.touch(hand_over)
    expect(problem).to_be_visible()
    receiver.touch(page.locator(f"[data-contract='{contract}']"))
    expect(page.locator("#freight-carrier")).to_have_value(CONTRACT.carrier)
    receiver.touch(page.locator("[data-earlier]"))
    page.locator("#freight-at").fill("2090-01-01T10:00")
    receiver.touch(hand_over)
    expect(problem).to_be_visible()
    receiver.touch(page.locator("[data-now]"))
    page.locator("#freight-seal").fill("sz88123")
    receiver.touch(page.locator("[data-add-seal]"))
    receiver.shoot()
    expect(page.locator("[data-slip] img")).to_be_visible()
    look_everywhere(page, "freight-form", language="zh_CN")


def test_a_lorry_is_handed_over_without_a_network(playwright: Playwright, tmp_path: Path) -> None:
    with dock(playwright, tmp_path, "zh_CN") as (receiver, facts):
        page = receiver.page
        contract = contract_at_the_desk(facts)
        scan_what_leaves(receiver)
        page.context.set_offline(True)
        fill_the_form(receiver, contract)
        receiver.touch(page.locator("[data-hand-over]"))
        expect(page.locator("[data-handed-over]")).to_be_visible()
        look_everywhere(page, "freight-done", language="zh_CN")
        assert rows(facts, "SELECT id FROM handover WHERE record_id IS NOT NULL") == []
        page.context.set_offline(False)
        receiver.leave_gate()
        receiver.wait_until_sent()
        ((record, carrier, seals, bound, parcels),) = rows(
            facts,
            "SELECT record_id, carrier, seals, contract_id, "
            "(SELECT count(*) FROM handover_parcel WHERE handover_id = id) "
            "FROM handover WHERE record_id IS NOT NULL",
        )
        assert (carrier, seals, bound, parcels) == (
            CONTRACT.carrier,
            "ML-CN1234567, SZ88123",
            contract,
            2,
        )
        assert ("EV-23", None, record) in facts.photos()
        assert rows(facts, "SELECT count(*) FROM clock_event WHERE kind = 'handed_over' AND proven") == [(2,)]
        # Whoever scans one of them again hears that it has left.
        receiver.touch(page.locator("[data-freight]"))
        receiver.gate_scan(FIRST, kind="before")
        receiver.page.goto(f"{receiver.address}/scan")
        receiver.open_parcel(FIRST)
        expect(page.locator("dd[data-handed-over]")).to_be_visible()
