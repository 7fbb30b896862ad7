"""A message is filled from the record, sent with proof, kept for ever, and closes the clock that it closes."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from tests.support.desk_setup import SetupDesk, make_setup_desk, picture, upload
from tests.support.phone import Phone
from tests.support.upload_dock import Dock
from webapp.adapters.catalogues import LANGUAGES, translate
from webapp.domain.messages import (
    LONGEST_1688,
    REMEDIES,
    REMEDIES_BY_SITUATION,
    TEMPLATES,
    Template,
    platform_length,
)
from webapp.domain.refusals import Refusal
from webapp.store.schema import Deadline, LogEntry, Order
from webapp.store.schema_claims import Claim
from webapp.store.schema_papers import Message
from webapp.store.schema_rules import ClockEvent
from webapp.usecases import agreements, handovers, messages
from webapp.usecases.message_facts import claim_slots, language_slots
from webapp.usecases.timeline import lines, timeline

NUMBER = "4325000000000000001"
WANTED = messages.Wanted("T-1", {"defective_units": "6"}, remedy="partial_refund", amount="250")


@pytest.fixture
def desk(tmp_path: Path) -> SetupDesk:
    """24 and 24 ordered, 20 and 24 counted in China; what was agreed stands in the chat."""
    desk = make_setup_desk(tmp_path)
    dock, phone, start = (
        Dock(desk.database, desk.blobs, desk.world, tmp_path),
        Phone(desk.world),
        desk.world.start,
    )
    dock.accept(phone, phone.arrival("arrived", start))
    tape = picture("JPEG")
    dock.accept(phone, phone.photo("tape", start, tape, slot="EV-04"))
    dock.send_photo("tape", tape)
    dock.accept(phone, phone.take_open("open", start, slot="EV-18"))
    dock.accept(
        phone, phone.take("close", start, opens="open", slices=(b"1",), counts=(20, 24), slot="EV-18")
    )
    agreements.state(
        desk.database,
        desk.blobs,
        actor=desk.chi,
        order_no=NUMBER,
        said=agreements.Stated("chat", "2026-11-10", "颜色", "红", chat_ref="No. 12"),
        now=desk.now,
    )
    return desk


def draft(desk: SetupDesk, wanted: messages.Wanted = WANTED) -> messages.Draft:
    return messages.draft(
        desk.database, organisation_id=desk.world.importer, order_no=NUMBER, wanted=wanted, now=desk.now
    )


def send(desk: SetupDesk, wanted: messages.Wanted = WANTED, **said: Any) -> str:
    values = {
        "language": "zh_CN",
        "recipient": "小陈",
        "via": "wechat",
        "sent_at": desk.now,
        "proof": upload(),
    }
    return messages.send(
        desk.database,
        desk.blobs,
        actor=desk.chi,
        order_no=NUMBER,
        wanted=wanted,
        sending=messages.Sending(**{**values, **said}),
        now=desk.now,
    )


def writing(desk: SetupDesk) -> messages.Writing:
    return messages.writing_of(
        desk.database, organisation_id=desk.world.importer, order_no=NUMBER, wanted=WANTED, now=desk.now
    )


def leave_china(desk: SetupDesk) -> None:
    at = desk.now - timedelta(hours=1)
    handovers.hand_over(
        desk.database,
        desk.rulebook,
        actor=desk.chi,
        order_no=NUMBER,
        said=handovers.HandoverSaid(at, "Bắc Nam", "S-1", [desk.world.parcel]),
        now=desk.now,
    )


def code_of(call: Any) -> str:
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value.code


def events(desk: SetupDesk) -> list[tuple[str, bool]]:
    with desk.database.read() as session:
        found = session.scalars(
            select(ClockEvent).where(ClockEvent.subject_kind == "message").order_by(ClockEvent.recorded_at)
        )
        return [(one.kind, one.retracts is not None) for one in found]


def test_the_notice_is_filled_from_the_record(desk: SetupDesk) -> None:
    made = draft(desk)
    assert made.missing == () and set(made.texts) == set(LANGUAGES)
    assert made.texts["zh_CN"] == (
        f"订单号 {NUMBER}，下单日期 2026-11-15，实收 44 件，与 2026-11-10 的约定相比短少或不良共 10 件"
        "（短少 4，不良 6，见附图）。请参见 2026-11-10 聊天记录 No. 12。建议处理：部分退款 ¥250.00。"
    )
    assert made.short_1688 is not None and platform_length(made.short_1688) <= LONGEST_1688
    assert made.short_1688.startswith(f"{NUMBER} 实收44件，少4件，不良6件")


def test_nothing_is_made_while_a_place_is_empty(desk: SetupDesk) -> None:
    made = draft(desk, messages.Wanted("T-1"))
    assert made.missing == ("defective_units", "affected_units", "remedy") or made.missing == (
        "affected_units",
        "defective_units",
        "remedy",
    )
    assert made.texts == {} and made.short_1688 is None
    assert code_of(lambda: send(desk, messages.Wanted("T-1"))) == "message_incomplete"
    assert events(desk) == []


@pytest.mark.parametrize(
    "wanted, code",
    [
        (messages.Wanted("T-9"), "template_unknown"),
        (messages.Wanted("T-1", remedy="revenge"), "remedy_unknown"),
        (messages.Wanted("T-1", remedy="partial_refund", amount="a lot"), "amount_unreadable"),
        (messages.Wanted("T-1", remedy="exchange", units="1.5"), "units_unreadable"),
    ],
)
def test_what_cannot_be_read_is_said(desk: SetupDesk, wanted: messages.Wanted, code: str) -> None:
    assert code_of(lambda: draft(desk, wanted)) == code


@pytest.mark.parametrize(
    "said, code",
    [
        ({"proof": None}, "message_proof_missing"),
        ({"recipient": " "}, "message_recipient_missing"),
        ({"via": "pigeon"}, "message_via"),
        ({"language": "de"}, "bad_request"),
    ],
)
def test_sending_needs_its_proof(desk: SetupDesk, said: dict[str, Any], code: str) -> None:
    assert code_of(lambda: send(desk, **said)) == code
    assert events(desk) == []


def test_a_future_sending_is_refused(desk: SetupDesk) -> None:
    assert code_of(lambda: send(desk, sent_at=desk.now + timedelta(minutes=1))) == "message_future"


def test_a_sent_notice_meets_r_09_and_stands_in_log_and_timeline(desk: SetupDesk) -> None:
    message_id = send(desk)
    assert events(desk) == [("notice_sent", False)]
    with desk.database.read() as session:
        row = session.get_one(Message, message_id)
        digest = hashlib.sha256(row.text.encode("utf-8")).hexdigest()
        entries = [one for one in session.scalars(select(LogEntry.text)) if one.startswith("type message")]
        assert len(entries) == 1 and f"text sha256:{digest}\n" in entries[0]
        told = lines(timeline(session, desk.world.order), "en")
        ended = select(Deadline.ended).where(
            Deadline.order_id == desk.world.order, Deadline.rule_id == "R-09"
        )
        assert set(session.scalars(ended)) == {"met"}
    assert row.text == draft(desk).texts["zh_CN"] and row.remedy == "partial_refund"
    assert told[-1].endswith("CST | Written notice sent to the supplier")
    assert any("counted at 东莞仓: 44 units" in line for line in told) and len(told) <= 12


def test_a_sent_message_cannot_be_changed(desk: SetupDesk) -> None:
    send(desk)
    for statement in ("UPDATE message SET text = 'x'", "DELETE FROM message"):
        with pytest.raises(IntegrityError, match="append-only"), desk.database.write() as session:
            session.execute(text(statement))


def test_a_mistake_is_withdrawn_and_the_clock_runs_again(desk: SetupDesk) -> None:
    message_id = send(desk)
    withdraw = lambda why: messages.withdraw(  # noqa: E731
        desk.database, actor=desk.chi, message_id=message_id, reason=why, now=desk.now + timedelta(hours=1)
    )
    assert code_of(lambda: withdraw("")) == "reason_missing"
    assert withdraw("wrong order") == NUMBER
    assert events(desk) == [("notice_sent", False), ("retraction", True)]
    assert code_of(lambda: withdraw("again")) == "message_withdrawn"
    (shown,) = writing(desk).sent
    assert shown.withdrawal is not None and shown.message.text
    foreign = lambda: messages.withdraw(  # noqa: E731
        desk.database, actor=desk.dung, message_id=message_id, reason="x", now=desk.now
    )
    assert code_of(foreign) == "message_unknown"


def test_promised_arrived_impact_in_each_language(desk: SetupDesk) -> None:
    made = draft(desk, messages.Wanted("T-2"))
    assert made.missing == ()
    assert "保温杯 500ml 红色;500ml × 24 个" in made.texts["en"]
    assert "4 units missing, worth ¥100.00" in made.texts["en"] and "短少 4 件" in made.texts["zh_CN"]
    typed = draft(desk, messages.Wanted("T-2", {"impact": "lost the season"}))
    assert "lost the season" in typed.texts["vi"] and "100.00" not in typed.texts["vi"]


def test_the_off_platform_summary_has_its_five_fields(desk: SetupDesk) -> None:
    made = draft(desk, messages.Wanted("T-4"))
    assert made.missing == ("deadline",)
    text_en = draft(desk, messages.Wanted("T-4", {"deadline": "2026-12-01"})).texts["en"]
    assert "¥25.00" in text_en and "¥1,210.00" in text_en and text_en.endswith("Please confirm in writing.")


def test_the_agents_note_names_every_file_by_its_hash_and_counts_as_the_request(desk: SetupDesk) -> None:
    send(desk)
    wanted = messages.Wanted(
        "T-5", {"reason": "short_count", "amount": "100", "act_by": "2026-11-25"}, "exchange", units="4"
    )
    made = draft(desk, wanted)
    assert made.missing == () and "sha256:" in made.texts["vi"]
    send(desk, wanted, language="vi", via="zalo")
    assert {kind for kind, _ in events(desk)} == {"notice_sent", "agent_requested", "agent_reported"}


def test_the_purchase_volume_is_printed_only_when_wanted(desk: SetupDesk) -> None:
    leave_china(desk)
    values: dict[str, Any] = {
        "typed": {"defective_units": "6"},
        "remedy": "discount_next_shipment",
        "amount": "99",
    }
    plain = draft(desk, messages.Wanted("T-6", **values)).texts["en"]
    told = draft(desk, messages.Wanted("T-6", volume=True, follow_up=True, **values)).texts["en"]
    assert "12 months" not in plain and "placed 1 orders with you, ¥1,210.00 in total." in told
    assert "rating" in told and "rating" not in plain


def test_a_freight_claim_asks_for_what_only_a_person_knows(desk: SetupDesk) -> None:
    leave_china(desk)
    made = draft(desk, messages.Wanted("T-7"))
    assert (made.slots["china_units"], made.slots["seal_numbers"]) == ("44", "S-1")
    assert set(made.missing) == {
        "load_unit",
        "vietnam_units",
        "missing_units",
        "contract_ref",
    }
    typed = dict.fromkeys(made.missing, "1")
    send(desk, messages.Wanted("T-7", typed), language="en", via="email")
    assert events(desk) == [("freight_notice_sent", False)]


TYPED: dict[str, dict[str, str]] = {
    "T-1": {"defective_units": "6"},
    "T-2": {},
    "T-3": {},
    "T-4": {"deadline": "2026-12-01"},
    "T-5": {"reason": "short", "amount": "¥100.00", "act_by": "2026-11-25"},
    "T-6": {"defective_units": "6"},
    "T-7": {"load_unit": "C-1", "vietnam_units": "43", "missing_units": "1", "contract_ref": "BN-7"},
}
PROPOSED = {"T-1": "partial_refund", "T-5": "exchange", "T-6": "discount_next_shipment"}
MEETS = {
    "T-1": {"notice_sent"},
    "T-5": {"agent_requested", "agent_reported"},
    "T-6": {"notice_sent"},
    "T-7": {"freight_notice_sent"},
}


def wanted_of(template: str, **more: Any) -> messages.Wanted:
    remedy = PROPOSED.get(template, "")
    given = {"amount": "99"} if REMEDIES.get(remedy) == "amount" else {"units": "4"} if remedy else {}
    return messages.Wanted(template, TYPED[template], remedy, **{**given, **more})


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_message_is_drafted_and_kept_as_sent_with_its_proof(desk: SetupDesk, language: str) -> None:
    """T-1 … T-7 in each language: every place filled, neutral, kept with the proof, and the clocks that it meets."""
    ids = {}
    for template in TEMPLATES:
        if template == "T-6":
            leave_china(desk)
        wanted = wanted_of(template)
        made = draft(desk, wanted)
        assert made.missing == () and made.here and not made.open, template
        assert not set("{}!！") & set(made.texts[language])
        ids[template] = send(desk, wanted, language=language)
    with desk.database.read() as session:
        for template, message_id in ids.items():
            row = session.get_one(Message, message_id)
            assert (row.template, row.language, row.remedy) == (template, language, PROPOSED.get(template))
            assert row.document_id and bool(row.clock_event_id) is (template in MEETS)
            found = session.scalars(select(ClockEvent.kind).where(ClockEvent.subject_id == message_id))
            assert set(found) == MEETS.get(template, set())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", [one for one in TEMPLATES.values() if not one.to_factory], ids=str)
def test_each_text_names_every_place(template: Template, language: str) -> None:
    text = translate(language, f"letter.{template.id}", **{name: f"<{name}>" for name in template.slots})
    assert {name for name in template.slots if f"<{name}>" in text} == set(template.slots)


@pytest.mark.parametrize("template", ["T-6", "T-7"])
def test_a_negotiation_and_a_freight_claim_are_of_goods_that_left(desk: SetupDesk, template: str) -> None:
    """T-6 is B's (S0-42), also when a hand-over was never stated but the goods are in Vietnam."""
    assert not draft(desk, wanted_of(template)).here
    assert code_of(lambda: send(desk, wanted_of(template))) in ("message_not_here", "message_incomplete")
    leave_china(desk)
    made = draft(desk, wanted_of(template))
    assert made.here and made.situations == ("B",)
    send(desk, wanted_of(template))


