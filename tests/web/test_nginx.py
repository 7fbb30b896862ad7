"""Debian's nginx in front of a real server, with the very configuration that docs/operations.md gives."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.instance import make_instance
from tests.support.phone import Answer, Phone
from tests.support.rig import Rig, rigged
from tests.support.server import ROOT, Server, free_port, until
from tests.support.upload_dock import SLICES
from tests.support.world import START, opaque
from webapp.config import WrongSetting, read_settings
from webapp.domain.permissions import Role

HOST = "dock.example"
PIECE = 256 << 10
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def documented() -> str:
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    (block,) = re.findall(r"```nginx\n(.*?)```", text, re.DOTALL)
    return str(block)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate of its own for ``HOST``, for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "cert.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return public, private


@dataclass
class Front:
    """nginx, and the server behind it; a transport for ``Phone``."""

    port: int
    home: Path
    trust: ssl.SSLContext

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self.port}",
            headers={"Host": HOST},
            # The name in the certificate, not the address, is what is checked.
            verify=self.trust,
            timeout=30,
        )

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        with self.client() as client:
            sent = client.request(
                method, path, headers=dict(headers), content=body, extensions={"sni_hostname": HOST}
            )
            return Answer(sent.status_code, {k.lower(): v for k, v in sent.headers.items()}, sent.content)

    def connection(self) -> ssl.SSLSocket:
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        return self.trust.wrap_socket(raw, server_hostname=HOST)


@contextmanager
def fronted(folder: Path, home: Path) -> Iterator[Front]:
    assert NGINX is not None, (
        "This test needs nginx: please install the package nginx-light and run it again."
    )
    server = Server(home)
    server.start()
    port, plain = free_port(), free_port()
    public, private = certificate(folder)
    block = documented()
    for ours, theirs in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("/etc/ssl/dock.example/fullchain.pem", str(public)),
        ("/etc/ssl/dock.example/privkey.pem", str(private)),
        ("http://127.0.0.1:8000", f"http://127.0.0.1:{server.port}"),
    ):
        assert ours in block
        block = block.replace(ours, theirs)
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\n{places}{block}}}\n"
    )
    process = subprocess.Popen(
        [NGINX, "-p", str(folder), "-c", str(main), "-e", str(folder / "error.log")],
        stderr=subprocess.DEVNULL,
    )
    trust = ssl.create_default_context(cafile=str(public))
    front = Front(port, home, trust)

    def answers() -> bool:
        assert process.poll() is None, (folder / "error.log").read_text()
        try:
            return front("GET", "/healthz", {}, b"").status == 200
        except httpx.TransportError:
            return False

    try:
        until(answers, "nginx")
        yield front
    finally:
        process.terminate()
        process.wait(30)
        server.kill()


@pytest.fixture(scope="module")
def phones(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rig, Front]]:
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("nginx")
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("DOCKPROOF_TRUSTED_PROXY", "1")
        rig = stack.enter_context(rigged(home))
        yield rig, stack.enter_context(fronted(folder, home))


def test_a_film_goes_through_whole(phones: tuple[Rig, Front]) -> None:
    rig, front = phones
    phone = rig.phone()
    phone._transport = front
    big = (SLICES[0] + bytes(3 << 20), b"end")
    phone.send([phone.take_open("open", START)])
    answer = phone.upload(opaque("open"), b"".join(big), piece=1 << 20)
    assert answer.status == 204 and answer.headers["dockproof-sha256"].startswith("sha256:")
    (receipt,) = phone.send([phone.take("close", START, opens="open", slices=big, counts=(2, 0))])
    assert receipt["file"]["state"] == "verified"


def test_a_cut_body_keeps_what_had_come(phones: tuple[Rig, Front]) -> None:
    """Half of it is on the server's disk while the phone is still sending: nothing waits at the proxy."""
    rig, front = phones
    phone = rig.phone("second phone")
    phone._transport = front
    phone.send([phone.take_open("cut", START)])
    # The server writes whole pieces: a half of two of them is on its disk to the last byte.
    data = (SLICES[0] + bytes(4 * PIECE))[: 4 * PIECE]
    half = 2 * PIECE
    path = phone.create_upload(opaque("cut"), len(data)).headers["location"]
    with front.connection() as connection:
        connection.sendall(patch_head(phone, path, data) + data[:half])
        spooled = front.home / "spool" / path.rpartition("/")[2]
        until(lambda: spooled.stat().st_size == half, "the first half on the server's disk")
    answer = phone.tus("HEAD", path)
    assert (answer.status, answer.headers["upload-offset"]) == (200, str(half))
    answer = phone.tus("PATCH", path, data[half:], Upload_Offset=str(half))
    assert (answer.status, answer.headers["upload-offset"]) == (204, str(len(data)))


