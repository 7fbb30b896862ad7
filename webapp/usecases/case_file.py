"""The case file of one order as a BagIt bag in a ZIP (domain.md section 7; evidence.md, export), made while it is sent.

In it: the tree of section 7 with every original byte for byte, the signed records with their log entries and the public
keys of the phones, the report, a page to browse it offline. Nothing of it is kept here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from webapp.adapters.bag_writer import BagFile, write_bag
from webapp.adapters.blobs import Blobs
from webapp.adapters.case_pages import case_index
from webapp.adapters.case_pdf import case_pdf
from webapp.domain.case import Case
from webapp.domain.casefile import safe_name
from webapp.domain.folders import FOLDER_NAMES, Folder
from webapp.locate import fonts_dir
from webapp.store import cases as rows
from webapp.store import orders as order_rows
from webapp.store import people
from webapp.store.database import Database
from webapp.usecases.case_data import case_of
from webapp.usecases.case_papers import paper_files
from webapp.usecases.case_records import record_files
from webapp.usecases.case_tables import (
    as_json,
    export_row,
    listing,
    order_table,
    payments_table,
    timeline_table,
)

INDEX: Final = "index.html"
LISTING: Final = "manifest.json"
_RECORDS: Final = "records"


@dataclass(frozen=True)
class CaseFile:
    """``pieces``: the archive's bytes; ``missing``: exhibits whose bytes are gone from the store (doctor says why)."""

    name: str
    pieces: Iterator[bytes]
    missing: tuple[str, ...]


def write(
    database: Database,
    blobs: Blobs,
    *,
    organisation_id: str,
    order_no: str,
    language: str,
    actor: str,
    now: datetime,
) -> CaseFile:
    """Raises ``order_unknown`` before the first byte. The export is in the audit, whoever makes it."""
    with database.read() as session:
        case = case_of(session, organisation_id=organisation_id, order_no=order_no, now=now)
        row = export_row(order_rows.orders_by_id(session, {case.order_id})[0])
    with database.write() as session:
        people.audit(
            session,
            at=now,
            actor=actor,
            action="case_file.exported",
            subject=case.order_id,
            organisation_id=organisation_id,
            exhibits=len(case.exhibits),
            language=language,
        )
    name = f"case-{safe_name(order_no)}"
    missing = tuple(one.path for one in case.exhibits if not blobs.exists(one.sha256))
    files = _files(database, blobs, case, row, language)
    info = {"External-Description": f"Case file of order {order_no}", "External-Identifier": order_no}
    return CaseFile(f"{name}.zip", write_bag(name, files, info=info, made=now), missing)


def organisation_of(database: Database, order_no: str) -> str:
    """For the command line, which speaks for the whole instance. Raises ``order_unknown``."""
    with database.read() as session:
        return rows.organisation_of_order_no(session, order_no)


def _files(
    database: Database, blobs: Blobs, case: Case, row: Mapping[str, Any], language: str
) -> Iterator[BagFile]:
    here = [one for one in case.exhibits if blobs.exists(one.sha256)]
    report = f"report-{language}.pdf"
    pictures = _Pictures(blobs)
    yield _text(INDEX, case_index(case, language=language, reports=[report]))
    yield BagFile(report, case_pdf(case, pictures, language=language, fonts_dir=fonts_dir()))
    yield _text("timeline.csv", timeline_table(case))
    base = f"{case.folder}/{FOLDER_NAMES[Folder.ORDER]}/{safe_name(case.order_no)}_order"
    yield _text(f"{base}.json", as_json(row))
    yield _text(f"{base}.csv", order_table(row))
    if case.payments:
        yield _text(f"{case.folder}/{FOLDER_NAMES[Folder.PAYMENT]}/payments.csv", payments_table(case))
    for one in here:
        yield BagFile(f"{case.folder}/{one.path}", blobs.path(one.sha256))
    kept: list[str] = []
    with database.read() as session:
        yield from paper_files(session, case)
        for file in record_files(session, case.order_id, _RECORDS):
            kept.append(file.path)
            yield file
    yield _text(LISTING, listing(case, here, kept))


class _Pictures:
    """Small pictures by hash."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def __call__(self, sha256: str) -> Path | None:
        return self._blobs.path(sha256) if self._blobs.exists(sha256) else None


def _text(path: str, said: str) -> BagFile:
    return BagFile(path, said.encode("utf-8"))


def write_file(target: Path, pieces: Iterable[bytes]) -> int:
    """Bytes written. A file that is there already stays: an old case file is evidence too (``FileExistsError``)."""
    size = 0
    with target.open("xb") as file:
        for piece in pieces:
            size += file.write(piece)
    return size
