"""The desk's corrections of labels: one label void, a binding undone, or moved to the parcel that it belongs to.

A correction supersedes: the `bind` record stays in the log, the correction is kept beside it and audited, and only what
phones and screens show follows. Records made meanwhile stay with the parcel that they named.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.finding import read_question
from webapp.domain.labels import parse_label
from webapp.domain.order_cells import clean
from webapp.domain.refusals import Refusal
from webapp.store import documents, find, people
from webapp.store import label_corrections as rows
from webapp.store import orders as order_rows
from webapp.store.database import Database
from webapp.store.schema import Label, Order, Parcel
from webapp.store.schema_desk import LabelAlias, LabelCorrection
from webapp.usecases.people import Desk

LONGEST_REASON = 300
LONGEST_TARGET = 200


@dataclass(frozen=True)
class Correction:
    """``by``: the person's name; ``what``: voided | unbound | moved."""

    what: str
    text: str
    by: str
    at: datetime
    reason: str
    away: bool


@dataclass(frozen=True)
class Sticker:
    alias: LabelAlias
    site: str


@dataclass(frozen=True)
class ParcelMarks:
    """What is stuck on one parcel, newest first, and what the desk corrected about it."""

    parcel: Parcel
    labels: list[Label] = field(default_factory=list)
    stickers: list[Sticker] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)


@dataclass(frozen=True)
class OrderMarks:
    order: Order
    parcels: list[ParcelMarks]


@dataclass(frozen=True)
class Mark:
    """A label by its ``code``, or a sticker by its site and key."""

    code: str = ""
    site_id: str = ""
    text_norm: str = ""


def marks_of_order(database: Database, *, organisation_id: str, order_no: str) -> OrderMarks:
    """Raises ``order_unknown``."""
    with database.read() as session:
        order = order_rows.order_by_no(session, organisation_id, order_no)
        if order is None:
            raise Refusal("order_unknown", order_no=order_no)
        marks = {parcel.id: ParcelMarks(parcel) for parcel in order.parcels}
        for label in rows.labels_of_parcels(session, list(marks)):
            marks[label.parcel_id or ""].labels.append(label)
        for alias, site in rows.stickers_of_parcels(session, list(marks)):
            marks[alias.parcel_id].stickers.append(Sticker(alias, site))
        said = rows.corrections_of_parcels(session, list(marks))
        names = documents.user_names(session, {one.made_by for one in said})
        for one in said:
            for parcel_id in {one.from_parcel_id, one.to_parcel_id} & marks.keys():
                marks[parcel_id or ""].corrections.append(
                    Correction(
                        one.what,
                        one.text,
                        names.get(one.made_by, one.made_by),
                        one.made_at,
                        one.reason,
                        away=one.to_parcel_id != parcel_id,
                    )
                )
        return OrderMarks(order, list(marks.values()))


def void(database: Database, *, actor: Desk, typed: str, reason: str, now: datetime) -> str:
    """One label, as typed or scanned, is void from now on; returns its code. Voiding twice is once.

    Raises ``label_code_wrong``, ``label_unknown``, ``correction_reason_long``.
    """
    said = _reason(reason)
    code = parse_label(typed).code
    if code is None:
        raise Refusal("label_code_wrong")
    with database.write() as session:
        if not find.labels_coded(session, actor.organisation_id, [code]):
            raise Refusal("label_unknown")
        label = rows.label_to_correct(session, code)
        if label is not None and label.voided_at is None:
            label.voided_at = now
            parcels = (label.parcel_id, label.parcel_id)
            _keep(session, actor, "voided", Mark(code), code, parcels, label.bound_record_id, said, now)
    return code


