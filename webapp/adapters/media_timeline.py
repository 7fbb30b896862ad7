"""Times that only ever increase: muxers refuse anything else, cut and spliced takes bring everything else."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

LEAP_BACK_S = 1
LEAP_FORWARD_S = 600


@dataclass
class Tally:
    """Counts and notes of one remux, over all its streams."""

    frames: int = 0
    dropped: int = 0
    restamped: int = 0
    notes: list[str] = field(default_factory=list)

    def note(self, code: str) -> None:
        if code not in self.notes:
            self.notes.append(code)


class Timeline:
    """Moves the packets of one stream onto strictly increasing decode times, counted in ticks of `time_base`.

    A small step back is moved one tick behind the packet before. A leap back of more than a second (a second recording
    joined on) or forward of more than ten minutes (a broken stamp) moves all that follows, so that the rest keeps its
    own pace. An honest gap below that stays: gaps are evidence.
    """

    def __init__(self, time_base: Fraction, tally: Tally) -> None:
        self.tally = tally
        self.leap_back = int(LEAP_BACK_S / time_base)
        self.leap_forward = int(LEAP_FORWARD_S / time_base)
        self.shift = 0
        self.last: int | None = None
        self.step = 1
        self.end = 0
        self.longest_gap = 0

    def stamp(self, pts: int, dts: int, duration: int) -> tuple[int, int]:
        """(pts, dts) of the next packet, dts above the last one's and pts not below dts."""
        new_pts, new_dts = pts + self.shift, dts + self.shift
        if self.last is not None:
            if not self.last - self.leap_back <= new_dts <= self.last + self.leap_forward:
                self.tally.note("time_went_back" if new_dts < self.last else "time_jumped")
                moved = self.last + self.step - new_dts
                self.shift += moved
                new_pts, new_dts = new_pts + moved, new_dts + moved
            elif new_dts <= self.last:
                self.tally.note("time_went_back")
                new_dts = self.last + 1
        # A bogus pts far ahead of its dts would stretch the file's duration.
        new_pts = min(max(new_pts, new_dts), new_dts + self.leap_back)
        if (new_pts, new_dts) != (pts, dts):
            self.tally.restamped += 1
        self._advance(new_pts, new_dts, duration)
        return new_pts, new_dts

    def _advance(self, pts: int, dts: int, duration: int) -> None:
        if self.last is not None:
            self.step = max(1, min(dts - self.last, self.leap_back))
            self.longest_gap = max(self.longest_gap, dts - self.last)
        self.last = dts
        length = duration if 0 < duration <= self.leap_back else self.step
        self.end = max(self.end, pts + length)
