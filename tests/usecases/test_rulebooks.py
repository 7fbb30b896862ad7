"""Editions of the rulebook: previewed as a diff, confirmed with a reason, kept for ever; claims keep theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.desk_setup import SetupDesk, make_setup_desk
from tests.support.world import opaque
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Rulebook
from webapp.domain.rulebook_data import profile_to_data, rulebook_from_data
from webapp.domain.switches import CHOICES, Switches
from webapp.domain.switches import from_data as switches_from
from webapp.domain.switches import to_data as switches_to
from webapp.store import rules as rows
from webapp.store.schema import Deadline, PlatformAccount
from webapp.store.schema_claims import Claim, Discrepancy
from webapp.store.schema_rules import RulebookEdition
from webapp.store.schema_shares import Agent
from webapp.usecases import clock_events, rulebook_edits, rulebooks
from webapp.usecases.clocks import recompute_deadlines
from webapp.usecases.rulebook_edits import Edit, Preview

ORDINEX, AGENT = "ordinex-1688-2026-06", "agent-1688order"
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SetupDesk]:
    made = make_setup_desk(tmp_path)
    made.receive(made.world.order)
    yield made
    made.database.engine.dispose()


def preview(desk: SetupDesk, edit: Edit) -> Preview:
    return rulebook_edits.preview(desk.database, actor=desk.chi, edit=edit, now=desk.now)


def confirm(desk: SetupDesk, edit: Edit, reason: str = "the agent said so") -> int:
    return rulebook_edits.confirm(
        desk.database, desk.rulebook, actor=desk.chi, edit=edit, reason=reason, now=desk.now
    )


def current(desk: SetupDesk) -> rulebooks.Edition:
    with desk.database.read() as session:
        return rulebooks.current(session, desk.world.importer)


def shorter(base: int = 0) -> Edit:
    return Edit(ORDINEX, base, {"R-02.value": "120", "R-02.safe_value": "5"})


def test_every_profile_and_switch_survives_its_data() -> None:
    shipped = rulebooks.shipped()
    assert rulebook_from_data(profile_to_data(one) for one in shipped.profiles) == shipped
    odd = Switches(alert_rungs_h=(96, 12), **{name: options[-1] for name, options in CHOICES.items()})  # type: ignore[arg-type]
    assert switches_from({**switches_to(odd), "from_a_newer_program": 1}) == odd


def test_a_preview_shows_before_and_after_and_keeps_nothing(desk: SetupDesk) -> None:
    seen = preview(desk, shorter())
    (move,) = seen.moves
    before = desk.clock(desk.world.order, "R-02")
    assert before is not None and move.before == before.act_by
    assert (move.rule_id, seen.moved, seen.orders) == ("R-02", 1, 1)
    assert move.before is not None and move.after == move.before - HOUR * 48
    assert [(one.what, one.before, one.after, one.unit) for one in seen.changes] == [
        ("R-02.value", "168", "120", "h"),
        ("R-02.safe_value", "7", "5", "day"),
    ]
    assert current(desk).number == 0


def test_a_confirmed_edit_is_the_next_edition_and_moves_open_orders(desk: SetupDesk) -> None:
    seen = preview(desk, shorter())
    assert confirm(desk, shorter()) == 2  # the shipped rules became edition 1 on this first need
    moved = desk.clock(desk.world.order, "R-02")
    assert moved is not None and moved.act_by == seen.moves[0].after
    assert moved.edition_id == current(desk).id
    view = rulebook_edits.rulebook_view(desk.database, organisation_id=desk.world.importer)
    assert [(one.number, one.by, one.reason, one.in_force) for one in view.editions] == [
        (2, "Chi", "the agent said so", True),
        (1, None, "", False),
    ]
    first = rulebook_edits.rulebook_view(desk.database, organisation_id=desk.world.importer, number=1)
    assert first.shown.rulebook == rulebooks.shipped() and first.shown.rulebook.rule("R-02").value == 168
    copy = view.shown.rulebook.profile_of("R-02")
    assert (copy.parent_id, copy.edited_by) == (ORDINEX, f"user:{desk.chi.id}")
    assert copy.source_title == rulebooks.shipped().profile(ORDINEX).source_title
    # Dung's rules are Dung's own.
    other = rulebook_edits.rulebook_view(desk.database, organisation_id=desk.world.other_importer)
    assert (other.current, other.editions) == (0, [])


def test_a_second_edit_of_the_copy_stays_the_same_copy_and_dropping_it_returns_the_shipped_rules(
    desk: SetupDesk,
) -> None:
    confirm(desk, shorter())
    copy = current(desk).rulebook.profile_of("R-02")
    confirm(desk, Edit(copy.id, 2, {"R-02.value": "96"}))
    again = current(desk).rulebook.profile_of("R-02")
    assert (again.id, again.parent_id, current(desk).rulebook.rule("R-02").value) == (copy.id, ORDINEX, 96)
    assert len(current(desk).rulebook.profiles) == 4
    confirm(desk, Edit(copy.id, 3, drop=True))
    assert {one.id: one for one in current(desk).rulebook.profiles} == {
        one.id: one for one in rulebooks.shipped().profiles
    }
    with pytest.raises(Refusal, match="profile_unknown"):
        confirm(desk, Edit(ORDINEX, 4, drop=True))


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (Edit(ORDINEX, 0), "edit_empty"),
        (Edit(ORDINEX, 7, {"R-02.value": "120"}), "edition_changed"),
        (Edit("nothing", 0, {"R-02.value": "120"}), "profile_unknown"),
        (Edit(ORDINEX, 0, {"R-02.value": "0"}), "rule_number"),
        (Edit(ORDINEX, 0, {"R-02.value": "1e3"}), "rule_number"),
        (Edit(ORDINEX, 0, {"R-02.value": "99999"}), "rule_number"),
        (Edit(ORDINEX, 0, {"R-04.value": "24"}), "rule_broken"),
        (Edit(ORDINEX, 0, {"R-02.boundary": "maybe"}), "rule_broken"),
        (Edit(AGENT, 0, {"amount.late_return_penalty": "much"}), "amount_number"),
        (Edit(AGENT, 0, {"amount.late_return_penalty": "50"}), "amount_source_missing"),
        (Edit("", 0, {"switch.calendar": "XX"}), "switch_wrong"),
        (Edit("", 0, {"switch.alert_rungs_h": "soon"}), "switch_wrong"),
        (Edit("", 0, {"switch.filing_reserve_h": "999"}), "switch_wrong"),
    ],
)
def test_an_edit_that_makes_no_sense_is_refused(desk: SetupDesk, edit: Edit, code: str) -> None:
    for step in (preview, confirm):
        with pytest.raises(Refusal, match=code):
            step(desk, edit)
    assert current(desk).number == 0


def test_an_edit_needs_a_reason(desk: SetupDesk) -> None:
    with pytest.raises(Refusal, match="reason_missing"):
        confirm(desk, shorter(), reason="  ")


def test_an_unknown_amount_stays_unknown_until_somebody_gives_it_with_its_source(desk: SetupDesk) -> None:
    """AMB-21, S2-03: NULL, never 0."""

    def penalty(rulebook: Rulebook) -> tuple[int | None, str]:
        amounts = {one.id: one for profile in rulebook.profiles for one in profile.amounts}
        return amounts["late_return_penalty"].value, amounts["late_return_penalty"].source

    assert penalty(current(desk).rulebook) == (None, "")
    fields = {"amount.late_return_penalty": "50", "amount.late_return_penalty.source": "WeChat, 1 November"}
    confirm(desk, Edit(AGENT, 0, fields))
    assert penalty(current(desk).rulebook) == (5_000, "WeChat, 1 November")
    copy = current(desk).rulebook.profile_of("R-01").id
    confirm(desk, Edit(copy, 2, {"amount.late_return_penalty": " "}))
    assert penalty(current(desk).rulebook) == (None, "")


def test_a_switch_moves_the_clocks_that_it_concerns(desk: SetupDesk) -> None:
    """AMB-02, AMB-18: the readings are data of the edition."""
    edit = Edit("", 0, {"switch.calendar": "VN", "switch.alert_rungs_h": "12, 48 96"})
    assert preview(desk, edit).moved == 0
    confirm(desk, edit)
    assert (current(desk).switches.calendar, current(desk).switches.alert_rungs_h) == ("VN", (96, 48, 12))


def test_an_agents_own_terms_bind_its_accounts_only(desk: SetupDesk) -> None:
    """AMB-24 and the precedence: the agent's own profile before the one for every agent."""
    world, agent = desk.world, opaque("agent")
    with desk.database.write() as session:
        session.add(
            Agent(
                id=agent,
                organisation_id=world.importer,
                name="Hao",
                contact="",
                language="zh_CN",
                made_by=desk.chi.id,
                made_at=desk.now,
            )
        )
        account = session.get_one(PlatformAccount, world.importer[::-1])
        account.owner, account.agent_id = "agent", agent
    edit = Edit(AGENT, 0, {"R-08.value": "48"}, agent_id=agent)
    with desk.database.write() as session:
        recompute_deadlines(session, desk.rulebook, {world.order})
    before = desk.clock(world.order, "R-08")
    assert preview(desk, edit).moved == 1
    confirm(desk, edit)
    rulebook = current(desk).rulebook
    assert rulebook.for_agent(agent).rule("R-08").value == 48
    assert rulebook.for_agent(opaque("another")).rule("R-08").value == rulebook.rule("R-08").value == 72
    after = desk.clock(world.order, "R-08")
    assert before is not None and after is not None and before.due_at is not None
    assert after.due_at == before.due_at - HOUR * 24
    assert rulebook_edits.agents(desk.database, organisation_id=world.importer) == [(agent, "Hao")]


