"""``dockproof rule``: one document or a few lines on stdout, one sentence on stderr, exit 0, 1 or 2."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from webapp.cli import rule

VECTORS: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "deadlines.json").read_text("utf-8")
)


def call(*words: str) -> tuple[int, str, str]:
    parser = argparse.ArgumentParser(prog="dockproof")
    rule.add_parser(parser.add_subparsers(required=True))
    args = parser.parse_args(["rule", *words])
    out, err = StringIO(), StringIO()
    return args.run(args, out, err), out.getvalue(), err.getvalue()


def document(*words: str) -> dict[str, Any]:
    code, out, err = call(*words, "--json")
    assert (code, err) == (0, "")
    answer: dict[str, Any] = json.loads(out)
    return answer


@pytest.mark.parametrize("row", VECTORS["rules"], ids=lambda row: row["what"])
def test_each_vector_as_a_user_would_ask(row: dict[str, Any]) -> None:
    end = ["--end", row["end"]] if "end" in row else []
    answer = document(row["rule"], "--start", row["start"], *end)
    assert (answer["rule"], answer["start"], answer["zone"]) == (row["rule"], row["start"], row["zone"])
    for name, expected in row["expect"].items():
        same = datetime.fromisoformat if isinstance(expected, str) else bool
        assert same(answer[name]) == same(expected), name
    offset = {"Asia/Shanghai": "+08:00", "Asia/Ho_Chi_Minh": "+07:00"}[row["zone"]]
    assert all(answer[name].endswith(offset) for name in ("counts_from", "due", "act_by"))


def test_the_document_says_who_where_and_on_whose_word() -> None:
    assert document("R-02", "--start", "2026-11-20T14:37:20+08:00") == {
        "rule": "R-02",
        "start": "2026-11-20T14:37:20+08:00",
        "counts_from": "2026-11-20T14:37:20+08:00",
        "due": "2026-11-27T14:37:20+08:00",
        "act_by": "2026-11-26T23:59:59+08:00",
        "zone": "Asia/Shanghai",
        "profile": "ordinex-1688-2026-06",
        "source": "Ordinex: 1688 Refund and Dispute Policy: What Importers Get",
        "source_date": "2026-06-29",
        "citations": ["S0-11", "S0-12", "S0-45"],
        "severity": "critical",
        "who": "account_holder",
        "towards": "supplier",
        "if_missed": "The request window is closed. Until day 15 a late try is possible; the platform may refuse.",
        "assumed": False,
    }


def test_an_undated_source_has_no_date() -> None:
    assert document("r-08", "--start", "2026-12-10T09:00:00+07:00")["source_date"] is None


def test_r06_takes_a_date_and_reads_an_instant_in_china() -> None:
    by_date = document("R-06", "--start", "2026-11-24")
    by_instant = document("R-06", "--start", "2026-11-23T16:00:00Z")
    assert by_date["earliest"] == by_instant["earliest"] == "2026-11-25T00:00:00+08:00"
    assert by_date["late_after"] == by_instant["late_after"] == "2026-12-03T23:59:59+08:00"
    assert by_date["provisional"] is False and by_date["start"] == "2026-11-24"


def test_the_zone_comes_from_the_option_or_the_offset() -> None:
    start = "2026-12-10T02:00:00Z"
    assert (
        document("R-08", "--start", start, "--zone", "Asia/Ho_Chi_Minh")["due"] == "2026-12-13T09:00:00+07:00"
    )
    assert document("R-08", "--start", "2026-12-10T10:00:00+08:00")["zone"] == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("R-02", "--start", "2026-11-20T14:37:20"), 2, "no offset"),
        (("R-02", "--start", "2026-11-20"), 2, "no offset"),
        (("R-06", "--start", "2026-11-24T10:00:00"), 2, "no offset"),
        (("R-11", "--start", "2026-11-20T14:37:20+08:00", "--end", "2026-11-24"), 2, "no offset"),
        (("R-02", "--start", "tomorrow"), 2, "no ISO 8601 instant"),
        (("R-02", "--start", "2026-02-30T10:00:00+08:00"), 2, "no ISO 8601 instant"),
        (("R-99", "--start", "2026-11-20T14:37:20+08:00"), 2, "no rule R-99"),
        (("R-08", "--start", "2026-12-10T02:00:00Z"), 2, "--zone"),
        (("R-08", "--start", "2026-12-10T02:00:00Z", "--zone", "Mars/Base"), 2, "no IANA time zone"),
        (("R-02", "--start", "2026-12-10T02:00:00Z", "--zone", "Asia/Ho_Chi_Minh"), 2, "always reckoned"),
        (("R-02", "--start", "2026-12-10T02:00:00Z", "--end", "2026-12-11T02:00:00Z"), 2, "its own end"),
        (("R-11", "--start", "2026-12-10T02:00:00Z", "--end", "2026-12-09T02:00:00Z"), 2, "before its start"),
        (("R-02", "--start", "9999-12-30T00:00:00+08:00"), 2, "too far away"),
        (("R-15", "--start", "2026-12-01T00:00:00Z", "--end", "9999-12-31T23:00:00Z"), 2, "too far away"),
        (("R-12", "--start", "2026-12-10T02:00:00Z"), 1, "unknown: "),
        (("R-14", "--start", "2026-12-10T09:00:00+07:00"), 1, "unknown: "),
        (("R-15", "--start", "2026-12-10T02:00:00Z"), 1, "unknown: "),
    ],
)
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["lines", "json"])
def test_a_no_is_one_sentence_and_nothing_on_stdout(
    words: tuple[str, ...], code: int, says: str, form: tuple[str, ...]
) -> None:
    got, out, err = call(*words, *form)
    assert (got, out) == (code, "")
    assert says in err and err.count("\n") == 1 and "{" not in err


def test_lines_for_people_show_both_clocks() -> None:
    code, out, err = call("R-01", "--start", "2026-11-20T15:05:00+08:00")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "R-01 Ask the agent for a return or exchange"
    assert "due           2026-11-25 16:00:00 China   2026-11-25 15:00:00 Vietnam" in lines
    assert "act by        2026-11-25 15:05:00 China   2026-11-25 14:05:00 Vietnam" in lines
    assert "who           importer -> buying agent" in lines
    assert "source        1688 Order: Return and exchange service, undated (S2-02, S2-03, S2-04)" in lines


def test_without_an_id_every_rule_is_listed_and_unknown_amounts_are_null() -> None:
    code, out, err = call()
    assert (code, err) == (0, "") and [line[:4] for line in out.splitlines()] == [
        f"R-{n:02}" for n in range(1, 16)
    ]
    listed = document()
    amounts = {one["id"]: one["value"] for profile in listed["profiles"] for one in profile["amounts"]}
    assert amounts["late_return_penalty"] is None and amounts["mediation_duration"] is None
    assert (listed["edition"], listed["switches"]["clock_start"]) == (0, "earliest")


def test_a_rule_needs_its_start() -> None:
    code, out, err = call("R-02")
    assert (code, out, err.count("\n")) == (2, "", 1)
