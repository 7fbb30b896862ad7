"""What revoked phones still sent, for the desk to look at; an owner may release it into the evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from webapp.domain.permissions import Permission
from webapp.usecases import quarantine, quarantine_release
from webapp.usecases.clocks import recompute_deadlines
from webapp.web.access import desk, requires
from webapp.web.services import services

pages = Blueprint("quarantine", __name__)


@pages.get("/phones/quarantine")
@requires(Permission.PEOPLE_MANAGE)
def show() -> ResponseReturnValue:
    items = quarantine.held_for(services().database, organisation_id=desk().organisation_id)
    return render_template("people/quarantine.html", items=items)


@pages.post("/phones/quarantine/<item_id>/release")
@requires(Permission.QUARANTINE_RELEASE)
def release(item_id: str) -> ResponseReturnValue:
    rulebook = services().rulebook

    def orders_changed(session: Session, order_ids: set[str]) -> None:
        recompute_deadlines(session, rulebook, order_ids)

    quarantine_release.release(
        services().database,
        actor=desk(),
        item_id=item_id,
        now=services().clock.now(),
        on_orders_changed=orders_changed,
    )
    return redirect(url_for("quarantine.show"))


@pages.app_context_processor
def quarantine_counts() -> dict[str, Callable[[], Any]]:
    """For ``people/phones.html``; counted only where a template asks."""
    return {
        "quarantined_count": lambda: quarantine.waiting_for(
            services().database, organisation_id=desk().organisation_id
        )
    }
