"""Platform accounts: whose they are, and why we guess so."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.permissions import Permission
from webapp.usecases import accounts
from webapp.web.access import desk, requires
from webapp.web.services import services

pages = Blueprint("accounts", __name__)


@pages.get("/accounts")
@requires(Permission.ACCOUNTS_CONFIRM)
def show() -> ResponseReturnValue:
    views = accounts.accounts(services().database, organisation_id=desk().organisation_id)
    losses = accounts.losses(services().database, organisation_id=desk().organisation_id)
    return render_template("accounts/accounts.html", views=views, losses=losses)


@pages.post("/accounts/<account_id>/standing")
@requires(Permission.ACCOUNTS_CONFIRM)
def state_standing(account_id: str) -> ResponseReturnValue:
    accounts.state_standing(
        services().database,
        actor=desk(),
        account_id=account_id,
        text=request.form.get("standing", ""),
        now=services().clock.now(),
    )
    return redirect(url_for("accounts.show") + f"#account-{account_id}")


@pages.post("/accounts/<account_id>/owner")
@requires(Permission.ACCOUNTS_CONFIRM)
def confirm(account_id: str) -> ResponseReturnValue:
    accounts.confirm_owner(
        services().database,
        services().rulebook,
        actor=desk(),
        account_id=account_id,
        owner=request.form.get("owner", ""),
        now=services().clock.now(),
    )
    return redirect(url_for("accounts.show") + f"#account-{account_id}")
