"""What a phone needs to work without a connection: no ordered quantity (the count is blind) and no price."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from webapp.domain import site_kinds
from webapp.domain.receiving_plan import Plan
from webapp.domain.refusals import Refusal
from webapp.domain.sampling_choice import Sampling
from webapp.store import labels as label_rows
from webapp.store import orders as rows
from webapp.store import people
from webapp.store import plans as plan_rows
from webapp.store.database import Database
from webapp.store.schema import Device, Order, Parcel, Site
from webapp.store.schema_desk import OrderCheck
from webapp.usecases.applied_plans import plans_of_orders
from webapp.usecases.checks import in_order
from webapp.usecases.parcel_weights import least_grams
from webapp.usecases.snapshot_facts import ToldAtTable, told_at_table
from webapp.usecases.snapshot_limits import act_by_of_parcels
from webapp.usecases.workers import worker_view

_RANK = {"carton": 1, "blank": 2, "parcel": 3}


FACTS_KEPT: Final = timedelta(days=45)
"""How far back a phone is told what was recorded at its site."""


def snapshot(database: Database, *, device_id: str, now: datetime) -> dict[str, Any]:
    with database.read() as session:
        device = session.get_one(Device, device_id)
        site = session.get_one(Site, device.site_id)
        parcels = rows.site_parcels(session, site.id)
        codes = {parcel.organisation_id: parcel.organisation.customer_code for parcel in parcels}
        orders = {order.id: order for parcel in parcels for order in parcel.orders}
        plans = plans_of_orders(session, orders.values())
        checks = plan_rows.checks_of_organisations(session, codes)
        told = told_at_table(session, site, since=now - FACTS_KEPT)
        parts = Counter(order.id for parcel in parcels for order in parcel.orders)
        act_by = act_by_of_parcels(session, parcels, plans)
        least = least_grams(session, site.id, parcels)
        skus = _sku_codes(parcels)
        return {
            "site": site_view(site),
            "workers": [worker_view(worker) for worker in people.workers_at(session, site.id)],
            "orders": [
                _order(
                    order,
                    codes[order.organisation_id],
                    plans[order.id],
                    checks.get(order.id, []),
                    told,
                    parts[order.id],
                    skus,
                )
                for order in orders.values()
            ],
            "parcels": [
                _parcel(parcel)
                | told.of_parcel(parcel.id)
                | {"least_grams": least.get(parcel.id), "act_by": _instant(act_by.get(parcel.id))}
                for parcel in parcels
            ],
            "blanks": _blanks(session, site.id),
            "aliases": label_rows.aliases_at(session, site.id),
        }


def picture_for(database: Database, *, device_id: str, sha256: str) -> str:
    """The hash again, if a line at the device's site shows this picture; else ``picture_unknown``."""
    with database.read() as session:
        device = session.get_one(Device, device_id)
        if not rows.site_shows_picture(session, device.site_id, sha256):
            raise Refusal("picture_unknown")
        return sha256


def site_view(site: Site) -> dict[str, str]:
    return {
        "id": site.id,
        "name": site.name,
        "kind": site_kinds.told(site.kind),
        "zone": site.zone,
        "language": site.language,
    }


def _sku_codes(parcels: Iterable[Parcel]) -> dict[str, list[str]]:
    """The valid SKU label of a line: a wedge scanner counts units by it. Lines with a label per so many pieces send
    none, since the number of labels would tell the ordered quantity."""
    codes: dict[str, list[str]] = {}
    for label in (label for parcel in parcels for label in parcel.labels):
        if label.kind == "sku" and label.line_id is not None and label.voided_at is None:
            codes.setdefault(label.line_id, []).append(label.code)
    return {line: some for line, some in codes.items() if len(some) == 1}


def _order(
    order: Order,
    customer_code: str,
    plan: Plan,
    checks: list[OrderCheck],
    told: ToldAtTable,
    parcels: int,
    skus: dict[str, list[str]],
) -> dict[str, Any]:
    return {
        "id": order.id,
        "order_no": order.order_no,
        "customer_code": customer_code,
        "supplier": order.supplier.company,
        "remark": order.remark,
        "plan": plan_view(plan),
        "sampling": sampling_view(plan.sampling),
        "checks": [
            {"line": one.line_id, "phrase": one.phrase, "text": one.free_text} for one in in_order(checks)
        ],
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
                "pack_factor": line.pack_factor,
                "unit_weight_mg": line.unit_weight_mg,
                "codes": skus.get(line.id, []),
                **told.of_line(line, parcels=parcels),
            }
            for line in order.lines
        ],
    }


def sampling_view(sampling: Sampling) -> dict[str, Any]:
    """How the sample's size follows from the lot, which only the phone knows before it counted."""
    return {
        "plan": sampling.plan,
        "level": sampling.level,
        "aql": sampling.aql,
        "waived": sampling.waived,
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds") if at else None


def plan_view(plan: Plan) -> dict[str, Any]:
    """Depth and whose decision it is. The reason stays at the desk: it may speak of prices and of the supplier."""
    decision = plan.decision
    return {
        "depth": plan.depth,
        "asked": list(plan.asked),
        "decided_by": decision.decided_by if decision else None,
        "decided_at": _instant(decision.decided_at if decision else None),
    }


def _blanks(session: Session, site_id: str) -> list[dict[str, Any]]:
    """Labels that wait for their parcel: ten characters each, side by side, by the customer that they belong to."""
    codes: dict[str | None, list[str]] = {}
    for customer_code, code in label_rows.blanks_at(
        session, site_id, people.organisations_at(session, site_id)
    ):
        codes.setdefault(customer_code, []).append(code)
    return [{"customer_code": customer, "codes": "".join(some)} for customer, some in codes.items()]


def _parcel(parcel: Parcel) -> dict[str, Any]:
    waybill = parcel.waybill
    # The last valid one is the parcel's own on screens and in records: not a carton's, nor a bag's inside it.
    by_rank = sorted(parcel.labels, key=lambda label: _RANK.get(label.kind, 0))
    return {
        "id": parcel.id,
        "orders": [order.id for order in parcel.orders],
        "customer_code": parcel.organisation.customer_code,
        "waybills": [
            {"courier": waybill.courier, "number": waybill.number_raw, "number_norm": waybill.number_norm}
        ]
        if waybill
        else [],
        "labels": [label.code for label in by_rank if label.voided_at is None],
        "voided_labels": [label.code for label in parcel.labels if label.voided_at is not None],
        "received_at": _instant(parcel.received_at),
        "received_zone": parcel.received_zone,
    }
