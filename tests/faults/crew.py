"""Several phones at work at once, each in a thread, each over its own line."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from tests.faults.courier import Courier
from tests.faults.shift import Capture, Shift
from tests.faults.yard import Yard
from tests.support.phone import Phone, Transport

FILM = (60_000, 700_000)
PHOTO = (2_000, 60_000)
PIECE = (20_000, 300_000)
"""Bytes from and below."""


class Crew:
    """``line`` makes each phone's transport; ``wait`` as in ``Courier``."""

    def __init__(
        self,
        yard: Yard,
        line: Callable[[], Transport],
        *,
        seed: int,
        film: tuple[int, int] = FILM,
        photo: tuple[int, int] = PHOTO,
        piece: tuple[int, int] = PIECE,
        wait: Callable[[], None] = lambda: None,
    ) -> None:
        self.yard = yard
        self.over = threading.Event()
        self.couriers: list[Courier] = []
        self._shifts: list[Shift] = []
        for name in yard.phones:
            phone = Phone(yard.world, name, transport=line())
            self.couriers.append(Courier(phone, seed=seed, piece=piece, wait=wait))
            self._shifts.append(Shift(yard, phone, seed, film=film, photo=photo))

    def work(self, *, photos: int = 1, at_least: int = 1) -> None:
        """Each phone receives parcel after parcel, at least so many, and stops when it is ``over``. Raises the first
        error of any phone."""
        self._all(lambda mine: self._endless(mine, photos, at_least))

    def receive(self, plan: Sequence[tuple[int, bool]]) -> None:
        """Each parcel of the yard once, dealt out to the phones: (photos, whether it is filmed) for each."""
        self._all(lambda mine: self._dealt(mine, plan))

    def ask_again(self) -> None:
        for courier in self.couriers:
            courier.ask_again()

    def _all(self, captures: Callable[[int], Iterator[Capture]]) -> None:
        def run(mine: int) -> None:
            try:
                for capture in captures(mine):
                    self.couriers[mine].bring(capture)
            except BaseException:
                self.over.set()  # the others need not go on
                raise

        with ThreadPoolExecutor(len(self.couriers)) as pool:
            for done in [pool.submit(run, mine) for mine in range(len(self.couriers))]:
                done.result()

    def _endless(self, mine: int, photos: int, at_least: int) -> Iterator[Capture]:
        boxes = self.yard.boxes
        for number in count():
            if number >= at_least and self.over.is_set():
                return
            # Two phones meet at the same parcel from time to time.
            yield from self._shifts[mine].parcel(
                boxes[(number + mine) % len(boxes)], photos=photos, take=True
            )

    def _dealt(self, mine: int, plan: Sequence[tuple[int, bool]]) -> Iterator[Capture]:
        for number in range(mine, len(plan), len(self.couriers)):
            photos, take = plan[number]
            yield from self._shifts[mine].parcel(self.yard.boxes[number], photos=photos, take=take)
