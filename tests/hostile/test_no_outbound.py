"""The server opens no connection because of anything that it is sent: there is no request to forge."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.crawler import forms, submit
from tests.support.instance import make_instance
from tests.support.rig import rigged
from tests.support.world import START
from webapp.domain.permissions import Role

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
INSIDE = "http://169.254.169.254/latest/meta-data/"


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Everything that was tried; nothing gets through."""
    tried: list[Any] = []

    def refuse(*arguments: Any, **_: Any) -> Any:
        tried.append(arguments[1:] or arguments)
        raise OSError("no network in this test")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    yield tried


def test_the_trap_works(attempts: list[Any]) -> None:
    with pytest.raises(OSError, match="no network"):
        socket.create_connection(("127.0.0.1", 9))
    assert attempts


def test_walking_every_route_opens_no_socket(tmp_path: Path, attempts: list[Any]) -> None:
    instance = make_instance(tmp_path / "desk", NOW)
    (tmp_path / "dock").mkdir()
    owner = instance.client(Role.OWNER)
    names = {"order_no": instance.names["order_no"], "take_id": instance.names["take"]}
    for rule in list(instance.app.url_map.iter_rules()):
        for made_up in (INSIDE.replace("/", "%2f"), "0" * 32):
            path = rule.rule
            for name in rule.arguments:
                for converter in ("", "path:", "int:"):
                    path = path.replace(f"<{converter}{name}>", names.get(name, made_up))
            for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
                owner.open(path, method=method, query_string={"url": INSIDE, "next": INSIDE}).get_data()
    for form in forms(instance.client(Role.OWNER), "/", "/phones", "/orders/import"):
        client = instance.client(Role.OWNER)
        token = instance.csrf(client)
        for row in form.fields:
            if row.name == "csrf_token":
                row.value = token
        submit(client, form, lambda row: INSIDE)
    with rigged(tmp_path / "dock") as rig:
        phone = rig.phone()
        phone.send([phone.arrival("one", START), phone.take_open("open", START)])
        for path in ("snapshot", "pictures/" + "0" * 64):
            phone.request("GET", f"/api/v1/{path}")
    assert attempts == []
