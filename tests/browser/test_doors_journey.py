"""Doors of the desk: first owner → invitation → passkey → signed out by the owner, in real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from tests.browser.pages.desk import Desk
from tests.browser.pages.doors import Doors
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, TABLET, browser
from tests.support.languages import repeated_in
from tests.support.serving import serving

PICTURES = Path(__file__).resolve().parents[1] / "output"
PASSWORD = "a long password"
TEAM_TITLE = {"zh_CN": "办公室人员", "vi": "Người ở văn phòng", "en": "People at the desk"}


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


def look(page: Page, language: str, name: str) -> None:
    """At a desk's width and at a phone's: a picture for people, accessibility and clipped text for machines."""
    PICTURES.mkdir(exist_ok=True)
    for size, viewport in (("tablet", TABLET), ("phone", PHONE)):
        page.set_viewport_size({"width": viewport["width"], "height": viewport["height"]})
        page.screenshot(path=PICTURES / f"{language}-{name}-{size}.png", full_page=True)
        assert violations(page) == [], (language, name, size)
        assert clipped(page) == [], (language, name, size)
    page.set_viewport_size({"width": TABLET["width"], "height": TABLET["height"]})


def test_an_invited_clerk_comes_in_by_passkey_and_is_put_out(playwright: Playwright, tmp_path: Path) -> None:
    with (
        serving(tmp_path / "home") as served,
        browser(playwright, tmp_path / "owner", language="vi", viewport=TABLET) as owner_browser,
        browser(playwright, tmp_path / "clerk", language="vi", viewport=TABLET) as clerk_browser,
    ):
        # A passkey belongs to a host name; an address has none.
        address = served.address.replace("127.0.0.1", "localhost")
        owner = Doors(owner_browser.pages[0], address)
        clerk = Doors(clerk_browser.pages[0], address)
        link = served.sign_in_link.replace("127.0.0.1", "localhost")
        Desk(owner.page, address).become_first_owner(link, "vi")
        invitation = owner.invite("An", "clerk")
        assert invitation.startswith(f"{address}/invitation/")
        the_clerk_comes_in(clerk, invitation)
        the_clerk_uses_a_passkey(clerk)
        owner.sign_out_everywhere("An")
        clerk.page.locator("nav.tabs a").first.click()
        expect(clerk.page).to_have_url(f"{address}/sign-in?next=/")
        clerk.sign_in("an", PASSWORD)
        expect(clerk.page).to_have_url(f"{address}/")
        owner.open("/audit")
        lines = owner.page.locator("ul.audit")
        for said in ("thêm khóa truy cập", "đăng nhập", "đăng xuất mọi nơi", "tham gia theo lời mời"):
            expect(lines).to_contain_text(said)


@pytest.mark.parametrize("language", repeated_in("zh_CN", "vi"))
def test_the_pages_around_people(playwright: Playwright, tmp_path: Path, language: str) -> None:
    with (
        serving(tmp_path / "home") as served,
        browser(playwright, tmp_path / "owner", language=language, viewport=TABLET) as owner_browser,
    ):
        address = served.address.replace("127.0.0.1", "localhost")
        owner = Doors(owner_browser.pages[0], address)
        link = served.sign_in_link.replace("127.0.0.1", "localhost")
        desk = Desk(owner.page, address)
        desk.become_first_owner(link, language)
        invitation = owner.invite("An", "clerk")
        look(owner.page, language, "doors-new-link")
        owner.accept(invitation, login="an", password=PASSWORD)
        owner.sign_out()
        owner.sign_in("chi", PASSWORD)
        desk.add_worker("Binh", "2468")
        owner.open("/team")
        expect(owner.page.locator("h1")).to_have_text(TEAM_TITLE[language])
        for path in ("/team", "/audit", "/sites", "/account", "/phones"):
            owner.open(path)
            if path == "/team":
                owner.manage("An")
            if path == "/phones":
                owner.page.locator("details.manage summary").click()
            look(owner.page, language, f"doors{path.replace('/', '-')}")


def the_clerk_comes_in(clerk: Doors, invitation: str) -> None:
    clerk.page.goto(invitation)
    clerk.page.goto(invitation)  # a chat app's preview opens it too; only the form uses it up
    look(clerk.page, "vi", "doors-invitation")
    clerk.accept(invitation, login="An", password=PASSWORD)
    clerk.page.goto(invitation)
    expect(clerk.page.locator(".message.bad")).to_be_visible()


def the_clerk_uses_a_passkey(clerk: Doors) -> None:
    clerk.have_an_authenticator()
    clerk.add_passkey("máy văn phòng")
    look(clerk.page, "vi", "doors-account-with-key")
    clerk.sign_out()
    look(clerk.page, "vi", "doors-sign-in")
    clerk.sign_in_by_passkey()
    clerk.open("/team")
    expect(clerk.page.locator(".message.bad")).to_be_visible()  # a clerk manages nobody
    clerk.open("/account")
