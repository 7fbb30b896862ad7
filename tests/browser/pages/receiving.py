"""A receiver at the gate and at the table; every click is a touch, and touches are counted."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.pages.phone import Phone

# As a wedge scanner does it: keys faster than any person, ended by Enter, whatever has the focus.
_WEDGE = """(text) => {
  for (const key of [...text, 'Enter']) {
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  }
}"""


class Receiver(Phone):
    def __init__(self, page: Page, address: str) -> None:
        super().__init__(page, address)
        self.touches = 0

    def touch(self, what: Locator) -> None:
        what.click()
        self.touches += 1

    def wedge(self, text: str) -> None:
        self.page.evaluate(_WEDGE, text)

    def open_parcel(self, code: str) -> str:
        """By a wedge scanner on the first screen; returns the parcel's id."""
        expect(self.page.locator("dp-scan")).to_be_attached()
        self.wedge(code)
        self.page.wait_for_url("**/parcel/*")
        expect(self.page.locator(".receive")).to_be_visible()
        return self.page.url.rpartition("/")[2].partition("?")[0]

    def steps(self) -> dict[str, str]:
        found = self.page.locator(".steps .step")
        return {
            str(one.get_attribute("data-step")): str(one.get_attribute("data-state")) for one in found.all()
        }

    def say_condition(self, outer: str, tape: str = "intact") -> None:
        if outer == "intact" and tape == "intact":
            self.touch(self.page.locator("[data-condition=intact]"))
            return
        if outer == "intact" and tape == "none":
            self.touch(self.page.locator("[data-condition=no-tape]"))
            return
        self.touch(self.page.locator("[data-condition=damaged]"))
        if tape != "intact":
            self.touch(self.page.locator(f"[data-tape={tape}]"))
        self.touch(self.page.locator(f"[data-outer={outer}]"))

    def shoot(self) -> None:
        self.touch(self.page.locator(".snap:not([disabled])"))

    def type_weight(self, shown: str) -> None:
        """On the pad's keys: typing is counted apart from touches."""
        for key in shown:
            self.page.locator(f"dp-weigh-pad [data-key='{key}']").click()
        expect(self.page.locator(".weigh-text")).to_have_text(shown)

    def choose_unit(self, unit: str) -> None:
        self.touch(self.page.locator(f"[data-unit={unit}]"))

    def skip(self, reason: str) -> None:
        self.touch(self.page.locator(f"[data-skip={reason}]"))

    def done(self) -> None:
        self.touch(self.page.locator("[data-done]"))
        expect(self.page.locator("dp-scan")).to_be_attached()

    def recorded(self, kind: str) -> list[str]:
        return self.page.locator(f".recorded [data-fact={kind}] strong").all_inner_texts()

    def counters(self) -> dict[str, int]:
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('.counter strong')].every((n) => n.textContent !== '–')"
            " && document.querySelector('.counter')"
        )
        found = self.page.locator("[data-list]").all()
        return {str(one.get_attribute("data-list")): int(one.locator("strong").inner_text()) for one in found}

    # Before signing, in Vietnam.
    def deliver(self, outcome: str, reason: str | None = None) -> None:
        self.touch(self.page.locator("[data-courier=present]"))
        self.touch(self.page.locator(f"[data-outcome={outcome}]"))
        if reason:
            self.touch(self.page.locator(f"[data-reason={reason}]"))

    # Gate-in.
    def open_gate(self) -> None:
        self.touch(self.page.locator("[data-gate]"))
        expect(self.page.locator("dp-gate")).to_be_attached()

    def gate_scan(self, code: str, *, kind: str) -> None:
        """``kind`` is what the screen says of the scan."""
        self.wedge(code)
        expect(self.page.locator(f"[data-last={kind}]")).to_be_visible()

    def gate_sum(self) -> int:
        return int(self.page.locator(".gate-sum").inner_text())

    def wait_gate_sum(self, n: int) -> None:
        expect(self.page.locator(f"[data-scanned='{n}']")).to_be_visible()

    def compare_slip(self, listed: int, courier: str | None) -> str:
        """Types the number, photographs the slip; returns whether it is the same, fewer or more."""
        self.touch(self.page.locator("[data-finish]"))
        for key in str(listed):
            self.page.locator(f"dp-gate-slip [data-key='{key}']").click()
        if courier:
            self.touch(self.page.locator(f"[data-courier={courier}]"))
        self.shoot()
        result = self.page.locator("[data-slip]")
        expect(result).to_be_visible()
        return str(result.get_attribute("data-slip"))

    def leave_gate(self) -> None:
        self.touch(self.page.locator("[data-leave]"))
        expect(self.page.locator("dp-scan")).to_be_attached()

    def wait_until_sent(self) -> None:
        """Until the server has answered for every record and verified every photo."""
        self.page.evaluate(
            """async () => {
              const read = (store) => new Promise((resolve, reject) => {
                const opening = indexedDB.open('dockproof');
                opening.onerror = () => reject(opening.error);
                opening.onsuccess = () => {
                  const all = opening.result.transaction(store).objectStore(store).getAll();
                  all.onsuccess = () => { opening.result.close(); resolve(all.result); };
                };
              });
              for (const end = performance.now() + 90000; performance.now() < end; ) {
                const open = (await read('journal')).filter((row) => row.state === 'pending');
                const photos = (await read('photos')).filter((row) => row.waiting !== undefined);
                if (!open.length && !photos.length) return;
                await new Promise((resolve) => setTimeout(resolve, 200));
              }
              throw new Error('the server has not answered within 90 s');
            }"""
        )

    def held_codes(self) -> list[str]:
        return [
            re.sub(r"\s", "", text) for text in self.page.locator(".gate-unknown .code").all_inner_texts()
        ]
