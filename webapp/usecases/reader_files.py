"""Which file of a film a stranger's phone is given: a copy that plays and seeks, never the original itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from webapp.domain.case import Case
from webapp.store import takes
from webapp.store.database import Database
from webapp.usecases.share_videos import result_kind

_BEFORE_MS: Final = 1_500


@dataclass(frozen=True)
class Film:
    """``from_ms``: a moment before the last unit, so that the result is seen to come about. ``still``: its picture."""

    sha256: str
    mime: str
    from_ms: int
    still: str | None


def film_of(database: Database, case: Case) -> Film | None:
    """The H.264 copy when it is made (it plays everywhere), else the seekable one; None while there is neither."""
    film = case.count_film
    if film is None:
        return None
    with database.read() as session:
        made = takes.derivatives_of(session, film.sha256)
    shared = [made[kind] for kind in sorted(made) if kind.startswith("share-")]
    copy = shared[-1] if shared else made.get("seekable")
    if copy is None:
        return None
    still = made.get(result_kind(film))
    start = max(0, (film.count_ms or 0) - _BEFORE_MS)
    return Film(copy.sha256, copy.mime, start, still.sha256 if still else film.shown)
