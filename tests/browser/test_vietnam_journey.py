"""A parcel at the warehouse in Vietnam on a tablet: before signing, a blind count, then China's, and the sample."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright, expect
from sqlalchemy import select

from tests.browser.pages.counting import Counting
from tests.browser.pages.inspecting import Inspecting
from tests.browser.pages.phone_store import PhoneStore
from tests.browser.pages.receiving import Receiver
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, TABLET, browser
from tests.support.claims_office import Office, open_office
from tests.support.fake_camera import film_of_picture
from tests.support.serving import serving
from tests.support.situation_parts import Scene
from webapp.store.schema import Take, Tally
from webapp.usecases import plans
from webapp.usecases.demo import PIN

PICTURES = Path(__file__).resolve().parents[1] / "output"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = open_office(tmp_path / "home")
    said = plans.PlanWords("default", "count_sample", "two warehouses")
    plans.decide(office.services.database, actor=office.laid.owner, said=said, now=office.laid.now)
    return office


@pytest.fixture
def scene(office: Office) -> Scene:
    """China filmed 11 of the first line and 12 of the second."""
    return office.laid.short_count()


def look(page: Page, language: str, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{language}-vietnam-{name}.png")
    assert violations(page) == [], name
    assert clipped(page) == [], name


@pytest.mark.parametrize(("language", "device"), [("vi", TABLET), ("zh_CN", PHONE)])
def test_what_china_counted_is_shown_when_the_own_count_is_done(
    playwright: Playwright,
    tmp_path: Path,
    office: Office,
    scene: Scene,
    language: str,
    device: dict[str, int],
) -> None:
    camera = film_of_picture(Image.new("RGB", (900, 600)), tmp_path / "camera.mjpeg")
    with (
        serving(office.home) as served,
        browser(
            playwright, tmp_path / "tablet", language=language, viewport=device, camera=camera, touch=True
        ) as context,
    ):
        receiver = Receiver(context.pages[0], served.address)
        receiver.enrol(office.enrolment(office.laid.vietnam.dongguan))
        receiver.start_shift("Lan vn", PIN)
        before_signing(receiver, scene, language)
        blind(receiver, scene, language)
        sampled(receiver, scene, language)
        receiver.wait_until_sent()
        told(office, scene)


def before_signing(receiver: Receiver, scene: Scene, language: str) -> None:
    assert receiver.open_parcel(scene.waybill) == scene.parcel
    receiver.stage("delivery")
    receiver.deliver("accepted")
    receiver.stage("condition")
    receiver.say_condition("intact")
    receiver.stage("label_photo")
    receiver.shoot()
    receiver.stage("weight")
    receiver.skip("no-scale")
    receiver.stage("count")
    look(receiver.page, language, "parcel")


def blind(receiver: Receiver, scene: Scene, language: str) -> None:
    page, counting = receiver.page, Counting(receiver.page)
    assert china_counts(page) == [], "the tablet is not even sent it"
    page.locator(".shutter").click()
    counting.wait_until_running()
    for line, units in enumerate((11, 12)):
        receiver.tap(line, units)
    look(page, language, "counting")
    counting.ask_to_finish()
    expect(page.locator('dialog [data-value="recount"]')).to_have_count(0)
    assert china_counts(page) == [], "nor while it counts"
    counting.answer("yes")
    expect(page.locator(".result .sum")).to_have_text("23")
    # As soon as the server has the own count.
    expect(page.locator("[data-china]")).to_have_text([words_of(language, 11), words_of(language, 12)])
    # The receiver's own limit counts from the arrival here, on this warehouse's clock.
    expect(page.locator(".facts dd.number").first).to_contain_text("(UTC+7)")
    look(page, language, "done")


def china_counts(page: Page) -> list[list[object]]:
    """Every count of China's that the tablet holds."""
    orders = PhoneStore(page).rows("orders")["orders"]
    return [pair for order in orders for line in order["lines"] for pair in line["china"]]


def words_of(language: str, n: int) -> str:
    return {"vi": f"Trung Quốc đếm: {n}", "zh_CN": f"中国清点：{n}"}[language]


def sampled(receiver: Receiver, scene: Scene, language: str) -> None:
    inspecting = Inspecting(receiver.page)
    receiver.page.locator("[data-sample]").click()
    for units in (11, 12):
        assert inspecting.lot_and_n() == (units, 2)
        inspecting.draw()
        look(receiver.page, language, f"sample-{units}")
        for _ in range(2):
            inspecting.ok()
        inspecting.press("finish")
        receiver.page.wait_for_function(
            f"() => !document.querySelector('[data-lot]')?.textContent.startsWith('{units}')"
        )
    # A receiver does not decide; QC in Vietnam does.
    expect(receiver.page.locator(f'[data-line="{scene.lines[1]}"]')).to_be_visible()
    expect(receiver.page.locator("[data-verdict]")).to_have_count(0)
    look(receiver.page, language, "qc-decides")


def told(office: Office, scene: Scene) -> None:
    with office.services.database.read() as session:
        takes = session.scalars(
            select(Take).where(Take.parcel_id == scene.parcel).order_by(Take.opened_at)
        ).all()
        assert [take.site_id for take in takes] == [office.laid.china.dongguan, office.laid.vietnam.dongguan]
        counted = {
            take.site_id: [
                session.scalars(
                    select(Tally.units).where(Tally.take_id == take.id, Tally.line_id == line)
                ).one()
                for line in scene.lines
            ]
            for take in takes
        }
    assert list(counted.values()) == [[11, 12], [11, 12]]
