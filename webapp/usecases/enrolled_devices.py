"""Letting a phone in and shutting it out: the row and its leaf in the log, in one transaction."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.domain.ledger import enrol_entry, revoke_entry
from webapp.store import ledger
from webapp.store.schema import Device


def key_name(spki: bytes) -> str:
    """How the log names a key: SHA-256 (hex) of its SPKI DER."""
    return hashlib.sha256(spki).hexdigest()


def add_device(session: Session, device: Device, *, by: str, now: datetime) -> None:
    """``by``: the actor whose code let it in."""
    session.add(device)
    session.flush()
    ledger.append_entry(
        session,
        enrol_entry(
            received=now, device=device.id, site=device.site_id, key=key_name(device.public_key), by=by
        ),
    )


def shut_out(session: Session, device: Device, *, by: str, now: datetime) -> bool:
    """False: it was shut out before, and nothing changes."""
    if device.revoked_at is not None:
        return False
    device.revoked_at = now
    ledger.append_entry(session, revoke_entry(received=now, device=device.id, by=by))
    return True
