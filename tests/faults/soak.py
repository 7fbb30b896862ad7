"""`make soak`: the fault tests with large numbers, and a whole day. Prints what was counted; half an hour."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.faults import kills, proxied, workday
from tests.faults.dying import deaths
from tests.support import mortal_phone
from tests.support.warm import FORKS

KILLS = 200
EXCHANGES = 1_000
BROWSER_KILLS = 50


def _kills(home: Path, seed: int) -> str:
    return f"{KILLS} kills: {kills.run(home, kills=KILLS, seed=seed, jobs=True)}"


def _proxy(home: Path, seed: int) -> str:
    verdict, seen = proxied.run(home, exchanges=EXCHANGES, seed=seed, jobs=True)
    faults = sum(count for fault, count in seen.items() if fault != "none")
    return f"{sum(seen.values())} exchanges through the proxy, {faults} of them with a fault: {verdict}"


def _deaths(home: Path, seed: int) -> str:
    ways = [(home / "kill", 0, 1, False), (home / "power", 0, 1, True)]
    with ProcessPoolExecutor(len(ways), mp_context=FORKS) as pool:
        results = [done.result() for done in [pool.submit(deaths, *way) for way in ways]]
    wrong = [problem for _, problems in results for problem in problems]
    assert not wrong, "\n".join(wrong)
    return f"{results[0][0]} places to die, each by kill and by power cut: nothing lost, nothing doubled"


def _day(home: Path, seed: int) -> str:
    return f"a day: {workday.run(home, workday.WHOLE, seed=seed, jobs=True)}"


def _browser(home: Path, seed: int) -> str:
    with sync_playwright() as playwright:
        return mortal_phone.run(playwright, home, kills=BROWSER_KILLS, seed=seed)


PARTS: dict[str, Callable[[Path, int], str]] = {
    "deaths": _deaths,
    "proxy": _proxy,
    "day": _day,
    "kills": _kills,
    "browser": _browser,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=[*PARTS], help=f"of {', '.join(PARTS)}; all")
    parser.add_argument("--seed", type=int, default=6)
    given = parser.parse_args()
    for name in given.parts:
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="dockproof-soak-", ignore_cleanup_errors=True) as folder:
            print(f"{name}: {PARTS[name](Path(folder), given.seed)}", flush=True)
        print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)
    sys.exit(0)


if __name__ == "__main__":
    main()
