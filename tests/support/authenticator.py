"""A passkey authenticator in software, for answers that a browser would never give. Real Chromium: tests/browser."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from webapp.domain.signatures import encode_base64url

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One key. Every field may be bent before an answer is asked for."""

    rp_id: str
    origin: str
    flags: int = PRESENT | VERIFIED
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = b"passkey of chi 1"

    @property
    def id(self) -> str:
        return encode_base64url(self.credential_id)

    def create(self, challenge: bytes) -> str:
        numbers = self.key.public_key().public_numbers()
        cose = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        )
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + cose
        data = self._data(ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(self._client("webauthn.create", challenge), {"attestationObject": attestation})

    def get(self, challenge: bytes) -> str:
        self.count += 1
        client, data = self._client("webauthn.get", challenge), self._data(0)
        signed = data + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._answer(client, {"authenticatorData": data, "signature": signature})

    def _data(self, flags: int) -> bytes:
        host = hashlib.sha256(self.rp_id.encode()).digest()
        return host + struct.pack(">BI", self.flags | flags, self.count)

    def _client(self, kind: str, challenge: bytes) -> bytes:
        said = {"type": kind, "challenge": encode_base64url(challenge), "origin": self.origin}
        return json.dumps(said).encode()

    def _answer(self, client: bytes, parts: dict[str, bytes]) -> str:
        response = {
            name: encode_base64url(value) for name, value in {"clientDataJSON": client, **parts}.items()
        }
        return json.dumps(
            {
                "id": self.id,
                "rawId": self.id,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )
