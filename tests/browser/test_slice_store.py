"""The phone's take store in a real browser: killed in the middle of a take, it keeps every slice it acknowledged."""

from __future__ import annotations

import functools
import hashlib
import http.server
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, sync_playwright

from tests.support.browsers import chromium_path

ROOT = Path(__file__).resolve().parents[2]
SLICE = 70_000
LINE = "a1" * 16


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The store's modules as the build would bundle them, on a page of their own."""
    site = tmp_path_factory.mktemp("slice_store")
    bundle = [str(ROOT / "node_modules/.bin/esbuild"), "--bundle", "--log-level=error", f"--outdir={site}"]
    page = ROOT / "tests/browser/slice_store/page.js"
    worker = ROOT / "static/src/store/slice_worker.js"
    subprocess.run([*bundle, "--format=esm", str(page)], check=True, cwd=ROOT)
    subprocess.run([*bundle, "--format=iife", str(worker)], check=True, cwd=ROOT)
    (site / "index.html").write_text(
        '<!doctype html><title>0</title><script type="module" src="page.js"></script>'
    )
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@contextmanager
def phone(
    playwright: Playwright, profile: Path, address: str
) -> Iterator[tuple[Page, subprocess.Popen[bytes]]]:
    """A browser of our own process group, so that it can be killed as a dead battery would."""
    told = profile / "DevToolsActivePort"
    told.unlink(missing_ok=True)
    arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--remote-debugging-port=0",
    ]
    process = subprocess.Popen(
        [chromium_path(), *arguments, f"--user-data-dir={profile}", "about:blank"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        endpoint = _endpoint(process)
        browser = playwright.chromium.connect_over_cdp(endpoint)
        page = browser.contexts[0].new_page()
        page.goto(address)
        page.wait_for_function("window.ready === true")
        yield page, process
    finally:
        _kill(process)


def _endpoint(process: subprocess.Popen[bytes]) -> str:
    """Chromium says on stderr where it listens; reading that needs no waiting by the clock."""
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(b"DevTools listening on "):
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return line.decode().removeprefix("DevTools listening on ").strip()
    raise AssertionError("the browser ended before it listened")


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _fields(text: str) -> dict[str, str]:
    return dict(line.split(" ", 1) for line in text.splitlines())


def _filmed(total: int) -> bytes:
    whole = b"".join(bytes([index % 251]) * SLICE for index in range(-(-total // SLICE)))
    return whole[:total]


@pytest.mark.parametrize("backend", ["opfs", "idb"])
def test_a_killed_browser_keeps_every_acknowledged_slice(
    playwright: Playwright, address: str, tmp_path: Path, backend: str
) -> None:
    with phone(playwright, tmp_path / "profile", address) as (page, process):
        page.evaluate("rowsOnly => choose(rowsOnly)", backend == "idb")
        began = page.evaluate("begin()")
        assert began["backend"] == backend
        acknowledged = page.evaluate(f"append(0, 6, {SLICE})")
        assert acknowledged == 6 * SLICE
        page.evaluate(f"void flood(6, {SLICE})")
        page.wait_for_function(f"Number(document.title) >= {12 * SLICE}")
        acknowledged = int(page.title())
        _kill(process)

    with phone(playwright, tmp_path / "profile", address) as (page, _):
        recovered = page.evaluate("recover()")
        [found] = recovered["found"]
        assert found["takeId"] == began["takeId"]
        assert found["damaged"] == 0
        assert found["bytes"] >= acknowledged
        expected = _filmed(found["bytes"])
        kept = page.evaluate("([id, end]) => bytes(id, 0, end)", [found["takeId"], found["bytes"]])
        assert kept.encode("latin-1") == expected
        [sealed] = recovered["sealed"]
        record = _fields(sealed["text"])
        assert record["closed"] == "interrupted"
        assert record["file"] == f"sha256:{hashlib.sha256(expected).hexdigest()} {len(expected)} video/webm"
        assert record["tally"] == f"{LINE} 1"
        assert sealed["side"]["events.txt"] == f"6000 tally {LINE} +1 1\n"
        for line in sealed["side"]["chunks.txt"].splitlines():
            _, offset, length, _, digest = line.split(" ")
            part = expected[int(offset) : int(offset) + int(length)]
            assert hashlib.sha256(part).hexdigest() == digest
        assert recovered["again"] == 0


def test_a_full_disk_is_said_and_leaves_a_whole_prefix(
    playwright: Playwright, address: str, tmp_path: Path
) -> None:
    with phone(playwright, tmp_path / "profile", address) as (page, _):
        page.evaluate("begin()")
        session = page.context.new_cdp_session(page)
        session.send(
            "Storage.overrideQuotaForOrigin", {"origin": address.rstrip("/"), "quotaSize": 6_000_000}
        )
        filled = page.evaluate(f"fill({SLICE}, 400)")
        assert filled["code"] == "storage_full"
        assert filled["bytes"] == filled["chunks"] * SLICE
        assert filled["sha256"] == hashlib.sha256(_filmed(filled["bytes"])).hexdigest()


def test_a_second_tab_cannot_film_at_the_same_time(
    playwright: Playwright, address: str, tmp_path: Path
) -> None:
    with phone(playwright, tmp_path / "profile", address) as (page, _):
        page.evaluate("begin()")
        other = page.context.new_page()
        other.goto(address)
        other.wait_for_function("window.ready === true")
        assert other.evaluate("intrude()") == "recorder_busy"
        assert other.evaluate("recover()")["found"] == []
        assert page.evaluate(f"append(0, 2, {SLICE})") == 2 * SLICE
