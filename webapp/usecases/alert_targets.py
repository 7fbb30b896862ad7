"""Where a person wants to be told: e-mail, a webhook. Each person has their own; an end is kept, not deleted."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from webapp.adapters.catalogues import LANGUAGES
from webapp.adapters.notifier import Webhooks
from webapp.adapters.secrets import new_id, new_token
from webapp.adapters.web_push import SubscriptionUnreadable, read_subscription
from webapp.domain.refusals import Refusal
from webapp.store import alerts as rows
from webapp.store.audit import audit
from webapp.store.database import Database
from webapp.store.schema_alerts import AlertTarget
from webapp.usecases.sessions import Desk

MOST_TARGETS: Final = 10
LONGEST: Final = 300
KINDS: Final = ("email", "webhook", "push")
_MAIL: Final = re.compile(r"[^@\s<>,;:\"()\[\]\\]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}")


def targets_of(database: Database, *, actor: Desk) -> list[AlertTarget]:
    with database.read() as session:
        return rows.targets(session, actor.organisation_id, user_id=actor.id)


def add_target(
    database: Database,
    webhooks: Webhooks,
    *,
    actor: Desk,
    kind: str,
    address: str,
    language: str,
    digest: bool,
    now: datetime,
) -> AlertTarget:
    """Refusals: ``alert_kind_unknown``, ``alert_address``, ``alert_webhook_host``, ``alert_push_unknown``,
    ``alert_targets_full``.
    """
    where = address.strip()
    if kind not in KINDS:
        raise Refusal("alert_kind_unknown")
    if kind == "email" and (len(where) > LONGEST or not _MAIL.fullmatch(where)):
        raise Refusal("alert_address")
    if kind == "webhook" and (len(where) > LONGEST or not webhooks.allows(where)):
        raise Refusal("alert_webhook_host")
    if kind == "push":
        try:
            read_subscription(where)
        except SubscriptionUnreadable:
            raise Refusal("alert_push_unknown") from None
    with database.write() as session:
        have = rows.targets(session, actor.organisation_id, user_id=actor.id)
        same = next((one for one in have if (one.kind, one.address) == (kind, where)), None)
        if same is not None:
            same.digest = digest and kind == "email"
            return same
        if len(have) >= MOST_TARGETS:
            raise Refusal("alert_targets_full", most=MOST_TARGETS)
        target = AlertTarget(
            id=new_id(),
            organisation_id=actor.organisation_id,
            user_id=actor.id,
            kind=kind,
            address=where,
            secret=new_token() if kind == "webhook" else "",
            language=language if language in LANGUAGES else actor.language,
            digest=digest and kind == "email",
            digest_day=None,
            made_at=now,
            ended_at=None,
        )
        session.add(target)
        audit(
            session,
            at=now,
            actor=actor.actor,
            action="alerts.target_added",
            subject=target.id,
            organisation_id=actor.organisation_id,
            kind=kind,
        )
        return target


def end_target(database: Database, *, actor: Desk, target_id: str, now: datetime) -> None:
    """Twice is once. Raises ``alert_target_unknown``, also for another person's."""
    with database.write() as session:
        target = rows.target(session, actor.id, target_id)
        if target is None:
            raise Refusal("alert_target_unknown")
        if target.ended_at is None:
            target.ended_at = now
            audit(
                session,
                at=now,
                actor=actor.actor,
                action="alerts.target_ended",
                subject=target.id,
                organisation_id=actor.organisation_id,
                kind=target.kind,
            )
