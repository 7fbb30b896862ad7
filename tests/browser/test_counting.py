"""One take with everything in it: steps, stills, packs, a clicker, a wedge scanner, the drawn sample, the recount."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright, expect
from sqlalchemy import select

from tests.browser.pages.counting import Counting
from tests.browser.pages.phone import Phone
from tests.support.browsers import PHONE, browser
from tests.support.fake_camera import FRAME, film_of_code
from tests.support.film_reader import bands, last_frame, read_text
from tests.support.looks import PICTURES, look_everywhere
from tests.support.serving import Served, serving
from tests.support.table import Table, lay_table, value
from webapp.domain.sampling import chimes, draw_seed
from webapp.store.schema import Record, SideFile
from webapp.usecases import plans
from webapp.usecases.demo import PIN


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Goods in packs of 12, a sample asked."""
    table = lay_table(tmp_path / "home", plans.PlanWords("default", "count_sample", "a new supplier"))
    table.pack(12)
    return table


@pytest.fixture
def sku_labels(table: Table) -> list[str]:
    return table.sku_labels()


@pytest.fixture
def phone(playwright: Playwright, table: Table, sku_labels: list[str], tmp_path: Path) -> Iterator[Phone]:
    camera = film_of_code(table.label, tmp_path / "camera.mjpeg")
    with (
        serving(table.home) as served,
        browser(
            playwright, tmp_path / "phone", language="en", viewport=PHONE, camera=camera, touch=True
        ) as context,
    ):
        yield at_work(context.pages[0], served, table)


def at_work(page: Page, served: Served, table: Table) -> Phone:
    phone = Phone(page, served.address)
    phone.enrol(table.enrolment())
    phone.start_shift("An", PIN)
    page.wait_for_url(f"**/parcel/{table.parcel}")
    # The address comes first: whoever goes on at once is overtaken by the parcel's own screen.
    expect(page.locator("dp-parcel .code").first).to_be_visible()
    return phone


def look(page: Page, name: str) -> None:
    look_everywhere(page, f"counting-{name}", language="en")


def test_a_take_with_everything_in_it(phone: Phone, table: Table, sku_labels: list[str]) -> None:
    counting = Counting(phone.page)
    phone.stage("condition")
    counting.turned_away(table.parcel)
    phone.stage("condition")
    counting.open(table.parcel)
    counting.wait_until_running()
    look(phone.page, "start")
    the_closed_parcel(counting)
    aside = the_units(counting, phone.page, sku_labels)
    look(phone.page, "packs")
    the_recount(counting)
    story = counting.story()
    assert phone.result() == 12
    assert ["By pack: 2 × 12 = 24, not a unit count" in story, "Stills kept: 3" in story] == [True, True], (
        story
    )
    assert any("second count stands" in one for one in story)
    look(phone.page, "done")
    phone.wait_until_verified()
    take_open, take = the_records(table, phone.journal())
    assert aside == drawn(take_open, table.lines[0], units=12)
    the_film(table, take)


def the_closed_parcel(counting: Counting) -> None:
    """A still of label and tape, then the knife: three touches for the steps, none leaves the take."""
    assert counting.step().endswith("Label")
    counting.still()
    counting.shown()
    assert counting.step().endswith("Tape")
    counting.still()
    counting.shown()
    assert counting.step().endswith("Cut open")
    counting.shown()
    counting.still()
    assert counting.step().endswith("Inside")


