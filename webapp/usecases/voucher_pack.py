"""The pack for 1688's refund form (domain.md 4.4): at most 5 JPEG below 1 MB, a short Chinese text, the film beside it.

JPEG 1 carries the whole case alone. A pack is made once and kept; another one is another pack.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from webapp.adapters.blobs import Blobs, Stored
from webapp.adapters.catalogues import translate
from webapp.adapters.contact_sheets import CaseFace, SheetPicture, case_jpeg, contact_sheet
from webapp.adapters.media import frame_at
from webapp.adapters.media_facts import MediaFailed
from webapp.adapters.secrets import new_id
from webapp.domain.case import Case, CaseClaim, CaseExhibit
from webapp.domain.ledger import voucher_entry
from webapp.domain.quantities import quantity_text, yuan_text
from webapp.domain.refusals import Refusal
from webapp.domain.voucher import check_text, sheets, short_text
from webapp.locate import fonts_dir
from webapp.store import claims as claim_rows
from webapp.store import ledger, people, takes
from webapp.store import shares as rows
from webapp.store.database import Database
from webapp.store.schema import Blob
from webapp.store.schema_shares import Voucher, VoucherFile
from webapp.usecases import share_videos
from webapp.usecases.case_data import case_of
from webapp.usecases.people import Desk

_ZH: Final = "zh_CN"
_PAPERS: Final = frozenset({"EV-03", "EV-19", "EV-20", "EV-21"})
"""Papers that may go to the platform when nobody chose: chats and payments may name persons."""


@dataclass(frozen=True)
class Pack:
    """``files``: (number from 1, hash, bytes)."""

    id: str
    text: str
    made_at: datetime
    files: tuple[tuple[int, str, int], ...]


@dataclass(frozen=True)
class _Drawn:
    jpeg: bytes
    originals: tuple[str, ...]


def proposed_text(case: Case, claim: CaseClaim | None) -> str:
    """What a person wrote into the claim, else T-1 in its short form."""
    if claim is not None and claim.description_zh.strip():
        return claim.description_zh.strip()
    short = quantity_text(case.short_milli) if case.short_milli else None
    amount = "" if claim is None or claim.amount_fen is None else yuan_text(claim.amount_fen)
    remedy = translate(_ZH, "voucher.remedy_refund", amount=amount)
    return short_text(case.order_no, case.arrived, short, case.defective, remedy.strip())


def make(
    database: Database,
    blobs: Blobs,
    *,
    actor: Desk,
    order_no: str,
    claim_id: str | None,
    text: str,
    now: datetime,
) -> str:
    """Draws and keeps the pack, and asks for the film's copy; returns the pack's id.

    Raises ``order_unknown``, ``claim_unknown``, ``voucher_text_length``, ``voucher_nothing`` (nothing was counted,
    nothing can be shown).
    """
    said = check_text(text)
    organisation = actor.organisation_id
    with database.read() as session:
        case = case_of(session, organisation_id=organisation, order_no=order_no, now=now)
        claim = claim_of(case, claim_id)
        chosen = _chosen(session, case, claim_id)
        most = share_videos.most_bytes(session, organisation)
    drawn = _draw(blobs, case, claim, chosen, said)
    stored = [(blobs.put_bytes(one.jpeg), one.originals) for one in drawn]
    with database.write() as session:
        pack = Voucher(
            id=new_id(),
            organisation_id=organisation,
            order_id=case.order_id,
            claim_id=claim_id,
            text=said,
            made_by=f"user:{actor.id}",
            made_at=now,
        )
        session.add(pack)
        session.flush()
        for number, (kept, originals) in enumerate(stored, 1):
            _keep(session, pack, number, kept, originals, now)
        if case.count_film is not None:
            share_videos.ask(session, case.count_film, most, now=now)
        people.audit(
            session,
            at=now,
            actor=f"user:{actor.id}",
            action="voucher.made",
            subject=case.order_id,
            organisation_id=organisation,
            files=len(stored),
        )
        return pack.id


def _keep(
    session: Session, pack: Voucher, number: int, kept: Stored, originals: tuple[str, ...], now: datetime
) -> None:
    """One JPEG, with the log entry that names what it shows."""
    if takes.blob(session, kept.sha256) is None:
        session.add(Blob(sha256=kept.sha256, bytes=kept.bytes, mime="image/jpeg", stored_at=now))
        session.flush()
    entry = ledger.append_entry(
        session,
        voucher_entry(
            received=now, order=pack.order_id, sha256=kept.sha256, size=kept.bytes, originals=originals
        ),
    )
    session.add(
        VoucherFile(voucher_id=pack.id, no=number, sha256=kept.sha256, bytes=kept.bytes, entry_index=entry)
    )


def pack_of(session: Session, order_id: str, claim_id: str | None) -> Pack | None:
    """The latest that fits: the claim's own, else the order's."""
    row = rows.latest_voucher(session, order_id, claim_id)
    if row is None:
        return None
    files = tuple((one.no, one.sha256, one.bytes) for one in rows.voucher_files(session, row.id))
    return Pack(row.id, row.text, row.made_at, files)


def claim_of(case: Case, claim_id: str | None) -> CaseClaim | None:
    """Raises ``claim_unknown``, also for another order's."""
    if claim_id is None:
        return None
    for claim in case.claims:
        if claim.id == claim_id:
            return claim
    raise Refusal("claim_unknown")


