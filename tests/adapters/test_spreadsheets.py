"""Files that people and strangers upload: read, or refused before they can do harm."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.fixtures.export_1688 import DEMO, HEADERS, Order, write_export
from webapp.adapters.spreadsheets import read_rows
from webapp.adapters.workbook_zip import Limits
from webapp.domain.order_sheet import SheetReading, read_order_sheet
from webapp.domain.refusals import Refusal

SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(content: bytes) -> SheetReading:
    return read_order_sheet(read_rows(content, "export.xlsx"))


def refusal(content: bytes, filename: str = "export.xlsx", limits: Limits | None = None) -> str:
    with pytest.raises(Refusal) as refused:
        read_rows(content, filename, limits)
    return refused.value.code


def rebuilt(
    content: bytes, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None
) -> bytes:
    """The archive with each member passed through ``change``."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, data in (extra or {}).items():
            new.writestr(name, data)
    return stream.getvalue()


def with_sheet(sheet: bytes, strings: bytes = b"") -> bytes:
    """A workbook whose first sheet is this XML, with these shared strings."""
    extra = {"xl/sharedStrings.xml": strings} if strings else None
    return rebuilt(write_export(None), lambda name, data: sheet if name == SHEET else data, extra)


def sheet_xml(body: bytes) -> bytes:
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return b'<worksheet xmlns="' + space + b'"><sheetData>' + body + b"</sheetData></worksheet>"


# --- what is read -----------------------------------------------------------------------------


def test_a_merged_workbook_reads_like_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "orders.xlsx"
    content = write_export(path)
    from_file = read_order_sheet(read_rows(path, path.name))
    assert from_file == read(content)
    assert [order.order_no for order in from_file.orders] == [order.order_no for order in DEMO]
    assert from_file.rejected == () and from_file.warnings == ()


def test_only_the_first_cell_of_a_merge_holds_the_value() -> None:
    rows = list(read_rows(write_export(None), "a.xlsx"))
    assert (rows[1][0], rows[2][0]) == ("3657499272179232333", "")
    assert rows[2][HEADERS.index("货品标题")] == "纯棉圆领短袖T恤"


@pytest.mark.parametrize(
    "trapped",
    [
        partial(write_export, None, false_dimension=True),
        partial(write_export, None, blank_rows=True),
        partial(write_export, None, second_sheet=True),
        partial(write_export, None, formatted_to_the_end=True),
    ],
)
def test_traps_that_change_nothing(trapped: Callable[[], bytes]) -> None:
    assert read(trapped()).orders == read(write_export(None)).orders


def test_merged_or_not_is_the_same() -> None:
    assert read(write_export(None, merged=False)) == read(write_export(None))


def test_ids_saved_as_numbers_are_refused_row_by_row() -> None:
    reading = read(write_export(None, numeric_ids=True))
    assert reading.orders == ()
    assert {problem.code for problem in reading.rejected} == {"order_no_rounded", "order_row_refused"}
    assert {problem.row for problem in reading.rejected} == set(range(2, 12))  # every row of the demo


def test_one_rounded_order_number_leaves_the_other_orders_in() -> None:
    orders = [replace(DEMO[0], order_no=3657499272179232333), *DEMO[1:]]
    reading = read(write_export(None, orders))
    assert len(reading.orders) == 5
    assert [problem.row for problem in reading.rejected] == [2, 3]


def test_formulas_are_never_evaluated() -> None:
    reading = read(write_export(None, formula_quantity=True))
    assert reading.orders == ()
    assert "quantity_missing" in {problem.code for problem in reading.rejected}


def test_decimal_quantities() -> None:
    reading = read(write_export(None, decimals=True))
    assert {line.quantity_milli for order in reading.orders for line in order.lines} == {1500}


def test_a_repeated_header_is_said() -> None:
    reading = read(write_export(None, duplicate_header="订单编号"))
    assert [problem.code for problem in reading.warnings] == ["duplicate_header"]
    assert len(reading.orders) == 6


