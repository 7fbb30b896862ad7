"""What a phone's own browser may offer: lamp, zoom, several cameras, a share sheet. No machine in CI has them: the
browser's functions are stood in for, ours are what runs.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright, expect

from tests.browser.pages.inspecting import Inspecting
from tests.browser.pages.receiving import Receiver
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, browser
from tests.support.fake_camera import film_of_picture
from tests.support.serving import serving
from tests.support.table import Table, lay_table
from webapp.usecases.demo import PIN
from webapp.usecases.plans import PlanWords

PICTURES = Path(__file__).resolve().parents[1] / "output"
WAYBILL = "YT7598163190233"
NO_LENS = """MediaStreamTrack.prototype.getCapabilities = () => ({})"""
LENS = """{
  window.lens = { applied: [], opened: [] };
  const track = MediaStreamTrack.prototype;
  track.getCapabilities = () => ({ torch: true, zoom: { min: 100, max: 300, step: 1 } });
  track.applyConstraints = async ({ advanced: [one] }) => void window.lens.applied.push(one);
  const { mediaDevices } = navigator;
  mediaDevices.enumerateDevices = async () => ['wide', 'near'].map((deviceId) => ({ kind: 'videoinput', deviceId }));
  const real = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async ({ video: { deviceId, ...video }, ...rest }) => {
    const camera = deviceId?.exact ?? 'wide';
    window.lens.opened.push(camera);
    const stream = await real({ video, ...rest });
    for (const one of stream.getVideoTracks()) one.getSettings = () => ({ deviceId: camera });
    return stream;
  };
}"""
SHARE = """{
  window.shared = [];
  navigator.canShare = ({ files }) => !window.textOnly || !files;
  navigator.share = async ({ files = [], text }) => {
    if (window.refuses) throw new DOMException('by the person or the system', window.refuses);
    window.shared.push({ text, files: await Promise.all(files.map(async (file) => ({
      name: file.name, type: file.type, bytes: [...new Uint8Array(await file.arrayBuffer())],
    }))) });
  };
}"""
NO_SHARE = "delete Navigator.prototype.share; delete Navigator.prototype.canShare"


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return lay_table(tmp_path / "home", PlanWords("default", "condition_weight", "long known"))


@pytest.fixture
def receiver(playwright: Playwright, table: Table, tmp_path: Path) -> Iterator[Receiver]:
    camera = film_of_picture(Image.new("RGB", (900, 600)), tmp_path / "camera.mjpeg")
    with (
        serving(table.home) as served,
        browser(
            playwright, tmp_path / "phone", language="zh_CN", viewport=PHONE, camera=camera, touch=True
        ) as context,
    ):
        context.grant_permissions(["camera", "microphone", "clipboard-read", "clipboard-write"])
        receiver = Receiver(context.pages[0], served.address)
        receiver.enrol(table.enrolment())
        receiver.start_shift("An", PIN)
        yield receiver


def look(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"zh_CN-lens-{name}.png")
    assert violations(page) == [], name
    assert clipped(page) == [], name


def test_what_the_phone_can_do_is_offered_and_nothing_else(receiver: Receiver, table: Table) -> None:
    page = receiver.page
    with_browser(page, NO_LENS)
    expect(page.locator(".reader-lens")).to_be_attached()
    expect(page.locator(".lens")).to_have_count(0)
    with_browser(page, LENS)
    lamp_and_zoom(page)
    the_other_camera(receiver, page)
    the_card(receiver, table)


def with_browser(page: Page, has: str) -> None:
    """Loads the first screen in a browser that ``has`` this."""
    page.add_init_script(has)
    page.reload()
    expect(page.locator("dp-code-reader .camera-hint")).to_be_visible()


def lens(page: Page, what: str) -> list[Any]:
    found: list[Any] = page.evaluate("(what) => window.lens[what]", what)
    return found


def lamp_and_zoom(page: Page) -> None:
    lamp, zoom, other = (page.locator(".reader-lens .lens").nth(n) for n in range(3))
    expect(other).to_be_visible()
    for key in (lamp, zoom, other):
        box = key.bounding_box()
        assert box is not None and min(box["width"], box["height"]) >= 56
    expect(lamp).to_have_attribute("aria-pressed", "false")
    lamp.click()
    expect(lamp).to_have_attribute("aria-pressed", "true")
    look(page, "lamp")
    lamp.click()
    expect(lamp).to_have_attribute("aria-pressed", "false")
    assert lens(page, "applied") == [{"torch": True}, {"torch": False}]
    for factor in ("2×", "3×", "1×"):
        zoom.click()
        expect(zoom).to_have_text(factor)
    assert lens(page, "applied")[2:] == [{"zoom": 200}, {"zoom": 300}, {"zoom": 100}]


def the_other_camera(receiver: Receiver, page: Page) -> None:
    assert lens(page, "opened") == ["wide"]
    page.locator(".reader-lens .lens").nth(2).click()
    expect(page.locator("dp-code-reader .camera-hint")).to_be_visible()
    # The choice holds on the next screen, where the shutter is.
    receiver.open_parcel(WAYBILL)
    expect(page.locator(".snap")).to_be_enabled()
    expect(page.locator(".shutter-side .lens[aria-pressed]")).to_be_visible()
    look(page, "viewfinder")
    assert lens(page, "opened") == ["wide", "near", "near"]


def the_card(receiver: Receiver, table: Table) -> None:
    page, inspecting = receiver.page, Inspecting(receiver.page)
    with_share(page, table, NO_SHARE)
    expect(page.locator("[data-share]")).to_have_count(0)
    taken_away(page, inspecting, table)
    with_share(page, table, SHARE)
    look(page, "share")
    page.locator("[data-share]").click()
    page.wait_for_function("() => window.shared.length === 1")
    (whole,) = page.evaluate("() => window.shared")
    assert whole["text"] == inspecting.text() and table.order_no in whole["text"]
    (file,) = whole["files"]
    assert (file["name"], file["type"]) == (f"{table.order_no}.png", "image/png")
    assert Image.open(io.BytesIO(bytes(file["bytes"]))).width == 1080
    # A sheet that takes no files still takes the words.
    page.evaluate("() => { window.textOnly = true; }")
    page.locator("[data-share]").click()
    page.wait_for_function("() => window.shared.length === 2")
    assert page.evaluate("() => window.shared[1]") == {"text": inspecting.text(), "files": []}
    refused(page, inspecting, table)


def with_share(page: Page, table: Table, has: str) -> None:
    page.add_init_script(has)
    page.goto(page.url.split("/parcel/")[0] + f"/parcel/{table.parcel}?result")
    expect(page.locator(".result-text")).to_be_visible()


def refused(page: Page, inspecting: Inspecting, table: Table) -> None:
    """Who closes the sheet wanted it so; a refusal is said, and the two other ways are there."""
    page.evaluate("() => { window.refuses = 'AbortError'; }")
    page.locator("[data-share]").click()
    expect(page.locator(".page .message")).to_have_count(0)
    page.evaluate("() => { window.refuses = 'NotAllowedError'; }")
    page.locator("[data-share]").click()
    expect(page.locator(".page .message.warn")).to_be_visible()
    look(page, "share-refused")
    taken_away(page, inspecting, table)


def taken_away(page: Page, inspecting: Inspecting, table: Table) -> None:
    """By the clipboard and as a file."""
    page.locator("[data-copy]").click()
    expect(page.locator(".page .message.info")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == inspecting.text()
    with page.expect_download() as saved:
        page.locator("[data-save]").click()
    assert saved.value.suggested_filename == f"{table.order_no}.png"
    assert Image.open(saved.value.path()).width == 1080
