"""An's count is cut off; Binh goes on with it on another phone: one count, both names, a gap between two films."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser.pages.counting import Counting
from tests.browser.pages.phone import Phone
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, browser
from tests.support.fake_camera import film_of_code
from tests.support.serving import Served, serving
from tests.support.table import Table, lay_table
from webapp.usecases import plans
from webapp.usecases.demo import PIN
from webapp.usecases.receiving_record import receiving_record

PICTURES = Path(__file__).resolve().parents[1] / "output"


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return lay_table(tmp_path / "home", plans.PlanWords("default", "count", "a new supplier"))


def look(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"taken-over-{name}.png")
    assert violations(page) == [], name
    assert clipped(page) == [], name


def at_the_parcel(context: BrowserContext, served: Served, table: Table, worker: str) -> Phone:
    phone = Phone(context.pages[0], served.address)
    phone.enrol(table.enrolment())
    phone.start_shift(worker, PIN)
    phone.wait_for_scanned_parcel()
    expect(phone.page.locator("dp-parcel .code").first).to_be_visible()
    return phone


def test_a_count_goes_on_where_another_phone_was_cut_off(
    playwright: Playwright, table: Table, tmp_path: Path
) -> None:
    camera = film_of_code(table.label, tmp_path / "camera.mjpeg")
    looks = {"viewport": PHONE, "camera": camera, "touch": True}
    with serving(table.home) as served:
        with browser(playwright, tmp_path / "an", language="vi", **looks) as context:
            an_is_cut_off(at_the_parcel(context, served, table, "An"))
        with browser(playwright, tmp_path / "binh", language="zh_CN", **looks) as context:
            binh_goes_on(at_the_parcel(context, served, table, "Binh"))
    (parcel,) = receiving_record(
        table.services.database, organisation_id=table.owner.organisation_id, order_no=table.order_no
    ).parcels
    first, second = parcel.stages[0].counts
    assert (first.total, second.total, second.counted, second.part) == (11, 13, 24, 2)
    assert (second.stands, second.before) == (True, (first.worker,))
    assert first.worker != second.worker and second.gap is not None


def an_is_cut_off(phone: Phone) -> None:
    phone.film()
    phone.tap(0, 8)
    phone.tap(1, 3)
    phone.page.go_back()
    phone.page.locator("dialog [data-value=leave]").click()
    assert phone.result() == 11
    phone.wait_until_verified()


def binh_goes_on(phone: Phone) -> None:
    """Nothing here says 24: what was ordered stays hidden, what An counted does not."""
    told = phone.page.locator(".message.info", has_text="An")
    expect(told).to_contain_text("11")
    phone.stage("count")  # what An did with the closed parcel is known here
    phone.page.locator(".shutter, .shutter-plain").first.click()
    card = phone.page.locator(".trouble")
    expect(card.locator(".message")).to_contain_text("11")
    assert card.locator(".amount").all_inner_texts() == ["8", "3"]
    look(phone.page, "asked")
    card.locator("[data-go-on]").click()
    Counting(phone.page).wait_until_running()
    assert phone.shown_counts() == [8, 3], "the count goes on where it was"
    phone.tap(0, 4)
    phone.tap(1, 9)
    assert phone.shown_counts() == [12, 12]
    look(phone.page, "running")
    assert "24" in Counting(phone.page).ask_to_finish(), "and it does not differ: nothing asks for a recount"
    Counting(phone.page).answer("yes")
    assert phone.result() == 24
    expect(phone.page.locator("[data-story=from]").first).to_contain_text("11")
    look(phone.page, "done")
    phone.wait_until_verified()
