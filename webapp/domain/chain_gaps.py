"""Which numbers of a phone's chain never came. Pure."""

from __future__ import annotations

from collections.abc import Iterable


def gaps(numbers: Iterable[int], *, signed: int | None = None) -> tuple[tuple[int, int], ...]:
    """(first, last) of each run that is missing, from 1 to the highest that came or was ``signed``.

    ``numbers``: those that came, ascending.
    """
    found = []
    last = 0
    for number in numbers:
        if number > last + 1:
            found.append((last + 1, number - 1))
        last = max(last, number)
    if signed is not None and signed > last:
        found.append((last + 1, signed))
    return tuple(found)
