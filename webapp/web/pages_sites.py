"""Sites and the organisations they serve; for the instance's administrator."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import sites
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.services import services

pages = Blueprint("sites", __name__)


@pages.get("/sites")
@requires(Permission.SITES_MANAGE)
def show() -> ResponseReturnValue:
    return _page()


@pages.post("/sites")
@requires(Permission.SITES_MANAGE)
def add() -> ResponseReturnValue:
    typed = {"name": request.form.get("name", "")[:100], "kind": request.form.get("kind", "")}
    try:
        sites.add_site(
            services().database,
            actor=desk().actor,
            name=typed["name"],
            kind=typed["kind"],
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return errors.refused_page(_page(problem=errors.sentence(refusal), typed=typed), refusal)
    return redirect(url_for("sites.show"))


@pages.post("/sites/<site_id>/organisations")
@requires(Permission.SITES_MANAGE)
def serve(site_id: str) -> ResponseReturnValue:
    sites.serve_organisation(
        services().database,
        actor=desk().actor,
        site_id=site_id,
        organisation_id=request.form.get("organisation", ""),
        now=services().clock.now(),
    )
    return redirect(url_for("sites.show"))


@pages.post("/sites/<site_id>/organisations/<organisation_id>/stop")
@requires(Permission.SITES_MANAGE)
def stop(site_id: str, organisation_id: str) -> ResponseReturnValue:
    sites.stop_serving(
        services().database,
        actor=desk().actor,
        site_id=site_id,
        organisation_id=organisation_id,
        now=services().clock.now(),
    )
    return redirect(url_for("sites.show"))


def _page(**shown: object) -> str:
    return render_template(
        "people/sites.html", sites=sites.sites(services().database), kinds=list(sites.KINDS), **shown
    )
