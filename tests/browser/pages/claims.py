"""Diagnosis, claims and letters at the desk as a person uses them; forms are sent by their buttons."""

from __future__ import annotations

import re

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.support.situation_parts import screenshot


def shot(words: str) -> FilePayload:
    """A screenshot to hang on a form."""
    return {"name": f"{words}.png", "mimeType": "image/png", "buffer": screenshot(words)}


class ClaimsDesk:
    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    # Diagnosis.
    def diagnose(self, order_no: str) -> None:
        """From the order's page, as a person comes to it."""
        self.open(f"/orders/{order_no}")
        self.page.locator(f"a[href='/orders/{order_no}/diagnosis']").first.click()
        expect(self.page.locator("table.counts")).to_be_visible()

    def found(self) -> int:
        return self.page.locator("article[id^=found-]").count()

    def card(self, type_id: str) -> Locator:
        return self.page.locator("article[id^=found-]").filter(
            has=self.page.locator(f"input[name=key][value^='{type_id}~']")
        )

    def confirm(self, type_id: str, **answers: str) -> None:
        """Says that the inputs are right; ends on the claim's form."""
        card = self.card(type_id)
        for name, value in answers.items():
            card.locator(f"input[name={name}][value={value}]").check()
        card.locator("button.main").click()
        self.page.wait_for_url("**/discrepancies/**")

    def state(self, type_id: str, **answers: str) -> None:
        """What only a person can say; ends on the claim's form."""
        form = self.page.locator("#manual form")
        form.locator("[name=type]").select_option(type_id)
        form.locator("[name=line]").select_option(index=1)
        form.locator("summary").click()
        for name, value in answers.items():
            if name == "category":
                form.locator("[name=category]").select_option(value)
            else:
                form.locator(f"input[name={name}][value={value}]").check()
        form.locator("button[type=submit]").click()
        self.page.wait_for_url("**/discrepancies/**")

    def open_channels(self, within: str = "main") -> list[str]:
        found = self.page.locator(f"{within} input[name=channel]").all()
        return [str(one.get_attribute("value")) for one in found]

    def dead_channels(self, within: str = "main") -> list[str]:
        """Folded away until somebody asks: each with why, and since when where that is known."""
        folded = self.page.locator(f"{within} details.dead-channels").first
        expect(folded.locator("li").first).to_be_hidden()
        folded.locator("summary").click()
        return folded.locator("li").all_inner_texts()

    # The claim's form.
    def fill(self, channel: str, description: str = "", **fields: str) -> None:
        page = self.page
        page.locator(f"input[name=channel][value={channel}]").check()
        for name, value in fields.items():
            field = page.locator(f"main [name={name}]")
            if field.evaluate("(field) => field.tagName") == "SELECT":
                field.select_option(value)
            elif field.get_attribute("type") == "checkbox":
                field.check()
            else:
                field.fill(value)
        if description:
            page.fill("#f-description", description)

    def open_claim(self) -> int:
        """Returns its number."""
        self.page.locator("main form button.main").click()
        self.page.wait_for_url(re.compile(r"/claims/\d+$"))
        return int(self.page.url.rpartition("/")[2])

    # The claim.
    def claim(self, number: int) -> None:
        self.open(f"/claims/{number}")

    def file_paper(self, order_no: str, kind: str, words: str) -> None:
        """On the order's page of papers."""
        self.open(f"/orders/{order_no}/papers")
        form = self.page.locator("form[enctype='multipart/form-data']").first
        form.locator("[name=kind]").select_option(kind)
        form.locator("input[type=file]").set_input_files([shot(words)])
        form.locator("button[type=submit]").first.click()
        expect(self.page.locator(".message.info, .message.good, [role=status]").first).to_be_visible()

    def refresh(self) -> None:
        self.page.locator("#missing form button").click()
        self.page.wait_for_url("**#exhibits")

    def blocks(self) -> list[str]:
        """The gates that hold the submission back."""
        return self.page.locator("#send .message.bad strong").all_inner_texts()

    def submit(self, *, proof: str = "", recipient: str = "") -> None:
        send = self.page.locator("#send")
        if recipient:
            send.locator("[name=recipient]").fill(recipient)
        if proof:
            send.locator("input[type=file]").set_input_files([shot(proof)])
        send.locator("button.main").click()

    def sent(self) -> None:
        expect(self.page.locator("#sent li").first).to_be_visible()

    def step(self, kind: str, *, proof: str = "", **fields: str) -> None:
        """States one step that happened."""
        step = self.page.locator(f"#steps details.step:has(input[name=kind][value={kind}])")
        step.locator("summary").click()
        form = step.locator("form")
        for name, value in fields.items():
            field = form.locator(f"[name={name}]")
            if name == "outcome":
                field.select_option(value)
            else:
                field.fill(value)
        if proof:
            form.locator("input[type=file]").set_input_files([shot(proof)])
        before = self.page.locator("#steps ol > li").count()
        form.locator("button[type=submit]").click()
        expect(self.page.locator("#steps ol > li")).to_have_count(before + 1)

    def steps(self) -> list[str]:
        """What may be stated next."""
        kinds = self.page.locator("#steps details.step input[name=kind]").all()
        return [str(one.get_attribute("value")) for one in kinds]
