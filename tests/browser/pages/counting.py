"""The counting screen as a receiver uses it while the film runs."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.pages.phone import Phone


class Counting:
    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, parcel: str) -> None:
        """From the parcel's screen; what is open of the closed parcel is left out first, with a reason each."""
        stage = self.page.locator(".receive[data-stage]")
        stage.wait_for()
        if stage.get_attribute("data-stage") in ("condition", "weight"):
            Phone(self.page, "").leave_out_closed_steps()
        self._enter(parcel)

    def turned_away(self, parcel: str) -> None:
        """The film's own address, from the parcel's screen: it leads back, to what is still open."""
        self.page.locator("dp-parcel").evaluate("(screen) => { screen.dataset.former = ''; }")
        self._enter(parcel)
        expect(self.page.locator("dp-parcel:not([data-former]) .receive")).to_be_visible()
        self.page.wait_for_url(f"**/parcel/{parcel}")

    def _enter(self, parcel: str) -> None:
        self.page.evaluate(
            """(path) => document.getElementById('app')
              .dispatchEvent(new CustomEvent('dp-go', {detail: {path, replace: false}}))""",
            f"/parcel/{parcel}?count",
        )

    def wait_until_running(self) -> None:
        expect(self.page.locator("button.tap").first).to_be_enabled()

    def step(self) -> str:
        """The step of the take as the strip names it."""
        return self.page.locator(".strip-name").inner_text()

    def shown(self) -> None:
        self.page.locator(".strip-next").click()

    def still(self) -> None:
        before = self.stills()
        self.page.locator(".still").click()
        expect(self.page.locator(".still-count")).to_have_text(str(before + 1))

    def stills(self) -> int:
        badge = self.page.locator(".still-count")
        return int(badge.inner_text()) if badge.count() else 0

    def count(self, line: int) -> list[int]:
        """One tap; returns the units that are to be put aside."""
        self.page.locator("button.tap").nth(line).click()
        units = self.page.locator(".put-aside .unit")
        return [int(number) for number in re.findall(r"\d+", units.inner_text())] if units.count() else []

    def counts(self) -> list[int]:
        return [int(text) for text in self.page.locator("button.tap .units").all_inner_texts()]

    def active(self) -> int:
        areas = self.page.locator("button.tap").all()
        (place,) = [at for at, area in enumerate(areas) if "active" in (area.get_attribute("class") or "")]
        return place

    def choose_step(self, value: str) -> None:
        self.page.locator("[data-step]").click()
        self.page.locator(f'dialog [data-value="{value}"]').click()

    def note_packs(self, line: int, packs: int) -> None:
        """Long press on the goods, unopened packs, their size as it is known."""
        self.page.locator("button.tap").nth(line).click(delay=700)
        self.page.locator('dialog [data-value="by_pack"]').click()
        self.page.fill("#estimate-packs", str(packs))
        self.page.locator('dialog [data-value="keep"]').click()

    def wedge(self, text: str) -> None:
        """Keys faster than any person, then Enter."""
        self.page.evaluate(
            """(keys) => {
              for (const key of keys) {
                document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
              }
            }""",
            [*text, "Enter"],
        )

    def ask_to_finish(self) -> str:
        """Returns what the question says."""
        self.page.locator("[data-finish]").click()
        dialog = self.page.locator("dialog")
        expect(dialog).to_be_visible()
        return dialog.inner_text()

    def answer(self, value: str) -> None:
        self.page.locator(f'dialog [data-value="{value}"]').click()

    def story(self) -> list[str]:
        """What the end screen says beside the units."""
        expect(self.page.locator(".result .sum")).to_be_visible()
        return self.page.locator(".estimate, .story li").all_inner_texts()