def the_units(counting: Counting, page: Page, sku_labels: list[str]) -> set[int]:
    """Twelve by tap, one by clicker, one of the other goods by wedge, two packs unopened; returns the units aside."""
    aside = {unit for _ in range(12) for unit in counting.count(0)}
    assert counting.step().endswith("Count"), "a unit moves the take to the count"
    page.keyboard.press("PageDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    assert counting.counts() == [13, 0]
    counting.wedge(sku_labels[1])
    assert (counting.counts(), counting.active()) == ([13, 1], 1)
    counting.wedge("NOT-OF-HERE")
    expect(page.locator(".pill.warn")).to_contain_text("none of these goods")
    assert counting.counts() == [13, 1]
    counting.note_packs(1, 2)
    expect(page.locator(".estimates")).to_contain_text("2 × 12 = 24, not a unit count")
    assert counting.counts() == [13, 1], "packs are no units"
    return aside


def the_recount(counting: Counting) -> None:
    question = counting.ask_to_finish()
    assert "differs" in question
    assert not re.search(r"\d", question), "neither how many nor in which direction"
    assert len(re.findall("黑色", question)) == 1 and "白色" not in question, "of packs nothing can be said"
    counting.answer("recount")
    assert counting.counts() == [0, 0]
    counting.choose_step("10")
    counting.count(0)
    counting.choose_step("1")
    counting.count(0)
    counting.count(1)
    assert counting.counts() == [11, 1]
    assert "differs" not in counting.ask_to_finish(), "asked once"
    counting.answer("yes")


def the_records(table: Table, journal: list[dict[str, object]]) -> tuple[str, str]:
    """What the server holds, in the order of the phone's chain; returns the texts of take-open and take."""
    with table.services.database.read() as session:
        rows = session.scalars(select(Record).where(Record.device_id == str(journal[0]["device"])))
        texts = [row.text for row in sorted(rows, key=lambda row: row.seq)]
        kinds = [value(text, "kind") for text in texts]
        assert kinds == [
            "arrival", "skip", "skip", "take-open", "photo", "photo", "opening", "photo", "estimate", "take",
        ]  # fmt: skip
        take_open, take, opening, estimate = texts[3], texts[-1], texts[6], texts[8]
        events = session.get_one(SideFile, value(take, "events").removeprefix("sha256:")).text.splitlines()
    photos = [text for text in texts if value(text, "kind") == "photo"]
    assert [value(text, "slot") for text in photos] == ["EV-12", "EV-04", "EV-01p"]
    assert {value(text, "source") for text in photos} == {"still"}
    assert {value(text, "take") for text in [*photos, opening, estimate]} == {value(take_open, "id")}
    assert [value(estimate, key) for key in ("line", "method", "units", "packs")] == [
        table.lines[1], "pack", "24", "2",
    ]  # fmt: skip
    assert [value(take, "closed"), *re.findall(r"^tally (.+)$", take, re.MULTILINE)] == [
        "complete", f"{table.lines[0]} 11", f"{table.lines[1]} 1",
    ]  # fmt: skip
    said = [event.split(" ", 1)[1] for event in events]
    black, white = table.lines
    assert said == [
        f"still {value(photos[0], 'id')}", "mark label",
        f"still {value(photos[1], 'id')}", "mark tape", "mark cut",
        f"still {value(photos[2], 'id')}",
        *(f"tally {black} +1 {n}" for n in range(1, 13)),
        f"tally {black} +1 13", f"tally {black} +1 14", f"undo {black} -1 13", f"tally {white} +1 14",
        "mark recount",
        f"tally {black} +10 10", f"tally {black} +1 11", f"tally {white} +1 12",
    ]  # fmt: skip
    cut = next(int(event.split()[0]) for event in events if event.endswith("mark cut"))
    assert abs(int(value(opening, "at")) - cut) < 1000
    for photo in photos:
        picture = Image.open(io.BytesIO(blob(table.home, photo)))
        assert (picture.format, picture.size) == ("JPEG", FRAME)
        assert picture.getpixel((5, 5)) != (0, 0, 0), "the raw picture, without the overlay"
    return take_open, take


def drawn(take_open: str, line: str, *, units: int) -> set[int]:
    """The units that the server's own rule would put aside."""
    sha256 = hashlib.sha256(take_open.encode()).hexdigest()
    seed = draw_seed(value(take_open, "challenge"), sha256, line, 1)
    return {unit for unit in range(1, units + 1) if chimes(seed, unit)}


def the_film(table: Table, take: str) -> None:
    film = table.home / "film"
    film.write_bytes(blob(table.home, take))
    picture = last_frame(film)
    picture.save(PICTURES / "counting-last-frame.png")
    assert picture.width == FRAME[0] and picture.height % 16 == 0
    edge = picture.convert("L").crop((5, 0, 6, picture.height)).tobytes()
    light = [y for y, brightness in enumerate(edge) if brightness > 60]
    assert light[-1] - light[0] + 1 >= FRAME[1] - 4, "the bands hide nothing of the camera's picture"
    top, bottom = bands(picture)
    assert table.order_no in read_text(top)
    below = read_text(bottom)
    assert re.search(r"\b12\b", below) and "Recount" in below, below


def blob(home: Path, record: str) -> bytes:
    sha256 = value(record, "file").split()[0].removeprefix("sha256:")
    content = (home / "blobs" / sha256[:2] / sha256[2:4] / sha256).read_bytes()
    assert hashlib.sha256(content).hexdigest() == sha256
    return content
