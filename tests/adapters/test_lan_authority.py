"""The warehouse's own authority: what it may vouch for, how long, who may read its key, and that it stays the same."""

from __future__ import annotations

import stat
import subprocess
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID

from webapp.adapters.lan_authority import LanCertificate, LanTrouble, lan_certificate, parse_host

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HERE = IPv4Address("192.168.1.20")


def made(
    home: Path, *, name: str = "dock.lan", addresses: tuple[IPv4Address, ...] = (HERE,), now: datetime = NOW
) -> LanCertificate:
    return lan_certificate(home, names=[name], addresses=addresses, now=now)


def leaf_of(certificate: LanCertificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(certificate.certificate.read_bytes())


def authority_of(certificate: LanCertificate) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate.authority)


def openssl_says(home: Path, leaf: bytes, *options: str) -> subprocess.CompletedProcess[str]:
    (home / "asked.pem").write_bytes(leaf)
    return subprocess.run(
        [
            "openssl",
            "verify",
            "-x509_strict",
            "-purpose",
            "sslserver",
            "-attime",
            str(int(NOW.timestamp())),
            "-CAfile",
            str(home / "keys" / "lan" / "ca.pem"),
            *options,
            str(home / "asked.pem"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_authority_vouches_for_private_names_and_addresses_only(tmp_path: Path) -> None:
    authority = authority_of(made(tmp_path))
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    permitted = [name.value for name in limits.value.permitted_subtrees or []]
    assert {"local", "lan", "home.arpa"} <= set(permitted)
    networks = [value for value in permitted if isinstance(value, IPv4Network)]
    assert {str(one) for one in networks} == {
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "127.0.0.0/8",
        "169.254.0.0/16",
    }
    basic = authority.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)
    assert isinstance(authority.public_key(), ec.EllipticCurvePublicKey)
    assert authority.not_valid_after_utc - authority.not_valid_before_utc == timedelta(days=3650)


def test_the_leaf_is_for_this_server_and_lasts_397_days(tmp_path: Path) -> None:
    leaf = leaf_of(made(tmp_path))
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["dock.lan"]
    assert names.get_values_for_type(x509.IPAddress) == [HERE]
    usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=397)
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_openssl_agrees(tmp_path: Path) -> None:
    leaf = made(tmp_path).certificate.read_bytes()
    answer = openssl_says(tmp_path, leaf, "-verify_hostname", "dock.lan")
    assert answer.returncode == 0, answer.stderr
    assert openssl_says(tmp_path, leaf, "-verify_ip", str(HERE)).returncode == 0
    assert openssl_says(tmp_path, leaf, "-verify_hostname", "other.lan").returncode != 0


def test_a_stolen_authority_is_worth_nothing_on_the_internet(tmp_path: Path) -> None:
    """Whoever steals the key signs a leaf for a bank; verification stops at the limits."""
    authority = authority_of(made(tmp_path))
    key = load_pem_private_key((tmp_path / "keys" / "lan" / "ca.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    leaf = leaf_of(made(tmp_path))
    for stranger in (
        x509.DNSName("bank.example"),
        x509.IPAddress(IPv4Address("203.0.113.9")),
        x509.DNSName("evil-lan"),
    ):
        builder = (
            x509.CertificateBuilder()
            .subject_name(leaf.subject)
            .issuer_name(authority.subject)
            .public_key(leaf.public_key())
            .serial_number(7)
            .not_valid_before(leaf.not_valid_before_utc)
            .not_valid_after(leaf.not_valid_after_utc)
        )
        for extension in leaf.extensions:
            if not isinstance(extension.value, x509.SubjectAlternativeName):
                builder = builder.add_extension(extension.value, extension.critical)
        forged = builder.add_extension(x509.SubjectAlternativeName([stranger]), critical=False).sign(
            key, leaf.signature_hash_algorithm
        )
        answer = openssl_says(tmp_path, forged.public_bytes(Encoding.PEM))
        assert answer.returncode != 0
        assert "permitted subtree violation" in answer.stderr


def test_keys_are_their_owners_alone(tmp_path: Path) -> None:
    made(tmp_path)
    folder = tmp_path / "keys" / "lan"
    assert stat.S_IMODE((folder / "ca.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "leaf.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    first = made(tmp_path)
    leaf = first.certificate.read_bytes()
    again = made(tmp_path, now=NOW + timedelta(days=30))
    assert (first.made_authority, again.made_authority) == (True, False)
    assert again.authority == first.authority
    assert again.certificate.read_bytes() == leaf


@pytest.mark.parametrize(("days", "renewed"), [(335, False), (338, True), (500, True)])
def test_the_leaf_is_renewed_when_less_than_60_days_are_left(
    tmp_path: Path, days: int, renewed: bool
) -> None:
    first = made(tmp_path)
    before = leaf_of(first).serial_number
    later = made(tmp_path, now=NOW + timedelta(days=days))
    assert (leaf_of(later).serial_number != before) is renewed
    assert later.authority == first.authority


def test_a_new_address_brings_a_new_leaf_from_the_same_authority(tmp_path: Path) -> None:
    first = made(tmp_path)
    moved = made(tmp_path, addresses=(IPv4Address("10.0.0.7"),))
    names = leaf_of(moved).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.IPAddress) == [IPv4Address("10.0.0.7")]
    assert moved.authority == first.authority


def test_a_damaged_leaf_is_made_again(tmp_path: Path) -> None:
    first = made(tmp_path)
    first.certificate.write_text("-----BEGIN CERTIFICATE-----\ncut")
    assert leaf_of(made(tmp_path)).issuer == authority_of(first).subject


@pytest.mark.parametrize("lost", ["ca.key", "ca.pem"])
def test_an_authority_is_never_made_anew_silently(tmp_path: Path, lost: str) -> None:
    made(tmp_path)
    (tmp_path / "keys" / "lan" / lost).unlink()
    with pytest.raises(LanTrouble, match="bring it back from a backup"):
        made(tmp_path)
    assert not (tmp_path / "keys" / "lan" / lost).exists()


def test_an_authority_that_ran_out_says_so(tmp_path: Path) -> None:
    made(tmp_path)
    with pytest.raises(LanTrouble, match="ran out on 2036"):
        made(tmp_path, now=NOW + timedelta(days=3650))


def test_a_public_name_is_permitted_only_when_the_authority_began_with_it(tmp_path: Path) -> None:
    made(tmp_path)
    with pytest.raises(LanTrouble, match=r"may not vouch for dock\.example"):
        made(tmp_path, name="dock.example")
    own = made(tmp_path / "other", name="dock.example")
    leaf = own.certificate.read_bytes()
    assert openssl_says(tmp_path / "other", leaf, "-verify_hostname", "dock.example").returncode == 0


def test_the_last_leaf_ends_with_its_authority(tmp_path: Path) -> None:
    made(tmp_path)
    late = made(tmp_path, now=NOW + timedelta(days=3600))
    assert late.leaf_until == late.authority_until
    serial = leaf_of(late).serial_number
    assert leaf_of(made(tmp_path, now=NOW + timedelta(days=3601))).serial_number == serial


@pytest.mark.parametrize("text", ["", "dock lan", "dock..lan", "a" * 64 + ".lan", "dock/lan", "dóck.lan"])
def test_what_is_no_host_name_is_refused(text: str) -> None:
    with pytest.raises(LanTrouble):
        parse_host(text)
