"""What a phone needs to work without a connection: no ordered quantity (the count is blind) and no price."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from webapp.domain import site_kinds
from webapp.domain.labels import parse_label
from webapp.domain.receiving_plan import Plan
from webapp.domain.refusals import Refusal
from webapp.domain.sampling_choice import Sampling
from webapp.store import held as held_rows
from webapp.store import labels as label_rows
from webapp.store import people
from webapp.store import plans as plan_rows
from webapp.store import snapshot as rows
from webapp.store.database import Database
from webapp.store.orders import site_shows_picture
from webapp.store.schema import Device, Order, Parcel, Site
from webapp.store.schema_desk import OrderCheck
from webapp.store.snapshot import Window
from webapp.usecases.applied_plans import plans_of_orders
from webapp.usecases.capture_asks import asks_of_parcels
from webapp.usecases.checks import in_order
from webapp.usecases.parcel_weights import least_grams
from webapp.usecases.snapshot_facts import ToldAtTable, told_at_table
from webapp.usecases.snapshot_limits import act_by_of_parcels
from webapp.usecases.workers import worker_view

_RANK = {"carton": 1, "blank": 2, "parcel": 3}


FACTS_KEPT: Final = timedelta(days=45)
"""How far back a phone is told what was recorded at its site, and of parcels that are finished there."""
WAITING_KEPT: Final = timedelta(days=180)
"""How long a parcel that is still to be received, counted or sent on stays among the open ones."""

Views = dict[str, dict[str, dict[str, Any]]]
"""``orders`` and ``parcels``, each by id."""


def window_at(now: datetime) -> Window:
    """Moves once a day, at midnight UTC: between two midnights only what is written changes a snapshot."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Window(recent=day - FACTS_KEPT, waiting=day - WAITING_KEPT)


def snapshot(database: Database, *, device_id: str, now: datetime) -> dict[str, Any]:
    """Everything in one value, as phones of the first release ask for it."""
    with database.read() as session:
        site = site_of(session, device_id)
        told = tell_all(session, site, window_at(now))
        return {
            **head(session, site),
            **{name: list(views.values()) for name, views in told.items()},
            **parts(session, site.id, window_at(now)),
        }


def site_of(session: Session, device_id: str) -> Site:
    return session.get_one(Site, session.get_one(Device, device_id).site_id)


def head(session: Session, site: Site) -> dict[str, Any]:
    """What is small and always told."""
    return {
        "site": site_view(site),
        "workers": [worker_view(worker) for worker in people.workers_at(session, site.id)],
    }


def parts(session: Session, site_id: str, window: Window) -> dict[str, Any]:
    """What is told whole when any of it changed."""
    return {
        "blanks": _blanks(session, site_id),
        "aliases": label_rows.aliases_at(session, site_id),
        "holds": _holds(session, site_id, window),
    }


def tell_all(session: Session, site: Site, window: Window) -> Views:
    parcels = rows.told_parcels(session, site, window, None)
    return tell(session, site, window, orders=rows.orders_of_parcels(session, parcels), parcels=parcels)


def tell(
    session: Session, site: Site, window: Window, *, orders: Collection[str], parcels: Collection[str]
) -> Views:
    """These orders and parcels as the site's phones are told them; the same whatever else is asked for."""
    parcel_rows = rows.parcels_to_tell(session, sorted(parcels))
    order_rows = {order.id: order for order in rows.orders_to_tell(session, sorted(orders))}
    planned = order_rows | {order.id: order for parcel in parcel_rows for order in parcel.orders}
    plans = plans_of_orders(session, planned.values())
    checks: dict[str, list[OrderCheck]] = {}
    for check in plan_rows.checks_of(session, order_rows):
        checks.setdefault(check.order_id, []).append(check)
    lines = [line.id for order in order_rows.values() for line in order.lines]
    told = told_at_table(session, site, since=window.recent, parcels=parcels, lines=lines)
    parts_of = rows.parts_of_orders(session, order_rows)
    customers = label_rows.customer_codes(session, {order.organisation_id for order in order_rows.values()})
    act_by = act_by_of_parcels(session, parcel_rows, plans)
    least = least_grams(session, site.id, parcel_rows)
    wanted = asks_of_parcels(session, parcels, abroad=site.kind == site_kinds.VN)
    skus = _sku_codes(rows.sku_labels(session, lines))
    return {
        "orders": {
            order.id: _order(
                order,
                customers[order.organisation_id],
                plans[order.id],
                checks.get(order.id, []),
                told,
                parts_of.get(order.id, 0),
                skus,
            )
            for order in order_rows.values()
        },
        "parcels": {
            parcel.id: _parcel(parcel)
            | told.of_parcel(parcel.id)
            | {
                "least_grams": least.get(parcel.id),
                "act_by": _instant(act_by.get(parcel.id)),
                "wanted": [asdict(ask) for ask in wanted.get(parcel.id, [])],
            }
            for parcel in parcel_rows
        },
    }


def picture_for(database: Database, *, device_id: str, sha256: str) -> str:
    """The hash again, if a line at the device's site shows this picture; else ``picture_unknown``."""
    with database.read() as session:
        device = session.get_one(Device, device_id)
        if not site_shows_picture(session, device.site_id, sha256):
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


def _sku_codes(labels: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The valid SKU label of a line: a wedge scanner counts units by it. Lines with a label per so many pieces send
    none, since the number of labels would tell the ordered quantity."""
    codes: dict[str, list[str]] = {}
    for line_id, code in labels:
        codes.setdefault(line_id, []).append(code)
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


def _holds(session: Session, site_id: str, window: Window) -> dict[str, dict[str, Any]]:
    """Parcels held because nobody knew them, by what two readings of a code have in common: no phone holds one again.

    Two phones without a connection may both have held it: the first one stands.
    """
    told: dict[str, dict[str, Any]] = {}
    for hold, worker in held_rows.open_holds(session, site_id, window.waiting):
        key = parse_label(hold.text).code or hold.text_norm
        if key:
            told.setdefault(key, {"id": hold.id, "at": _instant(hold.held_at), "worker": worker})
    return told


def _parcel(parcel: Parcel) -> dict[str, Any]:
    waybill = parcel.waybill
    # The last valid one is the parcel's own on screens and in records: not a carton's, nor a bag's inside it.
    by_rank = sorted(
        parcel.labels, key=lambda label: (_RANK.get(label.kind, 0), label.printed_at, label.code)
    )
    return {
        "id": parcel.id,
        "orders": [order.id for order in sorted(parcel.orders, key=lambda one: (one.order_no, one.id))],
        "customer_code": parcel.organisation.customer_code,
        "waybills": [
            {"courier": waybill.courier, "number": waybill.number_raw, "number_norm": waybill.number_norm}
        ]
        if waybill
        else [],
        "labels": [label.code for label in by_rank if label.voided_at is None],
        "voided_labels": [label.code for label in by_rank if label.voided_at is not None],
        "received_at": _instant(parcel.received_at),
        "received_zone": parcel.received_zone,
    }
