"""Where in a film the count's result is to be seen, and the picture of that moment, made once the film is here."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.evidence import MalformedRecord
from webapp.domain.tally import result_ms, tally_marks
from webapp.store import takes as rows
from webapp.store import uploads
from webapp.store.schema import Take

RESULT: Final = "result"
"""Kind of the job, and the start of the derivative's."""


def count_ms(session: Session, take: Take) -> int | None:
    """Where the last unit was counted, in milliseconds of the film; None in one that counted nothing."""
    events = rows.side_text(session, take.events_sha256) if take.events_sha256 else None
    if not events or not take.tallies:
        return None
    try:
        taps = [mark.ms for mark in tally_marks(events) if mark.kind in ("tally", "undo")]
    except MalformedRecord:
        return None
    return max(taps, default=None)


def result_kind(at_ms: int | None) -> str:
    """Kind of the derivative that shows the result."""
    return f"{RESULT}-{at_ms}"


def ask_of_film(session: Session, sha256: str, *, now: datetime) -> None:
    """Asks for the picture of every count that this file films, in the caller's transaction; twice is once."""
    for take in session.scalars(select(Take).where(Take.file_sha256 == sha256)):
        at = result_ms(count_ms(session, take), take.duration_ms)
        if at is not None:
            uploads.add_work(session, work_id=new_id(), kind=RESULT, subject=f"{sha256} {at}", now=now)
