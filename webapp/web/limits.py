"""How often one phone or one signed-in person may ask; sign-in, PIN and links are limited in their use-cases.

Only what writes or is dear to answer is counted: a count is a write itself.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import g, request

from webapp.usecases import rates
from webapp.usecases.rates import Limit
from webapp.web.services import services

_MINUTE: Final = timedelta(minutes=1)

DEVICE_LIMITS: Final[dict[str, Limit]] = {
    "api_records.send_records": Limit(600, _MINUTE),
    "api_files.create": Limit(300, _MINUTE),
    "api_enrolment.read_snapshot": Limit(120, _MINUTE),
    "api_enrolment.challenges": Limit(60, _MINUTE),
    "api_keys.change_key": Limit(10, _MINUTE),
}
DESK_CHANGES: Final = Limit(240, _MINUTE)


def check() -> None:
    """Raises ``too_many_requests``. After ``g.principal`` is known."""
    person = g.principal.user
    if person is not None:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            _spend(f"desk:{person.id}", DESK_CHANGES)
        return
    limit = DEVICE_LIMITS.get(request.endpoint or "")
    if limit is not None and "device_id" in g:
        _spend(f"device:{g.device_id}:{request.endpoint}", limit)


def _spend(subject: str, limit: Limit) -> None:
    rates.spend(services().database, subject, limit, now=services().clock.now())
