"""Which captures and papers of an order are taken into a claim."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.claim_types import fills, needs
from webapp.store import claims as rows
from webapp.store.schema_claims import Claim, ClaimExhibit
from webapp.usecases.claim_views import case_facts
from webapp.usecases.exhibits import Exhibit, exhibits_of_order


def fitting(session: Session, claim: Claim) -> list[Exhibit]:
    """What of the order fills one of the claim's slots, of its line or of the whole parcel, and was never in it."""
    asked = needs(claim.type, case_facts(session, claim))
    wanted = (*asked.required, *asked.recommended, *_ALWAYS.get(claim.channel, ()))
    lines = rows.lines_of(session, [claim.id]).get(claim.id, {})
    known = {(one.source_kind, one.source_id) for one in rows.exhibits_ever(session, claim.id)}
    return [
        one
        for one in exhibits_of_order(session, claim.organisation_id, claim.order_id)
        if (one.source_kind, one.source_id) not in known
        and (one.line_id is None or not lines or one.line_id in lines)
        and any(_fills(need, one) for need in wanted)
    ]


def take_in_what_fits(session: Session, claim: Claim, *, by: str, now: datetime) -> int:
    """Returns how many exhibits it took in."""
    found = fitting(session, claim)
    for one in found:
        add_exhibit(session, claim, one.slot, one.source_kind, one.source_id, by=by, now=now)
    return len(found)


def _fills(need: str, one: Exhibit) -> bool:
    """``EV-18/VN`` is filled by a slot of that name; the stage is checked when needs are judged."""
    if need.startswith("paper:"):
        return one.source_kind == "document" and need == f"paper:{one.kind}"
    return fills("|".join(slot.partition("/")[0] for slot in need.split("|")), one.slots)


_ALWAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "platform_1688": ("EV-19", "EV-20", "EV-21", "EV-01p", "EV-01"),
    "platform_taobao": ("EV-19", "EV-20", "EV-01p", "EV-01"),
    "agent": ("EV-01p", "EV-25", "EV-01"),
    "supplier_direct": ("EV-07",),
}
"""Channel → what its gate asks for beside the type's own slots (G-0, G-2; S0-41)."""


def add_exhibit(
    session: Session,
    claim: Claim,
    slot: str | None,
    source_kind: str,
    source_id: str,
    *,
    by: str,
    now: datetime,
) -> None:
    session.add(
        ClaimExhibit(
            id=new_id(),
            claim_id=claim.id,
            slot=slot,
            source_kind=source_kind,
            source_id=source_id,
            added_by=by,
            added_at=now,
            removed_at=None,
            removed_by=None,
        )
    )
    session.flush()
