"""Situations of a claim with their claims opened, as far as a case file shows them: four cases of one importer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from tests.support.claims_office import Office, open_office
from tests.support.situation_parts import PRICE_FEN, Scene
from tests.support.waybill_photo import waybill_photo
from webapp.adapters.secrets import new_id
from webapp.domain.case import Case
from webapp.jobs.worker import Worker
from webapp.store.schema_dock import DockFact, Photo
from webapp.store.uploads import add_blob, add_work
from webapp.usecases import claims, diagnosis, discrepancies, shares
from webapp.usecases.case_data import case_of
from webapp.usecases.claims import ClaimSaid

NAMES = ("short", "defect", "split", "taobao")
_DEFECT = {"defect_code": "no-power", "defect_class": "major", "reason": "function", "units": "3"}
_MIND = {"label_seen": "yes", "unused_complete": "yes", "category": "ordinary"}
_MIND_FORM = {"category": "ordinary", "unused": "yes", "complete": "yes", "units": "12"}


@dataclass
class Cases:
    """``scenes``: the situation's name → its order."""

    office: Office
    scenes: dict[str, Scene]

    @property
    def now(self) -> datetime:
        return self.office.laid.now

    @property
    def organisation(self) -> str:
        return self.office.laid.owner.organisation_id

    def case(self, name: str) -> Case:
        with self.office.services.database.read() as session:
            return case_of(
                session,
                organisation_id=self.organisation,
                order_no=self.scenes[name].order_no,
                now=self.now,
            )

    def link(self, name: str, audience: str, *, claim: str = "", days: int = 30, ago: int = 0) -> str:
        """Token of a link to a situation's case, or to its claim of type ``claim``; made ``ago`` days ago."""
        claims = {one.type: one.id for one in self.case(name).claims}
        return shares.make(
            self.office.services.database,
            actor=self.office.laid.owner,
            order_no=self.scenes[name].order_no,
            claim_id=claims[claim] if claim else None,
            audience=audience,
            language="zh_CN",
            days=days,
            now=self.now - timedelta(days=ago),
        ).token

    def revoke(self, token: str) -> None:
        database = self.office.services.database
        link = shares.opened(database, token, now=self.now)
        shares.revoke(database, actor=self.office.laid.owner, link_id=link.id, now=self.now)

    def read_waybill(self, name: str) -> None:
        """Puts readable bars behind the signed photo of the waybill."""
        services, scene = self.office.services, self.scenes[name]
        stored = services.blobs.put_bytes(waybill_photo(scene.waybill))
        with services.database.write() as session:
            fact = session.scalars(
                select(DockFact).where(DockFact.slot == "EV-12", DockFact.parcel_id == scene.parcel)
            ).one()
            add_blob(session, sha256=stored.sha256, size=stored.bytes, mime="image/jpeg", now=self.now)
            session.get_one(Photo, fact.id).file_sha256 = stored.sha256
            add_work(session, work_id=new_id(), kind="thumbnail", subject=stored.sha256, now=self.now)
        self.work()

    def work(self) -> None:
        """Every job that waits: small pictures, films' copies."""
        Worker(self.office.services).run_all()

    def picture(self, sha256: str) -> Path | None:
        blobs = self.office.services.blobs
        return blobs.path(sha256) if blobs.exists(sha256) else None


def open_cases(home: Path) -> Cases:
    """Short count on an own account, defect on an agent's, shortage split with freight, changed mind on Taobao."""
    office = open_office(home)
    laid = office.laid
    scenes = (laid.short_count(), laid.defect_at_agent(), laid.split_shortage(), laid.changed_mind())
    cases = Cases(office, dict(zip(NAMES, scenes, strict=True)))
    for kind in ("listing", "order_screenshot", "chat", "payment_proof"):
        laid.file(cases.scenes["short"].order_no, kind, f"{kind} paper")
    counted = {"ordered": "12", "counted": "11"}
    said = "粉色少1件，开箱点数视频为证，申请退款。"
    _ask(cases, "short", "short_count", "platform_1688", counted, PRICE_FEN, said)
    said = "3件不通电，抽检视频为证，申请退款。"
    _ask(cases, "defect", "functional_defect", "platform_1688", _DEFECT, 3 * PRICE_FEN, said)
    _ask(cases, "split", "short_count", "supplier_direct", counted, PRICE_FEN, "少1件，有开箱视频。")
    _ask(cases, "split", "freight_loss", "freight", {"china": "11", "vietnam": "9"}, 2 * PRICE_FEN)
    said = "七天无理由退货，未使用。"
    _ask(cases, "taobao", "no_reason", "platform_taobao", _MIND_FORM, 12 * PRICE_FEN, said, answers=_MIND)
    cases.work()
    return cases


def _ask(
    cases: Cases,
    name: str,
    type_id: str,
    channel: str,
    form: Mapping[str, str],
    fen: int,
    description: str = "",
    *,
    answers: Mapping[str, str] | None = None,
) -> None:
    """From what the diagnosis found; ``answers``: of what only a person can say."""
    office, scene = cases.office, cases.scenes[name]
    database, owner = office.services.database, office.laid.owner
    found = diagnosis.diagnose(
        database, organisation_id=cases.organisation, order_no=scene.order_no, now=cases.now
    ).found
    confirmed = discrepancies.confirm(
        database,
        actor=owner,
        order_no=scene.order_no,
        key=next((one.key for one in found if one.type_id == type_id), "") if answers is None else "",
        answers=answers or {},
        type_id=type_id,
        line_id=scene.lines[0],
        now=cases.now,
    )
    said = ClaimSaid(confirmed, channel, form, {}, fen, description)
    claims.open_claim(database, actor=owner, said=said, now=cases.now)
