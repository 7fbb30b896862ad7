"""Receive, weigh and count are a receiver's or an inspector's: anybody else's record is kept, and says so."""

from __future__ import annotations

import pytest

from tests.support.dock import Dock, codes, whole_take
from tests.support.phone import Phone
from webapp.domain.permissions import WORKER_ROLES, Permission, Role, may
from webapp.store.schema import Take, Worker


@pytest.mark.parametrize(
    "roles",
    [*({role} for role in sorted(WORKER_ROLES)), {Role.CN_LOADER, Role.CN_QC}],
    ids=lambda r: "+".join(sorted(r)),
)
def test_whose_task_it_is_not_leaves_a_finding(dock: Dock, roles: set[Role]) -> None:
    with dock.database.write() as session:
        session.get_one(Worker, dock.world.an).roles = frozenset(roles)
    phone = Phone(dock.world)
    arrival = phone.arrival("arrival", dock.world.start)
    opened, closed = whole_take(phone, dock.world.start)
    receipts = dock.send(phone.device, arrival, opened, closed)
    expected = [] if may(roles, Permission.GOODS_COUNT) else ["worker_may_not"]
    assert [codes(receipt) for receipt in receipts] == [expected] * 3
    with dock.database.read() as session:
        assert session.query(Take).one().closed == "complete"
