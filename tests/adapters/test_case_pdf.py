"""The report as PDF, rendered and looked at: every glyph there, long tables on as many pages as they need, small."""

from __future__ import annotations

import dataclasses
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from webapp.adapters.case_pdf import case_pdf
from webapp.adapters.case_words import both
from webapp.domain.case import Case, CaseClock, CaseExhibit, CaseLine, CaseMoment, CaseSample, ThreeFacts
from webapp.locate import fonts_dir

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
EMPTY = Case(
    order_id="o",
    order_no="3657499272179232333",
    platform="1688",
    supplier="义乌市晨光服饰有限公司",
    placed_at=NOW - timedelta(days=9),
    paid_fen=46_560,
    folder="晨光/2026-11-12",
    lines=(CaseLine("l", 1, "纯棉短袖T恤 男女同款", "黑色 · M", "件", 12_000, 11, None),),
    exhibits=(),
    undelivered=(),
    clocks=(),
    moments=(CaseMoment(NOW, "Asia/Shanghai", "moment.ordered"),),
    samples=(),
    payments=(),
    claims=(),
    facts=ThreeFacts(),
    waybills=("YT7598163190233",),
    made_at=NOW,
)


def exhibit(number: int) -> CaseExhibit:
    return CaseExhibit(
        number=number,
        slot="EV-01p",
        source_kind="photo",
        source_id=f"{number:032x}",
        sha256=f"{number:064x}",
        bytes=3_456_789,
        mime="image/jpeg",
        path=f"Receiving and QC/20261121-1700CST_3657499272179232333_EV-01p_{number:02d}.jpg",
        captured_at=NOW,
        zone="Asia/Shanghai",
        worker="Nguyễn Thị Ánh",
        site="义乌仓",
        record="f" * 64,
        verified=True,
        shown=f"{number}",
    )


@pytest.fixture
def pictures(tmp_path: Path) -> Callable[[str], Path]:
    """A photo of its own for each number, noisier than real ones: equal pictures would stand in the file once."""
    noise = Image.effect_noise((1200, 900), 60)
    grain = Image.merge("RGB", (noise, noise.rotate(180), noise.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))

    def photo(number: str) -> Path:
        file = tmp_path / number
        grain.crop((int(number), 0, 800 + int(number), 600)).save(file, "JPEG", quality=80)
        return file

    return photo


def texts(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.parametrize("language", ["zh_CN", "vi", "en"])
def test_no_glyph_is_missing(language: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        sample = CaseSample("T恤", NOW, "Asia/Shanghai", 100, 10, 10, (0, 2, 1), "rejected")
        case = dataclasses.replace(EMPTY, samples=(sample,), exhibits=(exhibit(1),))
        pdf = case_pdf(case, lambda sha256: None, language=language, fonts_dir=fonts_dir())
    assert "no glyph" not in caplog.text
    said = texts(pdf)
    assert "义乌市晨光服饰有限公司" in said and "Nguyễn Thị Ánh" in said
    assert not re.search(
        r"\b(case|film|slot|moment|verdict)\.[a-zE]", said
    )  # every sentence is in the catalogue


def test_what_nothing_proves_is_not_proven() -> None:
    said = texts(case_pdf(EMPTY, lambda sha256: None, language="en", fonts_dir=fonts_dir()))
    assert said.count("not proven") == 3 + 6 + 1  # three facts, six levels, a moment without a document
    proven = dataclasses.replace(
        EMPTY, facts=ThreeFacts(waybills=("YT7598163190233",), tape=True, unbroken_ms=62_000)
    )
    said = texts(case_pdf(proven, lambda sha256: None, language="en", fonts_dir=fonts_dir()))
    assert "Unbroken film: verified 1:02" in said and said.count("not proven") == 7


def test_each_clock_has_its_source_and_its_date() -> None:
    """S0-01: the description of a policy is not the policy, and it has a date, or none."""
    clock = CaseClock(
        "R-02",
        "rule.R-02.name",
        NOW,
        NOW,
        "Asia/Shanghai",
        True,
        "running",
        "Ordinex: Refund Policy",
        "2026-06-29",
    )
    undated = dataclasses.replace(clock, rule="R-09", source="Record-keeping guide", source_date=None)
    case = dataclasses.replace(EMPTY, clocks=(clock, undated))
    said = " ".join(texts(case_pdf(case, lambda sha256: None, language="en", fonts_dir=fonts_dir())).split())
    assert "Ordinex: Refund Policy, 2026-06-29" in said and "Record-keeping guide, no date given" in said
    assert "Start time assumed" in said


def test_200_photos_stay_below_10_mb_and_every_hash_is_whole(pictures: Callable[[str], Path]) -> None:
    case = dataclasses.replace(EMPTY, exhibits=tuple(exhibit(number) for number in range(1, 201)))
    pdf = case_pdf(case, pictures, language="vi", fonts_dir=fonts_dir())
    assert 1_000_000 < len(pdf) < 10_000_000
    document = pypdfium2.PdfDocument(pdf)
    said = "".join(texts(pdf).split())
    for number in (1, 117, 200):
        assert f"{number:064x}" in said
    assert f"{len(document)}/{len(document)}" in said


def test_nothing_is_set_outside_of_the_page(pictures: Callable[[str], Path]) -> None:
    """A rendered page has white edges: no table runs out of it."""
    lines = tuple(
        CaseLine(f"{n}", n, "很长的货品名称" * 12, "颜色 " * 20, "件", 10_000_000, 9_999, 1)
        for n in range(60)
    )
    case = dataclasses.replace(EMPTY, lines=lines, exhibits=tuple(exhibit(n) for n in range(1, 8)))
    pdf = case_pdf(case, pictures, language="zh_CN", fonts_dir=fonts_dir())
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) > 5
    for page in document:
        picture = page.render(scale=0.7).to_pil().convert("L")
        width, height = picture.size
        for edge in ((0, 0, 18, height), (width - 18, 0, width, height), (0, height - 10, width, height)):
            assert picture.crop(edge).getextrema() == (255, 255)


def test_both_zones_and_the_other_date() -> None:
    assert both(NOW) == "2026-11-21 17:00 CST / 16:00 ICT"
    assert both(datetime(2026, 11, 20, 16, 30, tzinfo=UTC)) == "2026-11-21 00:30 CST / 2026-11-20 23:30 ICT"
    assert both(None) == "-"
