"""A phone changes its key: the old one keeps verifying what it had signed, and signs nothing new."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webapp.domain.evidence import Finding
from webapp.domain.refusals import Refusal
from webapp.domain.signatures import BadSignature, check_public_key, decode_base64url, verify
from webapp.store.audit import audit_at_site
from webapp.store.database import Database
from webapp.store.device_keys import earlier_keys
from webapp.store.schema import Device
from webapp.store.schema_doors import DeviceKey


@dataclass(frozen=True)
class EarlierKey:
    """``last_seq``: the number of the last record that it signed, as the phone said under both keys."""

    public_key: bytes
    last_seq: int


@dataclass(frozen=True)
class SigningKeys:
    current: bytes
    earlier: tuple[EarlierKey, ...] = ()

    def check(self, signature: bytes, text: str, *, seq: int) -> list[Finding]:
        """Findings about an authentic record; raises ``BadSignature`` when no key of the phone signed ``text``.

        ``signature``: raw ``r || s``. A record that an earlier key signed is in order up to the number at which the
        keys changed; after it the key was given up, and whoever still holds it may not be the phone.
        """
        data = text.encode("ascii")
        try:
            verify(self.current, signature, data)
            return []
        except BadSignature:
            if not self.earlier:
                raise
        for key in self.earlier:
            try:
                verify(key.public_key, signature, data)
            except BadSignature:
                continue
            return [] if seq <= key.last_seq else [Finding("key_given_up", f"seq {seq} after {key.last_seq}")]
        raise BadSignature("no key of the device signed it")


def signing_keys(session: Session, device: Device) -> SigningKeys:
    earlier = tuple(EarlierKey(row.public_key, row.last_seq) for row in earlier_keys(session, device.id))
    return SigningKeys(device.public_key, earlier)


def rotation_text(device_id: str, public_key: str, last_seq: int) -> str:
    """What the new key signs to show that the phone holds it (docs/architecture.md, "Phone API")."""
    return f"dockproof-key-1\n{device_id}\n{last_seq}\n{public_key}\n"


def rotate(
    database: Database, *, device_id: str, public_key: str, proof: str, last_seq: int, now: datetime
) -> datetime:
    """Puts a new key in the old one's place and returns since when it holds.

    The request itself was signed by the key that goes. A retry after a lost answer is signed by the new key, and
    changes nothing. Raises ``enrolment_key_bad``, ``key_known`` (a key that was given up does not come back).
    """
    try:
        spki = base64.b64decode(public_key, validate=True)
        check_public_key(spki)
        signed = rotation_text(device_id, public_key, last_seq).encode("utf-8")
        verify(spki, decode_base64url(proof), signed)
    except (BadSignature, binascii.Error, ValueError):
        raise Refusal("enrolment_key_bad") from None
    with database.write() as session:
        device = session.get_one(Device, device_id)
        if device.revoked_at is not None:
            raise Refusal("device_revoked")
        earlier = earlier_keys(session, device_id)
        if device.public_key == spki:
            return earlier[0].until if earlier else device.enrolled_at
        if any(row.public_key == spki for row in earlier):
            raise Refusal("key_known")
        # Two changes within a millisecond are two keys all the same.
        at = max(now, earlier[0].until + timedelta(milliseconds=1)) if earlier else now
        session.add(DeviceKey(device_id=device_id, until=at, public_key=device.public_key, last_seq=last_seq))
        old, device.public_key = device.public_key, spki
        audit_at_site(
            session,
            site_id=device.site_id,
            at=now,
            actor=f"device:{device_id}",
            action="device.key_changed",
            subject=device_id,
            old=hashlib.sha256(old).hexdigest(),
            new=hashlib.sha256(spki).hexdigest(),
            last_seq=last_seq,
        )
        return at
