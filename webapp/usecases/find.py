"""From whatever somebody has in hand to the order: a number, a scan, a name, or a forwarder's whole note."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.domain.casefile import CHINA
from webapp.domain.finding import NoteNumber, Question, possible_couriers, read_question
from webapp.domain.finding_words import claim_asked, day_asked
from webapp.domain.refusals import Refusal
from webapp.domain.stickers import sticker_key
from webapp.store import board as board_rows
from webapp.store import find as rows
from webapp.store import people
from webapp.store.database import Database
from webapp.store.find import LabelHit
from webapp.store.schema import Order, Parcel
from webapp.store.schema_desk import LoadUnit

MOST_BY_NAME = 50
MOST_SUGGESTED = 5
_SHORTEST_NAME = 2
_CHINA = ZoneInfo(CHINA)


class Kind(StrEnum):
    """What led to the order; the groups of the result page in this order."""

    ORDER = "order"
    WAYBILL = "waybill"
    LABEL = "label"
    STICKER = "sticker"
    CLAIM = "claim"
    DAY = "day"
    SUPPLIER = "supplier"
    GOODS = "goods"
    CUSTOMER = "customer"


@dataclass(frozen=True)
class Match:
    """``text`` is what of the question matched; ``line`` its line in a note (from 1), 0 for the whole question.

    ``order`` is None for a waybill, label or load unit that no order is tied to yet.
    """

    kind: Kind
    text: str
    order: Order | None
    parcel: Parcel | None = None
    label: LabelHit | None = None
    number: NoteNumber | None = None
    line: int = 0

    @property
    def voided(self) -> bool:
        return self.label is not None and self.label.label.voided_at is not None

    @property
    def load_unit(self) -> LoadUnit | None:
        return None if self.label is None else self.label.load_unit


@dataclass(frozen=True)
class Unidentified:
    """A number of a note that nothing matches (kiện trôi nổi): couriers it may be of, orders it may belong to."""

    number: NoteNumber
    couriers: tuple[str, ...]
    suggested: list[Order]


@dataclass(frozen=True)
class Finding:
    question: Question
    matches: list[Match]
    unidentified: list[Unidentified] = field(default_factory=list)
    act_by: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    @property
    def straight_to(self) -> str | None:
        """The order number, when there is one answer and nothing to say about it."""
        orders = {match.order.order_no if match.order else None for match in self.matches}
        if len(orders) != 1 or self.unidentified or any(match.voided for match in self.matches):
            return None
        by_name = all(match.kind in _BY_NAME for match in self.matches)
        return None if by_name and len(self.matches) > 1 else orders.pop()


_BY_NAME = (Kind.SUPPLIER, Kind.GOODS, Kind.CUSTOMER, Kind.DAY)


@dataclass
class _Known:
    """Everything that the organisation has under the keys of a question."""

    orders: dict[str, Order]
    waybills: dict[str, list[tuple[Parcel | None, Order | None]]]
    labels: dict[str, list[LabelHit]]

    def under(self, keys: Iterable[str], text: str, number: NoteNumber | None = None) -> list[Match]:
        """The first key that is known decides: keys come most exact first."""
        line = number.line if number else 0
        for key in keys:
            found = []
            if key in self.orders:
                found.append(Match(Kind.ORDER, text, self.orders[key], number=number, line=line))
            for parcel, order in self.waybills.get(key, []):
                found.append(Match(Kind.WAYBILL, text, order, parcel=parcel, number=number, line=line))
            if found:
                return found
        return []

    def labelled(self, code: str, line: int = 0) -> list[Match]:
        return [
            Match(Kind.LABEL, code, hit.order, parcel=hit.parcel, label=hit, line=line)
            for hit in self.labels.get(code, [])
        ]


def find(database: Database, *, organisation_id: str, text: str, now: datetime) -> Finding:
    """The question as one thing first; what that does not answer is read as a note, number by number."""
    question = read_question(text)
    with database.read() as session:
        known = _known(session, organisation_id, question)
        matches = _as_one(session, organisation_id, question, known)
        if not matches and question.words:
            matches = _as_words(session, organisation_id, question.words, now)
        unidentified: list[Unidentified] = []
        if not matches:
            matches, open_numbers = _as_note(question, known)
            unidentified = _unidentified(session, organisation_id, open_numbers)
        listed = [match.order.id for match in matches if match.order]
        listed += [order.id for item in unidentified for order in item.suggested]
        return Finding(question, matches, unidentified, board_rows.next_act_by(session, set(listed), now=now))


def organisation_asked(database: Database, *, customer_code: str | None) -> str:
    """For the command line: the named organisation, or the only one. Raises ``organisation_unknown``/``_needed``."""
    with database.read() as session:
        known = people.organisations(session)
    if customer_code is not None:
        for organisation in known:
            if organisation.customer_code == customer_code:
                return organisation.id
        raise Refusal("organisation_unknown", customer_code=customer_code)
    if len(known) != 1:
        raise Refusal("organisation_needed", known=", ".join(row.customer_code for row in known) or "-")
    return known[0].id


def _known(session: Session, organisation_id: str, question: Question) -> _Known:
    keys = {*question.keys, *(key for number in question.numbers for key in number.keys)}
    codes = {code for code, _ in question.note_codes} | ({question.code} if question.code else set())
    waybills: dict[str, list[tuple[Parcel | None, Order | None]]] = {}
    for waybill, parcel, order in rows.waybills_numbered(session, organisation_id, keys):
        waybills.setdefault(waybill.number_norm, []).append((parcel, order))
    labels: dict[str, list[LabelHit]] = {}
    for hit in rows.labels_coded(session, organisation_id, codes):
        labels.setdefault(hit.label.code, []).append(hit)
    orders = {order.order_no: order for order in rows.orders_numbered(session, organisation_id, keys)}
    return _Known(orders, waybills, labels)


def _as_one(session: Session, organisation_id: str, question: Question, known: _Known) -> list[Match]:
    text = question.text
    found = known.under(question.keys, text)
    if question.code:
        found += known.labelled(question.code)
    sticker = sticker_key(text)
    for alias, parcel, order in rows.stickers(session, organisation_id, {sticker} if sticker else ()):
        found.append(Match(Kind.STICKER, alias.text, order, parcel=parcel))
    return found


def _as_words(session: Session, organisation_id: str, words: str, now: datetime) -> list[Match]:
    """A customer code, a claim, a day, or part of a name; no number is left out for being a word as well."""
    if words.casefold() == rows.customer_code(session, organisation_id).casefold():
        newest = rows.newest_orders(session, organisation_id, MOST_BY_NAME)
        return [Match(Kind.CUSTOMER, words, order) for order in newest]
    claims = rows.orders_of_claims(session, organisation_id, claim_asked(words), words)
    found = [Match(Kind.CLAIM, words, order) for order in claims]
    day = day_asked(words, now.astimezone(_CHINA).date())
    if day is not None:
        start = datetime.combine(day, time.min, _CHINA)
        # A day ends in Vietnam an hour after it ended in China.
        those = rows.orders_of_day(session, organisation_id, start, start + timedelta(hours=25), MOST_BY_NAME)
        found += [Match(Kind.DAY, words, order) for order in those]
    if len(words) < _SHORTEST_NAME:
        return found
    named = rows.orders_of_suppliers(session, organisation_id, [words], MOST_BY_NAME)
    goods = rows.orders_of_goods(session, organisation_id, words, MOST_BY_NAME)
    found += [Match(Kind.SUPPLIER, words, order) for order in named]
    return found + [Match(Kind.GOODS, words, order) for order in goods if order not in named]


def _as_note(question: Question, known: _Known) -> tuple[list[Match], list[NoteNumber]]:
    """Matches in the order of the note, and the numbers that look like a parcel's and match nothing."""
    matches: list[Match] = []
    claimed: list[NoteNumber] = []
    for number in question.numbers:
        if any(number.overlaps(other) for other in claimed):
            continue
        found = known.under(number.keys, number.text, number)
        if found:
            matches += found
            claimed.append(number)
    for code, line in question.note_codes:
        matches += known.labelled(code, line)
    open_numbers: list[NoteNumber] = []
    for number in question.numbers:
        if number.likely and not any(number.overlaps(other) for other in (*claimed, *open_numbers)):
            open_numbers.append(number)
    return sorted(matches, key=lambda match: match.line), open_numbers


def _unidentified(session: Session, organisation_id: str, numbers: list[NoteNumber]) -> list[Unidentified]:
    names = {number.supplier for number in numbers if len(number.supplier) >= _SHORTEST_NAME}
    orders = rows.orders_of_suppliers(session, organisation_id, sorted(names), MOST_BY_NAME)
    return [
        Unidentified(
            number,
            (number.courier,) if number.courier else possible_couriers(number.keys[0]),
            [order for order in orders if number.supplier in names and _of_supplier(order, number.supplier)][
                :MOST_SUGGESTED
            ],
        )
        for number in numbers
    ]


def _of_supplier(order: Order, part: str) -> bool:
    folded = part.casefold()
    return folded in order.supplier.company.casefold() or folded in order.supplier.member.casefold()
