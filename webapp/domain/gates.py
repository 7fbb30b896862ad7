"""What must be together before something is sent (domain.md 4.3). G-3 and G-4 come with the load units."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from webapp.domain.claim_recipes import PLATFORM_CHANNELS, PLATFORM_MINIMUM
from webapp.domain.messages import LONGEST_1688, SHORTEST_1688, platform_length
from webapp.domain.timeline import MOST_LINES

PAPER_SLOTS: Final = frozenset(
    {"EV-07", "EV-19", "EV-20", "EV-21", "EV-22", "EV-23", "EV-25", "EV-26", "EV-27", "EV-30", "EV-32"}
)
"""What shows an agreement, an order or a clock, not the issue itself."""

PACKAGING_SLOTS: Final = frozenset({"EV-01p", "EV-04", "EV-12", "EV-13", "EV-16", "EV-17", "EV-24"})
PRODUCT_SLOTS: Final = frozenset(
    {"EV-03", "EV-05", "EV-09", "EV-10", "EV-11", "EV-14", "EV-15", "EV-29", "EV-01p"}
)
_WITHOUT_1688: Final = ("platform_taobao", "freight", "post", "warranty")
AGENT_RETURN: Final = frozenset({"return_refund", "exchange"})


@dataclass(frozen=True, slots=True)
class GateFinding:
    """``code``: the end of ``gate.<code>``. ``about``: a slot or a field. Without ``blocks`` it only warns."""

    gate: str
    code: str
    about: str | None = None
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
    """One exhibit as far as gates ask."""

    slots: tuple[str, ...]
    image: bool
    film: bool

    @property
    def shows_issue(self) -> bool:
        return (self.image or self.film) and not PAPER_SLOTS.issuperset(self.slots or ("EV-19",))


@dataclass(frozen=True, slots=True)
class Bundle:
    """What would be sent now. ``measurable``: the form holds a reason code with a number or an attribute (S0-31).

    ``missing``: required slots of the claim's type that nothing fills. ``timeline_lines`` None: not known.
    ``first``: nothing was sent before. ``changed_mind``: nothing is wrong with the goods (S1-17, S1-18).
    ``path``: what is asked (domain/remedies.py). ``qc_open``: G-6.
    """

    channel: str
    description: str
    measurable: bool
    pieces: tuple[Piece, ...]
    missing: tuple[str, ...] = ()
    timeline_lines: int | None = None
    first: bool = True
    changed_mind: bool = False
    path: str | None = None
    qc_open: bool = False
    agreement_before_shipment: bool = True


def description_length(text: str) -> int:
    """Characters as 1688's form counts them."""
    return platform_length(text)


def findings(bundle: Bundle) -> tuple[GateFinding, ...]:
    """Everything that is open, what blocks first; empty: it may go out."""
    found = [*_described(bundle)]
    if bundle.channel in PLATFORM_CHANNELS:
        found += _minimum(bundle)
        # S0-16 speaks of 1688; on Taobao photos or a film are enough (S1-14), and G-0 has asked for them.
        found += _first_submission(bundle) if bundle.channel == "platform_1688" else ()
        found += _checklist(bundle) if bundle.changed_mind else ()
    elif bundle.channel == "agent":
        found += _agent(bundle)
    elif not any(piece.shows_issue for piece in bundle.pieces):
        found.append(GateFinding("G-1", "nothing_shown"))
    strict = bundle.channel == "agent"
    gate = "G-2" if strict else "4.2"
    told = {finding.about for finding in found}
    found += [
        GateFinding(gate, "slot_missing", slot, blocks=strict) for slot in bundle.missing if slot not in told
    ]
    if bundle.channel == "supplier_direct" and not bundle.agreement_before_shipment:
        found.append(GateFinding("S0-41", "no_basis", blocks=False))
    if bundle.qc_open and bundle.channel not in _WITHOUT_1688:
        found.append(confirm_warning())
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: not finding.blocks))


