"""What goes out of the house by HTTP: the case file, the voucher pack, links and what strangers read there."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from tests.support.cases import ASKED, a_claim
from tests.support.instance import Instance, make_instance
from tests.support.situation_parts import FILM_MS
from webapp.adapters.case_words import minutes
from webapp.adapters.secrets import token_hash
from webapp.domain.permissions import Role
from webapp.jobs.worker import Worker
from webapp.store.schema import AuditEvent, LogEntry, Take
from webapp.store.schema_dock import DockFact
from webapp.store.schema_doors import RateCount
from webapp.store.schema_shares import ShareLink, ShareView, VoucherFile

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return make_instance(tmp_path, NOW)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """For tests that leave no trace, or one that no other looks for."""
    return make_instance(tmp_path_factory.mktemp("shared"), NOW)


def order(instance: Instance, rest: str = "") -> str:
    return f"/orders/{instance.names['order_no']}{rest}"


def post(instance: Instance, client: FlaskClient, path: str, **data: object) -> TestResponse:
    return client.post(path, data={"csrf_token": instance.csrf(client), **data})


def make_link(instance: Instance, **said: object) -> str:
    """Path of a new link."""
    client = instance.client(Role.OWNER)
    answer = post(instance, client, order(instance, "/shares"), **said)
    match = re.search(r'data-link="https?://[^/]+(/s/[^"]+)"', answer.text)
    assert match is not None, answer.text
    return match.group(1)


def stranger(instance: Instance) -> FlaskClient:
    return instance.app.test_client()


def test_the_export_is_three_steps_from_a_number(shared: Instance) -> None:
    """Search, the order's page, the button (S3-14)."""
    client = shared.client(Role.CLERK)
    found = client.get("/find", query_string={"q": shared.names["waybill"]}, follow_redirects=True)
    assert f'action="{order(shared, "/case-file")}"' in found.text
    answer = post(shared, client, order(shared, "/case-file"), language="vi")
    assert answer.status_code == 200 and answer.is_streamed
    assert f"case-{shared.names['order_no']}.zip" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert any(name.endswith("report-vi.pdf") for name in archive.namelist())


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_a_viewer_is_not_offered_the_file_and_does_not_get_it(shared: Instance, role: Role) -> None:
    client = shared.client(role)
    assert "/case-file" not in client.get(order(shared)).text
    assert post(shared, client, order(shared, "/case-file")).status_code == 403


def test_a_pack_is_made_kept_logged_and_downloaded(instance: Instance) -> None:
    client = instance.client(Role.OWNER)
    page = client.get(order(instance, "/voucher"))
    text = re.search(r"<textarea[^>]*>([^<]+)</textarea>", page.text)
    assert text is not None and "少1件" in text.group(1) and 'data-counted="150"' in page.text
    assert post(instance, client, order(instance, "/voucher"), text=text.group(1)).status_code == 302
    page = client.get(order(instance, "/voucher"))
    files = re.findall(r'href="(/vouchers/[^"?]+\.jpg)"', page.text)
    assert 2 <= len(files) <= 5
    for file in files:
        answer = client.get(file)
        assert answer.mimetype == "image/jpeg" and len(answer.data) < 1_000_000
        assert Image.open(io.BytesIO(answer.data)).format == "JPEG"
    with instance.services.database.read() as session:
        rows = session.scalars(select(VoucherFile)).all()
        for row in rows:
            entry = session.get_one(LogEntry, row.entry_index).text
            assert (
                entry.startswith("type voucher\n")
                and f"sha256:{row.sha256}" in entry
                and "\nof sha256:" in entry
            )
    dung = instance.client(Role.OWNER, organisation="Dung")
    assert dung.get(files[0]).status_code == 404


def test_a_text_that_1688_would_refuse_is_refused_here_and_kept_in_the_form(shared: Instance) -> None:
    client = shared.client(Role.OWNER)
    answer = post(shared, client, order(shared, "/voucher"), text="字" * 151)
    assert answer.status_code == 400 and "151" in answer.text and "字" * 151 in answer.text


def test_the_video_is_made_by_the_worker_and_its_progress_shown(instance: Instance) -> None:
    client = instance.client(Role.OWNER)
    post(instance, client, order(instance, "/voucher"), text="实收23件，少1件")
    assert "waits for its turn" in client.get(order(instance, "/voucher")).text
    assert client.get(order(instance, "/share-video")).status_code == 404
    Worker(instance.services).run_all()
    assert "Save MP4" in client.get(order(instance, "/voucher")).text
    answer = client.get(order(instance, "/share-video"))
    assert answer.mimetype == "video/mp4" and answer.data[4:8] == b"ftyp"


