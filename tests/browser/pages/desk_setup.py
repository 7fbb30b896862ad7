"""What the desk sets up once, as a person does it: accounts, status times, plans, checks."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect


class DeskSetup:
    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def speak(self, language: str) -> None:
        """A signed-in person's own choice stands above the browser's."""
        self.page.locator(f'.languages button[value="{language}"]').click()
        expect(self.page.locator(f'.languages button[value="{language}"][aria-current]')).to_be_visible()

    def account_chips(self) -> list[str]:
        self.open("/accounts")
        return self.page.locator(".account .chip").all_inner_texts()

    def confirm_account(self, owner: str) -> None:
        self.open("/accounts")
        self.page.locator(f'.account button[value="{owner}"]').first.click()
        expect(self.page.locator(".account .chip.matches")).to_be_visible()

    def clock(self, order_no: str, rule: str) -> Locator:
        """The rule's row on the order's page."""
        self.open(f"/orders/{order_no}")
        return self.page.locator("#clocks tbody tr", has=self.page.locator(".rule-id", has_text=rule))

    def prove_times(self, orders: list[str], at: str, screenshot: Path) -> None:
        self.open("/status")
        for order_no in orders:
            self.page.check(f'input[name=order][value="{order_no}"]')
        self.page.fill("#at", at)
        self.page.set_input_files("#screenshot", screenshot)
        self.page.locator("main form button[type=submit]").click()
        expect(self.page.locator(".message.info[role=status]")).to_be_visible()

    def plan_for_supplier(self, supplier: str, depth: str, reason: str) -> str:
        """Previews, then decides; returns what the preview said."""
        self.open("/plans")
        self.page.check("input[name=scope][value=supplier]")
        option = self.page.locator("#supplier_id option", has_text=supplier).get_attribute("value")
        self.page.select_option("#supplier_id", option)
        self.page.check(f"input[name=depth][value={depth}]")
        self.page.fill("#reason", reason)
        self.page.locator("button[value=preview]").click()
        shown = self.page.locator("#preview strong").inner_text()
        self.page.locator("button[value=decide]").click()
        expect(self.page.locator("#decisions", has_text=reason)).to_be_visible()
        return shown

    def ask(self, order_no: str, phrases: list[str], free_text: str) -> None:
        self.open(f"/orders/{order_no}")
        self.page.locator("#checks details summary").click()
        for code in phrases:
            self.page.check(f'#checks input[value="{code}"]')
        self.page.fill("#free-text", free_text)
        self.page.locator("#checks details form button[type=submit]").click()
        expect(self.page.locator("#checks .phrases")).to_contain_text(free_text)
