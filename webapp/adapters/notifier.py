"""Ways out of the machine: e-mail, webhooks. What the operator has not configured says so loudly and sends nothing."""

from __future__ import annotations

import hashlib
import hmac
import logging
import smtplib
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from http.client import HTTPException
from typing import Final, Protocol
from urllib.error import URLError
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

log = logging.getLogger(__name__)

TIMEOUT_S: Final = 20
SIGNATURE: Final = "Dockproof-Signature"


class NotSent(Exception):
    """A try that failed; ``code`` is the end of ``alert.problem_<code>``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    body: str


class Mailer(Protocol):
    @property
    def configured(self) -> bool: ...

    def send(self, mail: Mail) -> None:
        """Raises NotSent."""


@dataclass(frozen=True)
class NoMailer:
    """The operator set no DOCKPROOF_SMTP_URL: nothing is sent, and each message says so in the log."""

    configured: bool = False

    def send(self, mail: Mail) -> None:
        log.warning("an e-mail was not sent: DOCKPROOF_SMTP_URL is not set")
        raise NotSent("mail_off")


@dataclass(frozen=True)
class SmtpMailer:
    """``url``: ``smtp://user:secret@host:587?from=dock@example.org`` (STARTTLS) or ``smtps://…`` (TLS at once)."""

    url: str
    configured: bool = True

    def send(self, mail: Mail) -> None:
        parts = urlsplit(self.url)
        sender = dict(pair.partition("=")[::2] for pair in parts.query.split("&")).get("from", "")
        message = EmailMessage()
        message["From"], message["To"] = unquote(sender), mail.to
        message["Subject"] = " ".join(mail.subject.split())
        message["Date"], message["Message-ID"] = (
            formatdate(),
            make_msgid(domain=parts.hostname or "localhost"),
        )
        message.set_content(mail.body)
        try:
            with self._open() as server:
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused:
            raise NotSent("mail_address") from None
        except (OSError, smtplib.SMTPException):
            raise NotSent("mail_failed") from None

    def _open(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host, context = parts.hostname or "", ssl.create_default_context()
        if parts.scheme == "smtps":
            return smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_S, context=context)
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_S)
        # A mail server on this machine may speak plain; no other is told a password or an order in the clear.
        if host not in ("localhost", "127.0.0.1", "::1"):
            server.starttls(context=context)
        return server


class NoRedirect(HTTPRedirectHandler):
    """A redirect would lead wherever the other side likes."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


@dataclass(frozen=True)
class Webhooks:
    """POSTs to hosts that the operator named (DOCKPROOF_WEBHOOK_HOSTS), and to no other: no request of ours can be led
    into the network behind this machine.
    """

    hosts: Collection[str]

    def allows(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return False
        if parts.username or parts.password or parts.scheme not in ("https", "http") or not parts.hostname:
            return False
        named = parts.hostname if port is None else f"{parts.hostname}:{port}"
        return named in self.hosts and (
            parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1")
        )

    def post(self, url: str, body: bytes, *, secret: str) -> None:
        """Raises NotSent. The body's HMAC-SHA-256 (hex) stands in the header ``Dockproof-Signature``."""
        if not self.allows(url):
            raise NotSent("webhook_host")
        signature = hmac.new(secret.encode("utf-8"), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", SIGNATURE: signature}
        request = Request(url, data=body, headers=headers, method="POST")
        opener = build_opener(NoRedirect(), ProxyHandler({}))
        try:
            with opener.open(request, timeout=TIMEOUT_S) as answer:
                if not 200 <= answer.status < 300:
                    raise NotSent("webhook_refused")
        except (URLError, OSError, HTTPException, ValueError):
            raise NotSent("webhook_failed") from None


def mailer_of(smtp_url: str | None) -> Mailer:
    return NoMailer() if smtp_url is None else SmtpMailer(smtp_url)
