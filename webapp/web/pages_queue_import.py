"""The desk takes in what a phone exported, when the phone itself cannot send it any more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, cast
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import validate_csrf
from sqlalchemy.orm import Session
from werkzeug.formparser import FormDataParser
from wtforms import ValidationError

from webapp.adapters.secrets import new_id
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases.clocks import recompute_deadlines
from webapp.usecases.queue_import import Brought, import_queue
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.services import services

MOST_BYTES: Final = 2 << 30
"""A larger one goes in by ``dockproof import-queue``: a browser that sends for hours is no way to bring it."""
_FORM_ROOM: Final = 1 << 20
"""More than one piece that Werkzeug reads (64 KiB) with what it held back of the last: else files fail by chance."""

_LEFT: Final = ("files_unfinished", "files_unclaimed")

pages = Blueprint("queue_import", __name__)


@pages.get("/phones/import-queue")
@requires(Permission.PEOPLE_MANAGE)
def show() -> ResponseReturnValue:
    names = ("accepted", "known", "malformed", "quarantined", "files", "files_known", *_LEFT)
    brought = {name: request.args.get(name, type=int) or 0 for name in names}
    device = request.args.get("device", "")
    return _page(
        brought=brought if "accepted" in request.args else None,
        device=device if re.fullmatch("[0-9a-f]{32}", device) else None,
    )


@pages.post("/phones/import-queue")
@requires(Permission.PEOPLE_MANAGE)
def bring() -> ResponseReturnValue:
    try:
        with _received() as path:
            brought = _import(path)
    except Refusal as refusal:
        return errors.refused_page(_page(problem=errors.sentence(refusal)), refusal)
    counts = {name: value for name, value in vars(brought).items() if isinstance(value, int)}
    return redirect(
        f"{url_for('queue_import.show')}?{urlencode({**counts, 'device': brought.device_id})}", 303
    )


def _page(
    *, brought: dict[str, int] | None = None, problem: str | None = None, device: str | None = None
) -> str:
    return render_template("people/import_queue.html", brought=brought, problem=problem, device=device)


def _import(path: Path) -> Brought:
    rulebook, now = services().rulebook, services().clock.now()

    def orders_changed(session: Session, order_ids: set[str]) -> None:
        recompute_deadlines(session, rulebook, order_ids, now=now)

    return import_queue(
        services().database,
        services().blobs,
        path,
        actor=desk(),
        now=now,
        on_orders_changed=orders_changed,
    )


@contextmanager
def _received() -> Iterator[Path]:
    """The file of the form, beside the blobs; it is gone afterwards. Raises ``queue_missing``, ``disk_full``."""
    services().blobs.need_room(2 * (request.content_length or 0))
    request.max_content_length = MOST_BYTES + _FORM_ROOM
    path = services().blobs.spools.folder / f"put-{new_id()}"

    def store(*_: object, **__: object) -> IO[bytes]:
        # One file a form: a second one finds the place taken.
        return cast("IO[bytes]", path.open("xb"))

    try:
        parser = FormDataParser(store, max_form_memory_size=_FORM_ROOM, max_form_parts=4)
        _, form, files = parser.parse(
            request.stream, request.mimetype, request.content_length, dict(request.mimetype_params)
        )
        for file in files.values():
            file.close()
        try:
            validate_csrf(form.get("csrf_token"))
        except ValidationError:
            raise Refusal("csrf") from None
        if not path.exists() or path.stat().st_size == 0:
            raise Refusal("queue_missing")
        yield path
    except FileExistsError:
        raise Refusal("queue_missing") from None
    finally:
        path.unlink(missing_ok=True)
