"""Facts of a receipt in few words, for make_receiving_vectors.py."""

import hashlib
from typing import Any

T0 = 1_795_240_800_000

Fields = dict[str, Any]


def fact(at: int, kind: str, values: Fields | None = None, **more: Any) -> Fields:
    """``at``: seconds after T0. The id is made of kind and time, so that cases can name it."""
    made = hashlib.sha256(f"{kind} {at} {more.pop('nth', 0)}".encode()).hexdigest()[:32]
    plain = {"slot": None, "also": [], "worker": "An", "gone": False, "corrects": None}
    return {"id": made, "kind": kind, "at": T0 + 1000 * at, "values": values or {}, **plain, **more}


def condition(at: int, outer: str = "intact", tape: str = "intact", **more: Any) -> Fields:
    return fact(at, "condition", {"outer": outer, "tape": tape}, **more)


def weighing(at: int, grams: int = 12_400, opened: str = "no", target: str = "parcel", **more: Any) -> Fields:
    shown = f"{grams / 1000:.3f}"
    values = {"grams": str(grams), "shown": shown, "unit": "kg", "target": target, "opened": opened}
    return fact(at, "weighing", values, **more)


def photo(at: int, slot: str, *also: str, **more: Any) -> Fields:
    values = {
        "source": "camera",
        "line": None,
        "take": None,
        "at": None,
        "about": None,
        "also": " ".join(also) or None,
    }
    return fact(at, "photo", values, slot=slot, also=list(also), nth=slot, **more)


def opening(at: int, **more: Any) -> Fields:
    return fact(at, "opening", {"take": None, "at": None}, **more)


def take(at: int, closed: str = "complete", slot: str = "EV-18", **more: Any) -> Fields:
    return fact(at, "take", {"opens": "1f" * 16, "closed": closed}, slot=slot, **more)


def draw(
    at: int, line: str, tranche: int = 1, redraw: int = 0, take: str | None = None, **more: Any
) -> Fields:
    """``take``: the count that it is of, where a case tells two apart."""
    values = {"line": line, "tranche": str(tranche), "redraw": str(redraw)}
    values |= {"take": take} if take else {}
    return fact(at, "draw", values, nth=line + str(tranche), **more)


def inspection(at: int, drawn: Fields, **more: Any) -> Fields:
    return fact(at, "inspection", {"draw": drawn["id"], "inspected": "4", "defective": "0 0 0"}, **more)


def verdict(
    at: int,
    said: str,
    line: str | None = None,
    tranche: int | None = None,
    of: Fields | None = None,
    **more: Any,
) -> Fields:
    """``of``: the draw that it names."""
    values = {
        "line": line,
        "tranche": tranche and str(tranche),
        "verdict": said,
        "reason": None,
        "draw": of and of["id"],
    }
    return fact(at, "verdict", values, nth=line or "", **more)


def skip(at: int, step: str, **more: Any) -> Fields:
    return fact(at, "skip", {"step": step, "reason": "no_scale"}, nth=step, **more)
