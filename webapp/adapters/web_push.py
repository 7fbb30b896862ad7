"""Web push (RFC 8030, 8291, 8292): a convenience. It fails where its services are blocked, so nothing depends on it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Collection
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from webapp.adapters.notifier import TIMEOUT_S, NoRedirect, NotSent

PUSH_HOSTS: Final = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
)
"""Where browsers' makers deliver; a leading dot: any name below. No other address is ever called."""

LONGEST_SUBSCRIPTION: Final = 2000
_TTL_S: Final = 6 * 3600
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_GONE: Final = (404, 410)


class SubscriptionUnreadable(Exception):
    """What a browser sent is no push subscription of a known service."""


@dataclass(frozen=True)
class Subscription:
    endpoint: str
    p256dh: bytes
    auth: bytes


def read_subscription(text: str, hosts: Collection[str] = PUSH_HOSTS) -> Subscription:
    """What ``PushSubscription.toJSON()`` gives. Raises SubscriptionUnreadable."""
    try:
        said: dict[str, Any] = json.loads(text[: LONGEST_SUBSCRIPTION + 1])
        keys = said["keys"]
        found = Subscription(str(said["endpoint"]), _bytes(keys["p256dh"]), _bytes(keys["auth"]))
        parts = urlsplit(found.endpoint)
        port = parts.port
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), found.p256dh)
    except (ValueError, KeyError, TypeError):
        raise SubscriptionUnreadable from None
    host = parts.hostname or ""
    known = any(host == one or (one.startswith(".") and host.endswith(one)) for one in hosts)
    if parts.scheme != "https" or port not in (None, 443) or not known or len(found.auth) != 16:
        raise SubscriptionUnreadable
    return found


@dataclass(frozen=True)
class Push:
    """``contact``: who the push services may write to (``mailto:…``); None: the operator did not turn push on."""

    contact: str | None
    secret: bytes

    @property
    def configured(self) -> bool:
        return self.contact is not None

    def public_key(self) -> str:
        """The application server's key as browsers take it (base64url)."""
        point = self._key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode("ascii")

    def send(self, subscription: Subscription, payload: bytes) -> None:
        """Raises NotSent; ``push_gone`` when the browser has ended its subscription."""
        if self.contact is None:
            raise NotSent("push_off")
        request = Request(
            subscription.endpoint,
            data=encrypted(subscription, payload),
            headers=self._headers(subscription),
            method="POST",
        )
        try:
            with build_opener(NoRedirect(), ProxyHandler({})).open(request, timeout=TIMEOUT_S):
                return
        except HTTPError as refused:
            raise NotSent("push_gone" if refused.code in _GONE else "push_failed") from None
        except (URLError, OSError, HTTPException):
            raise NotSent("push_failed") from None

    def _headers(self, subscription: Subscription) -> dict[str, str]:
        parts = urlsplit(subscription.endpoint)
        vapid = Vapid02(self._key())
        signed = vapid.sign({"aud": f"https://{parts.netloc}", "sub": self.contact})
        return {
            "Authorization": str(signed["Authorization"]),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(_TTL_S),
        }

    def _key(self) -> ec.EllipticCurvePrivateKey:
        """Follows from the instance's secret: subscriptions are bound to it, so it must outlive restarts."""
        number = int.from_bytes(hashlib.sha512(b"dockproof web push\n" + self.secret).digest(), "big")
        return ec.derive_private_key(number % (_P256_ORDER - 1) + 1, ec.SECP256R1())


def encrypted(subscription: Subscription, payload: bytes) -> bytes:
    """RFC 8291: only that browser can read it."""
    once = ec.generate_private_key(ec.SECP256R1())
    sealed: bytes = http_ece.encrypt(
        payload,
        salt=os.urandom(16),
        private_key=once,
        dh=subscription.p256dh,
        auth_secret=subscription.auth,
        version="aes128gcm",
    )
    return sealed


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
