"""Special checks as phrases that exist in every language: what the desk ticks, the receiver reads in their own.

The words are ``phrase.<code>`` in the catalogues. A code never changes its meaning: orders keep it.
"""

from __future__ import annotations

GROUPS: dict[str, tuple[str, ...]] = {
    "before": ("refuse_damaged", "weigh_unopened", "photo_all_sides", "do_not_open", "keep_outer_box"),
    "goods": (
        "check_colour",
        "check_size_label",
        "check_model",
        "check_material",
        "check_logo",
        "check_plug",
        "check_expiry",
        "compare_picture",
        "measure_ruler",
    ),
    "quality": (
        "test_switch_on",
        "check_accessories",
        "check_stains",
        "check_cracks",
        "check_stitching",
        "check_smell",
    ),
    "count": ("count_inner_packs", "count_each_box", "count_pairs", "check_gifts"),
    "after": ("do_not_repack", "keep_apart", "fragile", "keep_dry", "ask_before_forwarding"),
}
"""In the order in which a receiver meets them."""

PHRASES = frozenset(code for codes in GROUPS.values() for code in codes)

_PLACES = {code: place for place, code in enumerate(code for codes in GROUPS.values() for code in codes)}

LONGEST_FREE_TEXT = 200


def place_of(code: str | None) -> int:
    """Where a check stands among others, in the order of receiving; free text (None) stands last."""
    return _PLACES.get(code or "", len(_PLACES))


def is_phrase(code: str) -> bool:
    return code in PHRASES
