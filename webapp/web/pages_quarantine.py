"""What revoked phones still sent, for the desk to look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from webapp.domain.permissions import Permission
from webapp.usecases import quarantine
from webapp.web.access import desk, requires
from webapp.web.services import services

pages = Blueprint("quarantine", __name__)


@pages.get("/phones/quarantine")
@requires(Permission.PEOPLE_MANAGE)
def show() -> ResponseReturnValue:
    return render_template("people/quarantine.html", items=_items())


@pages.app_context_processor
def quarantine_counts() -> dict[str, Callable[[], Any]]:
    """For ``people/phones.html``; counted only where a template asks."""
    return {"quarantined_count": lambda: len(_items())}


def _items() -> list[quarantine.Held]:
    return quarantine.held_for(services().database, organisation_id=desk().organisation_id)
