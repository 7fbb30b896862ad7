"""The sweep on real SQLite, with a real SMTP and a real HTTP listener: once each, dated by its instant, tried again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy import select

from tests.support.instance import Instance, make_instance
from webapp.adapters.notifier import NoMailer, NotSent, SmtpMailer, Webhooks
from webapp.adapters.web_push import Push, Subscription, SubscriptionUnreadable, encrypted, read_subscription
from webapp.domain.alerts import due, ladder
from webapp.domain.permissions import Role
from webapp.domain.refusals import Refusal
from webapp.store.schema import Deadline
from webapp.store.schema_alerts import Alert, AlertDelivery
from webapp.usecases import alert_targets, alerts, calendar_feed, digests
from webapp.usecases.alerts import Out
from webapp.usecases.sessions import Desk

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
HOURS = (72, 48, 24, 6)
NO_PUSH = Push(None, b"")
OFF = Out(NoMailer(), Webhooks(()), NO_PUSH)


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return make_instance(tmp_path, NOW)


@pytest.fixture
def owner(instance: Instance) -> Desk:
    return instance.person(Role.OWNER)


def lan_hears_of_it(instance: Instance, owner: Desk, language: str, *, digest: bool = False) -> None:
    alert_targets.add_target(
        instance.services.database,
        Webhooks(()),
        actor=owner,
        kind="email",
        address="lan@example.org",
        language=language,
        digest=digest,
        now=NOW,
    )


class _Smtp(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs."""

    def handle(self) -> None:
        self.wfile.write(b"220 mail\r\n")
        while line := self.rfile.readline():
            word = line.split(b" ")[0].strip().upper()
            if word == b"DATA":
                self.wfile.write(b"354 go\r\n")
                body = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    body += part
                self.server.mails.append(body)  # type: ignore[attr-defined]
            if word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def mails() -> Iterator[tuple[SmtpMailer, list[bytes]]]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp) as server:
        server.mails = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield (
            SmtpMailer(f"smtp://127.0.0.1:{server.server_address[1]}?from=dock%40example.org"),
            server.mails,  # type: ignore[attr-defined]
        )
        server.shutdown()


def told(instance: Instance) -> list[Alert]:
    with instance.services.database.read() as session:
        return list(session.scalars(select(Alert).order_by(Alert.at, Alert.id)))


@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    hours=st.integers(1, 400),
    looks=st.lists(st.integers(-50, 500), min_size=1, max_size=6),
)
def test_each_rung_fires_once_and_never_early(start: datetime, hours: int, looks: list[int]) -> None:
    began = start.replace(tzinfo=UTC)
    act_by = began + timedelta(hours=hours)
    rungs = ladder(act_by, start=began, hours=HOURS)
    assert [rung.at for rung in rungs] == sorted(rung.at for rung in rungs)
    assert all(rung.at > began for rung in rungs)
    fired: list[int] = []
    for look in sorted(looks):
        now = began + timedelta(hours=look)
        found = due(rungs, fired=fired, now=now)
        assert all(rung.at <= now for rung in found)
        fired += [rung.hours for rung in found]
    assert len(fired) == len(set(fired))


def test_a_sweep_after_downtime_fires_each_missed_rung_once_dated_by_its_instant(instance: Instance) -> None:
    database = instance.services.database
    first = alerts.sweep(database, now=NOW)
    assert first == len(told(instance)) > 0
    assert alerts.sweep(database, now=NOW) == 0
    later = NOW + timedelta(days=9)
    assert alerts.sweep(database, now=later) > 0
    assert alerts.sweep(database, now=later) == 0
    everything = told(instance)
    assert all(one.at == one.act_by - timedelta(hours=one.rung_hours) for one in everything)
    assert all(one.at <= one.fired_at for one in everything)
    keys = [(a.order_id, a.rule_id, a.subject_id, a.act_by, a.rung_hours) for a in everything]
    assert len(keys) == len(set(keys))


