"""``import-orders`` with every format; its JSON is a contract."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.export_1688 import DEMO, Order, sheet_rows, write_export
from tests.fixtures.order_files import (
    rows_28,
    rows_2017,
    strange_rows,
    taobao_line_rows,
    taobao_rows,
    text,
    xls,
    xlsx,
)
from webapp.cli.main import run

COLUMNS = {"order_no": "mã đơn hàng", "title": "Tên hàng", "quantity": "SL", "waybill": "Mã vận đơn"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCKPROOF_HOME", str(tmp_path / "home"))
    return tmp_path


def command(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return run(arguments, out, err), out.getvalue(), err.getvalue()


def imported(file: Path, *arguments: str) -> Any:
    code, out, err = command("import-orders", str(file), *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def saved(home: Path, name: str, content: bytes) -> Path:
    (home / name).write_bytes(content)
    return home / name


@pytest.mark.parametrize(
    ("name", "content", "orders", "lines", "waybills"),
    [
        ("a.xlsx", write_export(None), 6, 9, 6),
        ("a.xls", xls(rows_2017()), 6, 9, 6),
        ("b.xlsx", xlsx(rows_2017()), 6, 9, 6),
        ("c.xlsx", xlsx(rows_28()), 6, 9, 0),
        ("a.csv", text(sheet_rows(DEMO), "gb18030", wrapped=True), 6, 9, 6),
        ("b.csv", text(sheet_rows(DEMO), "utf-8-sig"), 6, 9, 6),
        ("ExportOrderDetailList.csv", text(taobao_line_rows(), "gb18030"), 1, 2, 0),
    ],
)
def test_every_format(home: Path, name: str, content: bytes, orders: int, lines: int, waybills: int) -> None:
    answer = imported(saved(home, name, content))
    assert list(answer) == ["orders", "lines", "waybills", "updated", "rejected", "warnings"]
    assert [answer[key] for key in answer] == [orders, lines, waybills, 0, [], []]


def test_a_summed_order_is_refused_with_what_to_do(home: Path) -> None:
    answer = imported(saved(home, "ExportOrderList.csv", text(taobao_rows(), "gb18030", wrapped=True)))
    assert (answer["orders"], answer["lines"], answer["waybills"]) == (1, 1, 1)
    assert [row["row"] for row in answer["rejected"]] == [3]
    assert "product list" in answer["warnings"][0]


def test_a_mapping_file_reads_a_strangers_table(home: Path) -> None:
    table = saved(home, "agent.csv", text(strange_rows(), "utf-8"))
    mapping = home / "agent.json"
    mapping.write_text(json.dumps({"platform": "1688", "columns": COLUMNS}), "utf-8")
    answer = imported(table, "--mapping", str(mapping))
    assert (answer["orders"], answer["lines"], answer["waybills"]) == (1, 1, 1)
    assert [row["row"] for row in answer["rejected"]] == [4]


@pytest.mark.parametrize(
    "mapping",
    [
        "{",
        "[]",
        '{"platform": "1688"}',
        '{"platform": "ebay", "columns": {}}',
        '{"platform": "1688", "columns": {"order_no": "Mã đơn hàng"}}',
        '{"platform": "1688", "columns": {"remark": "Số điện thoại"}}',
    ],
)
def test_a_mapping_that_cannot_be_used_is_one_sentence(home: Path, mapping: str) -> None:
    table = saved(home, "agent.csv", text(strange_rows(), "utf-8"))
    (home / "agent.json").write_text(mapping, "utf-8")
    code, out, err = command("import-orders", str(table), "--mapping", str(home / "agent.json"))
    assert (code, out) == (1, "")
    assert err.count("\n") == 1 and "mapping_" not in err


def test_late_waybills(home: Path) -> None:
    imported(saved(home, "orders.xlsx", xlsx(rows_28())))
    late = saved(home, "late.csv", f"订单编号,运单号\n{DEMO[0].order_no},YT7598163190299\n".encode())
    answer = imported(late)
    assert (answer["orders"], answer["updated"], answer["waybills"]) == (0, 1, 1)


def test_orders_of_another_buyer_are_warned_of(home: Path) -> None:
    imported(saved(home, "orders.xlsx", write_export(None)))
    strange = [Order(order_no="3657499272179545941")]
    answer = imported(saved(home, "other.xlsx", write_export(None, strange)))
    assert answer["orders"] == 1
    assert "545941" in answer["warnings"][0] and "232333" in answer["warnings"][0]
