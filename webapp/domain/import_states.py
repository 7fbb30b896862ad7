"""The life of an uploaded file until its orders are in."""

from __future__ import annotations

from enum import StrEnum


class DraftState(StrEnum):
    READING = "reading"
    MAPPING = "mapping"  # a person must say which column is what
    READY = "ready"  # the preview waits for yes or no
    WRITING = "writing"
    DONE = "done"
    REFUSED = "refused"
    DISCARDED = "discarded"
    EXPIRED = "expired"


AT_WORK = (DraftState.READING, DraftState.WRITING)
MAY_DISCARD = (DraftState.READING, DraftState.MAPPING, DraftState.READY)
MAY_MAP = (DraftState.MAPPING, DraftState.READY)
