"""What a phone's share sheet hands to the installed app: the service worker keeps the files, this page files them."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.folders import DOCUMENT_KINDS
from webapp.domain.permissions import Permission
from webapp.usecases import papers
from webapp.web.access import desk, requires
from webapp.web.services import services

pages = Blueprint("share_in", __name__)
target = Blueprint("share_in_target", __name__)
"""Without a form's token: it keeps nothing and changes nothing."""


@pages.get("/share-in")
@requires(Permission.DOCUMENTS_FILE)
def show() -> ResponseReturnValue:
    view = papers.search(services().database, organisation_id=desk().organisation_id, query="")
    return render_template(
        "papers/share_in.html",
        recent=view.recent,
        kinds=DOCUMENT_KINDS,
        here=url_for("share_in.show"),
        now=services().clock.now(),
    )


@target.post("/share-in")
@requires(Permission.PUBLIC)
def without_worker() -> ResponseReturnValue:
    """No service worker took the files (it is not installed yet): the page asks for them again."""
    return redirect(url_for("share_in.show"), code=303)
