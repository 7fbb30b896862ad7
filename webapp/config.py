"""Settings from the environment, checked once at start: a wrong one is one clear sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError


class WrongSetting(Exception):
    """The message is the sentence to print."""


@dataclass(frozen=True)
class Settings:
    home: Path
    database_url: str
    public_url: str | None
    port: int
    trusted_proxy: bool = False
    """Believe X-Forwarded-Proto, -Host and -For of the one proxy in front (docs/operations.md)."""
    smtp_url: str | None = None
    """Where alerts go out by e-mail; None: nowhere, and each says so in the log."""
    webhook_hosts: tuple[str, ...] = ()
    """The only hosts that webhooks may name."""
    push_contact: str | None = None
    """``mailto:…``, told to browsers' push services; None: web push is off."""


def read_settings(environ: Mapping[str, str], cwd: Path) -> Settings:
    home = Path(environ.get("DOCKPROOF_HOME") or cwd / "instance").resolve()
    if home.exists() and not home.is_dir():
        raise WrongSetting("DOCKPROOF_HOME must be a folder; it names a file.")
    if environ.get("DOCKPROOF_BLOBS_URL"):
        raise WrongSetting("DOCKPROOF_BLOBS_URL: only the local store is built so far; unset it.")
    if environ.get("DOCKPROOF_TSA_URL"):
        raise WrongSetting("DOCKPROOF_TSA_URL: trusted time stamps are not built yet; unset it.")
    return Settings(
        home=home,
        database_url=_database_url(environ.get("DOCKPROOF_DATABASE_URL"), home),
        public_url=_public_url(environ.get("DOCKPROOF_PUBLIC_URL")),
        port=_port(environ.get("DOCKPROOF_PORT")),
        trusted_proxy=_switch("DOCKPROOF_TRUSTED_PROXY", environ.get("DOCKPROOF_TRUSTED_PROXY")),
        smtp_url=_smtp_url(environ.get("DOCKPROOF_SMTP_URL")),
        webhook_hosts=_hosts(environ.get("DOCKPROOF_WEBHOOK_HOSTS")),
        push_contact=_push_contact(environ.get("DOCKPROOF_PUSH_CONTACT")),
    )


def _database_url(value: str | None, home: Path) -> str:
    if not value:
        return f"sqlite:///{home / 'dockproof.db'}"
    try:
        backend = make_url(value).get_backend_name()
    except ArgumentError:
        raise WrongSetting(
            "DOCKPROOF_DATABASE_URL is not a database URL such as sqlite:////path/to/file.db."
        ) from None
    if backend != "sqlite":
        raise WrongSetting(
            "DOCKPROOF_DATABASE_URL: only SQLite is tested so far; use sqlite:////path/to/file.db."
        )
    return value


def _public_url(value: str | None) -> str | None:
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise WrongSetting("DOCKPROOF_PUBLIC_URL must be an address such as https://dock.example.")
    return value.rstrip("/")


def _smtp_url(value: str | None) -> str | None:
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or "from=" not in parts.query:
        raise WrongSetting(
            "DOCKPROOF_SMTP_URL must be an address such as smtps://name:secret@mail.example?from=dock@example.org."
        )
    return value


def _push_contact(value: str | None) -> str | None:
    if not value:
        return None
    if not value.startswith("mailto:") or "@" not in value:
        raise WrongSetting("DOCKPROOF_PUSH_CONTACT must be an address such as mailto:dock@example.org.")
    return value


def _hosts(value: str | None) -> tuple[str, ...]:
    hosts = tuple(host.strip().lower() for host in (value or "").split(",") if host.strip())
    if any("/" in host or "@" in host for host in hosts):
        raise WrongSetting("DOCKPROOF_WEBHOOK_HOSTS must be host names with commas between them.")
    return hosts


def _port(value: str | None) -> int:
    if not value:
        return 8000
    if not value.isascii() or not value.isdigit() or int(value) > 65535:
        raise WrongSetting("DOCKPROOF_PORT must be a number from 0 to 65535.")
    return int(value)


def _switch(name: str, value: str | None) -> bool:
    if value in (None, "", "0"):
        return False
    if value != "1":
        raise WrongSetting(f"{name} must be 1 or 0.")
    return True
