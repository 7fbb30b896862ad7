"""SQL about what the desk corrects: the labels and stickers of parcels, and who took which binding back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.store.schema import Label, Parcel, Site
from webapp.store.schema_desk import LabelAlias, LabelCorrection


def labels_of_parcels(session: Session, parcel_ids: Sequence[str]) -> list[Label]:
    """Newest first, voided ones too."""
    query = select(Label).where(Label.parcel_id.in_(parcel_ids)).order_by(Label.printed_at.desc(), Label.code)
    return list(session.scalars(query))


def stickers_of_parcels(session: Session, parcel_ids: Sequence[str]) -> list[tuple[LabelAlias, str]]:
    """Bindings that stand, newest first, each with the name of its site."""
    query = (
        select(LabelAlias, Site.name)
        .join(Site, Site.id == LabelAlias.site_id)
        .where(LabelAlias.parcel_id.in_(parcel_ids), LabelAlias.ended_at.is_(None))
        .order_by(LabelAlias.bound_at.desc(), LabelAlias.text_norm)
    )
    return [(alias, site) for alias, site in session.execute(query)]


def corrections_of_parcels(session: Session, parcel_ids: Sequence[str]) -> list[LabelCorrection]:
    """Newest first: what left these parcels, came to them, or was voided on them."""
    query = (
        select(LabelCorrection)
        .where(
            or_(LabelCorrection.from_parcel_id.in_(parcel_ids), LabelCorrection.to_parcel_id.in_(parcel_ids))
        )
        .order_by(LabelCorrection.made_at.desc(), LabelCorrection.id)
    )
    return list(session.scalars(query))


def label_to_correct(session: Session, code: str) -> Label | None:
    """Locked: a phone may be binding it."""
    return session.get(Label, code, with_for_update=True)


def sticker_to_correct(session: Session, site_id: str, text_norm: str) -> LabelAlias | None:
    return session.get(LabelAlias, (site_id, text_norm), with_for_update=True)


def parcel_of_organisation(session: Session, organisation_id: str, parcel_id: str) -> Parcel | None:
    return session.scalar(
        select(Parcel).where(Parcel.id == parcel_id, Parcel.organisation_id == organisation_id)
    )


def last_correction_of_code(session: Session, code: str) -> datetime | None:
    """When the desk last took this label from a parcel or gave it another one."""
    query = select(LabelCorrection.made_at).where(
        LabelCorrection.code == code, LabelCorrection.what.in_(("unbound", "moved"))
    )
    return session.scalar(query.order_by(LabelCorrection.made_at.desc()).limit(1))
