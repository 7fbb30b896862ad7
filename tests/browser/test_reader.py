"""A mediator, a supplier, a carrier opens a link on a phone: the whole case on the first screen, in each language; the
film plays at the count's result; nothing comes from elsewhere; a link that ended shows nothing. And the case file is
browsed from its folder without a network.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect
from sqlalchemy import select

from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, TABLET, browser
from tests.support.case_situations import Cases, open_cases
from tests.support.serving import serving
from tests.support.situation_parts import FILM_MS, LAST_UNIT_MS
from webapp.adapters.case_words import minutes
from webapp.adapters.catalogues import catalogue
from webapp.domain.case import Case
from webapp.store.schema_shares import ShareView
from webapp.usecases import case_file

PICTURES = Path(__file__).resolve().parents[1] / "output"
LANGUAGES = ("zh_CN", "vi", "en")
HTML_LANG = {"zh_CN": "zh-CN", "vi": "vi", "en": "en"}


@dataclass
class Door:
    """``asked``: addresses that the phone asked for."""

    cases: Cases
    address: str
    page: Page
    asked: list[str]

    def open(self, token: str, language: str = "") -> Page:
        self.page.goto(f"{self.address}/s/{token}" + (f"?lang={language}" if language else ""))
        return self.page

    def looks(self) -> list[str]:
        with self.cases.office.services.database.read() as session:
            return list(session.scalars(select(ShareView.what).order_by(ShareView.at)))


@pytest.fixture(scope="module")
def door(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("reader")
    cases = open_cases(folder / "home")
    cases.read_waybill("short")
    with (
        serving(folder / "home", "--no-jobs") as served,
        browser(playwright, folder / "phone", language="zh_CN", viewport=PHONE, touch=True) as phone,
    ):
        asked: list[str] = []
        phone.on("request", lambda request: asked.append(request.url))
        yield Door(cases, served.address, phone.pages[0], asked)


def length(cases: Cases) -> str:
    """Of the count's film, as the record has it."""
    return minutes(cases.case("short").facts.unbroken_ms or 0)


def box(one: Locator) -> tuple[float, float]:
    """Within the phone's first screen: (top, bottom), to the pixel."""
    expect(one).to_be_visible()
    found = one.bounding_box()
    assert found is not None
    assert found["x"] >= 0 and found["x"] + found["width"] <= PHONE["width"], found
    assert found["y"] >= 0 and found["y"] + found["height"] <= PHONE["height"], found
    return found["y"], found["y"] + found["height"]


def first_screen(page: Page, figures: list[str], facts: list[str], asked: str) -> None:
    """What decides stands above the fold, in its order, and a finger meets it."""
    first = page.locator("[data-first]")
    parts = ["h1", ".figures", ".asked", ".still", ".play", ".facts"]
    tops = [box(first.locator(part))[0] for part in parts]
    assert tops == sorted(tops)
    assert first.locator(".figures dd").all_inner_texts() == figures
    expect(first.locator(".asked strong")).to_have_text(asked)
    for one, said in zip(first.locator(".facts li").all(), facts, strict=True):
        box(one)
        expect(one.locator("strong")).to_have_text(said)
    top, bottom = box(first.locator(".play"))
    assert bottom - top >= 48
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    for fold in page.locator("details").all():
        assert fold.get_attribute("open") is None
        assert fold.evaluate("one => one.getBoundingClientRect().top") >= PHONE["height"]
    assert clipped(page) == []


