"""Platform accounts: whose they are. A guess is shown with its reason; only a person confirms (S0-07, DT-2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from webapp.domain.account_owner import OWNERS, KnownAccount, OwnerGuess, guess_owner
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Rulebook
from webapp.store import account_losses, people
from webapp.store import documents as rows
from webapp.store.account_losses import Losses
from webapp.store.database import Database
from webapp.store.schema import PlatformAccount
from webapp.usecases.clocks import recompute_deadlines
from webapp.usecases.people import Desk

LONGEST_STANDING: Final = 2000


@dataclass(frozen=True)
class AccountView:
    """``tails``: last six digits → orders. ``guess`` is about an account nobody confirmed; None once confirmed."""

    account: PlatformAccount
    orders: int
    tails: Mapping[str, int]
    guess: OwnerGuess | None
    confirmed_by: str | None


def accounts(database: Database, *, organisation_id: str) -> list[AccountView]:
    """Not confirmed first: that is what is to do."""
    with database.read() as session:
        listed = rows.accounts(session, organisation_id)
        tails = rows.account_tails(session, organisation_id)
        counts = rows.account_order_counts(session, organisation_id)
        names = rows.user_names(session, {one.owner_confirmed_by or "" for one in listed})
        views = [
            AccountView(
                account=account,
                orders=counts.get(account.id, 0),
                tails=dict(sorted(tails.get(account.id, {}).items(), key=lambda item: (-item[1], item[0]))),
                guess=None
                if account.owner_confirmed_at
                else guess_owner(tails.get(account.id, {}), _known(listed, tails, account)),
                confirmed_by=names.get(account.owner_confirmed_by or ""),
            )
            for account in listed
        ]
        return sorted(views, key=lambda view: view.account.owner_confirmed_at is not None)


def losses(database: Database, *, organisation_id: str) -> dict[str, Losses]:
    """Owner → how its claims fared (S0-09). A count, never a score or a chance (S0-48)."""
    with database.read() as session:
        return account_losses.losses(session, organisation_id)


def state_standing(database: Database, *, actor: Desk, account_id: str, text: str, now: datetime) -> None:
    """What is known of an account's credibility, in words (S1-10, AMB-14). Raises ``account_unknown``."""
    with database.write() as session:
        account = rows.account_of_organisation(session, actor.organisation_id, account_id)
        if account is None:
            raise Refusal("account_unknown")
        before, account.standing = account.standing, text.strip()[:LONGEST_STANDING]
        people.audit(
            session,
            at=now,
            actor=actor.actor,
            action="account.standing_stated",
            subject=account.id,
            organisation_id=actor.organisation_id,
            before=before,
            standing=account.standing,
        )


def confirm_owner(
    database: Database, rulebook: Rulebook, *, actor: Desk, account_id: str, owner: str, now: datetime
) -> None:
    """Says whose account it is; who must act, and which clocks run, follow at once for all its orders.

    Raises ``account_unknown``, ``account_owner_unknown``.
    """
    if owner not in OWNERS:
        raise Refusal("account_owner_unknown")
    with database.write() as session:
        account = rows.account_of_organisation(session, actor.organisation_id, account_id)
        if account is None:
            raise Refusal("account_unknown")
        before = account.owner
        tails = rows.account_tails(session, actor.organisation_id).get(account.id, {})
        account.owner = owner
        account.owner_confirmed_by, account.owner_confirmed_at = actor.id, now
        account.order_tail6 = next(iter(tails)) if len(tails) == 1 else None
        session.flush()
        recompute_deadlines(
            session, rulebook, rows.order_ids_of_account(session, account.id), cause="account", now=now
        )
        people.audit(
            session,
            at=now,
            actor=f"user:{actor.id}",
            action="account.owner_confirmed",
            subject=account.id,
            organisation_id=actor.organisation_id,
            before=before,
            owner=owner,
        )


def _known(
    listed: list[PlatformAccount], tails: Mapping[str, Mapping[str, int]], but: PlatformAccount
) -> list[KnownAccount]:
    """What people confirmed of the other accounts on the same platform."""
    return [
        KnownAccount(one.name, "self" if one.owner == "self" else "agent", tuple(tails.get(one.id, {})))
        for one in listed
        if one.id != but.id
        and one.platform == but.platform
        and one.owner_confirmed_at
        and one.owner in OWNERS
    ]
