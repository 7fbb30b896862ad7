"""A phone's snapshot as what changed since it last asked; who was never told, or too long ago, is told everything."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from webapp.adapters.snapshot_states import SnapshotStates
from webapp.domain.snapshot_delta import page_of, token_of
from webapp.store.database import Database
from webapp.store.schema import Device
from webapp.usecases.snapshot import snapshot

MOST_AT_ONCE: Final = 5_000
SERIES_LIFE: Final = timedelta(minutes=10)
"""The pieces of one answer are cut from one snapshot for so long; the phone holds it for as old as its first piece."""


def changes(
    database: Database, states: SnapshotStates, *, device_id: str, since: str, most: int | None, now: datetime
) -> dict[str, Any]:
    """``since``: the token of an earlier answer, or empty. In the answer ``since`` is null when it replaces all that
    the phone holds; ``more`` says that there is more to ask for at once, under the new ``token``.
    """
    with database.read() as session:
        site_id = session.get_one(Device, device_id).site_id
    before = states.load(site_id, since) if since else None
    series = None if before is None else states.load_rest(site_id, since)
    if series is None or not timedelta() <= now - datetime.fromisoformat(series["at"]) <= SERIES_LIFE:
        series = {"at": now.isoformat(), "whole": snapshot(database, device_id=device_id, now=now)}
    whole = series["whole"]
    page = page_of(whole, before or {}, most=None if most is None else min(max(1, most), MOST_AT_ONCE))
    token: str | None = token_of(page.state)
    if not states.keep(site_id, token_of(page.state), page.state):
        # Nothing to go on from: everything at once, as before there were deltas.
        page, before, token = page_of(whole, {}, most=None), None, None
    if page.more and token is not None:
        states.keep_rest(site_id, token, series, former=since)
    return {**page.changes, "since": None if before is None else since, "token": token, "more": page.more}
