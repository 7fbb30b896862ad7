"""``dockproof serve``: migrate, serve, print how to get in."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from ipaddress import ip_address
from typing import TextIO

from granian import Granian
from granian.constants import Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels

from webapp.adapters.lan_addresses import routed_address
from webapp.adapters.lan_authority import LanTrouble
from webapp.cli import lan as lans
from webapp.cli.instance import open_instance
from webapp.cli.lan_door import LanDoor
from webapp.locate import static_dir
from webapp.usecases import people
from webapp.usecases.demo import database_is_empty, fill_demo
from webapp.usecases.demo_claim import fill_demo_claim
from webapp.wiring import Services

BLOCKING_THREADS = 1024
"""A body that trickles in holds a thread: 500 slow clients must leave some (tests/hostile/test_slow_clients.py)."""

READ_BYTES = 256 * 1024


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "serve",
        help="migrate and serve",
        description="Serves the desk and the phone app. Prints the address, a sign-in link (until an owner exists, "
        "or in the demo) and a QR code for the phone.",
    )
    parser.add_argument(
        "--host", help="default 127.0.0.1; 0.0.0.0 (the default with --lan) lets other machines in"
    )
    parser.add_argument("--port", type=int, help="default: DOCKPROOF_PORT or 8000; 0 picks a free one")
    parser.add_argument(
        "--lan", action="store_true", help="HTTPS with an authority of this warehouse's own (docs/lan.md)"
    )
    parser.add_argument("--name", help="with --lan: the host name that phones use, such as dock.local")
    parser.add_argument(
        "--ca-port",
        type=int,
        help="with --lan: plain HTTP port that hands out the certificate; default: port + 1",
    )
    parser.add_argument(
        "--accept-new-address",
        action="store_true",
        help="phones at the old address may lose what they have not uploaded",
    )
    parser.add_argument("--demo", action="store_true", help="fill an empty database with demo data")
    parser.add_argument("--no-jobs", action="store_true", help="jobs run elsewhere: `dockproof work`")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    static_dir()  # says what to do when the client is not built, before anything is made
    if not args.lan and (args.name is not None or args.ca_port is not None):
        print("dockproof: --name and --ca-port go with --lan.", file=err)
        return 2
    services = open_instance()
    host = args.host or ("0.0.0.0" if args.lan else "127.0.0.1")
    try:
        if args.lan:
            lans.bound_address(host)
        port = _free_port(host, services.settings.port if args.port is None else args.port)
        lan = _prepare_lan(services, args, host, port) if args.lan else None
    except LanTrouble as trouble:
        print(f"dockproof: {trouble}", file=err)
        return 2
    if lan is not None and services.settings.public_url is None:
        services = replace(services, settings=replace(services.settings, public_url=lan.origin))
    if not _address_agreed(services, args, lan, err):
        return 2
    if args.demo and database_is_empty(services.database):
        started = services.clock.now()
        fill_demo(services.database, services.blobs, services.rulebook, now=started)
        fill_demo_claim(services.database, services.blobs, now=started)
    door = None if lan is None else _open_door(args, lan, host, port)
    _print_doors(services, args, host, port, lan, out)
    if lan is not None and door is not None:
        _print_lan(lan, door, out)
    print("Stop with Ctrl-C.", file=out, flush=True)
    _serve(services, host, port, lan, no_jobs=args.no_jobs)
    if door is not None:
        door.close()
    return 0


def _serve(services: Services, host: str, port: int, lan: lans.Lan | None, *, no_jobs: bool) -> None:
    os.environ["DOCKPROOF_HOME"] = str(services.settings.home)
    os.environ["DOCKPROOF_PORT"] = str(port)
    if lan is not None and services.settings.public_url is not None:
        os.environ["DOCKPROOF_PUBLIC_URL"] = services.settings.public_url
    services.database.engine.dispose()  # the server's own process opens its own
    jobs = None if no_jobs else Jobs()
    server = Granian(
        "webapp.wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=BLOCKING_THREADS,
        http1_settings=HTTP1Settings(max_buffer_size=READ_BYTES),
        websockets=False,
        respawn_failed_workers=True,
        log_level=LogLevels.error,
        ssl_cert=None if lan is None else lan.certificate.certificate,
        ssl_key=None if lan is None else lan.certificate.key,
        ssl_protocol_min=SSLProtocols.tls12,  # system browsers of Android 9 and older know nothing newer
    )
    try:
        server.serve()
    finally:
        if jobs is not None:
            jobs.stop()


def _prepare_lan(services: Services, args: argparse.Namespace, host: str, port: int) -> lans.Lan:
    return lans.prepare(
        services.settings.home, name=args.name, host=host, port=port, now=services.clock.now()
    )


def _address_agreed(services: Services, args: argparse.Namespace, lan: lans.Lan | None, err: TextIO) -> bool:
    return lans.check_origin(
        services.settings.home,
        services.settings.public_url or "",
        served=[] if lan is None else lans.other_origins(lan),
        accept=args.accept_new_address,
        err=err,
    )


def _open_door(args: argparse.Namespace, lan: lans.Lan, host: str, port: int) -> LanDoor:
    return LanDoor(
        host,
        port + 1 if args.ca_port is None else args.ca_port,
        authority=lan.certificate.authority,
        fingerprint=lan.certificate.fingerprint,
        origin=lan.origin,
    )


def _print_lan(lan: lans.Lan, door: LanDoor, out: TextIO) -> None:
    print(f"authority: {'made now' if lan.certificate.made_authority else 'as before'}", file=out)
    print(f"fingerprint: {lan.certificate.fingerprint}", file=out)
    print(f"certificate until: {lan.certificate.leaf_until:%Y-%m-%d}; renewed by starting again", file=out)
    for notice in lan.notices:
        print(notice, file=out)
    # By address, not by name: a name that was served over HTTPS is not opened over HTTP any more.
    install = f"http://{lan.address}:{door.port}/ca"
    print(f"New phone, first this: install the certificate at {install}", file=out)
    lans.print_qr(install, out)


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


def _print_doors(
    services: Services, args: argparse.Namespace, host: str, port: int, lan: lans.Lan | None, out: TextIO
) -> None:
    everywhere = host == "0.0.0.0"
    local = f"{'http' if lan is None else 'https'}://{'localhost' if everywhere else host}:{port}"
    address = services.settings.public_url or local
    phone = services.settings.public_url or (f"http://{_lan_address()}:{port}" if everywhere else local)
    print(f"address: {address}", file=out)
    if address == f"http://{host}:{port}" and is_loopback(host):
        print(f"passkeys work at http://localhost:{port}, not at an address", file=out)
    token = people.make_sign_in_link(services.database, demo=args.demo, now=services.clock.now())
    if token is not None:
        print(f"sign-in link: {address}/welcome/{token}", file=out)
    print(f"phone: {phone}/scan", file=out)
    if not phone.startswith("https://"):
        print(
            "The phone's camera works over HTTPS or on this machine itself (localhost), not over plain HTTP: "
            "see --lan.",
            file=out,
        )
    lans.print_qr(f"{phone}/scan", out)


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _lan_address() -> str:
    return str(routed_address() or "localhost")
