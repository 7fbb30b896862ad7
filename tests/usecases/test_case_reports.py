"""The report of four situations in three languages, page by page: nothing missing or cut, nothing over another."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import pytest

from tests.support.case_situations import NAMES, Cases, open_cases
from webapp.adapters.case_pages import case_index
from webapp.adapters.case_pdf import case_pdf
from webapp.adapters.catalogues import translate
from webapp.adapters.pdf_text import MISSING
from webapp.locate import fonts_dir

LANGUAGES = ("zh_CN", "vi", "en")
POINTS = 72 / 25.4
MARGIN, WIDTH, HEIGHT = 15 * POINTS, 210 * POINTS, 297 * POINTS
HEADINGS = ("facts", "counts", "samples", "clocks", "levels", "files")

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points."""


@dataclass
class PageLook:
    text: str
    texts: list[Box]
    pictures: list[Box]
    lowest: str


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    return open_cases(tmp_path_factory.mktemp("cases") / "home")


def pages(pdf: bytes) -> Iterator[PageLook]:
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        told = page.get_textpage()
        boxes = [told.get_rect(n) for n in range(told.count_rects())]
        body = [box for box in boxes if box[1] > 30]  # without the foot
        lowest = min(body, key=lambda box: box[1])
        pictures = [one.get_bounds() for one in page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])]
        yield PageLook(told.get_text_range(), boxes, pictures, told.get_text_bounded(*lowest))
    document.close()


def over(one: Box, other: Box) -> bool:
    """More than touching: rows stand close, and boxes hold the room of a letter's accents."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > 1 and high > 0.35 * min(one[3] - one[1], other[3] - other[1])


def report(cases: Cases, name: str, language: str) -> bytes:
    return case_pdf(cases.case(name), cases.picture, language=language, fonts_dir=fonts_dir())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_page_can_be_read(
    cases: Cases, name: str, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        looks = list(pages(report(cases, name, language)))
    assert "no glyph" not in caplog.text
    pictures = 0
    for number, look in enumerate(looks, 1):
        assert f"{number} / {len(looks)}" in look.text and MISSING not in look.text
        assert len(look.text.split()) > 20, "an empty page"
        for box in (*look.texts, *look.pictures):
            assert box[0] >= MARGIN - 1 and box[2] <= WIDTH - MARGIN + 1, box
            assert box[1] >= 20 and box[3] <= HEIGHT - MARGIN + 4, box
        everything = [*look.texts, *look.pictures]
        for place, one in enumerate(everything):
            assert not any(over(one, other) for other in everything[place + 1 :]), (number, one)
        assert look.lowest.strip() not in [translate(language, f"case.{key}") for key in HEADINGS]
        pictures += len(look.pictures)
    assert pictures == sum(one.shown is not None for one in cases.case(name).exhibits) >= 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_report_and_the_offline_page_say_the_same(cases: Cases, name: str, language: str) -> None:
    case = cases.case(name)
    said = "".join("".join(look.text.split()) for look in pages(report(cases, name, language)))
    page = "".join(re.sub(r"<[^>]+>", "", case_index(case, language=language, reports=["r.pdf"])).split())
    for one in case.exhibits:
        assert one.sha256 in said and one.sha256 in page
    for moment in case.moments:
        told = "".join(translate(language, moment.key, **dict(moment.vars)).split())
        assert told in said and told in page
    for claim in case.claims:
        assert f"¥{(claim.amount_fen or 0) // 100}.{(claim.amount_fen or 0) % 100:02d}" in said
    for text in (said, page):
        assert not re.search(r"\b(case|clock|claim|film|slot|moment|verdict|party|order)\.[a-z]", text)


def test_what_was_found_stands_in_the_report(cases: Cases) -> None:
    """S1-15: promised, arrived, impact; a sample that was inspected says what it found; both counts of a split."""
    words = {
        name: " ".join(" ".join(look.text for look in pages(report(cases, name, "en"))).split())
        for name in NAMES
    }
    assert "Units received: 23 Units short: 1" in words["short"]
    assert "Claim 1 (Short count, 1688): ¥24.50 asked" in words["short"]
    assert "Defective units in samples: 3" in words["defect"]
    assert "critical 0, major 3, minor 0" in words["defect"] and "Lan cn" in words["defect"]
    assert "Units lost between China and Vietnam: 2" in words["split"]
    assert "at Kho vn" in words["split"] and "Done" in words["split"]
    assert "Not counted yet" in words["taobao"] and words["taobao"].count("not proven") >= 3
