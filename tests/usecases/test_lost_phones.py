"""A phone that lost what it held: what it announced and never came is named: desk, doctor, the phone itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.clock import FixedClock
from tests.support.instance import Instance
from tests.support.rig import Rig, rigged
from tests.support.world import START, opaque
from tests.usecases.test_people_and_phones import Key
from webapp.domain.chain_gaps import gaps
from webapp.domain.permissions import Role
from webapp.domain.refusals import Refusal
from webapp.store.schema import Device
from webapp.usecases import lost_phones, phones
from webapp.usecases.doctor_log import check_chains

LATER = START + timedelta(hours=2)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with rigged(tmp_path) as rig:
        yield rig


def desk_of(rig: Rig) -> Instance:
    importers = {"Chi": rig.world.importer, "Dung": rig.world.other_importer}
    return Instance(rig.app, rig.services, FixedClock(START), importers)


def worked(rig: Rig) -> None:
    """A film that is here, one that is announced, a photo of the other importer's parcel that is announced; and two
    records (numbers 7 and 8) that nobody ever sent."""
    phone = rig.phone()
    data = b"a film"
    kept = [
        phone.take_open("kept", START),
        phone.take("done", START, opens="kept", slices=(data,), counts=(1, 0)),
    ]
    gone = [
        phone.take_open("gone", START),
        phone.take("over", START, opens="gone", slices=(b"x" * 9,), counts=(1, 0)),
    ]
    theirs = phone.photo("theirs", START, b"pixels", parcel=rig.world.other_parcel, order=None, label=None)
    last = phone.arrival("last", START)
    phone.send([*kept, *gone, theirs, last])
    phone.upload(opaque("kept"), data)
    phone.arrival("lost 1", START), phone.arrival("lost 2", START)


def enrol_again(
    rig: Rig, *, former: lost_phones.Former | None = None, in_place_of: str | None = None
) -> phones.Enrolment:
    code = phones.make_code_for_site(
        rig.services.database, site_id=rig.world.dongguan, now=LATER, in_place_of=in_place_of
    )
    key = Key()
    return phones.enrol(
        rig.services.database,
        code=code,
        device_name="Gate 2",
        public_key=key.public,
        proof=key.proof(code),
        now=LATER,
        former=former,
    )


def chain_notes(rig: Rig) -> dict[str, list[str]]:
    with rig.services.database.read() as session:
        check = check_chains(session)
    assert check.ok, "a phone's loss is no fault of the instance"
    found: dict[str, list[str]] = {}
    for finding in check.findings:
        found.setdefault(finding.code, []).append(finding.where)
    return found


def test_the_phone_remembers_itself_and_every_missing_thing_has_a_name(rig: Rig) -> None:
    worked(rig)
    assert chain_notes(rig) == {}
    loss = enrol_again(rig, former=lost_phones.Former(rig.world.phone, 8)).loss
    assert loss is not None and loss.lost and loss.device.id == rig.world.phone
    assert (loss.last_seq, loss.gaps, loss.records) == (6, ((7, 8),), 2)
    assert {one.id: (one.kind, one.bytes, one.here) for one in loss.unsent} == {
        opaque("gone"): ("take", 9, 0),
        opaque("theirs"): ("photo", 6, 0),
    }
    notes = chain_notes(rig)
    assert notes["chain_ended"] == [f"device {rig.world.phone} seq 7 to 8"]
    assert len(notes["capture_lost"]) == 2


def test_the_desk_says_it_when_the_phone_remembers_nothing(rig: Rig) -> None:
    worked(rig)
    loss = enrol_again(rig, in_place_of=rig.world.phone).loss
    assert loss is not None
    assert (loss.gaps, len(loss.unsent)) == ((), 2)
    assert "chain_ended" not in chain_notes(rig)


def test_a_phone_of_another_site_is_no_former_one(rig: Rig) -> None:
    assert enrol_again(rig, former=lost_phones.Former(rig.world.hanoi_phone, 8)).loss is None
    assert enrol_again(rig, former=lost_phones.Former("0" * 32, 8)).loss is None
    with pytest.raises(Refusal, match="phone_unknown"):
        enrol_again(rig, in_place_of=rig.world.hanoi_phone)


def test_an_impossible_number_is_not_believed(rig: Rig) -> None:
    worked(rig)
    loss = enrol_again(rig, former=lost_phones.Former(rig.world.phone, lost_phones.MOST_SIGNED + 1)).loss
    assert loss is not None and loss.gaps == ()


def test_what_comes_after_all_is_no_longer_lost(rig: Rig) -> None:
    """A file that was saved before, or a storage that was not cleared after all."""
    worked(rig)
    enrol_again(rig, former=lost_phones.Former(rig.world.phone, 8))
    rig.clock.at = LATER + timedelta(minutes=1)
    phone = rig.phone()
    phone.upload(opaque("gone"), b"x" * 9)
    for _ in range(6):
        phone.arrival("again", START)
    phone.send([phone.arrival("seventh", START), phone.arrival("eighth", START)])
    with rig.services.database.read() as session:
        loss = lost_phones.loss_of(session, session.get_one(Device, rig.world.phone))
    assert (loss.lost, loss.gaps, [one.id for one in loss.unsent]) == (False, (), [opaque("theirs")])
    assert "chain_ended" not in chain_notes(rig)


def test_only_who_runs_the_site_sees_it_and_only_the_own_goods_by_name(rig: Rig) -> None:
    worked(rig)
    desk = desk_of(rig)
    administrator = desk.person(Role.OWNER, Role.ADMINISTRATOR)
    loss = lost_phones.loss_for(rig.services.database, actor=administrator, device_id=rig.world.phone)
    assert ([one.id for one in loss.unsent], loss.elsewhere) == ([opaque("gone")], 1)
    for organisation in ("Chi", "Dung"):
        # The site serves both importers: neither's owner runs it alone.
        with pytest.raises(Refusal, match="phone_unknown"):
            lost_phones.loss_for(
                rig.services.database,
                actor=desk.person(Role.OWNER, organisation=organisation),
                device_id=rig.world.phone,
            )
    page = desk.client(Role.OWNER, Role.ADMINISTRATOR).get(f"/phones/{rig.world.phone}")
    assert opaque("gone") in page.text and opaque("theirs") not in page.text


def test_over_the_api_an_older_phone_says_nothing_and_a_lost_answer_repeats_the_loss(rig: Rig) -> None:
    worked(rig)
    key, code = Key(), phones.make_code_for_site(rig.services.database, site_id=rig.world.dongguan, now=START)
    body = {"code": code, "device_name": "Gate", "public_key": key.public, "proof": key.proof(code)}
    json_type = {"Content-Type": "application/json"}
    former = {"device": rig.world.phone, "last_seq": 8}
    for _ in range(2):
        sent = json.dumps({**body, "former": former}).encode()
        answer = rig("POST", "/api/v1/enrolments", json_type, sent)
        told = answer.json["former"]
        assert (answer.status, told["last_seq"], told["lost"], told["more"]) == (201, 6, [[7, 8]], 0)
        assert sorted(one["kind"] for one in told["captures"]) == ["photo", "take"]
    key, code = Key(), phones.make_code_for_site(rig.services.database, site_id=rig.world.dongguan, now=START)
    body = {"code": code, "device_name": "Gate", "public_key": key.public, "proof": key.proof(code)}
    answer = rig("POST", "/api/v1/enrolments", json_type, json.dumps(body).encode())
    assert (answer.status, answer.json["former"]) == (201, None)
    bad = json.dumps({**body, "former": {"device": "../..", "last_seq": -1}}).encode()
    assert rig("POST", "/api/v1/enrolments", json_type, bad).status == 400


def test_gaps_are_runs_of_numbers() -> None:
    assert gaps([]) == ()
    assert gaps([1, 2, 3]) == ()
    assert gaps([2, 3, 6], signed=8) == ((1, 1), (4, 5), (7, 8))
    assert gaps([], signed=3) == ((1, 3),)
    assert gaps([1, 2, 3], signed=2) == ()
