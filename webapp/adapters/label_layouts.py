"""Label stocks as data: how large, what fits, what stands where. Millimetres; points for type.

Stocks and content: domain.md 12.6. A thermal label is a page of its own; an A4 sheet is a grid of labels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

Level = Literal["M", "Q"]
Kind = Literal["parcel", "carton", "sku", "load_unit", "blank"]
Blocks = tuple[str, ...]

KINDS: Final[tuple[Kind, ...]] = ("parcel", "carton", "sku", "load_unit", "blank")
A4: Final = (210.0, 297.0)


@dataclass(frozen=True, slots=True)
class Grid:
    """Labels of one A4 sheet: the first one's corner, and how far it is to the next."""

    columns: int
    rows: int
    left: float
    top: float
    across: float
    down: float

    @property
    def places(self) -> int:
        return self.columns * self.rows

    def corner(self, place: int) -> tuple[float, float]:
        """Upper left corner of ``place``, which counts from 0 along the rows."""
        row, column = divmod(place, self.columns)
        return self.left + column * self.across, self.top + row * self.down


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Blocks of a label by kind, most wanted first: beside the symbol, and below it over the whole width.

    What finds no room beside the symbol may be named below it again; nothing is drawn twice.
    """

    beside: dict[Kind, Blocks]
    below: dict[Kind, Blocks]
    captions_above: bool


@dataclass(frozen=True, slots=True)
class Stock:
    """One label. ``qr_max`` is the symbol's longest side without its quiet zone; ``bare``: the code alone may stand
    in the symbol when the address does not fit; ``*_pt`` are the largest type sizes."""

    width: float
    height: float
    margin: float
    qr_max: float
    level: Level
    arrangement: Arrangement
    bare: bool
    code_pt: float
    headline_pt: float
    customer_pt: float
    order_pt: float
    body_pt: float
    quantity_pt: float
    caption_pt: float
    waybills: int = 1
    more_orders: int = 1
    grid: Grid | None = None

    @property
    def places(self) -> int:
        """Labels on one page."""
        return self.grid.places if self.grid else 1

    @property
    def page(self) -> tuple[float, float]:
        return A4 if self.grid else (self.width, self.height)


_TALL: Final = Arrangement(
    beside={
        "parcel": ("headline", "site", "waybills", "printed"),
        "carton": ("headline", "site", "waybills", "printed"),
        "sku": ("quantity", "site", "printed"),
        "load_unit": ("site", "printed"),
        "blank": ("site", "printed"),
    },
    below={
        "parcel": ("code", "rule", "customer", "orders", "rule", "lines"),
        "carton": ("code", "rule", "customer", "orders", "rule", "lines"),
        "sku": ("code", "rule", "customer", "spec", "sku", "orders", "title"),
        "load_unit": ("code", "rule", "headline", "customer"),
        "blank": ("code", "rule", "customer", "note_zh", "note_vi"),
    },
    captions_above=True,
)
_SQUARE: Final = Arrangement(
    beside={
        "parcel": ("headline", "customer", "site", "waybills", "printed"),
        "carton": ("headline", "customer", "site", "waybills", "printed"),
        "sku": ("quantity", "customer", "site", "printed"),
        "load_unit": ("customer", "site", "printed"),
        "blank": ("customer", "site", "printed"),
    },
    below={
        "parcel": ("code", "rule", "orders", "lines"),
        "carton": ("code", "rule", "orders", "lines"),
        "sku": ("code", "rule", "spec", "sku", "orders", "title"),
        "load_unit": ("code", "rule", "headline"),
        "blank": ("code", "rule", "note_zh", "note_vi"),
    },
    captions_above=True,
)
_COMPACT: Final = Arrangement(
    beside={
        "parcel": ("headline", "customer", "site", "waybills", "printed"),
        "carton": ("headline", "customer", "site", "waybills", "printed"),
        "sku": ("quantity", "customer", "site", "spec", "sku", "title"),
        "load_unit": ("unit", "customer", "site", "printed"),
        "blank": ("customer", "site", "note_zh", "note_vi"),
    },
    below={
        "parcel": ("code", "orders", "lines"),
        "carton": ("code", "orders", "lines"),
        "sku": ("code", "orders", "sku", "title"),
        "load_unit": ("code", "headline"),
        "blank": ("code", "note_zh", "note_vi"),
    },
    captions_above=False,
)
_BESIDE: Final = Arrangement(
    beside={
        "parcel": ("code", "headline", "customer", "orders", "site", "lines", "waybills", "printed"),
        "carton": ("code", "headline", "customer", "orders", "site", "lines", "waybills", "printed"),
        "sku": ("code", "quantity", "sku", "orders", "customer", "site", "spec", "title"),
        "load_unit": ("code", "headline", "customer", "site", "printed"),
        "blank": ("code", "customer", "site", "note_zh", "note_vi"),
    },
    below={kind: () for kind in KINDS},
    captions_above=False,
)
_BESIDE_CAPTIONED: Final = replace(_BESIDE, captions_above=True)

# Two on an A4 sheet of labels share no border with the next one's ink: most printers leave 4.2 mm of paper white.
STOCKS: Final[dict[str, Stock]] = {
    "100x150": Stock(
        100, 150, 4.0, 52.0, "Q", _TALL, False, 38.0, 34.0, 34.0, 24.0, 9.0, 15.0, 7.5, waybills=3, more_orders=2
    ),
    "100x100": Stock(100, 100, 3.0, 44.0, "Q", _SQUARE, False, 32.0, 28.0, 20.0, 17.0, 8.5, 14.0, 6.5, waybills=2),
    "80x60": Stock(80, 60, 2.0, 26.0, "M", _COMPACT, True, 22.0, 20.0, 18.0, 13.0, 7.5, 10.0, 6.0),
    "70x50": Stock(70, 50, 2.0, 22.0, "M", _COMPACT, True, 18.0, 17.0, 15.0, 11.0, 7.0, 9.0, 6.0),
    "60x40": Stock(60, 40, 2.0, 19.0, "M", _COMPACT, True, 14.0, 14.0, 13.0, 10.0, 6.5, 8.5, 5.5),
    "50x30": Stock(50, 30, 1.5, 16.6, "M", _COMPACT, True, 10.0, 9.0, 10.0, 8.0, 6.0, 8.0, 5.5),
    "40x30": Stock(40, 30, 1.5, 14.6, "M", _COMPACT, True, 11.0, 10.0, 9.0, 8.0, 6.0, 8.0, 5.5),
    "A4-24": Stock(
        70, 37, 4.3, 26.0, "M", _BESIDE, True, 12.0, 11.0, 10.0, 9.0, 6.5, 8.5, 5.5,
        grid=Grid(3, 8, 0.0, 0.5, 70.0, 37.0),
    ),
    "A4-21": Stock(
        63.5, 38.1, 2.5, 26.0, "M", _BESIDE, True, 12.0, 12.0, 11.0, 9.0, 6.5, 8.5, 5.5,
        grid=Grid(3, 7, 7.25, 15.15, 66.0, 38.1),
    ),
    "A4-10": Stock(
        105, 57, 4.3, 41.0, "Q", _BESIDE, True, 22.0, 20.0, 17.0, 13.0, 7.5, 10.0, 6.0,
        grid=Grid(2, 5, 0.0, 6.0, 105.0, 57.0),
    ),
    "A4-8": Stock(
        105, 74, 4.3, 47.0, "Q", _BESIDE_CAPTIONED, True, 22.0, 24.0, 20.0, 14.0, 8.0, 12.0, 6.5, waybills=2,
        grid=Grid(2, 4, 0.0, 0.5, 105.0, 74.0),
    ),
}  # fmt: skip
