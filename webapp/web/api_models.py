"""Shapes of the evidence API's JSON: one source for checking and for /api/v1/openapi.json."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from webapp.domain.evidence import MAX_RECORD_BYTES

MAX_RECORDS = 200
MAX_SIDE_CHARACTERS = 4 << 20


class SideFileIn(BaseModel):
    model_config = ConfigDict(strict=True)

    name: str = Field(max_length=100, description="events.txt or chunks.txt")
    text: str = Field(max_length=MAX_SIDE_CHARACTERS)


class RecordIn(BaseModel):
    model_config = ConfigDict(strict=True)

    text: str = Field(max_length=MAX_RECORD_BYTES, description="record text, format 1")
    signature: str = Field(
        max_length=200, description="base64url of raw r || s, ECDSA P-256 SHA-256 over the text"
    )
    side: list[SideFileIn] = Field(default=[], max_length=8)


class RecordsIn(BaseModel):
    records: list[RecordIn] = Field(max_length=MAX_RECORDS)


class FindingOut(BaseModel):
    code: str
    message: str


class ErrorOut(BaseModel):
    code: str
    message: str


class RefusedOut(BaseModel):
    """Every refusal of the API; a stale session also carries a new one."""

    error: ErrorOut
    session: str | None = None
    server_time_ms: int | None = None


class FileOut(BaseModel):
    sha256: str = Field(description="sha256:<hex>, as the record names it")
    bytes: int
    state: str = Field(description="missing | partial | verified | mismatch, by the server's own hash")


class ReceiptOut(BaseModel):
    id: str | None
    state: str = Field(
        description="accepted | malformed | quarantined (the phone is revoked: kept for the desk)"
    )
    record: str = Field(description="sha256:<hex> of the record's text")
    entry: int | None = Field(description="index in the log")
    received: str = Field(description="ISO 8601, UTC")
    findings: list[FindingOut]
    file: FileOut | None
    error: ErrorOut | None = None


class RecordsOut(BaseModel):
    receipts: list[ReceiptOut]
    server_time_ms: int
