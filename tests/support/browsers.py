"""Real Chromium: the machine's own, with a profile folder, and for phones a fake camera."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Playwright, expect

PATIENCE_MS = 60_000
"""Until a test gives up on a page: two browsers at once on two busy cores are slow, and a bound is no measurement."""
expect.set_options(timeout=PATIENCE_MS)

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
    environ: Mapping[str, str] | None = None,
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
        env={**os.environ, **(environ or {})},
        locale=LOCALES[language],
        viewport={"width": viewport["width"], "height": viewport["height"]},
        has_touch=touch,
        timezone_id="Asia/Shanghai" if language == "zh_CN" else "Asia/Ho_Chi_Minh",
    )
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield context
    finally:
        # One that `kill_browser` ended has nothing to close.
        with suppress(Error):
            context.close()


def kill_browser(profile: Path) -> None:
    """As a dead battery would: no handler runs, nothing is flushed that was not."""
    named = f"--user-data-dir={profile}".encode()
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            arguments = (folder / "cmdline").read_bytes().split(b"\0")
            if named in arguments and not any(one.startswith(b"--type=") for one in arguments):
                os.kill(int(folder.name), signal.SIGKILL)
