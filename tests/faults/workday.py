"""A day's receiving from several devices over one slow line that goes out again and again; files scaled down 1/50."""

from __future__ import annotations

import queue
import statistics
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults.courier import Courier
from tests.faults.judge import Verdict, judge
from tests.faults.lines import Line
from tests.faults.shift import Capture, Shift
from tests.faults.yard import Yard, make_yard
from tests.support.phone import Answer, Phone
from tests.support.serving import serving

DEVICES: Final = 5
PHOTO: Final = (50_000, 70_000)
FILM: Final = (2_000_000, 5_000_000)
PIECE: Final = (30_000, 600_000)
"""Bytes: a photo of 3 MB, films of 100 to 250 MB and PATCHes of up to 30 MB, by 50."""


@dataclass(frozen=True)
class Day:
    """``rate``: bytes a second for all devices together, None for as fast as it goes. An outage comes after every
    ``outage_every`` exchanges and swallows ``outage_tries`` tries, ``pause`` seconds apart on each device."""

    parcels: int
    photos: int
    takes: int
    rate: float | None
    outage_every: int
    outage_tries: int
    pause: float


WHOLE: Final = Day(300, 2_000, 60, rate=2.5e6, outage_every=400, outage_tries=120, pause=0.1)
"""20 Mbit/s: the day's 18 GB would take two hours there, and its fiftieth takes two and a half minutes."""

MORNING: Final = Day(15, 60, 5, rate=None, outage_every=40, outage_tries=12, pause=0.0)


class Road:
    """The one line that all devices share."""

    def __init__(self, day: Day) -> None:
        self._day = day
        self._lock = threading.Lock()
        self._free_at = time.monotonic()
        self._exchanges = 0
        self._out_for = 0
        self.outages = 0

    def enter(self, size: int) -> None:
        """Waits for the line's turn. Raises ``ConnectionError`` while it is out."""
        with self._lock:
            if self._out_for:
                self._out_for -= 1
                raise ConnectionError("the line is out")
            self._exchanges += 1
            if self._exchanges % self._day.outage_every == 0:
                self._out_for = self._day.outage_tries
                self.outages += 1
            if self._day.rate is None:
                return
            now = time.monotonic()
            self._free_at = max(now, self._free_at) + size / self._day.rate
            wait = self._free_at - now
        time.sleep(wait)


class OnRoad:
    """A device's line that leads over the road; a transport for ``Phone``."""

    def __init__(self, road: Road, line: Line) -> None:
        self._road, self._line = road, line

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self._road.enter(len(body) + 700)
        return self._line(method, path, headers, body)


@dataclass(frozen=True)
class Report:
    verdict: Verdict
    outages: int
    seconds: float
    committed_after: list[float]
    verified_after: list[float]

    def __str__(self) -> str:
        return (
            f"{self.verdict}\n{self.seconds:.0f} s, {self.outages} outages; "
            f"from capture to commitment {_spread(self.committed_after)}; "
            f"from capture to verified {_spread(self.verified_after)}"
        )


def _spread(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p95 = ordered[int(len(ordered) * 0.95)]
    return f"median {statistics.median(ordered):.2f} s, p95 {p95:.2f} s, longest {ordered[-1]:.2f} s"


class _Device:
    """Commits each capture at once; its bytes follow in a second thread, as on the phone."""

    def __init__(self, yard: Yard, number: int, courier: Courier, day: Day, seed: int) -> None:
        self.courier = courier
        self.verified_after: list[float] = []
        self._yard, self._number, self._day = yard, number, day
        self._shift = Shift(yard, courier.phone, seed, film=FILM, photo=PHOTO)
        self._bytes: queue.Queue[tuple[Capture, float] | None] = queue.Queue()

    def capture(self) -> None:
        day = self._day
        try:
            for box in range(self._number, day.parcels, DEVICES):
                photos = day.photos * (box + 1) // day.parcels - day.photos * box // day.parcels
                take = day.takes * (box + 1) // day.parcels > day.takes * box // day.parcels
                for capture in self._shift.parcel(self._yard.boxes[box], photos=photos, take=take):
                    began = time.monotonic()
                    self.courier.commit(capture)
                    self._bytes.put((capture, began))
        finally:
            self._bytes.put(None)

    def carry(self) -> None:
        while (waiting := self._bytes.get()) is not None:
            capture, began = waiting
            self.courier.carry(capture)
            if capture.upload is not None:
                self.verified_after.append(time.monotonic() - began)


def run(home: Path, day: Day, *, seed: int, jobs: bool = False) -> Report:
    yard = make_yard(home, phones=DEVICES, boxes=day.parcels)
    road = Road(day)
    started = time.monotonic()
    try:
        with serving(home, *(() if jobs else ("--no-jobs",))) as server:
            devices = []
            for number, name in enumerate(yard.phones):
                phone = Phone(yard.world, name, OnRoad(road, Line(lambda: server.port)))
                courier = Courier(phone, seed=seed, piece=PIECE, wait=lambda: time.sleep(day.pause))
                devices.append(_Device(yard, number, courier, day, seed))
            with ThreadPoolExecutor(2 * DEVICES) as pool:
                for done in [pool.submit(work) for one in devices for work in (one.capture, one.carry)]:
                    done.result()
            verdict = judge(yard, [device.courier for device in devices])
    finally:
        yard.database.engine.dispose()
    return Report(
        verdict,
        road.outages,
        time.monotonic() - started,
        [seconds for device in devices for seconds in device.courier.word.committed_after],
        [seconds for device in devices for seconds in device.verified_after],
    )
