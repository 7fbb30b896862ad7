"""Set up once: an agent's account, one screenshot for three orders, a supplier's plan, a phrase read on the phone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from tests.browser.pages.desk import Desk
from tests.browser.pages.desk_setup import DeskSetup
from tests.browser.pages.phone import Phone
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, TABLET, browser
from tests.support.desk_setup import picture
from tests.support.fake_camera import film_of_label
from tests.support.languages import repeated_in
from tests.support.serving import serving
from webapp.adapters.catalogues import catalogue
from webapp.usecases.demo import PIN
from webapp.usecases.demo_orders import FILMED_ORDER

BAGS, CABLES, CUPS = "3657512208415232333", "3657512208416232333", "3658001177320232333"
PICTURES = Path(__file__).resolve().parents[1] / "output"


@pytest.fixture(scope="module")
def playwright() -> Playwright:
    with sync_playwright() as running:
        yield running


def look(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"setup-{name}.png", full_page=True)
    assert violations(page) == [], name
    assert clipped(page) == [], name


def look_narrow_too(page: Page, name: str) -> None:
    look(page, name)
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    look(page, f"{name}-narrow")
    page.set_viewport_size({"width": TABLET["width"], "height": TABLET["height"]})


@pytest.mark.parametrize(("desk_language", "phone_language"), repeated_in(("vi", "zh_CN"), ("zh_CN", "vi")))
def test_what_is_set_up_once_is_seen_at_the_dock(
    playwright: Playwright, tmp_path: Path, desk_language: str, phone_language: str
) -> None:
    with (
        serving(tmp_path / "home", "--demo") as served,
        browser(playwright, tmp_path / "desk", language=desk_language, viewport=TABLET) as desk_browser,
    ):
        desk = Desk(desk_browser.pages[0], served.address)
        desk.enter_demo(served.sign_in_link, desk_language)
        words = catalogue(desk_language)
        setup = DeskSetup(desk.page, served.address)
        setup.speak(desk_language)
        agent_account(setup, words)
        one_screenshot(setup, words, tmp_path)
        plan_and_checks(setup, words)
        camera = film_of_label(desk.print_labels(), tmp_path / "camera.mjpeg")
        code = desk.enrolment_code()
        with browser(
            playwright, tmp_path / "phone", language=phone_language, viewport=PHONE, camera=camera, touch=True
        ) as phone_browser:
            phone = Phone(phone_browser.pages[0], served.address)
            at_the_dock(phone, code, catalogue(phone_language), phone_language)
        # The lighter plan is on the order as somebody's decision, not as work that was done.
        setup.open(f"/orders/{CUPS}")
        expect(setup.page.locator("#plan .not-asked").first).to_contain_text(words["plan.not_asked"])


def agent_account(setup: DeskSetup, words: Mapping[str, str]) -> None:
    assert words["accounts.not_confirmed"] in setup.account_chips()
    look_narrow_too(setup.page, "accounts")
    setup.confirm_account("agent")
    assert setup.account_chips() == [words["order.owner_agent"]]
    expect(setup.clock(FILMED_ORDER, "R-01")).to_have_count(1)


def one_screenshot(setup: DeskSetup, words: Mapping[str, str], folder: Path) -> None:
    orders = [FILMED_ORDER, BAGS, CABLES]
    for order_no in orders:
        expect(setup.clock(order_no, "R-02")).to_contain_text(words["deadline.assumed"])
    (folder / "status.png").write_bytes(picture(size=(540, 1170)))
    at = datetime.now(UTC) - timedelta(days=2) + timedelta(hours=8)
    setup.open("/status")
    look_narrow_too(setup.page, "status")
    setup.prove_times(orders, at.strftime("%Y年%m月%d日 %H:%M:%S"), folder / "status.png")
    for order_no in orders:
        row = setup.clock(order_no, "R-02")
        expect(row).to_contain_text(words["status.proven"])
        expect(row).not_to_contain_text(words["deadline.assumed"])
        expect(row).to_contain_text(at.strftime("%Y-%m-%d %H:%M"))


def plan_and_checks(setup: DeskSetup, words: Mapping[str, str]) -> None:
    said = setup.plan_for_supplier("青瓷坊", "arrive", "ten clean years")
    assert "1" in said
    look_narrow_too(setup.page, "plans")
    setup.ask(CUPS, ["check_logo", "fragile"], "杯盖要配齐")
    expect(setup.page.locator("#checks")).to_contain_text(words["checks.untranslated"])
    look_narrow_too(setup.page, "order")


def at_the_dock(phone: Phone, code: str, words: Mapping[str, str], language: str) -> None:
    phone.enrol(code)
    phone.start_shift("An", PIN)
    phone.page.wait_for_url("**/parcel/*")
    card = phone.page.locator(".plan-card")
    expect(card.locator(".chip")).to_have_text([words["plan.step_arrive"]])
    expect(card.locator(".not-asked")).to_contain_text(words["plan.step_count"])
    checks = phone.page.locator(".checks-card")
    expect(checks.locator("[data-phrase=check_logo]")).to_have_text(words["phrase.check_logo"])
    expect(checks.locator(".chip.free", has_text="杯盖要配齐")).to_contain_text(words["checks.untranslated"])
    look(phone.page, f"phone-parcel-{language}")
    expect(phone.page.locator(".shutter")).to_have_count(0)
    phone.page.locator(".foot button.main").click()
    expect(phone.page.locator("[data-done]")).to_have_text(words["receive.done"])
    assert [row["kind"] for row in phone.journal()] == ["arrival"]
