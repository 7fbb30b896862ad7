"""The case report as PDF, in one language: what was promised, what arrived, what follows, with every exhibit.

Pictures in it are small; the originals lie beside it in the case file. What nothing proves is said to be not proven.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from PIL import Image

from webapp.adapters.catalogues import translate
from webapp.adapters.pdf_flow import INNER, MARGIN, Column, PdfFlow
from webapp.domain.case import LEVELS, Case, CaseExhibit
from webapp.domain.casefile import CHINA, zone_mark
from webapp.domain.quantities import quantity_text, yuan_text

_VIETNAM: Final = "Asia/Ho_Chi_Minh"
_SIDES: Final = ((60, 460), (200, 340))
_LEAST_SIDE: Final = 260
_QUALITIES: Final = (68, 55, 42, 30, 20)
_MOST_OF_PICTURES: Final = 9_000_000
"""Bytes of all pictures together: a report that cannot be mailed is not read."""
_PICTURE_HEIGHT: Final = 52.0
_COLUMNS: Final = 2

Say = Callable[..., str]
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


def both(at: datetime | None) -> str:
    """``2026-11-20 10:00 CST / 09:00 ICT``; the date again where it differs."""
    if at is None:
        return "-"
    china, vietnam = at.astimezone(ZoneInfo(CHINA)), at.astimezone(ZoneInfo(_VIETNAM))
    second = "%H:%M" if china.date() == vietnam.date() else "%Y-%m-%d %H:%M"
    return f"{china:%Y-%m-%d %H:%M} {zone_mark(at, CHINA)} / {vietnam.strftime(second)} {zone_mark(at, _VIETNAM)}"


def minutes(ms: int) -> str:
    return f"{ms // 60_000}:{ms // 1000 % 60:02d}"


def _first_page(flow: PdfFlow, case: Case, say: Say) -> None:
    flow.title(say("case.title", order=case.order_no))
    flow.paragraph(f"{say('role.supplier')}: {case.supplier or say('app.not_known')}", bold=True)
    flow.paragraph(f"{say('order.date')}: {both(case.placed_at)}")
    if case.waybills:
        flow.paragraph(f"{say('parcel.waybill')}: {', '.join(case.waybills)}")
    flow.gap(3)
    _three_blocks(flow, case, say)
    flow.heading(say("case.facts"))
    for name, held in three_facts(case, say):
        flow.paragraph(f"{name}: {held}")
    flow.heading(say("evidence.timeline"))
    if not case.moments:
        flow.paragraph(say("case.nothing"), quiet=True)
    for moment in case.moments:
        mark = f"{moment.at.astimezone(ZoneInfo(moment.zone)):%Y-%m-%d %H:%M} {zone_mark(moment.at, moment.zone)}"
        proven = "" if moment.proven else f" ({say('case.not_proven')})"
        flow.paragraph(f"{mark} | {say(moment.key, **dict(moment.vars))}{proven}", 9)


def _three_blocks(flow: PdfFlow, case: Case, say: Say) -> None:
    """Promised, arrived, impact (T-2, S1-15), side by side."""
    width, top = INNER / 3, flow.y
    blocks = (
        ("case.promised", _promised(case, say)),
        ("case.arrived", _arrived(case, say)),
        ("case.impact", _impact(case, say)),
    )
    bottoms = []
    for place, (key, said) in enumerate(blocks):
        rows = [(say(key), 11.0, True), *((one, 9.5, False) for one in said)]
        bottoms.append(flow.box(MARGIN + place * width + 3, top + 3, width - 6, rows))
    height = max(bottoms) - top + 3
    for place in range(len(blocks)):
        flow.frame(MARGIN + place * width, top, width, height)
    flow.y = top + height


def _promised(case: Case, say: Say) -> list[str]:
    return [
        say("case.ordered_units", n=quantity_text(case.ordered_milli)),
        f"{say('order.paid')}: {say('app.not_known') if case.paid_fen is None else yuan_text(case.paid_fen)}",
    ]


def _arrived(case: Case, say: Say) -> list[str]:
    if case.arrived is None:
        return [say("case.not_counted")]
    found = [say("case.received_units", n=case.arrived)]
    if case.short_milli:
        found.append(say("case.short_units", n=quantity_text(case.short_milli)))
    if case.defective is not None:
        found.append(say("case.defective_units", n=case.defective))
    return found


def _impact(case: Case, say: Say) -> list[str]:
    if not case.claims:
        return [say("case.no_claim")]
    found = []
    for claim in case.claims:
        amount = say("app.not_known") if claim.amount_fen is None else yuan_text(claim.amount_fen)
        found.append(say("case.claim_asks", n=claim.number, amount=amount))
    return found


def three_facts(case: Case, say: Say) -> list[tuple[str, str]]:
    """Name → that it is verified, or that it is not proven."""
    facts = case.facts
    unbroken = facts.unbroken_ms
    return [
        (say("case.fact_waybill"), say("case.verified") if facts.waybills else say("case.not_proven")),
        (say("case.fact_tape"), say("case.verified") if facts.tape else say("case.not_proven")),
        (
            say("case.fact_unbroken"),
            say("case.not_proven") if unbroken is None else f"{say('case.verified')}, {minutes(unbroken)}",
        ),
    ]


def _counts(flow: PdfFlow, case: Case, say: Say) -> None:
    flow.heading(say("case.counts"))
    flow.paragraph(say("case.counts_about"), 9, quiet=True)
    columns = (
        Column("#", 0.06),
        Column(say("case.goods"), 0.42),
        Column(say("case.ordered"), 0.14, right=True),
        Column(say("case.china"), 0.13, right=True),
        Column(say("case.vietnam"), 0.13, right=True),
        Column(say("case.difference"), 0.12, right=True),
    )
    unknown = say("case.none_counted")
    rows = [
        (
            str(line.seq),
            f"{line.title} {line.variant}",
            f"{quantity_text(line.ordered_milli)} {line.unit}",
            unknown if line.china is None else str(line.china),
            unknown if line.vietnam is None else str(line.vietnam),
            "-" if line.short_milli is None else quantity_text(-line.short_milli),
        )
        for line in case.lines
    ]
    flow.table(columns, rows)


def _samples(flow: PdfFlow, case: Case, say: Say) -> None:
    flow.heading(say("case.samples"))
    if not case.samples:
        flow.paragraph(say("case.nothing"), quiet=True)
        return
    columns = (
        Column(say("case.when"), 0.25),
        Column(say("case.goods"), 0.27),
        Column(say("case.lot"), 0.09, right=True),
        Column(say("case.drawn"), 0.09, right=True),
        Column(say("case.defective"), 0.16),
        Column(say("case.verdict"), 0.14),
    )
    rows = [
        (
            both(one.at),
            one.line,
            str(one.lot),
            str(one.n),
            say("case.unfinished")
            if one.defective is None
            else say("case.by_class", **_by_class(one.defective)),
            say("verdict.undecided") if one.verdict is None else say(f"verdict.{one.verdict}"),
        )
        for one in case.samples
    ]
    flow.table(columns, rows)


def _by_class(defective: tuple[int, int, int]) -> dict[str, object]:
    return dict(zip(("critical", "major", "minor"), defective, strict=True))


def _clocks(flow: PdfFlow, case: Case, say: Say) -> None:
    """The source of each rule and its date beside it (S0-01)."""
    flow.heading(say("case.clocks"))
    if not case.clocks:
        flow.paragraph(say("case.nothing"), quiet=True)
        return
    columns = (
        Column(say("case.rule"), 0.25),
        Column(say("deadline.act_by"), 0.22),
        Column(say("case.due"), 0.22),
        Column(say("case.source"), 0.31),
    )
    rows = []
    for one in case.clocks:
        notes = [f"{one.rule} {say(one.name)}"]
        if one.assumed:
            notes.append(f"({say('deadline.assumed')})")
        dated = one.source_date or say("case.undated")
        rows.append((" ".join(notes), both(one.act_by), both(one.due), f"{one.source}, {dated}"))
    flow.table(columns, rows)


def _exhibits(flow: PdfFlow, case: Case, pictures: Pictures, say: Say) -> None:
    flow.heading(say("case.exhibits", n=len(case.exhibits)), room=_PICTURE_HEIGHT)
    if not case.exhibits:
        flow.paragraph(say("case.nothing"), quiet=True)
    side = next((side for most, side in _SIDES if len(case.exhibits) <= most), _LEAST_SIDE)
    room = _MOST_OF_PICTURES // max(1, len(case.exhibits))
    width = INNER / _COLUMNS
    for start in range(0, len(case.exhibits), _COLUMNS):
        pair = case.exhibits[start : start + _COLUMNS]
        said = [_caption(one, say) for one in pair]
        flow.need(_PICTURE_HEIGHT + 30)
        top, bottoms = flow.y, []
        for place, (one, caption) in enumerate(zip(pair, said, strict=True)):
            x = MARGIN + place * width
            below = _picture(flow, one, pictures, (x, top, width - 5), (side, room))
            bottoms.append(flow.box(x, below + 1, width - 5, caption))
        flow.y = max(bottoms) + 4


def _caption(one: CaseExhibit, say: Say) -> list[tuple[str, float, bool]]:
    name = say(f"slot.{one.slot}") if one.slot else say("case.no_slot")
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


def _picture(
    flow: PdfFlow,
    one: CaseExhibit,
    pictures: Pictures,
    place: tuple[float, float, float],
    most: tuple[int, int],
) -> float:
    """Draws it within ``place`` (x, y, width) and returns the y below; an empty frame for what has no picture.

    ``most``: pixels of its longer side, bytes.
    """
    x, y, width = place
    file = pictures(one.shown) if one.shown else None
    small = _small(file, *most) if file is not None else None
    if small is None:
        flow.frame(x, y, width, 14)
        flow.box(x + 2, y + 4, width - 4, [(one.mime, 8, False)])
        return y + 14
    data, wide, high = small
    scale = min(width / wide, _PICTURE_HEIGHT / high)
    flow.pdf.image(io.BytesIO(data), x, y, wide * scale, high * scale)
    return y + high * scale


def _small(file: Path, side: int, room: int) -> tuple[bytes, int, int] | None:
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


def held_levels(case: Case, say: Say) -> list[tuple[str, str, str]]:
    """(level, its name, what holds of it): the claim ladder (evidence.md). What nothing proves is "not proven"."""
    held = sum(one.level == "E0" for one in case.exhibits)
    unbroken = sum(one.unbroken_ms is not None for one in case.exhibits)
    found = []
    for level in LEVELS:
        proven = say("case.not_proven")
        if level == "E0" and held:
            proven = say("case.held_of", n=held, of=len(case.exhibits))
        if level == "E3" and unbroken:
            proven = say("case.phone_clock_only", n=unbroken)
        found.append((level, say("film." + level.lower()), proven))
    return found


def _levels(flow: PdfFlow, case: Case, say: Say) -> None:
    """What holds, and whom one must trust for it."""
    flow.heading(say("case.levels"))
    for level, name, proven in held_levels(case, say):
        flow.paragraph(f"{level}  {name}: {proven}")
    flow.paragraph(say("case.trust"), 9, quiet=True)
    for lost in case.undelivered:
        name = say(f"slot.{lost.slot}") if lost.slot else say("case.no_slot")
        flow.paragraph(say("case.undelivered", what=name, at=both(lost.received_at), record=lost.record), 9)


def _files(flow: PdfFlow, case: Case, say: Say) -> None:
    flow.heading(say("case.files"))
    columns = (
        Column("#", 0.06),
        Column(say("case.file"), 0.34),
        Column(say("case.bytes"), 0.12, right=True),
        Column("SHA-256", 0.48),
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
