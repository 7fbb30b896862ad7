"""Importing orders: upload or paste, say which column is what if the file is strange, look, confirm, report."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from webapp.domain.import_mapping import FIELDS, PLATFORMS, REQUIRED
from webapp.domain.import_states import AT_WORK, DraftState
from webapp.domain.pasted_table import LONGEST_PASTE
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases.imports import ColumnChoice, Drafts, Given
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.services import services

pages = Blueprint("imports", __name__)

REFRESH_SECONDS = 2


class ImportForm(FlaskForm):  # type: ignore[misc]
    file = FileField()
    account = StringField(validators=[DataRequired(), Length(max=100)])
    owner = SelectField(choices=["self", "agent"], validators=[DataRequired()])


class PasteForm(FlaskForm):  # type: ignore[misc]
    table = TextAreaField(validators=[DataRequired(), Length(max=LONGEST_PASTE)])
    account = StringField(validators=[Length(max=100)])
    owner = SelectField(choices=["unknown", "self", "agent"], default="unknown")


@pages.get("/orders/import")
@requires(Permission.ORDERS_IMPORT)
def form() -> ResponseReturnValue:
    return _form_page(ImportForm(), PasteForm())


@pages.post("/orders/import")
@requires(Permission.ORDERS_IMPORT)
def upload() -> ResponseReturnValue:
    given = ImportForm()
    try:
        if not given.validate() or not given.file.data:
            raise Refusal("import_incomplete")
        services().blobs.need_room(request.content_length or 0)
        about = _given(given.file.data.filename or "-", given.account.data, given.owner.data)
        draft_id = drafts().upload(about, given.file.data.stream)
    except Refusal as refusal:
        return _form_page(given, PasteForm(formdata=None), refusal)
    return redirect(url_for("imports.show", draft_id=draft_id), 303)


@pages.post("/orders/import/pasted")
@requires(Permission.ORDERS_IMPORT)
def paste() -> ResponseReturnValue:
    given = PasteForm()
    try:
        if not given.validate():
            raise Refusal("paste_empty")
        services().blobs.need_room(request.content_length or 0)
        about = _given("", given.account.data or "", given.owner.data)
        draft_id = drafts().paste(about, given.table.data)
    except Refusal as refusal:
        return _form_page(ImportForm(formdata=None), given, refusal)
    return redirect(url_for("imports.show", draft_id=draft_id), 303)


@pages.get("/orders/import/<draft_id>")
@requires(Permission.ORDERS_IMPORT)
def show(draft_id: str) -> ResponseReturnValue:
    return _draft_page(draft_id)


@pages.post("/orders/import/<draft_id>/confirm")
@requires(Permission.ORDERS_IMPORT)
def confirm(draft_id: str) -> ResponseReturnValue:
    try:
        drafts().confirm(desk().organisation_id, draft_id)
    except Refusal as refusal:
        return _draft_page(draft_id, refusal)
    return redirect(url_for("imports.show", draft_id=draft_id), 303)


@pages.post("/orders/import/<draft_id>/discard")
@requires(Permission.ORDERS_IMPORT)
def discard(draft_id: str) -> ResponseReturnValue:
    try:
        drafts().discard(desk().organisation_id, draft_id)
    except Refusal as refusal:
        return _draft_page(draft_id, refusal)
    return redirect(url_for("imports.form"), 303)


@pages.get("/orders/import/<draft_id>/columns")
@requires(Permission.ORDERS_IMPORT)
def columns(draft_id: str) -> ResponseReturnValue:
    choice = drafts().column_choice(desk().organisation_id, draft_id)
    return _columns_page(choice, dict(choice.chosen), choice.platform)


@pages.post("/orders/import/<draft_id>/columns")
@requires(Permission.ORDERS_IMPORT)
def choose_columns(draft_id: str) -> ResponseReturnValue:
    chosen = {field: request.form[field] for field in FIELDS if request.form.get(field)}
    platform = request.form.get("platform", "")
    try:
        drafts().choose_columns(
            desk().organisation_id, draft_id, platform=platform, chosen=chosen, user_id=desk().id
        )
    except Refusal as refusal:
        if refusal.code == "import_unknown":
            raise
        choice = drafts().column_choice(desk().organisation_id, draft_id)
        return _columns_page(choice, chosen, platform, refusal)
    return redirect(url_for("imports.show", draft_id=draft_id), 303)


def drafts() -> Drafts:
    have = services()
    return Drafts.of(have.database, have.rulebook, have.clock, have.settings.home)


def _given(filename: str, account: str, owner: str) -> Given:
    return Given(desk().organisation_id, desk().id, filename, account.strip(), owner)


def _form_page(given: ImportForm, pasted: PasteForm, refusal: Refusal | None = None) -> ResponseReturnValue:
    waiting, last = drafts().listed(desk().organisation_id)
    page = render_template(
        "orders/import.html",
        form=given,
        pasted=pasted,
        waiting=waiting,
        last=last,
        accounts=drafts().account_names(desk().organisation_id),
        longest_paste=LONGEST_PASTE,
        problem=None if refusal is None else errors.sentence(refusal),
    )
    return page, 200 if refusal is None else errors.status_of(refusal)


def _draft_page(draft_id: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    """Where the draft is now; while work goes on the page asks again by itself."""
    draft = drafts().draft(desk().organisation_id, draft_id)
    if draft.state == DraftState.MAPPING and refusal is None:
        return redirect(url_for("imports.columns", draft_id=draft_id), 303)
    page = make_response(
        render_template(
            "orders/import_draft.html",
            draft=draft,
            report=draft.report or {},
            problem=None if refusal is None else errors.sentence(refusal),
        )
    )
    if draft.state in AT_WORK:
        page.headers["Refresh"] = str(REFRESH_SECONDS)
    return page, 200 if refusal is None else errors.status_of(refusal)


def _columns_page(
    choice: ColumnChoice, chosen: dict[str, str], platform: str, refusal: Refusal | None = None
) -> ResponseReturnValue:
    report = choice.draft.report or {}
    page = render_template(
        "orders/import_columns.html",
        draft=choice.draft,
        why=report.get("problem"),
        choices=choice.header.choices,
        chosen=chosen,
        platform=platform,
        platforms=PLATFORMS,
        fields=FIELDS,
        required=REQUIRED,
        problem=None if refusal is None else errors.sentence(refusal),
    )
    return page, 200 if refusal is None else errors.status_of(refusal)
