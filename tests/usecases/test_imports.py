"""From an uploaded file to orders: nothing before yes, nothing half, nothing twice, nothing kept that is not needed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.fixtures.export_1688 import DEMO, PERSONAL, write_export
from tests.fixtures.order_files import (
    rows_28,
    strange_rows,
    taobao_rows,
    text,
    xlsx,
)
from tests.support.clock import FixedClock
from tests.support.importing import NOW, confirmed, counts, files, upload
from webapp.domain.import_states import DraftState
from webapp.domain.refusals import Refusal
from webapp.store import schema
from webapp.store.database import Database
from webapp.usecases.imports import Drafts

A = DEMO[0].order_no


# --- preview and confirmation -----------------------------------------------------------------


def test_nothing_is_written_before_yes(
    drafts: Drafts, organisation: str, database: Database, home: Path
) -> None:
    draft = upload(drafts, organisation, write_export(None))
    assert draft.state == DraftState.READY and draft.report is not None
    assert draft.report["counts"] == {
        "new": 6, "known": 0, "lines": 9, "waybills": 5, "refused": 0, "warnings": 0}  # fmt: skip
    assert draft.report["first"][0]["order_no"] == A
    assert set(counts(database).values()) == {0}
    assert files(home) == [draft.id]


def test_yes_writes_once_and_the_file_goes(
    drafts: Drafts, organisation: str, database: Database, home: Path
) -> None:
    draft = confirmed(drafts, organisation, write_export(None))
    assert draft.state == DraftState.DONE and draft.report is not None
    assert draft.report["written"] == {"orders": 6, "lines": 9, "waybills": 6, "updated": 0, "unknown": 0}
    before = counts(database)
    drafts.confirm(organisation, draft.id)
    assert counts(database) == before
    assert files(home) == []


def test_the_same_file_twice_is_the_same_orders(
    drafts: Drafts, organisation: str, database: Database
) -> None:
    confirmed(drafts, organisation, write_export(None))
    before = counts(database)
    again = confirmed(drafts, organisation, write_export(None))
    assert counts(database) == before
    assert again.report is not None
    assert again.report["counts"]["known"] == again.report["written"]["updated"] == 6


def test_no_leaves_nothing(drafts: Drafts, organisation: str, database: Database, home: Path) -> None:
    draft = upload(drafts, organisation, write_export(None))
    drafts.discard(organisation, draft.id)
    ended = drafts.draft(organisation, draft.id)
    assert (ended.state, ended.report, files(home)) == (DraftState.DISCARDED, None, [])
    with pytest.raises(Refusal, match="import_not_ready"):
        drafts.confirm(organisation, draft.id)
    assert set(counts(database).values()) == {0}


def test_nobody_said_anything_for_a_day(
    drafts: Drafts, organisation: str, clock: FixedClock, home: Path
) -> None:
    draft = upload(drafts, organisation, write_export(None))
    clock.pass_time(hours=23)
    drafts.expire()
    assert drafts.draft(organisation, draft.id).state == DraftState.READY
    clock.pass_time(hours=2)
    drafts.expire()
    ended = drafts.draft(organisation, draft.id)
    assert (ended.state, ended.report) == (DraftState.EXPIRED, None)
    clock.at = datetime.now(UTC)
    clock.pass_time(days=1)
    drafts.expire()
    assert files(home) == []


def test_another_importer_sees_nothing_of_it(drafts: Drafts, organisation: str) -> None:
    draft = upload(drafts, organisation, write_export(None))
    for act in (drafts.draft, drafts.confirm, drafts.discard, drafts.column_choice):
        with pytest.raises(Refusal, match="import_unknown"):
            act("another", draft.id)


def test_refused_rows_stay_out_and_the_rest_goes_in(
    drafts: Drafts, organisation: str, database: Database
) -> None:
    bad = [replace(DEMO[0], order_no=3657499272179232333), *DEMO[1:]]
    draft = confirmed(drafts, organisation, write_export(None, bad))
    assert draft.report is not None
    assert [row[:2] for row in draft.report["refused"]] == [[2, "order_no_rounded"], [3, "order_row_refused"]]
    assert counts(database)["order"] == 5


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (b"", "a.xlsx", "import_empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "a.xlsx", "import_not_a_spreadsheet"),
        (b"<html><table></table></html>", "a.xls", "import_not_a_spreadsheet"),
        (write_export(None)[:2000], "a.xlsx", "import_truncated"),
        ("订单编号,货品标题,数量\n".encode(), "a.csv", "import_no_rows"),
        (b"just a note", "a.txt", "import_no_header"),
    ],
)
def test_a_file_that_cannot_be_read(
    drafts: Drafts, organisation: str, home: Path, content: bytes, filename: str, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        upload(drafts, organisation, content, filename)
    assert refused.value.code == code
    assert files(home) == []
    assert drafts.listed(organisation) == ([], [])


# --- what is kept -----------------------------------------------------------------------------


def test_no_personal_data_reaches_the_database(
    drafts: Drafts, organisation: str, database: Database, home: Path
) -> None:
    confirmed(drafts, organisation, write_export(None))
    confirmed(drafts, organisation, text(taobao_rows(), "gb18030", wrapped=True), "ExportOrderList.csv")
    strange = upload(drafts, organisation, text(strange_rows(), "utf-8"), "agent.csv")
    assert strange.state == DraftState.MAPPING
    kept = b"".join(path.read_bytes() for path in home.glob("dockproof.db*"))
    for word in (PERSONAL[0], PERSONAL[1], PERSONAL[4], PERSONAL[5], "测试银行抬头"):
        assert word.encode() not in kept, word
        assert json.dumps(word).strip('"').encode() not in kept, word


def test_what_people_entered_stays(drafts: Drafts, organisation: str, database: Database) -> None:
    confirmed(drafts, organisation, write_export(None))
    with database.write() as session:
        line = session.scalars(
            select(schema.OrderLine).where(schema.OrderLine.sku_id == "4366934235842")
        ).one()
        line.picture_sha256, line.unit_weight_mg, line.pack_factor = "ab" * 32, 180_000, 10
        line.listing_url, line.listing_spec = "https://detail.1688.com/offer/1.html", "纯棉"
        account = session.scalars(select(schema.PlatformAccount)).one()
        account.owner, account.owner_confirmed_by, account.owner_confirmed_at = "agent", "chi", NOW
        order_id = line.order_id
        session.add(
            schema.Milestone(id="m", order_id=order_id, kind="in_stock", at=NOW, proven=True,
                             stated_by="chi", stated_at=NOW)
        )  # fmt: skip
    turned = [replace(DEMO[0], lines=tuple(reversed(DEMO[0].lines)), status="交易成功"), *DEMO[1:]]
    confirmed(drafts, organisation, write_export(None, turned))
    with database.read() as session:
        line = session.scalars(
            select(schema.OrderLine).where(schema.OrderLine.sku_id == "4366934235842")
        ).one()
        assert (line.picture_sha256, line.unit_weight_mg, line.pack_factor) == ("ab" * 32, 180_000, 10)
        assert (line.listing_spec, line.seq) == ("纯棉", 2)
        assert line.order.status_raw == "交易成功"
        account = session.scalars(select(schema.PlatformAccount)).one()
        assert (account.owner, account.owner_confirmed_by) == ("agent", "chi")
        assert session.get_one(schema.Milestone, "m").proven


def test_a_file_with_fewer_columns_takes_nothing_away(
    drafts: Drafts, organisation: str, database: Database
) -> None:
    confirmed(drafts, organisation, write_export(None))
    before = counts(database)
    confirmed(drafts, organisation, xlsx([row[:1] + row[18:26] for row in rows_28()]))
    assert counts(database) == {**before, "supplier": before["supplier"] + 1}
    with database.read() as session:
        order = session.scalars(select(schema.Order).where(schema.Order.order_no == A)).one()
        assert (order.paid_fen, order.supplier.company) == (45000, "广州示例服饰有限公司")
