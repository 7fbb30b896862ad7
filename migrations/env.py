"""Alembic runs inside `dockproof`, which passes its connection; there is no ini file to drift from the settings."""

from __future__ import annotations

from alembic import context

from webapp.store import schema, schema_desk, schema_dock, schema_doors  # noqa: F401  (fills the metadata)
from webapp.store.columns import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