def test_a_program_with_other_rules_is_adopted_except_where_the_importer_has_a_copy(desk: SetupDesk) -> None:
    confirm(desk, shorter())
    have = current(desk).rulebook
    newer = Rulebook(
        tuple(
            replace(
                profile,
                rules=tuple(
                    replace(rule, value=(rule.value or 0) + 24) if rule.value else rule
                    for rule in profile.rules
                ),
            )
            for profile in rulebooks.shipped().profiles
        )
    )
    adopted = Rulebook(rulebooks.with_shipped(have, newer))
    assert adopted.rule("R-02").value == 120  # the importer's edit stands
    assert adopted.rule("R-08").value == 96  # the rest follows the program
    assert rulebook_edits.adopt_shipped(desk.database, desk.rulebook, now=desk.now) == 0


def test_an_edition_of_an_earlier_program_is_followed_by_one_of_this_program(desk: SetupDesk) -> None:
    confirm(desk, shorter())
    with desk.database.write() as session:
        row = rows.latest_edition(session, desk.world.importer)
        assert row is not None
        session.add(
            RulebookEdition(
                id=opaque("older"),
                organisation_id=row.organisation_id,
                number=row.number + 1,
                profiles=row.profiles,
                switches=row.switches,
                shipped_sha256="0" * 64,
                made_by=row.made_by,
                made_at=desk.now,
                reason="made before the upgrade",
            )
        )
    assert rulebook_edits.adopt_shipped(desk.database, desk.rulebook, now=desk.now) == 1
    assert (current(desk).number, current(desk).rulebook.rule("R-02").value) == (4, 120)
    clock = desk.clock(desk.world.order, "R-02")
    assert clock is not None and clock.edition_id == current(desk).id
    assert rulebook_edits.adopt_shipped(desk.database, desk.rulebook, now=desk.now) == 0


