"""What a phone needs to work without a connection: no ordered quantity (the count is blind) and no price."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from webapp.domain import site_kinds
from webapp.domain.labels import parse_label
from webapp.domain.receiving_plan import Plan
from webapp.domain.refusals import Refusal
from webapp.domain.sampling_choice import Sampling
from webapp.domain.sku_marks import sku_marks
from webapp.store import claims as claim_rows
from webapp.store import held as held_rows
from webapp.store import labels as label_rows
from webapp.store import people
from webapp.store import plans as plan_rows
from webapp.store import snapshot as rows
from webapp.store.database import Database
from webapp.store.orders import site_shows_picture
from webapp.store.schema import Device, Label, Order, Parcel, Site
from webapp.store.schema_desk import OrderCheck
from webapp.store.snapshot import Window
from webapp.usecases.applied_plans import plans_of_orders
from webapp.usecases.capture_asks import asks_of_parcels
from webapp.usecases.checks import in_order
from webapp.usecases.parcel_weights import least_grams
from webapp.usecases.snapshot_facts import ToldAtTable, told_at_table
from webapp.usecases.snapshot_limits import act_by_of_parcels
from webapp.usecases.workers import worker_view

_MARKED: Final = "marked"
"""What phones that ask for marks are told instead, in an order's lines and in parcels with SKU labels."""
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


def snapshot(database: Database, *, device_id: str, now: datetime, marks: bool = False) -> dict[str, Any]:
    """Everything in one value, as phones of the first release ask for it."""
    with database.read() as session:
        site = site_of(session, device_id)
        told = tell_all(session, site, window_at(now))
        return {
            **head(session, site),
            **{
                name: [as_asked(view, marks=marks) for view in views.values()] for name, views in told.items()
            },
            **parts(session, site.id, window_at(now)),
        }


def as_asked(view: Mapping[str, Any], *, marks: bool) -> dict[str, Any]:
    """An order or a parcel as a phone is sent it: with marks of SKU labels, or for older phones with their codes."""
    told = {name: part for name, part in view.items() if name != _MARKED}
    if marks:
        told |= view.get(_MARKED, {})
    if "lines" in told:
        told["lines"] = [as_asked(line, marks=marks) for line in told["lines"]]
    return told


def site_of(session: Session, device_id: str) -> Site:
    return session.get_one(Site, session.get_one(Device, device_id).site_id)


def head(session: Session, site: Site) -> dict[str, Any]:
    """What is small and always told."""
    return {
        "site": site_view(site),
        "workers": [worker_view(worker) for worker in people.workers_at(session, site.id)],
        "contracts": _contracts(session, site),
    }


def _contracts(session: Session, site: Site) -> list[dict[str, Any]]:
    """Freight contracts to choose from where goods leave China, the latest first; terms and papers stay at the desk."""
    if site.kind == site_kinds.VN:
        return []
    codes = label_rows.customer_codes(session, people.organisations_at(session, site.id))
    return [
        {
            "id": one.id,
            "customer_code": codes[one.organisation_id],
            "carrier": one.carrier,
            "reference": one.reference,
            "notice_hours": one.notice_hours,
        }
        for organisation_id in sorted(codes)
        for one in claim_rows.contracts(session, organisation_id)
    ]


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
    handed = claim_rows.handed_over(session, [parcel.id for parcel in parcel_rows])
    wanted = asks_of_parcels(session, parcels, abroad=site.kind == site_kinds.VN)
    skus = _sku_codes(site.id, rows.sku_labels(session, lines))
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
            parcel.id: _parcel(parcel, site.id)
            | told.of_parcel(parcel.id)
            | {
                "least_grams": least.get(parcel.id),
                "act_by": _instant(act_by.get(parcel.id)),
                "handed_over": _instant(handed[parcel.id].at) if parcel.id in handed else None,
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


def _sku_codes(site_id: str, labels: Iterable[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """The valid SKU labels of a line: a wedge scanner counts units by them. A phone that asks for no marks is told the
    code of a line's only label, and none of several, since their number would tell the ordered quantity."""
    codes: dict[str, list[str]] = {}
    for line_id, code in labels:
        codes.setdefault(line_id, []).append(code)
    return {
        line: {
            "codes": some if len(some) == 1 else [],
            _MARKED: {"codes": [], "marks": sku_marks(site_id, line, some)},
        }
        for line, some in codes.items()
    }


def _order(
    order: Order,
    customer_code: str,
    plan: Plan,
    checks: list[OrderCheck],
    told: ToldAtTable,
    parcels: int,
    skus: dict[str, dict[str, Any]],
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
                "codes": [],
                **skus.get(line.id, {}),
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


def _parcel(parcel: Parcel, site_id: str) -> dict[str, Any]:
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
        **_labels(by_rank),
        **_without_skus(site_id, parcel.id, by_rank),
        "received_at": _instant(parcel.received_at),
        "received_zone": parcel.received_zone,
    }


def _labels(labels: Sequence[Label]) -> dict[str, list[str]]:
    return {
        "labels": [label.code for label in labels if label.voided_at is None],
        "voided_labels": [label.code for label in labels if label.voided_at is not None],
    }


def _without_skus(site_id: str, parcel_id: str, labels: Sequence[Label]) -> dict[str, Any]:
    """A parcel is found by its goods' labels as well; listed among its own, they would tell how many there are."""
    skus = [label for label in labels if label.kind == "sku"]
    if not skus:
        return {}
    others = [label for label in labels if label.kind != "sku"]
    marks = sku_marks(site_id, parcel_id, [label.code for label in skus])
    return {_MARKED: {**_labels(others), "marks": marks}}
