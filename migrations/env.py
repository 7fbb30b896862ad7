"""Alembic runs inside `dockproof`, which passes its connection; there is no ini file to drift from the settings."""

from __future__ import annotations

from alembic import context

from webapp.store import (  # noqa: F401  (fills the metadata)
    schema,
    schema_alerts,
    schema_claims,
    schema_desk,
    schema_dock,
    schema_doors,
    schema_papers,
    schema_rules,
    schema_shares,
)
from webapp.store.columns import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
