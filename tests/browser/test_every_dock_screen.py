"""Every screen of the phone, walked once with a parcel in work: axe finds nothing, and no word is cut off.

On the way what a person or a phone does wrong: each says what happened, what is safe and what to do next. A screen of
static/src/screens that is added and not walked fails here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.pages.inspecting import Inspecting
from tests.browser.pages.receiving import Receiver
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, browser
from tests.support.fake_camera import film_of_code
from tests.support.serving import serving
from tests.support.table import Table, lay_table
from webapp.adapters.catalogues import catalogue
from webapp.usecases import plans
from webapp.usecases.demo import PIN

PICTURES = Path(__file__).resolve().parents[1] / "output"
SCREENS = Path(__file__).resolve().parents[2] / "static" / "src" / "screens"

WORDS = catalogue("vi")

_NO_MICROPHONE = """() => {
  const own = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wanted) =>
    wanted.audio ? Promise.reject(new DOMException('by the person', 'NotAllowedError')) : own(wanted);
}"""
_SCREEN = re.compile(r"export class \w+Screen extends \w+ \{.*?customElements\.define\('([\w-]+)'", re.DOTALL)


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return lay_table(tmp_path / "home", plans.PlanWords("default", "count_sample", "a new supplier"))


@pytest.fixture
def receiver(playwright: Playwright, table: Table, tmp_path: Path) -> Iterator[Receiver]:
    camera = film_of_code("nothing that anybody knows", tmp_path / "camera.mjpeg")
    with (
        serving(table.home) as served,
        browser(
            playwright, tmp_path / "phone", language="vi", viewport=PHONE, camera=camera, touch=True
        ) as context,
    ):
        yield Receiver(context.pages[0], served.address)


class Walk:
    """``seen``: custom elements of the screens that were looked at."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.seen: set[str] = set()
        self.found: list[str] = []

    def at(self, screen: str, name: str) -> None:
        """This screen is shown, whatever it loads is there, and it is looked at."""
        expect(self.page.locator(f"#app {screen}")).to_be_attached()
        expect(self.page.locator("#app .waiting")).to_have_count(0)
        self.page.screenshot(path=PICTURES / f"walk-{name}.png")
        self.found += [f"{name}: {one}" for one in (*violations(self.page), *clipped(self.page))]
        self.seen.add(screen)


def test_every_screen(receiver: Receiver, table: Table) -> None:
    PICTURES.mkdir(exist_ok=True)
    walk, page = Walk(receiver.page), receiver.page
    page.goto(f"{receiver.address}/enrol#{table.enrolment()}")
    walk.at("dp-enrol", "enrol")
    page.locator("button[form=enrol-form]").click()
    walk.at("dp-shift", "people")
    receiver.start_shift("An", PIN)
    of_the_warehouse(walk, table)
    of_a_closed_parcel(walk, receiver, table)
    of_its_goods(walk, table)
    a_count_that_is_cut_off(walk, receiver, table)
    assert walk.found == []
    assert walk.seen == {
        one for file in SCREENS.glob("*.js") for one in _SCREEN.findall(file.read_text("utf-8"))
    }


def of_the_warehouse(walk: Walk, table: Table) -> None:
    go = Inspecting(walk.page).open
    walk.at("dp-scan", "scan")
    for path, screen in (
        ("/captures", "dp-captures"),
        ("/this-phone", "dp-phone-settings"),
        ("/scan?gate", "dp-gate"),
        ("/scan?freight", "dp-freight"),
        ("/scan?list=arrived", "dp-worklist"),
        ("/scan?list=to_count", "dp-worklist"),
        ("/scan?list=urgent", "dp-worklist"),
        ("/scan?hold=SF00990099", "dp-unidentified"),
        ("/scan?bind=KHO-A0017", "dp-bind"),
    ):
        go(path)
        walk.at(screen, re.sub(r"\W+", "-", path).strip("-"))


def of_a_closed_parcel(walk: Walk, receiver: Receiver, table: Table) -> None:
    go = Inspecting(walk.page).open
    go(f"/parcel/{table.parcel}")
    receiver.stage("condition")
    walk.at("dp-parcel", "condition")
    for asked in ("verdict", f"sample={table.lines[0]}", "result", "wanted", "discrepancy=damaged"):
        go(f"/parcel/{table.parcel}?{asked}")
        walk.at(f"dp-{asked.partition('=')[0]}", f"early-{asked.partition('=')[0]}")
    walk.page.locator("[data-state]").click()
    walk.at("dp-discrepancy", "damaged")
    go(f"/parcel/{table.parcel}")
    for asked in ("condition", "weight"):
        receiver.stage(asked)
        walk.at("dp-parcel", f"{asked}-or-why-not")
        if asked == "weight":
            readings_that_cannot_be(walk, receiver)
        walk.page.locator("[data-skip]").first.click()
    receiver.stage("count")
    walk.at("dp-parcel", "count")


