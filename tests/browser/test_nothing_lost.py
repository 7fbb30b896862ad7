"""Suite: 5 kills of the browser; `make soak`: 50. A full disk, two tabs, a clock far off, a cold start offline."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from tests.browser.pages.phone import Phone
from tests.browser.pages.phone_store import PhoneStore
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, browser
from tests.support.fake_camera import film_of_code
from tests.support.mortal_phone import Prepared, film, prepared, run
from tests.support.serving import Served, serving
from webapp.cli.main import run as run_command
from webapp.usecases.demo import PIN

PICTURES = Path(__file__).resolve().parents[1] / "output"


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture
def place(tmp_path: Path) -> Prepared:
    return prepared(tmp_path / "home")


def enrolled(page: Page, served: Served, place: Prepared) -> Phone:
    phone = Phone(page, served.address)
    phone.enrol(place.enrolment)
    phone.start_shift("An", PIN)
    page.wait_for_url(f"**/parcel/{place.parcel}")
    return phone


def wait_for_worker(page: Page) -> None:
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def test_five_kills_lose_at_most_the_slice_that_was_not_written(
    playwright: Playwright, tmp_path: Path
) -> None:
    run(playwright, tmp_path, kills=5, seed=6)


def test_a_day_without_a_network_from_a_cold_start(
    playwright: Playwright, tmp_path: Path, place: Prepared
) -> None:
    """Receives and films with the server gone, is told "no", saves a file; the desk imports it; then it is verified."""
    camera = film_of_code(place.label, tmp_path / "camera.mjpeg")
    profile = tmp_path / "phone"
    with (
        serving(place.home) as served,
        browser(playwright, profile, language="zh_CN", viewport=PHONE, camera=camera, touch=True) as context,
    ):
        enrolled(context.pages[0], served, place)
        wait_for_worker(context.pages[0])
    with browser(playwright, profile, language="zh_CN", viewport=PHONE, camera=camera, touch=True) as context:
        page = context.pages[0]
        page.goto(f"{served.address}/scan")
        page.wait_for_url(f"**/parcel/{place.parcel}")
        film(page, place.parcel)
        phone = Phone(page, served.address)
        phone.tap(0, 3)
        phone.finish()
        assert phone.result() == 3
        page.goto(f"{served.address}/captures")
        expect(page.locator("[data-totals]")).to_be_visible()
        look(page, "captures-offline")
        page.locator("[data-save-queue]").scroll_into_view_if_needed()
        look(page, "care")
        page.locator("[data-safe]").click()
        expect(page.locator("dialog h2")).to_contain_text("还没有")
        look(page, "safe-no")
        page.locator("dialog [data-value=ok]").click()
        saved = save_queue(page, tmp_path / "queue.zip")
        assert bring(saved, place.home)["files"] == 1
        # The phone knows the server by its address alone.
        with again(place.home, served.port):
            page.evaluate("() => window.dispatchEvent(new Event('online'))")
            PhoneStore(page).wait("rows.takes.length === 1 && rows.takes[0].verifiedAt")
            page.locator("[data-safe]").click()
            expect(page.locator("dialog h2")).to_contain_text("是")
            look(page, "safe-yes")
    assert bring(saved, place.home)["accepted"] == 0


@contextmanager
def again(home: Path, port: int) -> Iterator[Served]:
    served = Served(home, port=port)
    try:
        yield served
    finally:
        served.kill()


def look(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"nothing-lost-{name}.png", full_page=True)
    assert violations(page) == [], name
    assert clipped(page) == [], name


def save_queue(page: Page, path: Path) -> Path:
    # As on phones, which have no file picker for saving.
    page.evaluate("() => { delete window.showSaveFilePicker; window.showSaveFilePicker = undefined; }")
    with page.expect_download() as download:
        page.locator("[data-save-queue]").click()
    assert re.fullmatch(r"dockproof-queue-\d{8}T\d{4}\.zip", download.value.suggested_filename)
    download.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
    return path


def bring(path: Path, home: Path) -> dict[str, int]:
    """What the desk's command says."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKPROOF_HOME", str(home))
        assert run_command(["import-queue", str(path), "--json"], out, err) == 0, err.getvalue()
    told: dict[str, int] = json.loads(out.getvalue())
    return told


