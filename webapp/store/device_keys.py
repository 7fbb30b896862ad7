"""SQL about the earlier keys of phones."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.store.schema_doors import DeviceKey


def earlier_keys(session: Session, device_id: str) -> list[DeviceKey]:
    """The latest first: a record that comes late was most likely signed by it."""
    found = select(DeviceKey).where(DeviceKey.device_id == device_id)
    return list(session.scalars(found.order_by(DeviceKey.until.desc())))
