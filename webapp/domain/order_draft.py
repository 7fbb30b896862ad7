"""One order while rows of it may still come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from webapp.domain.orders import ImportedLine, ImportedOrder, ImportedWaybill

OrderValue = str | int | datetime


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that is refused or remarkable. ``row`` is the sheet's row from 1; words: ``import.row.<code>``."""

    row: int
    code: str
    vars: Mapping[str, str | int]


@dataclass(slots=True)
class OrderDraft:
    """Lines are kept by content (their seq is 0 until the end), so that a repetition can be told."""

    order_no: str
    rows: list[int] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    values: dict[str, OrderValue] = field(default_factory=dict)
    waybills: dict[str, ImportedWaybill] = field(default_factory=dict)
    courier: str = ""
    completes: bool = False
    _lines: list[ImportedLine] = field(default_factory=list)
    _kept: Counter[ImportedLine] = field(default_factory=Counter)
    _block: Counter[ImportedLine] = field(default_factory=Counter)
    _block_waybills: set[str] = field(default_factory=set)

    def new_block(self) -> None:
        """The order number is written again: what follows may repeat what is already known."""
        self._block.clear()
        self._block_waybills.clear()
        self.courier = ""

    def add_line(self, line: ImportedLine, *, for_waybill: bool) -> bool:
        """Keep a line; False if it repeats a kept one (``for_waybill``: its row brings a new waybill)."""
        if for_waybill and self._block[line]:
            return False
        self._block[line] += 1
        if self._block[line] <= self._kept[line]:
            return False
        self._kept[line] += 1
        self._lines.append(line)
        return True

    def add_waybill(self, waybill: ImportedWaybill) -> bool:
        """Keep a waybill (and a courier learnt later); False if it stands already below this order number."""
        known = self.waybills.get(waybill.number_norm)
        if known is None or (waybill.courier and not known.courier):
            self.waybills[waybill.number_norm] = waybill
        new = waybill.number_norm not in self._block_waybills
        self._block_waybills.add(waybill.number_norm)
        return new

    def finish(self) -> ImportedOrder | list[RowProblem]:
        """The whole order, or why each of its rows stays out."""
        if not self.problems and not self._lines and not self.completes:
            self.problems.append(RowProblem(self.rows[0], "order_without_lines", {"order_no": self.order_no}))
        if self.problems:
            named = {problem.row for problem in self.problems}
            cause: dict[str, str | int] = {"order_no": self.order_no, "because_row": min(named)}
            others = [RowProblem(row, "order_left_out", cause) for row in self.rows if row not in named]
            return self.problems + others
        return ImportedOrder(
            order_no=self.order_no,
            supplier_company=self._text("supplier_company"),
            supplier_member=self._text("supplier_member"),
            goods_fen=self._number("goods"),
            freight_fen=self._number("freight"),
            adjust_fen=self._number("adjust"),
            paid_fen=self._number("paid"),
            status_raw=self._text("status"),
            placed_at=self._moment("placed_at"),
            paid_at=self._moment("paid_at"),
            buyer_login=self._text("buyer_login"),
            remark=self._text("remark"),
            lines=tuple(replace(line, seq=seq) for seq, line in enumerate(self._lines, start=1)),
            waybills=tuple(self.waybills.values()),
            completes=not self._lines,
            row=self.rows[0],
        )

    def _text(self, name: str) -> str:
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def _number(self, name: str) -> int | None:
        value = self.values.get(name)
        return value if isinstance(value, int) else None

    def _moment(self, name: str) -> datetime | None:
        value = self.values.get(name)
        return value if isinstance(value, datetime) else None
