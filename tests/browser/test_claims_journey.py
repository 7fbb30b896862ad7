"""Claims in real Chromium: one server, one browser, the six situations, each in one language and again in another.

What counts is what the server holds afterwards; the pictures in tests/output are for eyes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser.pages.claim_doors import AgentDoor, Letters
from tests.browser.pages.claims import ClaimsDesk
from tests.browser.pages.receiving import Receiver
from tests.support.axe import clipped, violations
from tests.support.browsers import PHONE, TABLET, browser
from tests.support.claims_office import Office, open_office
from tests.support.fake_camera import film_of_code
from tests.support.serving import serving
from tests.support.situation_parts import PRICE_FEN, Scene
from webapp.usecases import claims, diagnosis, discrepancies
from webapp.usecases.claims import ClaimSaid
from webapp.usecases.demo import PIN

PICTURES = Path(__file__).resolve().parents[1] / "output"
WORDS = Path(__file__).resolve().parents[2] / "webapp" / "words"
RETURN = "return_refund"
CHINA = ZoneInfo("Asia/Shanghai")
HTML_LANG = {"zh_CN": "zh-CN", "en": "en"}


@dataclass
class Day:
    """``postal``: its label lies before the phone's camera."""

    office: Office
    address: str
    context: BrowserContext
    postal: Scene

    @property
    def page(self) -> Page:
        return self.context.pages[0]

    def desk(self, language: str) -> Page:
        self.office.sign_in(self.context, self.address, language)
        self.page.set_viewport_size(TABLET)  # type: ignore[arg-type]
        return self.page

    def look(self, name: str, language: str, *, axe: bool = False) -> None:
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{language}-claims-{name}.png", full_page=True)
        assert clipped(self.page) == [], f"{name} {language}"
        if axe:
            assert violations(self.page) == [], f"{name} {language}"


