"""What the desk keeps counts towards the limit; what leaves is in the audit; the demo speaks the chosen language."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.fixtures.export_1688 import write_export
from tests.support.desk_setup import picture
from tests.support.instance import Instance, make_instance
from webapp.adapters.catalogues import LANGUAGES, catalogue
from webapp.adapters.secrets import new_token, token_hash
from webapp.domain.permissions import Role
from webapp.domain.record_kinds import KINDS
from webapp.store.schema import AuditEvent, Blob, SignInLink
from webapp.store.schema_desk import Document, ImportDraft
from webapp.usecases import quotas
from webapp.usecases.demo import FILMED_ORDER

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
FULL = catalogue("en")["error.quota_desk"]


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return make_instance(tmp_path, NOW)


@pytest.fixture
def chi(instance: Instance) -> FlaskClient:
    return instance.client(Role.OWNER)


def room(instance: Instance, more: int) -> None:
    """Chi may keep so many bytes more than now."""
    with instance.services.database.read() as session:
        (used,) = [
            use.used for use in quotas.organisation_uses(session) if use.id == instance.organisations["Chi"]
        ]
    quotas.limit_organisation(
        instance.services.database,
        organisation_id=instance.organisations["Chi"],
        limit=used + more,
        now=NOW,
    )


def send(
    instance: Instance, client: FlaskClient, path: str, file: tuple[str, bytes], **form: str
) -> TestResponse:
    name, data = file
    given = {"csrf_token": instance.csrf(client), **form, name: (io.BytesIO(data), f"a.{name}")}
    return client.post(path, data=given, content_type="multipart/form-data")


def screenshot(instance: Instance, client: FlaskClient) -> TestResponse:
    said = {"kind": "platform_delivered", "lines": f"{FILMED_ORDER} 2026-11-20 10:00"}
    return send(instance, client, "/status", ("screenshot", picture()), **said)


def export(instance: Instance, client: FlaskClient) -> TestResponse:
    said = {"account": "chi-1688", "owner": "self"}
    return send(instance, client, "/orders/import", ("file", write_export(None)), **said)


def rows(instance: Instance, table: type) -> int:
    with instance.services.database.read() as session:
        return len(session.scalars(select(table)).all())


def test_a_document_is_kept_within_the_limit_and_counts_towards_it(
    instance: Instance, chi: FlaskClient
) -> None:
    blobs = rows(instance, Blob)
    room(instance, len(picture()) - 1)
    answer = screenshot(instance, chi)
    assert (answer.status_code, rows(instance, Document), rows(instance, Blob)) == (507, 0, blobs)
    assert FULL in answer.text
    room(instance, len(picture()))
    assert screenshot(instance, chi).status_code == 302
    assert screenshot(instance, chi).status_code == 507, "the first one is counted"


def test_a_spreadsheet_that_waits_counts_until_it_is_gone(instance: Instance, chi: FlaskClient) -> None:
    # Two spreadsheets differ by a byte: they say when they were written.
    room(instance, len(write_export(None)) * 3 // 2)
    first = export(instance, chi)
    assert first.status_code == 303
    refused = export(instance, chi)
    assert (refused.status_code, rows(instance, ImportDraft)) == (507, 1)
    assert FULL in refused.text
    spool = instance.services.settings.home / "spool" / "imports"
    assert len(list(spool.iterdir())) == 1, "what was refused is not kept"
    chi.post(f"{first.location}/discard", data={"csrf_token": instance.csrf(chi)})
    assert export(instance, chi).status_code == 303
    assert export(instance, instance.client(Role.OWNER, organisation="Dung")).status_code == 303


def test_who_takes_the_board_out_is_in_the_audit(instance: Instance) -> None:
    viewer = instance.client(Role.VIEWER)
    assert viewer.get("/orders.csv").status_code == 200
    with instance.services.database.read() as session:
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "export.board"))
    assert (event.subject, event.organisation_id) == (instance.organisations["Chi"],) * 2
    assert event.actor.startswith("user:")
    page = instance.client(Role.OWNER).get("/audit?group=outgoing").text
    assert catalogue("en")["audit.action.export.board"] in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_demo_speaks_the_language_that_was_chosen(instance: Instance, language: str) -> None:
    token = new_token()
    with instance.services.database.write() as session:
        session.add(
            SignInLink(
                token_hash=token_hash(token),
                purpose="demo",
                created_at=NOW,
                expires_at=NOW + timedelta(days=1),
            )
        )
    guest = instance.app.test_client()
    form = {"csrf_token": instance.csrf(guest)}
    guest.post("/language", data={**form, "language": language, "next": f"/welcome/{token}"})
    assert guest.post(f"/welcome/{token}", data=form).status_code == 302
    assert f'<html lang="{language.replace("_", "-")}"' in guest.get("/").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_blocked_phone_sends_has_a_word_for_each_kind(language: str) -> None:
    words = catalogue(language)
    assert not [kind for kind in KINDS if f"quarantine.kind_{kind.replace('-', '_')}" not in words]
