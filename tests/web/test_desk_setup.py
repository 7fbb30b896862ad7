"""Status times, accounts, plans, checks and line facts through the browser's own requests."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.desk_setup import picture
from tests.support.instance import Instance, make_instance
from webapp.adapters.catalogues import catalogue
from webapp.domain.permissions import Role
from webapp.usecases.demo_orders import FILMED_ORDER

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LANGUAGES = ("zh_CN", "vi", "en")
SECOND, THIRD = "3657512208415232333", "3657512208416232333"


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return make_instance(tmp_path, NOW)


@pytest.fixture
def chi(instance: Instance) -> FlaskClient:
    return instance.client(Role.OWNER)


def post(instance: Instance, client: FlaskClient, path: str, **fields: object) -> TestResponse:
    return client.post(
        path, data={"csrf_token": instance.csrf(client), **fields}, content_type="multipart/form-data"
    )


def screenshot(data: bytes | None = None) -> tuple[io.BytesIO, str]:
    return io.BytesIO(picture() if data is None else data), "状态.png"


def page(client: FlaskClient, order_no: str = FILMED_ORDER) -> str:
    return client.get(f"/orders/{order_no}").text


def row_of(html: str, rule: str) -> str:
    """The clock's row of the order page."""
    start = html.index(f'<span class="rule-id">{rule}</span>')
    return html[start : html.index("</tr>", start)]


def test_one_screenshot_takes_assumed_off_three_orders(instance: Instance, chi: FlaskClient) -> None:
    orders = [FILMED_ORDER, SECOND, THIRD]
    form = chi.get("/status").text
    for order_no in orders:
        assert f'name="order" value="{order_no}"' in form
        assert "Start time assumed" in row_of(page(chi, order_no), "R-02")
    answer = post(
        instance,
        chi,
        "/status",
        kind="platform_delivered",
        order=orders,
        at="2026-11-20 09:30:00",
        screenshot=screenshot(),
    )
    assert answer.status_code == 302
    assert "3 orders now have a proven time." in chi.get(answer.headers["Location"]).text
    for order_no in orders:
        html = page(chi, order_no)
        assert "Start time assumed" not in html
        assert "proven by screenshot" in row_of(html, "R-02")
        assert "2026-11-20 09:30" in row_of(html, "R-02")
        assert "serves 3 orders" in html
    assert f'value="{SECOND}"' not in chi.get("/status").text


def test_the_screenshot_opens_as_it_was_filed(instance: Instance, chi: FlaskClient) -> None:
    data = picture("JPEG")
    path = f"/orders/{FILMED_ORDER}/milestones"
    post(instance, chi, path, kind="platform_delivered", at="2026-11-20", screenshot=screenshot(data))
    found = re.search(r'href="(/documents/[0-9a-f]{32})"', page(chi))
    assert found is not None
    answer = chi.get(found.group(1))
    assert (answer.data, answer.mimetype) == (data, "image/jpeg")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert chi.get(f"{found.group(1)}/thumbnail").mimetype == "image/jpeg"
    dung = instance.client(Role.OWNER, organisation="Dung")
    assert dung.get(found.group(1)).status_code == 404
    assert dung.get(f"{found.group(1)}/thumbnail").status_code == 404


def test_pasted_lines_bring_their_own_times(instance: Instance, chi: FlaskClient) -> None:
    lines = f"{SECOND}\t2026年11月20日 10:00\n{THIRD} 20261120110000000+0800"
    answer = post(instance, chi, "/status", kind="platform_delivered", lines=lines)
    assert "stated, not proven" in chi.get(answer.headers["Location"]).text
    # A word is no proof: the clock stays assumed, and starts at the earliest time known (AMB-02).
    assert "Start time assumed" in row_of(page(chi, SECOND), "R-02")
    assert "2026-11-20 10:00" in page(chi, SECOND) and "2026-11-20 11:00" in page(chi, THIRD)


def test_a_bad_line_is_named_and_nothing_is_saved(instance: Instance, chi: FlaskClient) -> None:
    lines = f"{SECOND} 2026-11-20 10:00\n{THIRD} tomorrow at 14:37"
    answer = post(
        instance,
        chi,
        "/status",
        kind="platform_delivered",
        order=[FILMED_ORDER],
        at="2026-11-20 9:00",
        lines=lines,
    )
    assert answer.status_code == 400
    assert "Line 2:" in answer.text and "Nothing was saved" in answer.text
    assert lines.splitlines()[1] in answer.text  # what was typed is still there
    assert "Stated times" not in page(chi, SECOND)


