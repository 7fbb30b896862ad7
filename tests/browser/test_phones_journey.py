"""A phone from its code to its end: a late code, a warehouse of two importers, blocked in the middle of a count."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.pages.blocked import DeskOfPhones, InstalledApp, PhoneAtTheDoor
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, TABLET, browser
from tests.support.fake_camera import film_of_code
from tests.support.languages import repeated_in
from tests.support.serving import Served, serving
from tests.support.shared_site import WAYBILLS, SharedSite, shared_site
from webapp.adapters.catalogues import catalogue
from webapp.usecases.demo import PIN

PICTURES = Path(__file__).resolve().parents[1] / "output"
SAYS = {
    "zh_CN": {
        "late": "请向办公室索取新的绑定码",
        "blocked": "本机已被办公室停用",
        "kept": "手机已停用",
        "next": "请停用这部手机并告诉办公室",
    },
    "vi": {
        "late": "Hãy xin văn phòng mã mới",
        "blocked": "đã bị văn phòng chặn",
        "kept": "Điện thoại bị chặn",
        "next": "Ngừng dùng điện thoại này",
    },
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> SharedSite:
    return shared_site(tmp_path_factory.mktemp("shared") / "home")


@pytest.fixture(scope="module")
def served(place: SharedSite) -> Iterator[Served]:
    with serving(place.home, "--demo") as served:
        yield served


def look(page: Page, language: str, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{language}-phones-{name}.png", full_page=True)
    assert violations(page) == [], name
    assert clipped(page) == [], name


@pytest.mark.parametrize("language", repeated_in("vi", "zh_CN"))
def test_a_phone_comes_in_serves_two_importers_and_is_blocked(
    playwright: Playwright, tmp_path: Path, place: SharedSite, served: Served, language: str
) -> None:
    camera = film_of_code(f"{served.address}/L/{place.label}", tmp_path / "camera.mjpeg")
    with browser(
        playwright, tmp_path / "phone", language=language, viewport=PHONE, camera=camera, touch=True
    ) as context:
        phone = PhoneAtTheDoor(context.pages[0], served.address)
        a_late_code_costs_nothing(phone, place, language)
        one_scan_finds_both_importers(phone, place, language)
        blocked_while_filming(phone, place, language)
        queue = phone.save_queue(tmp_path / "queue.zip")
        if language == "vi":
            the_office_takes_it_in(playwright, tmp_path, served, queue)
            phone.send_now()
            expect(phone.page.locator(".take-row .state.ok").first).to_be_visible()
            expect(phone.kept_for_the_office()).to_have_count(0)
            look(phone.page, language, "taken-in")


@pytest.mark.parametrize(("language", "way"), [("vi", "typed"), ("zh_CN", "scanned")])
def test_a_phone_comes_in_inside_the_installed_app(
    playwright: Playwright, tmp_path: Path, place: SharedSite, served: Served, language: str, way: str
) -> None:
    """Its storage is not the browser's: a link opened there helps nothing, the code comes in by hand or by camera."""
    code = place.enrolment()
    camera = film_of_code(f"{served.address}/enrol#{code}", tmp_path / "camera.mjpeg")
    with browser(
        playwright, tmp_path / "phone", language=language, viewport=PHONE, camera=camera, touch=True
    ) as context:
        phone = InstalledApp.opened(context, served.address)
        if way == "typed":
            phone.enrol_by_typing(code)
        else:
            phone.enrol_by_scanning(code)
        phone.start_shift("An", PIN)
        expect(phone.storage()).to_contain_text(catalogue(language)["care.install_installed"])
        look(phone.page, language, f"installed-{way}")


def a_late_code_costs_nothing(phone: PhoneAtTheDoor, place: SharedSite, language: str) -> None:
    expect(phone.try_to_enrol(place.enrolment(minutes_ago=31))).to_contain_text(SAYS[language]["late"])
    look(phone.page, language, "late-code")
    phone.enrol_anew(place.enrolment())


def one_scan_finds_both_importers(phone: PhoneAtTheDoor, place: SharedSite, language: str) -> None:
    """One enrolment, one PIN: the camera reads Hoa Sen's label, the next parcel is the demo importer's."""
    demo, hoa_sen = place.customers
    phone.start_shift("An", PIN)
    phone.wait_for_scanned_parcel()
    expect(phone.customer()).to_have_text(hoa_sen)
    look(phone.page, language, "second-importer")
    assert "¥" not in phone.page.locator("body").inner_text()
    phone.type_code_although_a_label_lies_in_view(WAYBILLS[language == "vi"])
    expect(phone.customer()).to_have_text(demo)
    look(phone.page, language, "first-importer")
    assert "¥" not in phone.page.locator("body").inner_text()


def blocked_while_filming(phone: PhoneAtTheDoor, place: SharedSite, language: str) -> None:
    phone.film()
    phone.tap(0, 2)
    place.block_newest_phone()
    phone.tap(0, 1)
    phone.finish()
    assert phone.result() == 3
    expect(phone.blocked()).to_contain_text(SAYS[language]["blocked"])
    look(phone.page, language, "blocked-result")
    phone.open_captures()
    expect(phone.kept_for_the_office().first).to_contain_text(SAYS[language]["kept"])
    expect(phone.page.locator(".page > .message.warn")).to_contain_text(SAYS[language]["next"])
    expect(phone.blocked()).to_be_visible()
    look(phone.page, language, "blocked-captures")


def the_office_takes_it_in(playwright: Playwright, tmp_path: Path, served: Served, queue: Path) -> None:
    with browser(playwright, tmp_path / "desk", language="vi", viewport=TABLET) as context:
        desk = DeskOfPhones(context.pages[0], served.address)
        desk.enter_demo(served.sign_in_link, "vi")
        desk.import_queue(queue)
        look(desk.page, "vi", "desk-queue-of-a-blocked-phone")
        desk.open_quarantine()
        look(desk.page, "vi", "desk-quarantine")
        assert desk.release_all() > 0
        desk.import_queue(queue)
        look(desk.page, "vi", "desk-queue-after-release")