def shown(page: Page, name: str, language: str) -> None:
    for picture in page.locator("[data-first] img").all():
        picture.evaluate("one => one.decode()")
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{language}-reader-{name}.png")
    page.screenshot(path=PICTURES / f"{language}-reader-{name}-whole.png", full_page=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mediators_first_screen_tells_the_case(door: Door, language: str) -> None:
    words = catalogue(language)
    held, open_, none = words["case.verified"], words["case.not_proven"], words["case.none_counted"]
    cases = door.cases
    counted = [held, held, f"{held} {length(cases)}"]
    for name, figures, facts, asked in (
        ("short", ["24", "23", "1"], counted, "¥24.50"),
        ("defect", ["24", "24", "0", "3"], [open_, *counted[1:]], "¥73.50"),
        ("taobao", ["24", none, "-"], [open_, open_, open_], "¥294.00"),
    ):
        page = door.open(cases.link(name, "mediator"), language)
        expect(page.locator("h1")).to_contain_text(cases.scenes[name].order_no)
        shown(page, name, language)
        first_screen(page, figures, facts, asked)
    assert violations(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_supplier_and_carrier_read_what_each_is_asked_for(door: Door, language: str) -> None:
    """One shortage, two shares of it (DT-3): 24 ordered, China counted 23, Vietnam 21."""
    words = catalogue(language)
    held = words["case.verified"]
    facts = [words["case.not_proven"], held, f"{held} {length(door.cases)}"]
    page = door.open(door.cases.link("split", "supplier"), language)
    shown(page, "supplier", language)
    first_screen(page, ["24", "23", "1"], facts, "¥24.50")
    china = page.locator("#film").get_attribute("src")
    page = door.open(door.cases.link("split", "mediator", claim="freight_loss"), language)
    shown(page, "carrier", language)
    first_screen(page, ["23", "21", "2"], facts, "¥49.00")
    expect(page.locator(".figures dt").last).to_have_text(words["case.lost"])
    assert language != "en" or violations(page) == []
    assert page.locator("#film").get_attribute("src") != china


def test_the_film_plays_on_at_the_counts_result_and_nothing_comes_from_elsewhere(door: Door) -> None:
    token = door.cases.link("short", "mediator")
    door.cases.work()
    before = door.looks()
    page = door.open(token)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.locator("[data-play]").tap()
    # It plays on from a moment before the last of 23 units was tapped.
    counted = LAST_UNIT_MS / 1000
    seen = page.locator("video").evaluate(
        "(film, result) => new Promise(done => film.addEventListener('timeupdate', () => film.currentTime > result"
        " && done([film.played.start(film.played.length - 1), film.duration])))",
        counted,
    )
    assert counted - 2.5 < seen[0] <= counted, "played from the result"
    assert abs(seen[1] - FILM_MS / 1000) < 1, "none of it is cut off"
    assert page.evaluate("document.querySelector('video').error") is None
    assert door.looks()[len(before) :] == ["page", "film"]
    for control in ("form", "input", "textarea", "select", "[contenteditable]"):
        expect(page.locator(control)).to_have_count(0)
    page.locator("details summary").last.tap()
    expect(page.locator(".hashes code").first).to_be_visible()
    shown(page, "open", "zh_CN")
    assert {urlsplit(address).netloc for address in door.asked} == {urlsplit(door.address).netloc}


def test_a_link_that_ended_shows_nothing_of_the_case(door: Door) -> None:
    revoked = door.cases.link("short", "supplier")
    page = door.open(revoked)
    film = str(page.locator("#film").get_attribute("src"))
    door.cases.revoke(revoked)
    for name, token in (
        ("revoked", revoked),
        ("expired", door.cases.link("short", "mediator", days=7, ago=8)),
    ):
        page = door.open(token)
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
        expect(page.locator("[role=alert]")).to_have_text(catalogue("zh_CN")[f"error.share_{name}"])
        expect(page.locator("main")).not_to_contain_text(door.cases.scenes["short"].order_no)
        expect(page.locator("img, video")).to_have_count(0)
        shown(page, name, "zh_CN")
        assert violations(page) == [] and clipped(page) == []
    # The page that was open before: its film's next piece is refused.
    again = page.request.get(door.address + film.partition("#")[0], headers={"Range": "bytes=100-199"})
    assert again.status == 410


@pytest.mark.parametrize(("name", "language"), [("short", "zh_CN"), ("defect", "vi"), ("split", "en")])
def test_the_case_file_is_browsed_from_its_folder_without_a_network(
    door: Door, tmp_path: Path, name: str, language: str
) -> None:
    folder = unpacked(door.cases, name, language, tmp_path)
    page, context = door.page, door.page.context
    troubles: list[str] = []
    page.on("console", lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda trouble: troubles.append(str(trouble)))
    context.set_offline(True)
    try:
        for size, where in ((PHONE, ""), (TABLET, "-table")):
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
            door.asked.clear()
            page.goto((folder / "index.html").as_uri())
            expect(page.locator("html")).to_have_attribute("lang", HTML_LANG[language])
            browsed(page, folder, door.cases.case(name))
            assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
            page.screenshot(path=PICTURES / f"{language}-casefile{where}.png", full_page=True)
            assert clipped(page) == []
            assert where or violations(page) == []
            assert {urlsplit(address).scheme for address in door.asked} == {"file"}
    finally:
        context.set_offline(False)
        page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    assert troubles == []


def unpacked(cases: Cases, name: str, language: str, folder: Path) -> Path:
    """The payload of a case file, as a mediator unpacks it."""
    services = cases.office.services
    made = case_file.write(
        services.database,
        services.blobs,
        organisation_id=cases.organisation,
        order_no=cases.scenes[name].order_no,
        language=language,
        actor="test",
        now=cases.now,
    )
    case_file.write_file(folder / made.name, made.pieces)
    with zipfile.ZipFile(folder / made.name) as archive:
        archive.extractall(folder)
    return folder / Path(made.name).stem / "data"


def browsed(page: Page, folder: Path, case: Case) -> None:
    """Every link leads to a file, every picture shows, films play, every hash is the file's own."""
    for link in page.locator("a").all():
        target = folder / unquote(str(link.get_attribute("href")))
        assert target.is_file(), target
    for one in case.exhibits:
        shown = page.locator(f"#exhibit-{one.number}")
        assert hashlib.sha256((folder / case.folder / one.path).read_bytes()).hexdigest() == one.sha256
        expect(shown.locator("code")).to_have_text(one.sha256)
        shown.scroll_into_view_if_needed()
        if one.is_film:
            shown.locator("video").evaluate(
                "async film => { film.muted = true; await film.play();"
                " await new Promise(done => film.addEventListener('timeupdate', done, { once: true }));"
                " film.pause(); if (film.error) throw film.error; }"
            )
        elif one.mime.startswith("image/"):
            shown.locator("img").evaluate("one => one.decode()")
