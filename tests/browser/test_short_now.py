"""Short now, not later: what is wrong asks for its proof while the goods lie there, and the desk is told at once; and
a parcel that is too light must be counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright, expect

from tests.browser.pages.inspecting import Inspecting
from tests.browser.pages.receiving import Receiver
from tests.browser.pages.sampling import Sampling
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, TABLET, browser
from tests.support.dock_days import DockDays, Goods, dock_days
from tests.support.fake_camera import film_of_picture
from webapp.adapters.catalogues import catalogue
from webapp.usecases.demo import PIN

PICTURES = Path(__file__).resolve().parents[1] / "output"
LANGUAGE = "zh_CN"
WORDS = catalogue(LANGUAGE)
MIXED = Goods("3657499272301232333", (("黑色", 12), ("白色", 12)), ("79042000001",))
ALIKE = tuple(
    Goods(f"365749927240{n}232333", (("蓝色", 24),), (f"7904200001{n}",), listing="680177002233")
    for n in range(3)
)
ASKED = {
    "short_count": ["waybill", "opening", "scale", "box"],
    "damaged": ["outer", "inner", "place", "waybill", "box"],
    "wrong_item": ["waybill", "style", "item_id", "beside"],
    "wrong_parcel": ["waybill", "inside", "item_id"],
}
"""What each asks for at the table, in the order in which it is shown (domain.md 4.2)."""


@pytest.fixture
def days(tmp_path: Path) -> Iterator[DockDays]:
    with dock_days(tmp_path / "home") as days:
        for goods in (MIXED, *ALIKE):
            days.order(goods)
        for goods in ALIKE:
            days.decide(goods.order_no, "condition_weight", "long known")
        yield days


@pytest.fixture
def receiver(playwright: Playwright, days: DockDays, tmp_path: Path) -> Iterator[Receiver]:
    camera = film_of_picture(Image.new("RGB", (900, 600)), tmp_path / "camera.mjpeg")
    with browser(
        playwright, tmp_path / "phone", language=LANGUAGE, viewport=PHONE, camera=camera, touch=True
    ) as context:
        receiver = Receiver(context.pages[0], days.address)
        receiver.enrol(days.enrolment())
        receiver.start_shift("An", PIN)
        yield receiver


def look(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{LANGUAGE}-short-{name}.png")
    assert violations(page) == [], name
    assert clipped(page) == [], name


def test_the_proof_is_asked_for_and_the_desk_told_while_the_goods_lie_there(
    playwright: Playwright, receiver: Receiver, days: DockDays, tmp_path: Path
) -> None:
    parcel = Sampling(receiver).count(MIXED.waybills[0], [11, 12])
    page, inspecting = receiver.page, Inspecting(receiver.page)
    expect(page.locator(".message.warn")).to_contain_text(WORDS["evidence.no_confirm"])
    look(page, "done")
    for kind, rows in ASKED.items():
        inspecting.open(f"/parcel/{parcel}")
        stated(page, inspecting, parcel, kind)
        assert list(inspecting.rows()) == rows, kind
        proven(inspecting, kind)
        look(page, kind)
    receiver.wait_until_sent()
    facts_of(days)
    at_the_desk(playwright, days, tmp_path)


def stated(page: Page, inspecting: Inspecting, parcel: str, kind: str) -> None:
    page.locator("[data-state-problem]").click()
    page.locator(f'dialog [data-value="{kind}"]').click()
    page.wait_for_url(f"**/parcel/{parcel}?discrepancy={kind}")
    if kind == "short_count":
        page.locator(".choices-down .option").first.click()
        page.fill("#units-affected", "1")
    inspecting.press("state")
    message = page.locator(".message.warn")
    expect(message).to_contain_text(WORDS["evidence.told"])
    expect(message).to_contain_text(WORDS["evidence.no_confirm"])


def proven(inspecting: Inspecting, kind: str) -> None:
    """What one statement has shown counts for the next."""
    if kind == "short_count":
        inspecting.photograph("waybill")
        inspecting.photograph("opening")
        inspecting.photograph("scale", weight="3.2")
    elif kind == "damaged":
        assert inspecting.rows()["waybill"] == "done"
        inspecting.photograph("outer")
        inspecting.cannot("inner", "nothing-there")
        inspecting.photograph("place")
    elif kind == "wrong_parcel":
        inspecting.photograph("inside")
        inspecting.type_item_id("6901234567892")
        inspecting.keep_item_id("6901234567892")


def facts_of(days: DockDays) -> None:
    said = [
        (one.said["type"], one.said["units"], one.findings)
        for one in days.facts("discrepancy", MIXED.order_no)
    ]
    assert said == [
        ("short_count", "1", []),
        ("damaged", None, []),
        ("wrong_item", None, []),
        ("wrong_parcel", None, []),
    ]
    slots = [one.slot for one in days.facts("photo", MIXED.order_no)]
    assert slots == ["EV-12", "EV-13", "EV-14", "EV-17", "EV-09", "EV-15"]


def at_the_desk(playwright: Playwright, days: DockDays, tmp_path: Path) -> None:
    """On the board and at the order, until somebody has taken note; the warning of G-6 above all of it."""
    with browser(playwright, tmp_path / "desk", language=LANGUAGE, viewport=TABLET) as context:
        days.sign_in(context)
        page = context.pages[0]
        page.goto(days.address)
        page.locator(f'.languages button[value="{LANGUAGE}"]').click()
        notices = page.locator("#notices")
        expect(notices.locator(".no-confirm")).to_have_text(WORDS["notice.no_confirm"])
        for kind in ASKED:
            expect(notices).to_contain_text(WORDS[f"notice.kind_{kind}"])
        look(page, "desk-board")
        notices.locator(".order-link, a.code", has_text=MIXED.order_no).first.click()
        expect(page.locator("h1")).to_contain_text(MIXED.order_no)
        expect(page.locator("#notices .no-confirm")).to_be_visible()
        before = page.locator("#notices .notice").count()
        page.locator("#notices .notice form button").first.click()
        expect(page.locator("#notices .notice")).to_have_count(before - 1)


def test_lighter_than_the_same_goods_before_must_be_counted(receiver: Receiver, days: DockDays) -> None:
    first, light, heavy = ALIKE
    weigh(receiver, first, "12")
    # A plan without a count; this one was counted all the same, and was right.
    receiver.stage("complete")
    receiver.page.goto(f"{receiver.address}/scan")
    Sampling(receiver).count(first.waybills[0], [24])
    receiver.wait_until_sent()
    # What is unknown makes the phone ask the server first.
    receiver.page.goto(f"{receiver.address}/scan")
    expect(receiver.page.locator("dp-scan")).to_be_attached()
    receiver.wedge("NOBODY-KNOWS-1")
    expect(receiver.page.locator("dp-scan .foot .message")).to_be_visible()
    weigh(receiver, light, "10.7")
    receiver.stage("count")
    assert receiver.steps()["count"] == "open"
    expect(receiver.page.locator(".receive .message.warn")).to_contain_text(WORDS["receive.raised_light"])
    look(receiver.page, "light")
    weigh(receiver, heavy, "10.8")
    receiver.stage("complete")
    assert receiver.steps()["count"] == "not_asked"
    receiver.wait_until_sent()
    assert days.facts("draw", light.order_no) == []
    grams = [one.said["grams"] for goods in ALIKE for one in days.facts("weighing", goods.order_no)]
    assert grams == ["12000", "10700", "10800"]


def weigh(receiver: Receiver, goods: Goods, shown: str) -> None:
    receiver.page.goto(f"{receiver.address}/scan")
    receiver.open_parcel(goods.waybills[0])
    receiver.stage("condition")
    receiver.say_condition("intact")
    receiver.stage("label_photo")
    receiver.shoot()
    receiver.stage("weight")
    receiver.type_weight(shown)
    receiver.shoot()
    expect(receiver.page.locator(".receive:not([data-stage=weight])")).to_be_visible()
