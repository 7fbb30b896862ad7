"""`dockproof serve --lan` for real: TLS that clients with the authority trust, its door, and moved addresses."""

from __future__ import annotations

import io
import re
import ssl
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import httpx
import pytest

from tests.support.lan import LanServed, printed_codes
from webapp.adapters.origin_note import note_origins, noted_origins
from webapp.cli import main
from webapp.cli.lan import check_origin


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanServed]:
    running = LanServed(tmp_path_factory.mktemp("lan"), name="dock.lan")
    try:
        yield running
    finally:
        running.kill()


def test_a_client_that_trusts_the_authority_needs_no_exception(served: LanServed) -> None:
    with httpx.Client(verify=ssl.create_default_context(cafile=str(served.authority_file))) as client:
        answer = client.get(f"https://127.0.0.1:{served.port}/healthz")
    assert answer.json()["ok"] is True
    assert served.address == f"https://dock.lan:{served.port}"
    with pytest.raises(httpx.ConnectError), httpx.Client() as stranger:
        stranger.get(f"https://127.0.0.1:{served.port}/healthz")


def test_two_qr_codes_and_the_fingerprint_are_printed(served: LanServed) -> None:
    said = "\n".join(served.lines)
    assert f"phone: https://dock.lan:{served.port}/scan" in said
    assert f"install the certificate at http://127.0.0.1:{served.door_port}/ca" in said
    assert printed_codes(served.lines) == [
        f"https://dock.lan:{served.port}/scan",
        f"http://127.0.0.1:{served.door_port}/ca",
    ]
    assert re.search(r"fingerprint: ([0-9A-F]{2}:){31}[0-9A-F]{2}", said)


def test_the_plain_door_hands_out_the_authority_and_nothing_else(served: LanServed) -> None:
    door = f"http://127.0.0.1:{served.door_port}"
    with httpx.Client(base_url=door) as client:
        certificate = client.get("/ca.crt")
        page = client.get("/ca", headers={"Accept-Language": "vi-VN,vi;q=0.9"})
        others = [
            client.get(path).status_code for path in ("/scan", "/healthz", "/../keys/lan/ca.key", "/ca.key")
        ]
        posted = client.post("/ca").status_code
    assert certificate.headers["Content-Type"] == "application/x-x509-ca-cert"
    assert ssl.DER_cert_to_PEM_cert(certificate.content).strip() == served.authority_file.read_text().strip()
    assert served.fingerprint in page.text
    assert f"https://dock.lan:{served.port}/phone-check" in page.text
    assert 'lang="vi"' in page.text
    assert "script" not in page.text
    assert (others, posted) == ([404, 404, 404, 404], 501)


@pytest.mark.parametrize(
    ("asked", "lang"), [("", "zh-CN"), ("fr", "zh-CN"), ("zh-TW", "zh-CN"), ("en-GB", "en")]
)
def test_the_door_speaks_the_phones_language(served: LanServed, asked: str, lang: str) -> None:
    page = httpx.get(f"http://127.0.0.1:{served.door_port}/ca", headers={"Accept-Language": asked})
    assert f'<html lang="{lang}">' in page.text


def test_a_second_start_has_the_same_authority_and_a_moved_port_is_refused(tmp_path: Path) -> None:
    """The origin is name and port: phones keep their storage under it."""
    first = LanServed(tmp_path, name="dock.lan")
    first.kill()
    assert noted_origins(tmp_path) == [f"https://dock.lan:{first.port}"]
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKPROOF_HOME", str(tmp_path))
        code = main.run(
            ["serve", "--lan", "--host", "127.0.0.1", "--port", "0", "--name", "moved.lan"], out, err
        )
    assert code == 2
    assert f"phones used https://dock.lan:{first.port} so far" in err.getvalue()
    assert "--accept-new-address" in err.getvalue()
    again = LanServed(tmp_path, "--accept-new-address", name="moved.lan")
    again.kill()
    assert again.fingerprint == first.fingerprint
    assert noted_origins(tmp_path) == [f"https://moved.lan:{again.port}"]


def test_an_old_address_that_still_answers_is_only_a_warning(tmp_path: Path) -> None:
    note_origins(tmp_path, ["https://192.168.1.20:8000"])
    err = io.StringIO()
    served = ["https://dock.lan:8000", "https://192.168.1.20:8000"]
    assert check_origin(tmp_path, "https://dock.lan:8000", served=served, accept=False, err=err)
    assert "still works here" in err.getvalue()
    assert noted_origins(tmp_path) == ["https://192.168.1.20:8000", "https://dock.lan:8000"]


def test_an_old_address_is_not_forgotten_by_a_third_one(tmp_path: Path) -> None:
    note_origins(tmp_path, ["https://192.168.1.20:8000", "https://dock.lan:8000"])
    err = io.StringIO()
    served = ["https://dock.lan:8000", "https://192.168.1.99:8000"]
    assert not check_origin(tmp_path, "https://dock.lan:8000", served=served, accept=False, err=err)
    assert "serve at https://192.168.1.20:8000 again" in err.getvalue()
    assert noted_origins(tmp_path) == ["https://192.168.1.20:8000", "https://dock.lan:8000"]


@pytest.mark.parametrize(
    "origin", ["http://192.168.1.20:8000", "https://127.0.0.1:8000", "https://localhost:8000", ""]
)
def test_addresses_that_hold_no_phones_data_are_not_noted(tmp_path: Path, origin: str) -> None:
    assert check_origin(tmp_path, origin, served=[], accept=False, err=io.StringIO())
    assert noted_origins(tmp_path) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--name", "dock.lan"],
        ["--lan", "--name", "not a name"],
        ["--lan", "--name", "192.168.250.250"],
        ["--lan", "--host", "dock.lan"],
    ],
)
def test_wrong_use_is_one_sentence_and_exit_2(
    tmp_path: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKPROOF_HOME", str(tmp_path))
    out, err = io.StringIO(), io.StringIO()
    assert main.run(["serve", "--port", "0", *arguments], out, err) == 2
    assert err.getvalue().startswith("dockproof: ")
    assert err.getvalue().count("\n") == 1
    assert IPv4Address("192.168.250.250").is_private
