"""Printing parcel labels: every print its own code; a reprint voids the earlier one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.adapters.label_sheets import LabelLine, ParcelLabel, parcel_labels_pdf
from webapp.adapters.secrets import random_bytes
from webapp.domain.labels import label_code
from webapp.domain.quantities import quantity_text
from webapp.domain.refusals import Refusal
from webapp.store import orders as rows
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema import Label, Order, Parcel


def print_labels(
    database: Database,
    *,
    organisation_id: str,
    order_nos: list[str],
    stock: str,
    public_url: str | None,
    fonts_dir: Path,
    actor: str,
    now: datetime,
) -> tuple[bytes, list[str]]:
    """A PDF with one label a parcel of the orders, and the new codes. Raises ``order_unknown``.

    The codes are committed only when the sheet could be drawn: a code that nobody printed would be a false label.
    """
    with database.write() as session:
        site = next(iter(people.sites_of(session, organisation_id)), None)
        printed = now if site is None else now.astimezone(ZoneInfo(site.zone))
        parcels: dict[str, Parcel] = {}
        for order_no in order_nos:
            order = rows.order_by_no(session, organisation_id, order_no)
            if order is None:
                raise Refusal("order_unknown", order_no=order_no)
            parcels.update((parcel.id, parcel) for parcel in order.parcels)
        sheet, codes = [], []
        for parcel in parcels.values():
            label = _new_label(session, parcel, stock, actor, now)
            codes.append(label.code)
            sheet.append(_face(parcel, label.code, site.name if site else ""))
        pdf = parcel_labels_pdf(
            sheet, stock=stock, public_url=public_url, created=printed, fonts_dir=fonts_dir
        )
        people.audit(
            session,
            at=now,
            actor=actor,
            action="labels.printed",
            subject=" ".join(order_nos),
            organisation_id=organisation_id,
            codes=codes,
        )
    return pdf, codes


def _new_label(session: Session, parcel: Parcel, stock: str, actor: str, now: datetime) -> Label:
    for earlier in parcel.labels:
        if earlier.voided_at is None:
            earlier.voided_at = now
    label = Label(
        code=label_code(random_bytes(8)), parcel_id=parcel.id, stock=stock, printed_at=now, printed_by=actor
    )
    session.add(label)
    return label


def _face(parcel: Parcel, code: str, site: str) -> ParcelLabel:
    return ParcelLabel(
        code=code,
        order_nos=tuple(order.order_no for order in parcel.orders),
        customer_code=parcel.organisation.customer_code,
        site_name=site,
        waybills=(parcel.waybill.number_raw,) if parcel.waybill else (),
        lines=tuple(line for order in parcel.orders for line in _lines(order)),
        carton=None,
    )


def _lines(order: Order) -> list[LabelLine]:
    return [
        LabelLine(
            line.title, line.spec, f"{quantity_text(line.quantity_milli)} {line.unit}".strip(), line.sku_id
        )
        for line in order.lines
    ]
