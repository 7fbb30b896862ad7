"""A phone's storage is cleared in mid-shift: said plainly, what is lost has a name, and the work goes on."""

from __future__ import annotations

import io
import json
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser.pages.counting import Counting
from tests.browser.pages.desk import Desk
from tests.browser.pages.phone import Phone
from tests.browser.pages.phone_store import PhoneStore
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, TABLET, browser
from tests.support.fake_camera import film_of_code
from tests.support.mortal_phone import Prepared, film, prepared
from tests.support.serving import Served, serving
from webapp.cli.main import run as run_command
from webapp.usecases.demo import PIN

PICTURES = Path(__file__).resolve().parents[1] / "output"
VERIFIED, COMMITTED, UNKNOWN, AFTER = "79030031408885", "79026301712135", "435316139221920", "SF1331875979567"
EVICTED = "indexeddb,file_systems,cache_storage,service_workers"
"""What a browser deletes by itself when room is short; `all`: what a person deletes in its settings."""


def look(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"storage-lost-{name}.png", full_page=True)
    assert violations(page) == [], name
    assert clipped(page) == [], name


def clear(page: Page, address: str, what: str) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": what})


def no_files(context: BrowserContext) -> None:
    """Records still go up; bytes do not."""
    context.route("**/api/v1/files**", lambda route: route.abort())


@dataclass
class Shift:
    """Three films: one that the server has, one that it knows of, one that nobody knows of."""

    phone: Phone
    store: PhoneStore

    def film(self, waybill: str) -> str:
        before = self.takes()
        self.store.wait("rows.snapshot.length > 0")
        self.phone.page.goto(f"{self.phone.address}/scan")
        self.phone.type_code(waybill)
        film(self.phone.page, self.phone.wait_for_scanned_parcel())
        self.phone.tap(0, 1)
        self.phone.finish()
        (take,) = self.takes() - before
        return take

    def takes(self) -> set[str]:
        return {row["takeId"] for row in self.store.rows("takes")["takes"]}

    def numbers(self, state: str) -> list[int]:
        return sorted(row["seq"] for row in self.store.rows("journal")["journal"] if row["state"] == state)


def test_cleared_in_mid_shift(playwright: Playwright, tmp_path: Path) -> None:
    camera = film_of_code("https://dock.example/L/0", tmp_path / "camera.mjpeg")
    with (
        serving(tmp_path / "home", "--demo") as served,
        browser(playwright, tmp_path / "desk", language="zh_CN", viewport=TABLET) as desk_browser,
        browser(
            playwright, tmp_path / "phone", language="zh_CN", viewport=PHONE, camera=camera, touch=True
        ) as context,
    ):
        desk = Desk(desk_browser.pages[0], served.address)
        desk.enter_demo(served.sign_in_link, "zh_CN")
        phone = Phone(context.pages[0], served.address)
        phone.enrol(desk.enrolment_code())
        phone.start_shift("An", PIN)
        shift = Shift(phone, PhoneStore(phone.page))
        verified = shift.film(VERIFIED)
        phone.wait_until_verified()
        no_files(context)
        committed = shift.film(COMMITTED)
        shift.store.wait("rows.journal.every((row) => row.state === 'accepted')")
        context.route("**/api/v1/**", lambda route: route.abort())
        unknown = shift.film(UNKNOWN)
        known, lost = shift.numbers("accepted")[-1], shift.numbers("pending")
        assert lost and lost[0] == known + 1 and unknown not in {verified, committed}
        phone.page.goto(f"{served.address}/captures")
        expect(phone.page.locator("[data-totals]")).to_be_visible()

        clear(phone.page, served.address, "all")
        told = phone.page.locator("[data-lost] .message")
        expect(told).to_contain_text("删除")
        look(phone.page, "said")
        context.unroute("**/api/v1/**")
        context.unroute("**/api/v1/files**")
        phone.page.reload()
        expect(told).to_contain_text("删除")
        expect(told).to_contain_text("上次查看时未确认")

        _enrolled_again(phone, desk.enrolment_code(), lost)
        phone.start_shift("An", PIN)
        shift.film(AFTER)
        phone.wait_until_verified()
        phone.page.goto(f"{served.address}/captures")
        expect(phone.page.locator("[data-former] [data-gap]")).to_be_visible()
        look(phone.page, "former")
        phone.page.locator("[data-former] button").click()
        expect(phone.page.locator("[data-former]")).to_have_count(0)
        _named_at_the_desk(desk, lost, committed)
        _all_that_was_acknowledged(served, verified, committed, known, lost)


