"""The demo's claim: the filmed order lacks a unit, the seller promised the number in chat, nothing was sent yet."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from webapp.adapters.blobs import Blobs
from webapp.domain.permissions import Role
from webapp.store import people as people_rows
from webapp.store.database import Database
from webapp.usecases import agreements, claims, diagnosis, discrepancies
from webapp.usecases.agreements import Stated
from webapp.usecases.claims import ClaimSaid
from webapp.usecases.demo_orders import FILMED_ORDER
from webapp.usecases.sessions import Desk

_DESCRIPTION: Final = "白色L码少1件：订购12件，清点11件，开箱视频为证，申请退款。"
_PRICE_FEN: Final = 1890


def fill_demo_claim(database: Database, blobs: Blobs, *, now: datetime) -> int:
    """Opens the claim on the demo's short count, as its importer would at the desk; returns the claim's number."""
    with database.read() as session:
        user = people_rows.user_by_login(session, "demo")
        assert user is not None, "the demo importer's person comes first"
        desk = Desk(user.id, user.name, frozenset({Role.OWNER}), user.language, user.organisation_id)
    agreed = Stated(
        kind="chat",
        dated_on=(now - timedelta(days=6)).date().isoformat(),
        attribute="数量",
        value="黑色M 12件，白色L 12件",
        chat_ref="旺旺 10:24",
    )
    agreements.state(database, blobs, actor=desk, order_no=FILMED_ORDER, said=agreed, now=now)
    (short,) = diagnosis.diagnose(
        database, organisation_id=desk.organisation_id, order_no=FILMED_ORDER, now=now
    ).found
    confirmed = discrepancies.confirm(
        database, actor=desk, order_no=FILMED_ORDER, key=short.key, answers={}, now=now
    )
    said = ClaimSaid(
        discrepancy_id=confirmed,
        channel="platform_1688",
        form={"ordered": "12", "counted": "11", "reason": "short"},
        lines={},
        amount_fen=_PRICE_FEN,
        description_zh=_DESCRIPTION,
        path="refund_without_return",
        remedy="partial_refund",
        remedy_fen=_PRICE_FEN,
    )
    return claims.open_claim(database, actor=desk, said=said, now=now)