def test_a_link_shows_the_case_and_nothing_of_what_is_nobodys_business(instance: Instance) -> None:
    a_claim(instance)
    path = make_link(instance, audience="mediator", language="zh_CN", days="30")
    Worker(instance.services).run_all()
    page = stranger(instance).get(path)
    assert page.status_code == 200 and 'lang="zh-CN"' in page.text
    first = page.text.partition("data-first")[2].partition("</section>")[0]
    for shown in (
        instance.names["order_no"],
        ">24<",
        ">23<",
        ">1<",
        ASKED,
        "播放点数结果",
        "未证实",
        minutes(FILM_MS),
    ):
        assert shown in first, shown
    assert "465.60" not in page.text and "安 An" not in page.text  # no price, no name of a worker
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Unchanged since" in stranger(instance).get(path + "?lang=en").text


def film_of(instance: Instance, path: str) -> str:
    """Address of the film on the page behind a link."""
    return f"{path}/films/{instance.names['take']}"


def test_the_film_behind_a_link_is_sought_in_pieces(shared: Instance) -> None:
    path = make_link(shared)
    film = film_of(shared, path)
    assert f'src="{film}#t=' in stranger(shared).get(path).text
    whole = stranger(shared).get(film)
    assert whole.mimetype == "video/mp4"
    piece = stranger(shared).get(film, headers={"Range": "bytes=100-199"})
    assert piece.status_code == 206 and piece.data == whole.data[100:200]
    # What a browser kept is asked for again each time: the link may have ended.
    assert piece.headers["Cache-Control"] == "private, no-cache"
    assert stranger(shared).get(f"{film}/still").mimetype == "image/jpeg"


def test_every_picture_of_the_page_is_there_and_no_other(shared: Instance) -> None:
    path = make_link(shared)
    page = stranger(shared).get(path).text
    shown = set(re.findall(r'<img [^>]*src="(/s/[^"]+)"', page))
    assert len(shown) >= 3
    for picture in shown:
        assert stranger(shared).get(picture).mimetype == "image/jpeg", picture
    for wrong in ("photos/" + "0" * 32, "films/" + "0" * 32, "films/x", "photos/" + shared.names["take"]):
        assert stranger(shared).get(f"{path}/{wrong}").status_code == 404
    assert stranger(shared).get(f"{path}/films/{'0' * 32}/still").status_code == 404


def test_what_was_taken_back_is_not_shown_by_an_address_that_somebody_kept(instance: Instance) -> None:
    path = make_link(instance)
    film = film_of(instance, path)
    picture = re.search(r'src="(/s/[^"]+/photos/([0-9a-f]{32}))"', stranger(instance).get(path).text)
    assert picture is not None and stranger(instance).get(picture.group(1)).status_code == 200
    with instance.services.database.write() as session:
        take = session.get_one(Take, instance.names["take"])
        for fact in (
            session.get_one(DockFact, picture.group(2)),
            session.get(DockFact, take.close_record_id),
        ):
            assert fact is not None
            fact.gone_by = "f" * 32
    for address in (film, f"{film}/still", picture.group(1)):
        assert stranger(instance).get(address, headers={"Range": "bytes=9-"}).status_code == 404
    assert film not in stranger(instance).get(path).text


def test_the_pieces_of_a_film_stop_with_the_link(instance: Instance) -> None:
    """A phone is in the middle of the film, and has read parts of it: the next piece is refused."""
    revoked, expired = make_link(instance, days="90"), make_link(instance, days="7")
    owner, client = instance.client(Role.OWNER), stranger(instance)
    for path in (revoked, expired):
        first = client.get(film_of(instance, path), headers={"Range": "bytes=0-99"})
        assert first.status_code == 206
    etag = first.headers["ETag"]
    with instance.services.database.read() as session:
        hashed = token_hash(revoked.removeprefix("/s/"))
        link = session.scalars(select(ShareLink).where(ShareLink.token_hash == hashed)).one()
    post(instance, owner, f"/shares/{link.id}/revoke")
    instance.clock.pass_time(days=8)
    for path in (revoked, expired):
        for headers in ({"Range": "bytes=100-199"}, {"If-None-Match": etag}, {}):
            assert client.get(film_of(instance, path), headers=headers).status_code == 410
        assert client.get(f"{film_of(instance, path)}/still").status_code == 410


