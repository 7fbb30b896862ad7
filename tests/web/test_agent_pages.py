"""Agents: whose accounts are whose, the one standing link, and what an agent reads and says through it (S0-08)."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support.cases import ASKED, a_claim
from tests.support.counting_rows import new_rows, rows_by_table
from tests.support.instance import Instance, make_instance
from webapp.domain.permissions import Role
from webapp.jobs.worker import Worker
from webapp.store.schema import AuditEvent, Deadline, Order, PlatformAccount
from webapp.store.schema_claims import Claim, ClaimEvent
from webapp.store.schema_desk import Document
from webapp.usecases import claim_events, clock_events

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """The demo's account is an agent's, the goods are in stock there, and a claim was handed over."""
    made = make_instance(tmp_path, NOW)
    a_claim(made, filer="agent")
    return made


def post(instance: Instance, path: str, **data: object) -> TestResponse:
    client = instance.client(Role.OWNER)
    return client.post(path, data={"csrf_token": instance.csrf(client), **data}, follow_redirects=True)


def agent_link(instance: Instance, language: str = "zh_CN") -> str:
    """Path of the standing link of a new agent that has the demo's account."""
    page = post(instance, "/agents", name="1688 Order", contact="wechat: order", language=language).text
    agent = re.search(r"/agents/([0-9a-f]{32})/link", page)
    account = re.search(r"/agents/accounts/([0-9a-f]{32})", page)
    assert agent is not None and account is not None
    post(instance, f"/agents/accounts/{account.group(1)}", agent=agent.group(1))
    answer = post(instance, f"/agents/{agent.group(1)}/link")
    link = re.search(r'data-link="https?://[^/]+(/a/[^"]+)"', answer.text)
    assert link is not None, answer.text
    return link.group(1)


def say(door: FlaskClient, path: str, **data: object) -> TestResponse:
    return door.post(f"{path}/1/said", data=data, follow_redirects=True)


def proof() -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new("RGB", (320, 640), "white").save(out, "PNG")
    out.seek(0)
    return out, "TQ.png"


def test_the_agents_list_says_what_is_missing(instance: Instance) -> None:
    page = instance.client(Role.OWNER, language="en").get("/agents").text
    assert "No agent yet" in page and "Agent accounts of nobody" in page
    agent_link(instance)
    page = instance.client(Role.OWNER, language="en").get("/agents").text
    assert "1688 Order" in page and "Agent accounts of nobody" not in page


def test_one_link_lists_every_case_and_r_01_burns_first(instance: Instance) -> None:
    path = agent_link(instance)
    with instance.services.database.write() as session:
        order = session.scalars(select(Order).where(Order.order_no == instance.names["order_no"])).one()
        clock_events.add(
            session,
            instance.services.rulebook,
            organisation_id=order.organisation_id,
            order_id=order.id,
            kind="in_stock",
            at=NOW - timedelta(hours=30),
            source="test",
            by="user:chi",
            now=NOW,
        )
        session.flush()
        assert session.scalars(select(Deadline).where(Deadline.rule_id == "R-01")).first() is not None
    page = instance.app.test_client().get(path)
    assert page.status_code == 200 and 'lang="zh-CN"' in page.text
    assert instance.names["order_no"] in page.text and ASKED in page.text
    chip = re.search(r'class="chip [a-z]+">(R-\d\d)<', page.text)
    assert chip is not None and chip.group(1) == "R-01"


def test_a_case_has_what_the_form_asks_for(instance: Instance) -> None:
    path = agent_link(instance, "en")
    post(instance, f"/orders/{instance.names['order_no']}/voucher", text="实收23件，少1件")
    Worker(instance.services).run_all()
    door = instance.app.test_client()
    page = door.get(f"{path}/1").text
    for copied in (instance.names["order_no"], "18.50", "实收23件，少1件"):
        assert f'data-copy="{copied}"' in page
    files = re.findall(r'href="(/a/[^"]+/voucher/\d\.jpg)\?download=1"', page)
    assert len(files) >= 2 and door.get(files[0]).mimetype == "image/jpeg"
    source = re.search(r'<video [^>]*src="([^"]+)"', page)
    assert source is not None
    film = door.get(source.group(1), headers={"Range": "bytes=0-99"})
    assert film.status_code == 206 and film.data[4:8] == b"ftyp"
    assert film.headers["Cache-Control"] == "private, no-cache"
    other = re.sub(r"films/[0-9a-f]{32}", f"films/{'0' * 32}", source.group(1))
    assert door.get(other).status_code == door.get(f"{path}/1/voucher/9.jpg").status_code == 404
    agent = re.search(r"/agents/([0-9a-f]{32})", instance.client(Role.OWNER).get("/agents").text)
    assert agent is not None
    post(instance, f"/agents/{agent.group(1)}/link")
    assert door.get(source.group(1)).status_code == door.get(files[0]).status_code == 410


