"""``dockproof sample``: the document that scripts read, lines for people, exit 0 or 2."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from webapp.cli.main import run

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "sampling.json").read_text("utf-8")
)


def command(*words: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return run(("sample", *words), out, err), out.getvalue(), err.getvalue()


def document(*words: str) -> dict[str, Any]:
    code, out, err = command(*words, "--json")
    assert (code, err, out.count("\n")) == (0, "", 1)
    answer: dict[str, Any] = json.loads(out)
    return answer


def test_a_fixed_fraction() -> None:
    assert document("--lot", "100") == {
        "lot": 100,
        "plan": "fix",
        "level": None,
        "aql": None,
        "code_letter": None,
        "plan_letter": None,
        "n": 15,
        "n_floor": 10,
        "n_target": 15,
        "ac": None,
        "re": None,
        "critical": None,
        "below_floor": False,
        "every_unit": False,
        "detect": {"0.01": 0.15, "0.02": 0.278788, "0.05": 0.564317, "0.10": 0.819231},
        "smallest_found_95": 17,
    }
    assert document("--lot", "100", "--plan", "fix") == document("--lot", "100")


@pytest.mark.parametrize(
    "row", VECTORS["examples"], ids=lambda row: f"{row['lot']}-{row['level']}-{row['aql']}"
)
def test_each_worked_example(row: dict[str, Any]) -> None:
    asked = ["--lot", str(row["lot"]), "--plan", "aql", "--level", row["level"], "--aql", row["aql"]]
    answer = document(*asked)
    assert {name: answer[name] for name in row if name != "letter"} == {
        name: value for name, value in row.items() if name != "letter"
    }
    assert answer["code_letter"] == row["letter"]
    assert answer["critical"] == {"ac": 0, "re": 1}
    assert set(answer["detect"]) == {"0.01", "0.02", "0.05", "0.10"}


@pytest.mark.parametrize("row", VECTORS["detection"], ids=lambda row: f"{row['lot']}-{row['n']}")
def test_the_published_chances_at_the_target(row: dict[str, Any]) -> None:
    answer = document("--lot", str(row["lot"]))
    if row["n"] != answer["n"]:
        assert row["n"] == answer["n_floor"]
        return
    assert {key: f"{chance:.3f}" for key, chance in answer["detect"].items()} == {
        f"{int(percent) / 100:.2f}": chance for percent, chance in row["chances"].items()
    }
    assert answer["smallest_found_95"] == row["smallest"]


def test_the_table_is_meant_where_a_level_or_an_aql_is_given() -> None:
    assert document("--lot", "2400", "--aql", "2.50") == document("--lot", "2400", "--plan", "aql")
    assert document("--lot", "2400", "--level", "ii") == document("--lot", "2400", "--plan", "aql")


def test_lines_for_people() -> None:
    code, out, err = command("--lot", "100", "--plan", "aql", "--aql", "1.5")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "plan          ISO 2859-1 single, normal, level II, AQL 1.5",
        "inspect       32 of 100 units (32.0 %)",
        "code letter   F, its arrow leads to G",
        "accept        up to 1 defective, none critical",
        "reject        from 2 defective, or one critical",
        "floor         10 units (10 %), target 15 (15 %)",
        "chance         32.0 % to see a defective unit if 1 % are defective (1)",
        "chance         54.0 % to see a defective unit if 2 % are defective (2)",
        "chance         86.2 % to see a defective unit if 5 % are defective (5)",
        "chance         98.3 % to see a defective unit if 10 % are defective (10)",
        "may miss      fewer than 8 defective units in the lot (95 % sure)",
    ]


def test_lines_name_the_waiver_and_the_whole_lot() -> None:
    assert "waiver        below the 10 % floor: the importer must waive it with a reason" in command(
        "--lot", "2400", "--plan", "aql"
    )[1].split("\n")
    whole = command("--lot", "10", "--aql", "0.65")[1].split("\n")
    assert "inspect       every unit (10)" in whole
    assert whole[-2] == "may miss      nothing: every unit is inspected"


def test_no_sample_is_as_good_as_all_units() -> None:
    certain = command("--lot", "2400", "--plan", "aql")[1].splitlines()[-2]
    assert certain == "chance        >99.9 % to see a defective unit if 10 % are defective (240)"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--lot", "0"), "1 to 1000000 units, not 0"),
        (("--lot", "1000001", "--plan", "aql"), "not 1000001"),
        (("--lot", "100", "--aql", "10"), "no AQL “10”"),
        (("--lot", "100", "--plan", "aql", "--level", "IV"), "no inspection level “IV”"),
        (("--lot", "100", "--plan", "fix", "--aql", "2.5"), "belong to --plan aql"),
    ],
)
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["lines", "json"])
def test_wrong_use_is_one_sentence_and_nothing_on_stdout(
    words: tuple[str, ...], says: str, form: tuple[str, ...]
) -> None:
    code, out, err = command(*words, *form)
    assert (code, out) == (2, "")
    assert says in err and err.count("\n") == 1 and "{" not in err


@pytest.mark.parametrize("words", [(), ("--lot", "many"), ("--lot", "10", "--plan", "guess")])
def test_what_argparse_refuses_is_exit_2_too(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        command(*words)
    assert left.value.code == 2
    assert capsys.readouterr().out == ""
