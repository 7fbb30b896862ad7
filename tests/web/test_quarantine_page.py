"""The desk's page of what blocked phones sent: a whole phone released by one button, by an owner only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.support.clock import FixedClock
from tests.support.crawler import Form, read
from tests.support.instance import Instance
from tests.support.rig import Rig, rigged
from tests.support.world import START
from webapp.adapters.catalogues import catalogue
from webapp.domain.permissions import Role
from webapp.store.schema import AuditEvent, Device, Record

PAGE = "/phones/quarantine"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with rigged(tmp_path) as rig:
        yield rig


def desk_of(rig: Rig) -> Instance:
    """The same application as the phones speak to, for people of either importer."""
    importers = {"Chi": rig.world.importer, "Dung": rig.world.other_importer}
    return Instance(rig.app, rig.services, FixedClock(START), importers)


def send_blocked(rig: Rig, *names: str) -> str:
    """Arrivals from a phone after it was blocked; the way that its button goes."""
    phone = rig.phone()
    with rig.services.database.write() as session:
        session.get_one(Device, phone.device).revoked_at = START
    phone.send([phone.arrival(name, START) for name in names])
    return f"/phones/{phone.device}/quarantine/release"


def buttons(answer: TestResponse, action: str) -> list[Form]:
    return [form for form in read(PAGE, answer).forms if form.action == action]


def test_one_button_with_the_number_releases_the_whole_phone(rig: Rig) -> None:
    action = send_blocked(rig, "first", "second", "third")
    desk = desk_of(rig)
    owner = desk.client(Role.OWNER)
    before = owner.get(PAGE)
    assert len(buttons(before, action)) == 1
    assert catalogue("en")["quarantine.release_phone"].replace("{n}", "3") in before.text
    form = {"csrf_token": desk.csrf(owner)}
    for _ in range(2):
        answer = owner.post(action, data=form)
        assert (answer.status_code, answer.location) == (302, PAGE)
        assert rig.count(Record) == 3
    after = owner.get(PAGE)
    assert buttons(after, action) == [] and "quarantine/" not in "".join(
        f.action for f in read(PAGE, after).forms
    )
    with rig.services.database.read() as session:
        released = session.query(AuditEvent).filter_by(action="quarantine.released").all()
    assert len({event.details["record"] for event in released}) == len(released) == 3


def test_a_single_record_has_no_second_button(rig: Rig) -> None:
    action = send_blocked(rig, "first")
    assert buttons(desk_of(rig).client(Role.OWNER).get(PAGE), action) == []


def test_who_may_look_may_not_release(rig: Rig) -> None:
    action = send_blocked(rig, "first", "second")
    desk = desk_of(rig)
    administrator = desk.client(Role.ADMINISTRATOR)
    assert buttons(administrator.get(PAGE), action) == []
    assert administrator.post(action, data={"csrf_token": desk.csrf(administrator)}).status_code == 403
    neighbour = desk.client(Role.OWNER, organisation="Dung")
    assert neighbour.post(action, data={"csrf_token": desk.csrf(neighbour)}).status_code == 404
    owner = desk.client(Role.OWNER)
    assert owner.post(action).status_code == 400, "no token of a form"
    assert rig.count(Record) == 0