def test_a_full_disk_ends_the_take_with_what_is_written(
    playwright: Playwright, tmp_path: Path, place: Prepared
) -> None:
    camera = film_of_code(place.label, tmp_path / "camera.mjpeg")
    with (
        serving(place.home) as served,
        browser(
            playwright, tmp_path / "phone", language="en", viewport=PHONE, camera=camera, touch=True
        ) as context,
    ):
        page = context.pages[0]
        enrolled(page, served, place)
        store = PhoneStore(page)
        film(page, place.parcel)
        store.wait("rows.chunks.length >= 2")
        session = context.new_cdp_session(page)
        session.send("Storage.overrideQuotaForOrigin", {"origin": served.address, "quotaSize": 1})
        store.wait("rows.takes.every((take) => take.closed) || document.querySelector('dialog, .message')")
        session.send("Storage.overrideQuotaForOrigin", {"origin": served.address})
        page.goto(f"{served.address}/scan")
        store.wait("rows.takes.length === 1 && rows.takes[0].verifiedAt")
        (take,) = [row for row in store.rows("journal")["journal"] if row["kind"] == "take"]
        assert "closed interrupted" in take["text"]


def test_two_tabs_film_one_at_a_time_and_send_once(
    playwright: Playwright, tmp_path: Path, place: Prepared
) -> None:
    camera = film_of_code(place.label, tmp_path / "camera.mjpeg")
    with (
        serving(place.home) as served,
        browser(
            playwright, tmp_path / "phone", language="en", viewport=PHONE, camera=camera, touch=True
        ) as context,
    ):
        page = context.pages[0]
        phone = enrolled(page, served, place)
        film(page, place.parcel)
        phone.tap(0, 2)
        other = context.new_page()
        other.goto(f"{served.address}/captures")
        other.locator("[data-save-queue]").wait_for()
        other.evaluate("() => { window.showSaveFilePicker = undefined; }")
        other.locator("[data-save-queue]").click()
        expect(other.locator("dp-phone-care .message.error")).to_contain_text("filming")
        phone.finish()
        row = phone.wait_until_verified()
        assert "closed complete" in row["text"], "the other tab did not take it for a lost one"
        kinds = [one["kind"] for one in phone.journal()]
        assert (kinds.count("take-open"), kinds.count("take")) == (1, 1)


@pytest.mark.parametrize("years", [-10, 10])
def test_ten_years_off_the_work_goes_on_and_is_sent(
    playwright: Playwright, tmp_path: Path, place: Prepared, years: int
) -> None:
    camera = film_of_code(place.label, tmp_path / "camera.mjpeg")
    with (
        serving(place.home) as served,
        browser(
            playwright, tmp_path / "phone", language="en", viewport=PHONE, camera=camera, touch=True
        ) as context,
    ):
        # Only the wall clock: timers and the monotonic clock run as ever.
        context.add_init_script(
            f"""{{ const real = Date.now.bind(Date), off = {years} * 365 * 86400000, Then = Date;
              globalThis.Date = class extends Then {{
                constructor(...a) {{ if (a.length) super(...a); else super(real() + off); }}
                static now() {{ return real() + off; }}
              }}; }}"""
        )
        page = context.pages[0]
        phone = enrolled(page, served, place)
        film(page, place.parcel)
        phone.tap(0, 2)
        phone.finish()
        phone.wait_until_verified()
        offsets = [re.search(r"^offset (-?\d+)", row["text"], re.MULTILINE) for row in phone.journal()]
        told = [int(one.group(1)) for one in offsets if one]
        assert told and all(abs(ms + years * 365 * 86_400_000) < 60_000 for ms in told)
