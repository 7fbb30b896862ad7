"""The "who may" matrix of domain.md section 11, as sentences."""

from __future__ import annotations

import pytest

from webapp.domain.permissions import (
    DESK_ROLES,
    GRANTED,
    INVITABLE_ROLES,
    WORKER_ROLES,
    Permission,
    Role,
    may,
    may_manage_person,
    may_run_site,
    ordered,
)

OWNER, CLERK, AGENT, VIEWER, ADMIN = Role.OWNER, Role.CLERK, Role.AGENT, Role.VIEWER, Role.ADMINISTRATOR


def test_every_person_works_at_a_desk_or_on_the_floor() -> None:
    assert DESK_ROLES.isdisjoint(WORKER_ROLES)
    assert set(Role) - {Role.DEVICE, Role.ANONYMOUS} == DESK_ROLES | WORKER_ROLES


def test_nobody_may_delete_evidence() -> None:
    """Not even a permission for it exists; the database refuses too (tests/migrations/test_triggers.py)."""
    verbs = ("delete", "remove", "erase", "purge", "destroy")
    assert [one for one in Permission if any(verb in one.value for verb in verbs)] == []


@pytest.mark.parametrize(
    "permission, who",
    [
        (Permission.GOODS_COUNT, {Role.CN_RECEIVER, Role.CN_QC, Role.VN_RECEIVER, Role.VN_QC}),
        (Permission.GOODS_DECIDE, {Role.OWNER, Role.CLERK, Role.CN_QC, Role.VN_QC}),
        (
            Permission.GOODS_HAND_OVER,
            {Role.OWNER, Role.CLERK, Role.CN_RECEIVER, Role.CN_QC, Role.CN_LOADER},
        ),
        (Permission.ORDERS_READ, {OWNER, CLERK, AGENT, VIEWER}),
        (Permission.EVIDENCE_VIEW, {OWNER, CLERK, AGENT, VIEWER}),
        (Permission.ORDERS_EDIT, {OWNER, CLERK}),
        (Permission.LABELS_PRINT, {OWNER, CLERK}),
        (Permission.TEAM_MANAGE, {OWNER}),
        (Permission.SITES_MANAGE, {ADMIN}),
        (Permission.RECORDS_SEND, {Role.DEVICE}),
    ],
)
def test_who_may(permission: Permission, who: set[Role]) -> None:
    assert {role for role in Role if may({role}, permission)} == who


def test_several_roles_may_what_any_of_them_may_and_none_may_nothing() -> None:
    assert may({AGENT, ADMIN}, Permission.ORDERS_READ)
    assert may({AGENT, ADMIN}, Permission.SITES_MANAGE)
    assert not may({AGENT, ADMIN}, Permission.ORDERS_EDIT)
    assert not any(may(set(), permission) for permission in Permission)


def test_a_worker_opens_nothing_at_the_desk() -> None:
    held = {permission for permission in GRANTED if may(WORKER_ROLES, permission)}
    # They are about records from the table; none is asked by a page.
    goods = {Permission.GOODS_COUNT, Permission.GOODS_DECIDE, Permission.GOODS_HAND_OVER}
    assert held == {Permission.PUBLIC} | goods


def test_roles_are_listed_in_one_order() -> None:
    assert ordered({VIEWER, OWNER, AGENT}) == [OWNER, AGENT, VIEWER]


@pytest.mark.parametrize(
    "roles, served, may_run",
    [
        ({OWNER}, {"chi"}, True),
        ({OWNER}, {"chi", "dung"}, False),
        ({OWNER}, {"dung"}, False),
        ({OWNER}, set(), False),
        ({ADMIN}, {"chi", "dung"}, True),
        ({CLERK}, {"chi"}, False),
    ],
)
def test_a_shared_site_is_run_by_its_administrator(roles: set[Role], served: set[str], may_run: bool) -> None:
    assert may_run_site(roles, "chi", served) is may_run


@pytest.mark.parametrize(
    "roles, person, manages",
    [
        ({OWNER}, {CLERK}, True),
        ({OWNER}, {OWNER, AGENT}, True),
        ({OWNER}, {OWNER, ADMIN}, False),
        ({OWNER, ADMIN}, {OWNER, ADMIN}, True),
        ({ADMIN}, {CLERK}, False),
        ({CLERK}, {VIEWER}, False),
    ],
)
def test_an_owner_cannot_become_an_administrator_through_one(
    roles: set[Role], person: set[Role], manages: bool
) -> None:
    assert may_manage_person(roles, person) is manages
    assert ADMIN not in INVITABLE_ROLES
