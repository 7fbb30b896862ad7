"""Whose orders they are, what strange columns mean, and what people paste."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.fixtures.export_1688 import DEMO, Order, write_export
from tests.fixtures.order_files import (
    TAOBAO_SEVERAL,
    rows_28,
    strange_rows,
    taobao_line_rows,
    taobao_rows,
    text,
    xls,
)
from tests.support.importing import confirmed, counts, given, upload
from webapp.domain.import_states import DraftState
from webapp.domain.refusals import Refusal
from webapp.store import schema
from webapp.store.database import Database
from webapp.store.schema_desk import ImportDraft, ImportMapping
from webapp.usecases.imports import Drafts

A = DEMO[0].order_no


# --- accounts ---------------------------------------------------------------------------------


def account(database: Database, name: str = "chi-1688") -> schema.PlatformAccount:
    with database.read() as session:
        return session.scalars(
            select(schema.PlatformAccount).where(schema.PlatformAccount.name == name)
        ).one()


def notices(draft: ImportDraft) -> list[str]:
    assert draft.report is not None
    return [code for code, _ in draft.report["notices"]]


def test_the_tail_that_all_orders_share_is_the_accounts(
    drafts: Drafts, organisation: str, database: Database
) -> None:
    assert notices(confirmed(drafts, organisation, write_export(None))) == []
    assert account(database).order_tail6 == "232333"


def test_orders_of_another_buyer_are_said_before_they_go_in(
    drafts: Drafts, organisation: str, database: Database
) -> None:
    confirmed(drafts, organisation, write_export(None))
    strange = [Order(order_no="3657499272179545941")]
    draft = upload(drafts, organisation, write_export(None, strange))
    assert draft.report is not None and notices(draft) == ["other_buyer"]
    assert draft.report["notices"][0][1] == {
        "account": "chi-1688", "known": "232333", "tails": "…545941 (1)"}  # fmt: skip
    drafts.confirm(organisation, draft.id)
    assert account(database).order_tail6 == "232333"


def test_orders_of_several_buyers_set_no_tail(drafts: Drafts, organisation: str, database: Database) -> None:
    mixed = [*DEMO, Order(order_no="3657499272179545941")]
    assert notices(confirmed(drafts, organisation, write_export(None, mixed))) == ["several_buyers"]
    assert account(database).order_tail6 is None


def test_orders_that_would_change_their_account_are_said(drafts: Drafts, organisation: str) -> None:
    confirmed(drafts, organisation, write_export(None))
    draft_id = drafts.upload(given(organisation, account="typo"), io.BytesIO(write_export(None)))
    assert notices(drafts.draft(organisation, draft_id)) == ["orders_move"]


# --- mapping ----------------------------------------------------------------------------------

CHOICE = {"order_no": "Mã đơn hàng", "title": "Tên hàng", "quantity": "SL", "waybill": "Mã vận đơn"}


def test_a_strange_table_is_asked_about_once(drafts: Drafts, organisation: str, database: Database) -> None:
    content = text(strange_rows(), "utf-8")
    draft = upload(drafts, organisation, content, "agent.csv")
    assert draft.state == DraftState.MAPPING
    choice = drafts.column_choice(organisation, draft.id)
    assert choice.chosen["order_no"] == "Mã đơn hàng"
    drafts.choose_columns(organisation, draft.id, platform="taobao", chosen=CHOICE, user_id="chi")
    draft = drafts.draft(organisation, draft.id)
    assert (draft.state, draft.platform) == (DraftState.READY, "taobao")
    drafts.confirm(organisation, draft.id)
    with database.read() as session:
        assert session.scalars(select(schema.Order.platform)).all() == ["taobao"]
    moved = text([[], *[list(reversed(row)) for row in strange_rows()[1:]]], "utf-8-sig")
    assert upload(drafts, organisation, moved, "agent2.csv").state == DraftState.READY


def test_a_choice_may_be_made_anew(drafts: Drafts, organisation: str, database: Database) -> None:
    draft = upload(drafts, organisation, text(strange_rows(), "utf-8"), "agent.csv")
    for remark in ("Ghi chú", "Phân loại"):
        chosen = CHOICE | {"remark": remark}
        drafts.choose_columns(organisation, draft.id, platform="1688", chosen=chosen, user_id="chi")
    with database.read() as session:
        (mapping,) = session.scalars(select(ImportMapping))
    assert mapping.columns["remark"] == "Phân loại"
    drafts.confirm(organisation, draft.id)
    with database.read() as session:
        assert session.scalars(select(schema.Order.remark)).all() == ["Đen, M"]


def test_a_wrong_choice_changes_nothing(drafts: Drafts, organisation: str, database: Database) -> None:
    draft = upload(drafts, organisation, text(strange_rows(), "utf-8"), "agent.csv")
    with pytest.raises(Refusal, match="mapping_incomplete"):
        drafts.choose_columns(
            organisation, draft.id, platform="1688", chosen={"order_no": "Mã đơn hàng"}, user_id="chi"
        )
    assert drafts.draft(organisation, draft.id).state == DraftState.MAPPING


# --- pasted -----------------------------------------------------------------------------------


def test_late_waybills_join_their_orders(drafts: Drafts, organisation: str, database: Database) -> None:
    confirmed(drafts, organisation, xls(rows_28()), "orders.xls")
    with database.read() as session:
        bare = session.scalars(select(schema.Parcel.id)).all()
    pasted = replace(given(organisation, "", account=""), account_owner="unknown")
    lines = f"{A} YT7598163190299 圆通\n{A} YT7598163190300\n3657499272179999999 YT7598163190298"
    draft_id = drafts.paste(pasted, lines)
    draft = drafts.draft(organisation, draft_id)
    assert draft.report is not None
    assert [row[:2] for row in draft.report["refused"]] == [[3, "order_not_known"]]
    drafts.confirm(organisation, draft_id)
    with database.read() as session:
        order = session.scalars(select(schema.Order).where(schema.Order.order_no == A)).one()
        assert {w.number_norm for w in order.waybills} == {"YT7598163190299", "YT7598163190300"}
        assert sum(parcel.id in bare for parcel in order.parcels) == 1 and len(order.parcels) == 2
        assert (order.account.name, order.supplier.member, order.paid_fen) == (
            "chi-1688",
            "示例服饰厂",
            45000,
        )
    assert counts(database)["platform_account"] == 1


def test_pasted_orders_need_an_account(drafts: Drafts, organisation: str) -> None:
    pasted = given(organisation, "", account="")
    with pytest.raises(Refusal, match="account_name_missing"):
        drafts.paste(pasted, f"订单编号\t货品标题\t数量\n{A}\t杯\t3")


def test_a_taobao_order_of_several_products_comes_in_two_files(
    drafts: Drafts, organisation: str, database: Database
) -> None:
    summed = text(taobao_rows(), "gb18030", wrapped=True)
    first = confirmed(drafts, organisation, summed, "ExportOrderList.csv")
    assert first.report is not None
    assert [row[1] for row in first.report["refused"]] == ["order_not_known"]
    confirmed(
        drafts, organisation, text(taobao_line_rows(), "gb18030", wrapped=True), "ExportOrderDetailList.csv"
    )
    confirmed(drafts, organisation, summed, "ExportOrderList.csv")
    with database.read() as session:
        order = session.scalars(select(schema.Order).where(schema.Order.order_no == TAOBAO_SEVERAL)).one()
        assert [line.quantity_milli for line in order.lines] == [2000, 3000]
        assert [w.number_norm for w in order.waybills] == ["79030031408777"]
        assert order.platform == "taobao"
