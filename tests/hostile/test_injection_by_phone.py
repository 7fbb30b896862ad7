"""What a phone calls itself and what a stranger writes beside a photo: shown as text, never a formula in an export."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from tests.hostile.test_injection import FORMULA, MARK, NASTY, TEXTS, assert_harmless
from tests.support.crawler import crawl
from tests.support.instance import Instance, make_instance
from tests.support.phone import Phone
from tests.support.world import key_of, public_key_of
from webapp.domain.permissions import Role
from webapp.store.schema import Device, Worker
from webapp.store.schema_doors import JobCapture
from webapp.usecases.case_tables import table
from webapp.usecases.phones import make_code_for_site, revoke_from_cli

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
RUNS = re.compile(r"\s*([=+@\t\r]|-(?![\d.,]+$))")
"""How a cell begins that a spreadsheet program would calculate."""


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return make_instance(tmp_path_factory.mktemp("by-phone"), NOW)


def enrol(instance: Instance, name: str, key: str) -> str:
    """A phone that calls itself ``name``, by the phones' own door; returns its id."""
    database = instance.services.database
    with database.read() as session:
        site = session.scalars(select(Worker.site_id).where(Worker.name == "安 An")).one()
    code = make_code_for_site(database, site_id=site, now=NOW)
    public = base64.b64encode(public_key_of(key)).decode()
    holder = Phone.__new__(Phone)
    holder._key = key_of(key)
    proof = holder.sign(f"dockproof-enrol-1\n{code}\n{public}\n")
    given = {"code": code, "device_name": name, "public_key": public, "proof": proof}
    answer = instance.app.test_client().post(
        "/api/v1/enrolments", data=json.dumps(given), content_type="application/json"
    )
    assert answer.status_code == 201, answer.text
    device: str = json.loads(answer.data)["device"]
    return device


def photo(colour: tuple[int, int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "PNG")
    return out.getvalue()


def send_by_link(instance: Instance, note: str, colour: tuple[int, int, int]) -> None:
    owner = instance.client(Role.OWNER)
    path = f"/orders/{instance.names['order_no']}/parcels/{instance.names['parcel']}/job-links"
    made = owner.post(path, data={"csrf_token": instance.csrf(owner), "hours": 24})
    link = re.search(r'data-job-link="https?://[^/]+(/job/[^"]+)"', made.text)
    assert link is not None
    form = {"note": note, "photo": (io.BytesIO(photo(colour)), "photo.png")}
    assert instance.app.test_client().post(link[1], data=form).status_code == 303


def visible_marks(client: FlaskClient, path: str) -> int:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200
    assert_harmless(path, answer)
    return answer.text.count(MARK)


def test_the_name_of_a_phone_is_text_wherever_it_is_shown(instance: Instance) -> None:
    devices = [enrol(instance, text, f"phone {name}") for name, text in TEXTS.items() if len(text) <= 200]
    long_name = {"code": "X", "device_name": "x" * 201, "public_key": "x", "proof": "x"}
    refused = instance.app.test_client().post("/api/v1/enrolments", json=long_name)
    assert refused.status_code == 400, "a name of any length is not kept"
    with instance.services.database.read() as session:
        kept = [session.get_one(Device, device).name for device in devices]
    assert [name for name in kept if MARK in name], "kept as it came, not cut out"
    owner = instance.client(Role.OWNER, Role.ADMINISTRATOR)
    assert visible_marks(owner, "/phones") >= 3
    revoke_from_cli(instance.services.database, device_id=devices[0], now=NOW)
    for path in ("/phones", "/phones/quarantine", "/audit"):
        visible_marks(owner, path)


def test_the_note_of_a_job_link_is_text_wherever_it_is_shown(instance: Instance) -> None:
    for number, text in enumerate(TEXTS.values()):
        send_by_link(instance, text, (number, 90, 90))
    with instance.services.database.read() as session:
        notes = [row.note for row in session.query(JobCapture)]
    assert len(notes) == len(TEXTS) and NASTY[:40] in "".join(notes) and FORMULA in notes
    owner = instance.client(Role.OWNER)
    assert visible_marks(owner, f"/orders/{instance.names['order_no']}") >= 3
    shown = instance.client(Role.VIEWER)
    assert visible_marks(shown, f"/orders/{instance.names['order_no']}") >= 3


def test_no_export_calculates_what_they_wrote(instance: Instance) -> None:
    """Every CSV that links lead to, every CSV of the case file, and the writer of the latter with these very texts."""
    enrol(instance, FORMULA, "phone of the export")
    send_by_link(instance, FORMULA, (200, 0, 0))
    owner = instance.client(Role.OWNER)
    tables = {path: answer.data for path, answer in crawl(owner, "/") if answer.mimetype == "text/csv"}
    assert tables
    case = owner.post(
        f"/orders/{instance.names['order_no']}/case-file",
        data={"csrf_token": instance.csrf(owner), "language": "en"},
    )
    with zipfile.ZipFile(io.BytesIO(case.data)) as archive:
        names = archive.namelist()
        tables |= {name: archive.read(name) for name in names if name.endswith(".csv")}
        pages = {name: archive.read(name).decode() for name in names if name.endswith(".html")}
    assert len(tables) >= 3 and pages
    tables["phone and note"] = table([{"device": text, "note": text} for text in TEXTS.values()]).encode()
    for name, data in tables.items():
        for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))):
            assert not [cell for cell in row if RUNS.match(cell)], (name, row)
    for name, text in pages.items():
        assert "<xss-el" not in text and "<script>" not in text, name
