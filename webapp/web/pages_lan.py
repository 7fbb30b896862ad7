"""What a phone can do here, found out by the phone itself; nobody has to be signed in."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from webapp.domain.permissions import Permission
from webapp.web.access import requires

pages = Blueprint("lan", __name__)

CHECKS: Final = (
    "secure",
    "camera",
    "microphone",
    "recorder",
    "storage",
    "files",
    "keeps",
    "offline",
    "wasm",
    "signing",
)
"""In the order in which a person can do something about them; static/src/phone_check.js finds the answers."""


@pages.get("/phone-check")
@requires(Permission.PUBLIC)
def phone_check() -> ResponseReturnValue:
    g.first_language = "zh_CN"
    return render_template("lan/phone_check.html", checks=CHECKS, insecure=not request.is_secure)
