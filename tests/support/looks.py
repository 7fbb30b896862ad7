"""A screen of the dock looked at as people hold it: on a phone and on a tablet, in each language."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, TABLET

PICTURES = Path(__file__).resolve().parents[1] / "output"
LOOKED_AT = {"tablet": TABLET, "phone": PHONE}
SPOKEN = {"zh_CN": ("中文", "中"), "vi": ("Tiếng Việt", "VI"), "en": ("English", "EN")}


def look_everywhere(page: Page, name: str, *, language: str) -> None:
    """Words that do not fit, keys that a glove misses and what axe finds fail; ``language`` is the one to go on in."""
    PICTURES.mkdir(exist_ok=True)
    for spoken in (*(one for one in SPOKEN if one != language), language):
        speak(page, spoken)
        for device, size in LOOKED_AT.items():
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.screenshot(path=PICTURES / f"{spoken}-{name}-{device}.png")
            assert clipped(page) == [], f"{name} {device} {spoken}"
            assert small(page) == [], f"{name} {device} {spoken}"
            if spoken == language:
                assert violations(page) == [], f"{name} {device}"


def speak(page: Page, language: str) -> None:
    """By the key in the bar."""
    called, short = SPOKEN[language]
    page.locator(".bar .language").click()
    page.locator("dialog .sheet-choices button", has_text=called).click()
    expect(page.locator(".bar .language")).to_have_text(short)
    expect(page.locator("dialog")).to_have_count(0)


def small(page: Page) -> list[str]:
    """Keys of the dock below 56 pixels; the bar and the words with a line under them have their own measure."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('#app button, #app label.big, #app a.big')]
          .filter((key) => key.getClientRects().length && !key.matches('.link, .why-key, .bar *, .banner *'))
          .filter((key) => key.getBoundingClientRect().height < 55.5)
          .map((key) => key.outerHTML.slice(0, 160))"""
    )
    return found
