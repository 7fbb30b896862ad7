"""A row of the board as cells of a spreadsheet, in the reader's language."""

from __future__ import annotations

from webapp.domain.csv_text import number_text_cell, text_cell
from webapp.domain.progress import OrderState
from webapp.domain.quantities import quantity_text
from webapp.domain.receiving_plan import Plan
from webapp.domain.reconciliation import CountState
from webapp.domain.stakes import dong_of
from webapp.usecases.board import BoardRow, CountedLine
from webapp.web.words import instant, t

CHINA, VIETNAM = "Asia/Shanghai", "Asia/Ho_Chi_Minh"


def header() -> list[str]:
    return [
        text_cell(heading)
        for heading in (
            t("order.number"),
            t("role.supplier"),
            t("order.account"),
            t("board.owner"),
            t("order.date"),
            t("board.state"),
            t("board.arrived"),
            t("board.expected"),
            t("parcel.waybill"),
            t("board.counted_of"),
            t("order.rule"),
            f"{t('deadline.act_by')} ({t('time.cn')})",
            f"{t('deadline.act_by')} ({t('time.vn')})",
            t("deadline.assumed"),
            t("board.stake_yuan"),
            t("board.stake_dong"),
            t("order.status"),
            t("receiving.verdict"),
        )
    ]


def cells(row: BoardRow, dong_e4: int | None) -> list[str]:
    order, clock = row.order, row.next_clock
    act_by = clock.deadline.act_by if clock and clock.deadline else None
    dong = dong_of(row.stake_fen, dong_e4)
    return [
        number_text_cell(order.order_no),
        text_cell(order.supplier.company or order.supplier.member or t("app.not_known")),
        text_cell(order.account.name),
        text_cell(t(f"board.owner_{order.account.owner}")),
        text_cell(instant(order.placed_at, CHINA)),
        text_cell(t(f"board.state_{order.state or OrderState.NOT_RECEIVED}")),
        str(order.arrived_parcels),
        str(order.expected_parcels),
        number_text_cell(" ".join(waybill.number_raw for waybill in order.waybills)),
        text_cell("; ".join(_counted(line, row.plan) for line in row.lines)),
        text_cell(clock.rule.id if clock else ""),
        text_cell("" if act_by is None else instant(act_by, CHINA)),
        text_cell("" if act_by is None else instant(act_by, VIETNAM)),
        text_cell("" if clock is None else t("board.yes") if clock.assumed else t("board.no")),
        text_cell(t("app.not_known") if row.stake_fen is None else _yuan(row.stake_fen)),
        text_cell(t("app.not_known") if dong is None else str(dong)),
        text_cell(order.status_raw),
        text_cell(t(f"verdict.{order.verdict}") if order.verdict else ""),
    ]


def _counted(item: CountedLine, plan: Plan) -> str:
    line, count = item.line, item.count
    name = " ".join(part for part in (line.colour or line.spec or line.title, line.size) if part)
    not_asked = count.state is CountState.NOT_COUNTED and not plan.asks("count")
    unknown = t("plan.not_asked") if not_asked else t("app.not_known")
    counted = unknown if count.counted is None else str(count.counted)
    return f"{name} {counted} / {quantity_text(line.quantity_milli)} {line.unit}".strip()


def _yuan(fen: int) -> str:
    """A plain decimal, so that a spreadsheet program can add it up."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
