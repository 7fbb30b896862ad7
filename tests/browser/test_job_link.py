"""A parcel photographed by somebody who has nothing but a link from a chat."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from tests.browser.pages.desk import Desk
from tests.fixtures.export_1688 import DEMO, write_export
from tests.support.axe import clipped, violations
from tests.support.browsers import LOCALES, PHONE, TABLET, browser
from tests.support.serving import serving

ORDER = "3657499272179232333"
PICTURES = Path(__file__).resolve().parents[1] / "output"


@pytest.fixture(scope="module")
def playwright() -> Playwright:
    with sync_playwright() as running:
        yield running


def look(page: Page, language: str, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{language}-{name}.png", full_page=True)
    assert violations(page) == [], name
    assert clipped(page) == [], name


def photo(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1600, 1200), (shade, 120, 60)).save(out, "JPEG")
    return out.getvalue()


def test_a_parcel_is_photographed_by_a_link_from_a_chat(playwright: Playwright, tmp_path: Path) -> None:
    with (
        serving(tmp_path / "home") as served,
        browser(playwright, tmp_path / "desk", language="en", viewport=TABLET) as office,
    ):
        desk = Desk(office.pages[0], served.address)
        desk.become_first_owner(served.sign_in_link, "en")
        write_export(tmp_path / "orders.xlsx", DEMO)
        desk.import_file(tmp_path / "orders.xlsx", account="chi-1688", owner="self")
        desk.open_order(ORDER)
        desk.page.locator(".job-make summary").first.click()
        desk.page.locator(".job-make button[type=submit]").first.click()
        link = desk.page.locator("[data-job-link]").get_attribute("data-job-link")
        assert link is not None
        look(desk.page, "en", "desk-job-link")
        for number, language in enumerate(LOCALES, 1):
            with browser(
                playwright, tmp_path / language, language=language, viewport=PHONE, touch=True
            ) as chat:
                send_one(chat.pages[0], link, language, number)
        desk.open_order(ORDER)
        expect(desk.page.locator(".job-list li")).to_have_count(3)
        expect(desk.page.locator(".job-captures")).to_contain_text("not signed by an enrolled phone")
        look(desk.page, "en", "desk-job-captures")
        desk.page.locator(".job-open button").first.click()
        expect(desk.page.locator(".job-open")).to_have_count(0)
        with browser(playwright, tmp_path / "late", language="zh_CN", viewport=PHONE) as late:
            page = late.pages[0]
            page.goto(link)
            expect(page.locator("form[data-job]")).to_have_count(0)
            look(page, "zh_CN", "job-closed")


def send_one(page: Page, link: str, language: str, number: int) -> None:
    page.goto(link)
    expect(page.locator("html")).to_have_attribute("lang", {"zh_CN": "zh-CN"}.get(language, language))
    page.fill("#note", f"{number}")
    page.set_input_files("#photo", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo(number * 40)})
    expect(page.locator('.job-sent [data-state="sent"]')).to_have_count(1)
    page.set_input_files("#film", {"name": "a.mp4", "mimeType": "video/mp4", "buffer": b"no film at all"})
    expect(page.locator('.job-sent [data-state="failed"]')).to_have_count(1)
    look(page, language, "job")
