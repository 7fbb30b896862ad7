"""Pictures of products, so that the receiver sees what a line is."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from webapp.adapters.blobs import Blobs
from webapp.adapters.product_pictures import product_picture
from webapp.domain.refusals import Refusal
from webapp.store import orders as rows
from webapp.store import people, takes
from webapp.store.database import Database
from webapp.store.schema import Blob
from webapp.usecases.people import Desk


def stored_mime(database: Database, sha256: str) -> str | None:
    with database.read() as session:
        blob = takes.blob(session, sha256)
        return blob.mime if blob else None


def set_line_picture(
    database: Database, blobs: Blobs, *, actor: Desk, line_id: str, upload: BinaryIO, now: datetime
) -> str:
    """Keeps a small JPEG of the picture for the line; returns its hash. Raises ``line_unknown``, ``picture_*``."""
    with database.read() as session:
        if rows.line_of_organisation(session, actor.organisation_id, line_id) is None:
            raise Refusal("line_unknown")
    stored = blobs.put_bytes(product_picture(upload))
    with database.write() as session:
        line = rows.line_of_organisation(session, actor.organisation_id, line_id)
        if line is None:
            raise Refusal("line_unknown")
        if takes.blob(session, stored.sha256) is None:
            session.add(Blob(sha256=stored.sha256, bytes=stored.bytes, mime="image/jpeg", stored_at=now))
        line.picture_sha256 = stored.sha256
        people.audit(
            session,
            at=now,
            actor=f"user:{actor.id}",
            action="line.picture",
            subject=line.id,
            organisation_id=actor.organisation_id,
        )
    return stored.sha256


def line_picture(database: Database, *, organisation_id: str, line_id: str) -> str:
    """The hash of a line's picture. Raises ``picture_unknown``."""
    with database.read() as session:
        line = rows.line_of_organisation(session, organisation_id, line_id)
        if line is None or line.picture_sha256 is None:
            raise Refusal("picture_unknown")
        return line.picture_sha256
