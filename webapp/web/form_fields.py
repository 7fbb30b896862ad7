"""What stands in the fields of a form, read once for all pages: times, amounts of money, files."""

from __future__ import annotations

from datetime import datetime

from flask import request

from webapp.domain.refusals import Refusal
from webapp.domain.stakes import read_yuan
from webapp.domain.status_times import TimeProblem, stated_instant
from webapp.usecases.document_filing import Kept, Upload, keep
from webapp.web.access import desk
from webapp.web.services import services


def typed_instant(name: str) -> datetime | None:
    """In China's time unless it bears a zone; None for an empty field. Raises ``milestone_time``."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        return stated_instant(text)
    except TimeProblem:
        raise Refusal("milestone_time") from None


def required_instant(name: str) -> datetime:
    """As ``typed_instant``; an empty field is ``milestone_time`` too."""
    at = typed_instant(name)
    if at is None:
        raise Refusal("milestone_time")
    return at


def instant_or_now(name: str) -> datetime:
    """As ``typed_instant``; left empty it is now."""
    return typed_instant(name) or services().clock.now()


def typed_fen(text: str, *, refusal: str = "amount_unreadable") -> int | None:
    """Fen of an amount as typed; None for an empty field. Raises ``refusal`` for what is no amount, or could be two."""
    if not text.strip():
        return None
    fen = read_yuan(text)
    if fen is None:
        raise Refusal(refusal)
    return fen


def upload_of(name: str) -> Upload | None:
    """What a file field brought; None when nobody chose a file."""
    file = request.files.get(name)
    if file is None or not file.filename:
        return None
    return Upload(file.stream, file.filename)  # type: ignore[arg-type]


def kept_file(name: str) -> Kept | None:
    """The bytes of what a file field brought, stored; no row tells of them until the step that they prove is accepted.

    Raises ``document_*``, ``quota_desk``, ``disk_full``.
    """
    upload = upload_of(name)
    return None if upload is None else keep(services().database, services().blobs, desk(), upload)
