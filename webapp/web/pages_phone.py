"""The phone app's shell and files, and what a label's QR opens."""

from __future__ import annotations

import json

from flask import Blueprint, Response, jsonify, redirect, render_template, send_from_directory
from flask.typing import ResponseReturnValue

from webapp.domain.labels import parse_label, printed_code
from webapp.domain.permissions import Permission
from webapp.locate import static_dir
from webapp.usecases import health, labels_find
from webapp.web.access import principal, requires
from webapp.web.services import services

pages = Blueprint("phone", __name__)

_YEAR = 365 * 86400


@pages.get("/scan")
@pages.get("/enrol")
@pages.get("/captures")
@pages.get("/this-phone")
@pages.get("/parcel/<parcel_id>")
@requires(Permission.PUBLIC)
def shell(parcel_id: str = "") -> ResponseReturnValue:
    """One page for every screen of the phone; it holds no data, so anybody may load it."""
    return render_template("phone/shell.html", assets=json.dumps(_manifest()))


@pages.get("/L/<code>")
@pages.get("/l/<code>")
@requires(Permission.PUBLIC)
def label(code: str) -> ResponseReturnValue:
    """Signed in: the order. Without: the code and how to open the app, nothing else."""
    reading = parse_label(code)
    person = principal().user
    if reading.code is not None and person is not None:
        order_no = labels_find.order_of_label(
            services().database, organisation_id=person.organisation_id, code=reading.code
        )
        if order_no is not None:
            return redirect(f"/orders/{order_no}")
    shown = printed_code(reading.code) if reading.code else None
    return render_template("phone/label.html", code=reading.code, shown=shown), 200 if reading.code else 404


@pages.get("/assets/<path:name>")
@requires(Permission.PUBLIC)
def asset_file(name: str) -> Response:
    # Names carry their hash: they never change.
    response = send_from_directory(static_dir() / "assets", name, max_age=_YEAR)
    response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response


@pages.get("/sw.js")
@requires(Permission.PUBLIC)
def service_worker() -> Response:
    response = send_from_directory(static_dir(), "sw.js", mimetype="text/javascript", max_age=0)
    response.headers["Cache-Control"] = "no-cache"
    return response


@pages.get("/manifest.webmanifest")
@requires(Permission.PUBLIC)
def web_manifest() -> Response:
    return send_from_directory(static_dir(), "manifest.webmanifest", mimetype="application/manifest+json")


@pages.get("/icons/<name>")
@requires(Permission.PUBLIC)
def icon(name: str) -> Response:
    return send_from_directory(static_dir() / "icons", name, max_age=86400)


@pages.get("/healthz")
@requires(Permission.PUBLIC)
def healthz() -> ResponseReturnValue:
    """For monitors: what works, in one word each; a stranger learns nothing else."""
    found = health.health(services().database, services().blobs, now=services().clock.now())
    answer = {"ok": found.ok, "database": found.database, "disk": found.disk, "jobs": found.jobs}
    return jsonify(answer), 200 if found.ok else 503


def _manifest() -> dict[str, str]:
    manifest: dict[str, str] = json.loads((static_dir() / "manifest.json").read_text("utf-8"))
    return manifest
