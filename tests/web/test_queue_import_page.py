"""The desk's page for a phone's file: says what came in, refuses what it cannot read, looks at the form's token."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from tests.support.instance import Instance, make_instance
from tests.usecases.test_queue_import import zipped
from webapp.adapters.catalogues import catalogue
from webapp.domain.permissions import Role
from webapp.store.schema import Device

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PATH = "/phones/import-queue"


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return make_instance(tmp_path_factory.mktemp("whole"), NOW)


@pytest.fixture
def owner(instance: Instance) -> FlaskClient:
    return instance.client(Role.OWNER)


def post(client: FlaskClient, token: str, data: bytes | None):  # type: ignore[no-untyped-def]
    form: dict[str, object] = {"csrf_token": token}
    if data is not None:
        form["queue"] = (io.BytesIO(data), "queue.zip")
    return client.post(PATH, data=form, content_type="multipart/form-data")


def file_of(device_id: str, tmp_path: Path) -> bytes:
    head = f"format 1\ndevice {device_id}\nsite -\napp abc\nexported 1\n".encode()
    return zipped(tmp_path / "queue.zip", {"queue.txt": head}).read_bytes()


def test_a_file_comes_in_and_the_page_says_what_it_brought(
    instance: Instance, owner: FlaskClient, tmp_path: Path
) -> None:
    with instance.services.database.read() as session:
        device = session.query(Device).first()
    assert device is not None
    answer = post(owner, instance.csrf(owner), file_of(device.id, tmp_path))
    assert answer.status_code == 303
    page = owner.get(answer.headers["Location"]).get_data(as_text=True)
    assert "data-brought" in page and "0 records" in page
    assert "data-whole" in page and f'href="/phones/{device.id}"' in page
    told = owner.get("/phones/import-queue?accepted=1&malformed=1&device=../../sites").get_data(as_text=True)
    assert "data-brought" in told and "data-whole" not in told and "../../sites" not in told


@pytest.mark.parametrize(
    ("data", "words"),
    [(None, "Choose one file"), (b"", "Choose one file"), (b"PK nothing", "no ZIP file")],
)
def test_what_is_no_file_of_a_phone_is_refused_with_a_sentence(
    instance: Instance, owner: FlaskClient, data: bytes | None, words: str
) -> None:
    answer = post(owner, instance.csrf(owner), data)
    assert answer.status_code == 400
    shown = re.findall(r'role="alert"><p><bdi>(.*?)</bdi>', answer.get_data(as_text=True))
    assert len(shown) == 1 and words in shown[0]


def test_nothing_is_taken_without_the_forms_token(
    instance: Instance, owner: FlaskClient, tmp_path: Path
) -> None:
    answer = post(owner, "forged", file_of("a" * 32, tmp_path))
    assert answer.status_code == 400
    assert escape(catalogue("en")["error.csrf"]) in answer.get_data(as_text=True)
    assert not list(instance.services.blobs.spools.folder.glob("put-*"))


def test_a_viewer_may_not(instance: Instance) -> None:
    viewer = instance.client(Role.VIEWER)
    assert viewer.get(PATH).status_code == 403
    assert post(viewer, instance.csrf(viewer), b"x").status_code == 403


@pytest.mark.parametrize("end", range(4))
def test_no_file_is_too_large_by_how_its_bytes_fall_into_pieces(
    instance: Instance, owner: FlaskClient, end: int
) -> None:
    """A line break near the end of a piece is held back by the parser, and counted with the next piece."""
    answer = post(owner, instance.csrf(owner), b"x" * end + b"0123456789\r\n" * 20_000)
    assert answer.status_code == 400 and "64 MB" not in answer.text
