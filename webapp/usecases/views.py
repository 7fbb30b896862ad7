"""A person's saved views of the board."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from webapp.adapters.secrets import new_id
from webapp.domain.board_filters import Filters
from webapp.domain.refusals import Refusal
from webapp.store import views as rows
from webapp.store.database import Database
from webapp.store.schema_desk import SavedView
from webapp.usecases.sessions import Desk

LONGEST_NAME = 60
MOST_VIEWS = 30


def saved_views(database: Database, *, actor: Desk) -> list[SavedView]:
    """The person's own views, oldest first."""
    with database.read() as session:
        return rows.views_of(session, actor.id)


def save_view(database: Database, *, actor: Desk, name: str, filters: Filters, now: datetime) -> SavedView:
    """Keeps the filters under a name; the same name again replaces them. Raises ``view_name_*``, ``views_full``."""
    bare = "".join(c for c in name if unicodedata.category(c) not in {"Cc", "Cf"}).strip()
    if not bare:
        raise Refusal("view_name_missing")
    if len(bare) > LONGEST_NAME:
        raise Refusal("view_name_long", most=LONGEST_NAME)
    with database.write() as session:
        view = rows.view_named(session, actor.id, bare)
        if view is None:
            if len(rows.views_of(session, actor.id)) >= MOST_VIEWS:
                raise Refusal("views_full", most=MOST_VIEWS)
            view = SavedView(id=new_id(), user_id=actor.id, name=bare, made_at=now)
            session.add(view)
        view.query = filters.as_query()
        return view


def delete_view(database: Database, *, actor: Desk, view_id: str) -> None:
    """Raises ``view_unknown``, also for another person's view."""
    with database.write() as session:
        view = rows.view_of(session, actor.id, view_id)
        if view is None:
            raise Refusal("view_unknown")
        session.delete(view)
