"""Copies made from originals that stay untouched: the seekable film and its poster, each with a log entry."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from webapp.adapters.blobs import Blobs
from webapp.adapters.code_reader import read_codes
from webapp.adapters.media import poster, remux_seekable
from webapp.adapters.media_facts import MediaFailed
from webapp.adapters.product_pictures import small_picture
from webapp.adapters.share_video import share_video
from webapp.domain.ledger import derivative_entry
from webapp.domain.refusals import Refusal
from webapp.store import ledger, takes
from webapp.store.database import Database
from webapp.store.schema import Blob, Derivative, Work
from webapp.usecases import count_results

LEASE = timedelta(minutes=15)
SHARE_LEASE = timedelta(hours=3)
"""An hour of film is encoded anew at a few times real time: nobody else may take it up meanwhile."""
KINDS = ("seekable", "thumbnail", count_results.RESULT)
THUMBNAIL_SIDE = 960
SHARE = "share"
CODES = "codes"
_TRIES = 3
_RETRY = timedelta(minutes=2)


def run_next(database: Database, blobs: Blobs, *, now: datetime, spool: Path) -> bool:
    """Does one job if one is due; returns whether there was one. Idempotent: a job done twice gives the same rows."""
    with database.write() as session:
        work = takes.lease_work(session, now=now, lease=LEASE, kinds=KINDS) or takes.lease_work(
            session, now=now, lease=SHARE_LEASE, kinds=(SHARE,)
        )
    if work is None:
        return False
    try:
        if work.kind == count_results.RESULT:
            _make_result(database, blobs, work.subject, now=now, spool=spool)
        elif work.kind == SHARE:
            _make_share(database, blobs, work.subject, now=now, spool=spool)
        elif work.kind == "thumbnail":
            _make_thumbnail(database, blobs, work.subject, now=now, spool=spool)
        else:
            _make_copies(database, blobs, work.subject, now=now, spool=spool)
        problem = None
    except (MediaFailed, Refusal) as failed:
        problem = failed.code
    with database.write() as session:
        row = session.get_one(Work, work.id)
        row.problem = problem
        row.leased_until = None
        if problem is None or row.attempts >= _TRIES:
            row.done_at = now
        else:
            row.run_after = now + _RETRY
    return True


def _make_copies(database: Database, blobs: Blobs, sha256: str, *, now: datetime, spool: Path) -> None:
    source = blobs.path(sha256)
    spool.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=spool) as folder:
        film, still = Path(folder) / "film", Path(folder) / "poster.jpg"
        facts = remux_seekable(source, film)
        _keep(
            database, blobs, film, of=sha256, kind="seekable", mime=facts.mime, facts=asdict(facts), now=now
        )
        still.write_bytes(poster(film, min(1500, facts.duration_ms // 2)))
        _keep(database, blobs, still, of=sha256, kind="poster", mime="image/jpeg", facts={}, now=now)
    with database.write() as session:
        count_results.ask_of_film(session, sha256, now=now)


def _make_thumbnail(database: Database, blobs: Blobs, sha256: str, *, now: datetime, spool: Path) -> None:
    """Raises ``picture_unreadable`` or ``picture_too_large``: the original stays, and is shown as a file."""
    spool.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=spool) as folder, blobs.path(sha256).open("rb") as original:
        small = Path(folder) / "small.jpg"
        small.write_bytes(small_picture(original, side=THUMBNAIL_SIDE))
        _keep(database, blobs, small, of=sha256, kind="thumbnail", mime="image/jpeg", facts={}, now=now)
        _read_codes(database, blobs, sha256, Path(folder), now=now)


def _read_codes(database: Database, blobs: Blobs, sha256: str, folder: Path, *, now: datetime) -> None:
    """What barcodes the picture shows, as a derivative of its own: a waybill that was read, not typed (EV-12)."""
    codes = read_codes(blobs.path(sha256))
    if codes:
        listed = folder / "codes.txt"
        listed.write_text("".join(f"{' '.join(code.split())}\n" for code in codes), "utf-8")
        facts: dict[str, object] = {"codes": codes}
        _keep(database, blobs, listed, of=sha256, kind=CODES, mime="text/plain", facts=facts, now=now)


def _make_share(database: Database, blobs: Blobs, subject: str, *, now: datetime, spool: Path) -> None:
    """``subject``: the original's hash and the most bytes that the copy may have."""
    sha256, _, most = subject.partition(" ")
    spool.mkdir(parents=True, exist_ok=True)
    progress = progress_file(spool, sha256, int(most))
    with tempfile.TemporaryDirectory(dir=spool) as folder:
        film = Path(folder) / "share.mp4"
        try:
            facts = share_video(blobs.path(sha256), film, most_bytes=int(most), progress=progress)
        finally:
            progress.unlink(missing_ok=True)
        kind = share_kind(int(most))
        _keep(database, blobs, film, of=sha256, kind=kind, mime=facts.mime, facts=asdict(facts), now=now)


def _make_result(database: Database, blobs: Blobs, subject: str, *, now: datetime, spool: Path) -> None:
    """The picture in which the whole count is to be seen. ``subject``: the original's hash and milliseconds."""
    sha256, _, ms = subject.partition(" ")
    spool.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=spool) as folder:
        still = Path(folder) / "result.jpg"
        still.write_bytes(poster(blobs.path(sha256), int(ms)))
        facts: dict[str, object] = {"ms": int(ms)}
        kind = count_results.result_kind(int(ms))
        _keep(database, blobs, still, of=sha256, kind=kind, mime="image/jpeg", facts=facts, now=now)


def share_kind(most_bytes: int) -> str:
    """Kind of the derivative: another limit is another copy, and both stay in the log."""
    return f"{SHARE}-{most_bytes}"


def progress_file(spool: Path, sha256: str, most_bytes: int) -> Path:
    """Where the copy in the making says how far it is; read by another process of the same machine."""
    return spool / f"{SHARE}-{sha256}-{most_bytes}.progress"


def _keep(
    database: Database,
    blobs: Blobs,
    file: Path,
    *,
    of: str,
    kind: str,
    mime: str,
    facts: dict[str, object],
    now: datetime,
) -> None:
    stored = blobs.take_in(file)
    with database.write() as session:
        if session.get(Derivative, (of, kind)) is not None:
            return
        if session.get(Blob, stored.sha256) is None:
            session.add(Blob(sha256=stored.sha256, bytes=stored.bytes, mime=mime, stored_at=now))
        session.add(
            Derivative(
                of_sha256=of, kind=kind, sha256=stored.sha256, mime=mime, facts=dict(facts), made_at=now
            )
        )
        ledger.append_entry(
            session, derivative_entry(received=now, of=of, kind=kind, derivative=stored.sha256)
        )
