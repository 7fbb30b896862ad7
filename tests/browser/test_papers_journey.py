"""Papers come as people have them: from a phone's share sheet, dragged onto the desk, thirty screenshots at once."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, Playwright, expect
from sqlalchemy import select

from tests.browser.pages.desk import Desk
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, TABLET, browser
from tests.support.serving import serving
from webapp.adapters.catalogues import catalogue
from webapp.config import read_settings
from webapp.store.schema_desk import Document
from webapp.usecases.demo import FILMED_ORDER
from webapp.wiring import Services, build_services

PICTURES = Path(__file__).resolve().parents[1] / "output"

SHARED = """async (count) => {
  const form = document.createElement('form');
  Object.assign(form, { method: 'post', enctype: 'multipart/form-data', action: '/share-in' });
  const field = Object.assign(document.createElement('input'), { type: 'file', name: 'files', multiple: true });
  field.files = (await pictures(count)).files;
  form.append(field);
  document.body.append(form);
  form.submit();
}"""
DROPPED = """async ([selector, count]) => {
  const dataTransfer = await pictures(count);
  const form = document.querySelector(selector);
  form.dispatchEvent(new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true }));
  form.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
}"""
DRAWN = """async function pictures(count) {
  const all = new DataTransfer();
  for (let n = 1; n <= count; n += 1) {
    const canvas = Object.assign(document.createElement('canvas'), { width: 90, height: 160 });
    const pen = canvas.getContext('2d');
    pen.fillStyle = `hsl(${n * 11}, 60%, ${40 + count}%)`;
    pen.fillRect(0, 0, 90, 160);
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
    all.items.add(new File([blob], `chat-${count}-${n}.png`, { type: 'image/png' }));
  }
  return all;
}"""


def do(page: Page, what: str, told: object) -> None:
    """Drawn in the page, as a phone has them in its gallery."""
    page.evaluate(f"(told) => {{ {DRAWN}; return ({what})(told); }}", told)


def filed(services: Services, prefix: str) -> list[Document]:
    with services.database.read() as session:
        found = select(Document).where(Document.filename.startswith(prefix)).order_by(Document.filename)
        return list(session.scalars(found))


def test_from_the_share_sheet_by_drag_and_thirty_at_once(playwright: Playwright, tmp_path: Path) -> None:
    with (
        serving(tmp_path / "home", "--demo") as served,
        browser(playwright, tmp_path / "desk", language="zh_CN", viewport=PHONE, touch=True) as context,
    ):
        page, services = (
            context.pages[0],
            build_services(read_settings({"DOCKPROOF_HOME": str(tmp_path / "home")}, tmp_path / "home")),
        )
        desk = Desk(page, served.address)
        desk.enter_demo(served.sign_in_link, "zh_CN")
        shared_from_another_app(desk, services)
        page.set_viewport_size({"width": TABLET["width"], "height": TABLET["height"]})
        dropped_on_the_order(desk, services)
        thirty_with_date_and_supplier(desk, services)
        services.database.engine.dispose()


def shared_from_another_app(desk: Desk, services: Services) -> None:
    """The installed app's worker takes the share; a page that is left before filing loses nothing."""
    page, words = desk.page, catalogue("zh_CN")
    desk.open("/scan")
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    do(page, SHARED, 3)
    page.wait_for_url("**/share-in")
    ready = words["papers.share_ready"].format(n=3)
    expect(page.locator("[data-shared-note]")).to_have_text(ready)
    look(page, "share-in")
    desk.open("/papers")
    assert filed(services, "chat-3-") == []
    desk.open("/share-in")
    expect(page.locator("[data-shared-note]")).to_have_text(ready)
    page.locator(f"button[data-pick='{FILMED_ORDER}']").tap()
    page.locator("main form[data-shared-files] button[type=submit]").tap()
    page.wait_for_url("**filed=3**")
    kept = filed(services, "chat-3-")
    assert [one.filename for one in kept] == ["chat-3-1.png", "chat-3-2.png", "chat-3-3.png"]
    page.wait_for_function(
        "caches.open('shared-files').then((kept) => kept.keys()).then((keys) => keys.length === 0)"
    )
    desk.open("/share-in")
    expect(page.locator("[data-shared-none]")).to_be_visible()


def dropped_on_the_order(desk: Desk, services: Services) -> None:
    page = desk.page
    desk.open(f"/orders/{FILMED_ORDER}/papers")
    do(page, DROPPED, ["form[data-drop]", 2])
    expect(page.locator("[data-chosen]")).to_contain_text("chat-2-2.png")
    look(page, "dropped")
    page.locator("form[data-drop] button[type=submit].main").click()
    page.wait_for_url("**filed=2**")
    assert len(filed(services, "chat-2-")) == 2


def thirty_with_date_and_supplier(desk: Desk, services: Services) -> None:
    """A thread of a chat, filed once; a word of its note finds all of it."""
    page = desk.page
    desk.open("/papers")
    do(page, DROPPED, ["form[data-drop]", 30])
    form = page.locator("form[data-drop]")
    form.locator("[name=orders]").fill(FILMED_ORDER)
    form.locator("[name=dated_on]").fill("2026-11-10")
    form.locator("[name=note]").fill("红色换粉色，小陈答应")
    supplier = form.locator("[name=supplier]")
    chosen = str(supplier.locator("option").nth(1).get_attribute("value"))
    supplier.select_option(chosen)
    form.locator("button[type=submit].main").click()
    page.wait_for_url("**filed=30**")
    kept = filed(services, "chat-30-")
    assert len(kept) == 30 and {one.dated_on for one in kept} == {"2026-11-10"}
    assert {one.supplier_id for one in kept} == {chosen}
    desk.open("/papers?q=粉色")
    expect(page.locator("ul.papers li.paper")).to_have_count(30)
    desk.open("/papers?q=蓝色")
    expect(page.locator("ul.papers li.paper")).to_have_count(0)


def look(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"zh_CN-papers-{name}.png", full_page=True)
    assert violations(page) == [] and clipped(page) == [], name