def test_a_piece_of_a_film_costs_a_lookup_and_not_the_case(instance: Instance) -> None:
    path = make_link(instance)
    client, said = stranger(instance), []
    client.get(film_of(instance, path))
    engine = instance.services.database.engine
    event.listen(engine, "before_cursor_execute", lambda *told: said.append(told[2]))
    assert client.get(film_of(instance, path), headers={"Range": "bytes=100-199"}).status_code == 206
    pieces = [one for one in said if one.startswith(("SELECT", "INSERT", "UPDATE"))]
    said.clear()
    client.get(path)
    assert len(pieces) <= 6 < len(said) / 5, pieces


def test_each_look_is_logged_and_the_token_is_not_kept(instance: Instance) -> None:
    path = make_link(instance)
    client = stranger(instance)
    client.get(path)
    client.get(f"{film_of(instance, path)}/still")
    client.get(film_of(instance, path), headers={"Range": "bytes=1-"})  # whoever leaves out the first byte
    client.get(film_of(instance, path), headers={"Range": "bytes=100-199"})
    assert looks(instance) == ["film", "page"]
    instance.clock.pass_time(hours=1)
    client.get(f"{film_of(instance, path)}/still")  # an address that somebody passed on
    client.get(film_of(instance, path), headers={"Range": "bytes=0-"})
    client.get(path)
    assert looks(instance) == ["film", "film", "page", "page", "picture"]
    with instance.services.database.read() as session:
        link = session.scalars(select(ShareLink)).one()
        assert path.removeprefix("/s/") not in (link.token_hash, link.id)
        actions = set(session.scalars(select(AuditEvent.action)))
    assert "share.made" in actions
    assert "opened 2 times" in instance.client(Role.OWNER).get(order(instance, "/shares")).text


def looks(instance: Instance) -> list[str]:
    with instance.services.database.read() as session:
        return sorted(session.scalars(select(ShareView.what)))


def test_a_link_ends_by_its_time_or_by_the_desk(instance: Instance) -> None:
    path, other = make_link(instance, days="7"), make_link(instance, days="90")
    instance.clock.pass_time(days=8)
    late = stranger(instance).get(path)
    assert late.status_code == 410 and "链接已过期" in late.text
    assert stranger(instance).get(film_of(instance, path)).status_code == 410
    owner = instance.client(Role.OWNER)
    page = owner.get(order(instance, "/shares")).text
    assert "expired" in page
    handle = re.search(r"/shares/([0-9a-f]{32})/revoke", page)
    assert handle is not None
    dung = instance.client(Role.OWNER, organisation="Dung")
    assert post(instance, dung, f"/shares/{handle.group(1)}/revoke").status_code == 404
    assert post(instance, owner, f"/shares/{handle.group(1)}/revoke").status_code == 302
    gone = stranger(instance).get(other)
    assert gone.status_code == 410 and instance.names["order_no"] not in gone.text


@pytest.mark.parametrize("token", ["x", "%2e%2e", "a" * 500])
def test_a_token_that_nobody_made_opens_nothing(shared: Instance, token: str) -> None:
    assert stranger(shared).get(f"/s/{token}").status_code == 404
    assert stranger(shared).get(f"/a/{token}").status_code == 404


@pytest.mark.parametrize("said", [{"audience": "press"}, {"days": "3650"}, {"claim": "0" * 32}])
def test_a_link_for_nobody_or_for_ever_is_not_made(shared: Instance, said: dict[str, str]) -> None:
    answer = post(shared, shared.client(Role.OWNER), order(shared, "/shares"), **said)
    assert answer.status_code in (400, 404) and "data-link" not in answer.text


def test_a_link_that_is_opened_without_end_is_stopped(instance: Instance) -> None:
    path = make_link(instance)
    hour = NOW.replace(minute=0, second=0, microsecond=0)
    with instance.services.database.write() as session:
        link = session.scalars(select(ShareLink)).one()
        session.add(RateCount(subject=f"share:{link.id}", window_start=hour, count=600))
    assert stranger(instance).get(path).status_code == 429


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_behind_a_link_can_be_written(shared: Instance, method: str) -> None:
    path = make_link(shared)
    page = stranger(shared).get(path).text
    assert not re.search(r"<(form|input|textarea|select|button type=.submit)", page)
    for address in (
        path,
        film_of(shared, path),
        f"{film_of(shared, path)}/still",
        f"{path}/photos/{'0' * 32}",
    ):
        assert stranger(shared).open(address, method=method).status_code in (400, 405), address