def test_date_cells_and_row_numbers() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    table: dict[int, list[str | int | datetime]] = {4: ["订单编号", "货品标题", "数量", "订单创建时间"],
                       6: ["3657499272179232333", "茶杯", 3, datetime(2026, 3, 2, 10, 15, 30)],
                       8: ["3657499272179232334", "茶杯", "三", datetime(2026, 3, 2)]}  # fmt: skip
    for row, cells in table.items():
        for column, value in enumerate(cells, start=2):
            sheet.cell(row, column, value)
    stream = BytesIO()
    book.save(stream)
    reading = read(stream.getvalue())
    placed = reading.orders[0].placed_at
    assert placed is not None and placed.isoformat() == "2026-03-02T02:15:30+00:00"
    assert [problem.row for problem in reading.rejected] == [8]


def test_the_other_sheets_are_named_and_hidden_ones_are_not_the_first() -> None:
    rows = read_rows(write_export(None, second_sheet=True), "a.xlsx")
    assert (rows.sheet, rows.other_sheets) == ("订单", ("说明",))
    hidden = rebuilt(
        write_export(None, second_sheet=True),
        lambda name, data: (
            data.replace(b'sheetId="1" state="visible"', b'sheetId="1" state="hidden"')
            if name == "xl/workbook.xml"
            else data
        ),
    )
    assert read_rows(hidden, "a.xlsx").sheet == "说明"


def test_rows_can_be_gone_through_twice() -> None:
    rows = read_rows(write_export(None), "a.xlsx")
    assert list(rows) == list(rows)


def test_cells_without_references_are_read() -> None:
    bare = rebuilt(
        write_export(None, [Order()], merged=False),
        lambda name, data: re.sub(rb'<(row|c) r="\w+"', rb"<\1", data) if name == SHEET else data,
    )
    rows = [row for row in read_rows(bare, "a.xlsx") if any(row)]
    assert len(rows) == 2


# --- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (b"", "a.xlsx", "import_empty"),
        ("订单编号,数量\n1,2\n".encode(), "a.xlsx", "import_not_a_spreadsheet"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "a.xlsx", "import_not_a_spreadsheet"),
        (b"<html><table></table></html>", "a.xls", "import_not_a_spreadsheet"),
        (
            OLE + bytes(2000) + "EncryptedPackage".encode("utf-16-le") + bytes(500),
            "a.xlsx",
            "import_password",
        ),
        (OLE + bytes(2000) + "Workbook".encode("utf-16-le") + bytes(500), "a.xls", "import_truncated"),
        (OLE + bytes(2000), "a.doc", "import_not_a_spreadsheet"),
        (OLE, "a.xls", "import_truncated"),
        (b"PK\x05\x06" + bytes(18), "a.xlsx", "import_not_a_spreadsheet"),
        (b"PK\x03\x04", "a.xlsx", "import_truncated"),
    ],
)
def test_what_is_no_xlsx(content: bytes, filename: str, code: str) -> None:
    assert refusal(content, filename) == code


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_download(share: float) -> None:
    content = write_export(None)
    assert refusal(content[: int(len(content) * share)]) == "import_truncated"


def test_a_damaged_member() -> None:
    content = bytearray(write_export(None))
    with zipfile.ZipFile(BytesIO(bytes(content))) as archive:
        start = archive.getinfo(SHEET).header_offset + 80
    content[start : start + 60] = bytes(60)
    assert refusal(bytes(content)) == "import_truncated"


