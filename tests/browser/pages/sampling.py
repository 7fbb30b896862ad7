"""A line's sample drawn again, and QC's shift on the same phone."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.pages.counting import Counting
from tests.browser.pages.inspecting import Inspecting
from tests.browser.pages.receiving import Receiver
from webapp.usecases.demo import PIN


class Sampling:
    """``receiver``: whose hands hold the phone. It starts at the first screen."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self.page = receiver.page
        self.inspecting = Inspecting(receiver.page)

    def count(self, waybill: str, units: list[int]) -> str:
        """Films and counts a parcel by tens and ones, and keeps a count that differs; returns the parcel's id."""
        parcel = self.receiver.open_parcel(waybill)
        counting = Counting(self.page)
        counting.open(parcel)
        counting.wait_until_running()
        for step in (10, 1):
            counting.choose_step(str(step))
            for line, n in enumerate(units):
                self.receiver.tap(line, n // 10 if step == 10 else n % 10)
        assert counting.counts() == units
        counting.ask_to_finish()
        counting.answer("keep" if self.page.locator('dialog [data-value="keep"]').count() else "yes")
        expect(self.page.locator(".result .sum")).to_have_text(str(sum(units)))
        return parcel

    def open(self, parcel: str, line: str) -> None:
        self.inspecting.open(f"/parcel/{parcel}?sample={line}")

    def think_better_of_it(self) -> None:
        """Asks to draw again, and gives no reason."""
        self.inspecting.press("redraw")
        self.page.locator("dialog [data-cancel]").click()
        expect(self.page.locator("dialog")).to_have_count(0)

    def draw_again(self, reason: str) -> None:
        before = self.inspecting.units()
        self.inspecting.press("redraw")
        self.page.locator(f'dialog [data-value="{reason}"]').click()
        expect(self.page.locator("dialog")).to_have_count(0)
        self.page.wait_for_function(
            "(before) => [...document.querySelectorAll('.unit-chip')].map((one) => one.dataset.unit).join() !== before",
            arg=",".join(str(unit) for unit in before),
        )

    def pass_units(self, n: int) -> None:
        for _ in range(n):
            self.inspecting.ok()

    def finish(self) -> None:
        self.inspecting.press("finish")

    def judge(self, parcel: str) -> None:
        """QC's screen, when it offers its keys."""
        self.inspecting.open(f"/parcel/{parcel}?verdict")
        expect(self.page.locator("[data-verdict]").first).to_be_visible()

    def hand_over(self, name: str) -> None:
        """To somebody else, by the key on the first screen."""
        self.page.goto(f"{self.receiver.address}/scan")
        self.page.locator(".who .link").click()
        self.page.locator('dialog [data-value="yes"]').click()
        self.receiver.start_shift(name, PIN)
