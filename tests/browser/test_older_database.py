"""A phone with a full queue gets a newer app: its database grows, nothing of the queue is lost, everything arrives."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser.pages.counting import Counting
from tests.browser.pages.phone import Phone
from tests.browser.pages.phone_store import PhoneStore
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, browser
from tests.support.fake_camera import film_of_code
from tests.support.mortal_phone import Prepared, film, prepared
from tests.support.serving import serving
from webapp.usecases.demo import PIN

PICTURES = Path(__file__).resolve().parents[1] / "output"
OLDER = (Path(__file__).parent / "older_database" / "page.js").read_text("utf-8")
KEPT = ("journal", "takes", "chunks", "events", "slices", "uploads", "challenges", "pictures")
NEWEST = 3


def older(page: Page, call: str, argument: object) -> None:
    """On a page of the same address that runs no app: nothing of today's holds the database."""
    page.goto(re.sub(r"(?<=\d)/.*", "/phone-check", page.url))
    page.evaluate(OLDER + "\n0")  # not a function: that would be called
    page.evaluate(f"(argument) => window.{call}(argument)", argument)


def version_of(page: Page) -> int:
    told: int = page.evaluate(
        "async () => (await indexedDB.databases()).find(({name}) => name === 'dockproof').version"
    )
    return told


def full_queue(page: Page, context: BrowserContext, place: Prepared, *, photos: bool) -> list[str]:
    """Two films, and with ``photos`` a still of each, of which the server hears nothing."""
    context.route("**/api/v1/**", lambda route: route.abort())
    takes: list[str] = []
    for _ in range(2):
        film(page, place.parcel)
        counting = Counting(page)
        counting.count(0)
        if photos:
            counting.still()
        Phone(page, "").finish()
        rows = PhoneStore(page).rows("takes")["takes"]
        takes += [row["takeId"] for row in rows if row["takeId"] not in takes]
        page.goto(re.sub(r"(?<=\d)/.*", f"/parcel/{place.parcel}", page.url))
    return takes


@pytest.mark.parametrize("version", [1, 2])
def test_a_full_queue_of_an_earlier_release_arrives_whole(
    playwright: Playwright, tmp_path: Path, version: int
) -> None:
    place = prepared(tmp_path / "home")
    camera = film_of_code(place.label, tmp_path / "camera.mjpeg")
    stores = (*KEPT, "photos", "photo_bytes") if version > 1 else KEPT
    with (
        serving(place.home) as served,
        browser(
            playwright, tmp_path / "phone", language="en", viewport=PHONE, camera=camera, touch=True
        ) as context,
    ):
        page = context.pages[0]
        phone, store = Phone(page, served.address), PhoneStore(page)
        phone.enrol(place.enrolment)
        phone.start_shift("An", PIN)
        page.wait_for_url(f"**/parcel/{place.parcel}")
        first, second = full_queue(page, context, place, photos=version > 1)
        older(page, "becomeOlder", {"version": version, "rowsTake": second})
        assert version_of(page) == version
        before = store.rows(*stores)
        assert {row["takeId"]: row["backend"] for row in before["takes"]} == {first: "opfs", second: "idb"}
        assert all(row["state"] == "pending" for row in before["journal"])

        page.goto(f"{served.address}/captures")
        expect(page.locator("[data-totals]")).to_contain_text(
            f"Films 2 · photos {2 if version > 1 else 0} · records {len(before['journal'])}"
        )
        assert version_of(page) == NEWEST
        assert store.rows(*stores) == before
        context.unroute("**/api/v1/**")
        page.evaluate("() => window.dispatchEvent(new Event('online'))")
        store.wait("rows.takes.every((take) => take.verifiedAt)")
        store.wait("rows.photos.every((photo) => photo.verifiedAt)")
        store.wait("rows.journal.every((row) => row.state === 'accepted')")
    _arrived_whole(place.home, before)


def _arrived_whole(home: Path, before: dict[str, list[dict[str, Any]]]) -> None:
    with closing(sqlite3.connect(home / "dockproof.db")) as database:
        found = database.execute("SELECT text FROM record ORDER BY device_id, seq").fetchall()
        states = database.execute("SELECT file_state FROM take UNION ALL SELECT file_state FROM photo")
        assert {state for (state,) in states} == {"verified"}
    journal = sorted(before["journal"], key=lambda row: row["seq"])
    texts = [row["text"] for row in journal]
    assert [row["seq"] for row in journal] == list(range(1, len(journal) + 1))
    assert [text for (text,) in found if text in texts] == texts
    for text in texts:
        claim = re.search(r"^file sha256:([0-9a-f]{64}) (\d+) ", text, re.MULTILINE)
        if claim is not None:
            sha256, size = claim.groups()
            data = (home / "blobs" / sha256[:2] / sha256[2:4] / sha256).read_bytes()
            assert (hashlib.sha256(data).hexdigest(), len(data)) == (sha256, int(size))


def test_another_tabs_older_or_newer_database_is_named(playwright: Playwright, tmp_path: Path) -> None:
    """An old tab that holds it is waited for; one that a newer app has changed is left alone."""
    place = prepared(tmp_path / "home")
    camera = film_of_code(place.label, tmp_path / "camera.mjpeg")
    with (
        serving(place.home) as served,
        browser(
            playwright, tmp_path / "phone", language="zh_CN", viewport=PHONE, camera=camera, touch=True
        ) as context,
    ):
        old = context.pages[0]
        old.goto(f"{served.address}/phone-check")
        older(old, "holdDatabase", 2)
        page = context.new_page()
        page.goto(f"{served.address}/scan")
        told = page.locator(".start-news .message")
        expect(told).to_contain_text("旧版本")
        look(page, "blocked")
        old.close()
        expect(page.locator("#enrol-code")).to_be_visible()
        expect(told).to_have_count(0)
        page.goto(f"{served.address}/phone-check")
        page.evaluate(
            """(version) => new Promise((resolve) => {
              const opening = indexedDB.open('dockproof', version);
              opening.onsuccess = () => { opening.result.close(); resolve(); };
            })""",
            NEWEST + 1,
        )
        page.goto(f"{served.address}/scan")
        expect(told).to_contain_text("更新版本")
        look(page, "newer")
        assert version_of(page) == NEWEST + 1


def look(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"older-database-{name}.png", full_page=True)
    assert violations(page) == [], name
    assert clipped(page) == [], name
