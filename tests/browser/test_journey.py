"""The walking skeleton, whole: import → label → enrol → scan → count 23 units over two lines → board → playback."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
import zxingcpp
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from tests.browser.pages.desk import Desk
from tests.browser.pages.phone import Phone
from tests.fixtures.export_1688 import DEMO, write_export
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, TABLET, browser
from tests.support.fake_camera import film_of_label, label_picture
from tests.support.film_reader import bands, has_sound, last_frame, read_text
from tests.support.languages import repeated_in
from tests.support.serving import Served, serving

ORDER = "3657499272179232333"
PICTURES = Path(__file__).resolve().parents[1] / "output"


@pytest.fixture(scope="module")
def playwright() -> Playwright:
    with sync_playwright() as running:
        yield running


def look(page: Page, language: str, name: str) -> None:
    """Keeps a picture for people, and asks machines what they can see: accessibility, clipped text."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{language}-{name}.png", full_page=True)
    assert violations(page) == [], name
    assert clipped(page) == [], name


@pytest.mark.parametrize("language", repeated_in("zh_CN", "vi", "en"))
def test_from_an_export_to_a_filmed_count(playwright: Playwright, tmp_path: Path, language: str) -> None:
    with (
        serving(tmp_path / "home") as served,
        browser(playwright, tmp_path / "desk", language=language, viewport=TABLET) as desk_browser,
    ):
        desk = Desk(desk_browser.pages[0], served.address)
        sheet = import_and_print(desk, served, tmp_path, language)
        desk.add_worker("An", "2468")
        look(desk.page, language, "desk-phones")
        code = desk.enrolment_code()
        look(desk.page, language, "desk-code")
        camera = film_of_label(sheet, tmp_path / "camera.mjpeg")
        with browser(
            playwright, tmp_path / "phone", language=language, viewport=PHONE, camera=camera, touch=True
        ) as phone_browser:
            row = count_on_camera(Phone(phone_browser.pages[0], served.address), code, language)
        board_and_playback(desk, served.home, row, language)


def import_and_print(desk: Desk, served: Served, tmp_path: Path, language: str) -> bytes:
    desk.become_first_owner(served.sign_in_link, language)
    look(desk.page, language, "desk-empty-board")
    write_export(tmp_path / "orders.xlsx", DEMO)
    desk.import_file(tmp_path / "orders.xlsx", account="chi-1688", owner="self")
    assert desk.report()[0] == len(DEMO)
    look(desk.page, language, "desk-import")
    desk.open_order(ORDER)
    look(desk.page, language, "desk-order")
    sheet = desk.print_labels()
    codes = zxingcpp.read_barcodes(label_picture(sheet))
    opened = re.fullmatch(r"(?i)http://127\.0\.0\.1:\d+/L/([0-9A-Z]{10})", codes[0].text)
    assert opened is not None, codes[0].text
    # Whoever is signed in comes from the label to its order.
    desk.open(f"/L/{opened.group(1)}")
    expect(desk.page.locator("h1")).to_contain_text(ORDER)
    return sheet


def count_on_camera(phone: Phone, code: str, language: str) -> dict[str, object]:
    phone.page.goto(f"{phone.address}/enrol#{code}")
    expect(phone.page.locator("button[form=enrol-form]")).to_be_enabled()
    look(phone.page, language, "phone-enrol")
    phone.enrol(code)
    look(phone.page, language, "phone-shift")
    phone.start_shift("An", "2468")
    phone.wait_for_scanned_parcel()
    look(phone.page, language, "phone-parcel")
    phone.film()
    phone.tap(0, 12)
    phone.tap(1, 12)
    phone.undo()
    assert phone.shown_counts() == [12, 11]
    look(phone.page, language, "phone-counting")
    phone.finish()
    assert phone.result() == 23
    look(phone.page, language, "phone-done")
    row = phone.wait_until_verified()
    phone.page.goto(f"{phone.address}/captures")
    expect(phone.page.locator("main")).to_contain_text(ORDER)
    look(phone.page, language, "phone-captures")
    return row


def board_and_playback(desk: Desk, home: Path, row: dict[str, object], language: str) -> None:
    text = str(row["text"])
    claim = re.search(r"^file sha256:([0-9a-f]{64}) (\d+) ", text, re.MULTILINE)
    assert claim is not None
    sha256 = claim.group(1)
    lines = desk.board_row(ORDER)
    assert ["12 / 12" in lines[0], "11 / 12" in lines[1]] == [True, True], lines
    look(desk.page, language, "desk-board")
    desk.open_order(ORDER)
    desk.page.wait_for_function(
        "() => document.querySelector('video')?.poster || (location.reload(), false)", polling=1500
    )
    assert desk.page.locator("[data-hash]").first.inner_text() == sha256
    length = desk.wait_for_film()
    started, stopped = (int(ms) for ms in re.findall(r"^mono (\d+) (\d+)$", text, re.MULTILINE)[0])
    assert abs(length - (stopped - started) / 1000) < 1, "the film is as long as the phone says it filmed"
    last, first = desk.jump_to_unit(23), desk.jump_to_unit(1)
    assert 0 <= first < last <= length
    look(desk.page, language, "desk-film")
    desk.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    look(desk.page, language, "desk-film-on-a-phone")
    desk.open("/")
    look(desk.page, language, "desk-board-on-a-phone")
    film = home / "blobs" / sha256[:2] / sha256[2:4] / sha256
    assert hashlib.sha256(film.read_bytes()).hexdigest() == sha256
    the_film_itself(film, language)


def the_film_itself(film: Path, language: str) -> None:
    """The artefact, not the screen: what stands in the pixels of the original."""
    assert has_sound(film)
    picture = last_frame(film)
    picture.save(PICTURES / f"{language}-take-last-frame.png")
    top, bottom = bands(picture)
    assert ORDER in read_text(top)
    assert re.search(r"\b23\b", read_text(bottom))
