"""Chi's order of ten units in two parcels, four of them short, for tests of what is asked of whom."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.support.desk_setup import SetupDesk, make_setup_desk
from tests.support.world import opaque
from webapp.store.schema import Order, Parcel, ParcelOrder, PlatformAccount, Take, Tally
from webapp.usecases import claim_views, claims, diagnosis, discrepancies, handovers
from webapp.usecases.claim_views import ClaimView
from webapp.usecases.claims import ClaimSaid
from webapp.usecases.diagnosis import Diagnosis, Found

NUMBER = "4325000000000000077"
SECOND_PARCEL = opaque("second parcel")


def mixed_order(tmp_path: Path) -> SetupDesk:
    """Ten units in two parcels, three and three counted in China, four short;"""
    desk = make_setup_desk(tmp_path)
    order_id = desk.order("mixed", NUMBER, units=10)
    with desk.database.write() as session:
        order = session.get_one(Order, order_id)
        order.lines[0].quantity_milli = 10_000
        account = session.get_one(PlatformAccount, order.account_id)
        account.owner, account.owner_confirmed_at = "self", desk.world.start
        session.add(
            Parcel(
                id=SECOND_PARCEL,
                organisation_id=order.organisation_id,
                created_at=desk.world.start,
                received_at=desk.world.start,
                received_zone="Asia/Shanghai",
                received_site_id=desk.world.dongguan,
            )
        )
        session.flush()
        for parcel_id in (desk.world.parcel, SECOND_PARCEL):
            session.add(ParcelOrder(parcel_id=parcel_id, order_id=order_id))
            take_id = opaque(f"take {parcel_id[:8]}")
            session.add(
                Take(
                    id=take_id,
                    parcel_id=parcel_id,
                    device_id=desk.world.phone,
                    site_id=desk.world.dongguan,
                    opened_at=desk.world.start,
                    device_started_ms=0,
                    closed="complete",
                    closed_at=desk.world.start,
                    file_state="verified",
                )
            )
            session.flush()
            session.add(Tally(take_id=take_id, line_id=order.lines[0].id, units=3))
    return desk


def leave(desk: SetupDesk, parcel_id: str) -> None:
    said = handovers.HandoverSaid(desk.now - timedelta(hours=1), "Bắc Nam", "S-1", [parcel_id])
    handovers.hand_over(
        desk.database, desk.rulebook, actor=desk.chi, order_no=NUMBER, said=said, now=desk.now
    )


def diagnosed(desk: SetupDesk) -> Diagnosis:
    return diagnosis.diagnose(
        desk.database, organisation_id=desk.world.importer, order_no=NUMBER, now=desk.now
    )


def confirmed(desk: SetupDesk, found: Found) -> str:
    return discrepancies.confirm(
        desk.database, actor=desk.chi, order_no=NUMBER, key=found.key, answers={}, now=desk.now
    )


def open_short(desk: SetupDesk, discrepancy_id: str, channel: str, units: int, **more: object) -> ClaimView:
    values: dict[str, object] = {
        "discrepancy_id": discrepancy_id,
        "channel": channel,
        "form": {"ordered": "10", "counted": str(10 - units), "reason": "short"},
        "lines": {},
        "amount_fen": 5_000,
        "description_zh": "少件，开箱视频为证。",
    }
    said = ClaimSaid(**{**values, **more})  # type: ignore[arg-type]
    number = claims.open_claim(desk.database, actor=desk.chi, said=said, now=desk.now)
    return claim_views.view(desk.database, organisation_id=desk.world.importer, number=number)
