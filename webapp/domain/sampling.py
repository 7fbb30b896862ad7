"""How many units of a lot are inspected, which ones, and what the defects found say about the lot.

Plans: the fixed fraction of S3-09 (AMB-11) and ISO 2859-1 single normal sampling with its arrows resolved. Twin of
``static/src/core/sampling.js``; vectors: tests/vectors/sampling.json. Counted are defective units, each by its worst
defect.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from webapp.domain.record_kinds import DEFECT_CLASSES, LEVELS
from webapp.domain.refusals import Refusal

LARGEST_LOT: Final = 1_000_000
"""More units of one line are not counted one by one."""

AQLS: Final = ("0.65", "1.0", "1.5", "2.5", "4.0", "6.5")

#: Table 1: the largest lot of each row; its code letters by ``LEVELS``. The last row has no end.
_LOT_ENDS: Final = (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000)
CODE_LETTERS: Final = (
    "AAAAAAB", "AAAAABC", "AABBBCD", "ABBCCDE", "BBCCCEF", "BBCDDFG", "BCDEEGH", "BCDEFHJ",
    "CCEFGJK", "CDEGHKL", "CDFGJLM", "CDFHKMN", "DEGJLNP", "DEGJMPQ", "DEHKNQR",
)  # fmt: skip

#: Table 2-A, normal inspection: letter, sample size, Ac by ``AQLS``. v: first plan below, ^: first plan above.
TABLE_2A: Final = (
    ("A", 2, ("v", "v", "v", "v", "v", 0)),
    ("B", 3, ("v", "v", "v", "v", 0, "^")),
    ("C", 5, ("v", "v", "v", 0, "^", "v")),
    ("D", 8, ("v", "v", 0, "^", "v", 1)),
    ("E", 13, ("v", 0, "^", "v", 1, 2)),
    ("F", 20, (0, "^", "v", 1, 2, 3)),
    ("G", 32, ("^", "v", 1, 2, 3, 5)),
    ("H", 50, ("v", 1, 2, 3, 5, 7)),
    ("J", 80, (1, 2, 3, 5, 7, 10)),
    ("K", 125, (2, 3, 5, 7, 10, 14)),
    ("L", 200, (3, 5, 7, 10, 14, 21)),
    ("M", 315, (5, 7, 10, 14, 21, "^")),
    ("N", 500, (7, 10, 14, 21, "^", "^")),
    ("P", 800, (10, 14, 21, "^", "^", "^")),
    ("Q", 1250, (14, 21, "^", "^", "^", "^")),
    ("R", 2000, (21, "^", "^", "^", "^", "^")),
)
_ROW: Final = {letter: place for place, (letter, _, _) in enumerate(TABLE_2A)}

_ID: Final = re.compile("[0-9a-f]{32}")
_SHA256: Final = re.compile("[0-9a-f]{64}")
_CHIMES_UP_TO: Final = (15 << 64) // 100

Result = Literal["accept", "reject", "undecided", "inspector"]
"""``inspector``: a plan without Ac/Re is done, a person decides."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A plan of Table 2-A: the letter of its own row, sample size, acceptance and rejection number."""

    letter: str
    n: int
    ac: int
    re: int


@dataclass(frozen=True, slots=True)
class ClassLimit:
    """Ac and Re of one defect class, for the first ``n`` units of the draw. ``aql`` None: critical, none allowed."""

    defect_class: str
    aql: str | None
    letter: str
    n: int
    ac: int
    re: int


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """``n`` units of ``lot``. ``fix``: no limits; ``n`` is the 15 % target. ``aql``: ``letter`` is Table 1's, before
    arrows; ``limits`` start with critical.
    """

    kind: Literal["fix", "aql"]
    lot: int
    n: int
    n_floor: int
    n_target: int
    level: str | None = None
    letter: str | None = None
    limits: tuple[ClassLimit, ...] = ()

    @property
    def below_floor(self) -> bool:
        """Smaller than 10 % of the lot: needs the importer's waiver with a reason (AMB-11)."""
        return self.n < self.n_floor

    @property
    def every_unit(self) -> bool:
        """The plan's sample is not smaller than the lot: 100 % inspection."""
        return self.n == self.lot


