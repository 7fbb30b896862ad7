"""The screens of an opened parcel: sample, decision, evidence at the table, guided captures, result card."""

from __future__ import annotations

import base64
import re

from playwright.sync_api import Page, expect


class Inspecting:
    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, path: str) -> None:
        """Another screen of the app, without reloading it."""
        self.page.evaluate(
            """(path) => document.getElementById('app')
              .dispatchEvent(new CustomEvent('dp-go', {detail: {path, replace: false}}))""",
            path,
        )

    def turned_away(self, path: str) -> None:
        """A screen's own address leads back to what the closed parcel still has to show."""
        self.open(path)
        self.page.wait_for_url(path.partition("?")[0].join(("**", "")))
        expect(self.page.locator(".receive[data-stage=condition]")).to_be_visible()

    def early(self) -> list[str]:
        """Rows of the goods that wait for the closed parcel."""
        rows = self.page.locator("[data-row]", has=self.page.locator("[data-early]")).all()
        return [str(one.get_attribute("data-row")) for one in rows]

    def press(self, key: str) -> None:
        self.page.locator(f"[data-{key}]:not([disabled])").first.click()

    def shoot(self) -> None:
        self.page.locator(".snap:not([disabled])").click()

    # Sample.
    def lot_and_n(self) -> tuple[int, int]:
        lot, n = (self.page.locator(f"[data-{name}]").first.inner_text() for name in ("lot", "n"))
        return int(lot.split()[0]), int(n.split()[0])

    def draw(self) -> None:
        self.press("draw")
        expect(self.page.locator(".unit-card")).to_be_visible()

    def units(self) -> list[int]:
        return [int(str(one.get_attribute("data-unit"))) for one in self.page.locator(".unit-chip").all()]

    def aside(self) -> list[int]:
        chips = self.page.locator(".unit-chip", has=self.page.locator("small")).all()
        return [int(str(one.get_attribute("data-unit"))) for one in chips]

    def unit(self) -> int:
        return int(str(self.page.locator(".unit-card").get_attribute("data-unit-now")))

    def states(self) -> dict[int, str]:
        return {
            int(str(one.get_attribute("data-unit"))): str(one.get_attribute("data-state"))
            for one in self.page.locator(".unit-chip").all()
        }

    def ok(self) -> None:
        unit = self.unit()
        self.press("ok")
        expect(self.page.locator(f'.unit-chip[data-unit="{unit}"]')).to_have_attribute("data-state", "ok")

    def defect(self, code: str, *, as_class: str | None = None, more: int = 0) -> None:
        self.press("defect")
        self.page.locator(f"[data-code={code}]").click()
        if as_class:
            self.page.locator(f".defect-foot [data-class={as_class}]").click()
        for _ in range(more):
            self.press("more")
        self.press("save-defect")
        self.shoot()
        expect(self.page.locator("[data-next-unit].main")).to_be_visible()
        expect(self.page.locator(".page .quiet")).to_contain_text("1")

    def next_unit(self) -> None:
        self.press("next-unit")

    def undo(self) -> None:
        self.press("undo")

    def standing(self) -> dict[str, list[str]]:
        rows = self.page.locator(".standing").first.locator("tbody tr").all()
        return {str(row.get_attribute("data-class")): row.locator("td").all_inner_texts() for row in rows}

    # Decision.
    def decide(self, line: str, verdict: str, reason: str) -> None:
        card = self.page.locator(f'[data-line="{line}"]')
        card.locator(f"[data-verdict={verdict}]").click()
        card.locator(f"[data-reason={reason}]").click()
        expect(card.locator(f"[data-given={verdict}]")).to_be_visible()

    def proposal(self, line: str) -> str:
        proposed = self.page.locator(f'[data-line="{line}"] .verdict.proposed')
        return str(proposed.get_attribute("data-verdict")) if proposed.count() else ""

    # Evidence.
    def rows(self) -> dict[str, str]:
        expect(self.page.locator(".evidence-rows > li").first).to_be_visible()
        return {
            str(one.get_attribute("data-row")): str(one.get_attribute("data-state"))
            for one in self.page.locator(".evidence-rows > li").all()
        }

    def photograph(self, row: str, *, weight: str = "") -> None:
        self.page.locator(f"[data-row={row}] [data-shoot]").click()
        for key in weight:
            self.page.locator(f"dp-weigh-pad [data-key='{key}']").click()
        self.shoot()
        expect(self.page.locator(f"[data-row={row}]")).to_have_attribute("data-state", "done")

    def cannot(self, row: str, reason: str) -> None:
        self.page.locator(f"[data-row={row}] [data-cannot]").click()
        self.page.locator(f"[data-row={row}] [data-skip={reason}]").click()
        expect(self.page.locator(f"[data-row={row}]")).to_have_attribute("data-state", "skipped")

    def type_item_id(self, text: str) -> None:
        self.page.locator("[data-row=item_id] [data-shoot]").click()
        self.page.fill("#item-id", text)

    def keep_item_id(self, text: str) -> None:
        """Without its picture."""
        self.press("save-item")
        expect(self.page.locator("[data-row=item_id] [data-item-id]")).to_contain_text(text)

    # Guided captures.
    def film_steps(self) -> list[str]:
        """Confirms each prompt; returns them in order."""
        shown = []
        while self.page.locator("[data-shown]").count():
            shown.append(str(self.page.locator("li.now").get_attribute("data-step")))
            self.press("shown")
        return shown

    def measure(self, line: str, attribute: str, listed: str, measured: str, unit: str) -> str:
        """Returns whether the screen says that it counts as not as described."""
        goods = self.page.locator(f'[data-line="{line}"]')
        if goods.get_attribute("aria-pressed") == "false":
            goods.click()
        self.page.locator(f"[data-attribute={attribute}]").click()
        self.page.locator(f"[data-unit={unit}]").click()
        for key in listed:
            self.page.locator(f".keypad [data-key='{key}']").click()
        self.press("next")
        for key in measured:
            self.page.locator(f".keypad [data-key='{key}']").click()
        said = str(self.page.locator("[data-qualifies]").get_attribute("data-qualifies"))
        self.press("save-measurement")
        expect(self.page.locator("[data-fact=measurement]").first).to_be_visible()
        return said

    # Result.
    def card(self, language: str) -> bytes:
        """The picture as it would be sent."""
        self.page.locator(f"[data-language={language}]").click()
        expect(self.page.locator(f"[data-language={language}]")).to_have_attribute("aria-pressed", "true")
        data = self.page.evaluate("() => document.querySelector('canvas.result-card').toDataURL('image/png')")
        return base64.b64decode(re.sub("^data:image/png;base64,", "", data))

    def text(self) -> str:
        return self.page.locator(".result-text").inner_text()
