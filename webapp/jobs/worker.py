"""The worker: one loop over the work table, in a thread of `serve` or alone as `dockproof work`."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from webapp.adapters.notifier import Webhooks, mailer_of
from webapp.adapters.web_push import Push
from webapp.usecases import alerts, claim_expiry, claims, digests, log_guard, upload_expiry
from webapp.usecases.derivatives import run_next
from webapp.usecases.imports import Drafts
from webapp.wiring import Services

log = logging.getLogger(__name__)

IDLE_SECONDS = 1.0
EXPIRE_EVERY = timedelta(hours=1)
SWEEP_EVERY = timedelta(minutes=1)


class Worker:
    """Runs jobs until stopped. A job that dies with the process is taken up again when its lease ends."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stop = threading.Event()
        self._expired_at: datetime | None = None
        self._swept_at: datetime | None = None
        self._caught_up_at: datetime | None = None
        self._thread = threading.Thread(target=self._run, name="dockproof-jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def run_all(self) -> int:
        """Every job that is due now; for tests, the demo and `dockproof work --once`."""
        done = 0
        while self._run_one():
            done += 1
        return done

    def run_forever(self) -> None:
        self._run()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._expire_uploads()
                self._sweep()
                if self._run_one():
                    continue
            except Exception:
                log.exception("a job failed; its lease will end and it will be tried again")
            self._stop.wait(IDLE_SECONDS)

    def _expire_uploads(self) -> None:
        now = self._services.clock.now()
        if self._expired_at is None or now - self._expired_at >= EXPIRE_EVERY:
            self._expired_at = now
            upload_expiry.expire(self._services.database, self._services.blobs, now=now)
            log_guard.guard_log(self._services.database, self._services.settings.home)
            import_drafts(self._services).expire()

    def _sweep(self) -> None:
        """Whatever was due while nobody looked fires now, dated by its own instant."""
        now = self._services.clock.now()
        if self._swept_at is None or now - self._swept_at >= SWEEP_EVERY:
            # What came in while the last sweep ran is looked at once more.
            since = None if self._caught_up_at is None else self._caught_up_at - SWEEP_EVERY
            self._swept_at = now
            sweep_clocks(self._services, since, now)
            self._caught_up_at = now

    def _run_one(self) -> bool:
        services = self._services
        # Somebody waits at a desk for an import, nobody for a copy of a film.
        return import_drafts(services).work.run_next() or run_next(
            services.database,
            services.blobs,
            now=services.clock.now(),
            spool=services.settings.home / "spool" / "derivatives",
        )


def sweep_clocks(services: Services, since: datetime | None, now: datetime) -> None:
    """Fills claims with what came for them, ends those whose window closed, fires alerts and tells them."""
    settings = services.settings
    mailer = mailer_of(settings.smtp_url)
    out = alerts.Out(mailer, Webhooks(settings.webhook_hosts), Push(settings.push_contact, services.secret))
    claims.catch_up(services.database, since=since, now=now)
    claim_expiry.expire_due(services.database, now=now)
    alerts.sweep(services.database, now=now)
    alerts.deliver(services.database, out, now=now)
    if mailer.configured:
        digests.send_due(services.database, mailer, now=now)


def import_drafts(services: Services) -> Drafts:
    return Drafts.of(services.database, services.rulebook, services.clock, services.settings.home)
