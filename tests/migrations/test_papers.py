"""Documents from before there were folders get theirs; what was stated and sent cannot be changed."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from tests.migrations.test_upgrade import upgrade_to
from webapp.locate import migrations_dir
from webapp.store.database import Database
from webapp.store.migrate import migrate
from webapp.store.schema_desk import Document

APPEND_ONLY = ("order_terms", "supplier_address", "message", "message_withdrawal", "pre_filing_answers")
_DOCUMENT = (
    "INSERT INTO document (id, organisation_id, kind, sha256, mime, bytes, filename, note, filed_by, filed_at) "
    "VALUES ('{id}', 'o', '{kind}', 'h', 'image/png', 1, 'a.png', '', 'x', 1)"
)


def test_old_documents_lie_in_their_folder_with_their_slot(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    upgrade_to(database, "0006")
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO organisation (id, name, customer_code, created_at) VALUES ('o', 'Chi', 'CHI', 1)"
            )
        )
        for document, kind in (("a", "order_status"), ("b", "listing")):
            connection.execute(text(_DOCUMENT.format(id=document, kind=kind)))
    migrate(database, migrations_dir())
    with database.read() as session:
        found = [session.get_one(Document, one) for one in ("a", "b")]
        assert [(one.folder, one.slot) for one in found] == [("order", "EV-21"), ("order", "EV-20")]
        assert [(one.hidden_at, one.hidden_reason, one.dated_on) for one in found] == [(None, "", None)] * 2
    database.engine.dispose()


def test_statements_and_messages_are_guarded(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    migrate(database, migrations_dir())
    with database.engine.connect() as connection:
        names = set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
    assert {f"{table}_no_{verb}" for table in APPEND_ONLY for verb in ("update", "delete")} <= names
    database.engine.dispose()
