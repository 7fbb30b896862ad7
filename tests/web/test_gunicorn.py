"""The application is plain WSGI: it also runs under gunicorn with threads."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx


def test_the_app_runs_under_gunicorn(tmp_path: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DOCKPROOF_")}
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "8"]
    socket = tmp_path / "dockproof.sock"
    process = subprocess.Popen(
        [*command, "--bind", f"unix:{socket}", "webapp.wsgi:app"],
        env={**inherited, "DOCKPROOF_HOME": str(tmp_path / "home")},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        # connection retries wait with a growing pause until gunicorn listens
        transport = httpx.HTTPTransport(uds=str(socket), retries=8)
        with httpx.Client(transport=transport, base_url="http://dock", timeout=30) as client:
            assert client.get("/healthz").json()["ok"] is True
            session = client.post("/api/v1/sessions").json()["session"]
            assert session
            assert client.get("/api/v1/snapshot").status_code == 401
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
