"""How long the phone's app takes to its first screen without a network, and how much had to be fetched for it.

    .venv/bin/python bench/cold_start.py [ORDERS] [ROUNDS]

A phone that knows ORDERS open orders (5,000), the server gone, the processor four times slower (CDP): from the address
to a screen that can be used, the longest time in which the page answered nothing, and a scan of one parcel. Then the
bytes that a first visit moves, and time and size of a first snapshot, whole, as an older phone asks for it, and in
pieces; of an answer with nothing new, and with one change. Prints medians and ranges; fails when no screen came.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, Response, sync_playwright
from sqlalchemy.orm import Session

from tests.browser.pages.phone import Phone
from tests.browser.pages.phone_store import PhoneStore
from tests.support.browsers import PHONE, browser
from tests.support.fake_camera import film_of_code
from tests.support.mortal_phone import Prepared, prepared
from tests.support.serving import serving
from webapp.adapters.snapshot_states import SnapshotStates
from webapp.config import read_settings
from webapp.domain.labels import label_code
from webapp.store.schema import Device, Label, Order, OrderLine, OrderWaybill, Parcel, ParcelOrder, Waybill
from webapp.store.schema_dock import DockFact
from webapp.usecases.demo import PIN
from webapp.usecases.snapshot import snapshot
from webapp.usecases.snapshot_delta import changes
from webapp.wiring import Services, build_services

SLOWER = 4
AT_ONCE = 1_000
NOTHING = label_code(b"nothing to see")


def opaque(kind: str, number: int) -> str:
    return f"{kind}{number:x}".encode().hex().ljust(32, "0")[:32]


def add_orders(session: Session, orders: int) -> None:
    """Copies of an order that is there, two lines each, one parcel each."""
    like = session.query(Order).first()
    assert like is not None
    line, parcel = like.lines[0], like.parcels[0]
    for n in range(orders):
        order = copy_of(Order, like, id=opaque("o", n), order_no=f"9{n:018d}")
        session.add(order)
        # A listing is bought a few times; what one parcel weighed says something about its others.
        offer = str(n // 20)
        waybill = Waybill(
            id=opaque("w", n),
            organisation_id=like.organisation_id,
            courier="顺丰",
            number_raw=f"SF{10**12 + n}",
            number_norm=f"SF{10**12 + n}",
        )
        session.add(waybill)
        session.flush()
        for seq in (1, 2):
            line_id = opaque(f"l{seq}", n)
            session.add(copy_of(OrderLine, line, id=line_id, order_id=order.id, seq=seq, offer_id=offer))
        session.add(
            Parcel(
                id=opaque("p", n),
                organisation_id=like.organisation_id,
                waybill_id=waybill.id,
                created_at=parcel.created_at,
            )
        )
        session.flush()
        session.add(OrderWaybill(order_id=order.id, waybill_id=waybill.id))
        session.add(ParcelOrder(parcel_id=opaque("p", n), order_id=order.id))


def copy_of(table: Any, row: Any, **changes: Any) -> Any:
    return table(**{column.key: getattr(row, column.key) for column in table.__table__.columns} | changes)


def snapshots(home: Path) -> None:
    """The server's side of a first snapshot."""
    services = build_services(read_settings({"DOCKPROOF_HOME": str(home)}, home))
    now = services.clock.now()
    with services.database.read() as session:
        device = session.query(Device).order_by(Device.enrolled_at.desc()).first()
    assert device is not None
    started = time.perf_counter()
    whole = snapshot(services.database, device_id=device.id, now=now)
    took = time.perf_counter() - started
    size = len(json.dumps(whole, ensure_ascii=False).encode())
    print(f"snapshot, whole: {took:.2f} s on the server, {size / 1e6:.1f} MB, {len(whole['orders'])} orders")
    asks = Asks(services, home, device.id)
    pieces, total = asks.until_all_is_told()
    _, nothing, size = asks.ask()
    print(
        f"snapshot, in {pieces} pieces: {total:.2f} s on the server; "
        f"nothing new: {nothing * 1000:.0f} ms, {size} bytes"
    )
    for what, change in (("a label voided", void_a_label), ("a parcel weighed", weigh)):
        with services.database.write() as session:
            change(session, device)
        told, took, size = asks.ask()
        print(f"{what}: {took * 1000:.0f} ms, {told} orders and parcels, {size} bytes")


@dataclass
class Asks:
    """One phone's questions, one after the other."""

    services: Services
    home: Path
    device: str
    token: str = ""
    more: bool = True

    def ask(self) -> tuple[int, float, int]:
        """(orders and parcels told, seconds, bytes)"""
        started = time.perf_counter()
        told = changes(
            self.services.database,
            SnapshotStates(self.home),
            device_id=self.device,
            since=self.token,
            most=AT_ONCE,
            now=self.services.clock.now(),
        )
        took = time.perf_counter() - started
        self.token, self.more = told["token"], told["more"]
        size = len(json.dumps(told, ensure_ascii=False).encode())
        return len(told["orders"]) + len(told["parcels"]), took, size

    def until_all_is_told(self) -> tuple[int, float]:
        """(answers, seconds)"""
        pieces, total = 0, 0.0
        while self.more:
            total += self.ask()[1]
            pieces += 1
        return pieces, total


