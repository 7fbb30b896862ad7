"""The whole application over the small world, without sockets: a clock that stands still, phones that sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from tests.support.phone import Answer, Phone
from tests.support.templates import lay_database
from tests.support.world import START, World, make_world
from webapp.config import Settings
from webapp.web.app import create_app
from webapp.wiring import Services, build_services


class SetClock:
    """The instant that a test says."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at


@dataclass
class Rig:
    """A transport for ``Phone``."""

    app: Flask
    services: Services
    clock: SetClock
    world: World

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        response = self.app.test_client().open(path, method=method, headers=dict(headers), data=body)
        return Answer(response.status_code, {k.lower(): v for k, v in response.headers}, response.data)

    def phone(self, name: str = "phone") -> Phone:
        return Phone(self.world, name, transport=self)

    def count(self, table: type) -> int:
        with self.services.database.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


@contextmanager
def rigged(home: Path, *, public_url: str | None = None) -> Iterator[Rig]:
    clock = SetClock()
    file = home / "dockproof.db"
    lay_database(file)
    settings = Settings(home=home, database_url=f"sqlite:///{file}", public_url=public_url, port=8000)
    services = build_services(settings, clock)
    yield Rig(create_app(services), services, clock, make_world(services.database))
    services.database.engine.dispose()
