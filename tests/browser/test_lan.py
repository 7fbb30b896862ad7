"""Camera and service worker over the warehouse's own HTTPS; over plain HTTP the fallback is said."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright, expect, sync_playwright

from tests.support.axe import clipped, violations
from tests.support.browsers import LOCALES, PHONE, browser
from tests.support.fake_camera import FRAME
from tests.support.lan import LanServed
from tests.support.serving import serving

PICTURES = Path(__file__).resolve().parents[1] / "output"
RESOLVE = "--host-resolver-rules=MAP dock.lan 127.0.0.1"


@pytest.fixture(scope="module")
def playwright() -> Playwright:
    with sync_playwright() as running:
        yield running


def look(page: Page, language: str, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{language}-{name}.png", full_page=True)
    assert violations(page) == [], name
    assert clipped(page) == [], name


def grey_film(target: Path) -> Path:
    frames = []
    for shade in range(60, 200, 20):
        out = io.BytesIO()
        Image.new("RGB", FRAME, (shade, shade, shade)).save(out, "JPEG")
        frames.append(out.getvalue())
    target.write_bytes(b"".join(frames))
    return target


def test_camera_and_offline_work_over_the_warehouses_own_https(
    playwright: Playwright, tmp_path: Path
) -> None:
    served = LanServed(tmp_path / "home", name="dock.lan")
    trust = f"--ignore-certificate-errors-spki-list={served.leaf_key_hash()}"
    camera = grey_film(tmp_path / "camera.mjpeg")
    try:
        for language in LOCALES:
            with browser(
                playwright,
                tmp_path / language,
                language=language,
                viewport=PHONE,
                camera=camera,
                touch=True,
                extra=(RESOLVE, trust),
            ) as phone:
                check_phone(phone.pages[0], served, language, trial=language == "zh_CN")
    finally:
        served.kill()


def check_phone(page: Page, served: LanServed, language: str, *, trial: bool) -> None:
    page.goto(f"{served.address}/phone-check")
    expect(page.locator("#phone-check")).to_have_attribute("data-state", "full")
    for check in ("secure", "camera", "recorder", "storage", "offline", "wasm", "signing"):
        expect(page.locator(f"[data-check={check}]")).to_have_attribute("data-state", "ok")
    look(page, language, "phone-check")
    assert page.evaluate("() => navigator.serviceWorker.ready.then((one) => one.active !== null)")
    if trial:
        page.locator("[data-try]").click()
        expect(page.locator("#phone-check")).to_have_attribute("data-trial", "ok")
    page.goto(f"http://127.0.0.1:{served.door_port}/ca?language={language}")
    look(page, language, "lan-authority")


def test_over_plain_http_the_fallback_is_said(playwright: Playwright, tmp_path: Path) -> None:
    with serving(tmp_path / "home") as served:
        address = f"http://dock.lan:{served.port}"
        for language in LOCALES:
            with browser(
                playwright, tmp_path / language, language=language, viewport=PHONE, extra=(RESOLVE,)
            ) as phone:
                page = phone.pages[0]
                page.goto(f"{address}/phone-check")
                expect(page.locator("#phone-check")).to_have_attribute("data-state", "photos")
                expect(page.locator("[data-check=secure]")).to_have_attribute("data-state", "no")
                expect(page.locator("[data-try]")).to_be_hidden()
                look(page, language, "phone-check-plain")
                page.goto(f"{address}/sign-in")
                expect(page.locator("#login")).to_have_count(0)
                look(page, language, "desk-insecure")