def _enrolled_again(phone: Phone, code: str, lost: list[int]) -> None:
    page = phone.page
    page.goto(f"{phone.address}/enrol#{code}")
    expect(page.locator("#enrol-code")).to_have_value(code)
    page.locator("button[form=enrol-form]").click()
    dialog = page.locator("dialog")
    expect(dialog.locator("[data-gap]")).to_contain_text(f"第 {lost[0]} 到 {lost[-1]} 号")
    expect(dialog.locator(".take-row")).to_have_count(1)
    look(page, "enrolled-again")
    dialog.locator("[data-value=ok]").click()
    expect(page.locator(".people")).to_be_visible()


def _named_at_the_desk(desk: Desk, lost: list[int], committed: str) -> None:
    page = desk.page
    desk.open("/phones")
    row = page.locator("li", has_text="存储被清除")
    expect(row).to_have_count(1)
    look(page, "desk-phones")
    row.locator("a").click()
    expect(page.locator("[data-lost]")).to_be_visible()
    expect(page.locator(f'[data-gap="{lost[0]}-{lost[-1]}"]')).to_be_visible()
    expect(page.locator("[data-unsent]")).to_have_count(1)
    expect(page.locator(f'[data-unsent="{committed}"]')).to_be_visible()
    look(page, "desk-phone")
    page.set_viewport_size(PHONE)
    look(page, "desk-phone-narrow")
    page.set_viewport_size(TABLET)
    desk.open(f"/takes/{committed}")
    expect(page.locator(".absent")).to_contain_text("不会来了")
    look(page, "desk-film")


def _all_that_was_acknowledged(
    served: Served, verified: str, committed: str, known: int, lost: list[int]
) -> None:
    with closing(sqlite3.connect(served.home / "dockproof.db")) as database:
        takes = dict(database.execute("SELECT id, file_state FROM take").fetchall())
        device = database.execute("SELECT device_id FROM take WHERE id = ?", (verified,)).fetchone()
        numbers = database.execute("SELECT seq FROM record WHERE device_id = ? ORDER BY seq", device)
        assert [row[0] for row in numbers.fetchall()] == list(range(1, known + 1))
    assert (takes[verified], takes[committed]) == ("verified", "missing")
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKPROOF_HOME", str(served.home))
        assert run_command(["doctor", "--json"], out, err) == 0, err.getvalue() + out.getvalue()
    notes = {note["code"]: note["where"] for note in json.loads(out.getvalue())["notes"]}
    assert notes["chain_ended"].endswith(f"seq {lost[0]} to {lost[-1]}")
    assert committed in notes["capture_lost"]


def test_deleted_by_the_browser_while_filming(playwright: Playwright, tmp_path: Path) -> None:
    """Nothing is taken for kept that is not: the film ends, and the screen says why."""
    place: Prepared = prepared(tmp_path / "home")
    camera = film_of_code(place.label, tmp_path / "camera.mjpeg")
    with (
        serving(place.home) as served,
        browser(
            playwright, tmp_path / "phone", language="vi", viewport=PHONE, camera=camera, touch=True
        ) as context,
    ):
        page = context.pages[0]
        phone, store = Phone(page, served.address), PhoneStore(page)
        phone.enrol(place.enrolment)
        phone.start_shift("An", PIN)
        page.wait_for_url(f"**/parcel/{place.parcel}")
        film(page, place.parcel)
        store.wait("rows.chunks.length >= 1")
        clear(page, served.address, EVICTED)
        expect(page.locator("[data-lost] .message")).to_contain_text("bị xóa")
        expect(page.locator("video")).to_have_count(0)
        look(page, "while-filming")
        page.reload()
        expect(page.locator("[data-lost] .message")).to_contain_text("bị xóa")
        rows = store.rows("journal", "takes", "chunks", "slices", "events")
        assert {name: len(found) for name, found in rows.items()} == dict.fromkeys(rows, 0)