def test_each_step_is_one_post_with_time_and_proof_until_the_money_is_back(instance: Instance) -> None:
    path, door = agent_link(instance, "en"), instance.app.test_client()
    assert "Recorded: I opened the case" in say(door, path, step="opened").text
    filed = say(door, path, step="filed", external_id="TQ123456", at="2026-11-21T16:30", proof=proof())
    assert "TQ123456" in filed.text
    assert say(door, path, step="landed", amount="18.50").status_code == 200
    assert "Recorded: Passed back" in say(door, path, step="passed_back", amount="18.50").text
    with instance.services.database.read() as session:
        claim = session.scalars(select(Claim)).one()
        assert (claim.state, claim.external_id) == ("money_received", "TQ123456")
        events = session.scalars(select(ClaimEvent).order_by(ClaimEvent.seq)).all()
        kinds = [event.kind for event in events]
        told = ["agent_opened", "filed", "approved", "landed_at_agent", "passed_back"]
        assert [kind for kind in kinds if kind in told] == told
        filing = events[kinds.index("filed")]
        assert filing.by.startswith("agent:") and filing.at == datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
        document = session.get_one(Document, filing.document_id)
        assert (document.kind, document.mime) == ("filing_proof", "image/png")


def test_a_rejection_needs_its_reason_and_what_was_typed_stays_on_the_page(instance: Instance) -> None:
    path, door = agent_link(instance), instance.app.test_client()
    say(door, path, step="filed")
    refused = say(door, path, step="rejected", reason=" ")
    assert refused.status_code == 400 and 'role="alert"' in refused.text
    assert say(door, path, step="rejected", reason="证据不足").status_code == 200


LOOKED = frozenset({"share_view", "rate_count"})
"""Every look behind a link, and every upload from outside, is noted whatever came of it."""


def counts(instance: Instance) -> dict[str, int]:
    return rows_by_table(instance.services.database, but=LOOKED)


@pytest.mark.parametrize(
    "step,data",
    [
        ("rejected", {"reason": " "}),
        ("landed", {"amount": "0"}),
        ("landed", {"amount": "1,5,0"}),
        ("passed_back", {"amount": "18.50"}),
        ("filed", {"at": "2026-13-45T10:00"}),
        ("filed", {"at": "2026-11-30T10:00"}),
        ("closed", {}),
    ],
)
def test_a_refused_step_files_no_paper_and_changes_nothing(
    instance: Instance, step: str, data: dict[str, str]
) -> None:
    path, door = agent_link(instance), instance.app.test_client()
    before = counts(instance)
    refused = say(door, path, step=step, proof=proof(), **data)
    assert refused.status_code in (400, 409) and 'role="alert"' in refused.text
    assert new_rows(instance.services.database, before) == {}


def test_the_same_step_sent_twice_is_one_step_with_one_paper(instance: Instance) -> None:
    path, door = agent_link(instance, "en"), instance.app.test_client()
    for step, data in (
        ("opened", {}),
        ("filed", {"external_id": "TQ123456"}),
        ("landed", {"amount": "18.50"}),
        ("passed_back", {"amount": "18.50"}),
    ):
        assert say(door, path, step=step, proof=proof(), **data).status_code == 200
        before = counts(instance)
        assert say(door, path, step=step, proof=proof(), **data).status_code == 200, step
        assert new_rows(instance.services.database, before) == {}, step
    with instance.services.database.read() as session:
        papers = session.scalars(select(Document).where(Document.kind == "filing_proof")).all()
        assert len(papers) == 1, "one screenshot, filed once, behind every step that named it"
        assert {one.action for one in session.scalars(select(AuditEvent)) if one.subject == papers[0].id} == {
            "document.filing_proof"
        }
        (filed,) = session.scalars(select(AuditEvent).where(AuditEvent.subject == papers[0].id))
        assert filed.actor.startswith("agent:")