def test_a_claim_keeps_the_edition_that_it_was_opened_under(desk: SetupDesk) -> None:
    """S0-37: a rule edit during an open claim moves no clock of it, and moves those of other claims."""
    world, now = desk.world, desk.now
    with desk.database.write() as session:
        edition = rulebooks.to_pin(session, world.importer, now=now)
        session.add(discrepancy(desk))
        session.flush()
        session.add(claim(desk, opaque("claim"), 1, edition.id))
    for claim_id in (opaque("claim"), opaque("unpinned")):
        with desk.database.write() as session:
            clock_events.add(
                session,
                desk.rulebook,
                organisation_id=world.importer,
                order_id=world.order,
                kind="submitted",
                at=now,
                subject=("submission", claim_id[::-1]),
                claim_id=claim_id,
                source="submission",
                by="user:x",
                now=now,
            )
    edit = Edit(ORDINEX, 1, {"R-04.value": "96", "R-05.value": "96"})
    moved = {(move.order_no, move.rule_id) for move in preview(desk, edit).moves}
    assert {rule for _, rule in moved} == {"R-05"} and preview(desk, edit).moved == 1
    confirm(desk, edit)
    with desk.database.read() as session:
        rows_now = {
            row.subject_id: row
            for row in session.query(Deadline).filter(
                Deadline.rule_id == "R-05", Deadline.order_id == world.order
            )
        }
    kept, other = rows_now[opaque("claim")[::-1]], rows_now[opaque("unpinned")[::-1]]
    assert (kept.due_at, kept.edition_id) == (now + HOUR * 72, edition.id)
    assert (other.due_at, other.edition_id) == (now + HOUR * 96, current(desk).id)


def discrepancy(desk: SetupDesk) -> Discrepancy:
    return Discrepancy(
        id=opaque("discrepancy"),
        organisation_id=desk.world.importer,
        order_id=desk.world.order,
        type="short_count",
        stage="CN",
        situation="A",
        responsibility="supplier",
        inputs={},
        confirmed_by="user:x",
        confirmed_at=desk.now,
    )


def claim(desk: SetupDesk, claim_id: str, number: int, edition_id: str) -> Claim:
    return Claim(
        id=claim_id,
        organisation_id=desk.world.importer,
        number=number,
        order_id=desk.world.order,
        discrepancy_id=opaque("discrepancy"),
        type="short_count",
        channel="platform_1688",
        filer="importer",
        situation="A",
        reason_code="short_count",
        form={},
        description_zh="",
        currency="CNY",
        edition_id=edition_id,
        state="filed",
        wanted=[],
        external_id="",
        opened_by="user:x",
        opened_at=desk.now,
    )