def test_a_person_is_told_by_mail_all_at_once_and_only_once(
    instance: Instance, owner: Desk, mails: tuple[SmtpMailer, list[bytes]]
) -> None:
    mailer, received = mails
    database = instance.services.database
    lan_hears_of_it(instance, owner, "vi")
    alerts.sweep(database, now=NOW)
    assert alerts.deliver(database, Out(mailer, Webhooks(()), NO_PUSH), now=NOW) == 1
    assert alerts.deliver(database, Out(mailer, Webhooks(()), NO_PUSH), now=NOW) == 0
    assert len(received) == 1 and b"To: lan@example.org" in received[0]


def test_what_cannot_be_sent_is_tried_again_later_and_given_up_in_the_end(
    instance: Instance, owner: Desk
) -> None:
    database = instance.services.database
    lan_hears_of_it(instance, owner, "en")
    alerts.sweep(database, now=NOW)
    now = NOW
    for _ in range(alerts.MOST_ATTEMPTS):
        assert alerts.deliver(database, OFF, now=now) == 0
        now += timedelta(days=1)
    with database.read() as session:
        for delivery in session.scalars(select(AlertDelivery)):
            assert (delivery.attempts, delivery.problem) == (alerts.MOST_ATTEMPTS, "mail_off")
            assert delivery.given_up_at is not None


def test_what_was_met_between_firing_and_sending_is_not_told(
    instance: Instance, owner: Desk, mails: tuple[SmtpMailer, list[bytes]]
) -> None:
    mailer, received = mails
    database, out = instance.services.database, Out(mailer, Webhooks(()), NO_PUSH)
    lan_hears_of_it(instance, owner, "en")
    alerts.sweep(database, now=NOW)
    first, *others = told(instance)
    with database.write() as session:
        for one in told(instance):
            if one.rule_id == first.rule_id:
                key = (one.order_id, one.rule_id, one.subject_kind, one.subject_id)
                clock = session.get_one(Deadline, key)
                clock.ended, clock.ended_at = "met", NOW
    left = {one.id for one in others if one.rule_id != first.rule_id}
    assert alerts.deliver(database, out, now=NOW) == 1 and left
    assert first.rule_id.encode() not in received[0]
    with database.read() as session:
        for delivery in session.scalars(select(AlertDelivery)):
            if delivery.alert_id in left:
                assert delivery.sent_at == NOW and delivery.given_up_at is None
            else:
                assert (delivery.sent_at, delivery.problem, delivery.attempts) == (None, "met_meanwhile", 0)
                assert delivery.given_up_at == NOW
    with database.write() as session:
        for clock in session.scalars(select(Deadline).where(Deadline.act_by.is_not(None))):
            clock.ended, clock.ended_at = "met", NOW
        for delivery in session.scalars(select(AlertDelivery)):
            delivery.sent_at = delivery.given_up_at = None
    assert alerts.deliver(database, out, now=NOW) == 0 and len(received) == 1


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.headers["Dockproof-Signature"], body))  # type: ignore[attr-defined]
        self.send_response(302 if self.path == "/away" else 204)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


