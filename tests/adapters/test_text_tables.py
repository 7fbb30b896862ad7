"""CSV as programs of China write it: told by strict decoding, never guessed, never evaluated."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures.export_1688 import DEMO, sheet_rows
from tests.fixtures.order_files import taobao_rows, text
from webapp.adapters.spreadsheets import read_rows
from webapp.adapters.workbook_zip import Limits
from webapp.domain.order_sheet import SheetReading, read_order_sheet
from webapp.domain.refusals import Refusal

ROWS = sheet_rows(DEMO)


def read(content: bytes, filename: str = "orders.csv") -> SheetReading:
    return read_order_sheet(read_rows(content, filename))


def refusal(content: bytes, limits: Limits | None = None) -> tuple[str, dict[str, object]]:
    with pytest.raises(Refusal) as refused:
        list(read_rows(content, "orders.csv", limits))
    return refused.value.code, dict(refused.value.vars)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("wrapped", [False, True])
def test_the_same_orders_in_every_dress(encoding: str, delimiter: str, wrapped: bool) -> None:
    reading = read(text(ROWS, encoding, delimiter=delimiter, wrapped=wrapped))
    assert reading.orders == read_order_sheet(ROWS).orders
    assert reading.rejected == reading.warnings == ()


def test_a_csv_that_a_site_calls_xls() -> None:
    assert (
        read(text(taobao_rows(), "gb18030", wrapped=True), "ExportOrderList.xls").layout.platform == "taobao"
    )


def test_a_path_is_read_as_often_as_wanted(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(text(ROWS, "gb18030"))
    rows = read_rows(path, path.name)
    assert list(rows) == list(rows) == [["" if cell is None else str(cell) for cell in row] for row in ROWS]


def test_what_a_spreadsheet_program_did_to_the_numbers_is_refused_row_by_row() -> None:
    damaged = text(ROWS, "utf-8").replace(b"3657499272179232333", b"3.65749927217923E+18")
    reading = read(damaged.replace(b"3317081160226232333", b"3317081160226230000"))
    assert [order.order_no for order in reading.orders] == [order.order_no for order in DEMO[2:]]
    assert {p.code for p in reading.rejected} == {"order_no_rounded", "order_row_refused"}


def test_a_formula_stays_its_text() -> None:
    rows = [["订单编号", "货品标题", "数量"], ["3657499272179232333", "=HYPERLINK(1)", "2"],
            ["3657499272179232334", "杯", "=1+1"]]  # fmt: skip
    reading = read(text([list(row) for row in rows], "utf-8"))
    assert reading.orders[0].lines[0].title == "=HYPERLINK(1)"
    assert [problem.code for problem in reading.rejected] == ["quantity_not_a_number"]


def test_line_breaks_inside_a_cell_do_not_end_the_row() -> None:
    content = (
        '订单编号,货品标题,数量\r\n3657499272179232333,"杯\r\n带盖\u2028红",2\r\n3657499272179232334,碗,1'
    )
    reading = read(content.encode())
    assert [order.lines[0].title for order in reading.orders] == ["杯 带盖 红", "碗"]
    assert reading.orders[1].row == 3


def test_characters_cut_by_a_piece_of_the_file() -> None:
    """Pieces are read, and a character may lie across two of them."""
    rows = [["订单编号", "货品标题", "数量"]]
    rows += [[f"36574{n:08d}232333", "杯" * 40, "1"] for n in range(3_000)]
    for encoding in ("utf-8", "gb18030"):
        assert len(read(text([list(row) for row in rows], encoding)).orders) == 3_000


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_download_that_stopped_inside_a_character(encoding: str) -> None:
    cut = text([["订单编号", "货品标题", "数量"], ["3657499272179232333", "x" * 50, "杯"]], encoding).rstrip()
    assert refusal(cut[:-1])[0] == "import_truncated"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe\x00\xd8", "import_truncated"),
        (b"\x00\x01\x02\x03" * 20, "import_not_a_spreadsheet"),
        (b"  <table><tr><td>", "import_not_a_spreadsheet"),
        (b"%PDF-1.7", "import_not_a_spreadsheet"),
        (b'{"orders": []}', "import_not_a_spreadsheet"),
        (b"caf\xe9," * 100, "import_encoding"),
        (b"\xff" * 200, "import_encoding"),
    ],
)
def test_what_is_no_table(content: bytes, code: str) -> None:
    assert refusal(content)[0] == code


def test_a_quotation_mark_that_never_closes_names_its_row() -> None:
    content = '订单编号,货品标题,数量\n3657499272179232333,"杯,2\n3657499272179232334,碗,1\n'.encode()
    assert refusal(content) == ("import_quotes", {"row": 2})
    endless = '订单编号,"'.encode() + b"x" * 200_000
    assert refusal(endless) == ("import_quotes", {"row": 1})


def test_more_than_is_read() -> None:
    assert refusal(b"a,b\n" * 11, Limits(rows=10)) == ("import_too_many_rows", {"limit": 10})
    assert refusal(b"," * 2_000)[0] == "import_too_large"
    assert refusal(b"a,b\n" * 11, Limits(packed_bytes=10))[0] == "import_too_large"
