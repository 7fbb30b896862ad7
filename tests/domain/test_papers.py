"""Fees, messages, timeline, completeness, terms and the changed mind, as domain.md has them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.adapters.rulebook_files import load_rulebook
from webapp.domain.batches import Batch, defect_rate, percent_text, scale_tenths, shortage
from webapp.domain.completeness import Record, completeness
from webapp.domain.fees import AGENT_1688ORDER, ImpossibleRequest, Request, bands_of, quote
from webapp.domain.folders import DOCUMENT_KINDS, FOLDER_NAMES, Folder
from webapp.domain.messages import (
    LONGEST_1688,
    NOTICE,
    REMEDIES,
    REMEDIES_BY_SITUATION,
    SHORT_1688,
    SHORTEST_1688,
    TEMPLATES,
    Remedy,
    affected,
    fill,
    missing,
    platform_length,
)
from webapp.domain.order_terms import OEM, Situation, Terms, big_order, hints, read_terms, terms_data
from webapp.domain.pre_filing import QUESTIONS, advice, read_answers, unanswered
from webapp.domain.quantities import amount_text
from webapp.domain.taobao import ChangedMind, blocked_by, window_ends
from webapp.domain.timeline import MOST_LINES, Moment, in_order, stamp, trimmed

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "papers.json").read_text("utf-8")
)
START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def asked(one: dict[str, Any]) -> Request:
    return Request(one["kind"], one["month_skus"], one["skus"], to_seller_fen=0, from_seller_fen=0)


@pytest.mark.parametrize("one", VECTORS["fees"], ids=str)
def test_fee_vectors_of_the_default_reading(one: dict[str, Any]) -> None:
    found = quote(asked(one))
    assert found.default_fen == one["default"] and not found.unknowns
    if "low" in one:
        assert (found.low_fen, found.high_fen) == (one["low"], one["high"])
        assert quote(asked(one), reading="marginal").default_fen == one["low"]


@pytest.mark.parametrize("one", VECTORS["fees_upper_band"], ids=str)
def test_a_shared_bound_can_belong_to_the_upper_band(one: dict[str, Any]) -> None:
    assert quote(asked(one), boundary="upper_band").default_fen == one["default"]


def test_bands_are_data_of_the_agents_profile() -> None:
    (profile,) = [one for one in load_rulebook().profiles if one.scope == "agent"]
    assert bands_of({one.id: one.value for one in profile.amounts}) == AGENT_1688ORDER
    with pytest.raises(ImpossibleRequest):
        bands_of({"fee_band_a_return": 0})


def test_what_is_not_published_is_never_zero() -> None:
    late = quote(Request("return", 1, 1, late=True))
    assert late.unknowns == ("freight", "penalty")
    assert [(line.code, line.low_fen) for line in late.lines][1:] == [
        ("to_seller", None),
        ("from_seller", None),
        ("penalty", None),
    ]
    known = replace(AGENT_1688ORDER, penalty_fen=3_000)
    assert quote(Request("return", 1, 1, late=True), known).default_fen == 3_000


def test_off_platform_return_is_20_yuan_and_the_exchange_is_asked() -> None:
    returned = quote(Request("return", 60, 2, off_platform=True, to_seller_fen=800, from_seller_fen=0))
    assert (returned.default_fen, returned.unknowns) == (2_800, ())
    assert quote(Request("exchange", 60, 2, off_platform=True)).unknowns[0] == "exchange_off_platform"


def test_freight_lines_of_warranty_and_returned_packages() -> None:
    warranty = quote(Request("exchange", 9, 1, warranty=True, to_seller_fen=500, from_seller_fen=700))
    assert (warranty.default_fen, warranty.unknowns) == (1_200, ())
    assert quote(Request("return", 9, 1, domestic_return=True)).default_fen == 0
    assert quote(Request("return", 9, 1, intl_return=True)).unknowns == ("freight",)
    assert quote(Request("return", 9, 1, intl_return=True, reshipping_fen=9_000)).default_fen == 9_000


@pytest.mark.parametrize("month, skus", [(0, 0), (2, 3), (5, 0)])
def test_an_impossible_request_is_refused(month: int, skus: int) -> None:
    with pytest.raises(ImpossibleRequest):
        quote(Request("return", month, skus))


@given(st.integers(1, 80), st.integers(1, 80), st.sampled_from(("return", "exchange")))
def test_the_default_lies_in_the_range_and_more_skus_never_cost_less(
    before: int, skus: int, kind: Any
) -> None:
    one = quote(Request(kind, before + skus, skus))
    more = quote(Request(kind, before + skus + 1, skus + 1))
    assert one.low_fen <= one.default_fen <= one.high_fen <= more.high_fen


def fits(said: str) -> bool:
    return SHORTEST_1688 <= platform_length(said) <= LONGEST_1688


def test_the_notice_reads_word_for_word() -> None:
    said = VECTORS["notice"]
    remedies = {"en": "a partial refund of ¥250.00", "zh_CN": "部分退款 ¥250.00"}
    remedies["vi"] = "hoàn tiền một phần ¥250.00"
    for language, text in said["texts"].items():
        assert fill(NOTICE[language], {**said["slots"], "remedy": remedies[language]}) == text
    short = fill(SHORT_1688, {**said["slots"], "remedy": remedies["zh_CN"]})
    assert short == said["short_1688"] and fits(short)


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda one: one.id)
def test_every_place_is_mandatory(template: Any) -> None:
    full = {name: "1" for name in template.slots}
    remedy = Remedy("partial_refund", amount="¥1.00")
    assert missing(template, full, remedy) == ()
    for name in template.slots:
        without = {**full, name: "  "}
        expected = () if name == "remedy" else (name,)
        assert missing(template, without, remedy) == expected
    assert ("remedy" in missing(template, full, None)) is template.asks_remedy


def test_a_remedy_needs_its_amount_or_number_and_only_that() -> None:
    for code, asks in REMEDIES.items():
        assert Remedy(code, amount="¥1.00").complete is (asks == "amount")
        assert Remedy(code, units="2").complete is (asks == "units")
    assert not Remedy("threat", amount="1").complete
    assert {code for codes in REMEDIES_BY_SITUATION.values() for code in codes} == set(REMEDIES)


def test_what_a_value_says_is_never_taken_for_a_place() -> None:
    assert fill("{a} and {b}", {"a": "{b}", "b": "{a}"}) == "{b} and {a}"
    assert fill("{unknown} {a", {"a": "x"}) == "{unknown} {a"


def test_1688_counts_utf16_units() -> None:
    assert platform_length("少4件") == 3 and platform_length("𠮷") == 2
    assert fits("件" * 150) and not fits("件" * 151) and not fits("件")


def test_short_and_defective_together() -> None:
    assert affected("4", "6") == "10" and affected("", "6") == ""


def test_the_timeline_keeps_one_screen_and_its_order() -> None:
    told = [Moment(START + timedelta(hours=n), "Asia/Shanghai", "opened") for n in range(20)]
    told += [Moment(START + timedelta(hours=30), "Asia/Ho_Chi_Minh", "counted")]
    kept = trimmed(told)
    assert len(kept) == MOST_LINES and kept == in_order(kept) and kept[-1].key == "counted"
    assert trimmed(told[:3]) == told[:3]
    assert stamp(kept[-1]) == "2026-11-21 15:00 ICT" and stamp(told[0]) == "2026-11-20 10:00 CST"


def bare(**said: Any) -> Record:
    values: dict[str, Any] = {
        "papers": {},
        "placed_at": START,
        "received_at": None,
        "inspected_at": None,
        "chat_filed_at": START,
        "samples": 0,
        "sample_chats": 0,
        "agreements": 1,
        "deposits": 0,
        "confirmations": 0,
    }
    return Record(**{**values, **said})


def lints(record: Record, *, hours: int = 1) -> list[str]:
    return [one.code for one in completeness(record, START + timedelta(hours=hours), chat_days=7).lints]


def test_four_lint_rules_and_two_more() -> None:
    assert lints(bare()) == []
    assert lints(bare(samples=2)) == ["sample_without_chat"]
    assert lints(bare(samples=2, sample_chats=1)) == []
    assert lints(bare(received_at=START), hours=48) == []
    assert lints(bare(received_at=START), hours=49) == ["inspected_late"]
    done = START + timedelta(hours=49)
    assert lints(bare(received_at=START, inspected_at=done), hours=60) == ["inspected_late"]
    assert lints(bare(received_at=START, inspected_at=START), hours=60) == []
    assert lints(bare(), hours=7 * 24) == [] and lints(bare(), hours=7 * 24 + 1) == ["chat_stale"]
    assert lints(bare(closed=True), hours=999) == []
    assert lints(bare(deposits=1)) == ["deposit_unconfirmed"]
    assert lints(bare(deposits=1, confirmations=1)) == []
    assert lints(bare(agreements=0)) == ["nothing_agreed"]
    assert lints(bare(unfiled=(START,)), hours=24) == []
    assert lints(bare(unfiled=(START,)), hours=25) == ["event_without_file"]


def test_completeness_counts_folders() -> None:
    found = completeness(bare(papers={Folder.CHAT: 2, Folder.ORDER: 1}), START, chat_days=7)
    assert (found.filled, found.total) == (2, 4)
    assert [FOLDER_NAMES[folder] for folder in Folder] == [
        "Chat and agreements",
        "Order and confirmation",
        "Payments",
        "Receiving and QC",
    ]
    assert {one.folder for one in DOCUMENT_KINDS.values()} == set(Folder)


def situation(terms: Terms, **said: Any) -> Situation:
    values: dict[str, Any] = {
        "terms": terms,
        "total_fen": 1_000_000,
        "dong_e4": None,
        "payments": 1,
        "threshold_vnd": 30_000_000,
        "labels_filed": False,
        "special_checks": 0,
        "address_known": True,
    }
    return Situation(**{**values, **said})


@pytest.mark.parametrize("one", VECTORS["big_order"], ids=str)
def test_thirty_million_dong_in_instalments(one: dict[str, Any]) -> None:
    of = situation(Terms(), total_fen=one["fen"], dong_e4=one["dong_e4"], payments=one["payments"])
    assert big_order(of) is one["hint"] and ("big_order" in hints(of)) is one["hint"]
    assert not big_order(replace(of, threshold_vnd=40_000_000))


def test_hints_before_an_order() -> None:
    assert hints(situation(Terms())) == ("inspection", "labels")
    settled = Terms(order_kind="stock", inspection_asked="yes", label_price="no")
    assert hints(situation(settled)) == ()
    seen = replace(settled, label_insurance="yes")
    assert hints(situation(seen)) == ("labels_screenshot",)
    assert hints(situation(seen, labels_filed=True, special_checks=1)) == ("remark",)
    bespoke = replace(settled, order_kind="custom")
    assert hints(situation(bespoke, address_known=False)) == ("oem", "seller_terms", "address")
    agreed = replace(bespoke, seller_terms="可退", **dict.fromkeys(OEM, "yes"))
    assert hints(situation(agreed)) == ()


def test_terms_read_only_what_they_know() -> None:
    read = read_terms(
        {"order_kind": "bulk", "label_price": "maybe", "no_reason_hours": "0", "oem_design": "yes"}
    )
    assert (read.order_kind, read.label_price, read.no_reason_hours, read.oem_design) == (
        "bulk",
        "",
        "",
        "yes",
    )
    assert read_terms(terms_data(read)) == read


def test_five_questions_before_filing() -> None:
    said = read_answers({name: known[0] for name, known in QUESTIONS.items()} | {"label": "perhaps"})
    assert unanswered(said) == ("label",) and advice(said) == ("ready",)
    assert advice({"reason": "no_reason", "label": "no", "bespoke": "yes"}) == ("no_label", "bespoke")
    assert advice({"proof_chat": "no", "domestic_return": "no"}) == ("proofs", "no_return")


def test_a_changed_mind_on_taobao_needs_label_window_and_unused_goods() -> None:
    good = ChangedMind("taobao", "ordinary", True, True, START, unused=True)
    assert window_ends(good) == START + timedelta(days=7)
    last = START + timedelta(days=7) - timedelta(milliseconds=1)
    assert blocked_by(good, last) == () and blocked_by(good, START + timedelta(days=7)) == ("window",)
    assert blocked_by(replace(good, label=None), START) == ("label",)
    assert blocked_by(replace(good, label_filed=False), START) == ("label_screenshot",)
    assert blocked_by(replace(good, unused=None), START) == ("unused",)
    assert blocked_by(replace(good, received_at=None), START) == ("window_unknown",)
    for category in ("custom", "perishable", "digital", "opened_media", "other_excluded"):
        assert blocked_by(replace(good, category=category), START) == ("category",)


def test_a_changed_mind_on_1688_needs_three_conditions() -> None:
    good = ChangedMind("1688", "ordinary", unused=True, promised=True, evidence_clean=True)
    assert blocked_by(good, START) == ()
    assert blocked_by(ChangedMind("1688"), START) == ("promised", "unused", "evidence")
    assert blocked_by(replace(good, platform="off_platform"), START) == ("platform",)


def test_rates_of_batches_leave_the_unknown_out() -> None:
    known = Batch("1", None, 24_000, 23_000, 8, 1)
    unknown = Batch("2", None, 10_000, None, None, None)
    over = Batch("3", None, 10_000, 11_000, None, None)
    assert (known.short_tenths, known.defect_tenths, unknown.short_tenths) == (42, 125, None)
    assert over.short_milli == 0
    assert (shortage([known, unknown]).tenths, shortage([known, unknown]).batches) == (42, 1)
    assert defect_rate([unknown]).tenths is None
    assert scale_tenths([42, None]) == 50 and scale_tenths([None]) == 10
    assert percent_text(42) == "4.2 %" and percent_text(100) == "10 %"


def test_amounts_with_their_currency() -> None:
    assert amount_text(125_050, "CNY") == "¥1,250.50"
    assert amount_text(300_000_000, "VND") == "3,000,000 VND"
    assert amount_text(-1_050, "USD") == "-10.50 USD"
