"""The import pages: what hostile files bring stays text, drafts are nobody else's, every state has its page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.fixtures.export_1688 import DEMO, Line, Order, write_export
from tests.fixtures.order_files import strange_rows, text
from tests.support.instance import Instance, make_instance
from webapp.domain.permissions import Role
from webapp.usecases import imports

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
EVIL = "<script>alert(1)</script>{{ 7*7 }}\u202egnp.exe\x07" + "长" * 5_000


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return make_instance(tmp_path_factory.mktemp("imports"), NOW)


@pytest.fixture
def client(instance: Instance) -> Iterator[FlaskClient]:
    yield instance.client(Role.OWNER)


def upload(
    instance: Instance,
    client: FlaskClient,
    content: bytes,
    filename: str = "orders.xlsx",
    language: str = "en",
) -> TestResponse:
    client.set_cookie("dockproof_language", language)
    form = {"csrf_token": instance.csrf(client), "account": "chi-1688", "owner": "self"}
    return client.post(
        "/orders/import",
        data={**form, "file": (io.BytesIO(content), filename)},
        content_type="multipart/form-data",
    )


def post(instance: Instance, client: FlaskClient, path: str, **form: str) -> TestResponse:
    return client.post(path, data={"csrf_token": instance.csrf(client), **form})


def test_preview_yes_report(instance: Instance, client: FlaskClient) -> None:
    answer = upload(instance, client, write_export(None))
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert "Refresh" not in page.headers
    assert "Nothing has been written yet" in page.text and str(DEMO[0].order_no) in page.text
    assert post(instance, client, f"{answer.location}/confirm").status_code == 303
    assert "report" in client.get(answer.location).text
    assert "orders.xlsx" in client.get("/orders/import").text


def test_what_a_file_says_stays_text(instance: Instance, client: FlaskClient) -> None:
    line = Line(title=EVIL.replace("\x07", ""), quantity="<b>x</b>")
    orders = [Order(order_no="3657499272179111333", supplier="<i>" + "长" * 5_000), Order(lines=(line,))]
    answer = upload(instance, client, write_export(None, orders), '<img src=x onerror="1">.xlsx')
    page = client.get(answer.location).text
    for text_ in ("<script>alert", "<b>x</b>", "<i>长", "<img src=x", "\u202e", "49gnp"):
        assert text_ not in page, text_
    assert len(page) < 60_000


@pytest.mark.parametrize("language", ["zh_CN", "vi", "en"])
def test_a_file_that_cannot_be_read_is_said_in_words(
    instance: Instance, client: FlaskClient, language: str
) -> None:
    for content, filename in ((b"", "a.xlsx"), (b"PK\x03\x04", "a.xlsx"), (b"\xff" * 300, "a.csv")):
        answer = upload(instance, client, content, filename, language)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text and "error." not in answer.text


def test_a_strange_table_leads_to_the_choice_of_columns(instance: Instance, client: FlaskClient) -> None:
    answer = upload(instance, client, text(strange_rows(), "utf-8"), "agent.csv")
    choice = client.get(answer.location)
    assert (choice.status_code, choice.location) == (303, f"{answer.location}/columns")
    page = client.get(choice.location).text
    assert "Số điện thoại" not in page and "Phân loại" in page
    wrong = post(instance, client, choice.location, platform="1688", order_no="Tên hàng")
    assert wrong.status_code == 400 and 'role="alert"' in wrong.text
    columns = {"order_no": "Mã đơn hàng", "title": "Tên hàng", "quantity": "SL"}
    assert post(instance, client, choice.location, platform="1688", **columns).status_code == 303
    assert client.get(answer.location).status_code == 200


def test_a_large_file_shows_how_far_it_is(
    instance: Instance, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "READ_AT_ONCE", 0)
    answer = upload(instance, client, write_export(None))
    page = client.get(answer.location)
    assert page.headers["Refresh"] == "2" and "<progress" in page.text
    early = post(instance, client, f"{answer.location}/confirm")
    assert early.status_code == 409
    assert post(instance, client, f"{answer.location}/discard").status_code == 303
    assert "discarded" in client.get(answer.location).text


def test_a_pasted_text_is_not_lost_when_it_is_refused(instance: Instance, client: FlaskClient) -> None:
    answer = post(instance, client, "/orders/import/pasted", table="hello <b>", owner="unknown")
    assert answer.status_code == 400
    assert "hello &lt;b&gt;</textarea>" in answer.text


def test_nobody_elses_draft(instance: Instance, client: FlaskClient) -> None:
    answer = upload(instance, client, write_export(None))
    dung = instance.client(Role.OWNER, organisation="Dung")
    assert dung.get(answer.location).status_code == 404
    for step in ("confirm", "discard", "columns"):
        assert post(instance, dung, f"{answer.location}/{step}").status_code == 404
    assert "orders.xlsx" not in dung.get("/orders/import").text
    assert "orders.xlsx" in client.get("/orders/import").text


def test_files_leave_nothing_behind(instance: Instance, client: FlaskClient, tmp_path: Path) -> None:
    answer = upload(instance, client, write_export(None))
    kept = instance.services.settings.home / "spool" / "imports" / answer.location.rsplit("/", 1)[1]
    assert kept.is_file() and kept.stat().st_mode & 0o077 == 0
    post(instance, client, f"{answer.location}/discard")
    assert not kept.exists()
