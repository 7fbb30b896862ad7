"""The WSGI entry point: settings from the environment."""

from __future__ import annotations

import os
from pathlib import Path

from webapp.adapters import log_format
from webapp.config import read_settings
from webapp.web.app import create_app
from webapp.wiring import build_services

log_format.install()
app = create_app(build_services(read_settings(os.environ, Path.cwd())))
