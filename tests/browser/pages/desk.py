"""The desk as a person uses it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect


class Desk:
    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def become_first_owner(self, link: str, language: str) -> None:
        self.page.goto(link)
        self.page.locator(f'.languages button[value="{language}"]').click()
        self.page.fill("#organisation", "Chi Import")
        self.page.fill("#customer_code", "VN-88")
        self.page.fill("#name", "Chi")
        self.page.fill("#login", "chi")
        self.page.fill("#password", "a long password")
        self.page.locator("main form button[type=submit]").click()
        expect(self.page.locator(".first-steps")).to_be_visible()

    def enter_demo(self, link: str, language: str) -> None:
        self.page.goto(link)
        self.page.locator(f'.languages button[value="{language}"]').click()
        self.page.locator("main form button[type=submit]").click()
        expect(self.page.locator("table.board")).to_be_visible()

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def import_file(self, file: Path, *, account: str, owner: str) -> None:
        """Uploads, looks at the preview, says yes."""
        self.upload_file(file, account=account, owner=owner)
        self.confirm_import()

    def upload_file(self, file: Path, *, account: str, owner: str) -> None:
        """Ends on the preview, or on the choice of columns."""
        self.open("/orders/import")
        self.page.set_input_files("#file", file)
        self.page.fill("#account", account)
        self.page.check(f'input[name=owner][value="{owner}"]')
        self.page.locator("form[action$='/orders/import'] button[type=submit]").click()
        expect(self.page.locator(".preview, select[name=order_no]").first).to_be_visible()

    def paste_table(self, text: str) -> None:
        self.open("/orders/import")
        self.page.locator("details.card > summary").click()
        self.page.fill("#table", text)
        self.page.locator("form[action$='/pasted'] button[type=submit]").click()
        expect(self.page.locator(".preview")).to_be_visible()

    def choose_columns(self, columns: dict[str, str]) -> None:
        for field, header in columns.items():
            self.page.select_option(f"select[name={field}]", header)
        self.page.locator("main form[data-busy] button[type=submit]").click()
        expect(self.page.locator(".preview")).to_be_visible()

    def confirm_import(self) -> None:
        expect(self.page.locator(".preview")).to_be_visible()
        self.page.locator(".confirm-import button[type=submit]").click()
        expect(self.page.locator(".report")).to_be_visible()

    def preview(self) -> list[int]:
        """New orders, orders to update, lines, waybills, refused rows."""
        return [int(text) for text in self.page.locator(".preview .tiles dd").all_inner_texts()]

    def report(self) -> list[int]:
        """New orders, updated, new lines, new waybills, refused rows."""
        return [int(text) for text in self.page.locator(".report .tiles dd").all_inner_texts()]

    def open_order(self, order_no: str) -> None:
        self.open("/")
        self.page.locator(".order-link", has_text=order_no).click()
        expect(self.page.locator("h1")).to_contain_text(order_no)

    def print_labels(self) -> bytes:
        with self.page.expect_download() as waiting:
            self.page.locator("form[action$='/labels'] button[type=submit]").click()
        return Path(waiting.value.path()).read_bytes()

    def add_worker(self, name: str, pin: str) -> None:
        self.open("/phones")
        form = self.page.locator("form[action$='/workers']").first
        self.page.locator("details.add", has=self.page.locator("form[action$='/workers']")).first.locator(
            "summary"
        ).click()
        form.locator("input[name=name]").fill(name)
        form.locator("input[name=pin]").fill(pin)
        form.locator("button[type=submit]").click()
        expect(self.page.locator("ul.rows", has_text=name).first).to_be_visible()

    def enrolment_code(self, *, site: int = 0) -> str:
        """For the n-th warehouse on the page."""
        self.open("/phones")
        self.page.locator("form[action$='/codes'] button.main").nth(site).click()
        code = self.page.locator(".big-code").get_attribute("data-code")
        assert code is not None
        return code

    def board_row(self, order_no: str) -> list[str]:
        """Each line's "counted / ordered" and state word."""
        self.open("/")
        row = self.page.locator("table.board tbody tr", has_text=order_no)
        return [text.replace("\n", " ") for text in row.locator(".line-counts li").all_inner_texts()]

    def film_time(self) -> float:
        time: float = self.page.locator("video").evaluate("(film) => film.currentTime")
        return time

    def wait_for_film(self) -> float:
        """Until the film's data is there; returns its length in seconds."""
        film = self.page.locator("video")
        self.page.wait_for_function("() => document.querySelector('video')?.readyState >= 1")
        length: float = film.evaluate("(film) => film.duration")
        return length

    def jump_to_unit(self, unit: int) -> float:
        self.page.locator("[data-jump] input").fill(str(unit))
        self.page.locator("[data-jump] button").click()
        self.page.wait_for_function("() => !document.querySelector('video').seeking")
        return self.film_time()
