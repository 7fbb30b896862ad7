"""Samples over two days in real Chromium: drawn again with a reason, a second tranche on the next day, ISO 2859-1 below
the floor by waiver. Server and phone turn to the next day together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright, expect

from tests.browser.pages.receiving import Receiver
from tests.browser.pages.sampling import Sampling
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, browser
from tests.support.dock_days import DockDays, Goods, dock_days
from tests.support.fake_camera import film_of_picture
from tests.support.table import value
from webapp.usecases.demo import PIN

PICTURES = Path(__file__).resolve().parents[1] / "output"
BOTTLES = Goods("3657499272201232333", (("黑色", 300), ("白色", 20)), ("79041000001", "79041000002"))
CUPS = Goods("3657499272202232333", (("蓝色", 240),), ("79041000003",), listing="680177001199")
NEXT_DAY = """{ const late = 86400000, now = Date.now.bind(Date), Real = Date;
  window.Date = class extends Real {
    constructor(...given) { if (given.length) super(...given); else super(now() + late); }
    static now() { return now() + late; }
  }; }"""


@pytest.fixture
def days(tmp_path: Path) -> Iterator[DockDays]:
    with dock_days(tmp_path / "home") as days:
        for goods in (BOTTLES, CUPS):
            days.order(goods)
        days.decide(BOTTLES.order_no, "count_sample", "a new mould")
        days.decide(CUPS.order_no, "count_sample", "glass", sampling="aql", level="I", aql="2.5")
        yield days


@pytest.fixture
def sampling(playwright: Playwright, days: DockDays, tmp_path: Path) -> Iterator[Sampling]:
    camera = film_of_picture(Image.new("RGB", (900, 600)), tmp_path / "camera.mjpeg")
    with browser(
        playwright, tmp_path / "phone", language="vi", viewport=PHONE, camera=camera, touch=True
    ) as context:
        receiver = Receiver(context.pages[0], days.address)
        receiver.enrol(days.enrolment())
        receiver.start_shift("An", PIN)
        yield Sampling(receiver)


def look(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"vi-sampling-{name}.png")
    assert violations(page) == [], name
    assert clipped(page) == [], name


def test_a_hundred_today_and_two_hundred_tomorrow(sampling: Sampling, days: DockDays) -> None:
    today(sampling, days)
    turn_the_day(sampling, days)
    tomorrow(sampling, days)
    the_draws(days)


def today(sampling: Sampling, days: DockDays) -> None:
    black, white = days.lines(BOTTLES.order_no)
    inspecting = sampling.inspecting
    parcel = sampling.count(BOTTLES.waybills[0], [100, 10])
    sampling.open(parcel, black)
    assert inspecting.lot_and_n() == (100, 15)
    inspecting.draw()
    first = inspecting.units()
    sampling.think_better_of_it()
    assert inspecting.units() == first
    inspecting.press("redraw")
    look(sampling.page, "redraw")
    sampling.page.keyboard.press("Escape")
    sampling.draw_again("sealed-retail-pack")
    assert inspecting.aside() == [], "what was put aside was of the first draw"
    sampling.pass_units(7)
    inspecting.defect("open-seam")
    inspecting.next_unit()
    sampling.pass_units(7)
    sampling.finish()
    # One bad line never holds up the other.
    sampling.page.wait_for_url(f"**sample={white}")
    assert inspecting.lot_and_n() == (10, 2)
    inspecting.draw()
    sampling.pass_units(2)
    sampling.finish()
    sampling.hand_over("Binh")
    sampling.receiver.open_parcel(BOTTLES.waybills[0])
    sampling.judge(parcel)
    assert [inspecting.proposal(line) for line in (black, white)] == ["", "passed"]
    inspecting.decide(black, "rejected", "not-as-listed")
    inspecting.decide(white, "passed", "sample-accepted")
    sampling.receiver.wait_until_sent()
    assert days.verdict(BOTTLES.order_no) == "rejected"


def turn_the_day(sampling: Sampling, days: DockDays) -> None:
    days.turn()
    sampling.page.add_init_script(NEXT_DAY)
    sampling.hand_over("An")


def tomorrow(sampling: Sampling, days: DockDays) -> None:
    black, _ = days.lines(BOTTLES.order_no)
    inspecting = sampling.inspecting
    parcel = sampling.count(BOTTLES.waybills[1], [200, 0])
    sampling.open(parcel, black)
    assert inspecting.lot_and_n() == (200, 30)
    inspecting.draw()
    sampling.pass_units(30)
    look(sampling.page, "second-tranche")
    sampling.finish()
    sampling.page.wait_for_url("**?verdict")
    sampling.hand_over("Binh")
    sampling.receiver.open_parcel(BOTTLES.waybills[1])
    sampling.judge(parcel)
    assert inspecting.proposal(black) == "passed"
    inspecting.decide(black, "passed", "sample-accepted")
    sampling.receiver.wait_until_sent()


def the_draws(days: DockDays) -> None:
    black, white = days.lines(BOTTLES.order_no)
    draws = days.facts("draw", BOTTLES.order_no)
    said = [[one.said[key] for key in ("line", "tranche", "lot", "n", "redraw", "reason")] for one in draws]
    assert said == [
        [black, "1", "100", "15", "0", None],
        [black, "1", "100", "15", "1", "sealed-retail-pack"],
        [white, "1", "10", "2", "0", None],
        [black, "2", "200", "30", "0", None],
    ]
    assert [one.findings for one in draws] == [[]] * 4
    first, again, of_white, second = (value(days.text(one.id), "challenge") for one in draws)
    assert first == of_white, "one film counted both lines"
    assert len({first, again, second}) == 3
    verdicts = [
        (one.said["line"], one.said["tranche"], one.said["verdict"])
        for one in days.facts("verdict", BOTTLES.order_no)
    ]
    assert verdicts == [(black, "1", "rejected"), (white, "1", "passed"), (black, "2", "passed")]
    apart = draws[3].at - draws[0].at
    assert (apart.days, days.verdict(BOTTLES.order_no)) == (1, "rejected")


def test_below_the_floor_only_with_the_importers_waiver(sampling: Sampling, days: DockDays) -> None:
    """Of 240 level I, AQL 2.5 asks for 20, one defective accepted; 10 % would be 24."""
    (blue,) = days.lines(CUPS.order_no)
    inspecting = sampling.inspecting
    parcel = sampling.count(CUPS.waybills[0], [240])
    sampling.open(parcel, blue)
    assert inspecting.lot_and_n() == (240, 24)
    look(sampling.page, "floor")
    days.decide(
        CUPS.order_no, "count_sample", "a known factory", sampling="aql", level="I", aql="2.5", waived="yes"
    )
    sampling.hand_over("Binh")
    sampling.receiver.open_parcel(CUPS.waybills[0])
    sampling.open(parcel, blue)
    assert inspecting.lot_and_n() == (240, 20)
    inspecting.draw()
    sampling.pass_units(19)
    inspecting.defect("crack")
    inspecting.next_unit()
    assert inspecting.standing()["major"] == ["1", "1", "2"]
    # A unit beyond the plan's own says nothing about the lot.
    inspecting.press("one-more")
    inspecting.defect("crack")
    inspecting.next_unit()
    look(sampling.page, "beyond")
    found, accept, reject = inspecting.standing()["major"]
    assert (re.sub(r"\s+", " ", found), accept, reject) == ("1 +1", "1", "2")
    sampling.finish()
    sampling.page.wait_for_url("**?verdict")
    sampling.judge(parcel)
    assert inspecting.proposal(blue) == "passed"
    inspecting.decide(blue, "passed", "sample-accepted")
    sampling.receiver.wait_until_sent()
    (draw,) = days.facts("draw", CUPS.order_no)
    assert [draw.said[key] for key in ("plan", "level", "aql", "lot", "n")] == [
        "aql",
        "I",
        "2.5",
        "240",
        "20",
    ]
    assert draw.findings == []
    (inspection,) = days.facts("inspection", CUPS.order_no)
    assert (inspection.said["inspected"], inspection.said["defective"]) == ("21", "0 2 0")
    assert days.verdict(CUPS.order_no) == "passed"
    expect(sampling.page.locator(f'[data-line="{blue}"] [data-given=passed]')).to_be_visible()
