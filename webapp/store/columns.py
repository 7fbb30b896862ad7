"""Column types and the declarative base that every table shares."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar

from sqlalchemy import BigInteger, ColumnElement, Dialect, MetaData, String, type_coerce
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

from webapp.domain.permissions import Role

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware UTC ``datetime``, stored as whole milliseconds since the epoch.

    SQLite has no zone-aware type and compares text; integers sort and compare alike everywhere.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive instant must not reach the database")
        return (value - _EPOCH) // timedelta(milliseconds=1)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(milliseconds=int(value))


class RoleSet(TypeDecorator[frozenset[Role]]):
    """The roles of a person, stored comma-joined in the order of ``Role``, each once."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Collection[Role] | None, dialect: Dialect) -> str:
        if not value or isinstance(value, str):
            raise ValueError("a person holds a set of roles, and at least one")
        return ",".join(role for role in Role if role in value)

    def process_result_value(self, value: Any, dialect: Dialect) -> frozenset[Role]:
        # A role that this program does not know grants nothing.
        known = {role.value: role for role in Role}
        return frozenset(known[name] for name in (value or "").split(",") if name in known)


def holds(column: Any, role: Role) -> ColumnElement[bool]:
    """SQL: the ``RoleSet`` column contains this role."""
    joined = "," + type_coerce(column, String) + ","
    return joined.contains(f",{role},", autoescape=True)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: Instant, str: String}


Id = Annotated[str, mapped_column(String(32), primary_key=True)]
"""32 lower-case hex characters, opaque."""

Big = Annotated[int, mapped_column(BigInteger)]
"""Fen, milli-units, bytes and milliseconds outgrow 32 bits."""

Sha256 = Annotated[str, mapped_column(String(64))]
"""Hex of a SHA-256, without the ``sha256:`` name it carries in records."""
