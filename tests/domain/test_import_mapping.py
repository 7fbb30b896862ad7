"""Strange tables: which row is the header, what its columns may be, and that personal columns are out of reach."""

from __future__ import annotations

import pytest

from tests.fixtures.export_1688 import HEADERS, sheet_rows
from tests.fixtures.order_files import STRANGE_ORDER, rows_2017, strange_rows
from webapp.domain.import_mapping import (
    FIELDS,
    column_mapping,
    find_header,
    fingerprint,
    guess_columns,
    is_personal,
)
from webapp.domain.order_columns import HEADERS as FIELD_HEADERS
from webapp.domain.order_sheet import read_order_sheet
from webapp.domain.refusals import Refusal

NAMES = ("Mã đơn hàng", "Tên hàng", "SL", "Phân loại", "Mã vận đơn", "Số điện thoại", "Ghi chú")


def test_the_header_stands_below_a_title() -> None:
    header = find_header(strange_rows())
    assert header is not None
    assert (header.row, header.names) == (2, NAMES)


def test_rows_of_numbers_alone_have_no_header() -> None:
    assert (
        find_header([["3657499272179872333", "YT7598163190888"], ["3657499272179872334", "YT1234567890"]])
        is None
    )
    assert find_header([]) is None


def test_a_phone_number_is_not_offered() -> None:
    header = find_header(strange_rows())
    assert header is not None
    assert "Số điện thoại" not in dict(header.choices)


def test_headers_that_speak_for_themselves_are_proposed() -> None:
    header = find_header(strange_rows())
    assert header is not None
    guess = guess_columns(header)
    assert guess == {
        "order_no": "Mã đơn hàng", "title": "Tên hàng", "quantity": "SL", "spec": "Phân loại",
        "waybill": "Mã vận đơn", "remark": "Ghi chú",
    }  # fmt: skip


def test_a_mapping_reads_what_no_built_in_layout_knows() -> None:
    mapping = column_mapping(
        "1688",
        {"order_no": "Mã đơn hàng", "title": "Tên hàng", "quantity": "SL", "waybill": "Mã vận đơn"},
        NAMES,
    )
    reading = read_order_sheet(strange_rows(), mapping.layout)
    (order,) = reading.orders
    assert (order.order_no, order.lines[0].quantity_milli) == (STRANGE_ORDER, 12_000)
    assert [waybill.number_norm for waybill in order.waybills] == ["YT7598163190888"]
    assert [(problem.row, problem.code) for problem in reading.rejected] == [(4, "quantity_not_positive")]


def test_the_sentence_names_the_column_as_the_file_does() -> None:
    columns = {"order_no": "Mã đơn hàng", "title": "Tên hàng", "quantity": "SL", "placed_at": "Ghi chú"}
    reading = read_order_sheet(strange_rows(), column_mapping("1688", columns, NAMES).layout)
    assert reading.rejected[0].vars["column"] == "Ghi chú"


def test_moved_columns_are_the_same_table_and_a_renamed_one_is_not() -> None:
    assert fingerprint(NAMES) == fingerprint([f" {name.upper()} " for name in reversed(NAMES)])
    assert fingerprint(NAMES) != fingerprint([*NAMES[:-1], "Ghi chú 2"])


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"order_no": "Mã đơn hàng"}, "mapping_incomplete"),
        ({"order_no": "Mã đơn hàng", "title": "Tên hàng"}, "mapping_incomplete"),
        ({"title": "Tên hàng", "quantity": "SL"}, "mapping_incomplete"),
        ({"order_no": "Mã đơn hàng", "title": "Tên hàng", "waybill": "Mã vận đơn"}, "mapping_incomplete"),
        ({"order_no": "Mã đơn hàng", "title": "SL", "quantity": "SL"}, "mapping_column_twice"),
        ({"order_no": "Nowhere", "title": "Tên hàng", "quantity": "SL"}, "mapping_column_unknown"),
        ({"order_no": 5}, "mapping_column_unknown"),
        ({"address": "Ghi chú"}, "mapping_field_unknown"),
        ({"remark": "Số điện thoại"}, "mapping_column_personal"),
    ],
)
def test_a_choice_that_cannot_be_read(columns: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        column_mapping("1688", columns, NAMES)
    assert refused.value.code == code


def test_order_and_waybill_alone_complete_orders() -> None:
    layout = column_mapping("1688", {"order_no": NAMES[0], "waybill": NAMES[4]}, NAMES).layout
    assert layout.completes


def test_an_unknown_platform() -> None:
    with pytest.raises(Refusal, match="mapping_platform"):
        column_mapping("ebay", {}, NAMES)


def test_every_column_of_an_export_is_either_known_or_never_offered() -> None:
    """Columns N to R and the invoice columns: names, addresses, phones, banks."""
    for header in ("收货人姓名", "收货地址", "邮编", "联系电话", "联系手机", "发票：购货单位名称", "发票：纳税人识别号",
                   "发票：地址、电话", "发票：开户行及账号", "发票收取地址", "代理商联系方式", "买家支付宝账号",
                   "Bank account", "Địa chỉ", "SĐT người nhận"):  # fmt: skip
        assert is_personal(header), header
    known = {name for names in FIELD_HEADERS.values() for name in names}
    assert not [name for name in known if is_personal(name)]
    assert set(FIELDS) <= set(FIELD_HEADERS)


def test_built_in_layouts_are_found_as_tables_too() -> None:
    for rows in (sheet_rows([]), rows_2017([])):
        header = find_header(rows)
        assert header is not None and header.row == 1
    assert find_header([list(HEADERS)]) is not None
