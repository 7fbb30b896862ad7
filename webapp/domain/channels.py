"""Whom to ask: which channels are open, which are dead, why and since when, and who files (DT-2, DT-5).

A channel that is only waiting for a word (whose account?) is ``blocked``, not dead. Reasons: ``channel.why_<code>``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from webapp.domain.claim_recipes import CLAIM_TYPES, EXCLUDED_CATEGORIES, PREFERENCES
from webapp.domain.situation import Situation

Filer = Literal["importer", "agent"]
_OF_PLATFORM: Final = {"1688": "platform_1688", "taobao": "platform_taobao", "tmall": "platform_taobao"}
_POSTAL_TYPES: Final = frozenset({"damaged", "missing_items", "short_count"})
_NOT_ON_PLATFORM: Final = frozenset({"freight_loss", "warranty"})


@dataclass(frozen=True, slots=True)
class Window:
    """One clock. ``due`` None: its start is unknown."""

    due: datetime | None
    act_by: datetime | None = None
    met: bool = False

    def passed(self, now: datetime) -> bool:
        """At ``now == due`` it is closed; what was met in time stays open."""
        return self.due is not None and now >= self.due and not self.met


@dataclass(frozen=True, slots=True)
class MindChanged:
    """Answers of the changed-mind path; None: nobody has said. The first four Taobao's, the last two 1688's."""

    label_seen: bool | None = None
    unused_complete: bool | None = None
    category: str | None = None
    motive: str | None = None
    seller_promised: bool | None = None
    evidence_clean: bool | None = None


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """``owner``: ``self``, ``agent`` or ``unknown``. ``windows``: rule id to its clock. ``qualifies``: DT-5, None: the
    type has no threshold. ``by_post``, ``signed_present``: how the parcel came to Vietnam. ``reason``: reason code.
    ``size_label``: False: the goods bear none. ``goods_whole``: None unless somebody said that what would go back is
    altered or incomplete (False). ``opened_media``: S2-19.
    """

    platform: str
    owner: str
    situation: Situation
    type_id: str
    windows: Mapping[str, Window] = field(default_factory=dict)
    trade_closed_at: datetime | None = None
    trade_closed: bool = False
    qualifies: bool | None = None
    reason: str = ""
    size_label: bool = True
    goods_whole: bool | None = None
    opened_media: bool = False
    by_post: bool | None = None
    signed_present: bool | None = None
    mind: MindChanged = field(default_factory=MindChanged)


@dataclass(frozen=True, slots=True)
class ChannelChoice:
    """``open``: a claim may be opened in it. ``late``: it may be refused or cost a penalty. ``blocked``: open once
    somebody says what is missing. ``since``: when it closed.
    """

    channel: str
    open: bool
    late: bool
    reason_key: str | None
    since: datetime | None
    filer: Filer
    blocked: bool = False


def channels(facts: ChannelFacts, now: datetime) -> tuple[ChannelChoice, ...]:
    """One of each channel, in the order in which they are tried; the other platform's is left out."""
    platform = _OF_PLATFORM.get(facts.platform, "platform_1688")
    return (
        _platform(platform, facts, now),
        _agent(facts, now),
        _supplier(facts),
        _freight(facts, now),
        _post(facts, now),
        _warranty(facts, now),
    )


def filer(channel: str, owner: str) -> Filer:
    """DT-2. The agent acts on the platform in an agent's account; everything else is the importer's to send."""
    return "agent" if owner == "agent" and channel in ("platform_1688", "platform_taobao") else "importer"


def chosen(facts: ChannelFacts, now: datetime) -> str | None:
    """What to propose: the strongest open channel that fits the case; None: nothing is open."""
    usable = {one.channel: one for one in channels(facts, now) if one.open}
    order: tuple[str, ...] = (
        "platform_1688",
        "platform_taobao",
        "agent",
        "supplier_direct",
        "freight",
        "post",
    )
    if facts.type_id == "freight_loss":
        order = ("freight", "post")
    elif facts.type_id == "warranty":
        order = ("warranty", "supplier_direct")
    elif facts.by_post:
        order = ("post", "agent", "freight", "supplier_direct")
    return next((name for name in order if name in usable), None)


