"""What every print shares: the sheet's terms, new codes, and the promise that a code is kept only once it was drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.adapters.label_sheets import ParcelLabel, parcel_labels_pdf
from webapp.adapters.secrets import random_bytes
from webapp.domain.labels import label_code
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema import Label, Site

MOST_LABELS = 2_000
"""Of one print: some 10 MB of PDF, a few seconds."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """On what, and with which address. ``start``: the first free place of a partly used A4 sheet, from 1."""

    stock: str
    public_url: str | None
    fonts_dir: Path
    start: int = 1


@dataclass(frozen=True, slots=True)
class Planned:
    """A label before it is drawn: what it shows, and its row."""

    face: ParcelLabel
    parcel_id: str | None = None
    carton_no: int | None = None
    carton_of: int | None = None
    line_id: str | None = None
    load_unit_id: str | None = None
    roll_id: str | None = None


def new_code() -> str:
    return label_code(random_bytes(8))


def site_of(session: Session, organisation_id: str) -> Site | None:
    """Where the organisation's goods arrive first; its name and zone stand on labels."""
    return next(iter(people.sites_of(session, organisation_id)), None)


def print_and_keep(
    database: Database,
    planned: Sequence[Planned],
    sheet: Sheet,
    *,
    zone: str | None,
    actor: str,
    now: datetime,
    before: Callable[[Session], None],
) -> tuple[bytes, list[str]]:
    """The PDF and its codes. ``before`` runs in the transaction that keeps the codes: voiding, the audit event.

    Drawing takes seconds and holds no transaction; a code that nobody printed would be a false label, so codes are
    kept after it.
    """
    pdf = parcel_labels_pdf(
        [label.face for label in planned],
        stock=sheet.stock,
        public_url=sheet.public_url,
        created=now if zone is None else now.astimezone(ZoneInfo(zone)),
        fonts_dir=sheet.fonts_dir,
        start=sheet.start,
    )
    with database.write() as session:
        before(session)
        session.flush()
        session.add_all(
            Label(
                code=label.face.code,
                kind=label.face.kind,
                stock=sheet.stock,
                printed_at=now,
                printed_by=actor,
                parcel_id=label.parcel_id,
                carton_no=label.carton_no,
                carton_of=label.carton_of,
                line_id=label.line_id,
                load_unit_id=label.load_unit_id,
                roll_id=label.roll_id,
            )
            for label in planned
        )
    return pdf, [label.face.code for label in planned]