def test_the_proposal_fits_where_the_goods_are(desk: SetupDesk) -> None:
    """AMB-22, section 9; T-6 offers those of B only."""
    assert draft(desk, messages.Wanted("T-1")).remedies == REMEDIES_BY_SITUATION["A"]
    assert draft(desk, messages.Wanted("T-6")).remedies == REMEDIES_BY_SITUATION["B"]
    assert (
        code_of(lambda: draft(desk, messages.Wanted("T-6", remedy="exchange", units="1")))
        == "remedy_not_here"
    )
    leave_china(desk)
    assert draft(desk, messages.Wanted("T-1")).remedies == REMEDIES_BY_SITUATION["B"]
    assert code_of(lambda: send(desk, replace(WANTED, remedy="full_refund"))) == "remedy_not_here"


def test_a_notice_goes_out_with_photos_of_the_goods_and_says_which(desk: SetupDesk) -> None:
    """G-5: template filled, photos, the chat it refers to, exactly one remedy (S3-18 to S3-21)."""
    made = draft(desk)
    assert [one.slot for one in made.photos] == ["EV-04"] and made.open == ()
    without = draft(desk, replace(WANTED, photos=()))
    assert [(one.gate, one.code) for one in without.open] == [("G-5", "photos_missing")] and without.texts
    assert code_of(lambda: send(desk, replace(WANTED, photos=()))) == "message_gate"
    assert events(desk) == []
    (photo,) = made.photos
    with desk.database.read() as session:
        row = session.get_one(Message, send(desk))
    assert row.slots["photos"] == f"{photo.filename} sha256:{photo.sha256}"


