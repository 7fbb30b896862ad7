"""The phone app as a receiver uses it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, TimeoutError, expect


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
        expect(self.page.locator("dp-code-reader, .receive").first).to_be_attached()

    def wait_for_scanned_parcel(self) -> str:
        """The camera reads the label by itself; returns the parcel's id."""
        self.page.wait_for_url("**/parcel/*")
        expect(self.page.locator(".receive")).to_be_visible()
        return self.page.url.rpartition("/")[2].partition("?")[0]

    def type_code(self, text: str) -> None:
        self.page.locator("dp-scan [data-type]").click()
        self.page.fill("#typed-code", text)
        self.page.locator("#type-form button[type=submit]").click()

    def type_code_although_a_label_lies_in_view(self, text: str) -> None:
        """On a slow machine the camera reads the label again before the number key is hit: back, and once more."""
        for _ in range(8):
            self.page.go_back()
            try:
                self.page.locator("dp-scan [data-type]").click(timeout=5_000)
                self.page.fill("#typed-code", text, timeout=5_000)
            except TimeoutError:
                continue
            break
        self.page.locator("#type-form button[type=submit]").click()

    def stage(self, name: str) -> None:
        """Waits until the parcel asks for this."""
        expect(self.page.locator(f".receive[data-stage={name}]")).to_be_visible()

    def leave_out_closed_steps(self) -> None:
        """A film needs condition and weight, or a reason why not: one tap each."""
        for asked in ("condition", "weight"):
            self.stage(asked)
            self.page.locator("[data-skip]").first.click()
        expect(
            self.page.locator(".receive[data-stage=condition], .receive[data-stage=weight]")
        ).to_have_count(0)

    def film(self) -> None:
        """From the parcel's screen, where nothing was recorded of the closed parcel."""
        self.leave_out_closed_steps()
        self.page.locator(".shutter, .shutter-plain").first.click()
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
        """Ends the count as it stands, also one that differs."""
        self.page.locator("[data-finish]").click()
        self.page.locator("dialog [data-value=yes], dialog [data-value=keep]").click()
        expect(self.page.locator(".result .sum")).to_be_visible()

    def result(self) -> int:
        return int(self.page.locator(".result .sum").inner_text())

    def other_dock(self) -> str:
        """The camera reads another instance's label by itself; returns where the app offers to go."""
        link = self.page.locator("dp-scan .message a.big")
        expect(link).to_be_visible()
        return str(link.get_attribute("href"))

    def open_settings(self) -> None:
        self.page.goto(f"{self.address}/captures")
        self.page.locator("[data-this-phone]").click()
        expect(self.page.locator("[data-change-key]")).to_be_visible()

    def begin_key_change(self) -> None:
        self.page.locator("[data-change-key]").click()
        self.page.locator("dialog .sheet-choices button.main").click()

    def change_key(self) -> None:
        self.begin_key_change()
        expect(self.page.locator("dp-phone-settings .message.info")).to_be_visible()

    def key_waits(self) -> bool:
        """Whether two keys lie in the phone's database: the server has not answered yet."""
        waits: bool = self.page.evaluate(
            """() => new Promise((resolve, reject) => {
              const opening = indexedDB.open('dockproof');
              opening.onerror = () => reject(opening.error);
              opening.onsuccess = () => {
                const former = opening.result.transaction('keys').objectStore('keys').get('former');
                former.onsuccess = () => { opening.result.close(); resolve(former.result !== undefined); };
                former.onerror = () => reject(former.error);
              };
            })"""
        )
        return waits

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
        """The take's row, once the server has confirmed its bytes and those of all photos."""
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
                const files = (await read()).filter((row) => row.kind === 'take' || row.kind === 'photo');
                const sent = files.every((row) => row.receipt?.file?.state === 'verified');
                if (sent && files.some((row) => row.kind === 'take')) return;
                await new Promise((resolve) => setTimeout(resolve, 200));
              }
              throw new Error('the server has not confirmed take and photos within 90 s');
            }"""
        )
        return next(row for row in self.journal() if row["kind"] == "take")