def test_a_sheet_that_stops_in_the_middle() -> None:
    cut = rebuilt(write_export(None), lambda name, data: data[: len(data) // 2] if name == SHEET else data)
    assert refusal(cut) == "import_truncated"


def test_an_archive_of_something_else() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("photo.jpg", b"x")
    assert refusal(stream.getvalue()) == "import_not_a_spreadsheet"


def test_other_office_formats_are_named() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", b"<x/>")
    with pytest.raises(Refusal) as refused:
        read_rows(stream.getvalue(), "a.ods")
    assert (refused.value.code, refused.value.vars) == ("import_other_format", {"format": "ods"})


def test_encrypted_members() -> None:
    content = bytearray(write_export(None))
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    assert refusal(bytes(content)) == "import_password"


def test_a_bomb_that_unpacks_too_far() -> None:
    bomb = with_sheet(sheet_xml(b" " * (40 << 20)))
    assert len(bomb) < 200_000
    assert refusal(bomb) == "import_too_large"


def test_a_bomb_within_the_ratio_but_over_the_total() -> None:
    limits = Limits(unpacked_bytes=1 << 20)
    assert refusal(with_sheet(sheet_xml(b"<row></row>" * 100_000)), limits=limits) == "import_too_large"


def test_many_members_share_one_total() -> None:
    one = b"<a>" + b"<b/>" * 50_000 + b"</a>"
    content = rebuilt(write_export(None), lambda _, data: data, {f"xl/x{n}.xml": one for n in range(10)})
    assert refusal(content, limits=Limits(unpacked_bytes=1 << 20)) == "import_too_large"
    assert refusal(content, limits=Limits(members=10)) == "import_too_large"
    assert len(read(content).orders) == 6


@pytest.mark.parametrize("claimed", [10, 1000])
def test_a_directory_that_claims_less_than_there_is(claimed: int) -> None:
    content = bytearray(with_sheet(sheet_xml(b"<row></row>" * 100_000)))
    with zipfile.ZipFile(BytesIO(bytes(content))) as archive:
        size = archive.getinfo(SHEET).file_size
    at = content.rfind(b"PK\x01\x02", 0, content.rfind(SHEET.encode()))
    assert struct.unpack_from("<I", content, at + 24)[0] == size
    struct.pack_into("<I", content, at + 24, claimed)
    assert refusal(bytes(content)) == "import_truncated"


def test_more_bytes_than_may_be_sent() -> None:
    assert refusal(write_export(None), limits=Limits(packed_bytes=1000)) == "import_too_large"


def test_more_rows_than_are_read() -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 12))
    limits = Limits(rows=10)
    assert refusal(with_sheet(sheet_xml(rows)), limits=limits) == "import_too_many_rows"
    bare = re.sub(rb' r="\w+"', b"", rows)
    assert refusal(with_sheet(sheet_xml(bare)), limits=limits) == "import_too_many_rows"


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="A1048576"><v>1</v></c>',
        b"<c r='A1048576'><v>1</v></c>",
        b'<c s="1" r="A1048576" ><v>1</v></c>',
        b'<c t="n" r = "A1048576"><v>1</v></c>',
        b'<x:c xmlns:x="a" r="A1048576"><v>1</v></x:c>',
    ],
)
def test_a_lone_cell_in_the_last_row(cell: bytes) -> None:
    """A reader that keeps a full rectangle would allocate for every cell up to it."""
    assert refusal(with_sheet(sheet_xml(b'<row r="1">' + cell + b"</row>"))) == "import_too_many_rows"


def test_a_lone_cell_in_the_last_column() -> None:
    corner = b'<row r="1"><c r="XFD1"><v>1</v></c></row><row r="2"><c r="A150000"><v>1</v></c></row>'
    assert refusal(with_sheet(sheet_xml(corner))) == "import_too_large"


def test_one_long_string_used_by_every_cell() -> None:
    strings = b"<sst><si><t>x</t></si><si/><si><t>" + b"y" * 30_000 + b"</t></si></sst>"
    row = (
        b'<row r="%d">' + b"".join(b'<c r="%c%%d" t="s"><v>2</v></c>' % c for c in range(65, 91)) + b"</row>"
    )
    rows = b"".join(row % ((n,) * 27) for n in range(1, 1001))
    assert refusal(with_sheet(sheet_xml(rows), strings)) == "import_too_large"
    short = rows.replace(b"<v>2<", b"<v>0<")
    assert len(list(read_rows(with_sheet(sheet_xml(short), strings), "a.xlsx"))) == 1000


def test_an_endless_tag() -> None:
    long_tag = b'<row r="1"><c s="' + b"1" * (3 << 20) + b'" r="A1"><v>1</v></c></row>'
    assert refusal(with_sheet(sheet_xml(long_tag))) == "import_too_large"


def test_refusals_have_words_in_every_language() -> None:
    import_words = Path(read_rows.__code__.co_filename).parents[1] / "words"
    for language in ("en", "zh_CN", "vi"):
        text = (import_words / f"{language}.json").read_text("utf-8")
        for code in ("empty", "not_a_spreadsheet", "other_format", "password", "truncated", "too_large",
                     "too_many_rows", "no_header", "header_incomplete", "no_rows", "encoding", "quotes"):  # fmt: skip
            assert f'"error.import_{code}"' in text
