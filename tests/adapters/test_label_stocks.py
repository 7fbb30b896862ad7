"""Every label of every stock and kind, as a printer of 203 dpi would print it and a camera would see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pypdfium2 as pdfium
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from webapp.adapters.counting_mat import PAPERS, counting_mat_pdf
from webapp.adapters.label_faces import caption
from webapp.adapters.label_layouts import KINDS, Kind
from webapp.adapters.label_sheets import STOCKS, LabelLine, ParcelLabel, parcel_labels_pdf
from webapp.adapters.qr_symbol import QUIET_MODULES, qr_symbol
from webapp.domain.labels import label_code, label_payload, parse_label, printed_code
from webapp.domain.refusals import Refusal

ROOT = Path(__file__).parents[2]
DPI = 203
MM = 72 / 25.4
CREATED = datetime(2026, 11, 21, 21, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
CODE = label_code(bytes.fromhex("0123456789abcdef"))
SHORT, IP, LOWER = "https://dock.example", "http://192.168.100.107:8443", "https://dock.example.vn/Dock"
ENDLESS_URL = "https://dock.example/" + "p" * 900

TWO_LINES = (
    LabelLine("秋冬加厚连帽外套女士", "颜色：黑色；尺码：XL", "23 件", "5123456789012"),
    LabelLine("Áo khoác nữ dày, có mũ", "Màu: Đỏ đô; Size: M", "12 cái", "AB-778"),
)
USUAL = ParcelLabel(
    code=CODE,
    order_nos=("2461398527413985274",),
    customer_code="VN-0815",
    site_name="广州集运仓",
    waybills=("YT8812345678901",),
    lines=TWO_LINES,
    carton=None,
)


def usual(kind: Kind, label: ParcelLabel = USUAL) -> ParcelLabel:
    label = replace(label, kind=kind)
    if kind == "carton":
        return replace(label, carton="12/120")
    if kind == "sku":
        return replace(label, lines=label.lines[:1])
    if kind in ("load_unit", "blank"):
        label = replace(label, order_nos=(), waybills=(), lines=())
    return replace(label, load_unit=("truck", "粤B·12345")) if kind == "load_unit" else label


def endless(kind: Kind) -> ParcelLabel:
    """Texts of 5,000 characters wherever somebody may write one, and more of everything than any label holds."""
    lines = tuple(LabelLine("名" * 5_000, "W" * 5_000, "9" * 500, "s" * 5_000) for _ in range(60))
    many = ParcelLabel(CODE, ("1" * 300,) * 60, "客" * 5_000, "仓 " * 2_500, ("W" * 300,) * 60, lines, None)
    label = usual(kind, many)
    return replace(label, load_unit=("container", "粤" * 5_000)) if kind == "load_unit" else label


@pytest.fixture(scope="session")
def fonts_dir() -> Path:
    built = ROOT / "static" / "dist" / "fonts"
    if not (built / "NotoSansSC-Bold.ttf").is_file():
        pytest.fail("static/dist/fonts is not built: run npm install, then python static/build/fonts.py")
    return built


def sheet(fonts: Path, stock: str, *labels: ParcelLabel, url: str | None = SHORT, start: int = 1) -> bytes:
    return parcel_labels_pdf(
        labels, stock=stock, public_url=url, created=CREATED, fonts_dir=fonts, start=start
    )


@cache
def alone(fonts: Path, stock: str, make: Callable[[Kind], ParcelLabel]) -> dict[Kind, tuple[bytes, int]]:
    """A label of each kind with no other on its page: the sheet, and which of its labels it is. Fonts are slow to load:
    where a page is a label, all kinds are on one sheet."""
    if STOCKS[stock].grid:
        return {kind: (sheet(fonts, stock, make(kind)), 0) for kind in KINDS}
    together = sheet(fonts, stock, *map(make, KINDS))
    return {kind: (together, number) for number, kind in enumerate(KINDS)}


def place(stock: str, number: int) -> tuple[int, float, float]:
    """Page and upper left corner of the ``number``-th label of a sheet, from 0."""
    paper = STOCKS[stock]
    page, on_page = divmod(number, paper.places)
    return page, *(paper.grid.corner(on_page) if paper.grid else (0.0, 0.0))


def picture(pdf: bytes, stock: str, number: int, dots_mm: float = DPI / 25.4) -> Image.Image:
    """One label as printed, cut out of its page."""
    page, x, y = place(stock, number)
    whole = pdfium.PdfDocument(pdf)[page].render(scale=dots_mm * 25.4 / 72).to_pil().convert("L")
    paper = STOCKS[stock]
    edges = (x, y, x + paper.width, y + paper.height)
    return whole.crop([round(edge * dots_mm) for edge in edges])


def words(pdf: bytes, page: int = 0) -> str:
    return str(pdfium.PdfDocument(pdf)[page].get_textpage().get_text_range())


def decoded(image: Image.Image) -> list[str]:
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    return sorted(code.text for code in found)


@pytest.mark.parametrize("stock", STOCKS)
def test_every_label_decodes_at_its_printed_size(fonts_dir: Path, stock: str) -> None:
    """Sharp, blurred by about a third of a module, and printed 5 % too small or too large."""
    pdf = sheet(fonts_dir, stock, *map(usual, KINDS))
    expected = [label_payload(SHORT, CODE)]
    for number, kind in enumerate(KINDS):
        label = picture(pdf, stock, number)
        blurred = label.filter(ImageFilter.GaussianBlur(1.4))
        assert decoded(label) == expected, kind
        assert decoded(blurred) == expected, kind
        for scale in (0.95, 1.05):
            size = (round(label.width * scale), round(label.height * scale))
            assert decoded(label.resize(size, Image.Resampling.BILINEAR)) == expected, (kind, scale)
            assert decoded(blurred.resize(size, Image.Resampling.BILINEAR)) == expected, (kind, scale)


@pytest.mark.parametrize("stock", STOCKS)
@pytest.mark.parametrize(
    "url", [None, SHORT, IP, LOWER, ENDLESS_URL], ids=["none", "host", "ip", "path", "endless"]
)
def test_small_stock_carries_the_bare_code_when_the_address_is_too_long(
    fonts_dir: Path, stock: str, url: str | None
) -> None:
    if url == ENDLESS_URL and not STOCKS[stock].bare:
        with pytest.raises(Refusal, match="label_url_too_long"):
            sheet(fonts_dir, stock, USUAL, url=url)
        return
    label = picture(sheet(fonts_dir, stock, USUAL, url=url), stock, 0)
    (text,) = decoded(label.filter(ImageFilter.GaussianBlur(1.4)))
    assert text in (label_payload(url, CODE), CODE)
    assert parse_label(text).code == CODE
    assert (text == CODE) is (url in (None, ENDLESS_URL)), "an address of 41 characters fits on every stock"


@pytest.mark.parametrize("stock", STOCKS)
@pytest.mark.parametrize("url", [None, SHORT, LOWER], ids=["none", "host", "path"])
def test_modules_are_whole_dots_of_at_least_half_a_millimetre(
    fonts_dir: Path, stock: str, url: str | None
) -> None:
    paper = STOCKS[stock]
    size = qr_symbol(label_payload(url, CODE), paper.level).size
    # 8 dots a millimetre; the last bit less, or the page's rounded points become a row of dots too many.
    pdf = sheet(fonts_dir, stock, replace(USUAL, lines=(), order_nos=()), url=url)
    label = picture(pdf, stock, 0, 8 * 0.99999).point(lambda level: 255 * (level < 128))
    column = next(x for x in range(label.width) if label.crop((x, 0, x + 1, label.height // 3)).getbbox())
    row = next(y for y in range(label.height) if label.getpixel((column, y))) + 2
    # The upper row of the finder pattern is 7 dark modules long.
    run = next(n for n in range(label.width) if not label.getpixel((column + n, row)))
    module = run / 7
    assert module == int(module) >= 4, "4 dots of 203 dpi are 0.5 mm"
    assert min(column, row - 2) >= QUIET_MODULES * module - 1
    assert size * module / 8 <= paper.qr_max


def expected_words(kind: Kind) -> list[str]:
    first = TWO_LINES[0]
    return {
        "parcel": ["2461398527413985274", "VN-0815", "广州集运仓"],
        "carton": ["2461398527413985274", "VN-0815", "12/120", "广州集运仓"],
        "sku": ["2461398527413985274", "VN-0815", first.sku, first.quantity_text, "颜色", "广州集运仓"],
        "load_unit": ["VN-0815", "粤B·12345", "货车", "Xe tải", "广州集运仓"],
        "blank": ["VN-0815", "空白标签", "Tem trắng", "广州集运仓"],
    }[kind]


@pytest.mark.parametrize("stock", STOCKS)
def test_people_read_what_the_stock_must_hold(fonts_dir: Path, stock: str) -> None:
    for kind, (pdf, number) in alone(fonts_dir, stock, usual).items():
        text = words(pdf, number)
        for expected in (printed_code(CODE), *expected_words(kind)):
            assert expected in text, (kind, expected)
        both = (caption("caption_customer").split("  "), caption("caption_short_customer").split("  "))
        assert any(zh in text and vi in text for zh, vi in both), "a caption in each language of the dock"


@pytest.mark.parametrize("stock", STOCKS)
@pytest.mark.parametrize("make", [usual, endless])
def test_nothing_is_clipped_nor_in_the_quiet_zone_nor_on_another_row(
    fonts_dir: Path, stock: str, make: Callable[[Kind], ParcelLabel]
) -> None:
    paper = STOCKS[stock]
    for kind, (pdf, number) in alone(fonts_dir, stock, make).items():
        on_page, x, y = place(stock, number)
        page = pdfium.PdfDocument(pdf)[on_page]
        height = page.get_size()[1] / MM
        text = page.get_textpage()
        assert text.count_chars() > 10
        for index in range(text.count_chars()):
            left, bottom, right, top = (edge / MM for edge in text.get_charbox(index))
            shown = (kind, text.get_text_range(index, 1))
            if right - left < 0.01:
                continue  # a space
            assert left > x + paper.margin - 0.4, shown
            assert right < x + paper.width - paper.margin + 0.4, shown
            assert height - top > y + paper.margin - 0.9, shown
            assert height - bottom < y + paper.height - paper.margin + 0.9, shown
        rows_apart(text)
        assert decoded(picture(pdf, stock, number)) == [label_payload(SHORT, CODE)], kind


def rows_apart(text: pdfium.PdfTextPage) -> None:
    boxes = [text.get_rect(index) for index in range(text.count_rects())]
    for number, (left, bottom, right, top) in enumerate(boxes):
        for other_left, other_bottom, other_right, other_top in boxes[number + 1 :]:
            overlap_x = min(right, other_right) - max(left, other_left)
            overlap_y = min(top, other_top) - max(bottom, other_bottom)
            # Boxes of neighbouring rows may touch by a fraction of a point.
            assert overlap_x <= 0.5 or overlap_y <= 0.8, text.get_text_bounded(left, bottom, right, top)


@pytest.mark.parametrize("stock", [name for name, paper in STOCKS.items() if paper.grid])
def test_a_full_sheet_has_each_label_in_its_place(fonts_dir: Path, stock: str) -> None:
    paper = STOCKS[stock]
    codes = [label_code(n.to_bytes(8, "big") + b"\0") for n in range(7 << 40, (7 << 40) + paper.places + 2)]
    pdf = sheet(fonts_dir, stock, *(replace(USUAL, code=code) for code in codes), start=paper.places - 1)
    assert len(pdfium.PdfDocument(pdf)) == 2
    for number, code in enumerate(codes, paper.places - 2):
        assert decoded(picture(pdf, stock, number)) == [label_payload(SHORT, code)], number
    _, x, y = place(stock, paper.places - 1)
    assert x + paper.width <= 210.001 and y + paper.height <= 297


@pytest.mark.parametrize("paper", PAPERS)
def test_the_counting_mat_measures_what_it_says(fonts_dir: Path, paper: str) -> None:
    pdf = counting_mat_pdf(paper, created=CREATED, fonts_dir=fonts_dir)
    assert pdf == counting_mat_pdf(paper, created=CREATED, fonts_dir=fonts_dir)
    document = pdfium.PdfDocument(pdf)
    width, height = (side / MM for side in document[0].get_size())
    assert (round(width), round(height)) == (PAPERS[paper].width, PAPERS[paper].height)
    page = document[0].render(scale=10 * 25.4 / 72).to_pil().convert("L")  # 10 dots a millimetre
    lengths = set()
    for row in range(page.height):
        line = page.crop((0, row, page.width // 2, row + 1)).point(lambda level: 255 * (level < 128))
        box = line.getbbox()
        if box and box[2] < page.width // 2:
            lengths.add(box[2] - box[0])
    assert 1000 in lengths, "the check line of 100 mm"
    text = words(pdf)
    assert all(str(n) in text for n in range(10, 101, 10))
    for language in ("100毫米", "100 mm. Nếu", "This line is 100 mm"):
        assert language in text
    marks = [(8.5, 8.5), (width - 8.5, 8.5), (8.5, height - 8.5), (width - 8.5, height - 8.5)]
    assert all(page.getpixel((round(x * 10), round(y * 10))) < 64 for x, y in marks)
    centres = [(12, 12), (width - 12, 12), (12, height - 12), (width - 12, height - 12)]
    dark = [page.getpixel((round(x * 10), round(y * 10))) < 64 for x, y in centres]
    assert dark == [True, False, False, False], "one mark differs, so that a picture knows its upper left"


def test_a_mat_of_unknown_paper_is_refused(fonts_dir: Path) -> None:
    with pytest.raises(Refusal, match="mat_paper_unknown"):
        counting_mat_pdf("A0", created=CREATED, fonts_dir=fonts_dir)
