"""Printed parcel labels: what a printer and a camera make of them."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pypdfium2 as pdfium
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from webapp.adapters.label_sheets import STOCKS, LabelLine, ParcelLabel, parcel_labels_pdf, warnings
from webapp.adapters.pdf_text import MISSING
from webapp.domain.labels import label_code, parse_label, printed_code
from webapp.domain.refusals import Refusal

ROOT = Path(__file__).parents[2]
PUBLIC_URL = "https://dock.example"
CREATED = datetime(2026, 11, 21, 21, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
CODE = label_code(bytes.fromhex("0123456789abcdef"))
VIETNAMESE = "ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđàáâãèéêìíòóôõùúýăĩũơư"
POINTS_PER_MM = 72 / 25.4

LABEL = ParcelLabel(
    code=CODE,
    order_nos=("2461398527413985274",),
    customer_code="VN-0815",
    site_name="广州集运仓 Kho Quảng Châu",
    waybills=("YT8812345678901", "SF1234567890123"),
    lines=(
        LabelLine("秋冬加厚连帽外套女士", "颜色：黑色；尺码：XL", "23 件", "5123456789012"),
        LabelLine("Áo khoác nữ dày, có mũ", "Màu: Đỏ đô; Size: M", "12 cái", "AB-778"),
    ),
    carton="1/3",
)
CROWDED = replace(
    LABEL,
    order_nos=tuple(f"24613985274139852{n:02}" for n in range(9)),
    waybills=tuple(f"YT88123456789{n:02}" for n in range(9)),
    lines=tuple(LabelLine(f"标题{n}" * 30, f"红色 / {n}", f"{n * 7 + 1} 双", f"SKU-{n}") for n in range(40)),
)
ENDLESS = ParcelLabel(
    CODE,
    ("1" * 300,),
    "客" * 5_000,
    "仓" * 5_000,
    ("W" * 300,),
    (("名" * 5_000, "x" * 5_000, "9" * 500, "s" * 5_000),),
    "120/120",
)
BLANK = ParcelLabel(CODE, (), "", "", (), (), None)


@pytest.fixture(scope="session")
def fonts_dir() -> Path:
    """The built subset; `make` builds it before the tests."""
    built = ROOT / "static" / "dist" / "fonts"
    if not (built / "NotoSansSC-Bold.ttf").is_file():
        pytest.fail("static/dist/fonts is not built: run npm install, then python static/build/fonts.py")
    return built


def printed(fonts_dir: Path, *labels: ParcelLabel, public_url: str | None = PUBLIC_URL) -> bytes:
    return parcel_labels_pdf(
        labels, stock="100x150", public_url=public_url, created=CREATED, fonts_dir=fonts_dir
    )


def rendered(pdf: bytes, dpi: float, page: int = 0) -> Image.Image:
    image: Image.Image = pdfium.PdfDocument(pdf)[page].render(scale=dpi / 72).to_pil()
    return image.convert("L")


def words(pdf: bytes, page: int = 0) -> str:
    return str(pdfium.PdfDocument(pdf)[page].get_textpage().get_text_range())


def decoded(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize(
    ("public_url", "payload"),
    [
        ("https://dock.example", f"HTTPS://DOCK.EXAMPLE/L/{CODE}"),
        ("http://192.168.100.107:8443", f"HTTP://192.168.100.107:8443/L/{CODE}"),
        ("https://a-rather-long-name.of-a-warehouse.example.com.vn/Dock", None),
        (None, CODE),
    ],
)
def test_symbol_decodes_from_the_rendered_page(
    fonts_dir: Path, dpi: int, public_url: str | None, payload: str | None
) -> None:
    found = decoded(rendered(printed(fonts_dir, LABEL, public_url=public_url), dpi))
    assert found == [payload or f"{public_url}/L/{CODE}"]
    assert parse_label(found[0]).code == CODE


@pytest.mark.parametrize("scale", [0.95, 1.05])
def test_symbol_survives_blur_wrong_scale_and_a_tear(fonts_dir: Path, scale: float) -> None:
    page = rendered(printed(fonts_dir, LABEL), 203)
    page = page.resize((round(page.width * scale), round(page.height * scale))).filter(
        ImageFilter.GaussianBlur(3)
    )
    page.paste(255, (260, 190, 310, 260))
    assert decoded(page) == [f"HTTPS://DOCK.EXAMPLE/L/{CODE}"]


def test_symbol_is_large_sharp_and_has_its_quiet_zone(fonts_dir: Path) -> None:
    # 8 dots a millimetre; the last bit less, or the page's rounded points become a row of dots too many.
    page = rendered(printed(fonts_dir, BLANK), 8 * 25.4 * 0.99999)
    assert page.size == (800, 1200)
    symbol = page.crop((0, 0, 64 * 8, 64 * 8)).point(lambda level: 255 * (level < 128)).getbbox()
    assert symbol is not None
    left, top, right, bottom = symbol
    side = right - left
    assert 45 * 8 <= side == bottom - top <= 55 * 8
    module = side // 29
    assert side % 29 == 0
    assert min(left, top) >= 4 * module
    grey = sum(page.crop(symbol).histogram()[64:192])
    assert grey == 0


def test_a_label_is_one_page_of_the_stock(fonts_dir: Path) -> None:
    document = pdfium.PdfDocument(printed(fonts_dir, LABEL, CROWDED, BLANK))
    assert len(document) == 3
    for page in document:
        width, height = (round(side / POINTS_PER_MM, 2) for side in page.get_size())
        assert (width, height) == (100, 150)


def test_people_read_what_the_label_says(fonts_dir: Path) -> None:
    text = words(printed(fonts_dir, LABEL))
    for expected in (
        printed_code(CODE),
        "2461398527413985274",
        "VN-0815",
        "1/3",
        "广州集运仓",
        "Quảng",
        "YT8812345678901",
        "SF1234567890123",
        "颜色：黑色；尺码：XL",
        "23 件",
        "Màu: Đỏ đô; Size: M",
        "12 cái",
        "AB-778",
        "订单编号",
        "Mã đơn hàng",
        "2026-11-21 21:30+08:00",
    ):
        assert expected in text


def test_what_does_not_fit_is_counted(fonts_dir: Path) -> None:
    text = words(printed(fonts_dir, CROWDED))
    shown = sum(f"SKU-{n} " in text for n in range(40))
    assert shown >= 2
    assert f"另有 {40 - shown} 项" in text
    assert f"còn {40 - shown} dòng" in text
    assert "2461398527413985202 · +6" in text
    assert text.count("+6") == 2


@pytest.mark.parametrize(
    "label", [LABEL, CROWDED, ENDLESS, BLANK], ids=["usual", "crowded", "endless", "blank"]
)
def test_nothing_is_clipped_or_in_the_quiet_zone(fonts_dir: Path, label: ParcelLabel) -> None:
    pdf = printed(fonts_dir, label)
    page = pdfium.PdfDocument(pdf)[0]
    text = page.get_textpage()
    assert text.count_chars() > 10
    for index in range(text.count_chars()):
        left, bottom, right, top = (edge / POINTS_PER_MM for edge in text.get_charbox(index))
        assert left > 3.5, text.get_text_range(index, 1)
        assert right < 96.5, text.get_text_range(index, 1)
        assert bottom > 2.5, text.get_text_range(index, 1)
        assert top < 148, text.get_text_range(index, 1)
        if top > 150 - 64:
            assert left > 60 or top < 150 - 60
    assert decoded(rendered(pdf, 203)) == [f"HTTPS://DOCK.EXAMPLE/L/{CODE}"]


def test_a_long_name_ends_in_an_ellipsis(fonts_dir: Path) -> None:
    assert "名…" in words(printed(fonts_dir, ENDLESS))


def test_rows_do_not_overlap(fonts_dir: Path) -> None:
    """Rows of the lower part, told apart by their baseline, keep clear of each other."""
    text = pdfium.PdfDocument(printed(fonts_dir, LABEL))[0].get_textpage()
    boxes = [text.get_rect(index) for index in range(text.count_rects())]
    lower = [box for box in boxes if box[3] < (150 - 64) * POINTS_PER_MM]
    assert len(lower) > 8
    for place, (left, bottom, right, top) in enumerate(lower):
        for other_left, other_bottom, other_right, other_top in lower[place + 1 :]:
            apart = other_left >= right or other_right <= left or other_bottom >= top or other_top <= bottom
            assert apart


def test_same_arguments_same_bytes(fonts_dir: Path) -> None:
    first, second = (printed(fonts_dir, LABEL, CROWDED) for _ in range(2))
    assert first == second
    assert first != printed(fonts_dir, CROWDED, LABEL)


def test_every_zh_and_vi_letter_has_a_glyph(fonts_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    catalogues = [
        json.loads((ROOT / "webapp" / "words" / f"{language}.json").read_text("utf-8"))
        for language in ("zh_CN", "vi")
    ]
    shown = set("".join("".join(catalogue.values()) for catalogue in catalogues))
    paper = ("label.", "mat.")
    on_paper = "".join(words for one in catalogues for key, words in one.items() if key.startswith(paper))
    # Screens also show symbols that no paper needs.
    letters = sorted(
        {letter for letter in shown if letter.isalnum()}
        | set(on_paper)
        | set(VIETNAMESE + VIETNAMESE.upper())
    )
    letters = [letter for letter in letters if letter.isprintable()]
    labels = [replace(BLANK, site_name="".join(letters[at : at + 12])) for at in range(0, len(letters), 12)]
    pdf = printed(fonts_dir, *labels)
    assert not caplog.records
    seen = "".join(words(pdf, page) for page in range(len(labels)))
    assert [letter for letter in letters if letter not in seen and letter.strip()] == []


def test_decomposed_vietnamese_is_composed(fonts_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    text = words(printed(fonts_dir, replace(BLANK, customer_code="NGUYE\u0302\u0303N")))
    assert "NGUYỄN" in text
    assert not caplog.records


TRADITIONAL = "臺灣龍國體廣東門業貿易"
RARE = "镕堃喆﨑囍犇玥祐䶮㛃鱻"


def test_traditional_and_rare_hanzi_print_in_every_weight(
    fonts_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    line = LabelLine(f"{TRADITIONAL}有限公司", f"颜色：{RARE}", "3 件", "SKU-1")
    pdf = printed(fonts_dir, replace(LABEL, customer_code="王堃喆", site_name=TRADITIONAL, lines=(line,)))
    text = "".join(words(pdf).split())
    assert not caplog.records and MISSING not in text
    assert f"{TRADITIONAL}有限公司" in text and RARE in text and "王堃喆" in text
    plain = printed(fonts_dir, replace(LABEL, customer_code="王坤哲"))
    assert b"NotoSansSC" in plain and len(pdf) < 2 * len(plain), "what is not used is not in the file"


def test_a_rare_hanzi_is_drawn_and_takes_its_room(fonts_dir: Path) -> None:
    """A missing glyph would be an empty place or a box; and the row would be set too wide or too narrow."""

    def ink(customer: str) -> Image.Image:
        return rendered(printed(fonts_dir, replace(BLANK, customer_code=customer)), 203)

    rare, common, box = (ink(f"{one}一") for one in ("堃", "国", MISSING))
    assert rare.getbbox() == common.getbbox()
    assert rare.tobytes() not in (common.tobytes(), box.tobytes(), ink("\u3000一").tobytes())


def test_the_third_font_is_in_a_document_only_when_it_is_needed(fonts_dir: Path) -> None:
    files = b"/FontFile2"
    assert printed(fonts_dir, LABEL, CROWDED, replace(BLANK, customer_code="\U0001f600")).count(files) == 2
    rare = replace(BLANK, customer_code="堃堃"), replace(BLANK, site_name="喆")
    assert printed(fonts_dir, *rare).count(files) == 3
    assert printed(fonts_dir, LABEL).count(files) == 2


def test_labels_drawn_at_the_same_time_are_those_drawn_one_after_the_other(fonts_dir: Path) -> None:
    """The fonts are read once for all of them."""
    labels = [replace(LABEL, customer_code=f"客户{name}") for name in "甲乙丙堃喆"]
    alone = [printed(fonts_dir, label) for label in labels]
    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(lambda label: printed(fonts_dir, label), labels)) == alone


def test_a_missing_character_is_a_box_and_a_warning(
    fonts_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        text = words(printed(fonts_dir, replace(BLANK, customer_code="\U00020bb7野\U0001f600家\u200d")))
    assert f"{MISSING}野{MISSING}家" in text
    assert [record.getMessage().split()[3] for record in caplog.records] == ["U+20BB7", "U+1F600"]


def test_control_characters_become_spaces(fonts_dir: Path) -> None:
    assert "A B C" in words(printed(fonts_dir, replace(BLANK, customer_code="A\x00B\r\n\tC")))


def test_unknown_stock_is_refused_with_the_known_ones(fonts_dir: Path) -> None:
    with pytest.raises(Refusal) as refused:
        parcel_labels_pdf([LABEL], stock="9x9", public_url=PUBLIC_URL, created=CREATED, fonts_dir=fonts_dir)
    assert refused.value.code == "label_stock_unknown"
    assert refused.value.vars == {"stock": "9x9", "known": ", ".join(STOCKS)}


def test_no_labels_is_refused(fonts_dir: Path) -> None:
    with pytest.raises(Refusal, match="label_none"):
        printed(fonts_dir)


@pytest.mark.parametrize("length", [900, 9_000])
def test_a_url_too_long_for_the_stock_is_refused(fonts_dir: Path, length: int) -> None:
    with pytest.raises(Refusal, match="label_url_too_long"):
        printed(fonts_dir, LABEL, public_url="https://dock.example/" + "p" * length)


def test_missing_fonts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="label_fonts_missing"):
        printed(tmp_path, LABEL)


def test_a_naive_instant_is_a_mistake_of_the_caller(fonts_dir: Path) -> None:
    with pytest.raises(ValueError, match="aware"):
        parcel_labels_pdf(
            [LABEL], stock="100x150", public_url=None, created=datetime(2026, 1, 1), fonts_dir=fonts_dir
        )


def test_creation_date_is_the_given_one(fonts_dir: Path) -> None:
    made = parcel_labels_pdf(
        [BLANK],
        stock="100x150",
        public_url=PUBLIC_URL,
        created=datetime(2020, 2, 29, 1, 2, 3, tzinfo=UTC),
        fonts_dir=fonts_dir,
    )
    assert b"D:20200229010203Z" in made
    assert b"/PrintScaling /None" in made


@pytest.mark.parametrize(
    ("public_url", "codes"),
    [
        (None, ("label_public_url_unset",)),
        ("", ("label_public_url_unset",)),
        ("http://localhost:8000", ("label_public_url_unset",)),
        ("http://dock.localhost", ("label_public_url_unset",)),
        ("http://127.0.0.1:8000", ("label_public_url_unset",)),
        ("http://0.0.0.0:8000", ("label_public_url_unset",)),
        ("http://[::1]:8000", ("label_public_url_unset",)),
        ("http://[::1", ("label_public_url_unset",)),
        ("http://192.168.1.7:8443", ("label_public_url_ip",)),
        ("https://[2001:db8::7]", ("label_public_url_ip",)),
        ("https://dock.example", ()),
    ],
)
def test_warnings(public_url: str | None, codes: tuple[str, ...]) -> None:
    assert warnings(public_url) == codes


def test_every_code_has_its_words() -> None:
    for language in ("en", "zh_CN", "vi"):
        catalogue = json.loads((ROOT / "webapp" / "words" / f"{language}.json").read_text("utf-8"))
        for code in ("label_stock_unknown", "label_none", "label_url_too_long", "label_fonts_missing"):
            assert catalogue[f"error.{code}"]
        for code in ("label_public_url_unset", "label_public_url_ip"):
            assert catalogue[f"label.warning_{code}"]
