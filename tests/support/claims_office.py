"""An importer with three owners, one a language, and the six situations on its home, for journeys about claims."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import BrowserContext
from sqlalchemy import select

from tests.support.situations import Situations
from tests.support.templates import lay_database
from webapp.adapters.secrets import new_token, token_hash
from webapp.config import read_settings
from webapp.domain.permissions import Role
from webapp.store.claims import claims_of_order
from webapp.store.schema import Deadline, DeskSession, Order
from webapp.usecases import agreements, claim_views
from webapp.usecases.claim_views import ClaimView
from webapp.usecases.people import add_organisation, add_user
from webapp.usecases.phones import make_code_for_site
from webapp.usecases.sessions import session_user
from webapp.web.cookies import LANGUAGE_COOKIE, SESSION_COOKIE
from webapp.wiring import Services, build_services

LANGUAGES = ("zh_CN", "vi", "en")


@dataclass
class Office:
    """``laid``: the situations, by the first owner. ``tokens``: language → session of the owner who reads it."""

    services: Services
    home: Path
    laid: Situations
    tokens: dict[str, str]

    def sign_in(self, context: BrowserContext, address: str, language: str) -> None:
        """This browser is the owner who reads that language."""
        host = address.split("//")[1].split(":")[0]
        context.clear_cookies()
        context.add_cookies(
            [
                {"name": name, "value": value, "domain": host, "path": "/"}
                for name, value in ((SESSION_COOKIE, self.tokens[language]), (LANGUAGE_COOKIE, language))
            ]
        )

    def enrolment(self, site: str) -> str:
        """A one-time code for one more phone."""
        return make_code_for_site(self.services.database, site_id=site, now=self.services.clock.now())

    def agree(self, order_no: str, value: str) -> None:
        """What the supplier promised in a chat 30 days ago, with its screenshot."""
        day = (self.laid.now - timedelta(days=30)).date().isoformat()
        paper = self.laid.paper(f"{value} {order_no}")
        agreements.state(
            self.services.database,
            self.services.blobs,
            actor=self.laid.owner,
            order_no=order_no,
            said=agreements.Stated("confirmation", day, value=value, chat_ref="WeChat", upload=paper),
            now=self.laid.now,
        )

    def claims(self, order_no: str) -> list[ClaimView]:
        """As the server holds them now, oldest first."""
        with self.services.database.read() as session:
            order = session.scalars(select(Order).where(Order.order_no == order_no)).one()
            return [claim_views.view_of(session, claim) for claim in claims_of_order(session, order.id)]

    def clock(self, order_no: str, rule: str) -> list[str]:
        """How the order's clocks of a rule ended, ``running`` for those that have not."""
        with self.services.database.read() as session:
            found = session.scalars(
                select(Deadline)
                .join(Order, Order.id == Deadline.order_id)
                .where(Order.order_no == order_no, Deadline.rule_id == rule)
            )
            return [one.ended or "running" for one in found]

    def due(self, order_no: str, rule: str) -> list[datetime]:
        """When the order's clocks of a rule run out."""
        with self.services.database.read() as session:
            found = session.scalars(
                select(Deadline.due_at)
                .join(Order, Order.id == Deadline.order_id)
                .where(Order.order_no == order_no, Deadline.rule_id == rule, Deadline.due_at.is_not(None))
            )
            return [at for at in found if at is not None]


def open_office(home: Path) -> Office:
    home.mkdir(parents=True, exist_ok=True)
    lay_database(home / "dockproof.db")
    services = build_services(read_settings({"DOCKPROOF_HOME": str(home)}, home))
    now = services.clock.now()
    tokens: dict[str, str] = {}
    with services.database.write() as session:
        first = add_organisation(
            session,
            organisation="Chi Import",
            customer_code="VN-88",
            owner="Chi zh_CN",
            login="chi-zh_cn",
            password_hash=None,
            language="zh_CN",
            now=now - timedelta(days=90),
        )
        people = {"zh_CN": first.id}
        for language in ("vi", "en"):
            user = add_user(
                session,
                organisation_id=first.organisation_id,
                name=f"Chi {language}",
                login=f"chi-{language}",
                roles=frozenset({Role.OWNER}),
                password_hash=None,
                language=language,
                actor=None,
                action="user.added",
                now=now,
            )
            people[language] = user.id
        session.flush()
        for language, user_id in people.items():
            tokens[language] = new_token()
            session.add(
                DeskSession(
                    token_hash=token_hash(tokens[language]),
                    user_id=user_id,
                    created_at=now,
                    expires_at=now + timedelta(days=1),
                )
            )
    owner = session_user(services.database, tokens["zh_CN"], now=now)
    assert owner is not None
    return Office(services, home, Situations(services, owner, now), tokens)
