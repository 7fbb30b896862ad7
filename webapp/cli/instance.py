"""Opens the instance that the environment names."""

from __future__ import annotations

import os
from pathlib import Path

from webapp.config import Settings, read_settings
from webapp.wiring import Services, build_services


def settings() -> Settings:
    return read_settings(os.environ, Path.cwd())


def open_instance() -> Services:
    return build_services(settings())