def test_opened_is_said_once_and_again_only_when_something_was_added(instance: Instance) -> None:
    path, door = agent_link(instance, "en"), instance.app.test_client()
    assert 'value="opened"' in door.get(f"{path}/1").text
    say(door, path, step="opened")
    assert 'value="opened"' not in door.get(f"{path}/1").text
    with instance.services.database.write() as session:
        claim = session.scalars(select(Claim)).one()
        claim_events.add_event(
            session, claim, by="user:chi", kind="added", at=NOW, said={}, document_id=None, now=NOW
        )
    assert 'value="opened"' in door.get(f"{path}/1").text


def test_a_complaint_to_the_agents_own_service_offers_the_same_steps(tmp_path: Path) -> None:
    instance = make_instance(tmp_path, NOW)
    a_claim(instance, filer="agent")
    with instance.services.database.write() as session:
        claim = session.scalars(select(Claim)).one()
        claim.channel, claim.filer = "agent", "importer"
    path, door = agent_link(instance, "en"), instance.app.test_client()
    page = door.get(f"{path}/1").text
    for step in ("opened", "filed", "rejected", "landed"):
        assert f'value="{step}"' in page, step
    filed = say(door, path, step="filed", external_id="TQ777", proof=proof())
    assert "TQ777" in filed.text and 'value="rejected"' in filed.text
    say(door, path, step="landed", amount="18.50")
    page = say(door, path, step="passed_back", amount="18.50")
    assert "Recorded: Passed back" in page.text
    with instance.services.database.read() as session:
        assert session.scalars(select(Claim)).one().state == "money_received"


def clock_row(instance: Instance, **said: object) -> None:
    """A clock of the filmed order as the projection holds it."""
    with instance.services.database.write() as session:
        order = session.scalars(select(Order).where(Order.order_no == instance.names["order_no"])).one()
        values: dict[str, object] = {
            "order_id": order.id,
            "subject_kind": "order",
            "subject_id": order.id,
            "profile_id": "1688",
            "edition_id": "",
            "start_source": "test",
            "assumed": False,
            "proven": True,
            "binding": True,
            "zone": "Asia/Shanghai",
            "who": "agent",
            "towards": "platform",
        }
        session.merge(Deadline(**(values | said)))


def only_clocks(instance: Instance, *rows: dict[str, object]) -> None:
    with instance.services.database.write() as session:
        for one in session.scalars(select(Deadline)):
            session.delete(one)
    for row in rows:
        clock_row(instance, **row)


def chip(page: str) -> str | None:
    found = re.search(r'class="chip [a-z]+">(R-\d\d)<', page)
    return found and found.group(1)


def test_r_05_is_shown_from_the_moment_it_can_be_acted_on_until_the_order_closes(instance: Instance) -> None:
    path, door = agent_link(instance), instance.app.test_client()
    opens = NOW - timedelta(hours=5)
    r_05: dict[str, object] = {"rule_id": "R-05", "due_at": opens, "act_by": opens}
    only_clocks(instance, r_05 | {"burns_until": NOW + timedelta(days=3)})
    assert chip(door.get(path).text) == "R-05"
    only_clocks(instance, r_05 | {"burns_until": NOW - timedelta(minutes=1)})
    assert chip(door.get(path).text) is None


def test_r_01_goes_first_though_something_else_burns_sooner_and_another_claims_clock_does_not_count(
    instance: Instance,
) -> None:
    path, door = agent_link(instance), instance.app.test_client()

    def at(rule: str, hours: int, **more: object) -> dict[str, object]:
        when = NOW + timedelta(hours=hours)
        return {"rule_id": rule, "due_at": when, "act_by": when, "burns_until": when} | more

    only_clocks(instance, at("R-02", 2), at("R-01", 30))
    assert chip(door.get(path).text) == "R-01"
    only_clocks(instance, at("R-04", 1, subject_kind="claim", subject_id="f" * 32), at("R-02", 9))
    assert chip(door.get(path).text) == "R-02"
    # The act-by has passed, and the window is open: it can still be met, so it is not dropped.
    late = at("R-01", -1) | {"due_at": NOW + timedelta(minutes=55)}
    only_clocks(instance, late, at("R-02", 9))
    assert chip(door.get(path).text) == "R-01"


