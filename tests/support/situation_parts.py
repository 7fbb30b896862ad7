"""What the situations of a claim are made of: orders in the shape of an import, films, screenshots."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from PIL import Image, ImageDraw

from webapp.domain.events import events_text, parse_events
from webapp.domain.evidence import RecordFields, parse, sha256_hex
from webapp.domain.orders import ImportedLine, ImportedOrder, ImportedWaybill

FILM_MIME = "video/mp4;codecs=avc1,opus"
PRICE_FEN = 2_450
ORDERED = (12, 12)

SHORT = "3657499272101454545"
AGENT = "3657499272102787878"
POST = "3657499272103454545"
SPLIT = "3657499272104454545"
TAOBAO = "2811390720105454545"
EXPIRED = "3657499272106454545"
"""An account's order numbers share their last six digits; ``copy`` is the twelfth."""


def _demo_times() -> tuple[int, int]:
    """Of the demo's film: its length as committed, and when its last unit was counted; milliseconds."""
    told = json.loads(files("webapp").joinpath("demo", "evidence.json").read_text("utf-8"))
    take = next(one for one in told["records"] if "\nkind take\n" in one["text"])
    mono = parse(take["text"]).mono
    return mono.stop - mono.start, parse_events(take["side"]["events.txt"])[-1].ms


FILM_MS, LAST_UNIT_MS = _demo_times()

ACCOUNTS = {AGENT: ("agent-buyer", "agent"), TAOBAO: ("chi-taobao", "self")}


@dataclass
class Scene:
    """One order of two lines in one parcel. ``lines``, ``parcel``: ids."""

    order_no: str
    order: str = ""
    parcel: str = ""
    lines: tuple[str, str] = ("", "")
    label: str = ""
    waybill: str = ""


def film(name: str) -> bytes:
    """The demo's film, H.264 with sound; a free box at its end makes each a file of its own."""
    return _demo_film() + (8 + len(name.encode())).to_bytes(4, "big") + b"free" + name.encode()


def counted_at_the_end(
    fields: RecordFields, side: Sequence[tuple[str, str]]
) -> tuple[RecordFields, list[tuple[str, str]]]:
    """The taps as late as the film shows the last of its units, a second apart."""
    texts = dict(side)
    if "events.txt" not in texts:
        return fields, list(side)
    told = parse_events(texts["events.txt"])
    late = [replace(one, ms=LAST_UNIT_MS - 1000 * (len(told) - n)) for n, one in enumerate(told, 1)]
    texts["events.txt"] = events_text(late)
    return replace(fields, events=sha256_hex(texts["events.txt"])), list(texts.items())


def copied(order_no: str, copy: int) -> str:
    """The same situation once more, on an order of its own."""
    return f"{order_no[:11]}{copy}{order_no[12:]}"


@cache
def _demo_film() -> bytes:
    return files("webapp").joinpath("demo", "take.mp4").read_bytes()


def screenshot(words: str) -> bytes:
    """A PNG of a phone's size that says ``words`` (printable ASCII)."""
    picture = Image.new("RGB", (360, 640), "#fdfdfb")
    ImageDraw.Draw(picture).text((16, 40), words.replace(" ", "\n"), fill="#14213d", font_size=28)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def imported(order_no: str, placed: datetime, account: str) -> ImportedOrder:
    lines = tuple(
        ImportedLine(
            seq=seq,
            title="便携榨汁杯 USB充电",
            spec=f"颜色:{colour};容量:350ml",
            colour=colour,
            size="350ml",
            unit="件",
            quantity_milli=ordered * 1000,
            unit_price_fen=PRICE_FEN,
            offer_id=f"6801{order_no[9:17]}",
            sku_id=f"49{order_no[8:18]}{seq}",
            article_no="",
            model="",
            material_no="",
            single_item_no="",
        )
        for seq, (colour, ordered) in enumerate(zip(("粉色", "绿色"), ORDERED, strict=True), 1)
    )
    goods = sum(ORDERED) * PRICE_FEN
    waybill = f"SF16{order_no[-9:]}"
    return ImportedOrder(
        order_no=order_no,
        supplier_company="中山市清风小家电有限公司",
        supplier_member="清风小家电",
        goods_fen=goods,
        freight_fen=1200,
        adjust_fen=0,
        paid_fen=goods + 1200,
        status_raw="等待买家收货",
        placed_at=placed.replace(microsecond=0),
        paid_at=placed.replace(microsecond=0) + timedelta(minutes=7),
        buyer_login=account,
        remark="",
        lines=lines,
        waybills=(ImportedWaybill("顺丰速运(SF)", waybill, waybill),),
    )
