"""The copy of a film that goes to an agent or a platform: asked for here, made by the job worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.adapters.share_video import percent_done
from webapp.domain.case import CaseExhibit
from webapp.store import cases as rows
from webapp.store import takes
from webapp.store.schema import Derivative, Work
from webapp.usecases.count_results import RESULT, result_kind
from webapp.usecases.derivatives import SHARE, progress_file, share_kind
from webapp.usecases.rulebooks import current


@dataclass(frozen=True)
class ShareVideo:
    """``state``: ``none`` (nobody asked), ``waiting``, ``making`` (with ``percent``), ``failed``, ``ready``."""

    state: str
    percent: int = 0
    sha256: str | None = None
    bytes: int | None = None
    duration_ms: int | None = None
    problem: str | None = None


def most_bytes(session: Session, organisation_id: str) -> int:
    """The importer's own switch."""
    return current(session, organisation_id).switches.max_share_video_bytes


def ask(session: Session, film: CaseExhibit, most: int, *, now: datetime) -> None:
    """Adds the jobs for the copy, and for the still of the count's result, in the caller's transaction.

    Idempotent; a failed job is tried anew.
    """
    _ask(session, SHARE, f"{film.sha256} {most}", film.sha256, share_kind(most), now)
    if film.result_ms is not None:
        subject = f"{film.sha256} {film.result_ms}"
        _ask(session, RESULT, subject, film.sha256, result_kind(film.result_ms), now)


def _ask(session: Session, kind: str, subject: str, of: str, made: str, now: datetime) -> None:
    if session.get(Derivative, (of, made)) is not None:
        return
    work = rows.work(session, kind, subject)
    if work is None:
        session.add(Work(id=new_id(), kind=kind, subject=subject, run_after=now))
    elif work.done_at is not None:
        work.done_at, work.problem, work.attempts, work.run_after = None, None, 0, now


def state_of(session: Session, home: Path, sha256: str, most: int) -> ShareVideo:
    """``home``: DOCKPROOF_HOME, where the worker leaves word of its progress."""
    made = session.get(Derivative, (sha256, share_kind(most)))
    if made is not None:
        blob = takes.blob(session, made.sha256)
        length = made.facts.get("duration_ms")
        return ShareVideo("ready", 100, made.sha256, blob.bytes if blob else None, length)
    work = rows.work(session, SHARE, f"{sha256} {most}")
    if work is None:
        return ShareVideo("none")
    if work.done_at is not None:
        return ShareVideo("failed", problem=work.problem)
    percent = percent_done(progress_file(home / "spool" / "derivatives", sha256, most))
    return ShareVideo("waiting") if percent is None else ShareVideo("making", percent)
