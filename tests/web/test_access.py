"""Every route × every role: what is not declared is denied; another organisation's things do not exist."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.instance import Instance, make_instance
from webapp.domain.permissions import GRANTED, Permission, Role, may
from webapp.store.schema import Device, SiteOrganisation, User, Worker
from webapp.store.schema_dock import Notice, Photo, Unidentified
from webapp.store.schema_doors import Invitation, Passkey
from webapp.usecases import invitations
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
        elif may({role}, permission):
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


def real_ids(instance: Instance) -> dict[str, str]:
    """Route argument → the id of a thing of Chi's that exists; made-up ones where the demo has none."""
    chi = instance.organisations["Chi"]
    owner = instance.person(Role.OWNER)
    invitations.invite(
        instance.services.database, actor=owner, name="An", roles=["clerk"], now=instance.clock.now()
    )
    with instance.services.database.write() as session:
        clerk = session.query(User).filter_by(organisation_id=chi, name="Chi").first()
        assert clerk is not None
        session.merge(
            Passkey(
                credential_id="chis-passkey",
                user_id=owner.id,
                public_key=b"",
                sign_count=0,
                name="",
                made_at=instance.clock.now(),
            )
        )
        link = session.query(Invitation).filter_by(organisation_id=chi).first()
        served = select(SiteOrganisation.site_id).where(SiteOrganisation.organisation_id == chi)
        worker = session.query(Worker).filter(Worker.site_id.in_(served)).first()
        device = session.query(Device).filter(Device.site_id.in_(served)).first()
        assert link is not None and worker is not None and device is not None
        return {
            "order_no": instance.names["order_no"],
            "take_id": instance.names["take"],
            "line_id": instance.names["line"],
            "parcel_id": instance.names["parcel"],
            "worker_id": worker.id,
            "device_id": device.id,
            "user_id": owner.id,
            "site_id": worker.site_id,
            "organisation_id": chi,
            "credential_id": "chis-passkey",
            "hold_id": session.query(Unidentified).one().id,
            "photo_id": session.query(Photo).first().id,
            "notice_id": session.query(Notice).filter_by(organisation_id=chi).first().id,
            "team.revoke:handle": link.token_hash[:16],
            "account.end_session:handle": owner.session,
        }


# Arguments that name nothing of an organisation's.
NOBODYS = {"paper"}


def test_no_route_does_anything_to_another_organisations_things(instance: Instance) -> None:
    """Dung, who owns the second organisation, sends each desk form and opens each desk page with Chi's true ids."""
    ids = real_ids(instance)
    other = instance.client(Role.OWNER, organisation="Dung")
    token = instance.csrf(other)
    let_in, asked = [], 0
    for rule in instance.app.url_map.iter_rules():
        with instance.app.app_context():
            permission = declared_permission(rule.endpoint)
        if rule.rule.startswith("/api/") or permission is Permission.PUBLIC or not rule.arguments - NOBODYS:
            continue
        path = rule.rule
        for name in rule.arguments:
            real = ids.get(f"{rule.endpoint}:{name}", ids.get(name, "0" * 32))
            path = path.replace(f"<{name}>", real)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            role = "cn_qc" if rule.endpoint.startswith("people.") else "clerk"
            typed = {"csrf_token": token, "role": role, "pin": "8642", "owner": "self", "stock": "100x150"}
            status = other.open(path, method=method, data=typed if method == "POST" else None).status_code
            asked += 1
            if status not in (403, 404):
                let_in.append((method, path, status))
    assert let_in == []
    assert asked > 30


def test_the_second_owner_changed_nothing(instance: Instance) -> None:
    """What the test above tried, as the first organisation still has it."""
    ids = real_ids(instance)
    with instance.services.database.read() as session:
        worker = session.get_one(Worker, ids["worker_id"])
        owner = session.get_one(User, ids["user_id"])
        assert (worker.left_at, owner.left_at, owner.roles) == (None, None, {Role.OWNER})
        assert session.get_one(Device, ids["device_id"]).revoked_at is None
        assert session.get_one(Passkey, "chis-passkey").ended_at is None
        assert all(row.revoked_at is None for row in session.query(Invitation))


def test_a_person_of_several_roles_may_what_each_may(instance: Instance) -> None:
    client = instance.client(Role.AGENT, Role.ADMINISTRATOR)
    assert [client.get(path).status_code for path in ("/", "/sites", "/team")] == [200, 200, 403]


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
