"""How an importer's own table is read: which of its columns is which field, chosen once, remembered by its header.

A mapping names headers, never positions, so that it still fits when columns are moved. Columns that hold names,
addresses, phones, invoices or bank accounts cannot be chosen: nothing here needs them (domain.md 12.1, trap 5).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from webapp.domain.order_cells import Cell, is_blank, shown, text_of
from webapp.domain.order_columns import BUILT_IN, Layout, header_key
from webapp.domain.orders import order_no_problem
from webapp.domain.refusals import Refusal

PLATFORMS = ("1688", "taobao", "off_platform")
REQUIRED = ("order_no", "title", "quantity")
FIELDS = (
    *REQUIRED,
    "sku_id",
    "spec",
    "unit",
    "unit_price",
    "article_no",
    "offer_id",
    "waybill",
    "courier",
    "supplier_company",
    "supplier_member",
    "status",
    "placed_at",
    "paid_at",
    "goods",
    "freight",
    "adjust",
    "paid",
    "buyer_login",
    "remark",
)
"""What may be mapped, in the order that the screen asks for it."""

HEADER_SEARCH_ROWS = 20
LONGEST_HEADER = 200
MOST_COLUMNS = 300
_SAMPLE_ROWS = 3

_GUESSES: Mapping[str, tuple[str, ...]] = {
    "order_no": ("订单id", "平台订单号", "1688订单号", "淘宝订单号", "mã đơn hàng", "mã đơn", "số đơn hàng",
                 "order no", "order number", "order id"),
    "title": ("商品名称", "商品标题", "品名", "货品名称", "产品名称", "名称", "tên sản phẩm", "tên hàng", "sản phẩm",
              "product", "product name", "title", "item"),
    "quantity": ("商品数量", "购买数量", "件数", "采购数量", "số lượng", "sl", "quantity", "qty"),
    "sku_id": ("skuid", "sku", "mã sku"),
    "spec": ("商品规格", "销售属性", "颜色尺码", "属性", "phân loại", "thuộc tính", "quy cách", "variant",
             "specification"),
    "unit": ("đơn vị", "đvt"),
    "unit_price": ("商品单价", "đơn giá", "giá", "unit price", "price"),
    "article_no": ("商品编码", "mã hàng", "article no", "item no"),
    "offer_id": ("商品id", "offerid"),
    "waybill": ("快递单号", "物流单号", "运单编号", "快递号", "mã vận đơn", "vận đơn", "tracking number",
                "tracking no", "waybill"),
    "courier": ("快递公司", "快递", "承运商", "承运公司", "hãng vận chuyển", "đơn vị vận chuyển", "courier", "carrier"),
    "supplier_company": ("供应商", "店铺", "店铺名称", "商家", "卖家", "nhà cung cấp", "shop", "supplier", "seller"),
    "status": ("状态", "trạng thái", "status"),
    "placed_at": ("下单时间", "创建时间", "ngày đặt", "thời gian đặt", "order date"),
    "paid_at": ("付款时间", "支付时间", "ngày thanh toán", "payment date"),
    "goods": ("货款", "商品总价", "tiền hàng", "goods total"),
    "freight": ("邮费", "快递费", "phí ship nội địa", "phí vận chuyển", "freight", "shipping"),
    "paid": ("实付", "实付金额", "应付总额", "tổng tiền", "thực trả", "paid", "total"),
    "remark": ("备注", "留言", "ghi chú", "note", "remark"),
}  # fmt: skip

_PERSONAL = re.compile(
    r"发票|开户|银行|账号|纳税|税号|收货人|收件人|姓名|地址|邮编|电话|手机|联系|身份证|支付宝|旺旺|微信"
    r"|invoice|bank|tax|consignee|recipient|address|phone|mobile|email|e-mail|postcode|passport"
    r"|hóađơn|ngânhàng|sốtàikhoản|mãsốthuế|ngườinhận|họtên|địachỉ|điệnthoại|sđt|cccd",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Field → header text as it stands in the file."""

    platform: str
    columns: Mapping[str, str]

    @property
    def layout(self) -> Layout:
        headers = {field: (header,) for field, header in self.columns.items()}
        goods = {"title", "sku_id", "quantity"} & headers.keys()
        return Layout("mapped", self.platform, headers, completes=not goods)


