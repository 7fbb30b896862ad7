"""Phones and workers of the organisation's sites."""

from __future__ import annotations

import base64
import io

import qrcode
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from qrcode.image.pil import PilImage

from webapp.domain.permissions import WORKER_ROLES, Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import people, phones
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.pages_orders import public_url
from webapp.web.services import services

pages = Blueprint("people", __name__)


@pages.get("/phones")
@requires(Permission.PEOPLE_MANAGE)
def show() -> ResponseReturnValue:
    return render_template("people/phones.html", sites=_sites(), roles=sorted(WORKER_ROLES), code=None)


@pages.post("/phones/codes")
@requires(Permission.PEOPLE_MANAGE)
def make_code() -> ResponseReturnValue:
    """Shows a code once, as text and as a QR; only its hash is kept."""
    code = phones.make_enrolment_code(
        services().database, actor=desk(), site_id=request.form.get("site", ""), now=services().clock.now()
    )
    # After `#` nothing reaches a server or its log, and opening the link consumes nothing.
    link = f"{public_url()}/enrol#{code}"
    return render_template(
        "people/phones.html",
        sites=_sites(),
        roles=sorted(WORKER_ROLES),
        code=code,
        link=link,
        picture=_qr_data_url(link),
    )


@pages.post("/phones/workers")
@requires(Permission.PEOPLE_MANAGE)
def add_worker() -> ResponseReturnValue:
    typed = {name: request.form.get(name, "") for name in ("site", "name", "role")}
    try:
        people.add_worker(
            services().database,
            actor=desk(),
            site_id=typed["site"],
            name=typed["name"][:100],
            role=typed["role"],
            pin=request.form.get("pin", ""),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        page = render_template(
            "people/phones.html",
            sites=_sites(),
            roles=sorted(WORKER_ROLES),
            code=None,
            typed=typed,
            problem=errors.sentence(refusal),
        )
        return page, errors.status_of(refusal)
    return redirect(url_for("people.show"))


@pages.post("/phones/<device_id>/revoke")
@requires(Permission.PEOPLE_MANAGE)
def revoke(device_id: str) -> ResponseReturnValue:
    phones.revoke(services().database, actor=desk(), device_id=device_id, now=services().clock.now())
    return redirect(url_for("people.show"))


def _sites() -> list[phones.SitePhones]:
    return phones.phones_of(services().database, organisation_id=desk().organisation_id)


def _qr_data_url(text: str) -> str:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=8, border=4)
    code.add_data(text)
    picture = code.make_image(image_factory=PilImage)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")
