"""SQL about saved views: a person's own, never anybody else's."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.store.schema_desk import SavedView


def views_of(session: Session, user_id: str) -> list[SavedView]:
    query = select(SavedView).where(SavedView.user_id == user_id)
    return list(session.scalars(query.order_by(SavedView.made_at, SavedView.id)))


def view_named(session: Session, user_id: str, name: str) -> SavedView | None:
    query = select(SavedView).where(SavedView.user_id == user_id, SavedView.name == name)
    return session.scalar(query)


def view_of(session: Session, user_id: str, view_id: str) -> SavedView | None:
    query = select(SavedView).where(SavedView.user_id == user_id, SavedView.id == view_id)
    return session.scalar(query)
