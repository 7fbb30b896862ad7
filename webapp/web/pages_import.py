"""Uploading a 1688 export."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from webapp.adapters.spreadsheets import read_rows
from webapp.domain.order_sheet import read_order_sheet
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import orders
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.services import services

pages = Blueprint("imports", __name__)


class ImportForm(FlaskForm):  # type: ignore[misc]
    file = FileField()
    account = StringField(validators=[DataRequired(), Length(max=100)])
    owner = SelectField(choices=["self", "agent"], validators=[DataRequired()])


@pages.get("/orders/import")
@requires(Permission.ORDERS_IMPORT)
def form() -> ResponseReturnValue:
    return render_template("orders/import.html", form=ImportForm(), report=None, problem=None)


@pages.post("/orders/import")
@requires(Permission.ORDERS_IMPORT)
def upload() -> ResponseReturnValue:
    given = ImportForm()
    try:
        if not given.validate() or not given.file.data:
            raise Refusal("import_incomplete")
        rows = read_rows(given.file.data.read(), given.file.data.filename or "")
        reading = read_order_sheet(rows)
        report = orders.import_orders(
            services().database,
            services().rulebook,
            reading,
            organisation_id=desk().organisation_id,
            account_name=given.account.data,
            account_owner=given.owner.data,
            actor=f"user:{desk().id}",
            now=services().clock.now(),
        )
    except Refusal as refusal:
        page = render_template(
            "orders/import.html", form=given, report=None, problem=errors.sentence(refusal)
        )
        return page, errors.status_of(refusal)
    return render_template("orders/import.html", form=ImportForm(), report=report, read=rows, problem=None)