def confirm_warning() -> GateFinding:
    """G-6: pressing "confirm receipt" turns a refund during the trade into one after it."""
    return GateFinding("G-6", "do_not_confirm", blocks=False)


def blocked(found: Iterable[GateFinding]) -> bool:
    return any(finding.blocks for finding in found)


def _described(bundle: Bundle) -> Iterable[GateFinding]:
    gate = "G-2" if bundle.channel == "agent" else "G-1"
    length = description_length(bundle.description)
    if length < SHORTEST_1688:
        yield GateFinding(gate, "description_missing", "description")
    elif length > LONGEST_1688 and bundle.channel == "platform_1688":
        yield GateFinding(gate, "description_long", "description")
    if not bundle.measurable:
        yield GateFinding(gate, "not_specific", "form")


def _minimum(bundle: Bundle) -> Iterable[GateFinding]:
    """G-0, of every claim on a platform (S1-25)."""
    have = {slot for piece in bundle.pieces for slot in piece.slots}
    for slot in PLATFORM_MINIMUM:
        if slot not in have:
            yield GateFinding("G-0", "slot_missing", slot)
    if not any(piece.shows_issue for piece in bundle.pieces):
        yield GateFinding("G-0", "nothing_shown")
    if bundle.timeline_lines == 0:
        yield GateFinding("G-0", "timeline_empty")
    elif bundle.timeline_lines is not None and bundle.timeline_lines > MOST_LINES:
        yield GateFinding("G-0", "timeline_long")


def _first_submission(bundle: Bundle) -> Iterable[GateFinding]:
    """G-1: together, in the same submission; what comes later is another one (S0-16, S0-17)."""
    issue = [piece for piece in bundle.pieces if piece.shows_issue]
    if not any(piece.image for piece in issue):
        yield GateFinding("G-1", "photo_missing", blocks=bundle.first)
    if not any(piece.film for piece in issue):
        yield GateFinding("G-1", "video_missing", blocks=bundle.first)


def _checklist(bundle: Bundle) -> Iterable[GateFinding]:
    """A changed mind: the label's screenshot and the unused goods on Taobao (S1-04, S1-17), the seller's promise and
    the unused goods on 1688 (S1-18); nothing goes out without them.
    """
    taobao = bundle.channel == "platform_taobao"
    gate = "S1-17" if taobao else "S1-18"
    for need in bundle.missing:
        if need not in PLATFORM_MINIMUM and (taobao or not need.startswith("paper:")):
            yield GateFinding(gate, "slot_missing", need)


def _agent(bundle: Bundle) -> Iterable[GateFinding]:
    """G-2 (S2-15); returns also need the purchase receipt (S2-20)."""
    photos: set[str] = {slot for piece in bundle.pieces if piece.image for slot in piece.slots}
    if photos.isdisjoint(PACKAGING_SLOTS):
        yield GateFinding("G-2", "packaging_missing")
    if photos.isdisjoint(PRODUCT_SLOTS):
        yield GateFinding("G-2", "product_missing")
    have = {slot for piece in bundle.pieces for slot in piece.slots}
    if bundle.path in AGENT_RETURN and "EV-25" not in have:
        yield GateFinding("G-2", "slot_missing", "EV-25")


def message_findings(
    *, missing_slots: Collection[str], photos: int, chat_references: int, remedies: int
) -> tuple[GateFinding, ...]:
    """G-5, of a message to the factory (S3-18 to S3-21): filled in, photos, the chat it refers to, one remedy."""
    found = [GateFinding("G-5", "place_empty", name) for name in missing_slots]
    if photos < 1:
        found.append(GateFinding("G-5", "photos_missing"))
    if chat_references < 1:
        found.append(GateFinding("G-5", "chat_missing"))
    if remedies != 1:
        found.append(GateFinding("G-5", "one_remedy"))
    return tuple(found)