def test_a_webhook_is_signed_and_goes_only_where_the_operator_allows(instance: Instance, owner: Desk) -> None:
    with HTTPServer(("127.0.0.1", 0), _Hook) as server:
        server.seen = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        here = f"127.0.0.1:{server.server_address[1]}"
        hooks = Webhooks((here,))
        target = alert_targets.add_target(
            instance.services.database,
            hooks,
            actor=owner,
            kind="webhook",
            address=f"http://{here}/in",
            language="en",
            digest=False,
            now=NOW,
        )
        alerts.sweep(instance.services.database, now=NOW)
        assert alerts.deliver(instance.services.database, Out(NoMailer(), hooks, NO_PUSH), now=NOW) == 1
        ((signature, body),) = server.seen  # type: ignore[attr-defined]
        assert signature == hmac.new(target.secret.encode(), body, hashlib.sha256).hexdigest()
        assert json.loads(body)["clocks"][0]["act_by"].endswith("Z")
        with pytest.raises(NotSent, match="webhook_failed"):
            hooks.post(f"http://{here}/away", b"{}", secret="s")
        server.shutdown()


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "https://good.example@evil.example/",
        "https://evil.example/good.example",
        "http://good.example/",
        "file:///etc/passwd",
        "https://good.example:99999/",
        "https://GOOD.example.evil/",
    ],
)
def test_no_other_address_is_ever_called(instance: Instance, owner: Desk, url: str) -> None:
    with pytest.raises(Refusal, match="alert_webhook_host"):
        alert_targets.add_target(
            instance.services.database,
            Webhooks(("good.example",)),
            actor=owner,
            kind="webhook",
            address=url,
            language="en",
            digest=False,
            now=NOW,
        )


def test_a_digest_goes_out_once_a_day_at_eight_where_the_reader_lives(
    instance: Instance, owner: Desk, mails: tuple[SmtpMailer, list[bytes]]
) -> None:
    mailer, received = mails
    database = instance.services.database
    lan_hears_of_it(instance, owner, "vi", digest=True)
    alerts.sweep(database, now=NOW)
    with database.read() as session:
        assert not list(session.scalars(select(AlertDelivery))), "nothing waits for ever beside the digest"
    eight = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert digests.send_due(database, mailer, now=eight - timedelta(days=1, seconds=1)) == 0
    assert digests.send_due(database, mailer, now=eight - timedelta(days=1)) == 1
    assert digests.send_due(database, mailer, now=eight - timedelta(seconds=1)) == 0
    assert digests.send_due(database, mailer, now=eight) == 1
    assert len(received) == 2


def test_a_calendar_lists_what_burns_until_its_address_ends(instance: Instance, owner: Desk) -> None:
    database = instance.services.database
    token = calendar_feed.make_link(database, actor=owner, language="vi", now=NOW)
    client = instance.client(Role.ANONYMOUS)
    answer = client.get(f"/calendar/{token}.ics")
    assert answer.mimetype == "text/calendar"
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    with database.read() as session:
        burning = alerts.burns_next(session, owner.organisation_id, since=NOW - calendar_feed.KEPT)
    assert sorted(event.decoded("dtstart") for event in events) == [
        one.act_by.replace(microsecond=0) for one in burning
    ]
    calendar_feed.end_links(database, actor=owner, now=NOW)
    assert client.get(f"/calendar/{token}.ics").status_code == 404
    assert client.get("/calendar/x.ics").status_code == 404


def browser_keys() -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    key = ec.derive_private_key(4711, ec.SECP256R1())
    return key, key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def test_only_the_browser_can_read_what_is_pushed_to_it() -> None:
    key, point = browser_keys()
    sealed = encrypted(
        Subscription("https://fcm.googleapis.com/x", point, b"a" * 16), "R-02 还剩 5 小时".encode()
    )
    opened = http_ece.decrypt(sealed, private_key=key, auth_secret=b"a" * 16, version="aes128gcm")
    assert opened.decode() == "R-02 还剩 5 小时"


@pytest.mark.parametrize(
    ("endpoint", "known"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://web.push.apple.com/abc", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com.evil.example/x", False),
        ("https://evilpush.apple.com.example/x", False),
        ("https://127.0.0.1/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
    ],
)
def test_a_push_goes_only_to_browsers_makers(endpoint: str, known: bool) -> None:
    _, point = browser_keys()

    def text_of(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    said = json.dumps({"endpoint": endpoint, "keys": {"p256dh": text_of(point), "auth": text_of(b"a" * 16)}})
    if known:
        assert read_subscription(said).endpoint == endpoint
    else:
        with pytest.raises(SubscriptionUnreadable):
            read_subscription(said)
