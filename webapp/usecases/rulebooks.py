"""The rulebook of each organisation, edition by edition. Nothing in an edition ever changes: an edit is the next one.

Precedence (domain.md section 10): the platform's own page (R-15) before the importer's edit, before an agent's profile,
before a platform's, before what is built in. An edit is a copy that stands in its parent's place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from webapp.adapters.rulebook_files import load_rulebook
from webapp.adapters.secrets import new_id
from webapp.domain import switches as switch_data
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Profile, Rulebook
from webapp.domain.rulebook_data import digest, profile_to_data, rulebook_from_data
from webapp.domain.switches import Switches
from webapp.store import rules as rows
from webapp.store.schema_rules import RulebookEdition

PROGRAM = "program"
NOT_YET = ""
"""Id of the edition of an organisation that has none yet: the rulebook as shipped."""


@dataclass(frozen=True)
class Edition:
    """``number`` counts from 1 within the organisation; 0 while the shipped rulebook was never needed."""

    id: str
    number: int
    rulebook: Rulebook
    switches: Switches


def current(session: Session, organisation_id: str) -> Edition:
    """The edition in force. In a reading transaction an organisation without one gets the shipped rules unnumbered."""
    row = rows.latest_edition(session, organisation_id)
    return _edition(row) if row is not None else unedited()


def unedited() -> Edition:
    """The shipped rules and the proposed switches, before any edition."""
    return Edition(NOT_YET, 0, shipped(), Switches())


def to_pin(session: Session, organisation_id: str, *, now: datetime) -> Edition:
    """``current`` for what keeps its id (a claim): the shipped rulebook becomes edition 1 on this first need."""
    found = current(session, organisation_id)
    if found.id != NOT_YET:
        return found
    row = add_edition(
        session,
        organisation_id=organisation_id,
        profiles=shipped().profiles,
        switches=Switches(),
        by=PROGRAM,
        reason="",
        now=now,
    )
    return _edition(row)


def pinned(session: Session, edition_id: str) -> Edition:
    """An earlier edition as it stood. Raises ``edition_unknown``."""
    if edition_id in _READ:
        return _READ[edition_id]
    row = rows.edition(session, edition_id)
    if row is None:
        raise Refusal("edition_unknown")
    return _edition(row)


@cache
def shipped() -> Rulebook:
    """What this program brings; raises RulebookBroken."""
    return load_rulebook()


@cache
def shipped_digest() -> str:
    return digest(profile_to_data(profile) for profile in shipped().profiles)


def add_edition(
    session: Session,
    *,
    organisation_id: str,
    profiles: tuple[Profile, ...],
    switches: Switches,
    by: str,
    reason: str,
    now: datetime,
) -> RulebookEdition:
    """The next edition, in the caller's transaction."""
    last = rows.latest_edition(session, organisation_id)
    row = RulebookEdition(
        id=new_id(),
        organisation_id=organisation_id,
        number=(last.number if last else 0) + 1,
        profiles=[profile_to_data(profile) for profile in profiles],
        switches=switch_data.to_data(switches),
        shipped_sha256=shipped_digest(),
        made_by=by,
        made_at=now,
        reason=reason,
    )
    session.add(row)
    session.flush()
    return row


def with_shipped(have: Rulebook, new: Rulebook) -> tuple[Profile, ...]:
    """The importer's copies, and every shipped profile of which there is no copy for everybody."""
    copies = tuple(profile for profile in have.profiles if profile.parent_id is not None)
    replaced = {profile.parent_id for profile in copies if profile.agent_id is None}
    return (*(profile for profile in new.profiles if profile.id not in replaced), *copies)


# Editions are immutable, so what was read of one once is right for ever; a handful of them is in use at a time.
_READ: dict[str, Edition] = {}
_MOST_READ = 64


def _edition(row: RulebookEdition) -> Edition:
    found = _READ.get(row.id)
    if found is None:
        found = Edition(row.id, row.number, _rulebook(row.profiles), switch_data.from_data(row.switches))
        if len(_READ) >= _MOST_READ:
            _READ.clear()
        _READ[row.id] = found
    return found


def _rulebook(profiles: list[dict[str, Any]]) -> Rulebook:
    return rulebook_from_data(profiles)
