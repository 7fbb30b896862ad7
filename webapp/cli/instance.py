"""Opens the instance that the environment names."""

from __future__ import annotations

import os
from pathlib import Path

from webapp.config import Settings, read_settings
from webapp.domain.refusals import Refusal
from webapp.store.database import Database
from webapp.wiring import Services, build_services


def settings() -> Settings:
    return read_settings(os.environ, Path.cwd())


def existing_database(here: Settings) -> Database:
    """Without migrating and without making one, as a check or a backup must. Raises ``instance_missing``."""
    database = Database(here.database_url)
    if not here.home.is_dir() or (database.file is not None and not database.file.is_file()):
        raise Refusal("instance_missing", home=str(here.home))
    return database


def open_instance() -> Services:
    return build_services(settings())