@dataclass(frozen=True, slots=True)
class ClassResult:
    """One class against its limit. ``inspected`` and ``defective``: of the first ``limit.n`` units of the draw;
    ``beyond``: defective units of this class after them, reported and not judged.
    """

    limit: ClassLimit
    inspected: int
    defective: int
    beyond: int
    result: Result


@dataclass(frozen=True, slots=True)
class Judgement:
    """``defective``: units by worst defect (critical, major, minor) among all ``inspected``; ``extra``: inspected
    beyond the plan's ``n``. ``classes`` is empty for a fixed fraction.
    """

    result: Result
    inspected: int
    extra: int
    defective: tuple[int, int, int]
    classes: tuple[ClassResult, ...]


def fraction_plan(lot: int, *, whole: bool = False) -> SamplingPlan:
    """10 % floor, 15 % target (S3-09, AMB-11), both rounded up; ``whole``: the importer made the target the floor.

    Refusal ``lot_size_wrong``.
    """
    _check_lot(lot)
    target = _target(lot)
    return SamplingPlan("fix", lot, target, target if whole else _floor(lot), target)


def aql_plan(lot: int, level: str, aql: Mapping[str, str]) -> SamplingPlan:
    """ISO 2859-1 single, normal. ``aql``: defect class (``major``, ``minor``) to AQL as in :data:`AQLS`; a class that
    is left out is counted and not judged; critical is always 0/1 on the whole sample.

    Arrows may lead classes to different samples: then the letter of the largest serves all classes, except a class
    that has only an arrow there, which keeps its own plan and is judged on its own first units.
    Refusals: ``lot_size_wrong``, ``sampling_level_unknown``, ``aql_unknown``.
    """
    letter = code_letter(lot, level)
    if not aql or not set(aql) <= set(DEFECT_CLASSES[1:]):
        raise ValueError(f"an AQL is for major or minor defects, not for {sorted(aql)}")
    own = {name: resolve(letter, aql[name]) for name in DEFECT_CLASSES if name in aql}
    widest = max(own.values(), key=lambda cell: cell.n)
    n = min(lot, widest.n)
    limits = [ClassLimit(DEFECT_CLASSES[0], None, widest.letter, n, 0, 1)]
    for name, cell in own.items():
        at_widest = resolve(widest.letter, aql[name])
        used = at_widest if at_widest.letter == widest.letter else cell
        limits.append(ClassLimit(name, read_aql(aql[name]), used.letter, min(lot, used.n), used.ac, used.re))
    return SamplingPlan("aql", lot, n, _floor(lot), _target(lot), level, letter, tuple(limits))


def code_letter(lot: int, level: str) -> str:
    """Table 1. A lot of one unit reads as the first row. Refusals ``lot_size_wrong``, ``sampling_level_unknown``."""
    _check_lot(lot)
    return CODE_LETTERS[bisect_left(_LOT_ENDS, lot)][LEVELS.index(known_level(level))]


def known_level(level: str) -> str:
    """Refusal ``sampling_level_unknown``."""
    if level not in LEVELS:
        raise Refusal("sampling_level_unknown", level=level[:20], known=", ".join(LEVELS))
    return level


def resolve(letter: str, aql: str) -> Cell:
    """The plan at a letter, arrows followed: its letter and sample size are those of the row where it stands.
    Refusal ``aql_unknown``; ``KeyError`` for no letter of the table.
    """
    column = AQLS.index(read_aql(aql))
    place = _ROW[letter]
    while True:
        own, n, cells = TABLE_2A[place]
        ac = cells[column]
        if isinstance(ac, int):
            return Cell(own, n, ac, ac + 1)
        place += 1 if ac == "v" else -1


def read_aql(text: str) -> str:
    """An AQL as in :data:`AQLS`, also from ``1``, ``4`` or ``2.50``. Refusal ``aql_unknown``."""
    plain = text.strip()
    bare = plain.rstrip("0").rstrip(".") if "." in plain else plain
    for aql in AQLS:
        if bare == aql.removesuffix(".0"):
            return aql
    raise Refusal("aql_unknown", aql=text[:20], known=", ".join(AQLS))


