"""Parcel labels as a PDF that a thermal printer prints at 100 %: a page a label, only vectors and text.

Every dimension is data of the stock, in millimetres (type sizes in points).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from fpdf import FPDF
from fpdf.prefs import ViewerPreferences

from webapp.adapters.catalogues import translate
from webapp.adapters.pdf_text import MM_PER_POINT, PdfText
from webapp.adapters.qr_symbol import QUIET_MODULES, PayloadTooLong, QrSymbol, qr_symbol
from webapp.domain.labels import label_payload, printed_code
from webapp.domain.refusals import Refusal

# A printer of 203 dpi has 8 dots a millimetre: modules of whole dots have sharp edges.
_DOT = 0.125
_LEAST_DOTS_A_MODULE = 4
_CAP_HEIGHT = 0.733  # of the type size, in this family
_LEADING = 1.28  # Vietnamese capitals carry two marks above, one below
_CODE_LEADING = 1.05  # codes and numbers carry none


class LabelLine(NamedTuple):
    """An order line on a label; ``quantity_text`` with its unit, as people read it."""

    title: str
    spec: str
    quantity_text: str
    sku: str


@dataclass(frozen=True, slots=True)
class ParcelLabel:
    """One printed label. ``carton``: ``n/m``, or None for a single carton. Empty fields are left out."""

    code: str
    order_nos: tuple[str, ...]
    customer_code: str
    site_name: str
    waybills: tuple[str, ...]
    lines: tuple[LabelLine | tuple[str, str, str, str], ...]
    carton: str | None


@dataclass(frozen=True, slots=True)
class Stock:
    """A label stock and what fits on it: millimetres, and points for type."""

    width: int
    height: int
    margin: float
    qr_max: float
    code_pt: float
    customer_pt: float
    order_pt: float
    more_orders: int
    waybills: int
    carton_pt: float
    body_pt: float
    quantity_pt: float
    caption_pt: float


STOCKS: dict[str, Stock] = {
    "100x150": Stock(
        width=100,
        height=150,
        margin=4.0,
        qr_max=52.0,
        code_pt=38.0,
        customer_pt=34.0,
        order_pt=24.0,
        more_orders=2,
        waybills=3,
        carton_pt=34.0,
        body_pt=9.0,
        quantity_pt=15.0,
        caption_pt=7.5,
    ),
}


def warnings(public_url: str | None) -> tuple[str, ...]:
    """Codes of what will be wrong with labels of ``public_url``; words: ``label.warning_<code>``."""
    try:
        host = (urlsplit((public_url or "").strip()).hostname or "").rstrip(".")
    except ValueError:  # an unclosed bracket
        host = ""
    if not host or host == "localhost" or host.endswith(".localhost"):
        return ("label_public_url_unset",)
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ()
    if address.is_loopback or address.is_unspecified:
        return ("label_public_url_unset",)
    return ("label_public_url_ip",)


def parcel_labels_pdf(
    labels: Sequence[ParcelLabel], *, stock: str, public_url: str | None, created: datetime, fonts_dir: Path
) -> bytes:
    """A page a label, the same bytes for the same arguments.

    ``created``: aware; printed in its own zone, so pass the site's. ``fonts_dir``: the built subset
    (``NotoSansSC-Regular.ttf``, ``-Bold.ttf``). Without ``public_url`` the symbol holds the bare code.
    Refuses: ``label_stock_unknown``, ``label_none``, ``label_url_too_long``, ``label_fonts_missing``.
    """
    if stock not in STOCKS:
        raise Refusal("label_stock_unknown", stock=stock, known=", ".join(STOCKS))
    if not labels:
        raise Refusal("label_none")
    if created.tzinfo is None:
        raise ValueError("created must be an aware datetime")
    paper = STOCKS[stock]
    pdf = _Vectors(unit="mm", format=(paper.width, paper.height))
    pdf.set_creation_date(created)
    pdf.set_creator("Dockproof")
    pdf.set_title(printed_code(labels[0].code) if len(labels) == 1 else f"{len(labels)} × {stock}")
    pdf.viewer_preferences = ViewerPreferences(print_scaling="None")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    text = PdfText(pdf, fonts_dir)
    for label in labels:
        try:
            symbol = qr_symbol(label_payload(public_url, label.code))
        except PayloadTooLong as too_long:
            raise Refusal("label_url_too_long", stock=stock) from too_long
        dots = int(paper.qr_max / symbol.size / _DOT)
        if dots < _LEAST_DOTS_A_MODULE:
            raise Refusal("label_url_too_long", stock=stock)
        pdf.add_page()
        _Page(pdf, text, paper).compose(label, symbol, dots * _DOT, created)
    return bytes(pdf.output())


def _caption(name: str, **values: object) -> str:
    """Both languages of the dock, whoever prints."""
    return "  ".join(translate(language, f"label.{name}", **values) for language in ("zh_CN", "vi"))


class _Vectors(FPDF):
    """fpdf2 fills each rectangle by itself; one path is faster and leaves no hairlines between its parts."""

    def fill_rectangles(self, rectangles: Iterable[tuple[float, float, float, float]]) -> None:
        """Fill (x, y, width, height), millimetres from the upper left corner, as one path."""
        k, h = self.k, self.h
        path = [
            f"{x * k:.3f} {(h - y) * k:.3f} {w * k:.3f} {-high * k:.3f} re" for x, y, w, high in rectangles
        ]
        self._out(" ".join([*path, "f"]))


class _Page:
    """One label, from top to bottom; ``_y`` is the upper edge of what comes next."""

    def __init__(self, pdf: _Vectors, text: PdfText, paper: Stock) -> None:
        self._pdf = pdf
        self._text = text
        self._paper = paper
        self._left = paper.margin
        self._right = paper.width - paper.margin
        self._y = paper.margin

    def compose(self, label: ParcelLabel, symbol: QrSymbol, module: float, created: datetime) -> None:
        quiet = QUIET_MODULES * module
        self._draw(symbol, module, quiet)
        end = quiet + symbol.size * module + quiet
        self._side_column(label, end, created)
        self._y = end
        self._row(printed_code(label.code), self._paper.code_pt, 12.0)
        self._rule()
        if label.customer_code.strip():
            self._captioned("caption_customer", label.customer_code, self._paper.customer_pt)
        if label.order_nos:
            self._orders(label.order_nos)
        if label.lines:
            self._rule()
            self._lines([LabelLine(*line) for line in label.lines])

    def _draw(self, symbol: QrSymbol, module: float, quiet: float) -> None:
        """The symbol in the upper left corner, its quiet zone on the label itself: cartons are not white."""
        self._pdf.fill_rectangles(
            (quiet + column * module, quiet + row * module, length * module, module)
            for column, row, length in symbol.runs
        )

    def _side_column(self, label: ParcelLabel, left: float, created: datetime) -> None:
        """Beside the symbol: carton n/m, site, waybills, time of printing."""
        paper, top = self._paper, self._y
        outer, self._left = self._left, left
        if label.carton:
            self._captioned("caption_carton", label.carton, paper.carton_pt)
        if label.site_name.strip():
            self._small("caption_site")
            name = self._text.readable(label.site_name)
            for row in self._text.wrapped(name, self._right - left, paper.body_pt + 2, 3, bold=True):
                self._row(row, paper.body_pt + 2, paper.body_pt + 2)
            self._y += 1.5
        if label.waybills:
            self._small("caption_waybill")
            for waybill in label.waybills[: paper.waybills]:
                self._row(waybill, paper.body_pt + 1, 6.0)
            if len(label.waybills) > paper.waybills:
                self._row(f"+{len(label.waybills) - paper.waybills}", paper.body_pt, 6.0)
            self._y += 1.5
        self._small("caption_printed")
        self._row(created.isoformat(sep=" ", timespec="minutes"), paper.body_pt, 6.0, bold=False)
        self._left, self._y = outer, top

    def _orders(self, order_nos: tuple[str, ...]) -> None:
        """The first order large, a row of others, and how many more there are."""
        paper = self._paper
        self._captioned("caption_order", order_nos[0], paper.order_pt)
        others = list(order_nos[1 : 1 + paper.more_orders])
        unseen = len(order_nos) - 1 - len(others)
        if unseen:
            others.append(f"+{unseen}")
        if others:
            self._row(" · ".join(others), paper.body_pt + 2, 6.0)

    def _lines(self, lines: list[LabelLine]) -> None:
        """Order lines while they fit; the last row then says how many are not shown."""
        bottom = self._paper.height - self._paper.margin
        roomy = len(lines) <= 2
        more = self._pitch(self._paper.body_pt)
        for place, line in enumerate(lines):
            height = self._line(line, roomy=roomy, draw=False)
            reserve = more if place < len(lines) - 1 else 0.0
            if self._y + height + reserve > bottom:
                self._row(_caption("caption_more_lines", n=len(lines) - place), self._paper.body_pt, 6.0)
                return
            self._line(line, roomy=roomy, draw=True)

    def _line(self, line: LabelLine, *, roomy: bool, draw: bool) -> float:
        """Height of one order line, set when ``draw``: what to look for first, the title after it."""
        paper, text, start = self._paper, self._text, self._y
        quantity = text.readable(line.quantity_text)
        share = (self._right - self._left) / 3
        size = text.fitted(quantity, share, paper.quantity_pt, 6.0, bold=True)
        quantity = text.cut(quantity, share, size, bold=True)
        width = self._right - self._left - text.width(quantity, size, bold=True) - 3
        fields = [(line.spec, paper.body_pt + 2, 2 if roomy else 1, True)]
        if roomy:
            fields += [(line.title, paper.body_pt, 2, False), (line.sku, paper.caption_pt, 1, False)]
        else:
            fields += [(f"{line.sku} {line.title}", paper.caption_pt, 1, False)]
        rows: list[tuple[str, float, bool]] = []
        for content, points, most, bold in fields:
            wrapped = text.wrapped(text.readable(content), width, points, most, bold=bold)
            rows += [(row, points, bold) for row in wrapped]
        height = max(self._pitch(size), sum(self._pitch(points) for _, points, _ in rows)) + 1.2
        if draw:
            text.put(0, start + self._ascent(size), quantity, size, bold=True, right_of=self._right)
            for row, points, bold in rows:
                text.put(self._left, self._y + self._ascent(points), row, points, bold=bold)
                self._y += self._pitch(points)
            self._y = start + height
        return height

    def _captioned(self, caption: str, value: str, largest: float) -> None:
        self._small(caption)
        self._row(value, largest, 7.0)
        self._y += 0.8

    def _small(self, caption: str) -> None:
        self._row(_caption(caption), self._paper.caption_pt, 5.0, bold=False)

    def _row(self, value: str, largest: float, smallest: float, *, bold: bool = True) -> None:
        """One row as large as its width allows; the pitch is that of the size used."""
        width = self._right - self._left
        shown = self._text.readable(value)
        size = self._text.fitted(shown, width, largest, smallest, bold=bold)
        shown = self._text.cut(shown, width, size, bold=bold)
        leading = _CODE_LEADING if shown == shown.upper() and shown.isascii() else _LEADING
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
