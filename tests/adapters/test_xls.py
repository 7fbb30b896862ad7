"""The old binary format, opened by a process of its own: a lie in the file ends that process and not ours."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
import xlwt

from tests.fixtures.export_1688 import DEMO, sheet_rows
from tests.fixtures.order_files import claiming_size, rows_2017, with_password, xls, xls_changed
from webapp.adapters.spreadsheets import read_rows
from webapp.domain.order_sheet import read_order_sheet
from webapp.domain.refusals import Refusal


def refusal(content: bytes) -> str:
    with pytest.raises(Refusal) as refused:
        read_rows(content, "orders.xls")
    return refused.value.code


def test_an_export_of_2017(tmp_path: Path) -> None:
    path = tmp_path / "orders.xls"
    path.write_bytes(xls(rows_2017(), sheets=("订单", "说明")))
    rows = read_rows(path, path.name)
    assert (rows.sheet, rows.other_sheets, rows.count) == ("订单", ("说明",), 11)
    assert read_order_sheet(rows).orders == read_order_sheet(sheet_rows(DEMO)).orders
    assert list(rows) == list(rows)


def test_dates_and_numbers_come_through() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("x")
    style = xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm:ss")
    for column, value in enumerate(("订单编号", "货品标题", "数量", "订单创建时间")):
        sheet.write(2, column, value)
    sheet.write(3, 0, "3657499272179232333")
    sheet.write(3, 1, "杯")
    sheet.write(3, 2, 1.5)
    sheet.write(3, 3, 46083.427430555556, style)
    stream = BytesIO()
    book.save(stream)
    (order,) = read_order_sheet(read_rows(stream.getvalue(), "a.xls")).orders
    assert (order.row, order.lines[0].quantity_milli) == (4, 1500)
    assert order.placed_at is not None and order.placed_at.isoformat() == "2026-03-02T02:15:30+00:00"


def test_numbers_that_were_rounded_are_refused_row_by_row() -> None:
    rows = rows_2017()
    rows[1][0] = 3657499272179232333
    reading = read_order_sheet(read_rows(xls(rows), "a.xls"))
    assert [(p.row, p.code) for p in reading.rejected] == [(2, "order_no_rounded"), (3, "order_row_refused")]
    assert len(reading.orders) == 5


def test_formulas_are_never_evaluated() -> None:
    reading = read_order_sheet(read_rows(xls(rows_2017(), formula="6+6"), "a.xls"))
    assert reading.orders == ()
    assert "quantity_missing" in {problem.code for problem in reading.rejected}


def test_a_sheet_that_claims_to_be_endless() -> None:
    assert refusal(xls_changed(rows_2017(), claiming_size(0xFFFFFF, 0xFFFF))) == "import_too_large"


def test_a_lone_cell_in_the_last_corner() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("x")
    sheet.write(0, 0, "a")
    sheet.write(65_535, 255, "b")
    stream = BytesIO()
    book.save(stream)
    assert refusal(stream.getvalue()) == "import_too_large"


def test_a_password() -> None:
    assert refusal(xls_changed(rows_2017(), with_password)) == "import_password"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_download(share: float) -> None:
    content = xls(rows_2017())
    assert refusal(content[: int(len(content) * share)]) == "import_truncated"


def test_a_damaged_stream_is_a_refusal() -> None:
    def damage(records: bytes) -> bytes:
        return records[:40] + b"\xff" * (len(records) - 40)

    assert refusal(xls_changed(rows_2017(), damage)) in ("import_truncated", "import_not_a_spreadsheet")
