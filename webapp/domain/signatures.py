"""P-256 signatures of devices, and base64url read strictly.

WebCrypto writes a signature as r and s side by side (64 bytes); OpenSSL reads DER. Records keep DER.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*")
_HALF: Final = 32


class BadSignature(Exception):
    """A key, a signature or its encoding that does not hold. The message is for the log, not for people."""


def decode_base64url(text: str) -> bytes:
    """Bytes of unpadded base64url; anything that would not be written back the same is refused.

    Python's decoder accepts altered trailing bits, so one signature would have several spellings.
    """
    if not _BASE64URL.fullmatch(text):
        raise BadSignature("not base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise BadSignature("not base64url") from None
    if encode_base64url(data) != text:
        raise BadSignature("base64url with altered trailing bits")
    return data


def encode_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def check_public_key(spki: bytes) -> None:
    """Raises ``BadSignature`` unless ``spki`` is the DER of a P-256 public key, in its one canonical form."""
    if _load(spki).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != spki:
        raise BadSignature("not the key's canonical DER")


def raw_to_der(signature: bytes) -> bytes:
    """``r || s`` of 64 bytes as the DER that OpenSSL reads."""
    if len(signature) != 2 * _HALF:
        raise BadSignature(f"signature of {len(signature)} bytes, not 64")
    return encode_dss_signature(
        int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
    )


def der_to_raw(signature: bytes) -> bytes:
    r, s = decode_dss_signature(signature)
    return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")


def verify(spki: bytes, signature: bytes, data: bytes) -> None:
    """Raises ``BadSignature`` unless the raw ``signature`` (``r || s``) over ``data`` was made by the key's holder."""
    der = raw_to_der(signature)
    try:
        _load(spki).verify(der, data, ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise BadSignature("the signature does not hold") from None


def _load(spki: bytes) -> ec.EllipticCurvePublicKey:
    try:
        key = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm):
        raise BadSignature("not a public key in DER") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise BadSignature("not a P-256 key")
    return key
