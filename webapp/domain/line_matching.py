"""Which order line of a new import is which known line: counts, pictures and weights are tied to the known one.

Not by place alone: an export may list the lines in another order or leave some out, and a picture that moves to
another product is worse than none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Protocol

from webapp.domain.orders import ImportedLine


class KnownLine(Protocol):
    """What is compared of a stored line."""

    @property
    def seq(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def spec(self) -> str: ...
    @property
    def sku_id(self) -> str: ...
    @property
    def article_no(self) -> str: ...
    @property
    def single_item_no(self) -> str: ...


Line = KnownLine | ImportedLine
_KEYS: tuple[Callable[[Line], Hashable], ...] = (
    lambda line: (line.sku_id, line.title, line.spec, line.article_no, line.single_item_no),
    lambda line: (line.sku_id, line.spec) if line.sku_id else None,
    lambda line: line.sku_id or None,
    lambda line: (line.title, line.spec),
)


def match_lines(known: Sequence[KnownLine], imported: Sequence[ImportedLine]) -> dict[int, int]:
    """Place in ``imported`` → place in ``known``; what is missing is new.

    The same goods first, then what differs less and less; at last the same place, unless both have a SKU id: two
    SKU ids are two products, while a title may be rewritten by the seller. Equal lines pair in their order.
    """
    pairs: dict[int, int] = {}
    for key in _KEYS:
        _pair_by(key, known, imported, pairs)
    by_seq = {line.seq: at for at, line in enumerate(known) if at not in pairs.values()}
    for at, line in enumerate(imported):
        place = by_seq.get(line.seq)
        if at not in pairs and place is not None and not (line.sku_id and known[place].sku_id):
            pairs[at] = place
    return pairs


def _pair_by(
    key: Callable[[Line], Hashable],
    known: Sequence[KnownLine],
    imported: Sequence[ImportedLine],
    pairs: dict[int, int],
) -> None:
    taken = set(pairs.values())
    waiting: dict[Hashable, list[int]] = defaultdict(list)
    for place, stored in enumerate(known):
        if place not in taken and key(stored) is not None:
            waiting[key(stored)].append(place)
    for at, line in enumerate(imported):
        if at not in pairs and key(line) is not None and waiting[key(line)]:
            pairs[at] = waiting[key(line)].pop(0)
