"""A phone's snapshot as what changed since it last asked; who was never told, or too long ago, is told everything.

What the site is now is kept from one question to the next as digests. The database's triggers say what changed since
(migration 0010), and only that is reckoned anew; everything, once a day and whenever the kept state cannot be trusted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from webapp.adapters.program import program_mark
from webapp.adapters.snapshot_states import Newest, SnapshotStates
from webapp.domain.snapshot_delta import LISTS, PARTS, Page, State, digest, page_of, state_of, token_of
from webapp.store import snapshot as rows
from webapp.store.database import Database
from webapp.store.schema import Site
from webapp.usecases.snapshot import Views, as_asked, head, parts, site_of, tell, tell_all, window_at
from webapp.usecases.snapshot_changes import Touched, touched_by

MOST_AT_ONCE: Final = 5_000


class _Stale(Exception):
    """What was kept says something else than the database: a change was missed, or a file was altered."""


@dataclass
class _Now:
    """What the site is: digests, and the views that were made on the way. ``state`` is None while nobody needs it."""

    token: str
    state: State | None
    views: Views = field(default_factory=lambda: {name: {} for name in LISTS})


def changes(
    database: Database,
    states: SnapshotStates,
    *,
    device_id: str,
    since: str,
    most: int | None,
    now: datetime,
    marks: bool = False,
) -> dict[str, Any]:
    """``since``: the token of an earlier answer, or empty. In the answer ``since`` is null when it replaces all that
    the phone holds; ``more`` says that there is more to ask for at once, under the new ``token``. ``marks``: of SKU
    labels, instead of their codes.
    """
    with database.read() as session:
        asked = _Question(session, states, site_of(session, device_id), now, marks)
        try:
            return asked.answer(since, most)
        except _Stale:
            asked.trust = False
            return asked.answer(since, most)


@dataclass
class _Question:
    """One read transaction: changes, states and views are of the same moment."""

    session: Session
    states: SnapshotStates
    site: Site
    at: datetime
    marks: bool
    trust: bool = True

    def answer(self, since: str, most: int | None) -> dict[str, Any]:
        now = self._now()
        if now.token == since:
            nothing: dict[str, Any] = {name: [] for name in LISTS}
            return {**self._head(), **nothing, "gone": nothing, "since": since, "token": since, "more": False}
        before = self.states.load(self.site.id, since) if since else None
        page = page_of(
            self._state(now), before or {}, most=None if most is None else min(max(1, most), MOST_AT_ONCE)
        )
        token: str | None = token_of(page.state) if page.more else now.token
        if token is None or not self.states.keep(self.site.id, token, page.state):
            # Nothing to go on from: everything at once, as before there were deltas.
            page, before, token = page_of(self._state(now), {}, most=None), None, None
        told = self._told(now, page)
        return {
            **self._head(),
            **told,
            "gone": page.gone,
            "since": None if before is None else since,
            "token": token,
            "more": page.more,
        }

    def _head(self) -> dict[str, Any]:
        return head(self.session, self.site)

    def _told(self, now: _Now, page: Page) -> dict[str, Any]:
        missing: dict[str, list[str]] = {name: [] for name in LISTS}
        wanted: dict[str, list[str]] = {name: [] for name in LISTS}
        for key in page.sent:
            name, _, one = key.partition("/")
            wanted[name].append(one)
            if one not in now.views[name]:
                missing[name].append(one)
        views = self._tell(**missing) if any(missing.values()) else {name: {} for name in LISTS}
        for name, found in views.items():
            for one in missing[name]:
                if one not in found or digest(found[one]) != self._state(now)[f"{name}/{one}"]:
                    raise _Stale
            now.views[name] |= found
        told: dict[str, Any] = {
            name: [as_asked(now.views[name][one], marks=self.marks) for one in wanted[name]] for name in LISTS
        }
        if page.parts:
            told |= {name: view for name, view in self._parts().items() if name in page.parts}
        return told

    def _tell(self, orders: Iterable[str], parcels: Iterable[str]) -> Views:
        return tell(self.session, self.site, window_at(self.at), orders=list(orders), parcels=list(parcels))

    def _parts(self) -> dict[str, Any]:
        return parts(self.session, self.site.id, window_at(self.at))

    def _state(self, now: _Now) -> State:
        if now.state is None:
            now.state = self.states.load(self.site.id, now.token)
            if now.state is None:
                raise _Stale
        return now.state

    def _now(self) -> _Now:
        seq, mark = rows.last_change(self.session)
        newest = self.states.newest(self.site.id) if self.trust else None
        day = window_at(self.at).recent.date().isoformat()
        if newest is not None and (newest.program, newest.day) == (program_mark(), day):
            found = rows.changes_after(self.session, newest.seq, newest.mark)
            if found is not None and not found:
                return _Now(newest.token, None)
            touched = None if found is None else touched_by(self.session, found, self.site.id)
            state = None if touched is None else self.states.load(self.site.id, newest.token)
            if touched is not None and state is not None:
                return self._keep(self._moved(state, touched), Newest(program_mark(), day, seq, mark, ""))
        views = tell_all(self.session, self.site, window_at(self.at))
        state = state_of(views | self._parts())
        return self._keep(_Now("", state, views), Newest(program_mark(), day, seq, mark, ""))

    def _moved(self, state: State, touched: Touched) -> _Now:
        """The kept state with what was touched reckoned anew."""
        told = rows.told_parcels(self.session, self.site, window_at(self.at), touched.parcels)
        orders = touched.orders & rows.orders_of_parcels(self.session, told)
        views = self._tell(orders, told)
        for name, ids in (("orders", touched.orders), ("parcels", touched.parcels)):
            for one in ids:
                state.pop(f"{name}/{one}", None)
        state |= state_of(views)
        if touched.parts:
            whole = self._parts()
            state |= {name: digest(whole[name]) for name in PARTS if name in touched.parts}
        return _Now("", state, views)

    def _keep(self, now: _Now, newest: Newest) -> _Now:
        now.token = token_of(now.state or {})
        if self.states.keep(self.site.id, now.token, now.state or {}):
            self.states.keep_newest(
                self.site.id, Newest(newest.program, newest.day, newest.seq, newest.mark, now.token)
            )
        return now
