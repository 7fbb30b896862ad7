"""A phone at its doors: refused, blocked, and what it has saved; and the desk that takes it in."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.pages.desk import Desk
from tests.browser.pages.phone import Phone


class PhoneAtTheDoor(Phone):
    def try_to_enrol(self, code: str) -> Locator:
        """By a code that is not good; returns what the phone says."""
        self.page.goto(f"{self.address}/enrol#{code}")
        expect(self.page.locator("#enrol-code")).to_have_value(code)
        self.page.locator("button[form=enrol-form]").click()
        message = self.page.locator("#enrol-form .message.error")
        expect(message).to_be_visible()
        return message

    def enrol_anew(self, code: str) -> None:
        """Types the new code over the old one."""
        self.page.fill("#enrol-code", code)
        self.page.locator("button[form=enrol-form]").click()
        expect(self.page.locator(".people")).to_be_visible()

    def customer(self) -> Locator:
        return self.page.locator(".receive .customer")

    def blocked(self) -> Locator:
        """What stands over every screen of a phone that the desk has blocked."""
        return self.page.locator(".banner[role=alert]")

    def open_captures(self) -> None:
        self.page.goto(f"{self.address}/captures")
        expect(self.page.locator("[data-safe]")).to_be_visible()

    def kept_for_the_office(self) -> Locator:
        return self.page.locator(".take-row .state.bad")

    def save_queue(self, path: Path) -> Path:
        # As on phones, which have no file picker for saving.
        self.page.evaluate("() => { window.showSaveFilePicker = undefined; }")
        with self.page.expect_download() as download:
            self.page.locator("[data-save-queue]").click()
        download.value.save_as(path)
        return path

    def send_now(self) -> None:
        self.page.locator(".foot .pair button").first.click()


class InstalledApp(PhoneAtTheDoor):
    """The app as it opens from the home screen: at its manifest's address, with a storage of its own."""

    SAYS_SO = """{
      const asked = window.matchMedia.bind(window);
      window.matchMedia = (query) => /display-mode: *standalone/.test(query) ? asked('all') : asked(query);
    }"""

    @classmethod
    def opened(cls, context: BrowserContext, address: str) -> InstalledApp:
        """What no test can do is to install; what the app is told of it is said at the browser's own interface."""
        context.add_init_script(cls.SAYS_SO)
        app = cls(context.pages[0], address)
        app.page.goto(address + app.start_url())
        expect(app.page.locator("#enrol-form")).to_be_visible()
        return app

    def start_url(self) -> str:
        manifest = self.page.context.request.get(f"{self.address}/manifest.webmanifest").json()
        assert manifest["display"] == "standalone"
        return str(manifest["start_url"])

    def enrol_by_typing(self, code: str) -> None:
        """As a person copies it: small letters, in groups."""
        self.page.fill("#enrol-code", f"{code[:4]} {code[4:]}".lower())
        self.page.locator("button[form=enrol-form]").click()
        expect(self.page.locator(".people")).to_be_visible()

    def enrol_by_scanning(self, code: str) -> None:
        """The camera reads the desk's QR code inside the app."""
        self.page.locator("#enrol-form button[type=button].big").click()
        expect(self.page.locator("#enrol-code")).to_have_value(code)
        self.page.locator("button[form=enrol-form]").click()
        expect(self.page.locator(".people")).to_be_visible()

    def storage(self) -> Locator:
        """The part of the captures that says how the app keeps what it has."""
        self.open_captures()
        return self.page.locator("dp-phone-care")


class DeskOfPhones(Desk):
    def open_quarantine(self) -> None:
        self.open("/phones/quarantine")
        expect(self.page.locator("main h1")).to_be_visible()

    def release_all(self) -> int:
        """One by one, each with its question; returns how many."""
        buttons = self.page.locator("button.danger[popovertarget^=release-]:not([popovertargetaction])")
        number = buttons.count()
        for left in range(number, 0, -1):
            expect(buttons).to_have_count(left)
            buttons.last.click()
            self.page.locator("[popover]:popover-open form button[type=submit]").click()
        expect(buttons).to_have_count(0)
        return number

    def import_queue(self, file: Path) -> Locator:
        """Returns what the page says that it brought."""
        self.open("/phones/import-queue")
        self.page.set_input_files("#queue-file", file)
        self.page.locator("main form button[type=submit]").click()
        brought = self.page.locator("[data-brought]")
        expect(brought).to_be_visible()
        return brought
