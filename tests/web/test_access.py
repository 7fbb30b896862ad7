"""Every route × every role: what is not declared is denied; another organisation's things do not exist."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from tests.support.instance import Instance, make_instance
from webapp.domain.permissions import GRANTED, Permission, Role, may
from webapp.web.access import declared_permission

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DESK = (Role.OWNER, Role.CLERK, Role.AGENT, Role.VIEWER, Role.ADMINISTRATOR)


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return make_instance(tmp_path_factory.mktemp("access"), NOW)


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """(endpoint, method, path with a made-up value for each argument)."""
    found = []
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for name in rule.arguments:
            for converter in ("", "path:"):
                path = path.replace(f"<{converter}{name}>", "0" * 32)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found.append((rule.endpoint, method, path))
    return found


def test_every_route_declares_its_permission(instance: Instance) -> None:
    with instance.app.app_context():
        undeclared = [
            endpoint for endpoint, _, _ in routes(instance.app) if not declared_permission(endpoint)
        ]
    assert undeclared == []


def test_a_route_without_a_declared_permission_is_denied(tmp_path: Path) -> None:
    instance = make_instance(tmp_path, NOW)
    instance.app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = instance.app.test_client().get("/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text


@pytest.mark.parametrize("role", [*DESK, Role.ANONYMOUS])
def test_every_route_denies_who_may_not(instance: Instance, role: Role) -> None:
    client = instance.client(role)
    for endpoint, method, path in routes(instance.app):
        with instance.app.app_context():
            permission = declared_permission(endpoint)
        assert permission is not None
        status = client.open(path, method=method).status_code
        if path.startswith("/api/"):
            # A cookie opens nothing there, whoever holds it.
            expected_denied = permission is not Permission.PUBLIC
            assert (status == 401) is expected_denied, (role, method, path, status)
        elif may(role, permission):
            assert status not in (401, 403), (role, method, path, status)
        elif role is Role.ANONYMOUS:
            assert status in (302, 400), (role, method, path, status)
        else:
            assert status in (400, 403), (role, method, path, status)


def test_a_denied_role_is_told_so_with_a_valid_form(instance: Instance) -> None:
    """The 400 above is the missing CSRF token; with one, the answer is the permission's."""
    client = instance.client(Role.VIEWER)
    token = instance.csrf(client)
    answer = client.post("/phones/codes", data={"csrf_token": token})
    assert answer.status_code == 403


def test_every_permission_names_who_holds_it() -> None:
    assert set(GRANTED) == set(Permission)
    assert all(roles for roles in GRANTED.values())
    assert Role.ANONYMOUS not in set().union(
        *(roles for permission, roles in GRANTED.items() if permission is not Permission.PUBLIC)
    )


@pytest.mark.parametrize(
    "path",
    [
        "/orders/{order_no}",
        "/takes/{take}",
        "/takes/{take}/film",
        "/takes/{take}/original",
        "/takes/{take}/poster",
        "/lines/{line}/picture",
    ],
)
def test_another_organisations_things_do_not_exist(instance: Instance, path: str) -> None:
    """An owner of the second organisation asks for the first one's order, film and picture by their true ids."""
    own, other = instance.client(Role.OWNER), instance.client(Role.OWNER, organisation="Dung")
    real = path.format(**instance.names)
    assert own.get(real).status_code == 200
    assert other.get(real).status_code == 404


def test_another_organisations_order_is_not_on_the_board_nor_found(instance: Instance) -> None:
    own, other = instance.client(Role.OWNER), instance.client(Role.OWNER, organisation="Dung")
    link = f'href="/orders/{instance.names["order_no"]}"'
    assert link in own.get("/").text
    for path in ("/", f"/?q={instance.names['order_no']}", f"/?q={instance.names['waybill']}"):
        answer = other.get(path)
        assert (answer.status_code, link in answer.text) == (200, False)


def test_forms_without_the_csrf_token_change_nothing(instance: Instance) -> None:
    client = instance.client(Role.OWNER)
    before = client.get("/phones").text
    answer = client.post("/phones/workers", data={"name": "Eve", "pin": "1357", "role": "cn_receiver"})
    assert answer.status_code == 400
    assert "Eve" not in before + client.get("/phones").text
