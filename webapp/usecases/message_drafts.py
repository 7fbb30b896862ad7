"""Messages T-1 … T-7 filled from the record: what is still empty, and the text in each language. Nothing is saved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.catalogues import LANGUAGES, translate
from webapp.domain.batches import percent_text
from webapp.domain.gates import GateFinding
from webapp.domain.messages import (
    LONGEST_SLOT,
    NOTICE,
    REMEDIES,
    SHORT_1688,
    TEMPLATES,
    Remedy,
    Template,
    affected,
    fill,
    missing,
    platform_length,
)
from webapp.domain.quantities import yuan_text
from webapp.domain.refusals import Refusal
from webapp.domain.stakes import read_yuan
from webapp.store import papers as rows
from webapp.store.schema import Order
from webapp.store.schema_papers import Agreement
from webapp.usecases import supplier_record
from webapp.usecases.exhibits import Exhibit, exhibits_of_order
from webapp.usecases.message_facts import (
    Volume,
    claim_slots,
    language_slots,
    merged,
    record_slots,
    volume_of,
)
from webapp.usecases.message_gate import open_points, photos_to_send, proposals, situations_of


@dataclass(frozen=True)
class Wanted:
    """What a person chose and typed. ``typed``: slot → text; what is empty comes from the record.

    ``amount`` and ``units`` belong to ``remedy``. ``photos``: source ids of what goes with it, None: all of them.
    ``volume``: print the last 12 months' purchases (S0-43), ``rates``: and how much was short and defective.
    ``follow_up``: one neutral sentence that the platform may be asked (S0-49), never a threat.
    """

    template: str
    typed: Mapping[str, str] = field(default_factory=dict)
    remedy: str = ""
    amount: str = ""
    units: str = ""
    photos: tuple[str, ...] | None = None
    agreement_id: str = ""
    claim_id: str = ""
    volume: bool = False
    rates: bool = False
    follow_up: bool = False


@dataclass(frozen=True)
class Draft:
    """``texts``: language → the message; empty while something is ``missing``.

    ``short_1688``: T-1 in Chinese for 1688's own form, with its ``short_length`` as 1688 counts. ``by_language``: what
    the record says in each. ``open``: G-5. ``situations``: where the goods are; ``here``: the message is for that.
    """

    template: Template
    slots: Mapping[str, str]
    missing: tuple[str, ...]
    texts: Mapping[str, str]
    short_1688: str | None
    short_length: int
    agreements: list[Agreement]
    volume: Volume
    remedy: Remedy | None
    by_language: Mapping[str, Mapping[str, str]]
    situations: tuple[str, ...]
    remedies: tuple[str, ...]
    photos: list[Exhibit]
    chosen: tuple[str, ...]
    open: tuple[GateFinding, ...]

    @property
    def here(self) -> bool:
        return not set(self.situations).isdisjoint(self.template.situations)

    @property
    def sent_along(self) -> list[Exhibit]:
        return [one for one in self.photos if one.source_id in self.chosen]


def draft_of(session: Session, order: Order, wanted: Wanted, now: datetime) -> Draft:
    template = TEMPLATES.get(wanted.template)
    if template is None:
        raise Refusal("template_unknown")
    agreements = rows.agreements(session, order.id)
    agreement = next((one for one in agreements if one.id == wanted.agreement_id), None)
    if agreement is None and not wanted.typed.get("agreement_date", "").strip():
        agreement = next((one for one in reversed(agreements) if one.chat_ref), None)
    claim = rows.claim(session, order.organisation_id, wanted.claim_id) if wanted.claim_id else None
    typed = {name: value[:LONGEST_SLOT] for name, value in wanted.typed.items()}
    slots = merged({**record_slots(session, order, agreement), **claim_slots(claim)}, typed)
    slots["affected_units"] = affected(slots.get("short_units", ""), slots.get("defective_units", ""))
    situations = situations_of(session, order, claim, now)
    remedies = proposals(template, situations)
    remedy = _remedy(wanted, remedies)
    volume = volume_of(session, order.organisation_id, order.supplier_id, now)
    by_language = {
        language: {**slots, **merged(language_slots(session, order, claim, language), typed)}
        for language in LANGUAGES
    }
    without = missing(template, by_language["en"], remedy)
    rates = _rates(session, order) if wanted.rates and template.id == "T-6" else ("", "")
    texts = {}
    if not without:
        texts = {
            language: _text(template, language, values, remedy, wanted, volume, rates)
            for language, values in by_language.items()
        }
    short = _short(template, slots, remedy, without)
    photos = photos_to_send(exhibits_of_order(session, order.organisation_id, order.id))
    chosen = tuple(one.source_id for one in photos if wanted.photos is None or one.source_id in wanted.photos)
    return Draft(
        template=template,
        slots={**by_language["en"], **slots},
        missing=without,
        texts=texts,
        short_1688=short,
        short_length=platform_length(short or ""),
        agreements=agreements,
        volume=volume,
        remedy=remedy,
        by_language=by_language,
        situations=situations,
        remedies=remedies,
        photos=photos,
        chosen=chosen,
        open=open_points(template, without, len(chosen), remedy),
    )


def _remedy(wanted: Wanted, fitting: Collection[str]) -> Remedy | None:
    """The one proposal, with the amount or the number that it needs; the other one is not looked at.

    Raises ``remedy_unknown``, ``remedy_not_here``, ``amount_unreadable``, ``units_unreadable``.
    """
    if not wanted.remedy:
        return None
    asks = REMEDIES.get(wanted.remedy)
    if asks is None:
        raise Refusal("remedy_unknown")
    if wanted.remedy not in fitting:
        raise Refusal("remedy_not_here")
    if asks == "amount" and wanted.amount.strip():
        fen = read_yuan(wanted.amount)
        if fen is None or fen <= 0:
            raise Refusal("amount_unreadable")
        return Remedy(wanted.remedy, amount=yuan_text(fen))
    if asks == "units" and wanted.units.strip():
        units = wanted.units.strip()
        if not units.isascii() or not units.isdigit() or int(units) == 0 or len(units) > 9:
            raise Refusal("units_unreadable")
        return Remedy(wanted.remedy, units=str(int(units)))
    return Remedy(wanted.remedy)


def _text(
    template: Template,
    language: str,
    slots: Mapping[str, str],
    remedy: Remedy | None,
    wanted: Wanted,
    volume: Volume,
    rates: tuple[str, str],
) -> str:
    values = {**slots, "remedy": _remedy_text(remedy, language)}
    # T-6 is T-1 with more behind it (section 6).
    notice = template.to_factory
    parts = [fill(NOTICE[language] if notice else translate(language, f"letter.{template.id}"), values)]
    if template.id == "T-6" and wanted.volume:
        key = "letter.volume_least" if volume.unknown else "letter.volume"
        parts.append(translate(language, key, orders=volume.orders, spend=yuan_text(volume.fen)))
    for key, rate in zip(("letter.rate_short", "letter.rate_defective"), rates, strict=True):
        if rate:
            parts.append(translate(language, key, rate=rate))
    if wanted.follow_up and notice:
        parts.append(translate(language, "letter.follow_up"))
    return "\n".join(parts)


def _rates(session: Session, order: Order) -> tuple[str, str]:
    """As percentages of the supplier's record; empty where nothing is known, or nothing was wrong."""
    found = supplier_record.rates(session, order.organisation_id, order.supplier_id)
    short, defective = (percent_text(one.tenths) if one.tenths else "" for one in found)
    return short, defective


def _remedy_text(remedy: Remedy | None, language: str) -> str:
    if remedy is None:
        return ""
    return translate(language, f"letter.remedy_{remedy.code}", amount=remedy.amount, n=remedy.units)


def _short(
    template: Template, slots: Mapping[str, str], remedy: Remedy | None, without: tuple[str, ...]
) -> str | None:
    """For 1688's form neither dates nor the chat are needed."""
    needed = {"order_no", "received_units", "short_units", "defective_units", "remedy"}
    if template.id != "T-1" or needed & set(without):
        return None
    return fill(SHORT_1688, {**slots, "remedy": _remedy_text(remedy, "zh_CN")})
