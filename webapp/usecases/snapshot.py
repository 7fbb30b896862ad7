"""What a phone needs to work without a connection: no ordered quantity (the count is blind) and no price."""

from __future__ import annotations

from typing import Any

from webapp.domain.refusals import Refusal
from webapp.store import orders as rows
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema import Device, Order, Parcel, Site


def snapshot(database: Database, *, device_id: str) -> dict[str, Any]:
    with database.read() as session:
        device = session.get_one(Device, device_id)
        site = session.get_one(Site, device.site_id)
        parcels = rows.site_parcels(session, site.id)
        codes = {parcel.organisation_id: parcel.organisation.customer_code for parcel in parcels}
        orders = {order.id: order for parcel in parcels for order in parcel.orders}
        return {
            "site": site_view(site),
            "workers": [
                {"id": worker.id, "name": worker.name, "role": worker.role}
                for worker in people.workers_at(session, site.id)
            ],
            "orders": [_order(order, codes[order.organisation_id]) for order in orders.values()],
            "parcels": [_parcel(parcel) for parcel in parcels],
        }


def picture_for(database: Database, *, device_id: str, sha256: str) -> str:
    """The hash again, if a line at the device's site shows this picture; else ``picture_unknown``."""
    with database.read() as session:
        device = session.get_one(Device, device_id)
        if not rows.site_shows_picture(session, device.site_id, sha256):
            raise Refusal("picture_unknown")
        return sha256


def site_view(site: Site) -> dict[str, str]:
    return {"id": site.id, "name": site.name, "kind": site.kind, "zone": site.zone, "language": site.language}


def _order(order: Order, customer_code: str) -> dict[str, Any]:
    return {
        "id": order.id,
        "order_no": order.order_no,
        "customer_code": customer_code,
        "supplier": order.supplier.company,
        "remark": order.remark,
        "lines": [
            {
                "id": line.id,
                "seq": line.seq,
                "title": line.title,
                "spec": line.spec,
                "colour": line.colour,
                "size": line.size,
                "unit": line.unit,
                "sku_id": line.sku_id,
                "picture": line.picture_sha256,
            }
            for line in order.lines
        ],
    }


def _parcel(parcel: Parcel) -> dict[str, Any]:
    waybill = parcel.waybill
    return {
        "id": parcel.id,
        "orders": [order.id for order in parcel.orders],
        "customer_code": parcel.organisation.customer_code,
        "waybills": [
            {"courier": waybill.courier, "number": waybill.number_raw, "number_norm": waybill.number_norm}
        ]
        if waybill
        else [],
        "labels": [label.code for label in parcel.labels if label.voided_at is None],
        "voided_labels": [label.code for label in parcel.labels if label.voided_at is not None],
        "received_at": parcel.received_at.isoformat(timespec="milliseconds") if parcel.received_at else None,
        "received_zone": parcel.received_zone,
    }
