"""Receiving in real Chromium: gate-in of thirty parcels, express, damage, before signing in Vietnam, no camera at all.

Touches are real clicks, counted by the page object; what was recorded is read from the server's own facts.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright, expect

from tests.browser.pages.desk import Desk
from tests.browser.pages.desk_setup import DeskSetup
from tests.browser.pages.receiving import Receiver
from tests.fixtures.export_1688 import Order, write_export
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, TABLET, browser
from tests.support.fake_camera import film_of_code, film_of_picture
from tests.support.looks import look_everywhere, speak
from tests.support.serving import Served, serving
from webapp.adapters.catalogues import catalogue
from webapp.usecases.demo import PIN

PICTURES = Path(__file__).resolve().parents[1] / "output"
SUPPLIER = "广州示例服饰有限公司"
FIRST, SECOND, THIRD = "79040000000", "79040000001", "79040000002"
"""Waybills of imported parcels that nobody has touched."""
NOTHING_TO_READ = ""
CAMERA_REFUSED = """navigator.mediaDevices.getUserMedia =
  () => Promise.reject(new DOMException('by the person', 'NotAllowedError'))"""
CHINA, VIETNAM = 0, 1


def look(page: Page, language: str, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{language}-receiving-{name}.png")
    assert violations(page) == [], name
    assert clipped(page) == [], name


class Facts:
    """What the server has learnt of the table since the test began."""

    def __init__(self, served: Served) -> None:
        self.database = served.home / "dockproof.db"
        self.before = self._ask("SELECT COALESCE(MAX(rowid), 0) FROM dock_fact")[0][0]

    def _ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database)) as database:
            return database.execute(query, values).fetchall()

    def said(self, kind: str) -> list[dict[str, Any]]:
        rows = self._ask(
            "SELECT id, slot, said, gone_by, parcel_id FROM dock_fact WHERE rowid > ? AND kind = ? ORDER BY rowid",
            self.before,
            kind,
        )
        return [
            {"id": row[0], "slot": row[1], "gone": row[3] is not None, "parcel": row[4], **json.loads(row[2])}
            for row in rows
        ]

    def photos(self) -> list[tuple[str, str | None, str | None]]:
        """Slot, more slots, the record it is about; every one of them verified."""
        states = {row[0] for row in self._ask("SELECT file_state FROM photo")}
        assert states <= {"verified"}
        return [(one["slot"], one["also"], one["about"]) for one in self.said("photo")]


@contextmanager
def dock(
    playwright: Playwright,
    tmp_path: Path,
    language: str,
    *,
    site: int = CHINA,
    plan: str | None = None,
    parcels: int = 3,
    camera: str = NOTHING_TO_READ,
    device: dict[str, int] | None = None,
) -> Iterator[tuple[Receiver, Facts]]:
    """A phone (in Vietnam a tablet, or as ``device`` says) with somebody at work. ``camera``: what the code before it
    says."""
    with serving(tmp_path / "home", "--demo") as served:
        with browser(playwright, tmp_path / "desk", language=language, viewport=TABLET) as at_desk:
            desk = Desk(at_desk.pages[0], served.address)
            desk.enter_demo(served.sign_in_link, language)
            write_export(tmp_path / "orders.xlsx", ordered(parcels))
            desk.import_file(tmp_path / "orders.xlsx", account="gate", owner="self")
            if plan:
                DeskSetup(desk.page, served.address).plan_for_supplier(SUPPLIER, plan, "long known")
            code = desk.enrolment_code(site=site)
        film = camera_film(camera, tmp_path / "camera.mjpeg")
        with browser(
            playwright,
            tmp_path / "phone",
            language=language,
            viewport=device or (PHONE if site == CHINA else TABLET),
            camera=film,
            touch=True,
        ) as at_dock:
            receiver = Receiver(at_dock.pages[0], served.address)
            receiver.enrol(code)
            receiver.start_shift("An" if site == CHINA else "Lan", PIN)
            yield receiver, Facts(served)


def camera_film(text: str, target: Path) -> Path:
    return film_of_code(text, target) if text else film_of_picture(Image.new("RGB", (900, 600)), target)


def ordered(parcels: int) -> tuple[Order, ...]:
    return tuple(
        Order(
            order_no=f"36590000000{n:02d}232333",
            supplier=SUPPLIER,
            waybills=(("中通快递(ZTO)", f"790400000{n:02d}"),),
        )
        for n in range(parcels)
    )


def test_thirty_parcels_pass_the_gate_untouched(playwright: Playwright, tmp_path: Path) -> None:
    codes = [f"790400000{n:02d}" for n in range(30)]
    with dock(playwright, tmp_path, "zh_CN", parcels=30, camera=codes[0]) as (receiver, facts):
        # The first one lies under the camera; the scanner must not open it as a parcel meanwhile.
        receiver.page.goto(f"{receiver.address}/scan?gate")
        receiver.touches = 0
        receiver.wait_gate_sum(1)
        for code in codes[1:]:
            receiver.wedge(code)
        receiver.wait_gate_sum(30)
        assert receiver.touches == 0
        receiver.gate_scan(codes[7], kind="again")
        receiver.gate_scan("NOBODY-KNOWS-1", kind="unknown")
        assert receiver.gate_sum() == 30
        look_everywhere(receiver.page, "receiving-gate", language="zh_CN")
        receiver.touch(receiver.page.locator(".gate-unknown [data-hold]"))
        expect(receiver.page.locator(".gate-unknown .state.ok")).to_be_visible()
        assert receiver.touches == 1
        receiver.touch(receiver.page.locator("[data-undo]"))
        receiver.wait_gate_sum(29)
        # A reload goes on with it.
        receiver.page.reload()
        receiver.wait_gate_sum(29)
        assert receiver.compare_slip(32, "zto") == "fewer"
        look_everywhere(receiver.page, "receiving-slip", language="zh_CN")
        receiver.leave_gate()
        receiver.wait_until_sent()
        arrivals = facts.said("arrival")
        assert [len(arrivals), len({one["parcel"] for one in arrivals})] == [30, 30]
        assert [one["gone"] for one in arrivals] == [False] * 29 + [True]
        assert [one["reason"] for one in facts.said("withdrawal")] == ["scanned-by-mistake"]
        held, slip = facts.said("unidentified")[0], facts.said("slip")[0]
        assert {name: slip[name] for name in ("courier", "listed", "scanned")} == {
            "courier": "zto",
            "listed": "32",
            "scanned": "30",
        }
        assert facts.photos() == [("EV-12", None, held["id"]), ("EV-23", None, slip["id"])]


@pytest.mark.parametrize(("language", "device"), [("zh_CN", PHONE), ("vi", TABLET)])
def test_a_clean_parcel_costs_four_touches_and_a_typed_weight(
    playwright: Playwright, tmp_path: Path, language: str, device: dict[str, int]
) -> None:
    with dock(playwright, tmp_path, language, plan="condition_weight", device=device) as (receiver, facts):
        before = receiver.counters()
        look(receiver.page, language, "first-screen")
        parcel = receiver.open_parcel(FIRST)
        receiver.stage("condition")
        look(receiver.page, language, "condition")
        receiver.touches = 0
        receiver.say_condition("intact")
        receiver.stage("label_photo")
        receiver.shoot()
        receiver.stage("weight")
        look(receiver.page, language, "weight-or-why-not")
        receiver.type_weight("12.5")
        look(receiver.page, language, "weight")
        receiver.shoot()
        receiver.stage("complete")
        look(receiver.page, language, "complete")
        receiver.done()
        assert receiver.touches <= 4
        assert receiver.counters() == {**before, "arrived": before["arrived"] + 1}
        receiver.wait_until_sent()
        assert [one["parcel"] for one in facts.said("arrival")] == [parcel]
        (condition,), (weighing,) = facts.said("condition"), facts.said("weighing")
        assert [condition["outer"], condition["tape"]] == ["intact", "intact"]
        assert [weighing[name] for name in ("grams", "shown", "unit", "opened")] == [
            "12500",
            "12.5",
            "kg",
            "no",
        ]
        assert facts.photos() == [("EV-12", "EV-04", condition["id"]), ("EV-16", None, weighing["id"])]


def test_a_damaged_parcel_shows_it_at_once_and_must_be_counted(
    playwright: Playwright, tmp_path: Path
) -> None:
    with dock(playwright, tmp_path, "vi", plan="condition_weight") as (receiver, facts):
        receiver.open_parcel(FIRST)
        receiver.stage("condition")
        assert receiver.steps()["count"] == "not_asked"
        receiver.say_condition("crushed", "broken")
        receiver.stage("damage_photo")
        for n in (1, 2):
            receiver.shoot()
            expect(receiver.page.locator("[data-photos='EV-17'] .number")).to_contain_text(str(n))
        look(receiver.page, "vi", "damage")
        receiver.touch(receiver.page.locator("[data-enough]"))
        receiver.stage("label_photo")
        receiver.skip("label-unreadable")
        receiver.stage("weight")
        receiver.choose_unit("jin")
        # What cannot be is refused with a sentence, and the picture is kept.
        receiver.type_weight("0")
        receiver.touch(receiver.page.locator("[data-save-weight]"))
        expect(receiver.page.locator(".field-error")).to_be_visible()
        receiver.page.locator("dp-weigh-pad [data-key=erase]").click()
        receiver.type_weight("25")
        receiver.shoot()
        receiver.stage("count")
        assert receiver.steps()["count"] == "open"
        expect(receiver.page.locator(".receive .message.warn")).to_be_visible()
        expect(receiver.page.locator(".shutter")).to_be_enabled()
        look(receiver.page, "vi", "raised")
        receiver.wait_until_sent()
        (condition,), (weighing,) = facts.said("condition"), facts.said("weighing")
        assert [condition["outer"], condition["tape"]] == ["crushed", "broken"]
        assert [weighing["grams"], weighing["shown"], weighing["unit"]] == ["12500", "25", "jin"]
        assert [one["step"] for one in facts.said("skip")] == ["photo-ev-12", "photo-ev-04"]
        damage = ("EV-17", "EV-09", condition["id"])
        assert facts.photos() == [damage, damage, ("EV-16", None, weighing["id"])]
        # The unit is remembered for the next parcel.
        receiver.page.goto(f"{receiver.address}/scan")
        receiver.open_parcel(SECOND)
        receiver.stage("condition")
        receiver.skip("courier-waits")
        receiver.stage("weight")
        expect(receiver.page.locator("[data-unit=jin]")).to_have_attribute("aria-pressed", "true")


def test_in_vietnam_nothing_is_signed_before_it_was_looked_at(playwright: Playwright, tmp_path: Path) -> None:
    with dock(playwright, tmp_path, "vi", site=VIETNAM) as (receiver, facts):
        refused = receiver.open_parcel(FIRST)
        receiver.stage("delivery")
        look(receiver.page, "vi", "delivery")
        receiver.deliver("refused", "wet")
        receiver.stage("delivery_photo")
        receiver.shoot()
        receiver.stage("refused")
        look(receiver.page, "vi", "refused")
        receiver.done()
        annotated = receiver.open_parcel(SECOND)
        receiver.deliver("annotated", "damaged-outside")
        receiver.stage("delivery_photo")
        receiver.shoot()
        receiver.stage("condition")
        look(receiver.page, "vi", "tablet-condition")
        receiver.page.goto(f"{receiver.address}/scan")
        left = receiver.open_parcel(THIRD)
        receiver.touch(receiver.page.locator("[data-courier=absent]"))
        receiver.stage("condition")
        receiver.say_condition("intact", "none")
        receiver.stage("label_photo")
        receiver.shoot()
        receiver.stage("weight")
        look(receiver.page, "vi", "tablet-weight")
        receiver.wait_until_sent()
        said = {one["parcel"]: one for one in facts.said("delivery")}
        assert {parcel: [one["courier"], one["outcome"], one["reason"]] for parcel, one in said.items()} == {
            refused: ["present", "refused", "wet"],
            annotated: ["present", "annotated", "damaged-outside"],
            left: ["absent", "accepted", None],
        }
        # What goes back with the courier never arrived.
        assert [one["parcel"] for one in facts.said("arrival")] == [annotated, left]
        (condition,) = facts.said("condition")
        assert facts.photos() == [
            ("EV-28", None, said[refused]["id"]),
            ("EV-28", None, said[annotated]["id"]),
            ("EV-12", None, condition["id"]),
        ]


def test_where_the_camera_is_refused_the_phones_own_one_does(playwright: Playwright, tmp_path: Path) -> None:
    """And what is no picture is refused with a sentence, while a HEIC is kept with a warning."""
    with dock(playwright, tmp_path, "en") as (receiver, facts):
        receiver.page.add_init_script(CAMERA_REFUSED)
        receiver.page.goto(f"{receiver.address}/scan")
        expect(receiver.page.locator("dp-code-reader .message")).to_be_visible()
        look(receiver.page, "en", "no-camera")
        receiver.wedge("NOBODY-KNOWS-1")
        expect(receiver.page.locator("[data-hold]")).to_be_visible()
        # Who cannot read it changes the language, and reads it.
        for language in ("vi", "en"):
            speak(receiver.page, language)
            told = receiver.page.locator(".foot .message.warn")
            expect(told).to_contain_text(catalogue(language)["scan.unknown_next"])
        receiver.touch(receiver.page.locator("[data-hold]"))
        file = receiver.page.locator("dp-viewfinder input[type=file]")
        video = b"\0\0\0\x18ftypisom" + bytes(64)
        file.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": video})
        expect(receiver.page.locator("dp-viewfinder .message.warn")).to_be_visible()
        look(receiver.page, "en", "no-picture")
        heic = b"\0\0\0\x18ftypheic" + bytes(64)
        file.set_input_files({"name": "a.heic", "mimeType": "image/heic", "buffer": heic})
        expect(receiver.page.locator("dp-viewfinder .message.info")).to_be_visible()
        receiver.touch(receiver.page.locator("[data-done]"))
        # Once more: it is held already.
        receiver.wedge("nobody-knows-1")
        expect(receiver.page.locator("dp-scan .foot .message")).to_be_visible()
        expect(receiver.page.locator("[data-hold]")).to_have_count(0)
        # A wrong check character is told from an unknown code.
        receiver.type_code("7K3M9Q2XZ4")
        expect(receiver.page.locator(".message")).to_contain_text("7K3M9Q2XZ4")
        receiver.wait_until_sent()
        (held,) = facts.said("unidentified")
        assert facts.photos() == [("EV-12", None, held["id"])]
        assert [one["source"] for one in facts.said("photo")] == ["input"]
        assert facts.said("arrival") == []
