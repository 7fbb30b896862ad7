"""A phone whose browser is killed again and again, in the middle of a take or of an upload, and what is left of it."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from playwright.sync_api import Page, Playwright
from sqlalchemy import select

from tests.browser.pages.counting import Counting
from tests.browser.pages.phone import Phone
from tests.browser.pages.phone_store import PhoneStore
from tests.support.browsers import PHONE, browser, kill_browser
from tests.support.fake_camera import film_of_code
from tests.support.serving import Served, serving
from tests.support.templates import lay_database
from webapp.config import read_settings
from webapp.store.schema import Device, Order
from webapp.usecases.demo import PIN, fill_demo
from webapp.usecases.demo_orders import FILMED_ORDER
from webapp.usecases.phones import make_code_for_site
from webapp.wiring import build_services

SLOW_LINE = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 40_000}


@dataclass(frozen=True)
class Prepared:
    home: Path
    parcel: str
    label: str
    enrolment: str


def prepared(home: Path) -> Prepared:
    """The demo's orders on a server; the first one is to be counted."""
    lay_database(home / "dockproof.db")
    services = build_services(read_settings({"DOCKPROOF_HOME": str(home)}, home))
    now = services.clock.now()
    fill_demo(services.database, services.blobs, services.rulebook, now=now, film=False)
    with services.database.read() as session:
        parcel = session.scalars(select(Order).where(Order.order_no == FILMED_ORDER)).one().parcels[0]
        parcel_id, label = parcel.id, parcel.labels[0].code
        site = session.scalars(select(Device.site_id)).first()
    assert site is not None
    code = make_code_for_site(services.database, site_id=site, now=now)
    services.database.engine.dispose()
    return Prepared(home, parcel_id, label, code)


@dataclass
class Death:
    take: str
    where: str  # take | upload
    flushed: list[tuple[int, str]]
    units: int


@dataclass
class Life:
    """``begin`` opens the app in the profile that survived."""

    place: Prepared
    served: Served
    random: Random
    deaths: list[Death] = field(default_factory=list)

    def at_work(self, page: Page) -> PhoneStore:
        phone = Phone(page, self.served.address)
        if self.deaths:
            page.goto(f"{phone.address}/scan")
        else:
            phone.enrol(self.place.enrolment)
            phone.start_shift("An", PIN)
        # The camera reads the label by itself; going on before that would be overtaken by it.
        page.wait_for_url("**/parcel/*")
        store = PhoneStore(page)
        store.wait("!rows.takes.some((take) => take.open === 1)")
        return store

    def die(self, page: Page, profile: Path) -> None:
        store = self.at_work(page)
        where = self.random.choice(["take", "upload"]) if self.deaths else "take"
        before = {row["takeId"] for row in store.rows("takes")["takes"]}
        film(page, self.place.parcel)
        units = self.random.randrange(1, 5)
        counting = Counting(page)
        for _ in range(units):
            counting.count(0)
        (take,) = {row["takeId"] for row in store.rows("takes")["takes"]} - before
        slices = self.random.randrange(1, 4)
        store.wait(f"rows.chunks.filter((one) => one.takeId === '{take}').length >= {slices}")
        if where == "upload":
            page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW_LINE)
            Phone(page, self.served.address).finish()
            store.wait(f"rows.uploads.some((one) => one.takeId === '{take}' && one.url)")
        self.deaths.append(Death(take, where, store.flushed(take), units))
        page.wait_for_timeout(self.random.randrange(0, 900))
        kill_browser(profile)


def film(page: Page, parcel: str) -> None:
    counting = Counting(page)
    counting.open(parcel)
    # After a death the worker is asked: go on with the count that was cut, in a new segment.
    page.locator("button.tap:enabled, [data-go-on]").first.wait_for()
    unfinished = page.locator("[data-go-on]")
    if unfinished.count():
        unfinished.click()
    counting.wait_until_running()


def run(playwright: Playwright, folder: Path, *, kills: int, seed: int) -> str:
    """Raises AssertionError on anything lost, doubled or wrongly labelled; returns what was counted."""
    place = prepared(folder / "home")
    camera = film_of_code(place.label, folder / "camera.mjpeg")
    profile = folder / "phone"

    def opened(work: Callable[[Page], None]) -> None:
        with browser(
            playwright, profile, language="en", viewport=PHONE, camera=camera, touch=True
        ) as context:
            work(context.pages[0])

    with serving(place.home) as served:
        life = Life(place, served, Random(seed))
        for _ in range(kills):
            opened(lambda page: life.die(page, profile))
        opened(lambda page: _after(life, page))
    return _judge(life)


def _after(life: Life, page: Page) -> None:
    """Everything is sent; every slice that was on disk before its death is still there."""
    store = life.at_work(page)
    store.wait("rows.takes.every((take) => take.verifiedAt)", seconds=180)
    store.wait("rows.journal.every((row) => row.state === 'accepted')")
    for death in life.deaths:
        kept = store.flushed(death.take)
        assert kept[: len(death.flushed)] == death.flushed, f"{death} lost slices: {kept}"
    seqs = sorted(row["seq"] for row in store.rows("journal")["journal"])
    assert seqs == list(range(1, len(seqs) + 1)), seqs


def _judge(life: Life) -> str:
    with closing(sqlite3.connect(life.place.home / "dockproof.db")) as database:
        device = database.execute("SELECT device_id FROM record ORDER BY received_at DESC LIMIT 1").fetchone()
        rows = database.execute(
            "SELECT seq, kind, text, findings FROM record WHERE device_id = ? ORDER BY seq", device
        ).fetchall()
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1)), "the chain on the server"
    takes = {_value(row[2], "opens"): row for row in rows if row[1] == "take"}
    opened = [_value(row[2], "id") for row in rows if row[1] == "take-open"]
    assert sorted(takes) == sorted(opened), "each opened take is closed once"
    for death in life.deaths:
        _, _, text, findings = takes[death.take]
        said = _value(text, "closed")
        expected = "interrupted" if death.where == "take" else "complete"
        assert said == expected, f"{death} is called {said}"
        tallied = sum(int(units) for units in re.findall(r"^tally \S+ (\d+)$", text, re.MULTILINE))
        assert tallied == death.units, f"{death} counted {tallied}"
        _same_bytes(life.place.home, _value(text, "file"))
        assert "tally_disagrees" not in findings and "chunks_disagree" not in findings, findings
    where = Counter(death.where for death in life.deaths)
    return f"killed {where['take']} times in a take, {where['upload']} in an upload; {len(rows)} records, nothing lost"


def _same_bytes(home: Path, claim: str) -> None:
    name, size, _ = claim.split()
    sha256 = name.removeprefix("sha256:")
    data = (home / "blobs" / sha256[:2] / sha256[2:4] / sha256).read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (int(size), sha256)


def _value(text: str, key: str) -> str:
    found = re.search(rf"^{key} (.+)$", text, re.MULTILINE)
    assert found is not None, key
    return found.group(1)
