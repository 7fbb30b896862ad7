"""Phones at a site: enrolment by a one-time code, shifts by PIN, challenges."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id, random_bytes, slow_verify, token_hash
from webapp.domain.people import CHALLENGE_LIFE, ENROLMENT_CODE_LIFE, Tries, code_from, fold_code
from webapp.domain.refusals import Refusal
from webapp.domain.signatures import BadSignature, check_public_key, decode_base64url, verify
from webapp.store import people as rows
from webapp.store.database import Database
from webapp.store.schema import Challenge, Device, EnrolmentCode, Site, Worker
from webapp.usecases.people import Desk


@dataclass(frozen=True)
class SitePhones:
    site: Site
    workers: list[Worker]
    devices: list[Device]


def phones_of(database: Database, *, organisation_id: str) -> list[SitePhones]:
    with database.read() as session:
        return [
            SitePhones(site, rows.workers_at(session, site.id), rows.devices_at(session, [site.id]))
            for site in rows.sites_of(session, organisation_id)
        ]


def make_enrolment_code(database: Database, *, actor: Desk, site_id: str, now: datetime) -> str:
    """A code that lets one phone in, once, within 30 minutes. Only its hash is kept."""
    with database.write() as session:
        if site_id not in {site.id for site in rows.sites_of(session, actor.organisation_id)}:
            raise Refusal("site_unknown")
        return _new_code(session, site_id, f"user:{actor.id}", now)


def make_code_for_site(database: Database, *, site_id: str, now: datetime) -> str:
    """The same from the command line, where who runs it owns the machine."""
    with database.write() as session:
        if session.get(Site, site_id) is None:
            raise Refusal("site_unknown")
        return _new_code(session, site_id, "cli", now)


def _new_code(session: Session, site_id: str, actor: str, now: datetime) -> str:
    code = code_from(random_bytes(16))
    session.add(
        EnrolmentCode(
            code_hash=token_hash(code),
            site_id=site_id,
            created_by=actor,
            created_at=now,
            expires_at=now + ENROLMENT_CODE_LIFE,
        )
    )
    rows.audit(session, at=now, actor=actor, action="enrolment_code.made", subject=site_id)
    return code


@dataclass(frozen=True)
class Enrolment:
    device_id: str
    site: Site


def enrol(
    database: Database, *, code: str, device_name: str, public_key: str, proof: str, now: datetime
) -> Enrolment:
    """Binds a phone's key to a site. ``proof`` shows that the sender holds the private key.

    A retry with the same code and the same key returns the same device: the answer may have been lost on the way.
    Raises ``enrolment_code_unknown``, ``enrolment_key_bad``.
    """
    try:
        spki = base64.b64decode(public_key, validate=True)
        check_public_key(spki)
        signed = f"dockproof-enrol-1\n{code}\n{public_key}\n".encode()
        verify(spki, decode_base64url(proof), signed)
    except (BadSignature, binascii.Error, ValueError):
        raise Refusal("enrolment_key_bad") from None
    with database.write() as session:
        row = rows.enrolment_code(session, token_hash(fold_code(code)))
        if row is None:
            raise Refusal("enrolment_code_unknown")
        site = session.get_one(Site, row.site_id)
        if row.device_id is not None:
            device = session.get_one(Device, row.device_id)
            if device.public_key == spki and device.revoked_at is None:
                return Enrolment(device.id, site)
        if row.used_at is not None or row.expires_at <= now:
            raise Refusal("enrolment_code_unknown")
        device = Device(
            id=new_id(), site_id=row.site_id, name=device_name.strip()[:80], public_key=spki, enrolled_at=now
        )
        session.add(device)
        row.used_at, row.device_id = now, device.id
        rows.audit(session, at=now, actor=f"device:{device.id}", action="device.enrolled", subject=site.id)
        return Enrolment(device.id, site)


def start_shift(database: Database, *, device_id: str, worker_id: str, pin: str, now: datetime) -> Worker:
    """Raises ``pin_wrong``, ``pin_locked``, ``worker_unknown``; failures count in the database, also across phones."""
    with database.write() as session:
        device = session.get_one(Device, device_id)
        worker = rows.worker(session, worker_id)
        if worker is None or worker.site_id != device.site_id or worker.left_at is not None:
            raise Refusal("worker_unknown")
        tries = Tries(worker.pin_failures, worker.locked_until)
        if tries.locked(now):
            raise Refusal("pin_locked")
        if slow_verify(worker.pin_hash, pin):
            worker.pin_failures, worker.locked_until = 0, None
            rows.audit(
                session, at=now, actor=f"worker:{worker.id}", action="shift.started", subject=device.id
            )
            return worker
        tries = tries.failed(now)
        worker.pin_failures, worker.locked_until = tries.failures, tries.locked_until
    raise Refusal("pin_wrong")


def issue_challenges(database: Database, *, device_id: str, count: int, now: datetime) -> list[Challenge]:
    """Single-use notes that say "made after this instant", for captures without a connection (72 h)."""
    with database.write() as session:
        issued = []
        for _ in range(max(1, min(count, 20))):
            challenge_id = new_id()
            note = f"id {challenge_id}\nissued {now.isoformat(timespec='milliseconds')}\ndevice {device_id}\n"
            row = Challenge(
                id=challenge_id,
                device_id=device_id,
                note=note,
                issued_at=now,
                expires_at=now + CHALLENGE_LIFE,
            )
            session.add(row)
            issued.append(row)
        return issued


def revoke(database: Database, *, actor: Desk, device_id: str, now: datetime) -> None:
    with database.write() as session:
        device = rows.device(session, device_id)
        sites = {site.id for site in rows.sites_of(session, actor.organisation_id)}
        if device is None or device.site_id not in sites:
            raise Refusal("device_unknown")
        if device.revoked_at is None:
            device.revoked_at = now
            rows.audit(
                session,
                at=now,
                actor=f"user:{actor.id}",
                action="device.revoked",
                subject=device.id,
                organisation_id=actor.organisation_id,
            )
