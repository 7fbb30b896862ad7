"""The phone app as a receiver uses it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect


class Phone:
    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def enrol(self, code: str) -> None:
        self.page.goto(f"{self.address}/enrol#{code}")
        expect(self.page.locator("#enrol-code")).to_have_value(code)
        self.page.locator("button[form=enrol-form]").click()
        expect(self.page.locator(".people")).to_be_visible()

    def start_shift(self, name: str, pin: str) -> None:
        self.page.locator(".people button", has_text=name).click()
        for digit in pin:
            self.page.locator(".pin-key", has_text=digit).click()
        self.page.locator(".pin-key.go").click()
        # The scanner is live at once and may have read a label by now.
        expect(self.page.locator("dp-code-reader, .shutter").first).to_be_attached()

    def wait_for_scanned_parcel(self) -> str:
        """The camera reads the label by itself; returns the parcel's id."""
        self.page.wait_for_url("**/parcel/*")
        expect(self.page.locator(".shutter")).to_be_enabled()
        return self.page.url.rpartition("/")[2].partition("?")[0]

    def type_code(self, text: str) -> None:
        self.page.locator("dp-scan .foot button.big").first.click()
        self.page.fill("#typed-code", text)
        self.page.locator("#type-form button[type=submit]").click()

    def film(self) -> None:
        self.page.locator(".shutter").click()
        expect(self.page.locator("button.tap").first).to_be_enabled()

    def tap(self, line: int, times: int) -> None:
        area = self.page.locator("button.tap").nth(line)
        for _ in range(times):
            area.click()

    def undo(self) -> None:
        self.page.locator(".count-foot button").first.click()

    def shown_counts(self) -> list[int]:
        return [int(text) for text in self.page.locator("button.tap .units").all_inner_texts()]

    def finish(self) -> None:
        self.page.locator(".count-foot button.main").click()
        self.page.locator("dialog .sheet-choices button").first.click()
        expect(self.page.locator(".result .sum")).to_be_visible()

    def result(self) -> int:
        return int(self.page.locator(".result .sum").inner_text())

    def journal(self) -> list[dict[str, Any]]:
        """The rows as the phone keeps them, read from its database."""
        rows: list[dict[str, Any]] = self.page.evaluate(
            """() => new Promise((resolve, reject) => {
              const opening = indexedDB.open('dockproof');
              opening.onerror = () => reject(opening.error);
              opening.onsuccess = () => {
                const all = opening.result.transaction('journal').objectStore('journal').getAll();
                all.onsuccess = () => { opening.result.close(); resolve(all.result); };
                all.onerror = () => reject(all.error);
              };
            })"""
        )
        return rows

    def wait_until_verified(self) -> dict[str, Any]:
        """The take's row, once the server has confirmed its bytes."""
        # Inside evaluate: wait_for_function takes the promise itself for a yes.
        self.page.evaluate(
            """async () => {
              const read = () => new Promise((resolve, reject) => {
                const opening = indexedDB.open('dockproof');
                opening.onerror = () => reject(opening.error);
                opening.onsuccess = () => {
                  const all = opening.result.transaction('journal').objectStore('journal').getAll();
                  all.onsuccess = () => { opening.result.close(); resolve(all.result); };
                };
              });
              for (const end = performance.now() + 90000; performance.now() < end; ) {
                const takes = (await read()).filter((row) => row.kind === 'take');
                if (takes.length && takes.every((row) => row.receipt?.file?.state === 'verified')) return;
                await new Promise((resolve) => setTimeout(resolve, 200));
              }
              throw new Error('the server has not confirmed the take within 90 s');
            }"""
        )
        return next(row for row in self.journal() if row["kind"] == "take")
