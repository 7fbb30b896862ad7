"""When a fact happened, from a clock that people can set: bounded by what the server knows, never trusted alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from webapp.domain.evidence import Finding, RecordFields

DRIFT_LIMIT_MS: Final = 2_000
"""Monotonic and wall time of one record may differ by this much; more means that a clock was set or the phone slept."""

FAR_MS: Final = 300_000
BOUND_SLACK_MS: Final = 5_000
"""Rounding, and the age of the offset, may put an honest time this far outside its bounds."""


MOVED_LIMIT_MS: Final = 5_000
"""Two measurements of one clock that stand further apart than this, and than they are uncertain: it was set."""


@dataclass(frozen=True, slots=True)
class BestTime:
    """Epoch milliseconds by the server's clock. ``measured``: the device clock's offset was known."""

    ms: int
    measured: bool
    outside_bounds: bool


def best_time(fields: RecordFields, *, earliest_ms: int, received_ms: int) -> BestTime:
    """The start of what the record tells, within [``earliest_ms``, ``received_ms``].

    Without an offset the device's clock says nothing, and the server's receipt stands.
    """
    if fields.offset is None:
        return BestTime(received_ms, measured=False, outside_bounds=False)
    said = fields.wall.start + fields.offset.ms
    bounded = min(max(said, earliest_ms), received_ms)
    return BestTime(bounded, True, abs(said - bounded) > BOUND_SLACK_MS + fields.offset.pm)


def clock_findings(fields: RecordFields, time: BestTime, *, received_ms: int) -> list[Finding]:
    findings = []
    mono = fields.mono.stop - fields.mono.start
    wall = fields.wall.stop - fields.wall.start
    if abs(mono - wall) > DRIFT_LIMIT_MS:
        findings.append(Finding("clock_disagrees", f"{mono - wall} ms"))
    ahead = fields.wall.stop - received_ms
    if fields.offset is not None and abs(fields.offset.ms) > FAR_MS:
        findings.append(Finding("clock_far", f"{fields.offset.ms} ms"))
    elif fields.offset is None and ahead > FAR_MS:
        findings.append(Finding("clock_far", f"{-ahead} ms"))
    if time.outside_bounds:
        findings.append(Finding("time_out_of_bounds"))
    return findings


def moved_findings(before: RecordFields, fields: RecordFields) -> list[Finding]:
    """Whether the phone's clock was set between a record and the next one of its chain.

    Wall time that runs ahead of monotonic time says nothing: the phone may have slept. Running back does.
    """
    if before.offset is not None and fields.offset is not None:
        apart = fields.offset.ms - before.offset.ms
        if abs(apart) > MOVED_LIMIT_MS + before.offset.pm + fields.offset.pm:
            return [Finding("clock_moved", f"{-apart} ms")]
    if before.boot == fields.boot:
        slipped = (fields.wall.start - fields.mono.start) - (before.wall.stop - before.mono.stop)
        if slipped < -DRIFT_LIMIT_MS:
            return [Finding("clock_moved", f"{slipped} ms")]
    return []
