"""``dockproof serve``: migrate, serve, print how to get in."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import threading
from typing import TextIO

import qrcode
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from webapp.cli.instance import open_instance
from webapp.locate import static_dir
from webapp.usecases import people
from webapp.usecases.demo import database_is_empty, fill_demo
from webapp.wiring import Services

BLOCKING_THREADS = 256
READ_BYTES = 256 * 1024


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "serve",
        help="migrate and serve",
        description="Serves the desk and the phone app. Prints the address, a sign-in link (until an owner exists, "
        "or in the demo) and a QR code for the phone.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets other machines in")
    parser.add_argument("--port", type=int, help="default: DOCKPROOF_PORT or 8000; 0 picks a free one")
    parser.add_argument("--demo", action="store_true", help="fill an empty database with demo data")
    parser.add_argument("--no-jobs", action="store_true", help="jobs run elsewhere: `dockproof work`")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    static_dir()  # says what to do when the client is not built, before anything is made
    services = open_instance()
    if args.demo and database_is_empty(services.database):
        fill_demo(services.database, services.blobs, services.rulebook, now=services.clock.now())
    port = _free_port(args.host, services.settings.port if args.port is None else args.port)
    _print_doors(services, args, port, out)
    os.environ["DOCKPROOF_HOME"] = str(services.settings.home)
    os.environ["DOCKPROOF_PORT"] = str(port)
    services.database.engine.dispose()  # the server's own process opens its own
    jobs = None if args.no_jobs else Jobs()
    server = Granian(
        "webapp.wsgi:app",
        address=args.host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=BLOCKING_THREADS,
        http1_settings=HTTP1Settings(max_buffer_size=READ_BYTES),
        websockets=False,
        respawn_failed_workers=True,
        log_level=LogLevels.error,
    )
    try:
        server.serve()
    finally:
        if jobs is not None:
            jobs.stop()
    return 0


class Jobs:
    """Keeps one `dockproof work` alive beside the server."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        threading.Thread(target=self._keep, name="jobs-keeper", daemon=True).start()

    def _keep(self) -> None:
        while not self._stopping.is_set():
            self._child = subprocess.Popen(
                [sys.executable, "-m", "webapp.cli.main", "work", "--with-parent"], stdin=subprocess.PIPE
            )
            self._child.wait()
            self._stopping.wait(2)

    def stop(self) -> None:
        self._stopping.set()
        if self._child is not None:
            self._child.terminate()


def _free_port(host: str, port: int) -> int:
    """The port itself, or a free one for 0. Raises OSError when it is taken: better now than in a child process."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return int(probe.getsockname()[1])


def _print_doors(services: Services, args: argparse.Namespace, port: int, out: TextIO) -> None:
    local = f"http://{'localhost' if args.host == '0.0.0.0' else args.host}:{port}"
    address = services.settings.public_url or local
    phone = services.settings.public_url or (
        f"http://{_lan_address()}:{port}" if args.host == "0.0.0.0" else local
    )
    print(f"address: {address}", file=out)
    token = people.make_sign_in_link(services.database, demo=args.demo, now=services.clock.now())
    if token is not None:
        print(f"sign-in link: {address}/welcome/{token}", file=out)
    print(f"phone: {phone}/scan", file=out)
    if not phone.startswith("https://"):
        print(
            "The phone's camera works over HTTPS or on this machine itself (localhost), not over plain HTTP.",
            file=out,
        )
    code = qrcode.QRCode(border=2)
    code.add_data(f"{phone}/scan")
    code.print_ascii(out=out, invert=True)
    print("Stop with Ctrl-C.", file=out, flush=True)


def _lan_address() -> str:
    """This machine's address on its network; no packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "localhost"
