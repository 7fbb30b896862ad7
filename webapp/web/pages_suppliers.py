"""A supplier's record: orders, spend, shortage and defects by batch, disputes; and the list of suppliers."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.batches import percent_text, scale_tenths
from webapp.domain.permissions import Permission
from webapp.usecases import supplier_record
from webapp.web.access import desk, requires
from webapp.web.services import services

pages = Blueprint("suppliers", __name__)


@pages.get("/suppliers")
@requires(Permission.ORDERS_READ)
def listing() -> ResponseReturnValue:
    found = supplier_record.suppliers(services().database, organisation_id=desk().organisation_id)
    return render_template(
        "suppliers/suppliers.html",
        suppliers=found,
        here=url_for("suppliers.listing"),
        now=services().clock.now(),
    )


@pages.get("/suppliers/<supplier_id>")
@requires(Permission.ORDERS_READ)
def show(supplier_id: str) -> ResponseReturnValue:
    now = services().clock.now()
    record = supplier_record.record(
        services().database, organisation_id=desk().organisation_id, supplier_id=supplier_id, now=now
    )
    shorts = [one.short_tenths for one in record.batches]
    defects = [one.defect_tenths for one in record.batches]
    return render_template(
        "suppliers/supplier.html",
        record=record,
        charts=[("short", shorts, scale_tenths(shorts)), ("defect", defects, scale_tenths(defects))],
        percent=percent_text,
        levels=supplier_record.LEVELS,
        here=url_for("suppliers.show", supplier_id=supplier_id),
        now=now,
    )
