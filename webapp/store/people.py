"""SQL about organisations, sites, desk users, workers and devices."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.domain.passwords import fold_login
from webapp.domain.permissions import Role
from webapp.store.audit import audit as audit
from webapp.store.audit import audit_at_site as audit_at_site
from webapp.store.columns import holds
from webapp.store.schema import (
    Device,
    EnrolmentCode,
    Organisation,
    SignInLink,
    Site,
    SiteOrganisation,
    User,
    Worker,
)


def owner_exists(session: Session) -> bool:
    return session.scalar(select(func.count()).select_from(User).where(holds(User.roles, Role.OWNER))) != 0


def organisations(session: Session) -> list[Organisation]:
    return list(session.scalars(select(Organisation).order_by(Organisation.created_at, Organisation.id)))


def organisation(session: Session, organisation_id: str) -> Organisation | None:
    return session.get(Organisation, organisation_id)


def organisation_by_code(session: Session, customer_code: str) -> Organisation | None:
    return session.scalar(select(Organisation).where(Organisation.customer_code == customer_code))


def organisation_without_owner(session: Session) -> Organisation | None:
    """What the command line made before anybody signed in."""
    return session.scalar(
        select(Organisation)
        .where(~select(User.id).where(User.organisation_id == Organisation.id).exists())
        .order_by(Organisation.created_at, Organisation.id)
        .limit(1)
    )


def user_by_login(session: Session, login: str) -> User | None:
    """As typed, or folded as new logins are kept."""
    return session.scalar(select(User).where(User.login.in_({login, fold_login(login)})).limit(1))


def first_owner(session: Session) -> User | None:
    return session.scalar(
        select(User)
        .where(holds(User.roles, Role.OWNER))
        .order_by(User.created_at, User.name, User.id)
        .limit(1)
    )


def user(session: Session, user_id: str) -> User | None:
    return session.get(User, user_id)


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


def sites(session: Session) -> list[Site]:
    return list(session.scalars(select(Site).order_by(Site.created_at, Site.id)))


def site(session: Session, site_id: str) -> Site | None:
    return session.get(Site, site_id)


def site_link(session: Session, site_id: str, organisation_id: str) -> SiteOrganisation | None:
    return session.get(SiteOrganisation, (site_id, organisation_id))


def organisations_at(session: Session, site_id: str) -> list[str]:
    return list(
        session.scalars(select(SiteOrganisation.organisation_id).where(SiteOrganisation.site_id == site_id))
    )


def workers_at(session: Session, site_id: str) -> list[Worker]:
    return list(
        session.scalars(
            select(Worker)
            .where(Worker.site_id == site_id, Worker.left_at.is_(None))
            .order_by(Worker.name, Worker.created_at, Worker.id)
        )
    )


def worker(session: Session, worker_id: str) -> Worker | None:
    return session.get(Worker, worker_id)


def devices_at(session: Session, site_ids: list[str]) -> list[Device]:
    return list(
        session.scalars(
            select(Device)
            .where(Device.site_id.in_(site_ids))
            .order_by(Device.enrolled_at.desc(), Device.name, Device.id)
        )
    )


def device(session: Session, device_id: str) -> Device | None:
    return session.get(Device, device_id)


def enrolment_code(session: Session, code_hash: str) -> EnrolmentCode | None:
    return session.get(EnrolmentCode, code_hash)
