"""What burns next, as a page, a text and a picture for a chat group, a calendar; and where a person is told."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask.typing import ResponseReturnValue

from webapp.adapters.alert_picture import MOST, alert_picture
from webapp.adapters.notifier import Webhooks, mailer_of
from webapp.adapters.web_push import Push
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.locate import fonts_dir, static_dir
from webapp.usecases import alert_targets, alert_texts, alerts, calendar_feed, completeness
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.services import services
from webapp.web.words import language, t

pages = Blueprint("alerts", __name__)

PASSED = timedelta(days=7)
MOST_SHOWN = 300
HOT = timedelta(hours=24)
_BANDS = (
    ("late", timedelta(0)),
    ("hours_6", timedelta(hours=6)),
    ("hours_24", timedelta(hours=24)),
    ("hours_72", timedelta(hours=72)),
)


@pages.get("/burning")
@requires(Permission.ORDERS_READ)
def show() -> ResponseReturnValue:
    return _page()


@pages.get("/burning.txt")
@requires(Permission.ORDERS_READ)
def as_text() -> Response:
    response = make_response(alert_texts.text(_hot(), language(), services().clock.now()))
    response.mimetype = "text/plain"
    return response


@pages.get("/burning.png")
@requires(Permission.ORDERS_READ)
def as_picture() -> Response:
    now, listed = services().clock.now(), _hot()
    rows = [(alert_texts.line(one, language(), now), one.act_by - now < HOT) for one in listed]
    heading = t("alert.heading", n=len(rows)) if rows else t("alert.none")
    rest = t("alert.more", n=len(rows) - MOST) if len(rows) > MOST else ""
    response = make_response(alert_picture(heading, rows, rest, fonts_dir=fonts_dir()))
    response.mimetype = "image/png"
    return response


@pages.get("/calendar/<token>.ics")
@requires(Permission.PUBLIC)
def calendar(token: str) -> Response:
    """Calendar programs bring no sign-in: the address itself is the secret."""
    response = make_response(calendar_feed.feed(services().database, token=token, now=services().clock.now()))
    response.mimetype = "text/calendar"
    return response


@pages.get("/burning/push.js")
@requires(Permission.PUBLIC)
def push_listener() -> Response:
    response = send_from_directory(static_dir() / "burning", "push.js", mimetype="text/javascript", max_age=0)
    response.headers["Cache-Control"] = "no-cache"
    return response


@pages.post("/burning/calendar")
@requires(Permission.ORDERS_READ)
def make_calendar() -> ResponseReturnValue:
    try:
        token = calendar_feed.make_link(
            services().database, actor=desk(), language=language(), now=services().clock.now()
        )
    except Refusal as refusal:
        return _page(refusal)
    return _page(calendar_address=_calendar_address(token))


@pages.post("/burning/calendar/end")
@requires(Permission.ORDERS_READ)
def end_calendars() -> ResponseReturnValue:
    calendar_feed.end_links(services().database, actor=desk(), now=services().clock.now())
    return redirect(url_for("alerts.show") + "#told")


@pages.post("/burning/targets")
@requires(Permission.ORDERS_READ)
def add_target() -> ResponseReturnValue:
    try:
        target = alert_targets.add_target(
            services().database,
            _webhooks(),
            actor=desk(),
            kind=request.form.get("kind", ""),
            address=request.form.get("address", ""),
            language=language(),
            digest=request.form.get("digest") == "1",
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _page(refusal)
    return _page(webhook_secret=target.secret)


@pages.post("/burning/targets/<target_id>/end")
@requires(Permission.ORDERS_READ)
def end_target(target_id: str) -> ResponseReturnValue:
    alert_targets.end_target(
        services().database, actor=desk(), target_id=target_id, now=services().clock.now()
    )
    return redirect(url_for("alerts.show") + "#told")


def _page(
    refusal: Refusal | None = None, *, calendar_address: str = "", webhook_secret: str = ""
) -> ResponseReturnValue:
    now = services().clock.now()
    burning = _burning()
    page = render_template(
        "alerts/burning.html",
        bands=_by_band(burning, now),
        text=alert_texts.text(_hot(burning), language(), now),
        targets=alert_targets.targets_of(services().database, actor=desk()),
        calendars=calendar_feed.links_of(services().database, actor=desk()),
        calendar_address=calendar_address,
        webhook_secret=webhook_secret,
        webhook_hosts=services().settings.webhook_hosts,
        push_key=_push().public_key() if _push().configured else "",
        unfiled=completeness.unfiled_events(
            services().database, organisation_id=desk().organisation_id, now=now
        ),
        mail_on=mailer_of(services().settings.smtp_url).configured,
        typed=request.form,
        problem=None if refusal is None else errors.sentence(refusal),
        now=now,
    )
    return page, 200 if refusal is None else errors.status_of(refusal)


def _burning() -> list[alert_texts.Burns]:
    since = services().clock.now() - PASSED
    with services().database.read() as session:
        return alerts.burns_next(session, desk().organisation_id, since=since, limit=MOST_SHOWN)


def _hot(burning: list[alert_texts.Burns] | None = None) -> list[alert_texts.Burns]:
    """What a chat group is told: what passed within the last two days or burns within three."""
    now = services().clock.now()
    listed = _burning() if burning is None else burning
    return [one for one in listed if now - timedelta(days=2) <= one.act_by <= now + timedelta(days=3)]


def _by_band(burning: list[alert_texts.Burns], now: datetime) -> list[tuple[str, list[alert_texts.Burns]]]:
    """Passed, within 6, 24 and 72 hours, later; empty bands are left out."""
    found: dict[str, list[alert_texts.Burns]] = {}
    for one in burning:
        left = one.act_by - now
        band = next((name for name, most in _BANDS if left <= most), "later")
        found.setdefault(band, []).append(one)
    return list(found.items())


def _push() -> Push:
    return Push(services().settings.push_contact, services().secret)


def _webhooks() -> Webhooks:
    return Webhooks(services().settings.webhook_hosts)


def _calendar_address(token: str) -> str:
    base = services().settings.public_url or request.host_url.rstrip("/")
    return base + url_for("alerts.calendar", token=token)
