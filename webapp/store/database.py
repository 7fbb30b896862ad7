"""The engine and its transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry


class Database:
    """A database by URL. ``write()`` is one use-case, one transaction; ``read()`` never writes."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine = _engine(url)

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None on another database."""
        if self.url.get_backend_name() != "sqlite" or not self.url.database:
            return None
        return Path(self.url.database)

    @contextmanager
    def write(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def write_unflushed(self) -> Iterator[Session]:
        """As ``write``, for what may be forgotten with the power (never with the process): SQLite waits for no disk."""
        engine = self.engine.execution_options(dockproof_unflushed=True)
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        engine = self.engine.execution_options(dockproof_read=True)
        with Session(engine, expire_on_commit=False, autoflush=False) as session:
            yield session  # closing ends the transaction; an explicit rollback would expire what was read


def _engine(url: str) -> Engine:
    # hide_parameters: an error message must not carry a statement's values into a log
    engine = create_engine(url, pool_size=20, max_overflow=300, pool_timeout=30, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    return engine


# Without recursive_triggers an INSERT OR REPLACE would delete a guarded row and fire no delete trigger.
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=15000",
    "recursive_triggers=ON",
)


def _sqlite_connect(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    # The driver's own transaction handling would BEGIN late and deferred; we begin ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    # A deferred read-then-write fails with "database is locked" under load: a writer takes its lock at once.
    options = connection.get_execution_options()
    if options.get("dockproof_read"):
        connection.exec_driver_sql("BEGIN")
        return
    # Said before each: a connection of the pool may have served the other kind.
    connection.exec_driver_sql(
        f"PRAGMA synchronous={'NORMAL' if options.get('dockproof_unflushed') else 'FULL'}"
    )
    connection.exec_driver_sql("BEGIN IMMEDIATE")
