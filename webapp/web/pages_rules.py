"""The rulebook: everybody at the desk reads it; the owner edits copies, sees what would move, and confirms."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Profile, Rulebook
from webapp.domain.switches import AMBIGUITY_OF, CHOICES, NUMBERS
from webapp.usecases import rulebook_edits
from webapp.usecases.rulebook_edits import Edit
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.services import services

pages = Blueprint("rules", __name__)

SWITCHES = "switches"
"""In the address: the switches instead of a profile."""


@pages.get("/rules")
@requires(Permission.ORDERS_READ)
def show() -> ResponseReturnValue:
    """The edition in force, or an earlier one by its number."""
    view = rulebook_edits.rulebook_view(
        services().database,
        organisation_id=desk().organisation_id,
        number=request.args.get("edition", type=int),
    )
    return render_template("rules/rules.html", view=view, choices=CHOICES, numbers=NUMBERS, ids=AMBIGUITY_OF)


@pages.get("/rules/edit")
@requires(Permission.POLICY_EDIT)
def form() -> ResponseReturnValue:
    return _form(request.args.get("profile", SWITCHES))


@pages.post("/rules/preview")
@requires(Permission.POLICY_EDIT)
def preview() -> ResponseReturnValue:
    edit = _edit()
    try:
        found = rulebook_edits.preview(
            services().database, actor=desk(), edit=edit, now=services().clock.now()
        )
    except Refusal as refusal:
        return _form(edit.profile or SWITCHES, refusal)
    return _preview(edit, found)


@pages.post("/rules")
@requires(Permission.POLICY_EDIT)
def confirm() -> ResponseReturnValue:
    edit, now = _edit(), services().clock.now()
    try:
        number = rulebook_edits.confirm(
            services().database,
            services().rulebook,
            actor=desk(),
            edit=edit,
            reason=request.form.get("reason", ""),
            now=now,
        )
    except Refusal as refusal:
        if refusal.code != "reason_missing":
            return _form(edit.profile or SWITCHES, refusal)
        found = rulebook_edits.preview(services().database, actor=desk(), edit=edit, now=now)
        return _preview(edit, found, refusal)
    return redirect(url_for("rules.show", done=number))


def _edit() -> Edit:
    profile = request.form.get("profile", "")
    fields = {
        name: value for name, value in request.form.items() if name.startswith(("R-", "amount.", "switch."))
    }
    return Edit(
        profile="" if profile == SWITCHES else profile,
        base=request.form.get("base", -1, type=int),
        fields=fields,
        agent_id=request.form.get("agent") or None,
        drop=request.form.get("drop") == "1",
    )


def _form(profile_id: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    organisation = desk().organisation_id
    view = rulebook_edits.rulebook_view(services().database, organisation_id=organisation)
    profile = None if profile_id == SWITCHES else _profile(view.shown.rulebook, profile_id)
    page = render_template(
        "rules/edit.html",
        view=view,
        profile=profile,
        agents=rulebook_edits.agents(services().database, organisation_id=organisation),
        choices=CHOICES,
        numbers=NUMBERS,
        ids=AMBIGUITY_OF,
        typed=request.form,
        problem=None if refusal is None else errors.sentence(refusal),
    )
    return page, 200 if refusal is None else errors.status_of(refusal)


def _profile(rulebook: Rulebook, profile_id: str) -> Profile:
    """The one that was asked for, or the copy that has taken its place meanwhile. Raises ``profile_unknown``."""
    copy = next((one for one in rulebook.profiles if one.parent_id == profile_id and not one.agent_id), None)
    return copy or rulebook.profile(profile_id)


def _preview(
    edit: Edit, found: rulebook_edits.Preview, refusal: Refusal | None = None
) -> ResponseReturnValue:
    page = render_template(
        "rules/preview.html",
        edit=edit,
        preview=found,
        profile_field=edit.profile or SWITCHES,
        reason=request.form.get("reason", ""),
        problem=None if refusal is None else errors.sentence(refusal),
        now=services().clock.now(),
    )
    return page, 200 if refusal is None else errors.status_of(refusal)
