"""Phones and workers of the organisation's sites."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import qrcode
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from qrcode.image.pil import PilImage

from webapp.domain.permissions import WORKER_ROLES, Permission, Role, ordered
from webapp.domain.refusals import Refusal
from webapp.usecases import lost_phones, phones, workers
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.pages_orders import public_url
from webapp.web.services import services

pages = Blueprint("people", __name__)


@pages.get("/phones")
@requires(Permission.PEOPLE_MANAGE)
def show() -> ResponseReturnValue:
    return _page()


@pages.post("/phones/codes")
@requires(Permission.PEOPLE_MANAGE)
def make_code() -> ResponseReturnValue:
    """Shows a code once, as text and as a QR; only its hash is kept."""
    code = phones.make_enrolment_code(
        services().database,
        actor=desk(),
        site_id=request.form.get("site", ""),
        now=services().clock.now(),
        in_place_of=request.form.get("in_place_of") or None,
    )
    # After `#` nothing reaches a server or its log, and opening the link consumes nothing.
    link = f"{public_url()}/enrol#{code}"
    return _page(code=code, link=link, picture=_qr_data_url(link))


@pages.get("/phones/<device_id>")
@requires(Permission.PEOPLE_MANAGE)
def phone(device_id: str) -> ResponseReturnValue:
    """What a phone announced and has not sent; of one that lost its storage: what is lost."""
    loss = lost_phones.loss_for(services().database, actor=desk(), device_id=device_id)
    return render_template("people/phone.html", loss=loss)


@pages.post("/phones/workers")
@requires(Permission.PEOPLE_MANAGE)
def add_worker() -> ResponseReturnValue:
    typed = {
        "site": request.form.get("site", ""),
        "name": request.form.get("name", ""),
        "roles": request.form.getlist("role"),
    }
    return _change(
        lambda: workers.add_worker(
            services().database,
            actor=desk(),
            site_id=str(typed["site"]),
            name=str(typed["name"])[:100],
            roles=request.form.getlist("role"),
            pin=request.form.get("pin", ""),
            now=services().clock.now(),
        ),
        typed=typed,
    )


@pages.post("/phones/workers/<worker_id>/roles")
@requires(Permission.PEOPLE_MANAGE)
def set_worker_roles(worker_id: str) -> ResponseReturnValue:
    return _change(
        lambda: workers.set_roles(
            services().database,
            actor=desk(),
            worker_id=worker_id,
            roles=request.form.getlist("role"),
            now=services().clock.now(),
        )
    )


@pages.post("/phones/workers/<worker_id>/pin")
@requires(Permission.PEOPLE_MANAGE)
def set_worker_pin(worker_id: str) -> ResponseReturnValue:
    return _change(
        lambda: workers.set_pin(
            services().database,
            actor=desk(),
            worker_id=worker_id,
            pin=request.form.get("pin", ""),
            now=services().clock.now(),
        )
    )


@pages.post("/phones/workers/<worker_id>/leave")
@requires(Permission.PEOPLE_MANAGE)
def worker_leaves(worker_id: str) -> ResponseReturnValue:
    return _change(
        lambda: workers.leave(
            services().database, actor=desk(), worker_id=worker_id, now=services().clock.now()
        )
    )


@pages.post("/phones/<device_id>/revoke")
@requires(Permission.PEOPLE_MANAGE)
def revoke(device_id: str) -> ResponseReturnValue:
    phones.revoke(services().database, actor=desk(), device_id=device_id, now=services().clock.now())
    return redirect(url_for("people.show"))


def _change(change: Callable[[], object], **shown: object) -> ResponseReturnValue:
    """Does it and shows the page anew; refused, the page says why and keeps what was typed."""
    try:
        change()
    except Refusal as refusal:
        return errors.refused_page(_page(problem=errors.sentence(refusal), **shown), refusal)
    return redirect(url_for("people.show"))


def _page(**shown: object) -> str:
    return render_template(
        "people/phones.html",
        sites=phones.phones_for(services().database, actor=desk()),
        roles_at=_roles_at,
        in_order=ordered,
        **{"code": None, **shown},
    )


def _roles_at(site: phones.SitePhones) -> list[Role]:
    """The tasks at a site of this kind; the receiver first."""
    country = "vn_" if site.site.kind == "vn_warehouse" else "cn_"
    return [role for role in ordered(WORKER_ROLES) if role.startswith(country)]


def _qr_data_url(text: str) -> str:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=8, border=4)
    code.add_data(text)
    picture = code.make_image(image_factory=PilImage)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")
