"""``manifest.json`` of a backup: what belongs to it, each with its SHA-256."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from webapp.adapters import disk
from webapp.domain.refusals import Refusal

NAME = "manifest.json"

Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
# Names become paths: no dots that climb, nothing absolute.
KeyName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$")
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileSum(_Part):
    sha256: Hash
    bytes: int = Field(ge=0)


class BlobList(_Part):
    """``sha256`` is that of ``blobs.txt``."""

    sha256: Hash
    count: int = Field(ge=0)
    bytes: int = Field(ge=0)


class Manifest(_Part):
    """Guards against damage and mix-ups. Whoever may write to the folder can write a new one: records guard
    themselves by their devices' signatures, which ``restore`` checks."""

    format: Literal[1] = 1
    made_at: datetime
    state: Annotated[str, StringConstraints(pattern=r"^state-[0-9A-Za-z-]{1,64}$")]
    schema_revision: str
    log_size: int = Field(ge=0)
    database: FileSum
    blobs: BlobList
    keys: dict[KeyName, Hash]
    missing: list[Hash]
    sum: Hash | None = None
    """SHA-256 of this document's JSON without this value."""

    def own_sum(self) -> str:
        return hashlib.sha256(self.model_dump_json(exclude={"sum"}).encode("utf-8")).hexdigest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    whole = manifest.model_copy(update={"sum": manifest.own_sum()})
    disk.write_whole(folder / NAME, whole.model_dump_json(indent=1).encode("utf-8") + b"\n")


def read_manifest(folder: Path) -> Manifest:
    """Raises ``backup_missing``, ``backup_damaged``."""
    try:
        manifest = Manifest.model_validate_json((folder / NAME).read_bytes())
    except FileNotFoundError:
        raise Refusal("backup_missing", folder=str(folder)) from None
    except (ValidationError, IsADirectoryError):
        raise Refusal("backup_damaged", what=NAME) from None
    if manifest.sum != manifest.own_sum():
        raise Refusal("backup_damaged", what=NAME)
    return manifest
