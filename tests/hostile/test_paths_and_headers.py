"""Names are never paths, and what a client writes never becomes a header, a place or a type of ours."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.instance import Instance, make_instance
from tests.support.rig import Rig, rigged
from tests.support.upload_dock import DATA
from tests.support.world import START, opaque
from webapp.adapters.blobs import Blobs
from webapp.domain.file_types import served_mime, sniff
from webapp.domain.permissions import Role
from webapp.store.schema import Blob, Take

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CLIMBING = (
    "../",
    "..%2f",
    "%2e%2e/",
    "%2e%2e%2f",
    "..%5c",
    "....//",
    "%252e%252e%252f",
    "/",
    "%00/",
    "./../",
)
TARGETS = ("keys/instance.secret", "dockproof.db", "etc/passwd", "pyproject.toml", "static/manifest.json")


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return make_instance(tmp_path_factory.mktemp("paths"), NOW)


@pytest.fixture(scope="module")
def owner(instance: Instance) -> FlaskClient:
    return instance.client(Role.OWNER)


@pytest.mark.parametrize(
    "prefix", ["/assets/", "/icons/", "/takes/", "/lines/", "/orders/", "/L/", "/welcome/", "/"]
)
def test_no_path_leaves_its_folder(instance: Instance, owner: FlaskClient, prefix: str) -> None:
    secret = instance.services.secret
    for climb in CLIMBING:
        for target in TARGETS:
            for depth in (1, 3, 6):
                path = prefix + climb * depth + target
                answer = owner.get(path)
                assert answer.status_code in (301, 302, 308, 400, 404), path
                assert secret not in answer.data and b"SQLite format" not in answer.data
                assert b"root:" not in answer.data and b"build-backend" not in answer.data


@pytest.mark.parametrize("name", ["a\0b", "\0", "x" * 5_000, "con", "..", ".", "~root", "\u202e", "\ud83d"])
def test_odd_names_are_not_found(owner: FlaskClient, name: str) -> None:
    encoded = quote(name.encode("utf-8", "surrogatepass"))
    for prefix in ("/assets/", "/icons/", "/takes/", "/orders/", "/L/", "/lines/"):
        assert owner.get(prefix + encoded).status_code in (301, 302, 308, 400, 404), prefix


@pytest.mark.parametrize(
    "name", ["0" * 63, "0" * 65, "G" * 64, "../" + "0" * 61, "0" * 64 + "\n", "", "0" * 63 + "/"]
)
def test_a_blob_is_named_by_a_hash_or_not_at_all(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        Blobs(tmp_path).path(name)


# -- headers ---------------------------------------------------------------------------------------------------------

BREAKS = (
    "\r\nSet-Cookie: evil=1",
    "\nX-Evil: 1",
    "\r\n\r\n<script>",
    "%0d%0aX-Evil:%201",
    "\u2028X",
    "\u560a\u560dX-Evil",
)


def assert_clean(headers: object) -> None:
    text = str(headers)
    assert "evil" not in text.lower() or "set-cookie: evil" not in text.lower()
    assert not re.search(r"(?im)^x-evil|^set-cookie: evil", text)


@pytest.mark.parametrize("line_break", BREAKS)
def test_line_breaks_never_reach_a_header(instance: Instance, owner: FlaskClient, line_break: str) -> None:
    stranger = instance.client(Role.ANONYMOUS)
    token = instance.csrf(stranger)
    for target in (f"/{line_break}", f"/orders/{line_break}", line_break, f"/?q={line_break}"):
        answer = stranger.post("/language", data={"csrf_token": token, "language": "vi", "next": target})
        assert_clean(answer.headers)
        assert answer.status_code in (302, 400)
    assert_clean(stranger.get(f"/orders/{quote(line_break)}").headers)
    assert_clean(stranger.get(f"/L/{quote(line_break)}").headers)
    answer = owner.post(
        f"/orders/{quote(line_break)}/labels", data={"csrf_token": instance.csrf(owner), "stock": line_break}
    )
    assert_clean(answer.headers)
    assert answer.status_code < 500


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/%2f/evil.example",
        "http:evil.example",
        " //evil.example",
        "/\x01//evil.example",
        "@evil.example",
    ],
)
def test_a_redirect_stays_here(instance: Instance, target: str) -> None:
    stranger = instance.client(Role.ANONYMOUS)
    answer = stranger.post(
        "/language", data={"csrf_token": instance.csrf(stranger), "language": "vi", "next": target}
    )
    place = answer.headers.get("Location", "/")
    # A browser drops tabs and line breaks inside a URL before it reads it.
    parts = urlsplit(re.sub(r"[\t\r\n\x00-\x1f]", "", place))
    assert (parts.scheme, parts.netloc) == ("", ""), place
    assert not place.startswith(("//", "/\\")), place


@pytest.mark.parametrize(
    "filename",
    [
        "../../keys/x.xlsx",
        "C:\\x.xlsx",
        'a"; evil="b.xlsx',
        "a\r\nX-Evil: 1.xlsx",
        "\u202exslx.exe",
        "." * 300,
    ],
)
def test_a_file_name_is_only_ever_shown(instance: Instance, owner: FlaskClient, filename: str) -> None:
    home = instance.services.settings.home
    before = {path for path in home.rglob("*") if "import" not in path.as_posix()}
    answer = owner.post(
        "/orders/import",
        data={
            "csrf_token": instance.csrf(owner),
            "account": "main",
            "owner": "self",
            "file": (io.BytesIO(b"not a spreadsheet"), filename),
        },
    )
    assert answer.status_code < 500
    assert_clean(answer.headers)
    after = {path for path in home.rglob("*") if "import" not in path.as_posix()}
    assert {path for path in after - before if not path.name.startswith("dockproof.db")} == set()
    assert not (home / "x.xlsx").exists() and not (home.parent / "keys" / "x.xlsx").exists()


# -- types -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "mime"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x1a\x45\xdf\xa3....webm", "video/webm"),
        (b"\x1a\x45\xdf\xa3....matroska", "video/x-matroska"),
        (b"\x00\x00\x00\x1cftypiso5", "video/mp4"),
        (b"%PDF-1.7", "application/pdf"),
        (b"<!doctype html>", None),
        (b"<svg xmlns=", None),
        (b"", None),
    ],
)
def test_a_type_is_known_by_its_first_bytes(head: bytes, mime: str | None) -> None:
    assert sniff(head) == mime
    assert served_mime("text/html", head) == (mime or "application/octet-stream")


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with rigged(tmp_path) as rig:
        yield rig


def test_a_page_sent_as_a_film_is_never_served_as_one(rig: Rig) -> None:
    """The sender's type is believed only where the bytes bear it out; the take gets a finding."""
    phone = rig.phone()
    page = b"<!doctype html><script>alert(document.cookie)</script>"
    opened = phone.take_open("open", START)
    closed = phone.take("close", START, opens="open", slices=(page,), counts=(1, 0))
    phone.send([opened])
    phone.upload(opaque("open"), page)
    (receipt,) = phone.send([closed])
    assert [finding["code"] for finding in receipt["findings"]] == ["file_type_differs"]
    with rig.services.database.read() as session:
        assert session.scalars(select(Blob.mime)).all() == ["application/octet-stream"]
        assert session.get_one(Take, opaque("open")).file_state == "verified"


