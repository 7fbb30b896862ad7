"""``dockproof find``: the document that scripts read, and exit codes."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.export_1688 import DEMO, write_export
from webapp.cli.main import run
from webapp.domain.labels import printed_code


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCKPROOF_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DOCKPROOF_PUBLIC_URL", raising=False)
    write_export(tmp_path / "orders.xlsx", DEMO)
    assert command("import-orders", str(tmp_path / "orders.xlsx"))[0] == 0
    return tmp_path


def command(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return run(arguments, out, err), out.getvalue(), err.getvalue()


def found(text: str) -> tuple[int, dict[str, Any]]:
    code, out, _ = command("find", text, "--json")
    return code, json.loads(out)


def test_each_way_to_an_order_names_it(home: Path) -> None:
    order = DEMO[0]
    for text, kind in ((order.order_no, "order"), (order.waybills[0][1], "waybill")):
        code, answer = found(text)
        assert code == 0
        (match,) = answer["matches"]
        assert (match["kind"], match["order_no"]) == (kind, order.order_no)
        assert set(match) >= {"kind", "order_no", "parcel", "supplier"}
    assert match["waybill"] == order.waybills[0][1] and len(match["parcel"]) == 32


def test_a_printed_label_and_its_voided_forerunner(home: Path) -> None:
    order = DEMO[0].order_no
    codes = []
    for sheet in ("first.pdf", "second.pdf"):
        code, out, err = command("labels", "--order", order, "--out", str(home / sheet), "--json")
        assert code == 0, err
        codes.append(_codes(json.loads(out))[0])
    assert [found(code)[1]["matches"][0]["voided"] for code in codes] == [True, False]
    assert found(codes[1])[1]["matches"][0]["label"] == printed_code(codes[1])


def _codes(answer: dict[str, Any]) -> list[str]:
    return [label if isinstance(label, str) else label["code"] for label in answer["labels"]]


def test_a_note_lists_what_matches_and_what_does_not(home: Path) -> None:
    code, answer = found(f"圆通 {DEMO[0].waybills[0][1]} 齐\n韵达快递 435337210043705蓝蕴，齐")
    assert code == 0
    assert [match["line"] for match in answer["matches"]] == [1]
    assert [(row["number"], row["couriers"]) for row in answer["unidentified"]] == [
        ("435337210043705", ["韵达快递"])
    ]
    plain = command("find", f"圆通 {DEMO[0].waybills[0][1]} 齐\n韵达快递 435337210043705蓝蕴，齐")[1]
    assert f"waybill  {DEMO[0].order_no}" in plain and "unidentified  435337210043705" in plain


def test_nothing_is_exit_1_and_still_a_document(home: Path) -> None:
    assert found("nothing of the kind") == (1, {"matches": [], "unidentified": []})
    code, out, err = command("find", "nothing of the kind")
    assert (code, out) == (1, "") and err.startswith("dockproof: ")


def test_another_organisation_must_be_named_rightly(home: Path) -> None:
    code, _, err = command("find", "x", "--organisation", "NOBODY")
    assert code == 1 and "NOBODY" in err
