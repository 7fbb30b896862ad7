"""Labels as a PDF that prints at 100 %: a page a label on thermal stock, a grid of labels on A4; vectors and text."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from fpdf.prefs import ViewerPreferences

from webapp.adapters.label_faces import LabelFace, LabelLine, ParcelLabel, VectorPdf
from webapp.adapters.label_layouts import STOCKS, Stock
from webapp.adapters.pdf_text import PdfText
from webapp.adapters.qr_symbol import QUIET_MODULES, PayloadTooLong, QrSymbol, qr_symbol
from webapp.domain.labels import label_payload, printed_code
from webapp.domain.refusals import Refusal

__all__ = ["STOCKS", "LabelLine", "ParcelLabel", "parcel_labels_pdf", "warnings"]

# A printer of 203 dpi has 8 dots a millimetre: modules of whole dots have sharp edges.
_DOT = 0.125
_LEAST_DOTS_A_MODULE = 4


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
    labels: Sequence[ParcelLabel],
    *,
    stock: str,
    public_url: str | None,
    created: datetime,
    fonts_dir: Path,
    start: int = 1,
) -> bytes:
    """The labels in order, the same bytes for the same arguments.

    ``created``: aware; printed in its own zone, so pass the site's. ``fonts_dir``: the built subset
    (``NotoSansSC-Regular.ttf``, ``-Bold.ttf``). Without ``public_url`` the symbol holds the bare code. ``start``:
    the first free place of a partly used sheet, from 1 along the rows.
    Refuses: ``label_stock_unknown``, ``label_none``, ``label_start_wrong``, ``label_url_too_long``,
    ``label_fonts_missing``.
    """
    if stock not in STOCKS:
        raise Refusal("label_stock_unknown", stock=stock, known=", ".join(STOCKS))
    if not labels:
        raise Refusal("label_none")
    if created.tzinfo is None:
        raise ValueError("created must be an aware datetime")
    paper = STOCKS[stock]
    if not 1 <= start <= paper.places:
        raise Refusal("label_start_wrong", stock=stock, most=paper.places)
    pdf = new_document(paper.page, created)
    pdf.set_title(printed_code(labels[0].code) if len(labels) == 1 else f"{len(labels)} × {stock}")
    text = PdfText(pdf, fonts_dir)
    for place, label in enumerate(labels, start - 1):
        symbol, dots = _symbol(label.code, public_url, stock)
        on_page = place % paper.places
        if on_page == 0 or place == start - 1:
            pdf.add_page()
        x, y = paper.grid.corner(on_page) if paper.grid else (0.0, 0.0)
        LabelFace(pdf, text, paper, x, y).compose(label, symbol, dots * _DOT, created)
    return bytes(pdf.output())


def new_document(page: tuple[float, float], created: datetime) -> VectorPdf:
    """An empty document of pages ``width × height`` millimetres that viewers print without scaling."""
    pdf = VectorPdf(unit="mm", format=page)
    pdf.set_creation_date(created)
    pdf.set_creator("Dockproof")
    pdf.viewer_preferences = ViewerPreferences(print_scaling="None")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    return pdf


def _symbol(code: str, public_url: str | None, stock: str) -> tuple[QrSymbol, int]:
    """The symbol and its dots a module: with the address, or on small stock the bare code where that is too fine."""
    paper = STOCKS[stock]
    payloads = [label_payload(public_url, code), *([code] if paper.bare else [])]
    for payload in payloads:
        try:
            symbol = qr_symbol(payload, paper.level)
        except PayloadTooLong:
            continue
        dots = _dots(symbol, paper)
        if dots >= _LEAST_DOTS_A_MODULE:
            return symbol, dots
    raise Refusal("label_url_too_long", stock=stock)


def _dots(symbol: QrSymbol, paper: Stock) -> int:
    """Most dots a module may have: the symbol within its limit, with its quiet zone within the label."""
    dots = int(paper.qr_max / symbol.size / _DOT)
    while (
        dots and symbol.size * dots * _DOT + 2 * max(paper.margin, QUIET_MODULES * dots * _DOT) > paper.height
    ):
        dots -= 1
    return dots
