"""The page of an order's labels and stickers: what is stuck where, void, moved, undone, and who may."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support.instance import Instance, make_instance
from webapp.adapters.catalogues import catalogue
from webapp.domain.labels import printed_code
from webapp.domain.permissions import Role
from webapp.store.schema import AuditEvent, Label, Parcel, Site
from webapp.store.schema_desk import LabelAlias

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
WORDS = catalogue("en")
STICKER = "仓A-17 <0042>"
KEY = "仓A-17<0042>"


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    made = make_instance(tmp_path, NOW)
    with made.services.database.write() as session:
        session.add(
            LabelAlias(
                site_id=session.scalars(select(Site.id)).first(),
                text_norm=KEY,
                text=STICKER,
                parcel_id=made.names["parcel"],
                bound_at=NOW,
                record_id="b" * 32,
            )
        )
    return made


@pytest.fixture
def owner(instance: Instance) -> FlaskClient:
    return instance.client(Role.OWNER)


def post(instance: Instance, client: FlaskClient, path: str, **form: str) -> TestResponse:
    return client.post(path, data={"csrf_token": instance.csrf(client), **form})


def page_of(instance: Instance) -> str:
    return f"/orders/{instance.names['order_no']}/labels"


def label_of(instance: Instance) -> Label:
    with instance.services.database.read() as session:
        query = select(Label).where(Label.parcel_id == instance.names["parcel"], Label.voided_at.is_(None))
        return session.scalars(query).one()


def sticker(instance: Instance) -> dict[str, str]:
    with instance.services.database.read() as session:
        alias = session.scalars(select(LabelAlias)).one()
        return {"site": alias.site_id, "sticker": alias.text_norm}


def test_the_order_leads_to_its_labels_and_stickers(instance: Instance, owner: FlaskClient) -> None:
    assert f'href="{page_of(instance)}"' in owner.get(page_of(instance).removesuffix("/labels")).text
    shown = owner.get(page_of(instance)).text
    assert printed_code(label_of(instance).code) in shown and "仓A-17 &lt;0042&gt;" in shown
    assert WORDS["marks.rebind"] in shown and WORDS["marks.void"] in shown


def test_a_viewer_reads_and_corrects_nothing(instance: Instance) -> None:
    viewer = instance.client(Role.VIEWER)
    shown = viewer.get(page_of(instance)).text
    assert "仓A-17" in shown and WORDS["marks.rebind"] not in shown and WORDS["marks.void"] not in shown
    for path in (f"{page_of(instance)}/void", f"{page_of(instance)}/rebind", "/labels/void"):
        assert post(instance, viewer, path, code=label_of(instance).code).status_code == 403
    assert label_of(instance).voided_at is None


@pytest.mark.parametrize("where", ["order", "labels"])
def test_one_label_is_voided(instance: Instance, owner: FlaskClient, where: str) -> None:
    code = label_of(instance).code
    path = f"{page_of(instance)}/void" if where == "order" else "/labels/void"
    answer = post(instance, owner, path, code=printed_code(code), reason="torn")
    assert answer.status_code == 302
    said = owner.get(answer.location).text
    word = WORDS["marks.done_voided"] if where == "order" else WORDS["labels.void_done"]
    assert word.format(code=printed_code(code)) in said
    shown = owner.get(page_of(instance)).text
    assert f'<del class="code big">{printed_code(code)}' in shown and "torn" in shown
    assert WORDS["audit.action.label.voided"] in owner.get("/audit").text


def test_a_sticker_is_moved_by_the_waybill_of_its_parcel(instance: Instance, owner: FlaskClient) -> None:
    path = f"{page_of(instance)}/rebind"
    to = _other_waybill(instance)
    missing = post(instance, owner, path, how="move", reason="wrong box", **sticker(instance))
    assert missing.status_code == 400 and WORDS["error.correction_parcel_missing"] in missing.text
    unknown = post(instance, owner, path, how="move", to="SF1", reason="wrong box", **sticker(instance))
    assert unknown.status_code == 400 and "SF1" in unknown.text
    answer = post(instance, owner, path, how="move", to=to, reason="wrong box", **sticker(instance))
    assert answer.location.endswith("done=moved")
    shown = owner.get(page_of(instance)).text
    assert WORDS["marks.was_moved"] in shown and "wrong box" in shown and WORDS["marks.sticker"] not in shown
    with instance.services.database.read() as session:
        moved = session.scalars(select(LabelAlias)).one()
        assert moved.parcel_id != instance.names["parcel"] and moved.ended_at is None
        assert "label.moved" in session.scalars(select(AuditEvent.action)).all()


def test_a_binding_is_undone_once_and_says_why(instance: Instance, owner: FlaskClient) -> None:
    path = f"{page_of(instance)}/rebind"
    silent = post(instance, owner, path, how="undo", **sticker(instance))
    assert silent.status_code == 400 and WORDS["error.correction_reason_missing"] in silent.text
    answer = post(instance, owner, path, how="undo", reason="not ours", **sticker(instance))
    assert answer.location.endswith("done=unbound")
    again = post(instance, owner, path, how="undo", reason="not ours", **sticker(instance))
    assert again.status_code == 404 and WORDS["error.sticker_unknown"] in again.text


def test_an_unknown_order_has_no_page(owner: FlaskClient) -> None:
    assert owner.get("/orders/1/labels").status_code == 404


def _other_waybill(instance: Instance) -> str:
    with instance.services.database.read() as session:
        for parcel in session.scalars(select(Parcel).where(Parcel.id != instance.names["parcel"])):
            if parcel.waybill is not None:
                return parcel.waybill.number_raw
    raise AssertionError("the demo has another parcel")
