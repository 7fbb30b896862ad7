"""The pages of claims over HTTP: each step a person takes, refused in words, and for strangers not there."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from tests.support.counting_rows import new_rows, rows_by_table
from tests.support.instance import Instance, make_instance
from webapp.domain.permissions import Role
from webapp.store.schema import Worker
from webapp.store.schema_claims import Handover
from webapp.usecases import claim_views
from webapp.usecases.demo import FILMED_ORDER

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return make_instance(tmp_path, NOW)


def picture(shade: int) -> tuple[io.BytesIO, str]:
    body = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 10, 200)).save(body, "JPEG")
    return io.BytesIO(body.getvalue()), f"{shade}.jpg"


class Desk:
    """A person at a desk who follows links and sends forms."""

    def __init__(self, instance: Instance, *roles: Role, language: str = "en") -> None:
        self.client: FlaskClient = instance.client(*roles, language=language)
        self.token = instance.csrf(self.client)

    def post(self, address: str, /, **form: object) -> tuple[int, str, str]:
        answer = self.client.post(
            address, data={"csrf_token": self.token, **form}, content_type="multipart/form-data"
        )
        return answer.status_code, answer.headers.get("Location", ""), answer.text

    def confirm(self) -> str:
        """The address of the form that the first finding leads to."""
        page = self.client.get(f"/orders/{FILMED_ORDER}/diagnosis").text
        found = re.search(r'name="key" value="([^"]+)"', page)
        assert found is not None
        status, where, _ = self.post(
            f"/orders/{FILMED_ORDER}/diagnosis", key=found[1], channel="platform_1688"
        )
        assert status == 302
        return where

    def open(self) -> int:
        status, where, text = self.post(
            self.confirm(),
            channel="platform_1688",
            reason="short",
            ordered="12",
            counted="11",
            amount="18.50",
            path="refund_without_return",
            remedy="partial_refund",
            remedy_value="18.50",
            description="白色少1件，开箱视频为证，申请退款。",
        )
        assert status == 302, text
        return int(where.rsplit("/", 1)[1])


@pytest.mark.parametrize("language", ["en", "zh_CN", "vi"])
def test_from_the_diagnosis_to_the_money(instance: Instance, language: str) -> None:
    desk = Desk(instance, Role.OWNER, language=language)
    number = desk.open()
    for shade, kind in enumerate(("order_screenshot", "listing", "order_status"), start=1):
        assert desk.post("/papers/files", kind=kind, orders=FILMED_ORDER, files=picture(shade))[0] == 302
    assert desk.post(f"/claims/{number}/exhibits", step="refresh")[0] == 302
    status, _, text = desk.post(
        f"/claims/{number}/submit",
        recipient="1688",
        description="白色少1件，开箱视频为证。",
        proof=picture(9),
    )
    assert status == 302, text
    for kind, form in (
        ("approved", {"amount": "18.50"}),
        ("money_received", {"amount": "18.50", "method": "Alipay"}),
        ("closed", {}),
    ):
        status, _, text = desk.post(f"/claims/{number}/events", kind=kind, proof=picture(20), **form)
        assert status == 302, text
    organisation = instance.organisations["Chi"]
    view = claim_views.view(instance.services.database, organisation_id=organisation, number=number)
    assert (view.claim.state, view.balance.received) == ("closed", 1850)
    assert desk.client.get("/claims?state=closed").text.count(f"/claims/{number}") == 1


def test_what_is_missing_is_said_and_nothing_is_sent(instance: Instance) -> None:
    desk = Desk(instance, Role.CLERK)
    number = desk.open()
    page = desk.client.get(f"/claims/{number}").text
    assert "EV-19" in page and "Do not press" in page
    status, _, text = desk.post(f"/claims/{number}/submit", recipient="1688", description="x")
    assert status == 409 and "Nothing was sent" in text
    status, _, text = desk.post(f"/claims/{number}/events", kind="money_received", amount="1")
    assert status == 409
    status, _, text = desk.post(f"/claims/{number}/events", kind="withdrawn", at="2026-13-45")
    assert status == 400 and 'role="alert"' in text


def test_a_return_is_chosen_with_its_cost_beside_what_is_asked(instance: Instance) -> None:
    desk = Desk(instance, Role.OWNER)
    where = desk.confirm()
    form = {
        "channel": "platform_1688",
        "reason": "short",
        "ordered": "12",
        "counted": "11",
        "amount": "18.50",
        "path": "return_refund",
    }
    status, _, text = desk.post(where, **form)
    assert status == 409 and "Goods would go back" in text and 'value="18.50"' in text
    status, shown, _ = desk.post(where, **form, return_domestic="20")
    assert status == 302
    page = desk.client.get(shown).text
    assert "¥20.00" in page and "not less than what you ask for" in page
    assert (
        'name="return_domestic" inputmode="decimal" maxlength="20" value="20.00"'
        in desk.client.get(f"{shown}/change").text
    )


def test_accounts_show_their_standing_and_how_claims_fared(instance: Instance) -> None:
    owner = Desk(instance, Role.OWNER)
    page = owner.client.get("/accounts").text
    found = re.search(r"/accounts/([0-9a-f]{32})/standing", page)
    assert found is not None and 'id="losses"' not in page
    assert owner.post(f"/accounts/{found[1]}/owner", owner="agent")[0] == 302
    owner.open()
    assert owner.post(f"/accounts/{found[1]}/standing", standing="level 3, <no warnings>")[0] == 302
    page = owner.client.get("/accounts").text
    assert 'id="losses"' in page and "level 3, &lt;no warnings&gt;" in page


def test_dead_channels_say_why_and_since_when(instance: Instance) -> None:
    desk = Desk(instance, Role.OWNER)
    page = desk.client.get(f"/orders/{FILMED_ORDER}/handover").text
    parcel = re.search(r'name="parcel" value="([0-9a-f]{32})"', page)
    assert parcel is not None
    where = f"/orders/{FILMED_ORDER}/handover"
    assert desk.post(where, parcel=parcel[1], carrier="Bắc Nam", seals="S1", at="2026-11-22 12:00")[0] == 302
    page = desk.client.get(f"/orders/{FILMED_ORDER}/diagnosis").text
    assert "Handed to international freight" in page and "since 2026-11-22 12:00" in page
    assert 'value="platform_1688"' not in page
    status, _, text = desk.post(where, parcel=parcel[1], carrier="Bắc Nam")
    assert status == 409 and "already on record" in text


def test_a_hand_over_from_a_phone_stands_at_the_desk_with_who_stated_it(instance: Instance) -> None:
    desk = Desk(instance, Role.OWNER)
    where = f"/orders/{FILMED_ORDER}/handover"
    parcel = re.search(r'name="parcel" value="([0-9a-f]{32})"', desk.client.get(where).text)
    assert parcel is not None
    assert desk.post(where, parcel=parcel[1], carrier="Bắc Nam", proof=picture(33))[0] == 302
    page = desk.client.get(where).text
    assert "Recorded on a phone" not in page and re.search(r'href="/documents/[0-9a-f]{32}"', page)
    with instance.services.database.write() as session:
        worker = session.scalars(select(Worker)).first()
        handover = session.scalars(select(Handover)).one()
        assert worker is not None
        handover.record_id, handover.stated_by = "ab" * 16, worker.id
        name = worker.name
    page = desk.client.get(where).text
    assert "Recorded on a phone" in page and name in page


def test_a_refused_step_leaves_no_paper_behind(instance: Instance) -> None:
    desk = Desk(instance, Role.OWNER)
    number = desk.open()
    page = desk.client.get(f"/orders/{FILMED_ORDER}/handover").text
    parcel = re.search(r'name="parcel" value="([0-9a-f]{32})"', page)
    assert parcel is not None
    freight = f"/orders/{FILMED_ORDER}"
    before = rows_by_table(instance.services.database)
    for where, form in (
        (f"/claims/{number}/submit", {"recipient": "1688", "description": "x"}),
        (f"/claims/{number}/submit", {"recipient": "1688", "description": "x", "at": "yesterday"}),
        (f"/claims/{number}/submissions/1/proof", {}),
        (f"/claims/{number}/events", {"kind": "money_received", "amount": "1"}),
        (f"/claims/{number}/events", {"kind": "expired", "rule": "R-04"}),
        (f"/claims/{number}/events", {"kind": "withdrawn", "at": "2026-13-45"}),
        ("/claims/99/events", {"kind": "withdrawn"}),
        (f"{freight}/handover", {"carrier": "Bắc Nam"}),
        (f"{freight}/handover", {"parcel": parcel[1], "carrier": " "}),
        (f"{freight}/handover", {"parcel": parcel[1], "carrier": "x", "at": "2030-01-01 10:00"}),
        (
            f"{freight}/freight-contract",
            {"carrier": "x", "notice_hours": "two", "notice_from": "vn_received"},
        ),
        (f"{freight}/freight-contract", {"carrier": "", "notice_from": "vn_received"}),
    ):
        status, _, text = desk.post(where, proof=picture(30), **form)
        assert status in (400, 404, 409), (where, form, status, text)
        assert new_rows(instance.services.database, before) == {}, (where, form)


def test_a_person_says_that_a_claim_expired_and_by_which_window(instance: Instance) -> None:
    desk = Desk(instance, Role.OWNER)
    number = desk.open()
    assert "1688 closes the order (15 days)" in desk.client.get(f"/claims/{number}").text
    assert desk.post(f"/claims/{number}/events", kind="expired", rule="R-03", proof=picture(31))[0] == 302
    organisation = instance.organisations["Chi"]
    view = claim_views.view(instance.services.database, organisation_id=organisation, number=number)
    assert (view.claim.state, view.events[-1].said) == ("expired", {"rule": "R-03"})
    assert [event.kind for event in view.events[:2]] == ["opened", "evidence_missing"], "the history is kept"


def test_a_stranger_finds_nothing_and_an_agent_may_only_state(instance: Instance) -> None:
    owner = Desk(instance, Role.OWNER)
    number = owner.open()
    stranger = Desk(instance, Role.OWNER)
    stranger.client = instance.client(Role.OWNER, organisation="Dung")
    assert stranger.client.get(f"/claims/{number}").status_code == 404
    assert stranger.client.get(f"/orders/{FILMED_ORDER}/diagnosis").status_code == 404
    agent = Desk(instance, Role.AGENT)
    assert agent.client.get(f"/claims/{number}").status_code == 200
    assert agent.post(f"/claims/{number}/submit", recipient="x", description="y")[0] == 403
