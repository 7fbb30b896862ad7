"""The board and the find page as somebody at the desk uses them."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect


class Board:
    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def speak(self, language: str) -> None:
        """The demo's owner has a language of her own."""
        self.page.locator(f'.languages button[value="{language}"]').click()
        expect(self.page.locator(f'.languages button[value="{language}"][aria-current]')).to_be_visible()

    def open(self, path: str = "/") -> None:
        self.page.goto(self.address + path)

    def paste_into_search(self, text: str) -> None:
        """Focus, paste as from a chat, Enter: one interaction for the hand."""
        field = self.page.locator("#find")
        field.evaluate(
            """(field, text) => {
              field.focus();
              const clipboardData = new DataTransfer();
              clipboardData.setData('text/plain', text);
              const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
              // An untrusted paste inserts nothing by itself: what is not taken over is put in as a browser would.
              if (field.dispatchEvent(paste)) field.setRangeText(text.replace(/[\\r\\n]/g, ''));
            }""",
            text,
        )
        field.press("Enter")

    def paste_note(self, text: str) -> None:
        self.page.locator("#note-text").fill(text)
        self.page.locator("#note button[type=submit]").click()

    def order_shown(self) -> str:
        """Of an order's page."""
        expect(self.page.locator("h1 bdi").first).to_be_visible()
        return self.page.url.rpartition("/")[2]

    def orders(self) -> list[str]:
        return self.page.locator(".order-link").all_inner_texts()

    def open_filters(self) -> None:
        box = self.page.locator("details.filter-box")
        if box.get_attribute("open") is None:
            box.locator("summary").click()

    def filter(self, **fields: str) -> None:
        """By the field's name in the address."""
        self.open_filters()
        for name, value in fields.items():
            field = self.page.locator(f".board-filters [name={name}]")
            if field.evaluate("(field) => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        self.page.locator(".board-filters button[type=submit]").click()
        self.page.wait_for_load_state()

    def save_view(self, name: str) -> None:
        self.open_filters()
        self.page.locator("#view-name").fill(name)
        self.page.locator(".save-view button").click()
        expect(self.page.locator(".views a[aria-current]")).to_have_text(name)

    def open_view(self, name: str) -> None:
        self.page.locator(".views a", has_text=name).click()
        expect(self.page.locator(".views a[aria-current]")).to_have_text(name)

    def spreadsheet(self) -> str:
        self.open_filters()
        with self.page.expect_download() as waiting:
            self.page.locator("a[href^='/orders.csv']").click()
        return Path(waiting.value.path()).read_bytes().decode("utf-8")

    def state_rate(self, typed: str) -> None:
        self.open("/exchange-rate")
        self.page.locator("#rate").fill(typed)
        self.page.locator("main form button[type=submit]").click()
        expect(self.page.locator(".rate-now")).to_be_visible()