@dataclass(frozen=True, slots=True)
class Header:
    """The row of a strange table that looks like its header. ``samples`` quote the cells below, for the screen only."""

    row: int
    names: tuple[str, ...]
    samples: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.names)

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """(header, sample) of every column that may be chosen, each header once."""
        pairs: dict[str, str] = {}
        for name, sample in zip(self.names, self.samples, strict=True):
            if name and not is_personal(name):
                pairs.setdefault(name, sample)
        return tuple(pairs.items())


def fingerprint(names: Iterable[str]) -> str:
    """SHA-256 in hex of the set of headers: moved columns are the same table, a renamed one is not."""
    keys = sorted({header_key(name) for name in names} - {""})
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()


def is_personal(header: str) -> bool:
    """True for a column that holds personal, invoice or bank data, by its header."""
    return _PERSONAL.search(header_key(header)) is not None


def find_header(rows: Iterable[Sequence[Cell]]) -> Header | None:
    """The first of 20 rows that is wide, and text in every cell; None if there is no table at all."""
    first: list[Sequence[Cell]] = []
    for row in rows:
        first.append(row[:MOST_COLUMNS])
        if len(first) == HEADER_SEARCH_ROWS + _SAMPLE_ROWS:
            break
    widest = max((_filled(row) for row in first), default=0)
    for at, row in enumerate(first[:HEADER_SEARCH_ROWS]):
        if _filled(row) >= max(2, widest * 0.6) and all(is_blank(cell) or _is_name(cell) for cell in row):
            names = tuple(text_of(cell)[:LONGEST_HEADER] for cell in row)
            return Header(
                at + 1, names, tuple(_sample(first[at + 1 :], place) for place in range(len(names)))
            )
    return None


def guess_columns(header: Header) -> dict[str, str]:
    """Field → header for what the names say by themselves; a person confirms it."""
    by_key = {header_key(name): name for name, _ in reversed(header.choices)}
    found: dict[str, str] = {}
    for field in FIELDS:
        known = [name for layout in BUILT_IN for name in layout.headers.get(field, ())]
        for name in (*known, *_GUESSES.get(field, ())):
            header_name = by_key.get(header_key(name))
            if header_name is not None and header_name not in found.values():
                found[field] = header_name
                break
    return found


def column_mapping(platform: str, chosen: Mapping[str, object], names: Sequence[str]) -> ColumnMapping:
    """The choice of a person or of a mapping file, checked against the header of the table.

    Raises Refusal: mapping_platform, mapping_field_unknown (field), mapping_column_unknown (column),
    mapping_column_personal (column), mapping_column_twice (column), mapping_incomplete.
    """
    if platform not in PLATFORMS:
        raise Refusal("mapping_platform")
    by_key = {header_key(name): name for name in reversed(names) if name}
    columns: dict[str, str] = {}
    for field, given in chosen.items():
        if field not in FIELDS:
            raise Refusal("mapping_field_unknown", field=shown(field))
        if given is None or given == "":
            continue
        header = by_key.get(header_key(given)) if isinstance(given, str) else None
        if header is None:
            raise Refusal("mapping_column_unknown", column=shown(str(given)))
        if is_personal(header):
            raise Refusal("mapping_column_personal", column=shown(header))
        if header in columns.values():
            raise Refusal("mapping_column_twice", column=shown(header))
        columns[field] = header
    goods = {"title", "sku_id"} & columns.keys()
    counted = "quantity" in columns
    late_waybills = "waybill" in columns and not goods and not counted
    if "order_no" not in columns or not (late_waybills or (goods and counted)):
        raise Refusal("mapping_incomplete")
    return ColumnMapping(platform, columns)


def _filled(row: Sequence[Cell]) -> int:
    return sum(not is_blank(cell) for cell in row)


def _is_name(cell: Cell) -> bool:
    if not isinstance(cell, str):
        return False
    text = text_of(cell)
    return (
        len(text) <= LONGEST_HEADER
        and order_no_problem(text) == "order_no_not_digits"
        and not text[:1].isdigit()
    )


def _sample(rows: Sequence[Sequence[Cell]], place: int) -> str:
    for row in rows[:_SAMPLE_ROWS]:
        if place < len(row) and not is_blank(row[place]):
            return shown(row[place])[:24]
    return ""
