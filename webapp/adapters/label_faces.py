"""What one label shows: blocks of text beside and below its symbol, as many as its stock holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from fpdf import FPDF

from webapp.adapters.catalogues import translate
from webapp.adapters.label_layouts import Blocks, Kind, Stock
from webapp.adapters.pdf_text import MM_PER_POINT, PdfText
from webapp.adapters.qr_symbol import QUIET_MODULES, QrSymbol
from webapp.domain.labels import printed_code

_CAP_HEIGHT = 0.733  # of the type size, in this family
_LEADING = 1.28  # Vietnamese capitals carry two marks above, one below
_CODE_LEADING = 1.05  # codes and numbers carry none
_SMALLEST = 5.0  # points; 203 dpi resolves no smaller digit
_READABLE_INLINE = 6.5  # a value that would be smaller beside its caption goes below it


class LabelLine(NamedTuple):
    """An order line on a label; ``quantity_text`` with its unit, as people read it, or ``""`` to print none."""

    title: str
    spec: str
    quantity_text: str
    sku: str


@dataclass(frozen=True, slots=True)
class ParcelLabel:
    """One printed label. Empty fields are left out.

    ``carton``: ``n/m``, or None. ``load_unit``: its kind (container | truck | pallet | bag) and number. A ``sku``
    label has one line.
    """

    code: str
    order_nos: tuple[str, ...]
    customer_code: str
    site_name: str
    waybills: tuple[str, ...]
    lines: tuple[LabelLine | tuple[str, str, str, str], ...]
    carton: str | None
    kind: Kind = "parcel"
    load_unit: tuple[str, str] | None = None


class VectorPdf(FPDF):
    """fpdf2 fills each rectangle by itself; one path is faster and leaves no hairlines between its parts."""

    def fill_rectangles(self, rectangles: Iterable[tuple[float, float, float, float]]) -> None:
        """Fill (x, y, width, height), millimetres from the upper left corner, as one path."""
        k, h = self.k, self.h
        path = [
            f"{x * k:.3f} {(h - y) * k:.3f} {w * k:.3f} {-high * k:.3f} re" for x, y, w, high in rectangles
        ]
        self._out(" ".join([*path, "f"]))


def caption(name: str, **values: object) -> str:
    """Both languages of the dock, whoever prints; once where both have the same word."""
    both = [translate(language, f"label.{name}", **values) for language in ("zh_CN", "vi")]
    return "  ".join(dict.fromkeys(both))


class LabelFace:
    """Draws one label with its upper left corner at (``x``, ``y``) of the current page.

    ``_y`` is the upper edge of what comes next; nothing is set below ``_bottom``.
    """

    def __init__(self, pdf: VectorPdf, text: PdfText, stock: Stock, x: float, y: float) -> None:
        self._pdf, self._text, self._stock = pdf, text, stock
        self._x, self._top = x, y
        self._left = x + stock.margin
        self._right = x + stock.width - stock.margin
        self._y = y + stock.margin
        self._bottom = y + stock.height - stock.margin
        self._drawn: set[str] = set()

    def compose(self, label: ParcelLabel, symbol: QrSymbol, module: float, created: datetime) -> None:
        """``module``: its side in millimetres."""
        quiet = QUIET_MODULES * module
        corner = max(self._stock.margin, quiet)
        self._draw(symbol, module, corner)
        end = corner + symbol.size * module + quiet
        arrangement = self._stock.arrangement
        below = arrangement.below[label.kind]
        left, bottom = self._left, self._bottom
        self._left = self._x + end
        self._bottom = self._top + end if below else bottom
        self._blocks(arrangement.beside[label.kind], label, created)
        self._left, self._y, self._bottom = left, self._top + end, bottom
        self._blocks(below, label, created)

    def _draw(self, symbol: QrSymbol, module: float, corner: float) -> None:
        """The symbol in the upper left corner, its quiet zone on the label itself: cartons are not white."""
        x, y = self._x + corner, self._top + corner
        self._pdf.fill_rectangles(
            (x + column * module, y + row * module, length * module, module)
            for column, row, length in symbol.runs
        )

    def _blocks(self, names: Blocks, label: ParcelLabel, created: datetime) -> None:
        draw: dict[str, Callable[[], None]] = {
            "code": lambda: self._row(printed_code(label.code), self._stock.code_pt),
            "headline": lambda: self._headline(label),
            "unit": lambda: self._unit(label),
            "customer": lambda: self._named("customer", label.customer_code, self._stock.customer_pt),
            "orders": lambda: self._orders(label.order_nos),
            "site": lambda: self._site(label.site_name),
            "waybills": lambda: self._waybills(label.waybills),
            "printed": lambda: self._printed(created),
            "lines": lambda: self._lines([LabelLine(*line) for line in label.lines]),
            "quantity": lambda: self._named("quantity", label.lines[0][2], self._stock.headline_pt),
            "sku": lambda: self._named("sku", label.lines[0][3], self._stock.body_pt + 2),
            "spec": lambda: self._paragraph(label.lines[0][1], self._stock.body_pt + 1, 2, bold=True),
            "title": lambda: self._paragraph(label.lines[0][0], self._stock.body_pt, 2),
            "note_zh": lambda: self._note("zh_CN"),
            "note_vi": lambda: self._note("vi"),
            "rule": self._rule,
        }
        for name in names:
            start = self._y
            if name not in self._drawn:
                draw[name]()
            if self._y > start and name != "rule":
                self._drawn.add(name)

    def _headline(self, label: ParcelLabel) -> None:
        if label.load_unit is not None:
            kind, number = label.load_unit
            if self._stock.arrangement.captions_above:
                self._under(f"unit_{kind}", [number], self._stock.headline_pt)
                return
            if not self._stock.arrangement.below["load_unit"]:
                self._unit(label)
            self._row(number, self._stock.headline_pt)
        elif label.carton:
            self._named("carton", label.carton, self._stock.headline_pt)

    def _unit(self, label: ParcelLabel) -> None:
        if label.load_unit is not None:
            self._row(caption(f"caption_unit_{label.load_unit[0]}"), self._stock.body_pt + 2)

    def _site(self, site: str) -> None:
        if not site.strip():
            return
        if self._stock.arrangement.captions_above:
            self._under("site", [site], self._stock.body_pt + 2, wrap=3)
        else:
            self._row(site, self._stock.body_pt + 0.5)

    def _waybills(self, waybills: tuple[str, ...]) -> None:
        if not waybills:
            return
        shown = waybills[: self._stock.waybills]
        unseen = len(waybills) - len(shown)
        if not self._stock.arrangement.captions_above:
            self._named("waybill", shown[0] + (f" +{unseen}" if unseen else ""), self._stock.body_pt)
            return
        rows = [*shown, f"+{unseen}"] if unseen else [*shown]
        self._under("waybill", rows, self._stock.body_pt + 1)

    def _printed(self, created: datetime) -> None:
        if self._stock.arrangement.captions_above:
            self._under("printed", [created.isoformat(sep=" ", timespec="minutes")], self._stock.body_pt)
        else:
            self._named("printed", created.date().isoformat(), self._stock.body_pt)

    def _orders(self, order_nos: tuple[str, ...]) -> None:
        """The first order large, a row of others where there is room for one, and how many more there are."""
        if not order_nos:
            return
        stock = self._stock
        if not stock.arrangement.captions_above:
            more = f" +{len(order_nos) - 1}" if len(order_nos) > 1 else ""
            self._named("order", order_nos[0] + more, stock.order_pt)
            return
        self._named("order", order_nos[0], stock.order_pt)
        others = list(order_nos[1 : 1 + stock.more_orders])
        unseen = len(order_nos) - 1 - len(others)
        if unseen:
            others.append(f"+{unseen}")
        if others:
            self._row(" · ".join(others), stock.body_pt + 2)

    def _lines(self, lines: list[LabelLine]) -> None:
        """Order lines while they fit; the last row then says how many are not shown."""
        roomy = len(lines) <= 2 and self._stock.arrangement.captions_above
        more = self._pitch(self._stock.body_pt)
        for place, line in enumerate(lines):
            height = self._line(line, roomy=roomy, draw=False)
            reserve = more if place < len(lines) - 1 else 0.0
            if self._y + height + reserve > self._bottom:
                left_out = "caption_more_lines" if place else "caption_all_lines"
                self._row(caption(left_out, n=len(lines) - place), self._stock.body_pt)
                return
            self._line(line, roomy=roomy, draw=True)

    def _line(self, line: LabelLine, *, roomy: bool, draw: bool) -> float:
        """Height of one order line, set when ``draw``: what to look for first, the title after it."""
        stock, text, start = self._stock, self._text, self._y
        quantity = text.readable(line.quantity_text)
        share = (self._right - self._left) / 3
        size = text.fitted(quantity, share, stock.quantity_pt, _SMALLEST, bold=True)
        quantity = text.cut(quantity, share, size, bold=True)
        gap = 3 if stock.arrangement.captions_above else 1.5
        width = self._right - self._left - text.width(quantity, size, bold=True) - gap
        fields = [(line.spec, stock.body_pt + (2 if roomy else 1), 2 if roomy else 1, True)]
        if roomy:
            fields += [(line.title, stock.body_pt, 2, False), (line.sku, stock.caption_pt, 1, False)]
        elif stock.arrangement.captions_above:
            fields += [(f"{line.sku} {line.title}", stock.caption_pt, 1, False)]
        rows: list[tuple[str, float, bool]] = []
        for content, points, most, bold in fields:
            wrapped = text.wrapped(text.readable(content), width, points, most, bold=bold)
            rows += [(row, points, bold) for row in wrapped]
        height = max(self._pitch(size), sum(self._pitch(points) for _, points, _ in rows))
        height += 1.2 if stock.arrangement.captions_above else 0.3
        if draw:
            text.put(0, start + self._ascent(size), quantity, size, bold=True, right_of=self._right)
            for row, points, bold in rows:
                text.put(self._left, self._y + self._ascent(points), row, points, bold=bold)
                self._y += self._pitch(points)
            self._y = start + height
        return height

    def _named(self, name: str, value: str, largest: float) -> None:
        """A value under its caption, or beside its short caption where rows are scarce."""
        if not value.strip():
            return
        if self._stock.arrangement.captions_above:
            self._under(name, [value], largest)
            return
        text, stock = self._text, self._stock
        short = caption(f"caption_short_{name}").replace("  ", " ")
        shift = text.width(short, stock.caption_pt) + 1.0
        shown = text.readable(value)
        size = text.fitted(shown, self._right - self._left - shift, largest, _SMALLEST, bold=True)
        if size < min(_READABLE_INLINE, largest):
            self._stacked(short, [value], largest)
            return
        if self._y + self._pitch(size, _leading_of(shown)) > self._bottom:
            return
        baseline = self._y + self._ascent(size, _leading_of(shown))
        text.put(self._left, baseline, short, stock.caption_pt)
        self._left += shift
        self._row(value, largest)
        self._left -= shift

    def _note(self, language: str) -> None:
        """What a blank label is for: as a whole, or not at all."""
        words = self._text.readable(translate(language, "label.caption_blank"))
        points, width = self._stock.body_pt, self._right - self._left
        rows = self._text.wrapped(words, width, points, 9)
        if self._y + len(rows) * self._pitch(points) <= self._bottom + 1e-6:
            self._paragraph(words, points, 9)

    def _under(self, name: str, values: list[str], largest: float, *, wrap: int = 1) -> None:
        self._stacked(caption(f"caption_{name}"), values, largest, wrap=wrap)
        self._y += 0.8

    def _stacked(self, words: str, values: list[str], largest: float, *, wrap: int = 1) -> None:
        """A caption and its values below, or nothing: a caption alone says something false."""
        first = self._text.readable(values[0])
        width = self._right - self._left
        size = largest if wrap > 1 else self._text.fitted(first, width, largest, _SMALLEST, bold=True)
        room = self._pitch(self._stock.caption_pt, _leading_of(words)) + self._pitch(size, _leading_of(first))
        if self._y + room > self._bottom + 1e-6:
            return
        self._row(words, self._stock.caption_pt, bold=False)
        for value in values:
            if wrap > 1:
                self._paragraph(value, largest, wrap, bold=True)
            else:
                self._row(value, largest)

    def _paragraph(self, value: str, points: float, rows: int, *, bold: bool = False) -> None:
        width = self._right - self._left
        fit = min(rows, int((self._bottom - self._y) / self._pitch(points) + 1e-6))
        if fit > 0 and value.strip():
            for row in self._text.wrapped(self._text.readable(value), width, points, fit, bold=bold):
                self._row(row, points, bold=bold)

    def _row(self, value: str, largest: float, *, bold: bool = True) -> None:
        """One row as large as its width allows, left out where it would leave the label."""
        width = self._right - self._left
        shown = self._text.readable(value)
        size = self._text.fitted(shown, width, largest, _SMALLEST, bold=bold)
        shown = self._text.cut(shown, width, size, bold=bold)
        leading = _leading_of(shown)
        if self._y + self._pitch(size, leading) > self._bottom + 1e-6:
            return
        self._text.put(self._left, self._y + self._ascent(size, leading), shown, size, bold=bold)
        self._y += self._pitch(size, leading)

    def _rule(self) -> None:
        self._y += 1.2
        self._pdf.fill_rectangles([(self._left, self._y, self._right - self._left, 0.375)])
        self._y += 1.6

    @staticmethod
    def _pitch(size: float, leading: float = _LEADING) -> float:
        return size * MM_PER_POINT * leading

    @staticmethod
    def _ascent(size: float, leading: float = _LEADING) -> float:
        """From the upper edge of a row to its baseline."""
        return size * MM_PER_POINT * (leading + _CAP_HEIGHT) / 2


def _leading_of(shown: str) -> float:
    return _CODE_LEADING if shown == shown.upper() and shown.isascii() else _LEADING
