"""A claim on the demo's filmed order, as the desk opens it, for tests of what goes out of the house."""

from __future__ import annotations

from sqlalchemy import select

from tests.support.instance import Instance
from webapp.domain.permissions import Role
from webapp.store import claims as rows
from webapp.store.schema import PlatformAccount
from webapp.usecases import claim_events, claims, diagnosis, discrepancies
from webapp.usecases.claims import ClaimSaid

ASKED = "¥18.50"
"""What the claim asks for."""


def a_claim(instance: Instance, *, filer: str = "importer") -> str:
    """One unit short, counted in China; returns the claim's id. An agent's was handed over already."""
    database, owner, now = instance.services.database, instance.person(Role.OWNER), instance.clock.now()
    order_no = instance.names["order_no"]
    with database.write() as session:
        for account in session.scalars(select(PlatformAccount)):
            account.owner = "agent" if filer == "agent" else account.owner
    (found,) = diagnosis.diagnose(
        database, organisation_id=owner.organisation_id, order_no=order_no, now=now
    ).found
    confirmed = discrepancies.confirm(
        database, actor=owner, order_no=order_no, key=found.key, answers={}, now=now
    )
    number = claims.open_claim(
        database,
        actor=owner,
        said=ClaimSaid(
            discrepancy_id=confirmed,
            channel="platform_1688",
            form={"ordered": "12", "counted": "11", "reason": "short"},
            lines={},
            amount_fen=1_850,
            description_zh="",
            path="refund_without_return",
            remedy="partial_refund",
            remedy_fen=1_850,
        ),
        now=now,
    )
    with database.read() as session:
        claim = rows.claim_by_number(session, owner.organisation_id, number)
    assert claim is not None and claim.filer == filer
    if filer == "agent":
        claim_events.state_event(
            database,
            actor=owner,
            claim_id=claim.id,
            kind="handed_to_agent",
            at=now,
            said={},
            document_id=None,
            now=now,
        )
    return claim.id
