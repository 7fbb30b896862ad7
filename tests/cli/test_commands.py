"""The command line on a real instance: JSON on stdout, one sentence on stderr, exit codes that scripts rely on."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from tests.fixtures.export_1688 import DEMO, write_export
from webapp.cli.main import COMMANDS, parser, run

TWO_LINES = "3657499272179232333"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCKPROOF_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DOCKPROOF_PUBLIC_URL", raising=False)
    return tmp_path


def command(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return run(arguments, out, err), out.getvalue(), err.getvalue()


def json_of(*arguments: str) -> Any:
    code, out, err = command(*arguments, "--json")
    assert code == 0, err
    return json.loads(out)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_loaded_by_the_name_it_gives_itself(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        parser(name).parse_args([name, "--help"])
    assert f"usage: dockproof {name} " in capsys.readouterr().out


@pytest.fixture
def imported(home: Path) -> Path:
    write_export(home / "orders.xlsx", DEMO)
    assert command("import-orders", str(home / "orders.xlsx"), "--account", "chi", "--owner", "agent")[0] == 0
    return home


def test_import_reports_and_repeats_without_doubling(home: Path) -> None:
    write_export(home / "orders.xlsx", DEMO)
    first = json_of("import-orders", str(home / "orders.xlsx"))
    again = json_of("import-orders", str(home / "orders.xlsx"))
    assert (first["orders"], first["updated"], first["rejected"]) == (len(DEMO), 0, [])
    assert (again["orders"], again["lines"], again["waybills"], again["updated"]) == (
        0,
        0,
        0,
        first["orders"],
    )


def test_a_file_that_is_no_spreadsheet_is_one_sentence(home: Path) -> None:
    (home / "orders.xlsx").write_bytes(b"not a spreadsheet")
    code, out, err = command("import-orders", str(home / "orders.xlsx"))
    assert (code, out) == (1, "")
    assert err.count("\n") == 1 and "error." not in err


def test_a_missing_file_is_one_sentence(home: Path) -> None:
    code, out, err = command("import-orders", str(home / "nowhere.xlsx"))
    assert (code, out, err.count("\n")) == (1, "", 1)


def test_labels_open_their_parcel(imported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKPROOF_PUBLIC_URL", "https://dock.example")
    sheet = imported / "labels.pdf"
    answer = json_of("labels", "--order", TWO_LINES, "--out", str(sheet))
    page = pypdfium2.PdfDocument(sheet)[0].render(scale=203 / 72).to_pil()
    assert [code.text for code in zxingcpp.read_barcodes(page)] == [
        f"HTTPS://DOCK.EXAMPLE/L/{answer['labels'][0]}"
    ]


def test_labels_warn_while_no_phone_could_open_them(imported: Path) -> None:
    code, _, err = command("labels", "--order", TWO_LINES, "--out", str(imported / "labels.pdf"))
    assert code == 0
    assert "DOCKPROOF_PUBLIC_URL" in err


def test_an_unknown_order_is_one_sentence_and_no_file(imported: Path) -> None:
    code, out, err = command("labels", "--order", "999999999999999999", "--out", str(imported / "no.pdf"))
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert not (imported / "no.pdf").exists()


def test_deadlines_of_the_demo_name_who_must_act(home: Path) -> None:
    orders = json_of("demo")["orders"]
    answer = json_of("deadlines")
    rules = {(row["order"], row["rule"]) for row in answer["deadlines"]}
    assert {(orders[0], rule) for rule in ("R-02", "R-03", "R-08", "R-09", "R-10")} <= rules
    assert all(row["who"] and row["towards"] and row["state"] for row in answer["deadlines"])
    assert all(row["assumed"] for row in answer["deadlines"] if row["rule"] in ("R-02", "R-03"))


def test_deadlines_of_one_order_tell_their_subject_and_how_they_moved(home: Path) -> None:
    order = json_of("demo")["orders"][0]
    answer = json_of("deadlines", "--order", order, "--changes", "--open")
    assert {row["subject"] for row in answer["deadlines"]} >= {"order", "parcel"}
    assert {row["state"] for row in answer["deadlines"]} <= {"running", "late_try", "start_unknown"}
    assert all(one["cause"] and one["before"] != one["after"] for one in answer["changes"])
    code, out, err = command("deadlines", "--changes")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert json_of("rule", "--edition", "1")["edition"] == 1  # pinned by the demo's claim


def test_the_shipped_rules_are_edition_0_until_one_is_needed(imported: Path) -> None:
    assert json_of("rule", "--edition", "0")["edition"] == 0


def test_deadlines_refuse_a_naive_now(home: Path) -> None:
    code, out, err = command("deadlines", "--now", "2026-11-21T10:00")
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_the_demo_does_not_mix_with_real_data(imported: Path) -> None:
    code, out, err = command("demo")
    assert (code, out, err.count("\n")) == (1, "", 1)


def test_a_wrong_setting_is_one_sentence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKPROOF_PUBLIC_URL", "dock")
    code, out, err = command("deadlines")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "DOCKPROOF_PUBLIC_URL" in err
