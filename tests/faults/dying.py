"""Tells the story once for every edge at which it may die: the process dies there, a new one tells it to its end."""

from __future__ import annotations

import gc
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.faults.edges import DIED
from tests.faults.story import Story, look, tell
from tests.support.world import make_world, open_database
from webapp.store.database import Database


class Deaths:
    """In ``folder``, where nothing else is. ``edges`` are those that the undisturbed story meets."""

    def __init__(self, folder: Path) -> None:
        self._home = folder / "home"
        self._template = folder / "template"
        self._template.mkdir()
        database = open_database(self._template)
        make_world(database)
        database.engine.dispose()
        self._database = Database(f"sqlite:///{self._home / 'dockproof.db'}")
        self._renew()
        Story(self._home, self._database).tell()  # here, so that every fork knows the statements
        gc.freeze()  # or each fork would copy what the collector touches
        self._renew()
        code, self.edges = tell(self._home, self._database)
        wrong = self.edges if code else look(self._home, self._database)
        assert not wrong, wrong

    def wrong(self, chosen: Callable[[int], bool], *, power_cut: bool) -> list[str]:
        """What went wrong after a death at the chosen edges: where, and how."""
        wrong = []
        for number, what in enumerate(self.edges):
            if chosen(number):
                self._renew()
                wrong += [f"{number}, {what}: {problem}" for problem in self._at(number, power_cut)]
        return wrong

    def _at(self, number: int, power_cut: bool) -> Iterable[str]:
        code, said = tell(self._home, self._database, die_at=number, power_cut=power_cut)
        if code != DIED:
            return [f"did not die: {code} {said}"]
        code, said = tell(self._home, self._database)
        return said if code else look(self._home, self._database)

    def _renew(self) -> None:
        self._database.engine.dispose()
        shutil.rmtree(self._home, ignore_errors=True)
        self._home.with_suffix(".journal").unlink(missing_ok=True)
        shutil.copytree(self._template, self._home)


def deaths(folder: Path, first: int, step: int, power_cut: bool) -> tuple[int, list[str]]:
    """How many edges the story has, and what went wrong at every ``step``-th from ``first``; in its own process."""
    folder.mkdir()
    tempfile.tempdir = str(folder)  # a pool's process ends without tidying up after itself
    story = Deaths(folder)
    return len(story.edges), story.wrong(lambda number: number % step == first, power_cut=power_cut)
