"""Phones at a site: enrolment by a one-time code, shifts by PIN, challenges."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id, random_bytes, slow_verify, token_hash
from webapp.domain.people import CHALLENGE_LIFE, ENROLMENT_CODE_LIFE, Tries, code_from, fold_code
from webapp.domain.permissions import Permission, may, may_run_site
from webapp.domain.refusals import Refusal
from webapp.domain.signatures import BadSignature, check_public_key, decode_base64url, verify
from webapp.store import people as rows
from webapp.store import unsent
from webapp.store.database import Database
from webapp.store.schema import Challenge, Device, EnrolmentCode, Site, Worker
from webapp.usecases import rates
from webapp.usecases.enrolled_devices import add_device, shut_out
from webapp.usecases.lost_phones import Former, PhoneLoss, former_of, loss_of
from webapp.usecases.sessions import Desk
from webapp.usecases.workers import run_site


@dataclass(frozen=True)
class SitePhones:
    site: Site
    workers: list[Worker]
    devices: list[Device]
    mine: bool = True
    """Whether the asking person runs the site; the lists are empty when not."""
    unsent: dict[str, int] = field(default_factory=dict)
    """Device → announced films and photos whose bytes are not here."""
    replaced: dict[str, Device] = field(default_factory=dict)
    """Device → the phone that took its place."""


def phones_of(database: Database, *, organisation_id: str) -> list[SitePhones]:
    """For the command line, where who runs it owns the machine."""
    with database.read() as session:
        return [_site_phones(session, site) for site in rows.sites_of(session, organisation_id)]


def phones_for(database: Database, *, actor: Desk) -> list[SitePhones]:
    """An administrator's every site; an owner's sites, and what happens at those that nobody else uses."""
    with database.read() as session:
        everywhere = may(actor.roles, Permission.SITES_MANAGE)
        sites = rows.sites(session) if everywhere else rows.sites_of(session, actor.organisation_id)
        return [
            _site_phones(session, site)
            if may_run_site(actor.roles, actor.organisation_id, rows.organisations_at(session, site.id))
            else SitePhones(site, [], [], mine=False)
            for site in sites
        ]


def _site_phones(session: Session, site: Site) -> SitePhones:
    devices = rows.devices_at(session, [site.id])
    ids = [device.id for device in devices]
    return SitePhones(
        site,
        rows.workers_at(session, site.id),
        devices,
        unsent=unsent.counts(session, ids),
        replaced=unsent.successors(session, ids),
    )


def make_enrolment_code(
    database: Database, *, actor: Desk, site_id: str, now: datetime, in_place_of: str | None = None
) -> str:
    """A code that lets one phone in, once, within 30 minutes. Only its hash is kept.

    ``in_place_of``: the phone of that site which lost what it held. Raises ``phone_unknown``.
    """
    rates.spend(database, f"codes:{actor.id}", rates.LINKS, now=now)
    with database.write() as session:
        run_site(session, actor, site_id)
        return _new_code(session, site_id, actor.actor, now, in_place_of)


def make_code_for_site(
    database: Database, *, site_id: str, now: datetime, in_place_of: str | None = None
) -> str:
    """The same from the command line, where who runs it owns the machine."""
    with database.write() as session:
        if session.get(Site, site_id) is None:
            raise Refusal("site_unknown")
        return _new_code(session, site_id, "cli", now, in_place_of)


def _new_code(session: Session, site_id: str, actor: str, now: datetime, in_place_of: str | None) -> str:
    if in_place_of is not None:
        former = rows.device(session, in_place_of)
        if former is None or former.site_id != site_id:
            raise Refusal("phone_unknown")
    code = code_from(random_bytes(16))
    session.add(
        EnrolmentCode(
            code_hash=token_hash(code),
            site_id=site_id,
            created_by=actor,
            created_at=now,
            expires_at=now + ENROLMENT_CODE_LIFE,
            in_place_of=in_place_of,
        )
    )
    rows.audit_at_site(
        session, site_id=site_id, at=now, actor=actor, action="enrolment_code.made", subject=site_id
    )
    return code


@dataclass(frozen=True)
class Enrolment:
    """``loss``: what became of the phone whose place it takes."""

    device_id: str
    site: Site
    loss: PhoneLoss | None = None


def enrol(
    database: Database,
    *,
    code: str,
    device_name: str,
    public_key: str,
    proof: str,
    now: datetime,
    former: Former | None = None,
) -> Enrolment:
    """Binds a phone's key to a site. ``proof`` shows that the sender holds the private key; ``former``: what the phone
    remembers of an enrolment that it lost.

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
                return Enrolment(device.id, site, _loss(session, device))
        if row.used_at is not None or row.expires_at <= now:
            raise Refusal("enrolment_code_unknown")
        place = former_of(session, site_id=site.id, said=former, told=row.in_place_of)
        device = Device(
            id=new_id(),
            site_id=row.site_id,
            name=device_name.strip()[:80],
            public_key=spki,
            enrolled_at=now,
            in_place_of=place[0] if place else None,
            former_seq=place[1] if place else None,
        )
        add_device(session, device, by=row.created_by, now=now)
        row.used_at, row.device_id = now, device.id
        rows.audit_at_site(
            session,
            site_id=site.id,
            at=now,
            actor=f"device:{device.id}",
            action="device.enrolled",
            subject=device.id,
            **({"in_place_of": place[0]} if place else {}),
        )
        return Enrolment(device.id, site, _loss(session, device))


