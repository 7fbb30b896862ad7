"""Papers, messages, terms, suppliers and fees as a browser gets them, and what may come of a form."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.support.desk_setup import picture
from tests.support.instance import Instance, make_instance
from webapp.adapters.catalogues import LANGUAGES, catalogue
from webapp.domain.messages import TEMPLATES
from webapp.domain.permissions import Role
from webapp.locate import static_dir
from webapp.store.schema import Order
from webapp.store.schema_desk import Document
from webapp.store.schema_papers import Message
from webapp.usecases.demo import FILMED_ORDER

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
WORDS = catalogue("en")
ORDER = f"/orders/{FILMED_ORDER}"
PLACE = re.compile(r">[^<]*\{[a-z_]+\}[^<]*<")
KEY = re.compile(r">\s*((?:papers?|message|terms|supplier|fee|pre_filing|lint|letter|folder)\.[\w.-]+)\s*<")


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return make_instance(tmp_path, NOW)


@pytest.fixture
def owner(instance: Instance) -> FlaskClient:
    return instance.client(Role.OWNER)


def post(instance: Instance, client: FlaskClient, path: str, **form: object) -> TestResponse:
    return client.post(path, data={"csrf_token": instance.csrf(client), **form})


def file(instance: Instance, client: FlaskClient, **form: object) -> TestResponse:
    values = {"orders": FILMED_ORDER, "kind": "chat", "files": [(io.BytesIO(picture()), "微信.png")]}
    return post(instance, client, "/papers/files", **{**values, **form})


def count(instance: Instance, table: type) -> int:
    with instance.services.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def supplier_of(instance: Instance) -> str:
    with instance.services.database.read() as session:
        return session.scalars(select(Order).where(Order.order_no == FILMED_ORDER)).one().supplier_id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_its_language(instance: Instance, language: str) -> None:
    client = instance.client(Role.OWNER, language=language)
    paths = [
        f"{ORDER}/papers",
        f"{ORDER}/terms",
        *(f"{ORDER}/messages?template={one}" for one in TEMPLATES),
        "/papers",
        "/suppliers",
        f"/suppliers/{supplier_of(instance)}",
        "/fees?kind=exchange&skus=4&month_skus=17&late=1&off_platform=1",
        "/share-in",
    ]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert KEY.findall(answer.text) == [] and not PLACE.search(answer.text), path


def test_the_order_leads_to_its_papers_and_says_what_is_missing(owner: FlaskClient) -> None:
    shown = owner.get(ORDER).text
    assert f'href="{ORDER}/papers"' in shown and f'href="{ORDER}/messages"' in shown
    assert WORDS["lint.nothing_agreed"] in shown


def test_files_are_filed_found_hidden_and_shown_again(instance: Instance, owner: FlaskClient) -> None:
    two = [(io.BytesIO(picture()), "a.png"), (io.BytesIO(picture(colour="red")), "b.png")]
    answer = file(instance, owner, files=two, note="红色 24", dated_on="2026-11-10")
    assert answer.status_code == 302 and "filed=2" in answer.location
    assert "a.png" in owner.get("/papers?q=红色").text and "a.png" not in owner.get("/papers?q=蓝色").text
    shown = owner.get(f"{ORDER}/papers").text
    (first, *_) = re.findall(r"documents/([0-9a-f]{32})/hide", shown)
    assert post(instance, owner, f"{ORDER}/papers/documents/{first}/hide", reason="").status_code == 400
    post(instance, owner, f"{ORDER}/papers/documents/{first}/hide", reason="<b>other order</b>")
    shown = owner.get(f"{ORDER}/papers").text
    assert "&lt;b&gt;other order" in shown and count(instance, Document) >= 2
    post(instance, owner, f"{ORDER}/papers/documents/{first}/show")
    assert "other order" not in owner.get(f"{ORDER}/papers").text


def test_a_refused_file_is_explained_where_it_was_sent_from(instance: Instance, owner: FlaskClient) -> None:
    before = count(instance, Document)
    answer = file(instance, owner, back="order", files=[(io.BytesIO(b"GIF89a"), "x.gif")])
    assert answer.status_code == 400 and WORDS["error.document_type"] in answer.text
    assert "papers-title" in answer.text and count(instance, Document) == before
    assert file(instance, owner, orders="", files=[]).status_code == 400


def test_a_pdf_is_only_ever_downloaded(instance: Instance, owner: FlaskClient) -> None:
    file(instance, owner, kind="invoice", files=[(io.BytesIO(b"%PDF-1.7\nx\n%%EOF"), "i.pdf")])
    (path,) = re.findall(
        r'href="(/documents/[0-9a-f]{32})">' + WORDS["paper.kind_invoice"], owner.get(f"{ORDER}/papers").text
    )
    answer = owner.get(path)
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_notice_from_the_empty_form_to_the_proof(instance: Instance, owner: FlaskClient) -> None:
    typed = {
        "template": "T-1",
        "defective_units": "2",
        "agreement_date": "2026-11-10",
        "chat_ref": "截图12",
        "remedy": "partial_refund",
        "remedy_amount": "56.70",
    }
    bare = post(instance, owner, f"{ORDER}/messages", template="T-1")
    assert WORDS["message.remedy_missing"] in bare.text and 'id="record"' not in bare.text
    filled = post(instance, owner, f"{ORDER}/messages", **typed)
    assert "短少 1，不良 2" in filled.text and 'data-counted="150"' in filled.text
    sending = {"language": "zh_CN", "via": "wechat", "recipient": "小陈"}
    refused = post(instance, owner, f"{ORDER}/messages/sent", **typed, **sending)
    assert refused.status_code == 400 and WORDS["error.message_proof_missing"] in refused.text
    assert 'value="截图12"' in refused.text and count(instance, Message) == 0
    proof = (io.BytesIO(picture()), "sent.png")
    done = post(instance, owner, f"{ORDER}/messages/sent", **typed, **sending, proof=proof)
    assert done.status_code == 302 and WORDS["message.done"] in owner.get(done.location).text
    unreadable = post(instance, owner, f"{ORDER}/messages", **{**typed, "remedy_amount": "lots"})
    assert unreadable.status_code == 400 and 'value="截图12"' in unreadable.text


def test_an_agreement_and_a_payment(instance: Instance, owner: FlaskClient) -> None:
    agreed = {
        "kind": "chat",
        "dated_on": "2026-11-10",
        "attribute": "颜色",
        "value": "红 <1>",
        "chat_ref": "12",
    }
    assert post(instance, owner, f"{ORDER}/papers/agreements", **agreed).status_code == 302
    paid = {
        "paid_on": "2026-11-13",
        "amount": "300",
        "currency": "CNY",
        "account": "1234",
        "purpose": "deposit",
    }
    assert post(instance, owner, f"{ORDER}/papers/payments", **paid).status_code == 302
    shown = owner.get(f"{ORDER}/papers").text
    assert "红 &lt;1&gt;" in shown and "¥300.00" in shown and WORDS["lint.deposit_unconfirmed"] in shown
    table = owner.get(f"{ORDER}/payments.csv")
    assert table.mimetype == "text/csv" and "2026-11-13,300.00,CNY" in table.text


def test_terms_and_the_questions_before_filing(instance: Instance, owner: FlaskClient) -> None:
    assert post(instance, owner, f"{ORDER}/terms", order_kind="custom").status_code == 302
    shown = owner.get(f"{ORDER}/terms").text
    assert WORDS["terms.hint_oem"] in shown
    post(instance, owner, f"{ORDER}/return-address", address="义乌市北苑路 1 号")
    assert "北苑路" in owner.get(f"/suppliers/{supplier_of(instance)}").text
    answer = post(
        instance, owner, f"{ORDER}/pre-filing", reason="no_reason", label="no", next="//evil.example"
    )
    assert answer.location == f"{ORDER}/terms#pre-filing"
    assert WORDS["pre_filing.advice_no_label"] in owner.get(answer.location).text


def test_fees_show_the_range_and_never_a_zero_for_the_unknown(owner: FlaskClient) -> None:
    shown = owner.get("/fees?kind=exchange&skus=4&month_skus=17&late=1").text
    assert "¥30.00 – ¥40.00" in shown and WORDS["fee.unknown_penalty"] in shown and "¥0.00" not in shown
    assert owner.get("/fees?kind=return&skus=4&month_skus=3").status_code == 400
    assert owner.get("/fees?kind=return&skus=x&month_skus=3").status_code == 400


def test_who_may_what(instance: Instance) -> None:
    for role in (Role.VIEWER, Role.AGENT):
        client = instance.client(role)
        assert client.get(f"{ORDER}/papers").status_code == 200
        assert 'name="files"' not in client.get(f"{ORDER}/papers").text
        assert client.get(f"{ORDER}/messages").status_code == 403
        assert file(instance, client).status_code == 403
        assert post(instance, client, f"{ORDER}/terms", order_kind="bulk").status_code == 403
    other = instance.client(Role.OWNER, organisation="Dung")
    for path in (f"{ORDER}/papers", f"{ORDER}/messages", f"{ORDER}/terms", f"{ORDER}/payments.csv"):
        assert other.get(path).status_code == 404
    assert other.get(f"/suppliers/{supplier_of(instance)}").status_code == 404


def test_the_share_sheet_leads_to_a_page_that_files(instance: Instance, owner: FlaskClient) -> None:
    manifest = json.loads((static_dir() / "manifest.webmanifest").read_text("utf-8"))
    target = manifest["share_target"]
    assert (target["action"], target["method"]) == ("/share-in", "POST")
    assert target["params"]["files"][0]["name"] == "files"
    answer = owner.post("/share-in", data={"files": (io.BytesIO(picture()), "a.png")})
    assert (answer.status_code, answer.location) == (303, "/share-in")
    before = count(instance, Document)
    assert "data-shared-files" in owner.get("/share-in").text and count(instance, Document) == before
