"""A whole instance on real SQLite in a temporary home, with the demo's data and a second organisation."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from tests.support.clock import FixedClock
from tests.support.templates import lay_database, template_folder
from webapp.adapters.secrets import new_id, new_token, token_hash
from webapp.config import Settings, read_settings
from webapp.domain.permissions import Role
from webapp.store.schema import DeskSession, Order, Take, User
from webapp.usecases.demo import FILMED_ORDER, fill_demo
from webapp.usecases.derivatives import run_next
from webapp.usecases.people import add_organisation
from webapp.usecases.sessions import Desk, session_user
from webapp.web.app import create_app
from webapp.web.cookies import SESSION_COOKIE
from webapp.wiring import Services, build_services


@dataclass
class Instance:
    app: Flask
    services: Services
    clock: FixedClock
    organisations: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def client(self, *roles: Role, organisation: str = "Chi", language: str = "en") -> FlaskClient:
        """A browser in which a person of these roles is signed in (nobody for ``anonymous``)."""
        client = self.app.test_client()
        if Role.ANONYMOUS not in roles:
            client.set_cookie(SESSION_COOKIE, self._sign_in(roles, organisation, language))
        return client

    def person(self, *roles: Role, organisation: str = "Chi") -> Desk:
        """A person of these roles, signed in without a browser, for use-cases."""
        token = self._sign_in(roles, organisation, "en")
        desk = session_user(self.services.database, token, now=self.clock.now())
        assert desk is not None
        return desk

    def _sign_in(self, roles: Collection[Role], organisation: str, language: str) -> str:
        token, now = new_token(), self.clock.now()
        user_id = new_id()
        with self.services.database.write() as session:
            session.add(
                User(
                    id=user_id,
                    organisation_id=self.organisations[organisation],
                    name=organisation,
                    login=user_id,
                    roles=frozenset(roles),
                    language=language,
                    created_at=now,
                )
            )
            session.flush()
            session.add(
                DeskSession(
                    token_hash=token_hash(token),
                    user_id=user_id,
                    created_at=now,
                    expires_at=now + timedelta(days=1),
                )
            )
        return token

    def csrf(self, client: FlaskClient) -> str:
        """The token that this browser's forms carry."""
        match = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
        assert match is not None
        return match.group(1)


def make_instance(home: Path, now: datetime) -> Instance:
    """Chi's organisation is the demo's; Dung's is empty and served by a site of its own.

    Filled once a process for each ``now``, then copied: the homes of two tests have the same secret and the same ids.
    """
    template, organisations, names = _filled(now)
    shutil.copytree(template, home, dirs_exist_ok=True)
    clock = FixedClock(now)
    services = build_services(_settings(home), clock=clock)
    return Instance(create_app(services), services, clock, dict(organisations), dict(names))


def _settings(home: Path) -> Settings:
    return read_settings({"DOCKPROOF_HOME": str(home)}, home)


@cache
def _filled(now: datetime) -> tuple[Path, dict[str, str], dict[str, str]]:
    """A home that nobody opens any more, its organisations, and names of what stands in it."""
    home = template_folder()
    lay_database(home / "dockproof.db")
    services = build_services(_settings(home), clock=FixedClock(now))
    fill_demo(services.database, services.blobs, services.rulebook, now=now)
    while run_next(services.database, services.blobs, now=now, spool=home / "spool" / "derivatives"):
        pass
    with services.database.write() as session:
        dung = add_organisation(
            session,
            organisation="Dung Trading",
            customer_code="DUNG",
            owner="Dung",
            login="dung",
            password_hash=None,
            language="vi",
            now=now,
        )
        order = session.query(Order).filter_by(order_no=FILMED_ORDER).one()
        organisations = {"Chi": order.organisation_id, "Dung": dung.organisation_id}
        names = {
            "order_no": order.order_no,
            "take": session.query(Take).one().id,
            "line": order.lines[0].id,
            "waybill": order.waybills[0].number_raw,
            "parcel": order.parcels[0].id,
        }
    services.database.engine.dispose()
    return home, organisations, names
