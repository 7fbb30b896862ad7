"""People on the warehouse floor: they belong to a site, and a site may serve many organisations."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id, slow_hash
from webapp.domain.people import pin_problem
from webapp.domain.permissions import WORKER_ROLES, Role, may_run_site, ordered
from webapp.domain.refusals import Refusal
from webapp.store import people as rows
from webapp.store.database import Database
from webapp.store.schema import Site, Worker
from webapp.usecases.sessions import Desk


def worker_view(worker: Worker) -> dict[str, object]:
    """``role`` is the first of ``roles``: phones that were installed earlier read only that."""
    roles = [str(role) for role in ordered(worker.roles)]
    return {"id": worker.id, "name": worker.name, "role": roles[0] if roles else "", "roles": roles}


def add_worker(
    database: Database,
    *,
    actor: Desk,
    site_id: str,
    name: str,
    roles: Collection[str],
    pin: str,
    now: datetime,
) -> str:
    """Raises ``pin_*``, ``name_missing``, ``role_unknown``, ``site_unknown``, ``site_shared``."""
    held, pin_hash = _roles(roles), _pin_hash(pin)
    if not name.strip():
        raise Refusal("name_missing")
    with database.write() as session:
        run_site(session, actor, site_id)
        worker = Worker(
            id=new_id(), site_id=site_id, name=name.strip(), roles=held, pin_hash=pin_hash, created_at=now
        )
        session.add(worker)
        _audit(session, actor, "worker.added", worker, now, roles=ordered(held))
        return worker.id


def set_roles(
    database: Database, *, actor: Desk, worker_id: str, roles: Collection[str], now: datetime
) -> None:
    """Raises ``role_unknown``, ``worker_unknown``, ``site_shared``."""
    held = _roles(roles)
    with database.write() as session:
        worker = _worker(session, actor, worker_id)
        worker.roles = held
        _audit(session, actor, "worker.roles_changed", worker, now, roles=ordered(held))


def set_pin(database: Database, *, actor: Desk, worker_id: str, pin: str, now: datetime) -> None:
    """A new PIN also ends a lock. Raises ``pin_*``, ``worker_unknown``, ``site_shared``."""
    pin_hash = _pin_hash(pin)
    with database.write() as session:
        worker = _worker(session, actor, worker_id)
        worker.pin_hash, worker.pin_failures, worker.locked_until = pin_hash, 0, None
        _audit(session, actor, "worker.pin_changed", worker, now)


def leave(database: Database, *, actor: Desk, worker_id: str, now: datetime) -> None:
    """No shift starts any more; what the person has recorded stays. Raises ``worker_unknown``, ``site_shared``."""
    with database.write() as session:
        worker = _worker(session, actor, worker_id)
        worker.left_at = now
        _audit(session, actor, "worker.left", worker, now)


def run_site(session: Session, actor: Desk, site_id: str) -> Site:
    """The site, if the actor may run it. Raises ``site_unknown`` (also for a site that does not serve the actor's
    organisation) or ``site_shared`` (only its administrator may).
    """
    site = rows.site(session, site_id)
    if site is None:
        raise Refusal("site_unknown")
    served = rows.organisations_at(session, site_id)
    if may_run_site(actor.roles, actor.organisation_id, served):
        return site
    raise Refusal("site_shared" if actor.organisation_id in served else "site_unknown")


def _worker(session: Session, actor: Desk, worker_id: str) -> Worker:
    worker = rows.worker(session, worker_id)
    if worker is None or worker.left_at is not None:
        raise Refusal("worker_unknown")
    try:
        run_site(session, actor, worker.site_id)
    except Refusal as refusal:
        # Whoever may not know the site may not know that the worker exists.
        raise (Refusal("worker_unknown") if refusal.code == "site_unknown" else refusal) from None
    return worker


def _roles(roles: Collection[str]) -> frozenset[Role]:
    if not roles or not set(roles) <= WORKER_ROLES:
        raise Refusal("role_unknown")
    return frozenset(Role(role) for role in roles)


def _pin_hash(pin: str) -> str:
    """Outside of any transaction: a slow hash must not hold the database's lock."""
    if problem := pin_problem(pin):
        raise Refusal(problem)
    return slow_hash(pin)


def _audit(
    session: Session, actor: Desk, action: str, worker: Worker, now: datetime, **details: object
) -> None:
    rows.audit_at_site(
        session,
        site_id=worker.site_id,
        at=now,
        actor=actor.actor,
        action=action,
        subject=worker.id,
        **details,
    )
