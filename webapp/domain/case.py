"""One order's case as every reader of it sees it: the report, the pages, the voucher. Values only.

Instants are aware UTC; units whole, quantities in thousandths; money in fen; lengths of time in milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from webapp.domain.claim_states import CLOSED_STATES
from webapp.domain.tally import result_ms

ON_THE_WAY: Final = "freight_loss"
"""The type of a claim on a carrier."""

CHINA: Final = "CN"
VIETNAM: Final = "VN"
"""Where something was captured or counted."""

LEVELS: Final = ("E0", "E1", "E2", "E3", "E4", "E5")
"""The claim ladder (evidence.md). A level that nothing proves is said to be not proven, never left out."""


@dataclass(frozen=True, slots=True)
class CaseLine:
    """``china``, ``vietnam``: units of the counts that stand there; None: nobody counted there. ``…_whole``: every
    parcel of the order was counted there; what lies in the others is not missing yet.
    """

    id: str
    seq: int
    title: str
    variant: str
    unit: str
    ordered_milli: int
    china: int | None
    vietnam: int | None
    china_whole: bool = True
    vietnam_whole: bool = True

    @property
    def arrived(self) -> int | None:
        """What the claim goes by: China's count, since nothing left China before it; else Vietnam's."""
        return self.vietnam if self.china is None else self.china

    @property
    def short_milli(self) -> int | None:
        """Thousandths short; negative when more came; None until all of it was counted, as the diagnosis goes by it."""
        whole = self.vietnam_whole if self.china is None else self.china_whole
        return None if self.arrived is None or not whole else self.ordered_milli - self.arrived * 1000

    @property
    def lost(self) -> int | None:
        """Units that China counted and Vietnam did not; None until both counted all of it."""
        if self.china is None or self.vietnam is None or not (self.china_whole and self.vietnam_whole):
            return None
        return max(0, self.china - self.vietnam)


@dataclass(frozen=True, slots=True)
class CaseExhibit:
    """A file as numbered in the case. ``path`` lies below the case's folder.

    ``captured_at``: the best known time; ``device_ms``: epoch milliseconds by the phone's own clock; ``offset_ms`` ±
    ``offset_pm`` to the server's, as last measured. ``record``: SHA-256 of the signed text that names the file.
    ``count_ms``: where in the film the last unit was counted. ``shown``: hash of a small JPEG, for people; of a count
    its result. ``stage``: ``CN`` or ``VN``, where it was captured; None: nobody can say. ``kind``: key of a paper's
    kind.
    """

    number: int
    slot: str | None
    source_kind: str  # take | photo | document | capture
    source_id: str
    sha256: str
    bytes: int
    mime: str
    path: str
    captured_at: datetime | None
    zone: str
    received_at: datetime | None = None
    device_ms: int | None = None
    offset_ms: int | None = None
    offset_pm: int | None = None
    device: str | None = None
    worker: str | None = None
    site: str | None = None
    waybill: str | None = None
    record: str | None = None
    entry: int | None = None
    verified: bool = False
    withdrawn: bool = False
    duration_ms: int | None = None
    count_ms: int | None = None
    unbroken_ms: int | None = None
    shown: str | None = None
    note: str = ""
    stage: str | None = None
    kind: str = ""

    @property
    def title_key(self) -> str:
        """What it is called in the catalogues: by its slot, else a paper by its kind."""
        return f"slot.{self.slot}" if self.slot else self.kind or "case.no_slot"

    @property
    def is_film(self) -> bool:
        return self.mime.startswith("video/")

    @property
    def result_ms(self) -> int | None:
        """Where the whole count is to be seen."""
        return result_ms(self.count_ms, self.duration_ms)

    @property
    def level(self) -> str | None:
        """``E0`` when the server holds the very bytes that a signed record names; None: nothing is proven of it."""
        return "E0" if self.verified and self.record is not None else None


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A commitment whose file never came: it stays visible, so that nobody films five takes and shows one."""

    slot: str | None
    sha256: str | None
    bytes: int | None
    record: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class CaseClock:
    """``name`` is a key of the catalogues; ``source`` with its date stands beside every deadline (S0-01). ``place``:
    (kind, name) of the parcel, site, claim or submission that it is about; None: the order.
    """

    rule: str
    name: str
    due: datetime
    act_by: datetime
    zone: str
    assumed: bool
    state: str
    source: str
    source_date: str | None
    who: str = "importer"
    towards: str = "supplier"
    binding: bool = True
    place: tuple[str, str] | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseMoment:
    """A line of the timeline (S1-25, T-3). ``key``: its sentence in the catalogues."""

    at: datetime
    zone: str
    key: str
    vars: Mapping[str, object] = field(default_factory=dict)
    proven: bool = False


@dataclass(frozen=True, slots=True)
class CaseSample:
    """A drawn sample and what it found. ``defective``: units with a critical, major, minor defect; None: unfinished."""

    line: str
    at: datetime
    zone: str
    lot: int
    n: int
    inspected: int | None
    defective: tuple[int, int, int] | None
    verdict: str | None
    inspector: str | None = None


