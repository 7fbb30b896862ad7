"""One screenshot proves the times of many orders; what is filed stays byte for byte, and another's does not exist."""

from __future__ import annotations

import hashlib
import io
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from tests.support.desk_setup import SetupDesk, make_setup_desk, picture, upload
from tests.support.world import opaque
from webapp.domain.refusals import Refusal
from webapp.store.schema import Blob, Derivative, LogEntry, Milestone, PlatformAccount
from webapp.store.schema_desk import Document, DocumentOrder
from webapp.usecases import documents
from webapp.usecases.documents import StatedTimes
from webapp.usecases.order_setup import order_setup

NUMBERS = ("4325000000000000001", "4325000000000000011", "4325000000000000021")
DELIVERED = datetime(2026, 11, 19, 6, 37, 20, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> SetupDesk:
    desk = make_setup_desk(tmp_path)
    desk.order("second", NUMBERS[1])
    desk.order("third", NUMBERS[2])
    return desk


def state(desk: SetupDesk, said: StatedTimes, *, days: int = 0) -> documents.Filed:
    return documents.state_times(
        desk.database,
        desk.blobs,
        desk.rulebook,
        actor=desk.chi,
        said=said,
        now=desk.now + timedelta(days=days),
    )


def count(desk: SetupDesk, table: type) -> int:
    with desk.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def ids(desk: SetupDesk) -> list[str]:
    return [desk.world.order, opaque("second"), opaque("third")]


def test_one_screenshot_turns_three_assumed_clocks_into_proven_ones(desk: SetupDesk) -> None:
    desk.receive(*ids(desk))
    for order_id in ids(desk):
        clock = desk.clock(order_id, "R-02")
        assert clock is not None and clock.assumed and clock.start_source == "goods_receipt"
    filed = state(desk, StatedTimes("platform_delivered", dict.fromkeys(NUMBERS, DELIVERED), upload()))
    assert filed.orders == 3
    for order_id in ids(desk):
        for rule in ("R-02", "R-03"):
            clock = desk.clock(order_id, rule)
            assert clock is not None
            assert (clock.assumed, clock.start_source, clock.start_at) == (
                False,
                "platform_status",
                DELIVERED,
            )
    assert (count(desk, Document), count(desk, DocumentOrder), count(desk, Milestone)) == (1, 3, 3)


def test_a_word_without_a_screenshot_leaves_the_clock_assumed(desk: SetupDesk) -> None:
    desk.receive(desk.world.order)
    state(desk, StatedTimes("platform_delivered", {NUMBERS[0]: DELIVERED}))
    clock = desk.clock(desk.world.order, "R-02")
    assert clock is not None and clock.assumed and clock.start_at == DELIVERED


def test_the_original_is_kept_byte_for_byte_with_its_entry_in_the_log(desk: SetupDesk) -> None:
    data = picture("JPEG")
    filed = state(
        desk, StatedTimes("platform_delivered", dict.fromkeys(NUMBERS[:2], DELIVERED), upload(data, "a.png"))
    )
    sha256 = hashlib.sha256(data).hexdigest()
    assert desk.blobs.path(sha256).read_bytes() == data
    with desk.database.read() as session:
        document = session.scalars(select(Document)).one()
        # The type is the content's, whatever the name says.
        assert (document.sha256, document.mime, document.filename) == (sha256, "image/jpeg", "a.png")
        assert session.get_one(Blob, sha256).mime == "image/jpeg"
        small = session.get_one(Derivative, (sha256, "thumbnail"))
        entries = [row.text for row in session.scalars(select(LogEntry).order_by(LogEntry.index))]
    orders = "".join(f"order {order}\n" for order in sorted(ids(desk)[:2]))
    assert entries[0] == (
        f"type document\nreceived 2026-11-21T02:00:00.000Z\ndocument {filed.document_id}\nkind order_status\n"
        f"file sha256:{sha256} {len(data)} image/jpeg\nfiled-by {desk.chi.id}\n{orders}"
    )
    assert f"derivative sha256:{small.sha256}" in entries[1]
    assert all(number not in entry for entry in entries for number in NUMBERS)
    with Image.open(io.BytesIO(desk.blobs.path(small.sha256).read_bytes())) as shown:
        assert shown.width <= 360 and shown.height <= 640


def test_the_latest_proof_counts_and_a_word_never_displaces_it(desk: SetupDesk) -> None:
    times = [DELIVERED + timedelta(hours=hour) for hour in range(3)]
    state(desk, StatedTimes("platform_delivered", {NUMBERS[0]: times[0]}, upload()))
    state(desk, StatedTimes("platform_delivered", {NUMBERS[0]: times[1]}, upload()), days=1)
    state(desk, StatedTimes("platform_delivered", {NUMBERS[0]: times[2]}), days=2)
    clock = desk.clock(desk.world.order, "R-02")
    assert clock is not None and (clock.start_at, clock.assumed) == (times[1], False)
    setup = order_setup(desk.database, organisation_id=desk.world.importer, order_no=NUMBERS[0])
    assert [(one.at, one.by, one.document is not None, one.counts) for one in setup.statements] == [
        (times[2], "Chi", False, False),
        (times[1], "Chi", True, True),
        (times[0], "Chi", True, False),
    ]


def test_a_screenshot_filed_before_proves_another_order_too(desk: SetupDesk) -> None:
    first = state(desk, StatedTimes("platform_delivered", {NUMBERS[0]: DELIVERED}, upload()))
    assert first.document_id is not None
    said = StatedTimes("platform_delivered", {NUMBERS[1]: DELIVERED}, document_id=first.document_id)
    assert state(desk, said).document_id == first.document_id
    clock = desk.clock(ids(desk)[1], "R-02")
    assert clock is not None and not clock.assumed
    assert (count(desk, Document), count(desk, DocumentOrder)) == (1, 2)


def test_the_in_stock_time_of_an_agents_order_is_proven_likewise(desk: SetupDesk) -> None:
    with desk.database.write() as session:
        session.get_one(PlatformAccount, desk.account_of("main")).owner = "agent"
    state(desk, StatedTimes("in_stock", {NUMBERS[0]: DELIVERED}, upload()))
    clock = desk.clock(desk.world.order, "R-01")
    assert clock is not None and (clock.start_at, clock.start_source) == (DELIVERED, "in_stock")
    setup = order_setup(desk.database, organisation_id=desk.world.importer, order_no=NUMBERS[0])
    assert setup.statements[0].document is not None


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (StatedTimes("sent", {NUMBERS[0]: DELIVERED}), "milestone_unknown"),
        (StatedTimes("in_stock", {}), "milestone_orders_missing"),
        (StatedTimes("in_stock", {NUMBERS[0]: DELIVERED + timedelta(days=99)}), "milestone_future"),
        (StatedTimes("in_stock", {NUMBERS[0]: DELIVERED, "9" * 19: DELIVERED}), "orders_unknown"),
        # The other importer's order exists, but not for Chi.
        (StatedTimes("in_stock", {"4325000000000000002": DELIVERED}), "orders_unknown"),
        (StatedTimes("in_stock", {NUMBERS[0]: DELIVERED}, document_id="0" * 32), "document_unknown"),
    ],
)
def test_a_refused_statement_changes_nothing(desk: SetupDesk, said: StatedTimes, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        state(desk, said)
    assert (count(desk, Milestone), count(desk, Document), count(desk, LogEntry)) == (0, 0, 0)


def claims_a_billion_pixels() -> bytes:
    data = bytearray(picture("PNG", (10, 10)))
    data[16:24] = (40_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "document_empty"),
        (b"%PDF-1.7\n" + b"x" * 100, "document_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "document_type"),
        (picture("GIF"), "document_type"),
        (picture("JPEG", (900, 900), "#123456")[:-200], "document_unreadable"),
        (picture("PNG", (900, 900))[:400], "document_unreadable"),
        (claims_a_billion_pixels(), "document_pixels"),
        (b"\xff\xd8\xff" + b"0" * (20 * 1024 * 1024), "document_large"),
    ],
    ids=["nothing", "pdf", "svg", "gif", "cut jpeg", "cut png", "billion pixels", "too large"],
)
def test_what_is_no_picture_is_refused_in_words(desk: SetupDesk, data: bytes, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        state(desk, StatedTimes("platform_delivered", {NUMBERS[0]: DELIVERED}, upload(data)))
    assert count(desk, Milestone) == 0
    assert [path for path in (desk.blobs.path("0" * 64).parents[2]).rglob("*") if path.is_file()] == []


def test_a_listing_capture_belongs_to_its_line(desk: SetupDesk) -> None:
    document_id = documents.file_listing(
        desk.database,
        desk.blobs,
        actor=desk.chi,
        order_no=NUMBERS[0],
        line_id=desk.world.red_line,
        upload=upload(picture("WEBP"), "../../商品.webp"),
        now=desk.now,
    )
    setup = order_setup(desk.database, organisation_id=desk.world.importer, order_no=NUMBERS[0])
    assert [document.id for document in setup.listings[desk.world.red_line]] == [document_id]
    assert setup.statements == [] and setup.status_documents == []
    shown = documents.original(desk.database, organisation_id=desk.world.importer, document_id=document_id)
    assert shown.mime == "image/webp"
    for read in (documents.original, documents.thumbnail):
        with pytest.raises(Refusal, match="document_unknown"):
            read(desk.database, organisation_id=desk.world.other_importer, document_id=document_id)


@pytest.mark.parametrize("line", ["other_line", "parcel"])
def test_a_capture_of_a_foreign_line_is_refused(desk: SetupDesk, line: str) -> None:
    with pytest.raises(Refusal, match="line_unknown"):
        documents.file_listing(
            desk.database,
            desk.blobs,
            actor=desk.chi,
            order_no=NUMBERS[0],
            line_id=getattr(desk.world, line),
            upload=upload(),
            now=desk.now,
        )
    assert count(desk, Document) == 0