def of_its_goods(walk: Walk, table: Table) -> None:
    inspecting = Inspecting(walk.page)
    for asked, screen in (("measure=", "dp-measure"), ("guided=EV-03", "dp-listing")):
        inspecting.open(f"/parcel/{table.parcel}?{asked}")
        walk.at(screen, screen)
    inspecting.open(f"/parcel/{table.parcel}?guided=EV-06")
    expect(walk.page.locator("[data-shown]:not([disabled])")).to_be_visible()
    walk.at("dp-guided", "guided")
    inspecting.film_steps()
    inspecting.press("finish")
    expect(walk.page.locator("dp-parcel .receive")).to_be_visible()


def readings_that_cannot_be(walk: Walk, receiver: Receiver) -> None:
    """0, 0.3 g and 40 t are told and kept nowhere; 9 t is asked about first."""
    page, pad = walk.page, walk.page.locator("dp-weigh-pad")
    for shown, unit, code in (("0", "kg", "zero"), ("0.3", "g", "too_small"), ("40000", "kg", "too_large")):
        page.locator(f"[data-unit={unit}]").click()
        receiver.type_weight(shown)
        page.locator("[data-save-weight]").click()
        expect(pad.locator(".field-error")).to_have_text(WORDS[f"error.weight_{code}"])
        walk.at("dp-parcel", f"weight-{code}")
        for _ in shown:
            pad.locator("[data-key=erase]").click()
    receiver.type_weight("9000")
    page.locator("[data-save-weight]").click()
    expect(page.locator("dialog")).to_contain_text(WORDS["error.weight_unlikely"])
    walk.at("dp-parcel", "weight-unlikely")
    page.locator("dialog [data-value=no]").click()
    expect(pad.locator(".weigh-text")).to_have_text("9000")
    for _ in "9000":
        pad.locator("[data-key=erase]").click()


def a_count_that_is_cut_off(walk: Walk, receiver: Receiver, table: Table) -> None:
    page = walk.page
    page.locator(".shutter, .shutter-plain").first.click()
    expect(page.locator("button.tap").first).to_be_enabled()
    expect(page.locator("[data-undo]")).to_be_disabled()  # no count below zero
    page.locator("[data-finish]").click()
    expect(page.locator("dialog")).to_contain_text(WORDS["count.finish_zero"])
    walk.at("dp-counting", "nothing-counted")
    page.locator("dialog [data-value=no]").click()
    receiver.tap(0, 2)
    walk.at("dp-counting", "counting")
    track_says(page, "mute")
    expect(page.locator(".over-warning")).to_have_text(WORDS["count.warn_camera_muted"])
    walk.at("dp-counting", "taken-by-a-call")
    track_says(page, "unmute")
    receiver.tap(1, 1)
    track_says(page, "ended")
    expect(page.locator("dp-done .message").first).to_contain_text(WORDS["take.cut_camera_ended"])
    expect(page.locator("dp-done .message").first).to_contain_text(WORDS["take.cut_safe"].format(n=3))
    expect(page.locator("dp-done .message").first).to_contain_text(WORDS["take.cut_next"])
    walk.at("dp-done", "unplugged")
    Inspecting(page).open(f"/parcel/{table.parcel}")
    page.locator(".shutter, .shutter-plain").first.click()
    expect(page.locator("[data-go-on]")).to_be_visible()
    walk.at("dp-counting", "unfinished")
    page.evaluate(_NO_MICROPHONE)
    page.locator("[data-go-on]").click()
    expect(page.locator(".trouble .message")).to_contain_text(WORDS["count.sound_next"])
    walk.at("dp-counting", "no-microphone")


def track_says(page: Page, event: str) -> None:
    """As a call, another app or a pulled plug makes the camera's track say it."""
    page.locator(".count-screen video").evaluate(
        "(video, event) => video.srcObject.getVideoTracks()[0].dispatchEvent(new Event(event))", event
    )
