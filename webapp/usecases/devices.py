"""The key of an enrolled phone, looked up at each request."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.store.database import Database
from webapp.store.schema import Device


@dataclass(frozen=True)
class DeviceKey:
    """``public_key``: SPKI DER."""

    public_key: bytes
    revoked: bool


def device_key(database: Database, device_id: str) -> DeviceKey | None:
    with database.read() as session:
        device = session.get(Device, device_id)
        return None if device is None else DeviceKey(device.public_key, device.revoked_at is not None)
