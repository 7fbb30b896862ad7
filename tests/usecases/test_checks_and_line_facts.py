"""What the desk tells the receiver: phrases once, free text marked, facts that a re-import leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.desk_setup import SetupDesk, make_setup_desk
from webapp.domain.line_facts import LineFacts
from webapp.domain.refusals import Refusal
from webapp.store.schema import AuditEvent, OrderLine
from webapp.usecases import checks, line_facts
from webapp.usecases.checks import Asked
from webapp.usecases.order_setup import order_setup
from webapp.usecases.snapshot import snapshot

ORDER = "4325000000000000001"


@pytest.fixture
def desk(tmp_path: Path) -> SetupDesk:
    return make_setup_desk(tmp_path)


def ask(desk: SetupDesk, asked: Asked) -> int:
    return checks.ask(desk.database, actor=desk.chi, asked=asked, now=desk.now)


def standing(desk: SetupDesk) -> list[tuple[str | None, str, str | None]]:
    setup = order_setup(desk.database, organisation_id=desk.world.importer, order_no=ORDER)
    return sorted(
        ((one.phrase, one.free_text, one.line_id) for one in setup.checks),
        key=lambda one: (one[0] or "", one[1]),
    )


def test_phrases_and_free_text_reach_the_phone_of_the_site(desk: SetupDesk) -> None:
    asked = Asked(ORDER, ("check_colour", "keep_dry", "check_colour"), "杯盖\u202e要拧紧")
    assert ask(desk, asked) == 3
    assert ask(desk, asked) == 0  # asking twice is asking once
    assert ask(desk, Asked(ORDER, ("check_colour",), line_id=desk.world.red_line)) == 1
    sent = {
        order["id"]: order["checks"]
        for order in snapshot(desk.database, device_id=desk.world.phone, now=desk.now)["orders"]
    }
    told = [(one["phrase"], one["text"], one["line"]) for one in sent[desk.world.order]]
    assert sorted(told, key=str) == sorted(
        [
            ("check_colour", "", None),
            ("keep_dry", "", None),
            (None, "杯盖要拧紧", None),
            ("check_colour", "", desk.world.red_line),
        ],
        key=str,
    )
    assert sent[desk.world.other_order] == []


def test_a_check_taken_back_is_gone_from_the_phone_and_stays_on_record(desk: SetupDesk) -> None:
    ask(desk, Asked(ORDER, ("fragile", "keep_dry")))
    setup = order_setup(desk.database, organisation_id=desk.world.importer, order_no=ORDER)
    fragile = next(one for one in setup.checks if one.phrase == "fragile")
    with pytest.raises(Refusal, match="check_unknown"):
        checks.end(desk.database, actor=desk.dung, order_no=ORDER, check_id=fragile.id, now=desk.now)
    for _ in range(2):
        checks.end(desk.database, actor=desk.chi, order_no=ORDER, check_id=fragile.id, now=desk.now)
    assert standing(desk) == [("keep_dry", "", None)]
    with desk.database.read() as session:
        actions = list(session.scalars(select(AuditEvent.action)))
    assert sorted(actions) == ["check.asked", "check.asked", "check.ended"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Asked(ORDER), "check_missing"),
        (Asked(ORDER, (), " \u200b\n"), "check_missing"),
        (Asked(ORDER, ("error",)), "phrase_unknown"),
        (Asked(ORDER, (), "长" * 201), "check_long"),
        (Asked("4325000000000000002", ("fragile",)), "order_unknown"),
        (Asked(ORDER, ("fragile",), line_id="0" * 32), "line_unknown"),
    ],
)
def test_what_is_no_check_is_refused(desk: SetupDesk, asked: Asked, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        ask(desk, asked)
    assert standing(desk) == []


def test_an_order_is_no_notebook(desk: SetupDesk) -> None:
    for number in range(30):
        ask(desk, Asked(ORDER, (), f"note {number}"))
    with pytest.raises(Refusal, match="checks_many"):
        ask(desk, Asked(ORDER, ("fragile",)))


def set_facts(desk: SetupDesk, facts: LineFacts, line: str = "") -> None:
    line_facts.set_line_facts(
        desk.database,
        actor=desk.chi,
        order_no=ORDER,
        line_id=line or desk.world.red_line,
        facts=facts,
        now=desk.now,
    )


def test_facts_of_a_line_are_kept_and_audited_with_what_stood_before(desk: SetupDesk) -> None:
    facts = LineFacts(185_500, 12, "https://detail.1688.com/offer/1.html", "304不锈钢")
    set_facts(desk, facts)
    set_facts(desk, facts)
    set_facts(desk, LineFacts(185_500, None, "https://detail.1688.com/offer/1.html", "304不锈钢"))
    with desk.database.read() as session:
        line = session.get_one(OrderLine, desk.world.red_line)
        assert (line.unit_weight_mg, line.pack_factor) == (185_500, None)
        changes = [
            row.details["changed"] for row in session.scalars(select(AuditEvent).order_by(AuditEvent.id))
        ]
    assert [sorted(change) for change in changes] == [
        ["listing_spec", "listing_url", "pack_factor", "unit_weight_mg"],
        ["pack_factor"],
    ]
    assert changes[1]["pack_factor"] == [12, None]


def test_weight_and_pack_reach_the_phone(desk: SetupDesk) -> None:
    set_facts(desk, LineFacts(185_500, 12, "https://detail.1688.com/offer/1.html", "304不锈钢"))
    sent = snapshot(desk.database, device_id=desk.world.phone, now=desk.now)
    lines = {line["id"]: line for order in sent["orders"] for line in order["lines"]}
    assert (lines[desk.world.red_line]["unit_weight_mg"], lines[desk.world.red_line]["pack_factor"]) == (
        185_500,
        12,
    )
    assert (lines[desk.world.blue_line]["unit_weight_mg"], lines[desk.world.blue_line]["pack_factor"]) == (
        None,
        None,
    )


def test_a_foreign_line_is_not_touched(desk: SetupDesk) -> None:
    with pytest.raises(Refusal, match="line_unknown"):
        set_facts(desk, LineFacts(1, 1, "", ""), desk.world.other_line)
    with desk.database.read() as session:
        assert session.get_one(OrderLine, desk.world.other_line).pack_factor is None
