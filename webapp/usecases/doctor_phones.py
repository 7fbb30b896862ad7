"""Does the log tell the same of phones as their rows: enrolled, keys changed, shut out?

Phones that came before enrolments were logged have no leaf, and none can be made afterwards: they are told as a note.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.domain.ledger import iso_milliseconds
from webapp.store import doctor as rows
from webapp.store.device_keys import earlier_keys
from webapp.store.schema import Device
from webapp.usecases.device_keys import KeyChange, key_changes
from webapp.usecases.doctor_findings import Check
from webapp.usecases.enrolled_devices import key_name

PHONE_ENTRIES = ("enrol", "revoke", "key")


@dataclass
class PhonesInLog:
    """Follows the leaves one by one; what is left over at the end has none."""

    devices: dict[str, Device]
    first_keys: dict[str, str]
    changes: set[KeyChange]
    enrolled: set[str] = field(default_factory=set)
    revoked: set[str] = field(default_factory=set)
    since: str | None = None
    """``received`` of the first leaf of an enrolment or a revocation: from then on each has one."""

    def follow(self, check: Check, values: dict[str, str], where: str) -> None:
        """``values``: the lines of one leaf of a type in ``PHONE_ENTRIES``."""
        kind = values["type"]
        if kind == "key":
            change = _key_change(values)
            if change not in self.changes:
                check.add("entry_without_key_change", where)
            self.changes -= {change}
            return
        received, device = values.get("received", ""), self.devices.get(values.get("device", ""))
        self.since = self.since or received
        if kind == "enrol":
            if device is None or device.id in self.enrolled or not self._as_enrolled(device, values):
                check.add("entry_without_enrolment", where)
            else:
                self.enrolled.add(device.id)
        elif device is None or device.id in self.revoked or not _at(device.revoked_at, received):
            check.add("entry_without_revocation", where)
        else:
            self.revoked.add(device.id)

    def _as_enrolled(self, device: Device, values: dict[str, str]) -> bool:
        key = values.get("key", "").removeprefix("sha256:")
        return (
            (values.get("site"), key) == (device.site_id, self.first_keys[device.id])
            # A film of the demo is older than the log that it came into.
            and iso_milliseconds(device.enrolled_at) <= values.get("received", "")
        )

    def finish(self, check: Check) -> None:
        for change in sorted(self.changes, key=lambda change: (change.device, change.last_seq)):
            check.add("key_change_without_entry", f"device {change.device} after seq {change.last_seq}")
        for device in self.devices.values():
            where = f"device {device.id}"
            if device.id not in self.enrolled:
                code = (
                    "enrolment_without_entry"
                    if self._logged_by(device.enrolled_at)
                    else "enrolment_not_logged"
                )
                check.add(code, where)
            if device.revoked_at is not None and device.id not in self.revoked:
                code = (
                    "revocation_without_entry"
                    if self._logged_by(device.revoked_at)
                    else "revocation_not_logged"
                )
                check.add(code, where)

    def _logged_by(self, at: datetime) -> bool:
        return self.since is not None and self.since <= iso_milliseconds(at)


def phones_in_log(session: Session) -> PhonesInLog:
    devices = {device.id: device for device in rows.devices(session)}
    first_keys = {}
    for device in devices.values():
        earlier = earlier_keys(session, device.id)
        first_keys[device.id] = key_name(earlier[-1].public_key if earlier else device.public_key)
    return PhonesInLog(devices, first_keys, key_changes(session))


def _at(revoked_at: datetime | None, received: str) -> bool:
    return revoked_at is not None and iso_milliseconds(revoked_at) == received


def _key_change(values: dict[str, str]) -> KeyChange:
    old, new = (values.get(key, "").removeprefix("sha256:") for key in ("old", "new"))
    said = values.get("last-seq", "")
    return KeyChange(values.get("device", ""), old, new, int(said) if said.isdecimal() else -1)
