"""Under pressure: from a forwarder's chat message to the order in two interactions; a board of one's own to a file."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright
from sqlalchemy import select

from tests.browser.pages.board import Board
from tests.browser.pages.desk import Desk
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, TABLET, browser
from tests.support.languages import repeated_in
from tests.support.serving import serving
from webapp.adapters.catalogues import catalogue
from webapp.config import read_settings
from webapp.store.schema import Order
from webapp.store.schema_claims import Claim
from webapp.usecases.case_verify import verify_case_file
from webapp.wiring import build_services

PICTURES = Path(__file__).resolve().parents[1] / "output"
FILMED, PARTLY, OUTSTANDING = "3657499272179232333", "3657512208415232333", "3658001177320232333"
NOTE = "【承运公司】圆通速递(YTO)\n【运单号】YT7598163190233\n晨光 + 齐"
LONG_NOTE = (
    f"{NOTE}\n中通 79026301712135 未齐\n韵达快递 435337210043705青瓷，齐\n电话 13800138000 2026-11-21 共3件"
)


@pytest.fixture(scope="module")
def playwright() -> Playwright:
    with sync_playwright() as running:
        yield running


def look(page: Page, language: str, name: str) -> None:
    """On a table and on a phone; asks machines what they can see."""
    PICTURES.mkdir(exist_ok=True)
    for size, where in ((TABLET, ""), (PHONE, "-on-a-phone")):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        page.screenshot(path=PICTURES / f"{language}-{name}{where}.png", full_page=True)
        assert violations(page) == [], name
        assert clipped(page) == [], name
    page.set_viewport_size({"width": TABLET["width"], "height": TABLET["height"]})


@pytest.mark.parametrize("language", repeated_in("zh_CN", "vi"))
def test_from_a_note_to_the_order_and_from_filters_to_a_file(
    playwright: Playwright, tmp_path: Path, language: str
) -> None:
    with (
        serving(tmp_path / "home", "--demo") as served,
        browser(playwright, tmp_path / "desk", language=language, viewport=TABLET) as desk,
    ):
        Desk(desk.pages[0], served.address).enter_demo(served.sign_in_link, language)
        board = Board(desk.pages[0], served.address)
        board.speak(language)
        if language == "zh_CN":
            the_sealed_file_is_three_interactions_away(board, tmp_path)
        the_note_leads_to_its_orders(board, language)
        the_filtered_board_becomes_a_view_and_a_file(board, language)


def in_hand(home: Path) -> dict[str, str]:
    """What somebody may have of the filmed order: numbers, its label, names, a day, its claim."""
    services = build_services(read_settings({"DOCKPROOF_HOME": str(home)}, home))
    with services.database.read() as session:
        order = session.scalars(select(Order).where(Order.order_no == FILMED)).one()
        claim = session.scalars(select(Claim).where(Claim.order_id == order.id)).one()
        assert order.placed_at is not None
        found = {
            "order": order.order_no,
            "waybill": order.waybills[0].number_raw,
            "label": order.parcels[0].labels[0].code,
            "supplier": order.supplier.company[3:5],
            "goods": order.lines[0].title[:4],
            "customer": order.parcels[0].organisation.customer_code,
            "ordered on": f"{order.placed_at.astimezone(ZoneInfo('Asia/Shanghai')):%d/%m/%Y}",
            "received on": f"{order.received_at:%Y-%m-%d}",
            "claim": f"索赔 {claim.number}",
        }
    services.database.engine.dispose()
    return found


def the_sealed_file_is_three_interactions_away(board: Board, folder: Path) -> None:
    """S3-14, under pressure: from whatever is in hand. A question sent, a line of its answer, the button."""
    for what, text in in_hand(folder / "home").items():
        board.open()
        board.paste_into_search(text)
        interactions = 1
        board.page.wait_for_load_state()
        if not board.page.url.endswith(f"/orders/{FILMED}"):
            board.page.locator(f"a.order-link[href='/orders/{FILMED}']").first.click()
            interactions += 1
        with board.page.expect_download() as waiting:
            board.page.locator("#case-file button.main").click()
        interactions += 1
        assert interactions <= 3, what
        assert waiting.value.suggested_filename == f"case-{FILMED}.zip", what
        kept = folder / f"{what}.zip"
        waiting.value.save_as(kept)
    assert verify_case_file(kept).ok


def the_note_leads_to_its_orders(board: Board, language: str) -> None:
    board.paste_into_search(NOTE)
    assert board.order_shown() == FILMED
    board.paste_into_search("YT7598163190233\n79026301712135")
    expect(board.page.locator(".hits .order-link")).to_have_text([FILMED, PARTLY])
    board.open("/find")
    look(board.page, language, "desk-find")
    board.paste_note(LONG_NOTE)
    expect(board.page.locator(".unidentified .code").first).to_have_text("435337210043705")
    assert board.orders() == [FILMED, PARTLY, OUTSTANDING]
    look(board.page, language, "desk-find-note")
    board.page.locator(".hits .order-link", has_text=PARTLY).first.click()
    assert board.order_shown() == PARTLY


def the_filtered_board_becomes_a_view_and_a_file(board: Board, language: str) -> None:
    words = catalogue(language)
    board.open()
    expect(board.page.locator(".dong").first).to_have_text(words["board.dong_unknown"])
    board.state_rate("3.580,5")
    look(board.page, language, "desk-rate")
    board.open()
    board.filter(supplier="晨光", sort="stake")
    assert board.orders() == ["3658240093116232333", FILMED]
    board.save_view("晨光")
    look(board.page, language, "desk-board-filtered")
    board.open()
    expect(board.page.locator(".order-link")).to_have_count(5)
    look(board.page, language, "desk-board-stakes")
    board.open_view("晨光")
    text = board.spreadsheet()
    assert text.startswith("\ufeff" + words["order.number"])
    rows = list(csv.reader(io.StringIO(text[1:], newline="")))
    assert [row[0] for row in rows[1:]] == ["'3658240093116232333", f"'{FILMED}"]
    assert rows[1][rows[0].index(words["board.stake_dong"])] == "4973315"
    board.page.locator(".views form button").click()
    expect(board.page.locator(".views")).to_have_count(0)
