"""Which column of an export holds what: by header text, since layouts differ in position (domain.md 12.1, 12.3)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.domain.order_cells import Cell

# Only these columns are ever looked at: names, addresses, phones, invoice and bank columns have no entry here.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "order_no": ("订单编号", "订单号"),
    "buyer_login": ("买家会员名",),
    "supplier_company": ("卖家公司名",),
    "supplier_member": ("卖家会员名",),
    "goods": ("货品总价(元)", "货品总价"),
    "freight": ("运费(元)", "运费"),
    "adjust": ("涨价或折扣(元)", "涨价或折扣"),
    "paid": ("实付款(元)", "实付款"),
    "status": ("订单状态",),
    "placed_at": ("订单创建时间",),
    "paid_at": ("订单付款时间",),
    "title": ("货品标题",),
    "unit_price": ("单价(元)", "单价"),
    "quantity": ("数量",),
    "unit": ("单位",),
    "article_no": ("货号",),
    "model": ("型号",),
    "spec": ("规格", "货品规格", "规格属性"),
    "offer_id": ("Offer ID",),
    "sku_id": ("SKU ID",),
    "material_no": ("物料编号",),
    "single_item_no": ("单品货号",),
    "remark": ("买家留言",),
    "courier": ("物流公司",),
    "waybill": ("运单号", "物流公司运单号"),
}

_TAOBAO_ORDERS: Mapping[str, tuple[str, ...]] = {
    "order_no": ("订单编号",),
    "buyer_login": ("买家会员名",),
    "supplier_company": ("店铺名称",),
    "goods": ("买家应付货款",),
    "freight": ("买家应付邮费",),
    "paid": ("买家实际支付金额",),
    "status": ("订单状态",),
    "placed_at": ("订单创建时间",),
    "paid_at": ("订单付款时间",),
    "title": ("宝贝标题",),
    "quantity": ("宝贝总数量",),
    "kinds": ("宝贝种类",),
    "remark": ("买家留言",),
    "courier": ("物流公司",),
    "waybill": ("物流单号", "运单号"),
}

_TAOBAO_LINES: Mapping[str, tuple[str, ...]] = {
    "order_no": ("主订单编号",),
    "title": ("标题",),
    "unit_price": ("价格",),
    "quantity": ("购买数量",),
    "spec": ("商品属性",),
    "article_no": ("商家编码",),
    "single_item_no": ("外部系统编号",),
    "status": ("订单状态",),
    "placed_at": ("订单创建时间",),
    "paid_at": ("订单付款时间",),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of file: field → header texts, the first of them is what people are told.

    ``platform`` "" means: of orders that are known already. ``completes``: the file has no goods of its own and
    only adds to known orders (late waybills).
    """

    name: str
    platform: str
    headers: Mapping[str, tuple[str, ...]]
    completes: bool = False


EXPORT_1688 = Layout("1688", "1688", HEADERS)
TAOBAO_ORDERS = Layout("taobao_orders", "taobao", _TAOBAO_ORDERS)
TAOBAO_LINES = Layout("taobao_lines", "taobao", _TAOBAO_LINES)
WAYBILLS = Layout(
    "waybills", "", {name: HEADERS[name] for name in ("order_no", "courier", "waybill")}, completes=True
)
BUILT_IN = (EXPORT_1688, TAOBAO_ORDERS, TAOBAO_LINES)


def header_key(text: str) -> str:
    """Header text for comparison: NFKC (folds full-width forms), no white space, no case, no ``*`` or ``:`` around."""
    folded = unicodedata.normalize("NFKC", text).replace("\ufeff", "")
    return "".join(folded.split()).casefold().strip("*:")


@dataclass(frozen=True, slots=True)
class Columns:
    """Field → column index. ``waybills`` holds every waybill column; of other equal headers the first counts."""

    layout: Layout
    index: Mapping[str, int]
    waybills: tuple[int, ...]
    repeated: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Required columns that are not there: order number, quantity, and a title or SKU to count by.

        Of a layout that only completes orders: order number and waybill.
        """
        if self.layout.completes:
            return tuple(self.name("waybill") for _ in range(not self.waybills)) + self._missing("order_no")
        product = () if {"title", "sku_id"} & self.index.keys() else (self.name("title"),)
        return self._missing("order_no", "quantity") + product

    def name(self, field: str) -> str:
        """The header that people know this field by."""
        return self.layout.headers.get(field, HEADERS.get(field, (field,)))[0]

    def _missing(self, *fields: str) -> tuple[str, ...]:
        return tuple(self.name(field) for field in fields if field not in self.index)


def find_columns(cells: Sequence[Cell], layout: Layout = EXPORT_1688) -> Columns:
    """The columns that a row would name if it were the header of this layout."""
    field_of = {header_key(name): field for field, names in layout.headers.items() for name in names}
    index: dict[str, int] = {}
    waybills: list[int] = []
    repeated: list[str] = []
    for position, cell in enumerate(cells):
        field = field_of.get(header_key(cell)) if isinstance(cell, str) else None
        if field is None:
            continue
        if field == "waybill":
            waybills.append(position)
        elif field in index:
            repeated.append(layout.headers[field][0])
        else:
            index[field] = position
    return Columns(layout, index, tuple(waybills), tuple(repeated))


def recognise(cells: Sequence[Cell]) -> Columns | None:
    """The columns of a header row that we know by heart; None for any other row."""
    for layout in BUILT_IN:
        columns = find_columns(cells, layout)
        if not columns.missing:
            return columns
    late = find_columns(cells, WAYBILLS)
    goods = {"title", "sku_id", "quantity"} & find_columns(cells).index.keys()
    return None if late.missing or goods else late
