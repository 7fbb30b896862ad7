"""The headers of the upload endpoint, for the OpenAPI document (tus 1.0)."""

from __future__ import annotations

from typing import Any, Final


def _header(name: str, schema: dict[str, Any], about: str, *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "schema": schema, "description": about}


_NUMBER: Final = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}
_VERSION: Final = _header("Tus-Resumable", {"type": "string", "enum": ["1.0.0"]}, "tus", required=True)
_CHECKSUM: Final = _header(
    "Upload-Checksum",
    {"type": "string", "pattern": "^sha256 [A-Za-z0-9+/]{43}=$"},
    "of this body; the same digest stands in Authorization",
)

HEADERS: Final[dict[str, list[dict[str, Any]]]] = {
    "api_files.create": [
        _VERSION,
        _header("Upload-Length", _NUMBER, "bytes of the whole file, or Upload-Defer-Length"),
        _header("Upload-Defer-Length", {"type": "string", "enum": ["1"]}, "the length is not known yet"),
        _header("Upload-Metadata", {"type": "string"}, "record <base64 id>,mime <base64 type>"),
        _CHECKSUM,
    ],
    "api_files.append": [
        _VERSION,
        _header("Upload-Offset", _NUMBER, "where this body goes", required=True),
        _header("Upload-Length", _NUMBER, "when it was deferred and is known now"),
        _CHECKSUM,
    ],
    "api_files.terminate": [_VERSION],
    "api_files.head": [_VERSION],
}

BODY: Final[dict[str, Any]] = {
    "required": False,
    "content": {"application/offset+octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
SENT: Final = frozenset({"api_files.create", "api_files.append"})
