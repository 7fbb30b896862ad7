"""The ID of one received item (S2-26): the camera reads the goods' own barcode, and its picture is kept with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser.pages.inspecting import Inspecting
from tests.browser.pages.receiving import Receiver
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, browser
from tests.support.fake_camera import ean13, film_of_picture
from tests.support.serving import serving
from tests.support.table import Table, lay_table
from webapp.domain.stickers import read_spelling
from webapp.usecases import plans
from webapp.usecases.demo import PIN

PICTURES = Path(__file__).resolve().parents[1] / "output"
BARCODE = "6901234567892"


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return lay_table(tmp_path / "home", plans.PlanWords("default", "count", "a new supplier"))


def test_the_camera_reads_the_barcode_on_the_wrong_item(
    playwright: Playwright, table: Table, tmp_path: Path
) -> None:
    camera = film_of_picture(ean13(BARCODE), tmp_path / "camera.mjpeg")
    with (
        serving(table.home) as served,
        browser(
            playwright, tmp_path / "phone", language="vi", viewport=PHONE, camera=camera, touch=True
        ) as context,
    ):
        receiver = Receiver(context.pages[0], served.address)
        receiver.enrol(table.enrolment())
        receiver.start_shift("An", PIN)
        receiver.open_parcel(table.label)
        receiver.leave_out_closed_steps()
        inspecting = Inspecting(receiver.page)
        inspecting.open(f"/parcel/{table.parcel}?discrepancy=wrong_parcel")
        inspecting.press("state")
        receiver.page.locator("[data-row=item_id] [data-shoot]").click()
        expect(receiver.page.locator("#item-id")).to_have_value(BARCODE)
        PICTURES.mkdir(exist_ok=True)
        receiver.page.screenshot(path=PICTURES / "item-id-read.png")
        assert (violations(receiver.page), clipped(receiver.page)) == ([], [])
        inspecting.shoot()
        expect(receiver.page.locator("[data-row=item_id] [data-item-id]")).to_contain_text(BARCODE)
        receiver.wait_until_sent()
    (kept,) = table.facts("item-id")
    (stated,) = table.facts("discrepancy")
    assert (read_spelling(kept.said["text"]), kept.said["about"]) == (BARCODE, stated.id)
    assert [photo.slot for photo in table.facts("photo")] == ["EV-10"]