def _dead(
    channel: str, facts: ChannelFacts, reason: str, since: datetime | None = None, *, blocked: bool = False
) -> ChannelChoice:
    return ChannelChoice(
        channel, False, False, f"channel.why_{reason}", since, filer(channel, facts.owner), blocked
    )


def _alive(
    channel: str,
    facts: ChannelFacts,
    reason: str | None = None,
    *,
    late: bool = False,
    since: datetime | None = None,
) -> ChannelChoice:
    key = None if reason is None else f"channel.why_{reason}"
    return ChannelChoice(channel, True, late, key, since, filer(channel, facts.owner))


def _platform(channel: str, facts: ChannelFacts, now: datetime) -> ChannelChoice:
    if facts.platform not in _OF_PLATFORM:
        return _dead(channel, facts, "off_platform")
    if facts.type_id in _NOT_ON_PLATFORM:
        return _dead(channel, facts, "not_the_platforms")
    if facts.situation.letter == "B":
        return _dead(channel, facts, f"b_{facts.situation.reason}", facts.situation.since)
    if facts.trade_closed:
        return _dead(channel, facts, "order_closed", facts.trade_closed_at)
    if facts.owner == "unknown":
        return _dead(channel, facts, "account_unknown", blocked=True)
    if facts.type_id == "no_reason":
        return _mind_on_platform(channel, facts, now)
    if channel == "platform_taobao":
        return _alive(channel, facts)
    close, request = (facts.windows.get(rule, Window(None)) for rule in ("R-03", "R-02"))
    if close.passed(now):
        return _dead(channel, facts, "closed_for_good", close.due)
    if facts.qualifies is False:
        return _dead(channel, facts, "below_threshold")
    if request.passed(now):
        return _alive(channel, facts, "late_try", late=True, since=request.due)
    return _alive(channel, facts, "start_unknown" if request.due is None else None)


def _mind_on_platform(channel: str, facts: ChannelFacts, now: datetime) -> ChannelChoice:
    """S1-17 and S1-03 on Taobao; S1-18 on 1688, where all three must be true."""
    mind = facts.mind
    if mind.category in EXCLUDED_CATEGORIES:
        return _dead(channel, facts, "category_excluded")
    asked: tuple[tuple[str, object], ...]
    if channel == "platform_taobao":
        window = facts.windows.get("R-13", Window(None))
        if window.passed(now):
            return _dead(channel, facts, "label_window_closed", window.due)
        asked = (("label", mind.label_seen), ("unused", mind.unused_complete), ("category", mind.category))
    else:
        close = facts.windows.get("R-03", Window(None))
        if close.passed(now):
            return _dead(channel, facts, "closed_for_good", close.due)
        asked = (
            ("promise", mind.seller_promised),
            ("unused", mind.unused_complete),
            ("clean", mind.evidence_clean),
        )
    for name, answer in asked:
        if answer is False:
            return _dead(channel, facts, f"mind_{name}")
    for name, answer in asked:
        if answer is None:
            return _dead(channel, facts, f"mind_{name}_open", blocked=True)
    return _alive(channel, facts)


def _agent(facts: ChannelFacts, now: datetime) -> ChannelChoice:
    """S2: returns and exchanges inside R-01 while in China; missing, damage and defects inside R-08 (AMB-08)."""
    if facts.owner == "self":
        return _dead("agent", facts, "own_account")
    if facts.owner == "unknown":
        return _dead("agent", facts, "account_unknown", blocked=True)
    refused = _agent_refuses(facts)
    if refused:
        return _dead("agent", facts, refused)
    claim_type = CLAIM_TYPES[facts.type_id]
    returns, reports = (facts.windows.get(rule, Window(None)) for rule in ("R-01", "R-08"))
    if facts.situation.letter == "B" or not claim_type.quality:
        return (
            _agent_report(facts, reports, now) if claim_type.quality else _agent_return(facts, returns, now)
        )
    if claim_type.agent_reports and reports.passed(now):
        return _dead("agent", facts, "not_processed", reports.due)
    if returns.passed(now):
        return _alive("agent", facts, "late_penalty", late=True, since=returns.due)
    return _alive("agent", facts)


