"""Job links: made and ended at the desk, used by whoever holds one; every refusal, and the other organisation."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from tests.support.instance import Instance, make_instance
from webapp.domain.permissions import Role
from webapp.domain.refusals import Refusal
from webapp.store.schema import LogEntry
from webapp.store.schema_doors import JobCapture
from webapp.usecases import job_links
from webapp.web.insecure import is_this_machine

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return make_instance(tmp_path, NOW)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """For tests that leave no trace, or one that no other looks for."""
    return make_instance(tmp_path_factory.mktemp("shared"), NOW)


def photo(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "JPEG")
    return out.getvalue()


def make(instance: Instance, client: FlaskClient, hours: int = 24, parcel: str = "") -> TestResponse:
    path = f"/orders/{instance.names['order_no']}/parcels/{parcel or instance.names['parcel']}/job-links"
    return client.post(path, data={"csrf_token": instance.csrf(client), "hours": hours})


def link_of(answer: TestResponse) -> str:
    match = re.search(r'data-job-link="https?://[^/]+(/job/[^"]+)"', answer.text)
    assert match is not None, answer.text
    return match.group(1)


def send(
    client: FlaskClient, path: str, data: bytes, *, name: str = "photo.jpg", note: str = "", **options: object
) -> TestResponse:
    form = {"note": note, "photo": (io.BytesIO(data), name)}
    return client.post(path, data=form, headers={"Accept": "application/json"}, **options)  # type: ignore[arg-type]


def captures(instance: Instance) -> list[JobCapture]:
    with instance.services.database.read() as session:
        return list(session.query(JobCapture).order_by(JobCapture.received_at))


def test_a_photo_by_a_link_is_kept_logged_and_shown_with_its_mark(instance: Instance) -> None:
    desk = instance.client(Role.OWNER)
    path = link_of(make(instance, desk))
    stranger = instance.app.test_client()
    data = photo()
    answer = send(stranger, path, data, note="corner wet")
    sha256 = hashlib.sha256(data).hexdigest()
    assert (answer.status_code, answer.json) == (201, {"kept": [{"sha256": sha256, "bytes": len(data)}]})
    assert instance.services.blobs.path(sha256).read_bytes() == data
    row = captures(instance)[0]
    with instance.services.database.read() as session:
        entries = [
            entry.text for entry in session.query(LogEntry) if entry.text.startswith("type job-capture")
        ]
    assert entries == [
        f"type job-capture\nreceived 2026-11-21T09:00:00.000Z\ncapture {row.id}\nlink sha256:{row.link_hash}\n"
        f"parcel {instance.names['parcel']}\nfile sha256:{sha256} {len(data)} image/jpeg\nover http\n"
    ]
    page = desk.get(f"/orders/{instance.names['order_no']}").text
    assert "not signed by an enrolled phone" in page
    assert "corner wet" in page
    assert "came over plain HTTP" in page
    assert desk.get(f"/job-captures/{row.id}").data == data
    assert desk.get(f"/job-captures/{row.id}/thumbnail").mimetype == "image/jpeg"


def test_a_form_without_script_sends_too_and_the_same_bytes_are_kept_once(instance: Instance) -> None:
    path = link_of(make(instance, instance.client(Role.OWNER)))
    stranger = instance.app.test_client()
    for _ in range(2):
        answer = stranger.post(path, data={"photo": (io.BytesIO(photo()), "a.jpg")})
        assert (answer.status_code, answer.location) == (303, f"{path}?kept=1")
    assert len(captures(instance)) == 1


def test_opening_consumes_nothing_and_shows_parcel_not_order(instance: Instance) -> None:
    path = link_of(make(instance, instance.client(Role.OWNER)))
    stranger = instance.app.test_client()
    for _ in range(3):
        page = stranger.get(path)
        assert page.status_code == 200
    assert 'lang="zh-CN"' in page.text
    assert instance.names["waybill"] in page.text
    assert instance.names["order_no"] not in page.text
    assert 'capture="environment"' in page.text


@pytest.mark.parametrize(("accept", "lang"), [("fr", "zh-CN"), ("vi", "vi"), ("en", "en")])
def test_chinese_comes_first_unless_the_browser_asks(shared: Instance, accept: str, lang: str) -> None:
    page = shared.app.test_client().get("/job/none", headers={"Accept-Language": accept})
    assert f'<html lang="{lang}">' in page.text


def test_expired_revoked_and_tampered_links_close(instance: Instance) -> None:
    desk = instance.client(Role.OWNER)
    path = link_of(make(instance, desk, hours=4))
    stranger = instance.app.test_client()
    tampered = path[:-1] + ("A" if path[-1] != "A" else "B")
    assert stranger.get(tampered).status_code == 404
    assert send(stranger, tampered, photo()).status_code == 404
    instance.clock.pass_time(hours=4)
    assert stranger.get(path).status_code == 410
    assert send(stranger, path, photo()).json["error"]["code"] == "job_link_expired"  # type: ignore[index]
    instance.clock.pass_time(hours=-4)
    handle = re.search(
        r"/job-links/([0-9a-f]{16})/revoke", desk.get(f"/orders/{instance.names['order_no']}").text
    )
    assert handle is not None
    other = instance.client(Role.OWNER, organisation="Dung")
    revoked = f"/job-links/{handle.group(1)}/revoke"
    assert other.post(revoked, data={"csrf_token": instance.csrf(other)}).status_code == 404
    assert desk.post(revoked, data={"csrf_token": instance.csrf(desk)}).status_code == 302
    assert stranger.get(path).status_code == 410
    assert send(stranger, path, photo()).json["error"]["code"] == "job_link_revoked"  # type: ignore[index]
    assert captures(instance) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "job_file_missing"), (b"<html><script>", "job_file_type"), (b"MZ" + b"\0" * 100, "job_file_type")],
)
def test_what_is_no_photo_is_refused_whatever_its_name_says(shared: Instance, data: bytes, code: str) -> None:
    path = link_of(make(shared, shared.client(Role.OWNER)))
    answer = send(shared.app.test_client(), path, data, name="../../photo.jpg")
    assert (answer.status_code, answer.json["error"]["code"]) == (400, code)  # type: ignore[index]
    assert [name for name in shared.services.blobs.spools.names() if name.startswith("put-")] == []


@pytest.mark.parametrize(
    ("head", "mime"),
    [
        (b"\0\0\0\x18ftypqt  \0\0\0\0", "video/quicktime"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", "video/mp4"),
        (b"\0\0\0\x18ftyp3gp5\0\0\0\0", "video/3gpp"),
        (b"\x1a\x45\xdf\xa3" + b"\0" * 12, "video/webm"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
    ],
)
def test_films_and_iphone_photos_are_known_by_their_first_bytes(
    instance: Instance, head: bytes, mime: str
) -> None:
    desk = instance.client(Role.OWNER)
    path = link_of(make(instance, desk))
    assert send(instance.app.test_client(), path, head + b"x" * 1000, name="a.exe").status_code == 201
    row = captures(instance)[0]
    assert row.mime == mime
    answer = desk.get(f"/job-captures/{row.id}")
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == (mime, "nosniff")
    attached = "attachment" in answer.headers.get("Content-Disposition", "")
    assert attached is (mime in ("image/heic", "video/3gpp", "video/quicktime"))


def test_a_link_is_limited_in_rate_and_others_are_not(shared: Instance) -> None:
    desk = shared.client(Role.OWNER)
    first, second = link_of(make(shared, desk)), link_of(make(shared, desk))
    stranger = shared.app.test_client()
    statuses = [stranger.post(first, data={}).status_code for _ in range(121)]
    assert (statuses[0], statuses[119], statuses[120]) == (400, 400, 429)
    assert send(stranger, second, photo()).status_code == 201


def test_a_full_disk_is_said_before_the_body_is_read(shared: Instance) -> None:
    path = link_of(make(shared, shared.client(Role.OWNER)))
    token = path.rpartition("/")[2]
    room = shared.services.blobs.room()
    with pytest.raises(Refusal, match=r"disk_full|job_file_large"):
        job_links.allow_sending(
            shared.services.database, shared.services.blobs, token, size=room + 1, now=NOW
        )


def test_another_organisation_sees_and_makes_nothing(instance: Instance) -> None:
    desk, other = instance.client(Role.OWNER), instance.client(Role.OWNER, organisation="Dung")
    send(instance.app.test_client(), link_of(make(instance, desk)), photo())
    row = captures(instance)[0]
    assert make(instance, other).status_code == 404
    for path in (f"/job-captures/{row.id}", f"/job-captures/{row.id}/thumbnail"):
        assert (desk.get(path).status_code, other.get(path).status_code) == (200, 404)


def test_who_may_only_look_is_offered_no_link(shared: Instance) -> None:
    viewer = shared.client(Role.VIEWER)
    assert "job-links" not in viewer.get(f"/orders/{shared.names['order_no']}").text
    assert make(shared, viewer).status_code == 403


@pytest.mark.parametrize("hours", [0, 25, -1, 100_000])
def test_a_link_lives_only_as_long_as_the_list_says(shared: Instance, hours: int) -> None:
    assert make(shared, shared.client(Role.OWNER), hours=hours).status_code == 400


def test_over_https_a_capture_says_so(instance: Instance) -> None:
    path = link_of(make(instance, instance.client(Role.OWNER)))
    answer = send(instance.app.test_client(), path, photo(), base_url="https://dock.lan")
    assert answer.status_code == 201
    assert captures(instance)[0].over_https is True


PLAIN = "http://192.168.1.20:8000"


@pytest.mark.parametrize("path", ["/", "/sign-in", "/welcome/abc", "/invitation/abc", "/phones", "/account"])
def test_the_desk_is_shut_over_plain_http(shared: Instance, path: str) -> None:
    answer = shared.client(Role.OWNER).get(path, base_url=PLAIN)
    assert answer.status_code == 403
    assert "plain HTTP" in answer.text
    assert "serve --lan" in answer.text
    assert shared.names["order_no"] not in answer.text


def test_a_password_is_not_even_read_over_plain_http(shared: Instance) -> None:
    client = shared.client(Role.ANONYMOUS)
    token = shared.csrf(client)
    form = {"csrf_token": token, "login": "chi", "password": "a long password"}
    assert client.post("/sign-in", data=form, base_url=PLAIN).status_code in (400, 403)
    assert client.post("/sign-in/passkey/options", base_url=PLAIN).status_code in (400, 403)


def test_over_plain_http_capture_and_phone_pages_stay_open(shared: Instance) -> None:
    job = link_of(make(shared, shared.client(Role.OWNER)))
    stranger = shared.app.test_client()
    for path in (job, "/phone-check", "/scan", "/enrol", "/L/7K3M9Q2XZ4", "/healthz"):
        assert stranger.get(path, base_url=PLAIN).status_code in (200, 404), path
    assert stranger.post("/api/v1/sessions", base_url=PLAIN).status_code == 200
    assert send(stranger, job, photo(), base_url=PLAIN).status_code == 201
    assert "not encrypted" in stranger.get(job, base_url=PLAIN, headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize("path", ["/sign-in", "/"])
def test_over_https_and_on_this_machine_the_desk_opens(shared: Instance, path: str) -> None:
    client = shared.client(Role.OWNER)
    assert client.get(path, base_url="http://127.0.0.1:8000").status_code in (200, 302)
    assert client.get(path, base_url="https://dock.lan").status_code in (200, 302)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("localhost:8000", True),
        ("127.0.0.9:80", True),
        ("[::1]:8000", True),
        ("192.168.1.2", False),
        ("localhost.evil.lan", False),
        ("127.0.0.1.evil.lan", False),
    ],
)
def test_what_is_this_machine(host: str, here: bool) -> None:
    assert is_this_machine(host) is here


@pytest.mark.parametrize("accept", ["zh-CN", "vi", "en"])
def test_the_phone_check_is_open_to_everybody(shared: Instance, accept: str) -> None:
    page = shared.app.test_client().get("/phone-check", headers={"Accept-Language": accept})
    assert page.status_code == 200
    assert "在浏览器打开" in page.text
