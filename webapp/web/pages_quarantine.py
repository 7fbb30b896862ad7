"""What revoked phones still sent, for the desk to look at; an owner may release it into the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from webapp.domain.permissions import Permission
from webapp.usecases import quarantine, quarantine_release
from webapp.usecases.clocks import recompute_deadlines
from webapp.usecases.quarantine import Held
from webapp.usecases.record_projections import OrdersChanged
from webapp.web.access import desk, requires
from webapp.web.services import services

pages = Blueprint("quarantine", __name__)


@pages.get("/phones/quarantine")
@requires(Permission.PEOPLE_MANAGE)
def show() -> ResponseReturnValue:
    items = quarantine.held_for(services().database, organisation_id=desk().organisation_id)
    return render_template("people/quarantine.html", items=items, phones=_phones(items))


@pages.post("/phones/quarantine/<item_id>/release")
@requires(Permission.QUARANTINE_RELEASE)
def release(item_id: str) -> ResponseReturnValue:
    now = services().clock.now()
    quarantine_release.release(
        services().database,
        actor=desk(),
        item_id=item_id,
        now=now,
        on_orders_changed=_recompute(now),
    )
    return redirect(url_for("quarantine.show"))


@pages.post("/phones/<device_id>/quarantine/release")
@requires(Permission.QUARANTINE_RELEASE)
def release_phone(device_id: str) -> ResponseReturnValue:
    now = services().clock.now()
    quarantine_release.release_phone(
        services().database,
        actor=desk(),
        device_id=device_id,
        now=now,
        on_orders_changed=_recompute(now),
    )
    return redirect(url_for("quarantine.show"))


def _recompute(now: datetime) -> OrdersChanged:
    rulebook = services().rulebook

    def orders_changed(session: Session, order_ids: set[str]) -> None:
        recompute_deadlines(session, rulebook, order_ids, now=now)

    return orders_changed


def _phones(items: list[Held]) -> list[tuple[Held, int]]:
    """A phone with several records to release: one of its items, and how many."""
    several = Counter(item.device.id for item in items if item.releasable)
    one_of = {item.device.id: item for item in items}
    return [(one_of[device], n) for device, n in several.items() if n > 1]


@pages.app_context_processor
def quarantine_counts() -> dict[str, Callable[[], Any]]:
    """For ``people/phones.html``; counted only where a template asks."""
    return {
        "quarantined_count": lambda: quarantine.waiting_for(
            services().database, organisation_id=desk().organisation_id
        )
    }