def _agent_report(facts: ChannelFacts, reports: Window, now: datetime) -> ChannelChoice:
    """Abroad only what R-08 lets in; loss in freight is the carrier's, warranty has its own channel."""
    if not CLAIM_TYPES[facts.type_id].agent_reports:
        return _dead("agent", facts, "not_the_agents")
    if reports.passed(now):
        return _dead("agent", facts, "not_processed", reports.due)
    return _alive("agent", facts)


def _agent_return(facts: ChannelFacts, returns: Window, now: datetime) -> ChannelChoice:
    if facts.situation.letter == "B":
        return _dead("agent", facts, f"b_{facts.situation.reason}", facts.situation.since)
    if returns.passed(now):
        return _dead("agent", facts, "quality_only_after", returns.due)
    return _alive("agent", facts)


def _agent_refuses(facts: ChannelFacts) -> str | None:
    if facts.reason in PREFERENCES or facts.mind.motive in PREFERENCES:
        return "preference"
    if facts.type_id == "size_mismatch" and not facts.size_label:
        return "size_not_verifiable"
    if facts.goods_whole is False:
        return "goods_altered"
    return "opened_media" if facts.opened_media else None


def _supplier(facts: ChannelFacts) -> ChannelChoice:
    """A negotiation is always possible (S0-06, S3-26), but not about what freight lost after a right count."""
    if facts.type_id == "freight_loss":
        return _dead("supplier_direct", facts, "not_the_suppliers")
    return _alive("supplier_direct", facts)


def _freight(facts: ChannelFacts, now: datetime) -> ChannelChoice:
    if facts.type_id == "no_reason":
        return _dead("freight", facts, "not_freight")
    if facts.situation.letter == "A":
        return _dead("freight", facts, "not_handed_over")
    notice = facts.windows.get("R-14", Window(None))
    if notice.passed(now):
        return _alive("freight", facts, "notice_late", late=True, since=notice.due)
    return _alive("freight", facts, "notice_unknown" if notice.due is None else None)


def _post(facts: ChannelFacts, now: datetime) -> ChannelChoice:
    """R-07: not signed in the courier's presence, outer damage or something missing (S2-11)."""
    if facts.situation.letter == "A" or facts.type_id not in _POSTAL_TYPES:
        return _dead("post", facts, "not_postal")
    if facts.by_post is False:
        return _dead("post", facts, "not_by_post")
    if facts.signed_present is True:
        return _dead("post", facts, "signed_present")
    if facts.by_post is None:
        return _dead("post", facts, "post_open", blocked=True)
    window = facts.windows.get("R-07", Window(None))
    if window.passed(now):
        return _dead("post", facts, "post_closed", window.due)
    return _alive("post", facts, "start_unknown" if window.due is None else None)


def _warranty(facts: ChannelFacts, now: datetime) -> ChannelChoice:
    """S2-12: the agent asks the maker; only what failed later."""
    if facts.type_id != "warranty":
        return _dead("warranty", facts, "not_warranty")
    if facts.owner == "self":
        return _dead("warranty", facts, "own_account")
    if facts.owner == "unknown":
        return _dead("warranty", facts, "account_unknown", blocked=True)
    window = facts.windows.get("R-12", Window(None))
    if window.passed(now):
        return _dead("warranty", facts, "warranty_over", window.due)
    return _alive("warranty", facts, "warranty_end_unknown" if window.due is None else None)
