"""`dockproof case-file` and `dockproof verify`."""

from __future__ import annotations

import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.instance import make_instance
from webapp.cli.main import run

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def order_no(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in [name for name in os.environ if name.startswith("DOCKPROOF_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DOCKPROOF_HOME", str(tmp_path / "home"))
    return make_instance(tmp_path / "home", NOW).names["order_no"]


def dockproof(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return run(arguments, out, err), out.getvalue(), err.getvalue()


def test_a_case_file_is_written_and_is_whole(
    order_no: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "case.zip"
    code, out, _ = dockproof("case-file", order_no, "--out", str(file), "--json")
    assert code == 0 and json.loads(out) == {"file": str(file), "bytes": file.stat().st_size, "missing": []}
    # Whoever checks it has no instance.
    monkeypatch.setenv("DOCKPROOF_HOME", str(tmp_path / "nowhere"))
    code, out, err = dockproof("verify", str(file), "--json")
    told = json.loads(out)
    assert (code, err, told["ok"], told["findings"]) == (0, "", True, [])
    assert told["levels"]["E0"] == {"state": "holds", "proven": 3, "of": 3}
    assert told["levels"]["E5"]["state"] == "not_proven"
    assert not (tmp_path / "nowhere").exists()
    assert "whole: nothing was altered" in dockproof("verify", str(file))[1]


def test_a_forged_file_is_a_finding_and_never_a_trace(order_no: str, tmp_path: Path) -> None:
    file = tmp_path / "case.zip"
    dockproof("case-file", order_no, "--out", str(file))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    code, out, err = dockproof("verify", str(file), "--json")
    findings = json.loads(out)["findings"]
    assert (code, err) == (1, "") and findings and {"code", "what", "where"} == set(findings[0])


def test_an_old_case_file_is_never_overwritten(order_no: str, tmp_path: Path) -> None:
    file = tmp_path / "case.zip"
    file.write_bytes(b"evidence of yesterday")
    code, _, err = dockproof("case-file", order_no, "--out", str(file))
    assert code == 1 and "case.zip" in err and file.read_bytes() == b"evidence of yesterday"


def test_an_unknown_order_and_a_missing_file_are_one_sentence(order_no: str, tmp_path: Path) -> None:
    code, out, err = dockproof("case-file", "1", "--out", str(tmp_path / "a.zip"))
    assert (code, out) == (1, "") and err.count("\n") == 1
    code, out, err = dockproof("verify", str(tmp_path / "none.zip"))
    assert (code, out) == (1, "") and err.count("\n") == 1