def face_of(case: Case, claim: CaseClaim | None, said: str) -> CaseFace:
    """The words of JPEG 1, in Chinese; ``said``: the form's own text. What nothing proves is said to be 未证实."""

    def say(key: str, **values: object) -> str:
        return translate(_ZH, key, **values)

    unknown = say("case.none_counted")
    short = case.short_milli or 0
    figures = [
        (say("case.ordered"), say("voucher.units", n=quantity_text(case.ordered_milli)), False),
        (
            say("voucher.received"),
            unknown if case.arrived is None else say("voucher.units", n=case.arrived),
            False,
        ),
    ]
    if short > 0:
        figures.append((say("count.short"), say("voucher.units", n=quantity_text(short)), True))
    if case.defective:
        figures.append((say("defect.units"), say("voucher.units", n=case.defective), True))
    amount = case.asked_fen if claim is None else claim.amount_fen
    if amount is not None:
        figures.append((say("voucher.asked"), yuan_text(amount), True))
    facts = case.facts
    return CaseFace(
        order=f"{say('order.number')} {case.order_no}",
        figures=figures,
        waybill=f"{say('parcel.waybill')} {'、'.join(case.waybills) or say('app.not_known')}",
        facts=[
            _fact(say("case.fact_waybill"), bool(facts.waybills), ""),
            _fact(say("case.fact_tape"), facts.tape, ""),
            _fact(
                say("case.fact_unbroken"),
                facts.unbroken_ms is not None,
                f" {(facts.unbroken_ms or 0) // 60_000}:{(facts.unbroken_ms or 0) // 1000 % 60:02d}",
            ),
        ],
        foot=case.supplier,
        said=said,
    )


def _fact(name: str, held: bool, more: str) -> tuple[str, bool]:
    said = translate(_ZH, "case.verified") + more if held else translate(_ZH, "case.not_proven")
    return f"{name}：{said}", held


def _chosen(session: Session, case: Case, claim_id: str | None) -> list[CaseExhibit]:
    """Pictures of the claim's exhibits; of a bare order what was photographed at the table, and plain papers."""
    pictures = [one for one in case.exhibits if one.shown is not None and not one.is_film]
    picked = (
        {(row.source_kind, row.source_id) for row in claim_rows.exhibits(session, claim_id)}
        if claim_id
        else set()
    )
    if picked:
        return [one for one in pictures if (one.source_kind, one.source_id) in picked]
    return [one for one in pictures if one.source_kind == "photo" or one.slot in _PAPERS]


def _draw(
    blobs: Blobs, case: Case, claim: CaseClaim | None, chosen: list[CaseExhibit], said: str
) -> list[_Drawn]:
    if case.arrived is None and not chosen:
        raise Refusal("voucher_nothing")
    with tempfile.TemporaryDirectory(prefix="dockproof-voucher-") as folder:
        still, of = _still(blobs, case, Path(folder))
        first = _Drawn(case_jpeg(face_of(case, claim, said), still, fonts_dir()), of)
        rest = [_sheet(blobs, some) for some in sheets(chosen)]
    return [first, *(one for one in rest if one is not None)]


def _still(blobs: Blobs, case: Case, folder: Path) -> tuple[Path | None, tuple[str, ...]]:
    """The layout with the label: the photo of it, else the count's film where the last unit lay down."""
    photo, film = case.label_still, case.count_film
    if photo is not None and photo.slot == "EV-01p" and photo.shown is not None:
        return _best(blobs, photo, alone=True), (photo.sha256,)
    if film is not None and blobs.exists(film.sha256):
        target = folder / "still.png"
        try:
            target.write_bytes(frame_at(blobs.path(film.sha256), film.result_ms or 0))
        except MediaFailed:
            target = folder / "none"
        if target.exists():
            return target, (film.sha256,)
    if photo is not None:
        return _best(blobs, photo, alone=True), (photo.sha256,)
    return None, ()


def _sheet(blobs: Blobs, some: Iterable[CaseExhibit]) -> _Drawn | None:
    listed = list(some)
    alone = len(listed) == 1
    pictures = [SheetPicture(_best(blobs, one, alone=alone), _label(one)) for one in listed]
    jpeg = contact_sheet(pictures, fonts_dir())
    return None if jpeg is None else _Drawn(jpeg, tuple(one.sha256 for one in listed))


def _best(blobs: Blobs, one: CaseExhibit, *, alone: bool) -> Path:
    """The original where it stands alone and is a plain picture; else the small copy, quick to read hundreds of."""
    if alone and one.mime in ("image/jpeg", "image/png", "image/webp") and blobs.exists(one.sha256):
        return blobs.path(one.sha256)
    return blobs.path(one.shown or one.sha256)


def _label(one: CaseExhibit) -> str:
    return f"{one.number} {translate(_ZH, one.title_key)}"