def patch_head(phone: Phone, path: str, data: bytes) -> bytes:
    digest = sha256(data)
    lines = [
        f"PATCH {path} HTTP/1.1",
        f"Host: {HOST}",
        "Tus-Resumable: 1.0.0",
        "Upload-Offset: 0",
        f"Content-Length: {len(data)}",
        "Content-Type: application/offset+octet-stream",
        f"Upload-Checksum: sha256 {b64encode(digest.digest()).decode()}",
        f"Authorization: {phone.authorization('PATCH', path, digest.hexdigest())}",
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def test_a_large_film_is_not_stopped_by_the_limit_for_forms(phones: tuple[Rig, Front]) -> None:
    rig, front = phones
    phone = rig.phone("hanoi phone")
    phone._transport = front
    phone.send([phone.take_open("large", START, site=rig.world.hanoi)])
    data = bytes(65 << 20)
    path = phone.create_upload(opaque("large"), len(data) + 1).headers["location"]
    assert phone.tus("PATCH", path, data, Upload_Offset="0").status == 204


def test_links_carry_the_public_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKPROOF_TRUSTED_PROXY", "1")
    home, folder = tmp_path / "home", tmp_path / "nginx"
    folder.mkdir()
    instance = make_instance(home, datetime.now(UTC))
    owner = instance.client(Role.OWNER)
    cookies = {cookie.key: cookie.value for cookie in owner._cookies.values()}
    sni = {"sni_hostname": HOST}
    with fronted(folder, home) as front, front.client() as client:
        client.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        page = client.get("/phones", extensions=sni)
        form = "; ".join(value.partition(";")[0] for value in page.headers.get_list("set-cookie"))
        client.headers["Cookie"] += f"; {form}"
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        site = re.search(r'name="site" value="([0-9a-f]{32})"', page.text)
        assert token is not None and site is not None, page.text
        answer = client.post(
            "/phones/codes",
            data={"csrf_token": token[1], "site": site[1]},
            # Under HTTPS a form must come from our own pages: host and scheme are those that the proxy names.
            headers={"Referer": f"https://{HOST}/phones", "X-Forwarded-Host": "evil.example"},
            extensions=sni,
        )
        assert answer.status_code == 200, answer.text
        assert f"https://{HOST}/enrol" in answer.text
        assert "evil.example" not in answer.text


@pytest.mark.parametrize("value", ["yes", "true", "2", " 1"])
def test_the_setting_is_one_or_zero(value: str, tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match="DOCKPROOF_TRUSTED_PROXY"):
        read_settings({"DOCKPROOF_TRUSTED_PROXY": value}, tmp_path)
    assert read_settings({"DOCKPROOF_TRUSTED_PROXY": "1"}, tmp_path).trusted_proxy is True
    assert read_settings({}, tmp_path).trusted_proxy is False


def test_without_the_setting_nobodys_forwarded_host_is_believed(tmp_path: Path) -> None:
    instance = make_instance(tmp_path, datetime.now(UTC))
    owner = instance.client(Role.OWNER)
    page = owner.get("/phones").text
    site = re.search(r'name="site" value="([0-9a-f]{32})"', page)
    assert site is not None
    answer = owner.post(
        "/phones/codes",
        data={"csrf_token": instance.csrf(owner), "site": site[1]},
        headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
    )
    assert answer.status_code == 200 and "evil.example" not in answer.text
