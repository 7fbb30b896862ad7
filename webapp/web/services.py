"""How a view reaches what wiring built."""

from __future__ import annotations

from typing import cast

from flask import current_app

from webapp.wiring import Services


def services() -> Services:
    return cast(Services, current_app.extensions["dockproof"])
