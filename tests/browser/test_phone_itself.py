"""A phone's own matters in real Chromium: it changes its key, a crash between is made good; a label of another dock."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, Route, sync_playwright

from tests.browser.pages.desk import Desk
from tests.browser.pages.phone import Phone
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, TABLET, browser, kill_browser
from tests.support.fake_camera import film_of_code
from tests.support.languages import repeated_in
from tests.support.serving import Served, serving
from webapp.domain.labels import label_code
from webapp.usecases.demo import PIN

PICTURES = Path(__file__).resolve().parents[1] / "output"
ELSEWHERE = f"https://dock.example/L/{label_code(b'elsewhere')}"
WAYBILLS = ("79026301712135", "79030031408885")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


def look(page: Page, language: str, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{language}-{name}.png", full_page=True)
    assert violations(page) == [], name
    assert clipped(page) == [], name


def told(served: Served, query: str) -> list[tuple[object, ...]]:
    """What stands in the server's database."""
    with closing(sqlite3.connect(served.home / "dockproof.db")) as database:
        return database.execute(query).fetchall()


def enrolment(playwright: Playwright, served: Served, tmp_path: Path, language: str) -> str:
    with browser(playwright, tmp_path / "desk", language=language, viewport=TABLET) as desk_browser:
        desk = Desk(desk_browser.pages[0], served.address)
        desk.enter_demo(served.sign_in_link, language)
        return desk.enrolment_code()


@pytest.mark.parametrize("language", repeated_in("zh_CN", "vi"))
def test_a_label_of_another_dock_and_a_new_key(playwright: Playwright, tmp_path: Path, language: str) -> None:
    camera = film_of_code(ELSEWHERE, tmp_path / "camera.mjpeg")
    with serving(tmp_path / "home", "--demo") as served:
        code = enrolment(playwright, served, tmp_path, language)
        before = told(served, "SELECT COUNT(*) FROM record")[0][0]
        with browser(
            playwright, tmp_path / "phone", language=language, viewport=PHONE, camera=camera, touch=True
        ) as phone_browser:
            phone = Phone(phone_browser.pages[0], served.address)
            phone.enrol(code)
            phone.start_shift("An", PIN)
            link = phone.other_dock()
            assert link == ELSEWHERE
            look(phone.page, language, "phone-other-dock")
            count_one(phone, WAYBILLS[0])
            phone.open_settings()
            look(phone.page, language, "phone-settings")
            phone.change_key()
            look(phone.page, language, "phone-key-changed")
            phone.page.goto(f"{phone.address}/scan")
            count_one(phone, WAYBILLS[1])
            sent = len(phone.journal())
        assert {row[0] for row in told(served, f"SELECT findings FROM record WHERE rowid > {before}")} == {
            "[]"
        }
        assert told(served, "SELECT COUNT(*) FROM record")[0][0] == before + sent
        assert len(told(served, "SELECT 1 FROM device_key")) == 1
        assert len(told(served, "SELECT 1 FROM log_entry WHERE text LIKE 'type key%'")) == 1


def test_a_phone_that_dies_while_its_key_changes_goes_on_by_itself(
    playwright: Playwright, tmp_path: Path
) -> None:
    """The server has changed the key, the answer never came, and the phone is dead."""
    camera = film_of_code(ELSEWHERE, tmp_path / "camera.mjpeg")
    profile = tmp_path / "phone"
    with serving(tmp_path / "home", "--demo") as served:
        code = enrolment(playwright, served, tmp_path, "vi")
        before = told(served, "SELECT COUNT(*) FROM record")[0][0]
        with browser(
            playwright, profile, language="vi", viewport=PHONE, camera=camera, touch=True
        ) as phone_browser:
            phone = Phone(phone_browser.pages[0], served.address)
            phone.enrol(code)
            phone.start_shift("An", PIN)
            count_one(phone, WAYBILLS[0])
            phone.open_settings()

            def die(route: Route) -> None:
                answer = route.fetch()
                if answer.status == 200:
                    kill_browser(profile)
                else:
                    route.fulfill(response=answer)

            phone_browser.route("**/api/v1/keys", die)
            with phone_browser.expect_event("close"):
                phone.begin_key_change()
        assert len(told(served, "SELECT 1 FROM device_key")) == 1
        with browser(
            playwright, profile, language="vi", viewport=PHONE, camera=camera, touch=True
        ) as phone_browser:
            phone = Phone(phone_browser.pages[0], served.address)
            phone.page.goto(f"{phone.address}/scan")
            count_one(phone, WAYBILLS[1])
            assert {row["state"] for row in phone.journal()} == {"accepted"}
            assert phone.key_waits() is False
        found = {row[0] for row in told(served, f"SELECT findings FROM record WHERE rowid > {before}")}
        assert found == {"[]"}
        assert len(told(served, "SELECT 1 FROM device_key")) == 1


def count_one(phone: Phone, waybill: str) -> None:
    phone.type_code(waybill)
    phone.page.wait_for_url("**/parcel/*")
    phone.film()
    phone.tap(0, 1)
    phone.finish()
    phone.wait_until_verified()
    phone.page.goto(f"{phone.address}/scan")
