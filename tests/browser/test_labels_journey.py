"""Blank labels: printed at the desk, stuck on at the dock, bound by the waybill, found again; also offline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from tests.browser.pages.desk import Desk
from tests.browser.pages.phone import Phone
from tests.fixtures.export_1688 import DEMO, write_export
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, TABLET, browser
from tests.support.fake_camera import film_of_label
from tests.support.serving import serving
from webapp.domain.labels import parse_label, printed_code

PICTURES = Path(__file__).resolve().parents[1] / "output"
ORDER = "3657499272179232333"


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


def look(page: Page, language: str, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{language}-labels-{name}.png", full_page=True)
    assert violations(page) == [], name
    assert clipped(page) == [], name


def print_roll(desk: Desk, language: str) -> tuple[bytes, str]:
    desk.open("/labels")
    look(desk.page, language, "desk")
    desk.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    look(desk.page, language, "desk-on-a-phone")
    desk.page.set_viewport_size({"width": TABLET["width"], "height": TABLET["height"]})
    desk.page.fill("#count", "2")
    desk.page.select_option("#blank-stock", "60x40")
    with desk.page.expect_download() as waiting:
        desk.page.locator("#blank button[type=submit]").click()
    pdf = Path(waiting.value.path()).read_bytes()
    assert len(pypdfium2.PdfDocument(pdf)) == 2
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=203 / 72).to_pil()
    code = parse_label(zxingcpp.read_barcodes(picture)[0].text).code
    assert code is not None
    return pdf, code


def waybill_of(desk: Desk) -> str:
    desk.open_order(ORDER)
    desk.page.locator(".print-more summary").click()
    return desk.page.locator("#parcels .waybill .code").first.inner_text()


def bind(phone: Phone, code: str, waybill: str, language: str) -> str:
    """The camera has read the blank label; the waybill is typed, a person confirms. Returns the parcel's id."""
    page = phone.page
    expect(page.locator("dp-bind")).to_contain_text(printed_code(code))
    expect(page.locator("dp-bind .frame")).to_be_attached()
    look(page, language, "phone-not-bound")
    page.locator("dp-bind .foot button.big").first.click()
    page.fill("#typed-code", "000000000000")
    page.locator("#type-form button[type=submit]").click()
    expect(page.locator("dp-bind .message.warn")).to_be_visible()
    assert page.locator(".bind-sticker").count() == 0
    look(page, language, "phone-which-parcel")
    page.fill("#typed-code", waybill)
    page.locator("#type-form button[type=submit]").click()
    expect(page.locator("dialog.sheet")).to_contain_text(waybill)
    look(page, language, "phone-confirm")
    page.locator("dialog .sheet-choices button").first.click()
    page.wait_for_url("**/parcel/*")
    expect(page.locator("dp-parcel")).to_contain_text(printed_code(code))
    look(page, language, "phone-bound")
    return page.url.rpartition("/")[2]


def wait_for_answer(phone: Phone) -> dict[str, Any]:
    """The bind record's row, once the server has answered for it."""
    # Awaited in the page: wait_for_function takes a promise itself for the truth.
    phone.page.evaluate(
        """async () => {
          const accepted = () => new Promise((resolve) => {
            const opening = indexedDB.open('dockproof');
            opening.onsuccess = () => {
              const all = opening.result.transaction('journal').objectStore('journal').getAll();
              all.onsuccess = () => {
                opening.result.close();
                resolve(all.result.some((row) => row.kind === 'bind' && row.state === 'accepted'));
              };
            };
          });
          for (let tries = 0; tries < 300; tries += 1) {
            if (await accepted()) return;
            await new Promise((resolve) => setTimeout(resolve, 200));
          }
          throw new Error('no answer for the binding');
        }"""
    )
    return next(row for row in phone.journal() if row["kind"] == "bind")


@pytest.mark.parametrize(("language", "offline"), [("zh_CN", False), ("vi", True)])
def test_a_blank_label_is_bound_at_its_first_scan(
    playwright: Playwright, tmp_path: Path, language: str, offline: bool
) -> None:
    with (
        serving(tmp_path / "home") as served,
        browser(playwright, tmp_path / "desk", language=language, viewport=TABLET) as desk_browser,
    ):
        desk = Desk(desk_browser.pages[0], served.address)
        desk.become_first_owner(served.sign_in_link, language)
        write_export(tmp_path / "orders.xlsx", DEMO)
        desk.import_file(tmp_path / "orders.xlsx", account="chi-1688", owner="self")
        waybill = waybill_of(desk)
        look(desk.page, language, "order-panel")
        pdf, code = print_roll(desk, language)
        desk.add_worker("An", "2468")
        enrolment = desk.enrolment_code()
        camera = film_of_label(pdf, tmp_path / "camera.mjpeg")
        with browser(
            playwright, tmp_path / "phone", language=language, viewport=PHONE, camera=camera, touch=True
        ) as phone_browser:
            phone = Phone(phone_browser.pages[0], served.address)
            phone.enrol(enrolment)
            phone.start_shift("An", "2468")
            phone.page.wait_for_url("**/scan?bind=*")
            if offline:
                phone_browser.set_offline(True)
            parcel = bind(phone, code, waybill, language)
            # The label is still before the camera: now it opens the parcel by itself.
            phone.page.locator("header button").first.click()
            assert phone.wait_for_scanned_parcel() == parcel
            phone_browser.set_offline(False)
            assert wait_for_answer(phone)["receipt"]["findings"] == []
        desk.open_order(ORDER)
        expect(desk.page.locator("#parcels .label-codes")).to_contain_text(printed_code(code))
        desk.open("/labels")
        assert re.search(r"1\D+2|1/2", desk.page.locator("#blank ul.rows").inner_text())
