"""Whether the bytes that a take's record promised are here."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.evidence import FileClaim, Finding
from webapp.domain.file_types import same_type
from webapp.store import evidence as rows
from webapp.store import uploads
from webapp.store.schema import Take
from webapp.usecases.order_progress import recompute_progress

FileState = Literal["missing", "partial", "verified", "mismatch"]


def file_state(session: Session, *, take_id: str, device_id: str, claim: FileClaim | None) -> FileState:
    """What the server holds for a take, judged by the server's own hash.

    ``mismatch`` only when an upload was completed with other bytes and no newer one is on its way.
    """
    if claim is not None:
        blob = rows.blob(session, claim.sha256)
        if blob is not None:
            return "verified" if blob.bytes == claim.bytes else "mismatch"
    sent = uploads.uploads_for(session, take_id, device_id)
    latest = next((upload for upload in reversed(sent) if upload.offset > 0), None)
    if latest is None:
        return "missing"
    if claim is not None and latest.completed_at is not None:
        return "mismatch"
    return "partial"


def type_findings(session: Session, take: Take) -> list[Finding]:
    """A take whose bytes are here and are not of the type that its record names."""
    blob = rows.blob(session, take.file_sha256) if take.file_sha256 else None
    if blob is None or same_type(blob.mime, take.mime or ""):
        return []
    return [Finding("file_type_differs", blob.mime)]


def settle(session: Session, take: Take, *, now: datetime) -> FileState:
    """Brings the take's ``file_state`` up to the facts, and its orders' states when that moved it.

    Verified bytes go to the worker. Whoever changes tallies recomputes the progress itself.
    """
    claim = None
    if take.file_sha256 is not None and take.file_bytes is not None:
        claim = FileClaim(take.file_sha256, take.file_bytes, take.mime or "")
    state = file_state(session, take_id=take.id, device_id=take.device_id, claim=claim)
    moved, take.file_state = take.file_state != state, state
    if state == "verified" and claim is not None:
        take.verified_at = take.verified_at or now
        uploads.add_work(session, work_id=new_id(), kind="seekable", subject=claim.sha256, now=now)
    else:
        take.verified_at = None
    if moved:
        recompute_progress(session, rows.order_ids_of_parcel(session, take.parcel_id))
    return state
