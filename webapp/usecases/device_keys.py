"""A phone changes its key: the old one keeps verifying what it had signed, and signs nothing new."""

from __future__ import annotations

import base64
import binascii
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webapp.domain.evidence import Finding
from webapp.domain.ledger import key_entry
from webapp.domain.refusals import Refusal
from webapp.domain.signatures import BadSignature, check_public_key, decode_base64url, verify
from webapp.store import doctor as doctor_rows
from webapp.store import ledger
from webapp.store.audit import audit_at_site
from webapp.store.database import Database
from webapp.store.device_keys import earlier_keys
from webapp.store.schema import Device
from webapp.store.schema_doors import DeviceKey
from webapp.usecases.enrolled_devices import key_name


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


@dataclass(frozen=True)
class KeyChange:
    """What the log says of one change: both keys by the SHA-256 (hex) of their SPKI DER."""

    device: str
    old: str
    new: str
    last_seq: int


def key_changes(session: Session) -> set[KeyChange]:
    """Every change of every phone, from the rows."""
    found = set()
    for device in doctor_rows.devices(session):
        new = device.public_key
        for row in earlier_keys(session, device.id):
            found.add(KeyChange(device.id, key_name(row.public_key), key_name(new), row.last_seq))
            new = row.public_key
    return found


def rotation_text(device_id: str, public_key: str, last_seq: int) -> str:
    """What the new key signs to show that the phone holds it (docs/architecture.md, "Phone API")."""
    return f"dockproof-key-1\n{device_id}\n{last_seq}\n{public_key}\n"


def rotate(
    database: Database,
    *,
    device_id: str,
    public_key: str,
    proof: str,
    last_seq: int,
    signed_by: bytes,
    now: datetime,
) -> datetime:
    """Puts a new key in the old one's place, logs it, and returns since when it holds.

    ``signed_by``: the key (SPKI DER) that signed the request: the one that goes. A retry after a lost answer is
    signed by the new key, and changes nothing. Raises ``enrolment_key_bad``, ``key_known`` (a key that was given up
    does not come back), ``authorization_wrong`` (another change came first).
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
        # The signature was checked before this transaction: the key may have been given up since.
        if device.public_key != signed_by:
            raise Refusal("authorization_wrong")
        # Two changes within a millisecond are two keys all the same.
        at = max(now, earlier[0].until + timedelta(milliseconds=1)) if earlier else now
        session.add(DeviceKey(device_id=device_id, until=at, public_key=device.public_key, last_seq=last_seq))
        old, device.public_key = device.public_key, spki
        change = KeyChange(device_id, key_name(old), key_name(spki), last_seq)
        ledger.append_entry(session, key_entry(received=now, **asdict(change)))
        audit_at_site(
            session,
            site_id=device.site_id,
            at=now,
            actor=f"device:{device_id}",
            action="device.key_changed",
            subject=device_id,
            old=change.old,
            new=change.new,
            last_seq=last_seq,
        )
        return at
