"""SQL about organisations, sites, desk users, workers and devices."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.store.schema import (
    AuditEvent,
    DeskSession,
    Device,
    EnrolmentCode,
    Organisation,
    SignInLink,
    Site,
    SiteOrganisation,
    User,
    Worker,
)


def audit(
    session: Session,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    organisation_id: str | None = None,
    **details: object,
) -> None:
    session.add(
        AuditEvent(
            at=at,
            actor=actor,
            organisation_id=organisation_id,
            action=action,
            subject=subject,
            details=details,
        )
    )


def owner_exists(session: Session) -> bool:
    return session.scalar(select(func.count()).select_from(User).where(User.role == "owner")) != 0


def organisations(session: Session) -> list[Organisation]:
    return list(session.scalars(select(Organisation).order_by(Organisation.created_at, Organisation.id)))


def organisation_without_owner(session: Session) -> Organisation | None:
    """What the command line made before anybody signed in."""
    return session.scalar(
        select(Organisation)
        .where(~select(User.id).where(User.organisation_id == Organisation.id).exists())
        .order_by(Organisation.created_at, Organisation.id)
        .limit(1)
    )


def user_by_login(session: Session, login: str) -> User | None:
    return session.scalar(select(User).where(User.login == login))


def first_owner(session: Session) -> User | None:
    return session.scalar(select(User).where(User.role == "owner").order_by(User.created_at).limit(1))


def user(session: Session, user_id: str) -> User | None:
    return session.get(User, user_id)


def desk_session(session: Session, token_hash: str) -> DeskSession | None:
    return session.get(DeskSession, token_hash)


def sign_in_link(session: Session, token_hash: str) -> SignInLink | None:
    return session.get(SignInLink, token_hash)


def void_sign_in_links(session: Session, purpose: str, *, now: datetime) -> None:
    for link in session.scalars(
        select(SignInLink).where(SignInLink.purpose == purpose, SignInLink.used_at.is_(None))
    ):
        link.used_at = now


def sites_of(session: Session, organisation_id: str) -> list[Site]:
    return list(
        session.scalars(
            select(Site)
            .join(SiteOrganisation, SiteOrganisation.site_id == Site.id)
            .where(SiteOrganisation.organisation_id == organisation_id)
            .order_by(Site.created_at, Site.id)
        )
    )


def organisations_at(session: Session, site_id: str) -> list[str]:
    return list(
        session.scalars(select(SiteOrganisation.organisation_id).where(SiteOrganisation.site_id == site_id))
    )


def workers_at(session: Session, site_id: str) -> list[Worker]:
    return list(
        session.scalars(
            select(Worker).where(Worker.site_id == site_id, Worker.left_at.is_(None)).order_by(Worker.name)
        )
    )


def worker(session: Session, worker_id: str) -> Worker | None:
    return session.get(Worker, worker_id)


def workers_by_id(session: Session, ids: set[str]) -> dict[str, Worker]:
    return {row.id: row for row in session.scalars(select(Worker).where(Worker.id.in_(ids)))}


def devices_at(session: Session, site_ids: list[str]) -> list[Device]:
    return list(
        session.scalars(
            select(Device).where(Device.site_id.in_(site_ids)).order_by(Device.enrolled_at.desc())
        )
    )


def device(session: Session, device_id: str) -> Device | None:
    return session.get(Device, device_id)


def enrolment_code(session: Session, code_hash: str) -> EnrolmentCode | None:
    return session.get(EnrolmentCode, code_hash)
