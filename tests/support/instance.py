"""A whole instance on real SQLite in a temporary home, with the demo's data and a second organisation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from webapp.adapters.secrets import new_id, new_token, token_hash
from webapp.config import read_settings
from webapp.domain.permissions import Role
from webapp.store.schema import DeskSession, Order, Take, User
from webapp.usecases.demo import FILMED_ORDER, fill_demo
from webapp.usecases.derivatives import run_next
from webapp.usecases.people import add_organisation
from webapp.web.access import SESSION_COOKIE
from webapp.web.app import create_app
from webapp.wiring import Services, build_services


@dataclass
class FixedClock:
    """The instant that a test says it is."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def pass_time(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass
class Instance:
    app: Flask
    services: Services
    clock: FixedClock
    organisations: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def client(self, role: Role, organisation: str = "Chi") -> FlaskClient:
        """A browser in which a person of this role is signed in (nobody for ``anonymous``)."""
        client = self.app.test_client()
        if role is Role.ANONYMOUS:
            return client
        token, now = new_token(), self.clock.now()
        user_id = new_id()
        with self.services.database.write() as session:
            session.add(
                User(
                    id=user_id,
                    organisation_id=self.organisations[organisation],
                    name=organisation,
                    login=user_id,
                    role=role,
                    language="en",
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
        client.set_cookie(SESSION_COOKIE, token)
        return client

    def csrf(self, client: FlaskClient) -> str:
        """The token that this browser's forms carry."""
        match = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
        assert match is not None
        return match.group(1)


def make_instance(home: Path, now: datetime) -> Instance:
    """Chi's organisation is the demo's; Dung's is empty and served by a site of its own."""
    clock = FixedClock(now)
    services = build_services(read_settings({"DOCKPROOF_HOME": str(home)}, home), clock=clock)
    fill_demo(services.database, services.blobs, services.rulebook, now=now)
    while run_next(services.database, services.blobs, now=now, spool=home / "spool" / "derivatives"):
        pass
    instance = Instance(create_app(services), services, clock)
    with services.database.write() as session:
        dung = add_organisation(
            session,
            organisation="Dung Trading",
            customer_code="DUNG",
            owner="Dung",
            login="dung",
            password=None,
            language="vi",
            now=now,
        )
        order = session.query(Order).filter_by(order_no=FILMED_ORDER).one()
        take = session.query(Take).one()
        instance.organisations = {"Chi": order.organisation_id, "Dung": dung.organisation_id}
        instance.names = {
            "order_no": order.order_no,
            "take": take.id,
            "line": order.lines[0].id,
            "waybill": order.waybills[0].number_raw,
            "parcel": order.parcels[0].id,
        }
    return instance