def test_an_honest_film_keeps_its_type(rig: Rig) -> None:
    phone = rig.phone()
    phone.send([phone.take_open("open", START)])
    phone.upload(opaque("open"), DATA)
    with rig.services.database.read() as session:
        assert session.scalars(select(Blob.mime)).all() == ["video/webm;codecs=vp8,opus"]


def test_every_answer_forbids_sniffing_and_framing(instance: Instance, owner: FlaskClient) -> None:
    for path in (
        "/",
        "/sign-in",
        "/healthz",
        "/assets/x",
        "/api/v1/openapi.json",
        f"/takes/{instance.names['take']}/film",
    ):
        headers = owner.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
        assert "'unsafe-inline'" not in headers["Content-Security-Policy"], path


def test_what_a_browser_could_run_is_only_downloaded(instance: Instance, owner: FlaskClient) -> None:
    stored = instance.services.blobs.put_bytes(b"<svg onload=alert(1)>")
    with instance.services.database.write() as session:
        session.add(Blob(sha256=stored.sha256, bytes=stored.bytes, mime="image/svg+xml", stored_at=NOW))
        take = session.scalars(select(Take)).first()
        assert take is not None
        film = take.file_sha256
        take.file_sha256 = stored.sha256
    try:
        answer = owner.get(f"/takes/{instance.names['take']}/film")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
    finally:
        with instance.services.database.write() as session:
            session.get_one(Take, instance.names["take"]).file_sha256 = film
