"""What a draft remembers of a file: counts, the first orders, the refused rows; never a column that is not needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from webapp.domain.import_notices import Notice
from webapp.domain.order_draft import RowProblem
from webapp.domain.order_sheet import SheetReading
from webapp.domain.orders import ImportedOrder
from webapp.domain.refusals import Refusal

SHOWN_ORDERS = 12
SHOWN_WAYBILLS = 6
KEPT_PROBLEMS = 1_000
_LONGEST_TITLE = 120

Report = dict[str, Any]


def preview_report(
    reading: SheetReading,
    *,
    known: Collection[str],
    rejected: tuple[RowProblem, ...],
    notices: Iterable[Notice],
    sheet: str,
    other_sheets: Iterable[str],
) -> Report:
    """``known``: numbers of orders that are here already; ``rejected``: also those that cannot be completed."""
    orders = [order for order in reading.orders if not order.completes or order.order_no in known]
    return {
        "layout": reading.layout.name,
        "platform": reading.layout.platform,
        "sheet": sheet,
        "others": list(other_sheets),
        "counts": {
            "new": sum(order.order_no not in known for order in orders),
            "known": sum(order.order_no in known for order in orders),
            "lines": sum(len(order.lines) for order in orders),
            "waybills": len({w.number_norm for order in orders for w in order.waybills}),
            "refused": len(rejected),
            "warnings": len(reading.warnings),
        },
        "notices": [[notice.code, dict(notice.vars)] for notice in notices],
        "first": [_order(order, order.order_no in known) for order in orders[:SHOWN_ORDERS]],
        "refused": problems(rejected),
        "warnings": problems(reading.warnings),
    }


def refusal_report(refusal: Refusal) -> Report:
    return {"problem": [refusal.code, dict(refusal.vars)]}


def problems(listed: Iterable[RowProblem]) -> list[list[Any]]:
    """[row, code, vars] of the first thousand, which is more than anybody reads."""
    return [[one.row, one.code, dict(one.vars)] for one in list(listed)[:KEPT_PROBLEMS]]


def account_counts(accounts: Mapping[str, str], but: str) -> Counter[str]:
    """Account name → orders, of orders that belong to another account so far."""
    return Counter(name for name in accounts.values() if name != but)


def _order(order: ImportedOrder, known: bool) -> Report:
    numbers = [waybill.number_raw[:40] for waybill in order.waybills[:SHOWN_WAYBILLS]]
    return {
        "order_no": order.order_no,
        "supplier": (order.supplier_company or order.supplier_member)[:_LONGEST_TITLE],
        "known": known,
        "title": order.lines[0].title[:_LONGEST_TITLE] if order.lines else "",
        "lines": len(order.lines),
        "quantity_milli": sum(line.quantity_milli for line in order.lines),
        "waybills": numbers,
        "more_waybills": len(order.waybills) - len(numbers),
    }