@pytest.fixture(scope="module")
def day(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    folder = tmp_path_factory.mktemp("claims")
    office = open_office(folder / "home")
    postal = office.laid.damaged_by_post()
    camera = film_of_code(postal.label, folder / "camera.mjpeg")
    with (
        serving(office.home) as served,
        browser(
            playwright, folder / "browser", language="vi", viewport=TABLET, camera=camera, touch=True
        ) as context,
    ):
        yield Day(office, served.address, context, postal)


def words(language: str, key: str) -> str:
    return str(json.loads((WORDS / f"{language}.json").read_text("utf-8"))[key])


# -- (a) short count on an own account, from the diagnosis to the refund -------------------------------------------


@pytest.mark.parametrize(("language", "copy"), [("zh_CN", 0), ("vi", 1)])
def test_short_count_from_the_diagnosis_to_the_refund(day: Day, language: str, copy: int) -> None:
    scene = day.office.laid.short_count(copy)
    desk, axe = ClaimsDesk(day.desk(language), day.address), copy == 0
    desk.diagnose(scene.order_no)
    assert desk.found() == 1
    assert desk.open_channels() == ["platform_1688", "supplier_direct"]
    day.look("a-diagnosis", language, axe=axe)
    desk.confirm("short_count")
    desk.fill("platform_1688", "粉色少1件，开箱点数视频为证，申请退款。", path="refund_without_return")
    day.look("a-form", language, axe=axe)
    number = desk.open_claim()
    day.look("a-missing", language, axe=axe)
    (view,) = day.office.claims(scene.order_no)
    assert (view.claim.state, view.claim.amount_fen) == ("evidence_incomplete", PRICE_FEN)
    assert "G-0" in desk.blocks()
    desk.submit(proof="too early")
    expect(day.page.locator("[role=alert], .problem, .message.bad").first).to_be_visible()
    assert day.office.claims(scene.order_no)[0].submissions == []
    for kind in ("order_screenshot", "listing", "order_status"):
        desk.file_paper(scene.order_no, kind, f"{kind} {copy}")
    desk.claim(number)
    desk.refresh()
    assert desk.blocks() == []
    assert day.office.claims(scene.order_no)[0].claim.state == "ready"
    desk.submit(proof=f"filed {copy}")
    desk.sent()
    day.look("a-sent", language)
    assert "met" in day.office.clock(scene.order_no, "R-02")
    assert day.office.clock(scene.order_no, "R-04") == ["running"]
    (over_the_platform if copy == 0 else by_the_supplier)(day.office, desk, scene.order_no)
    desk.step("closed")
    day.look("a-closed", language, axe=axe)
    (view,) = day.office.claims(scene.order_no)
    assert (view.claim.state, view.balance.received, view.balance.open) == ("closed", PRICE_FEN, 0)
    assert "met" in day.office.clock(scene.order_no, "R-06")


def over_the_platform(office: Office, desk: ClaimsDesk, order_no: str) -> None:
    """Refused, escalated, decided; one transfer."""
    desk.step("rejected", reason="卖家说已足量发货")
    desk.step("escalated", proof="escalated")
    desk.step("decided", outcome="partial_refund", amount="24.50")
    desk.step("money_received", amount="24.50", method="Alipay", proof="alipay")


def by_the_supplier(office: Office, desk: ClaimsDesk, order_no: str) -> None:
    """Approved in time; the money comes in two transfers, awaited by China's working days (R-06)."""
    desk.step("approved", amount="24.50", proof="approved")
    assert (office.clock(order_no, "R-04"), office.clock(order_no, "R-05")) == (["met"], ["cancelled"])
    (due,) = office.due(order_no, "R-06")
    today = office.services.clock.now().astimezone(CHINA).date()
    assert due.astimezone(CHINA).date() == country_holidays("CN").get_nth_working_day(today, 7)
    desk.step("money_received", amount="20.00", method="Alipay", proof="first transfer")
    (view,) = office.claims(order_no)
    assert (view.claim.state, view.balance.received, view.balance.open) == ("money_received", 2000, 450)
    desk.step("more_money", amount="4.50", proof="second transfer")


# -- (b) a defect on an agent's account, through the agent's own link ----------------------------------------------


@pytest.mark.parametrize(("language", "copy"), [("en", 0), ("zh_CN", 1)])
def test_a_defect_goes_through_the_agents_link_and_comes_back_as_money(
    day: Day, language: str, copy: int
) -> None:
    scene = day.office.laid.defect_at_agent(copy)
    desk, axe = ClaimsDesk(day.desk(language), day.address), copy == 0
    desk.diagnose(scene.order_no)
    assert desk.open_channels() == ["platform_1688", "agent", "supplier_direct"]
    day.look("b-diagnosis", language)
    desk.confirm("functional_defect")
    desk.fill(
        "platform_1688",
        "3件不通电，抽检视频为证，申请退款。",
        defect_code="no-power",
        defect_class="major",
        reason="function",
        amount="73.50",
    )
    day.look("b-form", language)
    number = desk.open_claim()
    assert set(desk.blocks()) == {"G-2"}
    for kind in ("order_screenshot", "listing"):
        desk.file_paper(scene.order_no, kind, f"{kind} agent {copy}")
    desk.claim(number)
    desk.refresh()
    assert desk.blocks() == []
    desk.submit(proof=f"wechat {copy}", recipient="1688 Order")
    desk.sent()
    link = AgentDoor.link_of_new_agent(desk, language, copy)
    door = AgentDoor(day.page, link)
    day.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert scene.order_no in door.cases()
    expect(day.page.locator("html")).to_have_attribute("lang", HTML_LANG[language])
    day.look("b-agent-cases", language, axe=axe)
    door.open_case(scene.order_no)
    day.look("b-agent-case", language, axe=axe)
    door.say("opened")
    door.say("filed", external_id=f"TQ12345{copy}", proof=f"TQ {copy}")
    door.say("landed", amount="73.50", proof=f"landed {copy}")
    door.say("passed_back", amount="73.50")
    day.look("b-agent-done", language)
    (view,) = day.office.claims(scene.order_no)
    assert (view.claim.state, view.claim.external_id) == ("money_received", f"TQ12345{copy}")
    assert (view.balance.received, view.balance.at_agent) == (7350, 0)
    filed = next(event for event in view.events if event.kind == "filed")
    assert filed.by.startswith("agent:") and filed.document_id


# -- (c) damage on arrival by post --------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "copy"), [("vi", 1), ("en", 2)])
def test_damage_by_post_is_reported_in_time(day: Day, language: str, copy: int) -> None:
    scene = day.office.laid.damaged_by_post(copy)
    desk = ClaimsDesk(day.desk(language), day.address)
    assert day.office.clock(scene.order_no, "R-07") == ["running"]
    desk.diagnose(scene.order_no)
    assert "post" not in desk.open_channels()
    day.look("c-diagnosis", language)
    desk.confirm("damaged", by_post="yes", signed_present="no")
    assert "post" in desk.open_channels()
    desk.fill("post", "外箱压坏，4件破损。", severity="part", amount="98.00")
    number = desk.open_claim()
    day.look("c-claim", language)
    desk.file_paper(scene.order_no, "invoice", f"receipt {copy}")
    desk.claim(number)
    desk.refresh()
    desk.submit(proof=f"post office {copy}", recipient="VNPost")
    desk.sent()
    assert day.office.clock(scene.order_no, "R-07") == ["met"]
    (view,) = day.office.claims(scene.order_no)
    assert view.submissions[0].proofs
    assert "EV-25" not in [todo.need for todo in view.todos]


# -- (d) one shortage, two claims ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "copy"), [("zh_CN", 0), ("en", 1)])
def test_one_shortage_is_asked_of_supplier_and_freight(day: Day, language: str, copy: int) -> None:
    scene = day.office.laid.split_shortage(copy)
    desk, axe = ClaimsDesk(day.desk(language), day.address), copy == 0
    desk.diagnose(scene.order_no)
    assert desk.found() == 2
    expect(desk.card("freight_loss")).to_contain_text(words(language, "claim.party_undetermined"))
    expect(desk.card("short_count")).to_contain_text(words(language, "claim.party_supplier"))
    day.look("d-diagnosis", language)
    desk.confirm("short_count")
    desk.fill("supplier_direct", "少1件，有开箱视频。")
    desk.open_claim()
    desk.diagnose(scene.order_no)
    desk.confirm("freight_loss")
    desk.fill("freight", amount="49.00")
    desk.open_claim()
    day.look("d-claim", language)
    first, second = day.office.claims(scene.order_no)
    assert (first.claim.channel, sum(first.lines.values())) == ("supplier_direct", 1000)
    assert (second.claim.channel, sum(second.lines.values())) == ("freight", 2000)
    assert second.discrepancy.responsibility == "undetermined"
    letter = Letters(day.page, day.address)
    letter.write(
        scene.order_no, "T-7", claim=second.claim.id, load_unit="SZ-HN-07", contract_ref="BN-2026-118"
    )
    for one in ("zh_CN", "vi", "en"):
        assert all(told in letter.text(one) for told in (scene.order_no, "23", "21", "SZ88123"))
    day.look("d-letter", language, axe=axe)
    # A carrier's letter does not go to the supplier.
    expect(day.page.locator("#recipient")).to_have_value("")
    letter.send(f"T-7 {copy}", recipient="Bắc Nam Logistics")
    assert day.office.clock(scene.order_no, "R-14")


# -- (e) a changed mind on Taobao ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "copy"), [("vi", 0), ("zh_CN", 1)])
def test_a_changed_mind_on_taobao_passes_its_checklist(day: Day, language: str, copy: int) -> None:
    scene = day.office.laid.changed_mind(copy)
    desk = ClaimsDesk(day.desk(language), day.address)
    desk.diagnose(scene.order_no)
    assert desk.found() == 0
    day.look("e-diagnosis", language)
    said = {"label_seen": "yes", "unused_complete": "yes"}
    desk.state("no_reason", **said, category="custom")
    assert "platform_taobao" not in desk.open_channels()
    closed = desk.dead_channels()
    assert any(words(language, "channel.why_category_excluded") in one for one in closed)
    day.look("e-excluded", language)
    desk.diagnose(scene.order_no)
    desk.state("no_reason", **said, category="ordinary")
    assert "platform_taobao" in desk.open_channels()
    desk.fill(
        "platform_taobao",
        "七天无理由退货，未使用。",
        unused="yes",
        complete="yes",
        units="12",
        path=RETURN,
        return_domestic="18",
    )
    number = desk.open_claim()
    day.look("e-claim", language)
    (view,) = day.office.claims(scene.order_no)
    assert (view.claim.type, view.claim.channel) == ("no_reason", "platform_taobao")
    assert [todo.need for todo in view.todos if todo.required] == ["EV-19", "EV-20"]
    assert day.office.clock(scene.order_no, "R-13") == ["running"]
    for kind in ("order_screenshot", "listing"):
        desk.file_paper(scene.order_no, kind, f"mind {kind} {copy}")
    desk.claim(number)
    desk.refresh()
    # Photos are enough here: a film is asked for by 1688 (S0-16, S1-14).
    assert desk.blocks() == []
    desk.submit(proof=f"mind {copy}")
    desk.sent()
    assert day.office.claims(scene.order_no)[0].claim.state == "filed"
    assert day.office.clock(scene.order_no, "R-13") == ["met"]


# -- (f) the windows are over --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "copy"), [("en", 0), ("vi", 1)])
def test_after_the_windows_only_the_negotiation_is_offered(day: Day, language: str, copy: int) -> None:
    scene = day.office.laid.expired(copy)
    desk, axe = ClaimsDesk(day.desk(language), day.address), copy == 0
    desk.diagnose(scene.order_no)
    assert desk.open_channels() == ["supplier_direct"]
    dead = desk.dead_channels("article")
    assert any(words(language, "channel.why_closed_for_good") in one and "2026" in one for one in dead)
    day.look("f-diagnosis", language)
    letter = Letters(day.page, day.address)
    day.office.agree(scene.order_no, "12 units a colour, checked before shipment")
    letter.write(scene.order_no, "T-6", defective_units="0", remedy="partial_refund", remedy_amount="24.50")
    assert all("24.50" in letter.text(one) for one in ("zh_CN", "vi", "en"))
    day.look("f-letter", language, axe=axe)


# -- the phone ---------------------------------------------------------------------------------------------------


def test_what_a_claim_lacks_is_photographed_at_the_goods_and_fills_it(day: Day) -> None:
    """The kept box of goods that came by post (EV-24): asked on the phone in Vietnam, and nowhere else."""
    claim = postal_claim(day)
    assert [todo.need for todo in day.office.claims(day.postal.order_no)[0].todos if todo.required] == [
        "EV-24",
        "EV-25",
    ]
    page = day.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    receiver = Receiver(page, day.address)
    receiver.enrol(day.office.enrolment(day.office.laid.vietnam.dongguan))
    receiver.start_shift("Lan vn", PIN)
    page.wait_for_url("**/parcel/*")
    expect(page.locator("[data-wanted='1']")).to_be_visible()
    look_both(day, "phone-card")
    page.locator("[data-to-wanted]").click()
    expect(page.locator("li[data-slot='EV-24']")).to_contain_text(str(claim))
    look_both(day, "phone-wanted")
    page.locator("li[data-slot='EV-24'] [data-shoot]").click()
    expect(page.locator(".snap:not([disabled])")).to_be_visible()
    look_both(day, "phone-camera")
    page.locator(".snap").click()
    expect(page.locator("[data-open='0']")).to_be_visible()
    look_both(day, "phone-done")
    page.locator("[data-back]").click()
    expect(page.locator(".receive")).to_be_visible()
    expect(page.locator("[data-wanted]")).to_have_count(0)
    receiver.wait_until_sent()
    claims.catch_up(day.office.services.database, since=None, now=day.office.services.clock.now())
    (view,) = day.office.claims(day.postal.order_no)
    assert [todo.need for todo in view.todos if todo.required] == ["EV-25"]
    (photo,) = [one for one in view.exhibits if "EV-24" in one.slots]
    assert (photo.source_kind, photo.verified, photo.line_id) == ("photo", True, day.postal.lines[0])


def postal_claim(day: Day) -> int:
    laid = day.office.laid
    found = diagnosis.diagnose(
        laid.services.database,
        organisation_id=laid.owner.organisation_id,
        order_no=day.postal.order_no,
        now=laid.now,
    )
    discrepancy = discrepancies.confirm(
        laid.services.database,
        actor=laid.owner,
        order_no=day.postal.order_no,
        key=found.found[0].key,
        answers={"by_post": "yes", "signed_present": "no"},
        now=laid.now,
    )
    said = ClaimSaid(
        discrepancy, "post", {"severity": "part", "units": "4"}, {}, 4 * PRICE_FEN, "外箱压坏，4件破损。"
    )
    return claims.open_claim(laid.services.database, actor=laid.owner, said=said, now=laid.now)


SPOKEN = {"zh_CN": ("中文", "中"), "vi": ("Tiếng Việt", "VI")}


def look_both(day: Day, name: str) -> None:
    """The phone's screen in Chinese and Vietnamese; words that do not fit and keys that a glove misses fail."""
    page = day.page
    for language, (called, short) in SPOKEN.items():
        page.locator(".bar .language").click()
        page.locator("dialog .sheet-choices button", has_text=called).click()
        expect(page.locator(".bar .language")).to_have_text(short)
        expect(page.locator("dialog")).to_have_count(0)
        day.look(name, language)
        small = page.evaluate(
            """() => [...document.querySelectorAll('.table button')].filter((key) => key.getClientRects().length)
              .filter((key) => key.getBoundingClientRect().height < 55.5).map((key) => key.outerHTML.slice(0, 120))"""
        )
        assert small == [], f"{name} {language}"
    assert violations(page) == [], name