def test_the_language_chosen_on_the_list_stays_on_every_page_and_step(instance: Instance) -> None:
    path, door = agent_link(instance, "zh_CN"), instance.app.test_client()
    listed = door.get(f"{path}?lang=vi").text
    link = re.search(rf'href="({path}/1[^"]*)"', listed)
    assert link is not None and 'lang="vi"' in listed
    case = door.get(link.group(1)).text
    assert '<html lang="vi">' in case
    action = re.search(r'action="([^"]+/said[^"]*)"', case)
    back = re.search(rf'href="({path}\?[^"]*)"', case)
    assert action is not None and back is not None and "lang=vi" in back.group(1)
    done = door.post(action.group(1), data={"step": "opened"}, follow_redirects=True)
    assert '<html lang="vi">' in done.text
    refused = door.post(action.group(1), data={"step": "closed"})
    assert refused.status_code == 400 and '<html lang="vi">' in refused.text
    assert '<html lang="zh-CN">' in door.get(f"{path}/1").text
    assert '<html lang="vi">' in door.get("/a/nobody?lang=vi").text


def test_a_step_that_does_not_follow_is_refused(instance: Instance) -> None:
    path = agent_link(instance)
    for step in ("passed_back", "withdrawn", "", "closed"):
        assert say(instance.app.test_client(), path, step=step, amount="1").status_code == 400, step


def test_a_case_of_another_account_and_another_agent_is_unknown(instance: Instance) -> None:
    path = agent_link(instance)
    assert instance.app.test_client().get(f"{path}/7").status_code == 404
    with instance.services.database.write() as session:
        for account in session.scalars(select(PlatformAccount)):
            account.agent_id = None
    assert instance.app.test_client().get(f"{path}/1").status_code == 404
    assert instance.names["order_no"] not in instance.app.test_client().get(path).text


def test_a_new_link_ends_the_one_before_and_an_ended_agent_reads_nothing(instance: Instance) -> None:
    path = agent_link(instance)
    page = instance.client(Role.OWNER).get("/agents").text
    agent = re.search(r"/agents/([0-9a-f]{32})/link", page)
    assert agent is not None
    again = re.search(
        r'data-link="https?://[^/]+(/a/[^"]+)"', post(instance, f"/agents/{agent.group(1)}/link").text
    )
    assert again is not None
    assert instance.app.test_client().get(path).status_code == 410
    assert instance.app.test_client().get(again.group(1)).status_code == 200
    post(instance, f"/agents/{agent.group(1)}/end")
    assert instance.app.test_client().get(again.group(1)).status_code == 410


def test_agents_belong_to_one_importer(instance: Instance) -> None:
    agent_link(instance)
    page = instance.client(Role.OWNER).get("/agents").text
    agent = re.search(r"/agents/([0-9a-f]{32})/link", page)
    assert agent is not None
    dung = instance.client(Role.OWNER, organisation="Dung")
    assert "1688 Order" not in dung.get("/agents").text
    data = {"csrf_token": instance.csrf(dung)}
    assert dung.post(f"/agents/{agent.group(1)}/link", data=data).status_code == 404


def test_a_link_to_one_case_opens_no_agents_list(instance: Instance) -> None:
    answer = post(instance, f"/orders/{instance.names['order_no']}/shares", audience="agent")
    link = re.search(r'data-link="https?://[^/]+/s/([^"]+)"', answer.text)
    assert link is not None
    assert instance.app.test_client().get(f"/a/{link.group(1)}").status_code == 404
    standing = agent_link(instance).removeprefix("/a/")
    assert instance.app.test_client().get(f"/s/{standing}").status_code == 404


def test_the_agent_names_its_solution(instance: Instance) -> None:
    """S2-15: refund, exchange or other."""
    path, door = agent_link(instance, "en"), instance.app.test_client()
    say(door, path, step="filed", external_id="TQ1")
    wrong = door.post(f"{path}/1/said", data={"step": "approved", "solution": "gift"})
    assert wrong.status_code == 400 and "refund, exchange or other" in wrong.text
    page = say(door, path, step="approved", solution="exchange").text
    assert " · exchange" in page
    with instance.services.database.read() as session:
        event = session.scalars(select(ClaimEvent).where(ClaimEvent.kind == "approved")).one()
        assert event.said["solution"] == "exchange"
