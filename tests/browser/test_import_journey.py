"""Orders in: a file with errors, a stranger's table, late waybills; always seen before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from tests.browser.pages.desk import Desk
from tests.fixtures.export_1688 import DEMO, write_export
from tests.fixtures.order_files import STRANGE_ORDER, strange_rows, text
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, TABLET, browser
from tests.support.languages import repeated_in
from tests.support.serving import serving

PICTURES = Path(__file__).resolve().parents[1] / "output"


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


def look(page: Page, language: str, name: str) -> None:
    """On a tablet and on a phone: a picture for people, and what machines can see."""
    PICTURES.mkdir(exist_ok=True)
    for size, viewport in (("", TABLET), ("-on-a-phone", PHONE)):
        page.set_viewport_size({"width": viewport["width"], "height": viewport["height"]})
        page.screenshot(path=PICTURES / f"{language}-{name}{size}.png", full_page=True)
        assert violations(page) == [], name
        assert clipped(page) == [], name


@pytest.mark.parametrize("language", repeated_in("zh_CN", "vi"))
def test_files_with_errors_and_strange_tables(playwright: Playwright, tmp_path: Path, language: str) -> None:
    with ExitStack() as stack:
        served = stack.enter_context(serving(tmp_path / "home"))
        opened = browser(playwright, tmp_path / "desk", language=language, viewport=TABLET)
        desk = Desk(stack.enter_context(opened).pages[0], served.address)
        desk.become_first_owner(served.sign_in_link, language)
        a_file_with_errors(desk, tmp_path, language)
        a_strangers_table(desk, tmp_path, language)
        late_waybills(desk, language)
        assert not list((tmp_path / "home" / "spool" / "imports").iterdir())


def a_file_with_errors(desk: Desk, folder: Path, language: str) -> None:
    """Rounded and of another buyer: said before anything is written; the rest goes in."""
    orders = [
        replace(DEMO[0], order_no=3657499272179232333),
        *DEMO[1:5],
        replace(DEMO[5], order_no="3658240093116545941"),
    ]
    write_export(folder / "orders.xlsx", orders)
    desk.open("/orders/import")
    look(desk.page, language, "import-form")
    desk.upload_file(folder / "orders.xlsx", account="chi-1688", owner="self")
    assert desk.preview() == [5, 0, 7, 4, 2]
    expect(desk.page.locator(".message.warn")).to_contain_text("545941")
    look(desk.page, language, "import-preview")
    desk.open("/")
    expect(desk.page.locator(".order-link")).to_have_count(0)
    desk.open("/orders/import")
    desk.page.locator("ul.rows a").first.click()
    desk.confirm_import()
    assert desk.report() == [5, 0, 7, 5, 2]
    look(desk.page, language, "import-report")


def a_strangers_table(desk: Desk, folder: Path, language: str) -> None:
    (folder / "agent.csv").write_bytes(text(strange_rows(), "utf-8-sig"))
    desk.upload_file(folder / "agent.csv", account="agent", owner="agent")
    assert desk.page.locator("select[name=quantity]").input_value() == "SL"
    assert "Số điện thoại" not in desk.page.locator("select[name=title]").inner_text()
    look(desk.page, language, "import-columns")
    desk.choose_columns({"remark": ""})
    assert desk.preview() == [1, 0, 1, 1, 1]
    desk.confirm_import()
    desk.upload_file(folder / "agent.csv", account="agent", owner="agent")
    assert desk.preview() == [0, 1, 1, 1, 1], "the choice of columns is remembered"
    desk.page.locator("form[action$='/discard'] button").click()
    expect(desk.page.locator("#file")).to_be_visible()


def late_waybills(desk: Desk, language: str) -> None:
    desk.paste_table(f"{STRANGE_ORDER}\tYT7598163190999\n3657499272179123333\tYT7598163190998")
    assert desk.preview() == [0, 1, 0, 1, 1]
    look(desk.page, language, "import-pasted")
    desk.confirm_import()
    assert desk.report() == [0, 1, 0, 1, 1]
    desk.open(f"/orders/{STRANGE_ORDER}")
    expect(desk.page.locator("main")).to_contain_text("YT7598163190999")
