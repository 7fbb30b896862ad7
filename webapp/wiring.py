"""Builds what the edges need, once."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.adapters.blobs import Blobs
from webapp.adapters.clock import Clock, SystemClock
from webapp.adapters.instance_secret import instance_secret
from webapp.adapters.rulebook_files import load_rulebook
from webapp.config import Settings
from webapp.domain.rulebook import Rulebook
from webapp.locate import migrations_dir
from webapp.store.database import Database
from webapp.store.migrate import migrate
from webapp.usecases import log_guard
from webapp.usecases.order_progress import fill_missing_progress
from webapp.usecases.receipts import fill_missing_arrivals
from webapp.usecases.rulebook_edits import adopt_shipped
from webapp.usecases.segments import fill_missing_segments


@dataclass(frozen=True)
class Services:
    settings: Settings
    database: Database
    blobs: Blobs
    clock: Clock
    rulebook: Rulebook
    secret: bytes


def build_services(settings: Settings, clock: Clock | None = None) -> Services:
    """Opens (and migrates) the database and the stores under ``settings.home``."""
    settings.home.mkdir(parents=True, exist_ok=True)
    log_guard.check_home(settings.home)
    database = Database(settings.database_url)
    migrate(database, migrations_dir())
    log_guard.guard_log(database, settings.home)
    rulebook = load_rulebook()
    fill_missing_arrivals(database)
    fill_missing_segments(database)
    fill_missing_progress(database, rulebook)
    clock = clock or SystemClock()
    adopt_shipped(database, rulebook, now=clock.now())
    return Services(
        settings=settings,
        database=database,
        blobs=Blobs(settings.home),
        clock=clock,
        rulebook=rulebook,
        secret=instance_secret(settings.home),
    )
