"""A phone whose storage was cleared: what it had announced and can never send is named, and another takes its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.domain.chain_gaps import gaps
from webapp.domain.permissions import may_run_site
from webapp.domain.refusals import Refusal
from webapp.store import dock, unsent
from webapp.store import people as rows
from webapp.store.database import Database
from webapp.store.schema import Device, Parcel, Site
from webapp.usecases.sessions import Desk

MOST_SIGNED = 1_000_000
"""A phone's word for its last number; what is higher was never signed by a hand."""


@dataclass(frozen=True)
class Unsent:
    """A film or photo that the phone announced and whose bytes are not here, wholly or in part.

    ``at``: when the server heard of it; ``bytes``: as signed, None for a film that was not closed; ``here``: that came.
    """

    id: str
    kind: str  # take | photo
    slot: str | None
    orders: tuple[str, ...]
    parcel_id: str | None
    worker: str | None
    at: datetime
    bytes: int | None
    here: int


@dataclass(frozen=True)
class PhoneLoss:
    """``gaps``: (first, last) of numbers that the phone signed and that never came; ``elsewhere``: films and photos of
    other organisations' goods, counted only; ``heard``: when its last record came."""

    device: Device
    site: Site
    successor: Device | None
    last_seq: int
    gaps: tuple[tuple[int, int], ...]
    unsent: tuple[Unsent, ...]
    elsewhere: int
    heard: datetime | None

    @property
    def records(self) -> int:
        return sum(last - first + 1 for first, last in self.gaps)

    @property
    def lost(self) -> bool:
        """Nobody can send it any more: another phone stands in its place, and nothing came from it since."""
        return self.successor is not None and (self.heard is None or self.heard <= self.successor.enrolled_at)


def loss_of(session: Session, device: Device, *, organisation_id: str | None = None) -> PhoneLoss:
    """``organisation_id``: whose goods are named; None: everybody's."""
    successor = unsent.successors(session, [device.id]).get(device.id)
    numbers = unsent.numbers(session, device.id)
    waiting = unsent.unsent(session, device.id)
    parcels = {one.parcel_id: session.get(Parcel, one.parcel_id) for one in waiting if one.parcel_id}
    shown = [
        one
        for one in waiting
        if organisation_id is None or _owner(parcels.get(one.parcel_id or "")) in (None, organisation_id)
    ]
    names = dock.worker_names(session, {one.worker_id for one in shown if one.worker_id})
    return PhoneLoss(
        device=device,
        site=session.get_one(Site, device.site_id),
        successor=successor,
        last_seq=numbers[-1] if numbers else 0,
        gaps=gaps(numbers, signed=successor.former_seq if successor else None),
        unsent=tuple(_unsent(session, one, parcels, names) for one in shown),
        elsewhere=len(waiting) - len(shown),
        heard=unsent.last_received(session, device.id),
    )


def _owner(parcel: Parcel | None) -> str | None:
    return None if parcel is None else parcel.organisation_id


def _unsent(
    session: Session, row: unsent.UnsentRow, parcels: dict[str, Parcel | None], names: dict[str, str]
) -> Unsent:
    parcel = parcels.get(row.parcel_id or "")
    return Unsent(
        id=row.id,
        kind=row.kind,
        slot=row.slot,
        orders=tuple(sorted(order.order_no for order in parcel.orders)) if parcel else (),
        parcel_id=row.parcel_id,
        worker=names.get(row.worker_id or ""),
        at=row.at,
        bytes=row.bytes,
        here=unsent.here(session, row.id, row.device_id),
    )


def loss_for(database: Database, *, actor: Desk, device_id: str) -> PhoneLoss:
    """Raises ``phone_unknown``, also for a phone at a site that the actor does not run."""
    with database.read() as session:
        device = rows.device(session, device_id)
        if device is None or not may_run_site(
            actor.roles, actor.organisation_id, rows.organisations_at(session, device.site_id)
        ):
            raise Refusal("phone_unknown")
        return loss_of(session, device, organisation_id=actor.organisation_id)


@dataclass(frozen=True)
class Former:
    """What a phone remembers of itself after its storage was cleared: its enrolment, and the last number it signed."""

    device_id: str
    last_seq: int | None


def former_of(
    session: Session, *, site_id: str, said: Former | None, told: str | None
) -> tuple[str, int | None] | None:
    """Whose place a phone takes that is being enrolled, and the last number signed there: what the phone ``said``, else
    what the desk ``told`` with the code. Only a phone of the same site; None: nobody's.
    """
    if said is not None and _at_site(session, said.device_id, site_id):
        seq = said.last_seq
        return said.device_id, seq if seq is not None and 0 < seq <= MOST_SIGNED else None
    return (told, None) if told is not None and _at_site(session, told, site_id) else None


def _at_site(session: Session, device_id: str, site_id: str) -> bool:
    device = rows.device(session, device_id)
    return device is not None and device.site_id == site_id
