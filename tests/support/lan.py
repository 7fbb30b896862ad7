"""A real `dockproof serve --lan` on loopback, under a name that only the test resolves."""

from __future__ import annotations

import base64
import hashlib
import re
import ssl
from pathlib import Path

import zxingcpp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image

from tests.support.serving import Served

_BLOCKS = {"█": (255, 255), "▀": (255, 0), "▄": (0, 255), "\xa0": (0, 0), " ": (0, 0)}


class LanServed(Served):
    def __init__(self, home: Path, *arguments: str, name: str) -> None:
        lan = ("--lan", "--host", "127.0.0.1", "--name", name, "--ca-port", "0")
        super().__init__(home, *lan, *arguments)

    @property
    def authority_file(self) -> Path:
        return self.home / "keys" / "lan" / "ca.pem"

    @property
    def fingerprint(self) -> str:
        return self._said("fingerprint: ")

    @property
    def door_port(self) -> int:
        match = re.search(r"install the certificate at http://127\.0\.0\.1:(\d+)/ca", "\n".join(self.lines))
        assert match is not None
        return int(match.group(1))

    def leaf_key_hash(self) -> str:
        """What Chromium's --ignore-certificate-errors-spki-list takes."""
        leaf = x509.load_pem_x509_certificate((self.home / "keys" / "lan" / "leaf.pem").read_bytes())
        key = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(hashlib.sha256(key).digest()).decode()

    def _answer(self) -> None:
        # With verification on: a server that TLS clients refuse has not started.
        context = ssl.create_default_context(cafile=str(self.authority_file))
        self._poll(f"https://127.0.0.1:{self.port}", context)


def printed_codes(lines: list[str]) -> list[str]:
    """What a phone reads from QR codes drawn with half blocks on a dark terminal."""
    found, rows = [], list[str]()
    for line in [*lines, ""]:
        if line and set(line) <= set(_BLOCKS):
            rows.append(line)
        elif rows:
            found.append(_read(rows))
            rows = []
    return found


def _read(rows: list[str]) -> str:
    width = max(map(len, rows))
    picture = Image.new("L", (width, len(rows) * 2), 255)
    for y, row in enumerate(rows):
        for x, block in enumerate(row):
            for half, shade in enumerate(_BLOCKS[block]):
                picture.putpixel((x, y * 2 + half), shade)
    large = picture.resize((picture.width * 6, picture.height * 6), Image.Resampling.NEAREST)
    return zxingcpp.read_barcodes(large)[0].text
