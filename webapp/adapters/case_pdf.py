"""The case report as PDF, in one language: what was promised, what arrived, what follows, with every exhibit.

Pictures in it are small; the originals lie beside it in the case file. What nothing proves is said to be not proven.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from webapp.adapters.case_words import (
    Say,
    blocks,
    both,
    clock_rows,
    count_rows,
    head,
    held_levels,
    minutes,
    moment_line,
    named,
    sample_rows,
    three_facts,
    undelivered_lines,
)
from webapp.adapters.catalogues import translate
from webapp.adapters.pdf_flow import INNER, MARGIN, Column, PdfFlow
from webapp.domain.case import Case, CaseExhibit

_SHAPES: Final = ((60, (2, 52.0, 460)), (200, (3, 40.0, 340)), (sys.maxsize, (3, 40.0, 260)))
"""Up to so many pictures: columns, millimetres of height, pixels of the longer side."""
_QUALITIES: Final = (68, 55, 42, 30, 20)
_MOST_OF_PICTURES: Final = 9_000_000
"""Bytes of all pictures together: a report that cannot be mailed is not read."""
_EMPTY_HEIGHT: Final = 14.0

Pictures = Callable[[str], Path | None]
"""A hash → the file of a small JPEG, None where it is not here."""


def case_pdf(case: Case, pictures: Pictures, *, language: str, fonts_dir: Path) -> bytes:
    """Raises ``Refusal('label_fonts_missing')``. A picture that cannot be read leaves its frame empty, and says so."""

    def say(key: str, **values: object) -> str:
        return translate(language, key, **values)

    title = say("case.title", order=case.order_no)
    flow = PdfFlow(
        title=title,
        foot=f"{title} · {say('case.made', at=both(case.made_at))}",
        created=case.made_at,
        fonts_dir=fonts_dir,
    )
    _first_page(flow, case, say)
    _counts(flow, case, say)
    _samples(flow, case, say)
    _clocks(flow, case, say)
    _exhibits(flow, case, pictures, say)
    _levels(flow, case, say)
    _files(flow, case, say)
    return flow.output()


def _first_page(flow: PdfFlow, case: Case, say: Say) -> None:
    flow.title(say("case.title", order=case.order_no))
    for place, row in enumerate(head(case, say)):
        flow.paragraph(row, bold=place == 0)
    flow.gap(3)
    _three_blocks(flow, case, say)
    flow.heading(say("case.facts"))
    for name, held in three_facts(case, say):
        flow.paragraph(named(say, name, held))
    flow.heading(say("evidence.timeline"))
    if not case.moments:
        flow.paragraph(say("case.nothing"), quiet=True)
    for moment in case.moments:
        flow.paragraph("".join(moment_line(moment, say)), 9)


def _three_blocks(flow: PdfFlow, case: Case, say: Say) -> None:
    """Promised, arrived, impact (T-2, S1-15), side by side."""
    width, top = INNER / 3, flow.y
    shown = blocks(case, say)
    bottoms = []
    for place, (title, said) in enumerate(shown):
        rows = [(title, 11.0, True), *((one, 9.5, False) for one in said)]
        bottoms.append(flow.box(MARGIN + place * width + 3, top + 3, width - 6, rows))
    height = max(bottoms) - top + 3
    for place in range(len(shown)):
        flow.frame(MARGIN + place * width, top, width, height)
    flow.y = top + height


def _counts(flow: PdfFlow, case: Case, say: Say) -> None:
    flow.heading(say("case.counts"))
    flow.paragraph(say("case.counts_about"), 9, quiet=True)
    flow.gap(1)
    columns = (
        Column("#", 0.05),
        Column(say("case.goods"), 0.33),
        Column(say("case.ordered"), 0.13, right=True),
        Column(say("case.china"), 0.12, right=True),
        Column(say("case.vietnam"), 0.12, right=True),
        Column(say("case.difference"), 0.13, right=True),
        Column(say("case.lost"), 0.12, right=True),
    )
    flow.table(columns, count_rows(case, say))


def _samples(flow: PdfFlow, case: Case, say: Say) -> None:
    flow.heading(say("case.samples"))
    if not case.samples:
        flow.paragraph(say("case.nothing"), quiet=True)
        return
    columns = (
        Column(say("case.when"), 0.21),
        Column(say("case.goods"), 0.22),
        Column(say("case.lot"), 0.08, right=True),
        Column(say("case.drawn"), 0.09, right=True),
        Column(say("case.inspected"), 0.1, right=True),
        Column(say("case.defective"), 0.17),
        Column(say("case.verdict"), 0.13),
    )
    flow.table(columns, sample_rows(case.samples, say))


def _clocks(flow: PdfFlow, case: Case, say: Say) -> None:
    """The source of each rule and its date beside it (S0-01)."""
    flow.heading(say("case.clocks"))
    if not case.clocks:
        flow.paragraph(say("case.nothing"), quiet=True)
        return
    columns = (
        Column(say("case.rule"), 0.32),
        Column(say("deadline.act_by"), 0.21),
        Column(say("case.due"), 0.22),
        Column(say("case.source"), 0.25),
    )
    flow.table(columns, clock_rows(case.clocks, say))


@dataclass(frozen=True, slots=True)
class _Grid:
    """``columns`` of pictures up to ``height`` mm, ``side`` px and ``room`` bytes each."""

    columns: int
    height: float
    side: int
    room: int

    @property
    def width(self) -> float:
        return INNER / self.columns - 5


def _grid(pictures: int) -> _Grid:
    room = _MOST_OF_PICTURES // max(1, pictures)
    return next(_Grid(*shape, room) for most, shape in _SHAPES if pictures <= most)


def _exhibits(flow: PdfFlow, case: Case, pictures: Pictures, say: Say) -> None:
    grid = _grid(len(case.exhibits))
    flow.heading(say("case.exhibits", n=len(case.exhibits)), room=grid.height + 20)
    if not case.exhibits:
        flow.paragraph(say("case.nothing"), quiet=True)
    for start in range(0, len(case.exhibits), grid.columns):
        row = case.exhibits[start : start + grid.columns]
        said = [_caption(one, say) for one in row]
        small = [_small_of(one, pictures, grid) for one in row]
        high = max(_height(one, grid) for one in small)
        flow.need(high + 1 + max(flow.height_of(grid.width, caption) for caption in said))
        top, bottoms = flow.y, []
        for place, (one, picture, caption) in enumerate(zip(row, small, said, strict=True)):
            x = MARGIN + place * INNER / grid.columns
            below = _picture(flow, one, picture, (x, top), grid)
            bottoms.append(flow.box(x, below + 1, grid.width, caption))
        flow.y = max(bottoms) + 4


def _caption(one: CaseExhibit, say: Say) -> list[tuple[str, float, bool]]:
    name = say(one.title_key)
    rows: list[tuple[str, float, bool]] = [
        (f"{one.number}. {name}{f' ({one.slot})' if one.slot else ''}", 9, True)
    ]
    rows.append((both(one.captured_at), 8, False))
    made = " · ".join(part for part in (one.site, one.worker, one.device) if part)
    if made:
        rows.append((made, 8, False))
    length = f" · {minutes(one.duration_ms)}" if one.duration_ms is not None else ""
    rows.append((f"{one.level or say('case.not_proven')}{length} · SHA-256 {one.sha256[:16]}…", 8, False))
    if one.note:
        rows.append((one.note, 8, False))
    return rows


Small = tuple[bytes, int, int]
"""JPEG with its width and height in pixels."""


def _small_of(one: CaseExhibit, pictures: Pictures, grid: _Grid) -> Small | None:
    file = pictures(one.shown) if one.shown else None
    return None if file is None else _small(file, grid.side, grid.room)


def _height(small: Small | None, grid: _Grid) -> float:
    """In millimetres, of the picture or of the empty frame that stands for it."""
    return _EMPTY_HEIGHT if small is None else small[2] * min(grid.width / small[1], grid.height / small[2])


def _picture(
    flow: PdfFlow, one: CaseExhibit, small: Small | None, place: tuple[float, float], grid: _Grid
) -> float:
    """Draws it from ``place`` (x, y) and returns the y below; an empty frame for what has no picture."""
    x, y = place
    high = _height(small, grid)
    if small is None:
        flow.frame(x, y, grid.width, high)
        flow.box(x + 2, y + 4, grid.width - 4, [(one.mime, 8, False)])
        return y + high
    data, wide, pixels = small
    flow.pdf.image(io.BytesIO(data), x, y, wide * high / pixels, high)
    # A screenshot's own edges are as white as the paper.
    flow.frame(x, y, wide * high / pixels, high)
    return y + high


def _small(file: Path, side: int, room: int) -> Small | None:
    """JPEG bytes with width and height; None for what is no picture. The file is our own small copy."""
    try:
        with Image.open(file) as picture:
            picture.draft("RGB", (side, side))
            picture.thumbnail((side, side))
            plain = picture.convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    for quality in _QUALITIES:
        out = io.BytesIO()
        plain.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= room:
            break
    return out.getvalue(), plain.width, plain.height


def _levels(flow: PdfFlow, case: Case, say: Say) -> None:
    """What holds, and whom one must trust for it."""
    flow.heading(say("case.levels"))
    for level, name, proven in held_levels(case, say):
        flow.paragraph(f"{level}  {named(say, name, proven)}")
    flow.paragraph(say("case.trust"), 9, quiet=True)
    for lost in undelivered_lines(case, say):
        flow.paragraph(lost, 9)


def _files(flow: PdfFlow, case: Case, say: Say) -> None:
    flow.heading(say("case.files"))
    columns = (
        Column("#", 0.05),
        Column(say("case.file"), 0.44),
        Column(say("case.bytes"), 0.13, right=True),
        Column("SHA-256", 0.38),
    )
    rows: Sequence[Sequence[str]] = [
        (
            str(one.number),
            one.path.rpartition("/")[2],
            f"{one.bytes:,}",
            f"{one.sha256[:32]} {one.sha256[32:]}",
        )
        for one in case.exhibits
    ]
    flow.table(columns, rows, 7.5)
