"""An importer's desk for tests of imports: drafts on a real database, and what to look at afterwards."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from webapp.store import schema
from webapp.store.database import Database
from webapp.store.schema_desk import ImportDraft
from webapp.usecases.imports import Drafts, Given

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def given(organisation: str, filename: str = "orders.xlsx", account: str = "chi-1688") -> Given:
    return Given(organisation, "chi", filename, account, "self")


def upload(drafts: Drafts, organisation: str, content: bytes, filename: str = "orders.xlsx") -> ImportDraft:
    draft_id = drafts.upload(given(organisation, filename), io.BytesIO(content))
    return drafts.draft(organisation, draft_id)


def confirmed(
    drafts: Drafts, organisation: str, content: bytes, filename: str = "orders.xlsx"
) -> ImportDraft:
    draft = upload(drafts, organisation, content, filename)
    drafts.confirm(organisation, draft.id)
    return drafts.draft(organisation, draft.id)


def counts(database: Database) -> dict[str, int]:
    tables = (schema.Order, schema.OrderLine, schema.Waybill, schema.OrderWaybill, schema.Parcel,
              schema.ParcelOrder, schema.PlatformAccount, schema.Supplier)  # fmt: skip
    with database.read() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in tables
        }


def files(home: Path) -> list[str]:
    folder = home / "spool" / "imports"
    return [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
