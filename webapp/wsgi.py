"""The WSGI entry point: settings from the environment."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from webapp.adapters import log_format
from webapp.adapters.dead_connections import end_dead_connections
from webapp.config import read_settings
from webapp.web.app import create_app
from webapp.wiring import build_services

log_format.install()
app = create_app(build_services(read_settings(os.environ, Path.cwd())))


@app.before_request
@cache
def door_is_open() -> None:
    """Once, at the first request: only then does the server listen in this process."""
    end_dead_connections()
