"""Real Chromium: the machine's own, with a profile folder, and for phones a fake camera."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright

PHONE = {"width": 360, "height": 740}
TABLET = {"width": 1024, "height": 768}
LOCALES = {"zh_CN": "zh-CN", "vi": "vi-VN", "en": "en-US"}

_QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)


def chromium_path() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    raise AssertionError("No Chromium on this machine: run .ci/ensure-browser.")


@contextmanager
def browser(
    playwright: Playwright,
    profile: Path,
    *,
    language: str,
    viewport: dict[str, int],
    camera: Path | None = None,
    touch: bool = False,
    extra: tuple[str, ...] = (),
) -> Iterator[BrowserContext]:
    """A browser with its own profile; with ``camera`` it films that file and hears beeps."""
    arguments = [*_QUIET, *extra]
    if camera is not None:
        arguments += [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={camera}",
        ]
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=chromium_path(),
        args=arguments,
        locale=LOCALES[language],
        viewport={"width": viewport["width"], "height": viewport["height"]},
        has_touch=touch,
        timezone_id="Asia/Shanghai" if language == "zh_CN" else "Asia/Ho_Chi_Minh",
    )
    context.set_default_timeout(20_000)
    try:
        yield context
    finally:
        context.close()
