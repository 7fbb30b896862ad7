"""Seconds per flow at the table: a scripted receiver with a cheap phone against the targets of a working day.

    .venv/bin/python -m bench.flows [SLOWER]

Three flows in real Chromium with its processor SLOWER times (4) slowed by CDP: thirty parcels through the gate, a
clean parcel, a count of 24. What the hands and eyes need is modelled (below), what the machine needs is measured: from
each act to what the person waits for, the driver's own overhead included. Nothing overlaps: a real person turns the
next unit while the phone still beeps, so the sums are upper bounds. Prints a table; exits 1 when a flow misses its
target.

Acts on the screen are those of the keystroke-level model (Card, Moran and Newell, Communications of the ACM 23:7,
1980): pointing 1.10 s, press 0.10 s, a key among random ones 0.50 s, deciding 1.35 s; a glove does not make them
shorter. Acts on the goods have no source: they are assumptions for parcels up to 10 kg, and stand here to be argued
with. The slowed processor is the page's own thread; the code reader's worker (15 ms a picture) is not slowed.
"""

from __future__ import annotations

import base64
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import qrcode
from playwright.sync_api import Locator, Page, expect, sync_playwright
from qrcode.image.pil import PilImage

from tests.browser.pages.receiving import Receiver
from tests.fixtures.export_1688 import Order, write_export
from tests.support.browsers import PHONE, browser
from tests.support.fake_camera import film_of_code
from tests.support.serving import serving
from tests.support.table import Table, lay_table
from webapp.usecases import plans
from webapp.usecases.demo import PIN

POINT, PRESS, KEY, DECIDE = 1.10, 0.10, 0.50, 1.35
TAP: Final = POINT + PRESS
AIM, CARRY_IN, LOOK_ROUND, TURN = 1.5, 2.0, 4.0, 2.0
ON_SCALE, CUT, ONE_UNIT, SPREAD = 4.0, 6.0, 1.2, 8.0

PARCELS: Final = 30
CLEAN: Final = 3
SUPPLIER = "广州示例服饰有限公司"
FIRST = 79040000000

SHOWN_CAMERA = """(() => {
  const own = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
  const pen = canvas.getContext('2d');
  let picture = null, n = 0;
  window.lay = async (url) => {
    // The page's own policy lets nothing be fetched from a data address.
    const bytes = url && Uint8Array.from(atob(url.split(',')[1]), (one) => one.charCodeAt(0));
    picture = bytes ? await createImageBitmap(new Blob([bytes], { type: 'image/png' })) : null;
    draw();
  };
  const draw = () => {
    pen.fillStyle = '#a9825a';
    pen.fillRect(0, 0, 1280, 720);
    if (picture) pen.drawImage(picture, 440, 160, 400, 400);
    pen.fillStyle = '#123a8c';
    pen.fillRect(40 + (n++ % 40) * 8, 680, 30, 20);
  };
  setInterval(draw, 66);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = canvas.captureStream(15);
    if (wanted.audio) for (const track of (await own({ audio: wanted.audio })).getAudioTracks()) stream.addTrack(track);
    return stream;
  };
})()"""
"""The camera as the browser gives it, with what lies before it in the script's hand."""


@dataclass
class Stopwatch:
    """``human`` and ``machine``: seconds of each act, in order."""

    human: list[float] = field(default_factory=list)
    machine: list[float] = field(default_factory=list)

    def act(self, seconds: float) -> None:
        self.human.append(seconds)

    @contextmanager
    def waits(self) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.machine.append(time.perf_counter() - began)

    def tap(self, what: Locator, then: Callable[[], object]) -> None:
        self.act(TAP)
        with self.waits():
            what.click()
            then()

    @property
    def total(self) -> float:
        return sum(self.human) + sum(self.machine)


_SEEN = """([selector, text, gone]) => new Promise((done) => {
  const look = () => {
    const there = [...document.querySelectorAll(selector)].some((one) => one.textContent.includes(text));
    if (there !== gone) done();
    else requestAnimationFrame(look);
  };
  look();
})"""
"""Looks at every frame, as an eye does; the driver's own waiting looks again after 100, 250, 500 and 1000 ms."""


def seen(page: Page, selector: str, text: str = "", *, gone: bool = False) -> Callable[[], object]:
    """Waits until such an element says ``text`` somewhere, or none does any more."""
    return lambda: page.evaluate(_SEEN, [selector, text, gone])


def code_url(text: str) -> str:
    out = io.BytesIO()
    qrcode.make(text, image_factory=PilImage, box_size=10, border=4).save(out)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def lay(page: Page, text: str | None) -> None:
    page.evaluate("(url) => window.lay(url)", code_url(text) if text else None)


def gate_in(receiver: Receiver) -> list[Stopwatch]:
    """One stopwatch a parcel: it is carried before the camera, and the number grows."""
    page = receiver.page
    page.goto(f"{receiver.address}/scan?gate")
    expect(page.locator("dp-code-reader .frame")).to_be_visible()
    watches = []
    for n in range(PARCELS):
        watch = Stopwatch()
        watch.act(CARRY_IN + AIM)
        with watch.waits():
            lay(page, str(FIRST + CLEAN + n))
            receiver.wait_gate_sum(n + 1)
        lay(page, None)
        watches.append(watch)
    page.locator("[data-finish]").click()
    page.goto(f"{receiver.address}/scan")
    return watches


