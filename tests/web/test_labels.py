"""The desk's label pages: PDF downloads, sentences for what cannot be printed, nothing of another organisation."""

from __future__ import annotations

from datetime import UTC, datetime

import pypdfium2
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support.instance import Instance, make_instance
from webapp.domain.permissions import Role
from webapp.store.schema import Label
from webapp.store.schema_desk import LabelRoll

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return make_instance(tmp_path_factory.mktemp("labels"), NOW)


@pytest.fixture
def owner(instance: Instance) -> FlaskClient:
    return instance.client(Role.OWNER)


def post(instance: Instance, client: FlaskClient, path: str, **form: str | list[str]) -> TestResponse:
    return client.post(path, data={"csrf_token": instance.csrf(client), **form})


def pages(answer: TestResponse) -> int:
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text[-2_000:]
    assert "attachment" in answer.headers["Content-Disposition"]
    return len(pypdfium2.PdfDocument(answer.data))


def test_many_orders_at_once_ticked_and_pasted(instance: Instance, owner: FlaskClient) -> None:
    shown = owner.get("/labels").text
    order_no = instance.names["order_no"]
    answer = post(
        instance, owner, "/labels/orders", order=[order_no], order_nos=f" {order_no}，\n{order_no}; "
    )
    assert pages(answer) == len(answer.headers["Dockproof-Labels"].split()) == 1
    assert f"labels-{order_no}.pdf" in answer.headers["Content-Disposition"]
    assert "100 × 150 mm" in shown


@pytest.mark.parametrize(
    ("path", "form", "count"),
    [
        ("/labels/orders", {"kind": "carton", "cartons": "3", "stock": "60x40"}, 3),
        ("/labels/orders", {"kind": "carton", "cartons": "3", "carton": "2"}, 1),
        ("/labels/orders", {"kind": "sku", "stock": "A4-24", "start": "24"}, 2),
        ("/labels/blank", {"count": "25", "stock": "A4-24"}, 2),
        ("/labels/load-units", {"unit_kind": "truck", "number": "粤B 123", "stock": "100x100"}, 1),
    ],
)
def test_each_form_answers_with_its_pages(
    instance: Instance, owner: FlaskClient, path: str, form: dict[str, str], count: int
) -> None:
    if path == "/labels/orders":
        form = {"order": instance.names["order_no"], **form}
    assert pages(post(instance, owner, path, **form)) == count


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/labels/orders", {}, 400),
        ("/labels/orders", {"order_nos": "1"}, 404),
        ("/labels/orders", {"kind": "carton", "cartons": "1.5"}, 400),
        ("/labels/orders", {"kind": "carton", "cartons": "-1"}, 400),
        ("/labels/orders", {"kind": "carton", "cartons": "2", "carton": "3"}, 400),
        ("/labels/orders", {"kind": "poster"}, 400),
        ("/labels/orders", {"stock": "<script>"}, 400),
        ("/labels/orders", {"start": "2"}, 400),
        ("/labels/orders", {"start": "99999999999999999999"}, 400),
        ("/labels/blank", {"count": "0"}, 400),
        ("/labels/blank", {"count": "9999"}, 400),
        ("/labels/blank", {"count": "5", "site": "0" * 32}, 404),
        ("/labels/load-units", {"unit_kind": "ship", "number": "1"}, 400),
        ("/labels/load-units", {"unit_kind": "truck", "number": " "}, 400),
    ],
)
def test_what_cannot_be_printed_is_one_sentence_and_keeps_what_was_typed(
    instance: Instance, owner: FlaskClient, path: str, form: dict[str, str], status: int
) -> None:
    with instance.services.database.read() as session:
        before = (
            len(session.scalars(select(Label.code)).all()),
            len(session.scalars(select(LabelRoll.id)).all()),
        )
    if path == "/labels/orders" and form and "order_nos" not in form:
        form = {"order_nos": instance.names["order_no"], **form}
    answer = post(instance, owner, path, **form)
    assert answer.status_code == status
    assert 'class="message bad"' in answer.text
    assert "<script>" not in answer.text.replace('<script type="module"', "")
    for name, typed in form.items():
        if (typed.isdigit() and name != "site") or typed == instance.names["order_no"]:
            assert typed in answer.text
    with instance.services.database.read() as session:
        after = (
            len(session.scalars(select(Label.code)).all()),
            len(session.scalars(select(LabelRoll.id)).all()),
        )
    assert after == before


def test_the_page_warns_while_the_address_opens_nowhere_else(owner: FlaskClient) -> None:
    assert "DOCKPROOF_PUBLIC_URL" in owner.get("/labels").text


def test_a_counting_mat_of_each_paper(instance: Instance, owner: FlaskClient) -> None:
    assert pages(owner.get("/labels/mat/A4")) == pages(owner.get("/labels/mat/A3")) == 1
    assert owner.get("/labels/mat/A0").status_code == 404


def test_another_organisation_prints_nothing_of_ours(instance: Instance) -> None:
    other = instance.client(Role.OWNER, organisation="Dung")
    assert instance.names["order_no"] not in other.get("/labels").text
    answer = post(instance, other, "/labels/orders", order_nos=instance.names["order_no"])
    assert answer.status_code == 404


def test_an_order_page_offers_other_stocks_to_who_may_print(instance: Instance, owner: FlaskClient) -> None:
    path = f"/orders/{instance.names['order_no']}"
    assert 'action="/labels/orders"' in owner.get(path).text
    assert 'action="/labels/orders"' not in instance.client(Role.VIEWER).get(path).text