@pytest.mark.parametrize(
    ("data", "word"),
    [(b"%PDF-1.7", "error.document_type"), (picture()[:60], "error.document_unreadable")],
    ids=["pdf", "cut"],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bad_screenshot_is_refused_in_the_persons_language(
    instance: Instance, data: bytes, word: str, language: str
) -> None:
    chi = instance.client(Role.OWNER, language=language)
    path = f"/orders/{FILMED_ORDER}/milestones"
    answer = post(
        instance, chi, path, kind="platform_delivered", at="2026-11-20", screenshot=screenshot(data)
    )
    assert answer.status_code == 400
    assert catalogue(language)[word] in answer.text


def test_an_account_is_not_confirmed_until_a_person_says_so(instance: Instance, chi: FlaskClient) -> None:
    assert "not confirmed" in page(chi)
    shown = chi.get("/accounts").text
    assert "…" in shown and "not confirmed" in shown
    action = re.search(r'action="(/accounts/[0-9a-f]{32}/owner)"', shown)
    assert action is not None
    assert post(instance, chi, action.group(1), owner="agent").status_code == 302
    html = page(chi)
    assert "not confirmed" not in html
    assert '<span class="rule-id">R-01</span>' in html
    assert "Confirmed by Chi" in chi.get("/accounts").text
    dung = instance.client(Role.OWNER, organisation="Dung")
    assert post(instance, dung, action.group(1), owner="self").status_code == 404
    assert post(instance, chi, action.group(1), owner="nobody").status_code == 400


def test_a_lighter_plan_is_not_asked_and_never_done(instance: Instance, chi: FlaskClient) -> None:
    form = chi.get("/plans").text
    supplier = re.search(r'<option value="([0-9a-f]{32})"[^>]*>\u2068?广州', form)
    assert supplier is not None
    said = {"scope": "supplier", "supplier_id": supplier.group(1), "depth": "arrive", "reason": "trusted"}
    seen = post(instance, chi, "/plans", action="preview", **said)
    assert "It would apply to" in seen.text and 'value="trusted"' in seen.text
    assert "End</button>" not in seen.text
    assert post(instance, chi, "/plans", action="decide", **said).status_code == 302
    html = page(chi, SECOND)
    plan = html[html.index('id="plan"') : html.index('id="checks"')]
    assert "Count: not asked" in plan and "decided by Chi on 2026-11-21 17:00" in plan and "trusted" in plan
    lines = html[html.index('id="lines"') : html.index('id="films"')]
    assert "not asked" in lines and "Not counted" not in lines
    ending = re.search(r'action="(/plans/[0-9a-f]{32}/end)"', chi.get("/plans").text)
    assert ending is not None
    post(instance, chi, ending.group(1))
    assert "Ended on" in chi.get("/plans").text
    assert "Count: not asked" not in page(chi, SECOND)


def test_a_decision_without_a_reason_is_refused_and_keeps_what_was_typed(
    instance: Instance, chi: FlaskClient
) -> None:
    answer = post(instance, chi, "/plans", scope="value", least_yuan="2000", depth="count_sample", reason="")
    assert answer.status_code == 400
    assert catalogue("en")["error.plan_reason_missing"] in answer.text
    assert 'value="2000"' in answer.text


def test_one_order_is_decided_on_its_own_page(instance: Instance, chi: FlaskClient) -> None:
    path = f"/orders/{SECOND}/plan"
    assert post(instance, chi, path, depth="count_sample", reason="new mould").status_code == 302
    assert "Count and sample check" in page(chi, SECOND)
    assert post(instance, chi, path, depth="count_sample", reason="").status_code == 400


def test_checks_are_phrases_or_marked_as_untranslated(instance: Instance, chi: FlaskClient) -> None:
    path = f"/orders/{SECOND}/checks"
    post(instance, chi, path, phrase=["check_logo", "keep_dry"], free_text="<b>杯盖</b>")
    for language in LANGUAGES:
        html = page(instance.client(Role.OWNER, language=language), SECOND)
        card = html[html.index('id="checks"') :]
        assert catalogue(language)["phrase.check_logo"] in card[: card.index("<details")]
        assert catalogue(language)["checks.untranslated"] in card
        assert "<b>杯盖" not in card and "&lt;b&gt;杯盖" in card
    ending = re.search(rf'action="({path}/[0-9a-f]{{32}}/end)"', page(chi, SECOND))
    assert ending is not None
    assert post(instance, chi, ending.group(1)).status_code == 302
    assert ending.group(1) not in page(chi, SECOND)
    assert post(instance, chi, path).status_code == 400


def test_an_agents_order_offers_the_checks_for_its_remark_in_chinese(
    instance: Instance, chi: FlaskClient
) -> None:
    action = re.search(r'action="(/accounts/[0-9a-f]{32}/owner)"', chi.get("/accounts").text)
    assert action is not None
    post(instance, chi, f"/orders/{SECOND}/checks", phrase=["test_switch_on"], free_text="看杯盖")
    assert "通电测试；看杯盖" not in page(chi, SECOND)
    post(instance, chi, action.group(1), owner="agent")
    assert "通电测试；看杯盖" in page(chi, SECOND)


def test_line_facts_are_shown_and_the_listing_is_text(instance: Instance, chi: FlaskClient) -> None:
    path = f"/orders/{FILMED_ORDER}/lines/{instance.names['line']}"
    fields = {
        "unit_weight": "185,5",
        "pack_factor": "12",
        "listing_url": "https://detail.1688.com/offer/1.html",
        "listing_spec": "100% cotton",
    }
    assert post(instance, chi, f"{path}/facts", **fields).status_code == 302
    assert post(instance, chi, f"{path}/listing", listing=screenshot()).status_code == 302
    html = page(chi)
    assert "185.5 g" in html and "100% cotton" in html and "Open the capture of" in html
    # Shown, never a link: a click on a supplier's page would tell the supplier that somebody looks.
    assert 'href="https://detail.1688.com' not in html
    for name, bad in (("unit_weight", "heavy"), ("pack_factor", "0"), ("listing_url", "javascript:alert(1)")):
        answer = post(instance, chi, f"{path}/facts", **{**fields, name: bad})
        assert answer.status_code == 400
    assert "185.5 g" in page(chi)
    assert post(instance, chi, f"{path}/listing").status_code == 400


@pytest.mark.parametrize("role", [Role.AGENT, Role.VIEWER])
def test_who_may_only_read_is_offered_no_form(instance: Instance, role: Role) -> None:
    reader = instance.client(role)
    html = page(reader)
    for path in ("/plan", "/checks", "/milestones", "/facts"):
        assert f'{path}"' not in html, path
    for path in ("/plans", "/accounts", "/status"):
        assert reader.get(path).status_code == 403
