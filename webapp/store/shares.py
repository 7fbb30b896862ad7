"""SQL about share links and their views, agents, voucher packs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from webapp.store.held import facts_of_holds
from webapp.store.schema import LogEntry, OrderLine, ParcelOrder, PlatformAccount, Take
from webapp.store.schema_dock import DockFact, Photo
from webapp.store.schema_shares import Agent, ShareLink, ShareView, Voucher, VoucherFile


def link_by_hash(session: Session, token_hash: str) -> ShareLink | None:
    return session.scalar(select(ShareLink).where(ShareLink.token_hash == token_hash))


def link(session: Session, organisation_id: str, link_id: str) -> ShareLink | None:
    found = select(ShareLink).where(ShareLink.id == link_id, ShareLink.organisation_id == organisation_id)
    return session.scalar(found)


def links_of_order(session: Session, order_id: str) -> list[ShareLink]:
    """The newest first, ended ones too."""
    found = select(ShareLink).where(ShareLink.order_id == order_id)
    return list(session.scalars(found.order_by(ShareLink.made_at.desc(), ShareLink.id)))


def standing_links(session: Session, agent_ids: Collection[str], now: datetime) -> dict[str, ShareLink]:
    """Agent → its one link that still opens."""
    found = select(ShareLink).where(
        ShareLink.agent_id.in_(list(agent_ids)),
        ShareLink.audience == "agent",
        ShareLink.order_id.is_(None),
        ShareLink.revoked_at.is_(None),
        or_(ShareLink.expires_at.is_(None), ShareLink.expires_at > now),
    )
    return {row.agent_id or "": row for row in session.scalars(found.order_by(ShareLink.made_at))}


def views(session: Session, link_ids: Collection[str]) -> dict[str, tuple[int, datetime]]:
    """Link → how often its page was opened, and when last."""
    found = (
        select(ShareView.link_id, func.count(), func.max(ShareView.at))
        .where(ShareView.link_id.in_(list(link_ids)), ShareView.what == "page")
        .group_by(ShareView.link_id)
    )
    return {link_id: (count, last) for link_id, count, last in session.execute(found)}


def last_look(session: Session, link_id: str, what: Collection[str]) -> datetime | None:
    """When somebody last looked at one of these through the link; at anything when ``what`` is empty."""
    found = select(func.max(ShareView.at)).where(ShareView.link_id == link_id)
    return session.scalar(found.where(ShareView.what.in_(list(what))) if what else found)


def film_behind(session: Session, order_id: str, take_id: str) -> Take | None:
    """A closed film of one of the order's parcels that nobody took back; as ``papers.closed_takes`` lists them."""
    gone = select(DockFact.id).where(DockFact.id == Take.close_record_id, DockFact.gone_by.is_not(None))
    found = (
        select(Take)
        .join(ParcelOrder, ParcelOrder.parcel_id == Take.parcel_id)
        .where(ParcelOrder.order_id == order_id, Take.id == take_id, Take.closed.is_not(None), ~gone.exists())
    )
    return session.scalar(found)


def photo_behind(session: Session, order_id: str, photo_id: str) -> Photo | None:
    """A photo of the order that stands, also of a parcel that was held before somebody knew it."""
    fact = session.get(DockFact, photo_id)
    photo = session.get(Photo, photo_id)
    if fact is None or photo is None or fact.gone_by is not None:
        return None
    if fact.line_id is not None and session.scalar(_line_of(order_id, fact.line_id)) is None:
        return None
    parcels = set(session.scalars(select(ParcelOrder.parcel_id).where(ParcelOrder.order_id == order_id)))
    if fact.parcel_id in parcels or any(fact.id == held.id for held, _ in facts_of_holds(session, parcels)):
        return photo
    return None


def _line_of(order_id: str, line_id: str) -> Select[str]:
    return select(OrderLine.id).where(OrderLine.id == line_id, OrderLine.order_id == order_id)


def agents(session: Session, organisation_id: str) -> list[Agent]:
    """Those that were not ended, by name."""
    found = select(Agent).where(Agent.organisation_id == organisation_id, Agent.ended_at.is_(None))
    return list(session.scalars(found.order_by(Agent.name, Agent.id)))


def agent(session: Session, organisation_id: str, agent_id: str) -> Agent | None:
    return session.scalar(select(Agent).where(Agent.id == agent_id, Agent.organisation_id == organisation_id))


def agent_accounts(session: Session, organisation_id: str) -> list[PlatformAccount]:
    found = select(PlatformAccount).where(
        PlatformAccount.organisation_id == organisation_id, PlatformAccount.owner == "agent"
    )
    return list(session.scalars(found.order_by(PlatformAccount.name, PlatformAccount.id)))


def latest_voucher(session: Session, order_id: str, claim_id: str | None) -> Voucher | None:
    """Of the claim when there is one of its own, else of the order."""
    found = select(Voucher).where(Voucher.order_id == order_id)
    found = found.where(or_(Voucher.claim_id == claim_id, Voucher.claim_id.is_(None)))
    # A pack of the claim itself comes before one of the bare order, whichever is newer.
    order_by = (Voucher.claim_id.is_(None), Voucher.made_at.desc(), Voucher.id)
    return session.scalar(found.order_by(*order_by).limit(1))


def voucher_files(session: Session, voucher_id: str) -> list[VoucherFile]:
    found = select(VoucherFile).where(VoucherFile.voucher_id == voucher_id)
    return list(session.scalars(found.order_by(VoucherFile.no)))


def voucher(session: Session, organisation_id: str, voucher_id: str) -> Voucher | None:
    found = select(Voucher).where(Voucher.id == voucher_id, Voucher.organisation_id == organisation_id)
    return session.scalar(found)


def every_voucher_file(session: Session) -> Iterator[tuple[Voucher, VoucherFile]]:
    found = select(Voucher, VoucherFile).join(VoucherFile, VoucherFile.voucher_id == Voucher.id)
    for row in session.execute(found.order_by(Voucher.id, VoucherFile.no)):
        yield row[0], row[1]


def voucher_entries(session: Session) -> dict[int, str]:
    """The log's leaves about packs: index → text."""
    found = select(LogEntry.index, LogEntry.text).where(LogEntry.text.startswith("type voucher\n"))
    return {index: text for index, text in session.execute(found)}
