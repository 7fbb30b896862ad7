"""The warehouse's authority in a browser's own store, as a person installs it: no certificate flag, no exception."""

from __future__ import annotations

import http.server
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from playwright.sync_api import Error, Playwright, expect, sync_playwright

from tests.support.browsers import PHONE, browser
from tests.support.lan import LanServed

INSIDE, OUTSIDE = "scale.lan", "bank.example"
RESOLVE = "--host-resolver-rules=" + ",".join(
    f"MAP {name} 127.0.0.1" for name in ("dock.lan", INSIDE, OUTSIDE)
)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


def test_an_installed_authority_is_trusted_for_the_warehouse_and_for_nothing_else(
    playwright: Playwright, tmp_path: Path
) -> None:
    served = LanServed(tmp_path / "home", name="dock.lan")
    try:
        person = tmp_path / "person"
        install(served.authority_file, person)
        with (
            leaf_server(served, tmp_path, INSIDE) as inside,
            leaf_server(served, tmp_path, OUTSIDE) as outside,
            browser(
                playwright,
                tmp_path / "profile",
                language="vi",
                viewport=PHONE,
                extra=(RESOLVE,),
                environ={"HOME": str(person)},
            ) as phone,
        ):
            page = phone.pages[0]
            page.goto(f"{served.address}/phone-check")
            expect(page.locator("[data-check=secure]")).to_have_attribute("data-state", "ok")
            expect(page.locator("[data-check=offline]")).to_have_attribute("data-state", "ok")
            assert page.evaluate("() => navigator.serviceWorker.ready.then((one) => one.active !== null)")
            # The same server, the same authority: only the name differs.
            answer = page.goto(inside)
            assert answer is not None and answer.text() == INSIDE
            with pytest.raises(Error, match="ERR_CERT_"):
                page.goto(outside)
    finally:
        served.kill()


def test_without_the_authority_the_browser_refuses(playwright: Playwright, tmp_path: Path) -> None:
    served = LanServed(tmp_path / "home", name="dock.lan")
    (tmp_path / "person").mkdir()
    try:
        with (
            browser(
                playwright,
                tmp_path / "profile",
                language="vi",
                viewport=PHONE,
                extra=(RESOLVE,),
                environ={"HOME": str(tmp_path / "person")},
            ) as phone,
            pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"),
        ):
            phone.pages[0].goto(f"{served.address}/phone-check")
    finally:
        served.kill()


def install(authority: Path, person: Path) -> None:
    """Into the store that Chromium on Linux asks for a person's own authorities."""
    tool = shutil.which("certutil")
    assert tool is not None, "No certutil on this machine (package libnss3-tools): run .ci/ensure-browser."
    store = person / ".pki" / "nssdb"
    store.mkdir(parents=True)
    database = ("-d", f"sql:{store}")
    subprocess.run([tool, *database, "-N", "--empty-password"], check=True)
    subprocess.run([tool, *database, "-A", "-t", "C,,", "-n", "dock", "-i", str(authority)], check=True)


@contextmanager
def leaf_server(served: LanServed, folder: Path, name: str) -> Iterator[str]:
    """An HTTPS server whose certificate the warehouse's authority has signed for ``name``; answers with it."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(name.encode("ascii"))

        def log_message(self, format: str, *args: Any) -> None:
            pass

    chain = folder / f"{name}.pem"
    chain.write_bytes(leaf(served, name) + served.authority_file.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://{name}:{server.server_port}/"
        server.shutdown()


def leaf(served: LanServed, name: str) -> bytes:
    """Key and certificate as PEM, signed with the stolen key of the authority."""
    authority = x509.load_pem_x509_certificate(served.authority_file.read_bytes())
    stolen = load_pem_private_key(served.authority_file.with_name("ca.key").read_bytes(), None)
    assert isinstance(stolen, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(stolen, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)
