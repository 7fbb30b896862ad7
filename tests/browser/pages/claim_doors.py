"""What goes out of the house: an agent's standing link, and letters to factory and carrier."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.pages.claims import ClaimsDesk, shot


class AgentDoor:
    """The agent's pages, without a sign-in."""

    def __init__(self, page: Page, link: str) -> None:
        self.page = page
        self.link = link

    @staticmethod
    def link_of_new_agent(desk: ClaimsDesk, language: str, copy: int) -> str:
        """Names an agent, gives it every account of nobody, and takes its link."""
        page, name = desk.page, f"1688 Order {copy}"
        desk.open("/agents")
        add = page.locator("form[action='/agents']")
        add.locator("[name=name]").fill(name)
        add.locator("[name=language]").select_option(language)
        add.locator("button[type=submit]").click()
        card = page.locator("section.card", has=page.locator("h2", has_text=name))
        expect(card).to_be_visible()
        loose = page.locator("form[action^='/agents/accounts/']")
        while loose.count():
            before = loose.count()
            loose.first.locator("[name=agent]").select_option(label=name)
            loose.first.locator("button[type=submit]").click()
            expect(loose).to_have_count(before - 1)
        card.locator("form[action$='/link'] button").click()
        link = page.locator("[data-link]").get_attribute("data-link")
        assert link is not None
        return link

    def cases(self) -> str:
        self.page.goto(self.link)
        return self.page.locator("main").inner_text()

    def open_case(self, order_no: str) -> None:
        self.page.locator("main a", has_text=order_no).first.click()
        expect(self.page.locator("#steps")).to_be_visible()

    def say(self, step: str, *, proof: str = "", **fields: str) -> None:
        """One step, with time and proof where given."""
        asked = f":has(input[name=step][value={step}])"
        folded = self.page.locator(f"#steps details.step{asked} > summary")
        if folded.count():
            folded.click()
        form = self.page.locator(f"#steps form{asked}")
        for name, value in fields.items():
            form.locator(f"[name={name}]").fill(value)
        if proof:
            form.locator("details.more summary").click()
            form.locator("input[type=file]").set_input_files([shot(proof)])
        form.locator("button.main").click()
        expect(self.page.locator(".good[role=status]")).to_be_visible()


class Letters:
    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def write(self, order_no: str, template: str, *, claim: str = "", **slots: str) -> None:
        """Fills what the record does not know and shows the letters in three languages."""
        asked = f"template={template}" + (f"&claim={claim}" if claim else "")
        self.page.goto(f"{self.address}/orders/{order_no}/messages?{asked}")
        for name, value in slots.items():
            field = self.page.locator(f"main [name={name}]")
            if field.evaluate("(field) => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        self.page.locator("form[action$='/messages'] button[type=submit]").first.click()
        expect(self.page.locator("article.letter")).to_have_count(3)

    def text(self, language: str) -> str:
        return self.page.locator(f"#letter-{language} ~ pre").inner_text()

    def send(self, proof: str, *, recipient: str) -> None:
        """Records that the Chinese one went out, with a screenshot."""
        self.page.fill("#recipient", recipient)
        self.page.set_input_files("#proof", [shot(proof)])
        self.page.locator("#record button.main").click()
        expect(self.page.locator("#sent article").first).to_be_visible()
