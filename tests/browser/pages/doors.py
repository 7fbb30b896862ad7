"""Getting in and out of the desk, as a person does it."""

from __future__ import annotations

from playwright.sync_api import Page, expect


class Doors:
    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def choose_language(self, language: str) -> None:
        self.page.locator(f'.languages button[value="{language}"]').click()
        expect(self.page.locator(f'.languages button[value="{language}"]')).to_have_attribute(
            "aria-current", "true"
        )

    def invite(self, name: str, role: str) -> str:
        """The link that is shown once."""
        self.open("/team")
        self.page.fill("#invite-name", name)
        for box in self.page.locator("#invite input[type=checkbox]:checked").all():
            box.uncheck()
        self.page.check(f"#invite-{role}")
        self.page.locator("#invite button[type=submit]").click()
        link = self.page.locator("[data-link]").get_attribute("data-link")
        assert link is not None
        return link

    def accept(self, link: str, *, login: str, password: str) -> None:
        self.page.goto(link)
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        self.page.locator("main form button[type=submit]").click()
        expect(self.page.locator("#passkeys")).to_be_visible()

    def have_an_authenticator(self) -> None:
        """A fingerprint reader that always says yes, in this tab."""
        devices = self.page.context.new_cdp_session(self.page)
        devices.send("WebAuthn.enable")
        devices.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )

    def add_passkey(self, name: str) -> None:
        self.open("/account")
        self.page.fill("#passkey-name", name)
        self.page.locator("form[data-passkey=add] button").click()
        expect(self.page.locator("#passkeys ul.rows")).to_contain_text(name)

    def sign_out(self) -> None:
        self.page.locator(".top form.leave button").click()
        expect(self.page.locator("#password")).to_be_visible()

    def sign_in_by_passkey(self) -> None:
        self.page.locator("form[data-passkey=sign-in] button").click()
        expect(self.page.locator(".top .person")).to_be_visible()

    def sign_in(self, login: str, password: str) -> None:
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        self.page.locator("form:has(#password) button[type=submit]").click()

    def manage(self, name: str) -> None:
        """Opens what an owner may do with a person."""
        self.page.locator("li.person-row", has_text=name).locator("summary").click()

    def sign_out_everywhere(self, name: str) -> None:
        self.open("/team")
        self.manage(name)
        self.page.locator("li.person-row", has_text=name).locator("form[action$='/sign-out'] button").click()
        expect(self.page.locator("h1")).to_be_visible()
