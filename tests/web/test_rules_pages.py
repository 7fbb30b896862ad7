"""The rulebook's page and the clocks of an order through the browser's own requests."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.desk_setup import picture
from tests.support.instance import Instance, make_instance
from webapp.domain.permissions import Role
from webapp.usecases.demo_orders import FILMED_ORDER

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return make_instance(tmp_path, NOW)


def post(instance: Instance, client: FlaskClient, path: str, **fields: object) -> TestResponse:
    return client.post(path, data={"csrf_token": instance.csrf(client), **fields})


def row_of(client: FlaskClient, rule: str, order_no: str = FILMED_ORDER) -> str:
    html = client.get(f"/orders/{order_no}").text
    start = html.index(f'<span class="rule-id">{rule}</span>')
    return html[start : html.index("</tr>", start)]


def fields_of(html: str) -> dict[str, str]:
    """What the confirming form carries."""
    form = html[html.index('action="/rules"') :]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


@pytest.mark.parametrize("language", ["en", "zh_CN", "vi"])
def test_everybody_at_the_desk_reads_every_rule_with_its_source(instance: Instance, language: str) -> None:
    for role in (Role.OWNER, Role.CLERK, Role.AGENT, Role.VIEWER):
        page = instance.client(role, language=language).get("/rules")
        assert page.status_code == 200
        assert set(re.findall(r'<li id="(R-\d\d)"', page.text)) == {f"R-{n:02}" for n in range(1, 16)}
        assert "The 7-day clock starts when the order status changes" in page.text
        assert page.text.count("chip assumed") >= 3 + 3  # three undated sources, amounts nobody knows
        assert ("/rules/edit" in page.text) is (role is Role.OWNER)


@pytest.mark.parametrize("role", [Role.CLERK, Role.AGENT, Role.VIEWER, Role.ADMINISTRATOR])
def test_only_the_owner_edits(instance: Instance, role: Role) -> None:
    client = instance.client(role)
    assert client.get("/rules/edit").status_code == 403
    for path in ("/rules/preview", "/rules"):
        assert post(instance, client, path, profile="switches", base="0").status_code == 403


def test_an_edit_is_shown_as_a_diff_and_put_in_force_with_a_reason(instance: Instance) -> None:
    owner = instance.client(Role.OWNER)
    form = owner.get("/rules/edit?profile=ordinex-1688-2026-06").text
    assert 'name="R-02.value"' in form and 'value="168"' in form
    values = {"profile": "ordinex-1688-2026-06", "base": "0", "R-02.value": "120", "R-02.safe_value": "5"}
    seen = post(instance, owner, "/rules/preview", **values)
    assert seen.status_code == 200 and "would move" in seen.text and FILMED_ORDER in seen.text
    carried = fields_of(seen.text)
    assert carried["R-02.value"] == "120" and "<del>168 hours</del>" in seen.text
    assert "<del>7 days</del>" in seen.text
    without = post(instance, owner, "/rules", **carried)
    assert without.status_code == 400 and "would move" in without.text
    before = row_of(owner, "R-02")
    done = post(instance, owner, "/rules", **carried, reason="the platform wrote so")
    assert done.status_code == 302
    page = owner.get(done.location).text
    assert "Edition 2 is in force" in page and "the platform wrote so" in page and "your copy" in page
    assert row_of(owner, "R-02") != before
    earlier = owner.get("/rules?edition=1").text
    assert "no longer in force" in earlier and "/rules/edit" not in earlier
    assert owner.get("/rules?edition=9").status_code == 404
    stale = post(instance, owner, "/rules", **carried, reason="again")
    assert stale.status_code == 409 and "meanwhile" in stale.text
    # What would make sense nowhere keeps what was typed.
    wrong = post(instance, owner, "/rules/preview", **{**values, "base": "2", "R-02.value": "x"})
    assert wrong.status_code in (400, 404)


def test_a_period_is_not_shown_as_money(instance: Instance) -> None:
    owner = instance.client(Role.OWNER)
    given = {"amount.mediation_duration": "30", "amount.mediation_duration.source": "a call"}
    values = {"profile": "ordinex-1688-2026-06", "base": "0", **given}
    assert "<strong>30 days</strong>" in post(instance, owner, "/rules/preview", **values).text


def test_other_readings_are_chosen_likewise(instance: Instance) -> None:
    owner = instance.client(Role.OWNER)
    assert 'name="switch.clock_start"' in owner.get("/rules/edit").text
    values = {"profile": "switches", "base": "0", "switch.clock_start": "courier_signed"}
    carried = fields_of(post(instance, owner, "/rules/preview", **values).text)
    assert post(instance, owner, "/rules", **carried, reason="ours").status_code == 302
    shown = owner.get("/rules").text
    assert "the courier&#39;s signature" in shown
    empty = post(instance, owner, "/rules/preview", **{**values, "base": "2"})
    assert empty.status_code == 400 and "Nothing was changed" in empty.text


def test_a_clock_is_met_by_proof_from_its_own_button(instance: Instance) -> None:
    chi = instance.client(Role.CLERK)
    row = row_of(chi, "R-09")
    assert "met=notice_sent" in row and "China" in row and "Vietnam" in row
    page = chi.get(f"/orders/{FILMED_ORDER}?met=notice_sent&about=").text
    assert re.search(r'<option value="notice_sent" selected', page)
    path = f"/orders/{FILMED_ORDER}/milestones"
    said = {"kind": "notice_sent", "at": "2026-11-21 17:00"}
    assert post(instance, chi, path, **said).status_code == 302
    assert "without proof" in row_of(chi, "R-09")
    shown = {**said, "screenshot": (io.BytesIO(picture()), "微信.png")}
    answer = chi.post(
        path, data={"csrf_token": instance.csrf(chi), **shown}, content_type="multipart/form-data"
    )
    assert answer.status_code == 302 and answer.location.endswith("#clocks")
    assert "Done" in row_of(chi, "R-09")
    html = chi.get(f"/orders/{FILMED_ORDER}").text
    assert "Factory notified in writing" in html and "How clocks moved" in html
    event = re.search(rf"/orders/{FILMED_ORDER}/facts/([0-9a-f]{{32}})/retract", html)
    assert event is not None
    back = post(instance, chi, event[0])
    assert back.status_code == 302 and "taken back" in chi.get(f"/orders/{FILMED_ORDER}").text
    stranger = instance.client(Role.OWNER, organisation="Dung")
    assert post(instance, stranger, event[0]).status_code == 404
    assert "status.state_one" not in instance.client(Role.VIEWER).get(f"/orders/{FILMED_ORDER}").text


def test_a_fact_that_lies_ahead_is_refused_on_the_page(instance: Instance) -> None:
    chi = instance.client(Role.CLERK)
    path = f"/orders/{FILMED_ORDER}/milestones"
    refused = post(instance, chi, path, kind="courier_signed", at="2027-01-01 10:00")
    assert refused.status_code == 400 and "cannot lie in the future" in refused.text