def test_the_agent_reads_the_reason_as_the_platform_lists_it(desk: SetupDesk) -> None:
    """T-5: never our own code."""
    claim = Claim(id="0" * 32, reason_code="short", type="short_count", amount_fen=None)
    assert claim_slots(claim) == {} and claim_slots(None) == {}
    with desk.database.read() as session:
        order = session.get_one(Order, desk.world.order)
        said = {one: language_slots(session, order, claim, one)["reason"] for one in LANGUAGES}
    assert all("少件/漏发" in one for one in said.values()) and len(set(said.values())) == 3


def test_another_organisation_drafts_nothing(desk: SetupDesk) -> None:
    for template in TEMPLATES:
        call = lambda template=template: messages.draft(  # noqa: E731
            desk.database,
            organisation_id=desk.world.other_importer,
            order_no=NUMBER,
            wanted=messages.Wanted(template),
            now=desk.now,
        )
        assert code_of(call) == "order_unknown"


def test_the_instant_of_sending_is_what_was_stated(desk: SetupDesk) -> None:
    at: datetime = desk.now - timedelta(hours=3)
    message_id = send(desk, sent_at=at)
    with desk.database.read() as session:
        assert session.get_one(Message, message_id).sent_at == at
        assert session.scalars(select(ClockEvent.at).where(ClockEvent.kind == "notice_sent")).one() == at