ROOM = """(() => {
  let minutes = 4;
  window.leave = (n) => { minutes = n; };
  navigator.storage.estimate = async () => ({quota: 1e12, usage: 1e12 - minutes * 0.3 * 1024 * 1024 * 60 - 1});
})()"""


def test_room_for_a_film_is_told_and_a_film_whose_file_is_gone_is_named(
    playwright: Playwright, tmp_path: Path
) -> None:
    """Before and during the film, and none is begun without room. A lost film holds up no other."""
    place = prepared(tmp_path / "home")
    camera = film_of_code(place.label, tmp_path / "camera.mjpeg")
    with (
        serving(place.home) as served,
        browser(
            playwright, tmp_path / "phone", language="en", viewport=PHONE, camera=camera, touch=True
        ) as context,
    ):
        context.add_init_script(ROOM)
        page = context.pages[0]
        phone, store = Phone(page, served.address), PhoneStore(page)
        phone.enrol(place.enrolment)
        phone.start_shift("An", PIN)
        page.wait_for_url(f"**/parcel/{place.parcel}")
        no_files(context)
        film(page, place.parcel)
        expect(page.locator(".minutes")).to_have_text("4 min left")
        page.evaluate("() => window.leave(3)")
        expect(page.locator(".minutes")).to_have_text("3 min left")
        phone.tap(0, 1)
        phone.finish()
        page.goto(f"{served.address}/captures")
        expect(page.locator("dp-phone-care .message.warn")).to_contain_text("about 4 minutes")
        page.evaluate(
            "async () => (await navigator.storage.getDirectory()).removeEntry('takes', {recursive: true})"
        )
        context.unroute("**/api/v1/files**")
        page.evaluate("() => window.dispatchEvent(new Event('online'))")
        store.wait("rows.takes.every((take) => take.problem === 'lost')")
        page.reload()
        expect(page.locator(".take-row span.state.bad")).to_contain_text("No longer on this phone")
        page.goto(f"{served.address}/parcel/{place.parcel}")
        page.evaluate("() => window.leave(0)")
        Counting(page).open(place.parcel)
        expect(page.locator(".message", has_text="storage is full")).to_be_visible()
        page.goto(f"{served.address}/parcel/{place.parcel}")
        film(page, place.parcel)
        phone.tap(0, 1)
        phone.finish()
        store.wait("rows.takes.some((take) => take.verifiedAt)")


def test_a_phone_that_remembers_nothing_is_told_by_the_office(playwright: Playwright, tmp_path: Path) -> None:
    """Everything cleared with the app closed, another browser even: the code says whose place it takes."""
    place = prepared(tmp_path / "home")
    camera = film_of_code(place.label, tmp_path / "camera.mjpeg")
    with serving(place.home) as served:
        with browser(
            playwright, tmp_path / "phone", language="en", viewport=PHONE, camera=camera, touch=True
        ) as context:
            Phone(context.pages[0], served.address).enrol(place.enrolment)
        with browser(
            playwright, tmp_path / "emptied", language="en", viewport=PHONE, camera=camera, touch=True
        ) as context:
            page = context.pages[0]
            page.goto(f"{served.address}/scan")
            expect(page.locator(".hint", has_text="in use here before")).to_be_visible()
            look(page, "unknown")
            page.goto(f"{served.address}/enrol#{_code_instead(place)}")
            page.locator("button[form=enrol-form]").click()
            expect(page.locator("dialog h2")).to_contain_text("before")
            page.locator("dialog [data-value=ok]").click()
            expect(page.locator(".people")).to_be_visible()


def _code_instead(place: Prepared) -> str:
    with closing(sqlite3.connect(place.home / "dockproof.db")) as database:
        (device,) = database.execute(
            "SELECT device_id FROM enrolment_code WHERE device_id IS NOT NULL"
        ).fetchone()
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKPROOF_HOME", str(place.home))
        assert run_command(["device", "code", "--in-place-of", device, "--json"], out, err) == 0, (
            err.getvalue()
        )
    code = json.loads(out.getvalue())["code"]
    assert re.fullmatch(r"[0-9A-Z]+", code)
    return str(code)