def _loss(session: Session, device: Device) -> PhoneLoss | None:
    former = rows.device(session, device.in_place_of) if device.in_place_of else None
    return None if former is None else loss_of(session, former)


def start_shift(database: Database, *, device_id: str, worker_id: str, pin: str, now: datetime) -> Worker:
    """Raises ``pin_wrong``, ``pin_locked``, ``worker_unknown``, ``too_many_requests``.

    Failures count in the database, also across phones. A try is counted before it is judged, and judged outside of
    any transaction: a slow hash holds no lock.
    """
    rates.spend(database, f"shift:{device_id}", rates.SHIFT, now=now)
    with database.write() as session:
        worker = _worker_at(session, device_id, worker_id)
        tries = Tries(worker.pin_failures, worker.locked_until)
        if tries.locked(now):
            raise Refusal("pin_locked")
        tries = tries.failed(now)
        worker.pin_failures, worker.locked_until = tries.failures, tries.locked_until
        pin_hash = worker.pin_hash
    if not slow_verify(pin_hash, pin):
        raise Refusal("pin_wrong")
    with database.write() as session:
        worker = _worker_at(session, device_id, worker_id)
        if worker.pin_hash != pin_hash:
            raise Refusal("pin_wrong")
        worker.pin_failures, worker.locked_until = 0, None
        rows.audit_at_site(
            session,
            site_id=worker.site_id,
            at=now,
            actor=f"worker:{worker.id}",
            action="shift.started",
            subject=device_id,
        )
        return worker


def _worker_at(session: Session, device_id: str, worker_id: str) -> Worker:
    device = session.get_one(Device, device_id)
    worker = rows.worker(session, worker_id)
    if worker is None or worker.site_id != device.site_id or worker.left_at is not None:
        raise Refusal("worker_unknown")
    return worker


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
    """Raises ``phone_unknown``, also for a phone at a site that the actor may not know; ``site_shared``."""
    with database.write() as session:
        device = rows.device(session, device_id)
        if device is None:
            raise Refusal("phone_unknown")
        try:
            run_site(session, actor, device.site_id)
        except Refusal as refusal:
            raise (Refusal("phone_unknown") if refusal.code == "site_unknown" else refusal) from None
        _revoke(session, device, actor=actor.actor, now=now)


def revoke_from_cli(database: Database, *, device_id: str, now: datetime) -> None:
    """Raises ``phone_unknown``."""
    with database.write() as session:
        device = rows.device(session, device_id)
        if device is None:
            raise Refusal("phone_unknown")
        _revoke(session, device, actor="cli", now=now)


def _revoke(session: Session, device: Device, *, actor: str, now: datetime) -> None:
    if not shut_out(session, device, by=actor, now=now):
        return
    rows.audit_at_site(
        session,
        site_id=device.site_id,
        at=now,
        actor=actor,
        action="device.revoked",
        subject=device.id,
    )
