"""Each test has a database and an app of its own, and asks and shows the same: compiled once a process.

Nothing is found again that differs: both caches are keyed by the whole statement and the whole source.
"""

from __future__ import annotations

from types import CodeType
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import Dialect

_DIALECTS: dict[str, Dialect] = {}
"""Statements are kept for one dialect object; another one, be it ever so alike, does not find them."""

_STATEMENTS: dict[Any, Any] = {}


class _Templates(BytecodeCache):
    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._kept[(bucket.key, bucket.checksum)] = bucket.code


def compile_once() -> None:
    """For every engine and every app of this process from now on."""
    event.listen(Engine, "engine_connect", _compiled_before)
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _Templates()}


def _compiled_before(connection: Connection) -> None:
    connection.dialect = _DIALECTS.setdefault(connection.dialect.name, connection.dialect)
    connection.execution_options(compiled_cache=_STATEMENTS)
