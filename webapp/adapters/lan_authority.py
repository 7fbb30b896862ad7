"""HTTPS for a warehouse without a public name: an own authority that can only vouch for private names and addresses.

The authority (``keys/lan/ca.pem``, its key 0600) is made once and never again by itself: every phone trusts this very
one. The leaf is made anew at start when it runs out or when this machine's addresses have changed.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PRIVATE_NETWORKS: Final = (
    IPv4Network("10.0.0.0/8"),
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"),
    IPv4Network("127.0.0.0/8"),
    IPv4Network("169.254.0.0/16"),
    IPv6Network("fe80::/10"),
    IPv6Network("fc00::/7"),
    IPv6Network("::1/128"),
)
PRIVATE_NAMES: Final = ("local", "lan", "home.arpa", "localhost")
"""Without a leading dot: a name of RFC 5280 stands for itself and for everything below it."""

AUTHORITY_LIFE: Final = timedelta(days=3650)
LEAF_LIFE: Final = timedelta(days=397)
RENEW_BEFORE: Final = timedelta(days=60)
_BACKDATED: Final = timedelta(days=1)
"""A phone's clock may lag behind ours."""


class LanTrouble(Exception):
    """Why there is no certificate; the message is the sentence to print."""


@dataclass(frozen=True)
class LanCertificate:
    """``certificate`` and ``key`` are files for the TLS server; ``authority`` is DER, as phones take it in."""

    certificate: Path
    key: Path
    authority: bytes
    made_authority: bool
    leaf_until: datetime
    authority_until: datetime

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the authority's certificate, as phones show it: hex pairs with colons."""
        return hashlib.sha256(self.authority).digest().hex(":").upper()


def is_private(address: IPv4Address) -> bool:
    return any(address in network for network in PRIVATE_NETWORKS)


def lan_certificate(
    home: Path, *, names: Sequence[str], addresses: Collection[IPv4Address], now: datetime
) -> LanCertificate:
    """The certificate for exactly these names and private addresses, renewed when needed.

    The first of ``names`` may lie outside ``PRIVATE_NAMES`` when the authority is made; it is written into its limits.
    Raises ``LanTrouble``.
    """
    folder = home / "keys" / "lan"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = sorted({name.lower().rstrip(".") for name in names})
    if not names and not addresses:
        raise LanTrouble("There is no private address and no name to make a certificate for.")
    authority, key, made = _authority(folder, names, now)
    _need_permitted(authority, names)
    alternatives: list[x509.GeneralName] = [
        *(x509.DNSName(name) for name in names),
        *(x509.IPAddress(address) for address in sorted(set(addresses))),
    ]
    leaf = _standing_leaf(folder, authority, alternatives, now)
    if leaf is None:
        leaf = _new_leaf(folder, authority, key, alternatives, now)
    return LanCertificate(
        folder / "leaf.pem",
        folder / "leaf.key",
        authority.public_bytes(Encoding.DER),
        made,
        leaf.not_valid_after_utc,
        authority.not_valid_after_utc,
    )


def _authority(
    folder: Path, names: Iterable[str], now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey, bool]:
    certificate_file, key_file = folder / "ca.pem", folder / "ca.key"
    have = [file.exists() for file in (certificate_file, key_file)]
    if not any(have):
        return (*_new_authority(certificate_file, key_file, names, now), True)
    if not all(have):
        lost = key_file if have[0] else certificate_file
        raise LanTrouble(
            f"{lost} is missing, and phones trust only the authority that it belongs to: bring it back from a backup, "
            f"or move {folder} away to make a new one, which every phone must then install again."
        )
    certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    key = load_pem_private_key(key_file.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise LanTrouble(
            f"{certificate_file} and {key_file} do not belong together: bring both from one backup."
        )
    if certificate.not_valid_after_utc <= now + _BACKDATED:
        raise LanTrouble(
            f"The authority of this network ran out on {certificate.not_valid_after_utc:%Y-%m-%d}: move {folder} away "
            "to make a new one, and install it on every phone."
        )
    return certificate, key, False


def _new_authority(
    certificate_file: Path, key_file: Path, names: Iterable[str], now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    # Two instances on one phone's list must be told apart.
    mark = hashlib.sha256(_public_bytes(key)).hexdigest()[:8]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Dockproof LAN {mark}")])
    more = [name for name in names if not _below(name, PRIVATE_NAMES)]
    permitted: list[x509.GeneralName] = [x509.DNSName(name) for name in (*PRIVATE_NAMES, *more)]
    permitted += [x509.IPAddress(network) for network in PRIVATE_NETWORKS]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now - _BACKDATED + AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(key_file, _private_bytes(key), secret=True)
    _write(certificate_file, certificate.public_bytes(Encoding.PEM))
    return certificate, key


def _need_permitted(authority: x509.Certificate, names: Iterable[str]) -> None:
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    known = [name.value for name in limits if isinstance(name, x509.DNSName)]
    for name in names:
        if not _below(name, known):
            raise LanTrouble(
                f"The authority that the phones trust may not vouch for {name}: use a name that ends in .local or .lan."
            )


def _standing_leaf(
    folder: Path, authority: x509.Certificate, alternatives: list[x509.GeneralName], now: datetime
) -> x509.Certificate | None:
    """The leaf on disk, if it says what is needed and lasts; None for a missing, damaged or strange one."""
    try:
        leaf = x509.load_pem_x509_certificate((folder / "leaf.pem").read_bytes())
        key = load_pem_private_key((folder / "leaf.key").read_bytes(), None)
        leaf.verify_directly_issued_by(authority)
        said = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return None
    last = leaf.not_valid_after_utc
    lasts = last - now >= RENEW_BEFORE or last == authority.not_valid_after_utc
    fits = set(said) == set(alternatives) and key.public_key() == leaf.public_key()
    return leaf if fits and lasts and leaf.not_valid_before_utc <= now < last else None


def _new_leaf(
    folder: Path,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    alternatives: list[x509.GeneralName],
    now: datetime,
) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    begins = max(now - _BACKDATED, authority.not_valid_before_utc)
    # The instant of the end belongs to the life: a second less keeps it at 397 days.
    ends = min(begins + LEAF_LIFE - timedelta(seconds=1), authority.not_valid_after_utc)
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    leaf = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Dockproof")]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
        )
        .sign(authority_key, hashes.SHA256())
    )
    _write(folder / "leaf.key", _private_bytes(key), secret=True)
    _write(folder / "leaf.pem", leaf.public_bytes(Encoding.PEM))
    return leaf


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _below(name: str, roots: Iterable[str]) -> bool:
    return any(name == root or name.endswith(f".{root}") for root in roots)


def _private_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest


def _write(target: Path, data: bytes, *, secret: bool = False) -> None:
    """Whole or not at all: a cut file must not look like an authority."""
    partial = target.with_name(f"{target.name}.{os.getpid()}")
    mode = 0o600 if secret else 0o644
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, target)


def parse_host(text: str) -> str | IPv4Address:
    """A host name or an address, as ``--name`` and origins say it. Raises ``LanTrouble``."""
    try:
        return IPv4Address(text)
    except ipaddress.AddressValueError:
        pass
    name = text.lower().rstrip(".")
    labels = name.split(".")
    if len(name) > 253 or not all(
        0 < len(label) < 64 and label.isascii() and label.replace("-", "").isalnum() for label in labels
    ):
        raise LanTrouble(f"{text!r} is not a host name such as dock.local.")
    return name