def void_a_label(session: Session, device: Device) -> None:
    label = session.query(Label).filter(Label.parcel_id.is_not(None), Label.voided_at.is_(None)).first()
    assert label is not None
    label.voided_at = label.printed_at


def weigh(session: Session, device: Device) -> None:
    """Also what the goods of the same listing should weigh may follow from it."""
    said = {"grams": "1250", "shown": "1.25", "unit": "kg", "target": "parcel", "opened": "no"}
    at = device.enrolled_at
    session.add(
        DockFact(
            id=opaque("f", 1),
            kind="weighing",
            site_id=device.site_id,
            device_id=device.id,
            parcel_id=opaque("p", 1),
            said=said,
            at=at,
            received_at=at,
            findings=[],
        )
    )


def fetched(context: BrowserContext, page: Page, address: str) -> None:
    """Bytes on the line until the first screen of a first visit stands, and until the app works without a network."""
    sizes: dict[str, int] = {}

    def note(answer: Response) -> None:
        if answer.status == 200 and answer.url.startswith(address):
            sizes[answer.url] = len(answer.body())

    context.on("response", note)
    page.goto(f"{address}/enrol")
    page.locator("#enrol-code").wait_for()
    first = sum(sizes.values())
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    context.remove_listener("response", note)
    print(f"first visit: {first / 1000:.0f} kB to the first screen (as unpacked, {len(sizes)} answers)")


def wait_for_orders(page: Page) -> None:
    PhoneStore(page).wait("rows.snapshot.some((one) => typeof one === 'number')", seconds=300)


def cold(page: Page, address: str) -> tuple[float, float, float]:
    """Milliseconds to the scanner, the longest task until then, and a scan by hand to its parcel."""
    page.goto("about:blank")
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(f"{address}/scan", wait_until="commit")
    page.locator("dp-code-reader").wait_for(state="attached")
    opened, longest = page.evaluate(
        """() => new Promise((resolve) => {
          const now = performance.now();
          let most = 0;
          new PerformanceObserver((list) => list.getEntries().forEach((one) => (most = Math.max(most, one.duration))))
            .observe({type: 'longtask', buffered: true});
          setTimeout(() => resolve([now, most]), 200);
        })"""
    )
    phone = Phone(page, address)
    # The camera reads a label of nowhere first; what is typed after it stands.
    phone.other_dock()
    started = time.perf_counter()
    phone.type_code(f"SF{10**12 + 1}")
    try:
        page.wait_for_url("**/parcel/*", wait_until="commit")
    except Error:
        raise SystemExit(f"no parcel came; the screen says: {page.inner_text('body')[:300]}") from None
    return opened, longest, (time.perf_counter() - started) * 1000


def told(name: str, values: list[float]) -> None:
    print(
        f"{name}: {statistics.median(values):.0f} ms (of {len(values)}: {min(values):.0f} to {max(values):.0f})"
    )


def measure(place: Prepared, folder: Path, rounds: int) -> None:
    camera = film_of_code(f"https://x.example/L/{NOTHING}", folder / "camera.mjpeg")
    with sync_playwright() as playwright:
        how: dict[str, Any] = {"language": "en", "viewport": PHONE, "camera": camera, "touch": True}
        with browser(playwright, folder / "phone", **how) as context:
            page = context.pages[0]
            with serving(place.home) as served:
                fetched(context, page, served.address)
                phone = Phone(page, served.address)
                phone.enrol(place.enrolment)
                phone.start_shift("An", PIN)
                page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
                page.reload()
                wait_for_orders(page)
                address = served.address
            snapshots(place.home)
            results = [cold(page, address) for _ in range(rounds)]
    told(f"cold start offline, processor {SLOWER} times slower", [one[0] for one in results])
    told("longest task until then", [one[1] for one in results])
    told("from a typed waybill to its parcel", [one[2] for one in results])


def main() -> int:
    orders, rounds = [int(one) for one in [*sys.argv[1:], "5000", "5"][:2]]
    with tempfile.TemporaryDirectory(prefix="dockproof-cold-", ignore_cleanup_errors=True) as folder:
        place = prepared(Path(folder) / "home")
        services = build_services(read_settings({"DOCKPROOF_HOME": str(place.home)}, place.home))
        with services.database.write() as session:
            add_orders(session, orders)
        services.database.engine.dispose()
        measure(place, Path(folder), rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
