"""Which column of an export holds what: by header text, since layouts differ in position (domain.md 12.1)."""

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


def header_key(text: str) -> str:
    """Header text for comparison: NFKC (full-width forms fold), no white space, case folded."""
    return "".join(unicodedata.normalize("NFKC", text).replace("\ufeff", "").split()).casefold()


_FIELD_OF = {header_key(name): field for field, names in HEADERS.items() for name in names}


@dataclass(frozen=True, slots=True)
class Columns:
    """Field → column index. ``waybills`` holds every waybill column; of other equal headers the first counts."""

    index: Mapping[str, int]
    waybills: tuple[int, ...]
    repeated: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Required columns that are not there: order number, quantity, and a title or SKU to count by."""
        product = () if {"title", "sku_id"} & self.index.keys() else (HEADERS["title"][0],)
        return (
            tuple(HEADERS[name][0] for name in ("order_no", "quantity") if name not in self.index) + product
        )


def find_columns(cells: Sequence[Cell]) -> Columns:
    """The columns that a row would name if it were the header."""
    index: dict[str, int] = {}
    waybills: list[int] = []
    repeated: list[str] = []
    for position, cell in enumerate(cells):
        field = _FIELD_OF.get(header_key(cell)) if isinstance(cell, str) else None
        if field is None:
            continue
        if field == "waybill":
            waybills.append(position)
        elif field in index:
            repeated.append(HEADERS[field][0])
        else:
            index[field] = position
    return Columns(index, tuple(waybills), tuple(repeated))