@dataclass(frozen=True, slots=True)
class CasePayment:
    day: str
    amount_fen: int
    currency: str
    purpose: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CaseClaim:
    """What is asked, of whom. ``amount_fen`` None: nothing was asked yet, or it is not known."""

    id: str
    number: int
    type: str
    channel: str
    state: str
    amount_fen: int | None
    currency: str
    remedy: str | None
    reason_code: str | None
    description_zh: str
    discrepancy: str = ""

    @property
    def of_seller(self) -> bool:
        """Open, and asked of whoever sold the goods; a carrier or a post office owes its own amount."""
        return self.state not in CLOSED_STATES and self.channel not in ("freight", "post")


@dataclass(frozen=True, slots=True)
class Figures:
    """What a first screen says of the quantities. Thousandths, ``received`` in whole units; None: nobody counted.

    ``on_the_way``: of goods that China counted (``expected_milli``) and Vietnam did again; else of what was ordered.
    """

    expected_milli: int
    received: int | None
    short_milli: int | None
    on_the_way: bool = False


@dataclass(frozen=True, slots=True)
class ThreeFacts:
    """What the first screen of a mediator may say; each only if verified, else it is "not proven".

    ``waybills``: numbers on whose photo the barcode was read and equals the order's. ``tape``: said intact before the
    parcel was cut open, in a signed record, with a photo that is here. ``unbroken_ms``: length of the count's film when
    its sound and picture run through; None otherwise.
    """

    waybills: tuple[str, ...] = ()
    tape: bool = False
    unbroken_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """``agreed``: (ISO date, what) of each thing that was agreed in writing and stands (S1-15)."""

    order_id: str
    order_no: str
    platform: str
    supplier: str
    placed_at: datetime | None
    paid_fen: int | None
    folder: str
    lines: tuple[CaseLine, ...]
    exhibits: tuple[CaseExhibit, ...]
    undelivered: tuple[Undelivered, ...]
    clocks: tuple[CaseClock, ...]
    moments: tuple[CaseMoment, ...]
    samples: tuple[CaseSample, ...]
    payments: tuple[CasePayment, ...]
    claims: tuple[CaseClaim, ...]
    facts: ThreeFacts
    waybills: tuple[str, ...]
    made_at: datetime
    agreed: tuple[tuple[str, str], ...] = ()

    @property
    def ordered_milli(self) -> int:
        return sum(line.ordered_milli for line in self.lines)

    @property
    def arrived(self) -> int | None:
        """Units of the lines that were counted; None while none was."""
        counted = [line.arrived for line in self.lines if line.arrived is not None]
        return sum(counted) if counted else None

    @property
    def short_milli(self) -> int | None:
        """Of the lines that were counted: what was not counted is not missing yet."""
        known = [line.short_milli for line in self.lines if line.short_milli is not None]
        return sum(max(0, one) for one in known) if known else None

    @property
    def defective(self) -> int | None:
        """Defective units in the samples that were finished; None while none was."""
        found = [sum(one.defective) for one in self.samples if one.defective is not None]
        return sum(found) if found else None

    @property
    def asked_fen(self) -> int | None:
        """What the seller is asked for in open claims: of each discrepancy once, though asked on two ways."""
        asked: dict[str, int] = {}
        for claim in self.claims:
            if claim.of_seller and claim.amount_fen is not None:
                asked[claim.discrepancy] = max(claim.amount_fen, asked.get(claim.discrepancy, 0))
        return sum(asked.values()) if asked else None

    @property
    def lost_milli(self) -> int | None:
        """Thousandths that China counted and Vietnam did not; None while no line was counted in both."""
        lost = [line.lost for line in self.lines if line.lost is not None]
        return 1000 * sum(lost) if lost else None

    def figures(self, claim: CaseClaim | None = None) -> Figures:
        """Of the claim: what a carrier answers for is what went in and what came out (DT-3)."""
        twice = [line for line in self.lines if line.lost is not None]
        if claim is not None and claim.type == ON_THE_WAY and twice:
            sent, came = sum(line.china or 0 for line in twice), sum(line.vietnam or 0 for line in twice)
            return Figures(1000 * sent, came, self.lost_milli, on_the_way=True)
        return Figures(self.ordered_milli, self.arrived, self.short_milli)

    @property
    def count_film(self) -> CaseExhibit | None:
        """The film of the count that `arrived` goes by."""
        return self.film_of(None)

    def film_of(self, claim: CaseClaim | None) -> CaseExhibit | None:
        """The last film of a count at the place that the figures go by; of anywhere when there is none."""
        films = [
            one for one in self.exhibits if one.is_film and not one.withdrawn and one.count_ms is not None
        ]
        china = any(line.china is not None for line in self.lines)
        abroad = self.figures(claim).on_the_way or not china
        there = [one for one in films if one.stage == (VIETNAM if abroad else CHINA)]
        return next(reversed(there or films), None)

    @property
    def label_still(self) -> CaseExhibit | None:
        """The layout with the label in it (EV-01p), else the waybill, else any photo; no paper: those name people."""
        shown = [
            one for one in self.exhibits if one.shown and not one.withdrawn and one.source_kind == "photo"
        ]
        for slot in ("EV-01p", "EV-15", "EV-12", "EV-09"):
            found = [one for one in shown if one.slot == slot]
            if found:
                return found[-1]
        return shown[-1] if shown else None