def judge(plan: SamplingPlan, units: Sequence[Collection[str] | None]) -> Judgement:
    """The lot by its sample. ``units``: in the order of the draw, the classes of the defects found in each (empty:
    none found), or None while it is not inspected; more than ``plan.n`` are reported, not judged.

    A class is rejected as soon as Re is reached, accepted only when all of its first ``n`` units are inspected.
    A fixed fraction has no Ac/Re: a critical defect proposes ``reject``, below the floor it is ``undecided``.
    """
    worst = [None if found is None else _worst(found) for found in units]
    inspected = sum(one is not None for one in worst)
    extra = sum(one is not None for one in worst[plan.n :])
    critical, major, minor = (worst.count(name) for name in DEFECT_CLASSES)
    classes = tuple(_judge_class(limit, worst) for limit in plan.limits)
    result: Result
    if plan.kind == "fix":
        result = "reject" if critical else "undecided" if inspected < plan.n_floor else "inspector"
    else:
        results = {one.result for one in classes}
        result = "reject" if "reject" in results else "undecided" if "undecided" in results else "accept"
    return Judgement(result, inspected, extra, (critical, major, minor), classes)


def draw_seed(challenge: str, take_open_sha256: str, line: str, tranche: int, redraw: int = 0) -> bytes:
    """32 bytes that neither the phone nor the server can choose alone: the server's nonce (``challenge``, its id), the
    take that counted the lot (SHA-256 of its take-open record's text), line, tranche from 1, redraw from 0.
    """
    if not (_ID.fullmatch(challenge) and _ID.fullmatch(line) and _SHA256.fullmatch(take_open_sha256)):
        raise ValueError("ids are 32, the digest 64 lower-case hex characters")
    if tranche < 1 or redraw < 0:
        raise ValueError("tranches count from 1, redraws from 0")
    text = f"dockproof-draw-1\n{challenge}\n{take_open_sha256}\n{line}\n{tranche}\n{redraw}\n"
    return hashlib.sha256(text.encode()).digest()


def rank(seed: bytes, unit: int) -> bytes:
    """Where a unit (from 1, in the order of counting) stands in the draw: the smaller, the earlier."""
    return hashlib.sha256(seed + str(unit).encode()).digest()


def chimes(seed: bytes, unit: int) -> bool:
    """Whether the unit is put aside during a tally, while the size of the lot is unknown: some 15 % are."""
    return int.from_bytes(rank(seed, unit)[:8], "big") <= _CHIMES_UP_TO


def draw_order(seed: bytes, lot: int) -> list[int]:
    """All units of the lot in the order of the draw."""
    _check_lot(lot)
    return sorted(range(1, lot + 1), key=lambda unit: (rank(seed, unit), unit))


def sample(seed: bytes, lot: int, n: int) -> list[int]:
    """The ``n`` units to inspect, in the order of the draw; a larger ``n`` only adds units at the end."""
    if not 0 <= n <= lot:
        raise ValueError(f"{n} of {lot} units")
    return draw_order(seed, lot)[:n]


def carton_of(unit: int, pack_sizes: Sequence[int]) -> tuple[int, int]:
    """Carton and place in it, both from 1, when units are numbered carton after carton. A carton may be empty."""
    left = unit
    for carton, size in enumerate(pack_sizes, start=1):
        if 1 <= left <= size:
            return carton, left
        left -= size
    raise ValueError(f"no unit {unit} in cartons of {list(pack_sizes)[:20]}")


def _floor(lot: int) -> int:
    return -(-lot // 10)


def _target(lot: int) -> int:
    return -(-3 * lot // 20)


def _check_lot(lot: int) -> None:
    if not 1 <= lot <= LARGEST_LOT:
        raise Refusal("lot_size_wrong", lot=lot, most=LARGEST_LOT)


def _worst(found: Collection[str]) -> str:
    if not set(found) <= set(DEFECT_CLASSES):
        raise ValueError(f"no such defect class: {sorted(found)}")
    return next((name for name in DEFECT_CLASSES if name in found), "")


def _judge_class(limit: ClassLimit, worst: Sequence[str | None]) -> ClassResult:
    first = worst[: limit.n]
    inspected = sum(one is not None for one in first)
    defective = first.count(limit.defect_class)
    beyond = worst[limit.n :].count(limit.defect_class)
    result: Result = "accept" if inspected == limit.n else "undecided"
    if defective >= limit.re:
        result = "reject"
    return ClassResult(limit, inspected, defective, beyond, result)
