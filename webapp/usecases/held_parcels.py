"""Parcels that nobody knew at the dock: listed, matched to the parcel of an order, and never deleted.

The hold's own time is then the parcel's goods receipt: it lay there since. A wrong match can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from webapp.domain.labels import parse_label
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Rulebook
from webapp.store import dock as rows
from webapp.store import documents, people
from webapp.store import held as held_rows
from webapp.store import labels as label_rows
from webapp.store.database import Database
from webapp.store.schema import Label, Order, Parcel, Site
from webapp.store.schema_desk import LabelAlias
from webapp.store.schema_dock import DockFact, Unidentified
from webapp.usecases.clocks import recompute_deadlines
from webapp.usecases.label_corrections import named_parcel
from webapp.usecases.people import Desk
from webapp.usecases.photo_views import PhotoView, photo_views
from webapp.usecases.receipts import recompute_receipt

KEPT_IN_SIGHT: Final = timedelta(days=30)
"""How long a matched one stays on the page."""


@dataclass(frozen=True)
class HeldView:
    """``taken_back``: the receiver withdrew the hold. ``orders``: of the parcel it was matched to, else empty."""

    hold: Unidentified
    site: Site
    worker: str | None
    photos: list[PhotoView]
    taken_back: bool
    orders: list[Order]
    matched_by: str | None


def held_parcels(database: Database, *, organisation_id: str, now: datetime) -> list[HeldView]:
    """Open ones first, oldest first; then what was matched to the own orders lately, newest first.

    At a shared site every importer whom it serves sees the open ones: nobody knows yet whose they are.
    """
    with database.read() as session:
        sites = rows.sites(session, held_rows.sites_serving(session, organisation_id))
        holds = held_rows.held(session, sites, open_only=True)
        holds += held_rows.matched_since(session, organisation_id, now - KEPT_IN_SIGHT)
        sites |= rows.sites(session, {hold.site_id for hold in holds})
        facts = {fact.id: fact for fact in rows.facts(session, [hold.id for hold in holds])}
        shown = rows.photos_about(session, list(facts))
        workers = {fact.worker_id for fact in (*facts.values(), *shown)}
        names = rows.worker_names(session, {one for one in workers if one})
        photos = photo_views(session, shown, names)
        users = documents.user_names(session, {hold.matched_by for hold in holds if hold.matched_by})
        orders = _orders(session, holds)
        views = []
        for hold in holds:
            fact = facts.get(hold.id)
            if fact is not None and fact.gone_by is not None and hold.matched_parcel_id is None:
                continue
            views.append(
                HeldView(
                    hold,
                    sites[hold.site_id],
                    names.get((fact.worker_id if fact else None) or ""),
                    [one for one in photos.values() if one.fact.said["about"] == hold.id],
                    fact is not None and fact.gone_by is not None,
                    orders.get(hold.matched_parcel_id or "", []),
                    users.get(hold.matched_by or ""),
                )
            )
        return views


def count_open(database: Database, *, organisation_id: str) -> int:
    with database.read() as session:
        return held_rows.count_held(session, organisation_id)


def match(
    database: Database, rulebook: Rulebook, *, actor: Desk, hold_id: str, to: str, now: datetime
) -> Parcel:
    """The held parcel is the one that ``to`` names: a waybill, an order of one parcel, or a label of it.

    Its sticker is bound to that parcel at that site, and the hold's time becomes its goods receipt, if none is earlier.
    Refusals: ``held_unknown``, ``held_matched`` (take that match back first), ``correction_parcel_missing``,
    ``correction_parcel_unknown``, ``correction_parcels_many``.
    """
    with database.write() as session:
        hold = _hold(session, actor, hold_id)
        if not to.strip():
            raise Refusal("correction_parcel_missing")
        if hold.matched_parcel_id is not None:
            raise Refusal("held_matched")
        parcel = named_parcel(session, actor.organisation_id, to)
        hold.matched_parcel_id, hold.matched_at, hold.matched_by = parcel.id, now, actor.id
        bound = _bind(session, hold, parcel)
        _settle(session, rulebook, parcel.id, now)
        _audit(session, actor, "held.matched", hold, now, parcel=parcel.id, bound=bound)
        return parcel


def unmatch(database: Database, rulebook: Rulebook, *, actor: Desk, hold_id: str, now: datetime) -> None:
    """Nobody's again; the parcel's goods receipt is what its own arrivals say. Refusals: ``held_unknown``."""
    with database.write() as session:
        hold = session.get(Unidentified, hold_id)
        parcel_id = hold.matched_parcel_id if hold else None
        if hold is None or parcel_id is None or not _owns(session, actor, parcel_id):
            raise Refusal("held_unknown")
        hold.matched_parcel_id = hold.matched_at = hold.matched_by = None
        alias = label_rows.alias(session, hold.site_id, hold.text_norm)
        if alias is not None and alias.record_id == hold.id and alias.parcel_id == parcel_id:
            alias.ended_at = now
        _settle(session, rulebook, parcel_id, now)
        _audit(session, actor, "held.unmatched", hold, now, parcel=parcel_id)


def _hold(session: Session, actor: Desk, hold_id: str) -> Unidentified:
    hold = session.get(Unidentified, hold_id)
    fact = session.get(DockFact, hold_id)
    if hold is None or not held_rows.serves(session, hold.site_id, actor.organisation_id):
        raise Refusal("held_unknown")
    if fact is not None and fact.gone_by is not None:
        raise Refusal("held_unknown")
    if hold.matched_parcel_id is not None and not _owns(session, actor, hold.matched_parcel_id):
        raise Refusal("held_unknown")
    return hold


def _owns(session: Session, actor: Desk, parcel_id: str) -> bool:
    return session.get_one(Parcel, parcel_id).organisation_id == actor.organisation_id


def _bind(session: Session, hold: Unidentified, parcel: Parcel) -> bool:
    """The next scan of the same sticker opens the parcel. A label of ours is bound by its own record alone."""
    code = parse_label(hold.text).code
    if not hold.text_norm or (code is not None and session.get(Label, code) is not None):
        return False
    known = label_rows.alias(session, hold.site_id, hold.text_norm)
    if known is not None and known.ended_at is None:
        return known.parcel_id == parcel.id
    if known is not None:
        known.text, known.parcel_id, known.ended_at = hold.text, parcel.id, None
        known.bound_at, known.record_id = hold.held_at, hold.id
        return True
    session.add(
        LabelAlias(
            site_id=hold.site_id,
            text_norm=hold.text_norm,
            text=hold.text,
            parcel_id=parcel.id,
            bound_at=hold.held_at,
            record_id=hold.id,
        )
    )
    return True


def _settle(session: Session, rulebook: Rulebook, parcel_id: str, now: datetime) -> None:
    def orders_changed(session: Session, order_ids: set[str]) -> None:
        recompute_deadlines(session, rulebook, order_ids, now=now)

    session.flush()
    recompute_receipt(session, parcel_id, orders_changed)


def _orders(session: Session, holds: Iterable[Unidentified]) -> dict[str, list[Order]]:
    wanted = {hold.matched_parcel_id for hold in holds if hold.matched_parcel_id}
    return {parcel_id: session.get_one(Parcel, parcel_id).orders for parcel_id in wanted}


def _audit(
    session: Session, actor: Desk, action: str, hold: Unidentified, now: datetime, **details: object
) -> None:
    people.audit(
        session,
        at=now,
        actor=f"user:{actor.id}",
        action=action,
        subject=hold.id,
        organisation_id=actor.organisation_id,
        site=hold.site_id,
        held_at=hold.held_at.isoformat(timespec="milliseconds"),
        **details,
    )
