"""SQL about invitations, passkeys, desk sessions and rate counts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from webapp.store.schema import DeskSession, EnrolmentCode, User
from webapp.store.schema_doors import Invitation, Passkey, RateCount


def desk_session(session: Session, token_hash: str) -> DeskSession | None:
    return session.get(DeskSession, token_hash)


def live_sessions(session: Session, user_id: str, now: datetime) -> list[DeskSession]:
    """The newest first."""
    return list(
        session.scalars(
            select(DeskSession)
            .where(
                DeskSession.user_id == user_id, DeskSession.ended_at.is_(None), DeskSession.expires_at > now
            )
            .order_by(DeskSession.created_at.desc(), DeskSession.token_hash)
        )
    )


def last_seen(session: Session, user_ids: Collection[str]) -> dict[str, datetime]:
    """User id → the last instant at which any of the person's sessions was used."""
    seen = func.max(func.coalesce(DeskSession.seen_at, DeskSession.created_at))
    query = select(DeskSession.user_id, seen).where(DeskSession.user_id.in_(user_ids))
    return {user_id: at for user_id, at in session.execute(query.group_by(DeskSession.user_id))}


def team(session: Session, organisation_id: str) -> list[User]:
    """Everybody who is or was there; who is there first, then by arrival, then by name."""
    return list(
        session.scalars(
            select(User)
            .where(User.organisation_id == organisation_id)
            .order_by(User.left_at.is_not(None), User.created_at, User.name, User.id)
        )
    )


def invitation(session: Session, token_hash: str) -> Invitation | None:
    return session.get(Invitation, token_hash)


def open_invitations(session: Session, organisation_id: str, now: datetime) -> list[Invitation]:
    return list(
        session.scalars(
            select(Invitation)
            .where(
                Invitation.organisation_id == organisation_id,
                Invitation.used_at.is_(None),
                Invitation.revoked_at.is_(None),
                Invitation.expires_at > now,
            )
            .order_by(Invitation.made_at.desc(), Invitation.token_hash)
        )
    )


def open_links_of(session: Session, user_id: str) -> list[Invitation]:
    """Links of this person that are neither used nor revoked."""
    return list(
        session.scalars(
            select(Invitation).where(
                Invitation.user_id == user_id, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None)
            )
        )
    )


def open_links_made_by(session: Session, actor: str) -> list[Invitation]:
    """Links that this actor made for anybody, neither used nor revoked."""
    return list(
        session.scalars(
            select(Invitation).where(
                Invitation.made_by == actor, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None)
            )
        )
    )


def unused_codes_made_by(session: Session, actor: str) -> list[EnrolmentCode]:
    found = select(EnrolmentCode).where(EnrolmentCode.created_by == actor, EnrolmentCode.used_at.is_(None))
    return list(session.scalars(found))


def passkey(session: Session, credential_id: str) -> Passkey | None:
    return session.get(Passkey, credential_id)


def passkeys_of(session: Session, user_id: str) -> list[Passkey]:
    return list(
        session.scalars(
            select(Passkey)
            .where(Passkey.user_id == user_id, Passkey.ended_at.is_(None))
            .order_by(Passkey.made_at, Passkey.credential_id)
        )
    )


def passkey_counts(session: Session, user_ids: Collection[str]) -> dict[str, int]:
    query = (
        select(Passkey.user_id, func.count())
        .where(Passkey.user_id.in_(user_ids), Passkey.ended_at.is_(None))
        .group_by(Passkey.user_id)
    )
    return {user_id: count for user_id, count in session.execute(query)}


def rate_count(session: Session, subject: str, window_start: datetime) -> RateCount | None:
    return session.get(RateCount, (subject, window_start))


def forget_rates(session: Session, before: datetime) -> None:
    session.execute(delete(RateCount).where(RateCount.window_start < before))
