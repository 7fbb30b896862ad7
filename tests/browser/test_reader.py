"""A mediator opens a link on a phone: the whole case on the first screen, and the film plays at the count's result."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, Playwright, expect

from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, browser
from tests.support.serving import serving
from webapp.config import read_settings
from webapp.domain.permissions import Role
from webapp.jobs.worker import Worker
from webapp.usecases import shares
from webapp.usecases.demo import FILMED_ORDER, fill_demo
from webapp.usecases.people import organisation_for_cli
from webapp.usecases.sessions import Desk
from webapp.wiring import build_services

PICTURES = Path(__file__).resolve().parents[1] / "output"


def token_of_a_case(home: Path) -> str:
    """The demo's filmed count, its copies made, and a link to it in Chinese."""
    services = build_services(read_settings({"DOCKPROOF_HOME": str(home)}, home))
    now = services.clock.now()
    fill_demo(services.database, services.blobs, services.rulebook, now=now)
    organisation = organisation_for_cli(services.database, customer_code=None, now=now)
    made = shares.make(
        services.database,
        actor=Desk("chi", "Chi", frozenset({Role.OWNER}), "en", organisation),
        order_no=FILMED_ORDER,
        claim_id=None,
        audience="mediator",
        language="zh_CN",
        days=30,
        now=now,
    )
    Worker(services).run_all()
    services.database.engine.dispose()
    return made.token


def first_screen(page: Page) -> None:
    """Everything that decides stands above the fold, and stays a tap's size."""
    bottom = page.locator("[data-first]").evaluate("one => one.getBoundingClientRect().bottom")
    assert 0 < bottom <= PHONE["height"]
    for shown in ("h1", ".figures", ".asked", "img.still", "[data-play]", ".facts"):
        expect(page.locator(f"[data-first] {shown}")).to_be_visible()
    assert page.locator("img.still").evaluate("one => one.complete && one.naturalWidth > 0")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert violations(page) == [] and clipped(page) == []


def test_a_mediator_sees_the_case_on_one_screen_and_the_film_at_its_result(
    playwright: Playwright, tmp_path: Path
) -> None:
    token = token_of_a_case(tmp_path / "home")
    with (
        serving(tmp_path / "home", "--no-jobs") as served,
        browser(playwright, tmp_path / "phone", language="zh_CN", viewport=PHONE, touch=True) as phone,
    ):
        page = phone.pages[0]
        for language in ("vi", "en", "zh_CN"):
            page.goto(f"{served.address}/s/{token}?lang={language}")
            page.locator("img.still").evaluate("one => one.decode()")
            first_screen(page)
            PICTURES.mkdir(exist_ok=True)
            page.screenshot(path=PICTURES / f"{language}-mediator.png")
        page.locator("[data-play]").tap()
        # The last of 23 units was tapped 21 s into the film; it plays on from a moment before.
        page.locator("video").evaluate(
            "film => new Promise(done => film.addEventListener('timeupdate',"
            " () => film.currentTime > 20.5 && done(film.currentTime)))"
        )
        assert page.evaluate("document.querySelector('video').error") is None
        expect(page.locator("details").last).not_to_have_attribute("open", "")
