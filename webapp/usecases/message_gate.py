"""Before a message goes out: where the goods are, which proposals fit there, and what a notice must have (G-5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.domain.gates import PAPER_SLOTS, GateFinding, message_findings
from webapp.domain.messages import REMEDIES_BY_SITUATION, Remedy, Template
from webapp.domain.situation import situation_of
from webapp.store.schema import Order
from webapp.store.schema_claims import Claim
from webapp.usecases import rulebooks
from webapp.usecases.diagnosis import custody_of
from webapp.usecases.exhibits import Exhibit


def situations_of(session: Session, order: Order, claim: Claim | None, now: datetime) -> tuple[str, ...]:
    """``A``, ``B`` or both of a mixed order (DT-1); a claim's own, when the message is about one."""
    if claim is not None:
        return (claim.situation,)
    switches = rulebooks.current(session, order.organisation_id).switches
    letters = {
        situation_of(order.platform, custody, authority_end=switches.authority_end, now=now).letter
        for custody in custody_of(session, order).values()
    }
    return tuple(sorted(letters)) or ("A",)


def proposals(template: Template, situations: Iterable[str]) -> tuple[str, ...]:
    """Remedies that fit where the goods are (AMB-22); T-6 offers those of B only (S0-42)."""
    letters = [one for one in situations if one in template.situations] or list(template.situations)
    return tuple(dict.fromkeys(code for letter in letters for code in REMEDIES_BY_SITUATION[letter]))


def photos_to_send(exhibits: Iterable[Exhibit]) -> list[Exhibit]:
    """Pictures of the goods that are here whole, newest last; screenshots of papers are none (S3-18)."""
    return [
        one
        for one in exhibits
        if one.is_image and one.verified and not (one.source_kind == "document" and _a_paper(one))
    ]


def _a_paper(one: Exhibit) -> bool:
    return PAPER_SLOTS.issuperset(one.slots)


def open_points(
    template: Template, without: Iterable[str], photos: int, remedy: Remedy | None
) -> tuple[GateFinding, ...]:
    """G-5, of T-1 and T-6; nothing of the others."""
    if not template.to_factory:
        return ()
    empty = set(without)
    return message_findings(
        missing_slots=[name for name in template.slots if name in empty - {"chat_ref", "remedy"}],
        photos=photos,
        chat_references=0 if "chat_ref" in empty else 1,
        remedies=1 if remedy is not None and remedy.complete else 0,
    )
