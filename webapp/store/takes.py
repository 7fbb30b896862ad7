"""SQL about takes as the desk sees them, their derivatives, and the work table."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.store.portions import portions
from webapp.store.schema import Blob, Derivative, Record, SideFile, Take, Tally, Work


def records_of_take(session: Session, take: Take) -> list[Record]:
    """Its `take-open` and every `take` that closes it, as they were accepted."""
    return list(
        session.scalars(
            select(Record)
            .where(
                Record.device_id == take.device_id,
                Record.parcel_id == take.parcel_id,
                or_(Record.id == take.id, Record.text.contains(f"\nopens {take.id}\n")),
            )
            .order_by(Record.entry_index)
        )
    )


def derivatives_of(session: Session, sha256: str) -> dict[str, Derivative]:
    return {
        row.kind: row for row in session.scalars(select(Derivative).where(Derivative.of_sha256 == sha256))
    }


def blob(session: Session, sha256: str) -> Blob | None:
    return session.get(Blob, sha256)


def side_text(session: Session, sha256: str) -> str | None:
    row = session.get(SideFile, sha256)
    return row.text if row else None


def work_problem(session: Session, kind: str, subject: str) -> str | None:
    return session.scalar(select(Work.problem).where(Work.kind == kind, Work.subject == subject))


def lease_work(session: Session, *, now: datetime, lease: timedelta, kinds: Collection[str]) -> Work | None:
    """The next open job of these kinds, leased: whoever dies with it loses the lease, and another takes it up."""
    work = session.scalar(
        select(Work)
        .where(
            Work.kind.in_(kinds),
            Work.done_at.is_(None),
            Work.run_after <= now,
            or_(Work.leased_until.is_(None), Work.leased_until <= now),
        )
        .order_by(Work.run_after)
        .limit(1)
    )
    if work is not None:
        work.leased_until = now + lease
        work.attempts += 1
    return work


def takes_of_parcel(session: Session, parcel_id: str) -> list[Take]:
    """Oldest first."""
    return list(
        session.scalars(select(Take).where(Take.parcel_id == parcel_id).order_by(Take.opened_at, Take.id))
    )


def tallies_of(session: Session, take_ids: Iterable[str]) -> list[Tally]:
    return [
        tally
        for some in portions(take_ids)
        for tally in session.scalars(select(Tally).where(Tally.take_id.in_(some)))
    ]


def takes_by_id(session: Session, ids: Iterable[str]) -> dict[str, Take]:
    return {
        take.id: take
        for some in portions(ids)
        for take in session.scalars(select(Take).where(Take.id.in_(some)))
    }


def counted_units(session: Session, take_ids: Iterable[str]) -> dict[str, list[tuple[str, int]]]:
    """Take → (line, units) of its whole count so far, without zeros; only takes of which that can be said."""
    found: dict[str, list[tuple[str, int]]] = {}
    unknown = set()
    for tally in tallies_of(session, take_ids):
        listed = found.setdefault(tally.take_id, [])
        if tally.counted is None:
            unknown.add(tally.take_id)
        elif tally.counted:
            listed.append((tally.line_id, tally.counted))
    return {take: sorted(listed) for take, listed in found.items() if take not in unknown}