def express(receiver: Receiver, code: str) -> Stopwatch:
    """From the scanner back to the scanner."""
    page, watch = receiver.page, Stopwatch()
    stage = receiver.stage
    expect(page.locator("dp-code-reader .frame")).to_be_visible()
    watch.act(AIM)
    with watch.waits():
        lay(page, code)
        stage("condition")
    watch.act(LOOK_ROUND + DECIDE)
    watch.tap(page.locator("[data-condition=intact]"), lambda: stage("label_photo"))
    watch.act(AIM)
    watch.tap(page.locator(".snap:not([disabled])"), lambda: stage("weight"))
    watch.act(ON_SCALE + DECIDE + 4 * KEY + AIM)
    with watch.waits():
        receiver.type_weight("12.5")
    watch.tap(page.locator(".snap:not([disabled])"), lambda: stage("complete"))
    lay(page, None)
    watch.tap(
        page.locator("[data-done]"), lambda: expect(page.locator("dp-code-reader .frame")).to_be_visible()
    )
    return watch


def count_of_24(receiver: Receiver, table: Table) -> Stopwatch:
    """From the parcel's screen, condition and weight done, back to the scanner."""
    page, watch = receiver.page, Stopwatch()
    lay(page, table.label)
    receiver.stage("condition")
    receiver.leave_out_closed_steps()
    receiver.stage("count")

    areas = page.locator("button.tap")
    watch.tap(page.locator(".shutter, .shutter-plain").first, seen(page, "button.tap:enabled"))
    shown = page.locator(".strip-next")
    for act, step in ((AIM, "2/7"), (TURN, "3/7"), (CUT, "4/7"), (AIM, "5/7")):
        watch.act(act)
        watch.tap(shown, seen(page, ".strip-name", step))
    for line in (0, 1):
        area = areas.nth(line).bounding_box()
        assert area is not None
        for n in range(12):
            watch.act(ONE_UNIT)
            with watch.waits():
                # A finger waits for no proof that the area stands still, as the driver's own click does.
                page.mouse.click(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
                seen(page, f'button.tap[data-line="{table.lines[line]}"] .units', str(n + 1))()
    watch.tap(shown, seen(page, ".strip-name", "6/7"))
    watch.act(SPREAD)
    watch.tap(shown, seen(page, ".strip-name", "7/7"))
    watch.act(AIM)
    watch.tap(shown, seen(page, ".strip-next", gone=True))
    watch.tap(page.locator("[data-finish]"), seen(page, "dialog [data-value=yes]"))
    watch.act(DECIDE)
    watch.tap(page.locator("dialog [data-value=yes]"), seen(page, ".result .sum", "24"))
    lay(page, None)
    watch.tap(page.locator(".shutter").last, lambda: expect(page.locator("dp-scan")).to_be_attached())
    return watch


def add_parcels(table: Table, sheet: Path) -> None:
    """One order a parcel, as from the platform's export: CLEAN for the clean parcels, the others for the gate."""
    orders = tuple(
        Order(
            order_no=f"36590000000{n:02d}232333",
            supplier=SUPPLIER,
            waybills=(("中通快递(ZTO)", str(FIRST + n)),),
        )
        for n in range(PARCELS + CLEAN)
    )
    write_export(sheet, orders)
    command = [sys.executable, "-m", "webapp.cli.main", "import-orders", str(sheet)]
    command += ["--account", "gate", "--owner", "self"]
    subprocess.run(
        command, env={**os.environ, "DOCKPROOF_HOME": str(table.home)}, check=True, stdout=subprocess.DEVNULL
    )


def measured(slower: float, folder: Path) -> dict[str, tuple[float, list[Stopwatch]]]:
    """Flow → its target in seconds and what was measured."""
    table = lay_table(folder / "home", plans.PlanWords("default", "condition_weight", "long known"))
    decide = plans.PlanWords("order", "count", "new goods", order_no=table.order_no)
    plans.decide(table.services.database, actor=table.owner, said=decide, now=table.services.clock.now())
    add_parcels(table, folder / "orders.xlsx")
    camera = film_of_code("nothing", folder / "camera.mjpeg")
    with (
        sync_playwright() as playwright,
        serving(table.home) as served,
        browser(
            playwright, folder / "phone", language="en", viewport=PHONE, camera=camera, touch=True
        ) as context,
    ):
        page = context.pages[0]
        page.add_init_script(SHOWN_CAMERA)
        receiver = Receiver(page, served.address)
        receiver.enrol(table.enrolment())
        receiver.start_shift("An", PIN)
        receiver.counters()
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        clean = [express(receiver, str(FIRST + n)) for n in range(CLEAN)]
        count = count_of_24(receiver, table)
        gate = gate_in(receiver)
    return {
        "gate-in, a parcel": (5, gate),
        "clean parcel": (30, clean),
        "count of 24": (90, [count]),
    }


def main() -> int:
    slower = float(sys.argv[1]) if len(sys.argv) > 1 else 4
    with tempfile.TemporaryDirectory() as folder:
        flows = measured(slower, Path(folder))
    print(f"processor {slower:g} times slower; medians, in brackets the slowest")
    print("| flow | n | hands and eyes | machine | together | target | share |")
    print("|---|---|---|---|---|---|---|")
    missed = False
    for name, (target, watches) in flows.items():
        total = [watch.total for watch in watches]
        human = statistics.median(sum(watch.human) for watch in watches)
        machine = [sum(watch.machine) for watch in watches]
        middle = statistics.median(total)
        missed = missed or middle > target
        print(
            f"| {name} | {len(watches)} | {human:.1f} s | {statistics.median(machine):.1f} ({max(machine):.1f}) s "
            f"| {middle:.1f} ({max(total):.1f}) s | {target} s | {middle / target:.2f} |"
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
