"""What happened to an order, from the facts on record: read for messages, pages and the case file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy.orm import Session

from webapp.adapters.catalogues import translate
from webapp.domain.timeline import MOST_LINES, Moment, in_order, stamp, trimmed
from webapp.store import dock as dock_rows
from webapp.store import orders as order_rows
from webapp.store import papers as rows
from webapp.store.schema import Order, Parcel, Site
from webapp.store.schema_dock import DockFact
from webapp.usecases.clocks import MILESTONES, counting
from webapp.usecases.exhibits import parcel_code

CHINA: Final = "Asia/Shanghai"
_MESSAGES: Final = {"T-1": "notice_sent", "T-6": "notice_sent", "T-7": "freight_notice_sent"}
_INNER: Final = frozenset({"opened", "evidence_missing", "evidence_complete", "reviewing"})
"""Steps of a claim that only its own page tells."""
_FACTS: Final = {"opening": "opened", "inspection": "inspected", "verdict": "verdict", "delivery": "delivery"}


def timeline(session: Session, order_id: str) -> list[Moment]:
    """Everything that is dated, oldest first; ``domain.timeline.trimmed`` makes one screen of it."""
    order = session.get(Order, order_id)
    if order is None:
        return []
    sites: dict[str, Site] = {}
    return in_order(
        [
            *_order_moments(session, order),
            *_receipts(session, order, sites),
            *_dock_moments(session, order, sites),
            *_counts(session, order, sites),
            *_message_moments(session, order),
            *_claim_moments(session, order),
            *_handovers(session, order),
        ]
    )


def lines(moments: Iterable[Moment], language: str, *, most: int = MOST_LINES) -> list[str]:
    """``YYYY-MM-DD HH:MM CST | event`` in one language, at most ``most``."""
    return [
        f"{stamp(one)} | {translate(language, f'moment.{one.key}', **dict(one.vars))}"
        for one in trimmed(list(moments), most)
    ]


def _order_moments(session: Session, order: Order) -> list[Moment]:
    found = []
    for key, at in (("ordered", order.placed_at), ("paid", order.paid_at)):
        if at is not None:
            found.append(Moment(at, CHINA, key))
    said = order_rows.milestones(session, [order.id])
    for kind in MILESTONES:
        one = counting(said, kind)
        if one is not None:
            found.append(Moment(one.at, CHINA, kind, proven=one.proven))
    stated = rows.dated_events(session, order.id)
    known = {moment.key for moment in found}
    found += [
        Moment(one.at, one.zone or CHINA, one.kind, proven=one.proven)
        for one in stated
        if one.kind in ("shipped", "completed") and one.kind not in known
    ]
    return found


def _receipts(session: Session, order: Order, sites: dict[str, Site]) -> list[Moment]:
    found = []
    for parcel in order.parcels:
        for fact in rows.arrivals(session, parcel.id):
            site = _site(session, fact.site_id, sites)
            found.append(
                Moment(
                    fact.at,
                    site.zone,
                    "arrived",
                    {"site": site.name, "parcel": _parcel_name(parcel)},
                    proven=True,
                )
            )
    return found


def _dock_moments(session: Session, order: Order, sites: dict[str, Site]) -> list[Moment]:
    names = {parcel.id: _parcel_name(parcel) for parcel in order.parcels}
    lines_of_order = {line.id for line in order.lines}
    found = []
    for fact in dock_rows.facts_of_parcels(session, names):
        if fact.gone_by is not None or fact.kind not in _FACTS:
            continue
        if fact.line_id is not None and fact.line_id not in lines_of_order:
            continue
        site = _site(session, fact.site_id, sites)
        said = {"parcel": names[fact.parcel_id or ""], "site": site.name, **_said(fact)}
        key = _FACTS[fact.kind]
        if fact.kind == "verdict":
            key = f"verdict_{fact.said['verdict']}"
        found.append(Moment(fact.at, site.zone, key, said, proven=True))
    return found


def _said(fact: DockFact) -> dict[str, str]:
    if fact.kind != "inspection":
        return {}
    defective = sum(int(word) for word in str(fact.said["defective"]).split(" "))
    return {"inspected": str(fact.said["inspected"]), "defective": str(defective)}


def _counts(session: Session, order: Order, sites: dict[str, Site]) -> list[Moment]:
    """Each parcel's counts, of this order's lines only: parcels are never summed with units."""
    names = {parcel.id: _parcel_name(parcel) for parcel in order.parcels}
    lines_of_order = {line.id for line in order.lines}
    found = []
    for take in rows.closed_takes(session, names):
        units = [tally.units for tally in take.tallies if tally.line_id in lines_of_order]
        if not units:
            continue
        site = _site(session, take.site_id, sites)
        at = rows.ended_at(session, take)
        said = {"parcel": names[take.parcel_id], "site": site.name, "n": str(sum(units))}
        found.append(Moment(at, site.zone, "counted", said, proven=take.file_state == "verified"))
    return found


def _message_moments(session: Session, order: Order) -> list[Moment]:
    return [
        Moment(message.sent_at, CHINA, _MESSAGES.get(message.template, "message_sent"), proven=True)
        for message, withdrawal in rows.messages(session, order.id)
        if withdrawal is None
    ]


def _handovers(session: Session, order: Order) -> list[Moment]:
    return [
        Moment(one.at, CHINA, "handed_over", {"carrier": one.carrier}, proven=one.document_id is not None)
        for one in rows.handovers(session, order.id)
    ]


def _claim_moments(session: Session, order: Order) -> list[Moment]:
    return [
        Moment(
            event.at,
            CHINA,
            f"claim_{event.kind}",
            {"claim": str(claim.number)},
            proven=event.document_id is not None,
        )
        for claim, event in rows.claim_events(session, order.id)
        if event.kind not in _INNER
    ]


def _site(session: Session, site_id: str, sites: dict[str, Site]) -> Site:
    if site_id not in sites:
        sites[site_id] = session.get_one(Site, site_id)
    return sites[site_id]


def _parcel_name(parcel: Parcel) -> str:
    """As it stands on the parcel: the waybill, else its own code."""
    if parcel.waybill is not None:
        return parcel.waybill.number_raw
    return parcel_code(parcel) or parcel.id[:8]