def rebind(
    database: Database, *, actor: Desk, mark: Mark, to: str, reason: str, now: datetime
) -> Parcel | None:
    """Takes a blank label or a sticker from its parcel; gives it to the one that ``to`` names, or to none.

    ``to``: a waybill, an order of one parcel, or a label of the parcel; ``""``: the binding is undone, a phone may bind
    it again. Refusals: ``label_unknown``, ``sticker_unknown``, ``label_not_blank`` (a printed label is of the parcel
    that it was printed for: void it), ``label_not_valid``, ``correction_reason_missing``, ``correction_reason_long``,
    ``correction_parcel_unknown``, ``correction_parcels_many``, ``correction_same_parcel``.
    """
    said = _reason(reason)
    if not said:
        raise Refusal("correction_reason_missing")
    with database.write() as session:
        bound = _bound(session, actor.organisation_id, mark)
        target = named_parcel(session, actor.organisation_id, to) if to.strip() else None
        if target is not None and target.id == bound.parcel_id:
            raise Refusal("correction_same_parcel")
        record_id = bound.bound_record_id if isinstance(bound, Label) else bound.record_id
        text = bound.code if isinstance(bound, Label) else bound.text
        parcels = (bound.parcel_id, target.id if target else None)
        _apply(bound, target, now)
        what = "moved" if target else "unbound"
        _keep(session, actor, what, mark, text, parcels, record_id, said, now)
        return target


def _bound(session: Session, organisation_id: str, mark: Mark) -> Label | LabelAlias:
    """The label or sticker as it is bound now to a parcel of this organisation."""
    if mark.code:
        label = rows.label_to_correct(session, mark.code)
        if label is None or not _owns(session, organisation_id, label.parcel_id):
            raise Refusal("label_unknown")
        if label.kind != "blank":
            raise Refusal("label_not_blank")
        if label.voided_at is not None:
            raise Refusal("label_not_valid")
        return label
    alias = rows.sticker_to_correct(session, mark.site_id, mark.text_norm)
    if alias is None or alias.ended_at is not None or not _owns(session, organisation_id, alias.parcel_id):
        raise Refusal("sticker_unknown")
    return alias


def _owns(session: Session, organisation_id: str, parcel_id: str | None) -> bool:
    return (
        parcel_id is not None and rows.parcel_of_organisation(session, organisation_id, parcel_id) is not None
    )


def _apply(bound: Label | LabelAlias, target: Parcel | None, now: datetime) -> None:
    if isinstance(bound, LabelAlias):
        if target is None:
            bound.ended_at = now
        else:
            bound.parcel_id, bound.bound_at = target.id, now
        return
    bound.parcel_id, bound.bound_at = (target.id, now) if target else (None, None)
    if target is None:
        bound.bound_record_id = None


def named_parcel(session: Session, organisation_id: str, typed: str) -> Parcel:
    """The parcel of a waybill, an order of one parcel, or a label.

    Raises ``correction_parcel_unknown``, ``correction_parcels_many``.
    """
    question = read_question(typed[:LONGEST_TARGET])
    parcels: dict[str, Parcel] = {}
    for _, parcel, _ in find.waybills_numbered(session, organisation_id, question.keys):
        if parcel is not None:
            parcels[parcel.id] = parcel
    for order in find.orders_numbered(session, organisation_id, question.keys):
        parcels |= {parcel.id: parcel for parcel in order.parcels}
    for hit in find.labels_coded(session, organisation_id, [question.code] if question.code else []):
        if hit.parcel is not None:
            parcels[hit.parcel.id] = hit.parcel
    if not parcels:
        raise Refusal("correction_parcel_unknown", typed=clean(typed)[:40])
    if len(parcels) > 1:
        raise Refusal("correction_parcels_many", n=len(parcels))
    return next(iter(parcels.values()))


def _reason(typed: str) -> str:
    reason = clean(typed)
    if len(reason) > LONGEST_REASON:
        raise Refusal("correction_reason_long", most=LONGEST_REASON)
    return reason


def _keep(
    session: Session,
    actor: Desk,
    what: str,
    mark: Mark,
    text: str,
    parcels: tuple[str | None, str | None],
    record_id: str | None,
    reason: str,
    now: datetime,
) -> None:
    session.add(
        LabelCorrection(
            id=new_id(),
            organisation_id=actor.organisation_id,
            what=what,
            code=mark.code or None,
            site_id=mark.site_id or None,
            text_norm=mark.text_norm or None,
            text=text,
            from_parcel_id=parcels[0],
            to_parcel_id=parcels[1],
            bound_record_id=record_id,
            reason=reason,
            made_by=actor.id,
            made_at=now,
        )
    )
    people.audit(
        session,
        at=now,
        actor=f"user:{actor.id}",
        action=f"label.{what}",
        subject=mark.code or "sticker",
        organisation_id=actor.organisation_id,
        from_parcel=parcels[0],
        to_parcel=parcels[1],
        bind_record=record_id,
    )
