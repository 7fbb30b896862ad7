"""Which file of a film or a photo a stranger's phone is given: a copy that plays and seeks, never the original itself.

A phone asks for a film in dozens of pieces. Each is answered by looking up the link and that one film, so that a link
that ended, a film that was taken back, ends with the next piece; the case is put together for the page alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from webapp.domain.case import CaseExhibit
from webapp.domain.refusals import Refusal
from webapp.store import shares as rows
from webapp.store import takes
from webapp.store.database import Database
from webapp.store.schema import Derivative
from webapp.usecases import shares
from webapp.usecases.count_results import RESULT
from webapp.usecases.derivatives import SHARE

_BEFORE_MS: Final = 1_500
_SMALL: Final = ("thumbnail", "poster")


@dataclass(frozen=True)
class Film:
    """``id``: the take's. ``from_ms``: a moment before the last unit, so that the result is seen to come about."""

    id: str
    mime: str
    from_ms: int
    still: bool


def playable(database: Database, films: tuple[CaseExhibit, ...]) -> dict[str, Film]:
    """Take → what can be played of it; without those whose copies are not made yet."""
    found = {}
    with database.read() as session:
        for film in films:
            made = takes.derivatives_of(session, film.sha256)
            copy = _copy(made)
            if copy is not None:
                start = max(0, (film.count_ms or 0) - _BEFORE_MS)
                found[film.source_id] = Film(film.source_id, copy.mime, start, _still(made) is not None)
    return found


def film(database: Database, token: str, take_id: str, *, now: datetime) -> str:
    """Hash of the copy that a phone plays and seeks in. Raises ``not_found``, and those of the link."""
    link = shares.look(database, token, what="film", besides=("film",), now=now)
    with database.read() as session:
        return _or_refuse(_copy(_of_film(session, link.order_id, take_id)))


def still(database: Database, token: str, take_id: str, *, now: datetime) -> str:
    """Hash of the picture of a film: the count's result, else any. Raises as ``film``."""
    link = shares.look(database, token, what="picture", besides=(), now=now)
    with database.read() as session:
        return _or_refuse(_still(_of_film(session, link.order_id, take_id)))


def photo(database: Database, token: str, photo_id: str, *, now: datetime) -> str:
    """Hash of the small picture. Papers stay out: chats and payments name persons. Raises as ``film``."""
    link = shares.look(database, token, what="picture", besides=(), now=now)
    with database.read() as session:
        found = rows.photo_behind(session, link.order_id or "", photo_id)
        if found is None or found.file_state != "verified":
            raise Refusal("not_found")
        return _or_refuse(_small(takes.derivatives_of(session, found.file_sha256)))


def _of_film(session: Session, order_id: str | None, take_id: str) -> Mapping[str, Derivative]:
    take = rows.film_behind(session, order_id or "", take_id)
    if take is None or take.file_sha256 is None:
        raise Refusal("not_found")
    return takes.derivatives_of(session, take.file_sha256)


def _copy(made: Mapping[str, Derivative]) -> Derivative | None:
    """The H.264 copy when it is made (it plays everywhere), the newest of several; else the seekable one."""
    shared = [one for kind, one in made.items() if kind.startswith(f"{SHARE}-")]
    return max(shared, key=lambda one: one.made_at, default=made.get("seekable"))


def _still(made: Mapping[str, Derivative]) -> Derivative | None:
    return next((one for kind, one in made.items() if kind.startswith(f"{RESULT}-")), _small(made))


def _small(made: Mapping[str, Derivative]) -> Derivative | None:
    return next((made[kind] for kind in _SMALL if kind in made), None)


def _or_refuse(found: Derivative | None) -> str:
    if found is None:
        raise Refusal("not_found")
    return found.sha256
