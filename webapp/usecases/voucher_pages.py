"""What the desk sees of a voucher pack: the text as proposed, the JPEGs as made, how far the film's copy is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from webapp.domain.case import Case
from webapp.domain.refusals import Refusal
from webapp.store import shares as rows
from webapp.store.database import Database
from webapp.store.schema import Order
from webapp.usecases import share_videos, voucher_pack
from webapp.usecases.case_data import case_of
from webapp.usecases.share_videos import ShareVideo
from webapp.usecases.voucher_pack import Pack


@dataclass(frozen=True)
class VoucherPage:
    case: Case
    text: str
    pack: Pack | None
    video: ShareVideo


@dataclass(frozen=True)
class VoucherJpeg:
    order_no: str
    sha256: str


def page(
    database: Database,
    home: Path,
    *,
    organisation_id: str,
    order_no: str,
    claim_id: str | None,
    now: datetime,
) -> VoucherPage:
    """Raises ``order_unknown``, ``claim_unknown``."""
    with database.read() as session:
        case = case_of(session, organisation_id=organisation_id, order_no=order_no, now=now)
        claim = voucher_pack.claim_of(case, claim_id)
        pack = voucher_pack.pack_of(session, case.order_id, claim_id)
        most = share_videos.most_bytes(session, organisation_id)
        film = case.count_film
        video = (
            ShareVideo("none") if film is None else share_videos.state_of(session, home, film.sha256, most)
        )
        text = pack.text if pack is not None else voucher_pack.proposed_text(case, claim)
        return VoucherPage(case, text, pack, video)


def file_of(database: Database, *, organisation_id: str, voucher_id: str, number: int) -> VoucherJpeg:
    """Raises ``voucher_unknown``, also for another organisation's."""
    with database.read() as session:
        row = rows.voucher(session, organisation_id, voucher_id)
        files = {one.no: one.sha256 for one in rows.voucher_files(session, row.id)} if row else {}
        if row is None or number not in files:
            raise Refusal("voucher_unknown")
        return VoucherJpeg(session.get_one(Order, row.order_id).order_no, files[number])
