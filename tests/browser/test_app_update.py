"""A new version of the app comes in the middle of a take: it waits for the take, for the records, and for a yes."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser.pages.phone import Phone
from tests.browser.pages.phone_store import PhoneStore
from tests.support.browsers import PHONE, browser
from tests.support.fake_camera import film_of_code
from tests.support.mortal_phone import film, prepared
from tests.support.newer_app import NewerApp
from tests.support.serving import serving
from webapp.usecases.demo import PIN

WAITING = "async () => Boolean((await navigator.serviceWorker.getRegistration())?.waiting)"


NEWS = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  await registration.update();
  while (!registration.waiting) await new Promise((done) => setTimeout(done, 50));
}"""


def test_a_new_version_waits_for_the_take_for_the_records_and_for_a_yes(tmp_path: Path) -> None:
    place = prepared(tmp_path / "home")
    camera = film_of_code(place.label, tmp_path / "camera.mjpeg")
    with (
        serving(place.home) as served,
        NewerApp(served.port) as app,
        sync_playwright() as playwright,
        browser(
            playwright, tmp_path / "phone", language="en", viewport=PHONE, camera=camera, touch=True
        ) as context,
    ):
        page = context.pages[0]
        phone, store = Phone(page, app.address), PhoneStore(page)
        phone.enrol(place.enrolment)
        phone.start_shift("An", PIN)
        page.wait_for_url(f"**/parcel/{place.parcel}")
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        page.goto(f"{app.address}/scan")
        page.wait_for_url(f"**/parcel/{place.parcel}")
        assert page.evaluate("() => navigator.serviceWorker.controller !== null")
        offer = page.get_by_role("button", name="Update", exact=True)

        film(page, place.parcel)
        app.newer = True
        page.evaluate(NEWS)
        phone.tap(0, 3)
        expect(offer).to_have_count(0)  # never while recording

        app.gone = True
        phone.finish()
        assert phone.result() == 3
        page.goto(f"{app.address}/captures")
        expect(page.locator("[data-totals]")).to_be_visible()
        expect(offer).to_have_count(0)  # never with what the server does not know of
        assert page.evaluate(WAITING), "and nothing took over by itself"

        app.gone = False
        page.evaluate("() => window.dispatchEvent(new Event('online'))")
        store.wait("rows.takes.length === 1 && rows.takes[0].verifiedAt")
        store.wait("rows.journal.every((row) => row.state === 'accepted')")
        expect(offer).to_be_visible()
        before = store.rows("journal", "takes")

        app.gone = True  # the yes is given where there is no network
        page.evaluate("() => { window.former = true; }")
        offer.click()
        page.wait_for_function("() => window.former === undefined")
        expect(page.get_by_role("heading", name="On this phone", exact=True)).to_be_visible()
        assert not page.evaluate(WAITING)
        assert store.rows("journal", "takes") == before
