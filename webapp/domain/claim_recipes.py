"""The 16 claim types as data: what each must show, what its form says (domain.md 4.2).

A need is a slot (``EV-12``), a choice of slots (``EV-06|EV-09``), a slot at one stage (``EV-18/VN``) or a kind of paper
that has no slot (``paper:label_protection``). Words: ``claim.type_<id>``, ``claim.about_<id>``, ``claim_field.<name>``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class FormField:
    """``kind``: ``milli`` (thousandths of the order's unit), ``text``, ``grams``, ``measure`` (thousandths of the
    form's ``unit``), ``choice``, ``date`` (ISO) or ``yes`` (must be ticked). ``must``: empty is refused.
    """

    name: str
    kind: str
    must: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conditional:
    """``when``: a name of `CONDITIONS`."""

    slot: str
    when: str


@dataclass(frozen=True, slots=True)
class ClaimType:
    """``group``: ``claim.group_<group>``. ``reasons``: reason codes, the usual one first. ``hints``: advice that is no
    slot, the end of ``claim.hint_<code>``. ``threshold``: 1688 judges it by DT-5. ``quality``: S2-04 and S2-16 call it
    a quality matter. ``agent_reports``: R-08 binds it (S2-21).
    """

    id: str
    required: tuple[str, ...]
    form: tuple[FormField, ...]
    reasons: tuple[str, ...]
    group: str = "quantity"
    conditional: tuple[Conditional, ...] = ()
    recommended: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    threshold: bool = False
    quality: bool = True
    agent_reports: bool = True


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What decides about conditional slots. ``tape``: EV-04's answer at receiving, None: nobody said."""

    channel: str
    tape: str | None = None
    size_or_spec: bool = False
    about_function: bool = False
    promise_off_page: bool = False
    sample_based: bool = False
    courier_present: bool = False
    size_label: bool = True
    load_unit: bool = False


PLATFORM_CHANNELS: Final = ("platform_1688", "platform_taobao")
PLATFORM_MINIMUM: Final = ("EV-19", "EV-20")
"""G-0: of any claim on a platform, whatever its type (S1-25)."""

CONDITIONS: Final[Mapping[str, Callable[[CaseFacts], bool]]] = MappingProxyType(
    {
        "platform": lambda facts: facts.channel in PLATFORM_CHANNELS,
        "on_1688": lambda facts: facts.channel == "platform_1688",
        "tape_seen": lambda facts: facts.tape != "none",
        "size_or_spec": lambda facts: facts.size_or_spec,
        "about_function": lambda facts: facts.about_function,
        "promise_off_page": lambda facts: facts.promise_off_page,
        "sample_based": lambda facts: facts.sample_based,
        "by_post": lambda facts: facts.channel == "post",
        "courier_present": lambda facts: facts.courier_present,
        "size_label": lambda facts: facts.size_label,
        # Without a label the agent cannot verify the size at all; the platform takes the ruler (S2-23, AMB-13).
        "no_size_label": lambda facts: not facts.size_label,
        "load_unit": lambda facts: facts.load_unit,
    }
)
"""Name → whether it holds of the case's facts."""

_TEXT: Final = "text"
_UNIT: Final = FormField("unit", "choice", choices=("mm", "cm", "m", "in", "g", "kg"))
_UNITS: Final = FormField("units", "milli")
_LISTED: Final = FormField("listed", _TEXT)

SEVERITIES: Final = ("minor", "part", "unusable")
"""Of a damage, from which the remedy follows (S1-21, DT-6)."""

COLOURS: Final = ("completely_different", "shade_difference", "as_ordered")
"""AMB-15: only the first one is a claim on 1688."""

EXCLUDED_CATEGORIES: Final = ("custom", "perishable", "digital", "opened_media", "other_excluded")
"""Goods that nobody takes back without a reason (S1-03); opened software and discs are S2-19's."""

PROMISES: Final = ("listing", "chat", "sample")
"""Where what was promised stands: off the page the chat must show it, of a sample its photo and chat (4.2)."""

PREFERENCES: Final = frozenset(
    {"workmanship_preference", "material_preference", "colour_preference", "size_preference"}
)
"""S2-16, AMB-10: an agent refuses these; the ``*_mismatch`` of the same thing is another reason."""

REASON_ZH: Final = MappingProxyType(
    {
        "short": "少件/漏发",
        "missing": "少件/漏发",
        "wrong_item": "卖家发错货",
        "damage": "包装/商品破损/污渍",
        "size_mismatch": "大小/尺寸与商品描述不符",
        "colour_mismatch": "颜色/图案/款式/材质与商品描述不符",
        "style_mismatch": "颜色/图案/款式/材质与商品描述不符",
        "material_mismatch": "颜色/图案/款式/材质与商品描述不符",
        "description_mismatch": "颜色/图案/款式/材质与商品描述不符",
        "quality": "质量问题",
        "function": "功能/效果与描述不符",
        "empty_parcel": "空包裹",
    }
)
"""Reason code → label on Chinese platforms (domain.md 12.3); the real list must be picked on the platform."""

_LIST: Final = (
    ClaimType(
        "short_count",
        ("EV-18", "EV-12", "EV-19"),
        (
            FormField("ordered", "milli"),
            FormField("counted", "milli"),
            FormField("pack_factor", "milli", must=False),
            FormField("order_unit", _TEXT, must=False),
        ),
        ("short", "empty_parcel"),
        conditional=(Conditional("EV-04", "tape_seen"), Conditional("EV-21", "platform")),
        recommended=("EV-08", "EV-23", "EV-07"),
        threshold=True,
    ),
    ClaimType(
        "not_as_described",
        ("EV-02", "EV-03", "EV-20", "EV-01p"),
        (
            FormField("attribute", _TEXT),
            _LISTED,
            FormField("found", _TEXT),
            FormField("listed_value", "measure", must=False),
            FormField("measured_value", "measure", must=False),
            FormField(_UNIT.name, _UNIT.kind, must=False, choices=_UNIT.choices),
            # DT-5: a reason's name alone is no threshold (S0-28, S0-29).
            FormField("colour", "choice", must=False, choices=COLOURS),
            FormField("spec_published", "yes", must=False),
            FormField("promise", "choice", must=False, choices=PROMISES),
            _UNITS,
        ),
        (
            "description_mismatch",
            "size_mismatch",
            "colour_mismatch",
            "material_mismatch",
            "style_mismatch",
            "function",
        ),
        group="description",
        conditional=(
            Conditional("EV-05", "size_or_spec"),
            Conditional("EV-06", "about_function"),
            Conditional("EV-07", "promise_off_page"),
            Conditional("EV-32", "sample_based"),
        ),
        threshold=True,
    ),
    ClaimType(
        "dimension",
        ("EV-02", "EV-05", "EV-20"),
        (
            FormField("attribute", _TEXT),
            FormField("listed_value", "measure"),
            FormField("measured_value", "measure"),
            _UNIT,
            FormField("tolerance", _TEXT, must=False),
            _UNITS,
        ),
        ("size_mismatch",),
        group="description",
        hints=("three_units",),
        threshold=True,
    ),
    ClaimType(
        "colour",
        ("EV-03", "EV-20"),
        (FormField("colour", "choice", choices=COLOURS), _LISTED, FormField("seen", _TEXT), _UNITS),
        ("colour_mismatch",),
        group="description",
        hints=("neutral_light",),
        threshold=True,
    ),
    ClaimType(
        "material",
        ("EV-03", "EV-20"),
        (_LISTED, FormField("found", _TEXT), _UNITS),
        ("material_mismatch",),
        group="description",
        recommended=("EV-30",),
        threshold=True,
    ),
    ClaimType(
        "damaged",
        ("EV-17", "EV-09", "EV-12"),
        (FormField("severity", "choice", choices=SEVERITIES), _UNITS),
        ("damage",),
        group="damage",
        conditional=(
            Conditional("EV-24", "by_post"),
            Conditional("EV-25", "by_post"),
            Conditional("EV-22", "by_post"),
            Conditional("EV-28", "courier_present"),
        ),
    ),
    ClaimType(
        "wrong_item",
        ("EV-01", "EV-03", "EV-12", "EV-19"),
        (FormField("sku_ordered", _TEXT), FormField("sku_received", _TEXT), _UNITS),
        ("wrong_item",),
        group="wrong",
        recommended=("EV-10|EV-11",),
    ),
    ClaimType(
        "wrong_parcel",
        ("EV-12", "EV-15"),
        (FormField("received_item_id", _TEXT),),
        ("wrong_item", "empty_parcel"),
        group="wrong",
    ),
    ClaimType(
        "wrong_weight",
        ("EV-16",),
        (FormField("expected_grams", "grams"), FormField("reading_grams", "grams")),
        ("short", "empty_parcel"),
        recommended=("EV-12",),
    ),
    ClaimType(
        "missing_items",
        ("EV-12", "EV-13", "EV-14"),
        (FormField("missing_order_no", _TEXT), FormField("missing_sku", _TEXT), _UNITS),
        ("missing",),
        recommended=("EV-18",),
    ),
    ClaimType(
        "size_mismatch",
        (),
        (
            FormField("ordered_size", _TEXT),
            FormField("size_label", "choice", choices=("seen", "none")),
            FormField("label_size", _TEXT, must=False),
            _UNITS,
        ),
        ("size_mismatch",),
        group="description",
        conditional=(Conditional("EV-10", "size_label"), Conditional("EV-02|EV-05", "no_size_label")),
        recommended=("EV-05",),
    ),
    ClaimType(
        "style_mismatch",
        ("EV-11",),
        (FormField("ordered_style", _TEXT), FormField("found", _TEXT), _UNITS),
        ("style_mismatch",),
        group="description",
        recommended=("EV-03",),
    ),
    ClaimType(
        "functional_defect",
        ("EV-06", "EV-29"),
        (
            FormField("defect_code", _TEXT),
            FormField("defect_class", "choice", choices=("critical", "major", "minor")),
            _UNITS,
        ),
        ("function", "quality"),
        group="damage",
        recommended=("EV-09",),
    ),
    ClaimType(
        "freight_loss",
        ("EV-18/CN", "EV-18/VN"),
        (
            FormField("china", "milli"),
            FormField("vietnam", "milli"),
            FormField("seals", _TEXT, must=False),
        ),
        ("missing",),
        group="freight",
        conditional=(
            Conditional("EV-08", "load_unit"),
            Conditional("EV-31", "load_unit"),
            Conditional("EV-04/VN", "load_unit"),
        ),
        recommended=("EV-23",),
        hints=("freight_contract",),
        agent_reports=False,
    ),
    ClaimType(
        "warranty",
        ("EV-25", "EV-26", "EV-06|EV-09"),
        (FormField("warranty_end", "date"), FormField("found", _TEXT), _UNITS),
        ("quality", "function"),
        group="damage",
        agent_reports=False,
    ),
    ClaimType(
        "no_reason",
        ("paper:label_protection", "EV-11|EV-01p"),
        (
            FormField(
                "category",
                "choice",
                choices=("ordinary", *EXCLUDED_CATEGORIES),
            ),
            FormField("unused", "yes"),
            FormField("complete", "yes"),
            FormField("motive", "choice", must=False, choices=("changed_mind", *sorted(PREFERENCES))),
            _UNITS,
        ),
        ("changed_mind",),
        group="mind",
        conditional=(Conditional("EV-07", "on_1688"),),
        quality=False,
        agent_reports=False,
    ),
)

CLAIM_TYPES: Final[Mapping[str, ClaimType]] = MappingProxyType({one.id: one for one in _LIST})
