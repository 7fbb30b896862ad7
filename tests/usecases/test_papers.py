"""Papers of an order: filing, hiding, what was agreed and paid, exhibits by slot, completeness, terms, suppliers."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.desk_setup import SetupDesk, make_setup_desk, picture, upload
from tests.support.phone import Phone
from tests.support.upload_dock import Dock
from webapp.domain.folders import DOCUMENT_KINDS, Folder
from webapp.domain.refusals import Refusal
from webapp.store.schema import AuditEvent, LogEntry, Order
from webapp.store.schema_desk import Document, DocumentOrder
from webapp.store.schema_papers import OrderTerms
from webapp.usecases import (
    agreements,
    completeness,
    documents,
    order_terms,
    papers,
    payments,
    pre_filing,
    supplier_record,
)
from webapp.usecases.documents import Upload
from webapp.usecases.exhibits import Exhibit, exhibits_of_order

NUMBER, SECOND = "4325000000000000001", "4325000000000000011"
PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"


@pytest.fixture
def desk(tmp_path: Path) -> SetupDesk:
    desk = make_setup_desk(tmp_path)
    desk.order("second", SECOND)
    return desk


def file(
    desk: SetupDesk, kind: str = "chat", *uploads: Upload, orders: tuple[str, ...] = (NUMBER,), **said: str
):
    return documents.file_many(
        desk.database,
        desk.blobs,
        actor=desk.chi,
        kind=kind,
        order_nos=orders,
        uploads=uploads or (upload(),),
        now=desk.now,
        **said,  # type: ignore[arg-type]
    )


def exhibits(desk: SetupDesk) -> list[Exhibit]:
    with desk.database.read() as session:
        return exhibits_of_order(session, desk.world.importer, desk.world.order)


def code_of(call: object) -> str:
    with pytest.raises(Refusal) as refused:
        call()  # type: ignore[operator]
    return refused.value.code


def test_many_files_for_two_orders_with_one_log_entry_each(desk: SetupDesk) -> None:
    one, other = file(
        desk,
        "chat",
        upload(name="微信1.png"),
        upload(picture(colour="red"), "微信2.png"),
        orders=(NUMBER, SECOND),
        dated_on="2026-11-10",
        note="确认 颜色",
    )
    with desk.database.read() as session:
        document = session.get_one(Document, one)
        assert (document.folder, document.slot, document.dated_on) == ("chat", "EV-07", "2026-11-10")
        assert document.supplier_id == session.get_one(Order, desk.world.order).supplier_id
        texts = [text for text in session.scalars(select(LogEntry.text)) if text.startswith("type document")]
        assert (
            len(texts) == 2
            and f"document {other}\n" in texts[1]
            and f"order {desk.world.order}\n" in texts[0]
        )
        assert len(session.scalars(select(DocumentOrder)).all()) == 4


def test_a_pdf_is_kept_byte_for_byte_and_a_cut_one_is_refused(desk: SetupDesk) -> None:
    (document_id,) = file(desk, "invoice", Upload(io.BytesIO(PDF), "invoice.pdf"))
    with desk.database.read() as session:
        document = session.get_one(Document, document_id)
    assert document.mime == "application/pdf" and desk.blobs.path(document.sha256).read_bytes() == PDF
    assert (
        code_of(lambda: file(desk, "invoice", Upload(io.BytesIO(PDF[:-6]), "x.pdf"))) == "document_unreadable"
    )


def test_the_same_file_sent_again_is_filed_once(desk: SetupDesk) -> None:
    assert file(desk) == file(desk)
    assert file(desk, "spec") != file(desk)


def test_each_kind_has_its_folder_and_slot(desk: SetupDesk) -> None:
    for n, (kind, paper) in enumerate(DOCUMENT_KINDS.items()):
        (document_id,) = file(desk, kind, upload(picture(colour=f"#{n:06x}")))
        with desk.database.read() as session:
            document = session.get_one(Document, document_id)
            assert (document.folder, document.slot) == (paper.folder, paper.slot)


def test_a_condition_report_bears_its_firm_and_number(desk: SetupDesk) -> None:
    """S0-44; found by both, and told wherever the paper is."""
    named = {"firm": "中检集团", "report_no": "CCIC-77", "dated_on": "2026-11-18"}
    (report,) = file(desk, "third_party_report", upload(), note="色差", **named)
    (chat,) = file(desk, "chat", upload(picture(colour="red")), **named)
    with desk.database.read() as session:
        kept, other = session.get_one(Document, report), session.get_one(Document, chat)
    assert (kept.firm, kept.report_no, kept.dated_on, kept.slot) == (*named.values(), "EV-30")
    assert (other.firm, other.report_no) == ("", "")
    assert [one.note for one in exhibits(desk) if one.slot == "EV-30"] == ["中检集团 · CCIC-77 · 色差"]
    for query in ("中检", "ccic-77"):
        found = papers.search(desk.database, organisation_id=desk.world.importer, query=query).found
        assert [one.document.id for one in found] == [report]


def test_the_desk_is_reminded_of_events_without_a_file(desk: SetupDesk) -> None:
    """S3-16: after a day, the oldest first; a paper or a withdrawal ends it."""
    told = lambda hours: [  # noqa: E731
        (one.order_no, one.n)
        for one in completeness.unfiled_events(
            desk.database, organisation_id=desk.world.importer, now=desk.now + timedelta(hours=hours)
        )
    ]
    agreement = state_agreement(desk)
    assert (told(24), told(25)) == ([], [(NUMBER, 1)])
    with desk.database.read() as session:
        left = [
            one.code
            for one in completeness.of_order(session, desk.world.order, desk.now + timedelta(hours=25)).lints
        ]
    assert "event_without_file" in left
    agreements.withdraw(desk.database, actor=desk.chi, agreement_id=agreement, reason="twice", now=desk.now)
    assert told(25) == []


def test_what_filing_refuses(desk: SetupDesk) -> None:
    assert code_of(lambda: file(desk, "poem")) == "document_kind"
    assert code_of(lambda: file(desk, slot="EV-18")) == "document_slot"
    assert code_of(lambda: file(desk, dated_on="2026-02-30")) == "document_date"
    assert code_of(lambda: file(desk, orders=())) == "document_place"
    assert code_of(lambda: file(desk, orders=("4325000000000000002",))) == "orders_unknown"
    assert code_of(lambda: file(desk, orders=(), supplier_id="f" * 32)) == "supplier_unknown"
    assert exhibits(desk) == []


def test_hiding_needs_a_reason_deletes_nothing_and_can_be_undone(desk: SetupDesk) -> None:
    (document_id,) = file(desk)
    hide = lambda why: documents.hide(  # noqa: E731
        desk.database, actor=desk.chi, document_id=document_id, reason=why, now=desk.now
    )
    assert code_of(lambda: hide(" ")) == "reason_missing"
    hide("wrong order")
    assert exhibits(desk) == []
    shown = documents.original(desk.database, organisation_id=desk.world.importer, document_id=document_id)
    assert desk.blobs.path(shown.sha256).read_bytes() == picture()
    documents.show_again(desk.database, actor=desk.chi, document_id=document_id, now=desk.now)
    assert [one.source_id for one in exhibits(desk)] == [document_id]
    with desk.database.read() as session:
        told = session.scalars(select(AuditEvent).where(AuditEvent.subject == document_id)).all()
    assert [one.action for one in told] == ["document.chat", "document.hidden", "document.shown"]
    assert "wrong order" not in str([one.details for one in told])


def test_another_organisation_sees_and_hides_nothing(desk: SetupDesk) -> None:
    (document_id,) = file(desk)
    hide = lambda: documents.hide(  # noqa: E731
        desk.database, actor=desk.dung, document_id=document_id, reason="x", now=desk.now
    )
    assert code_of(hide) == "document_unknown"
    with desk.database.read() as session:
        assert exhibits_of_order(session, desk.world.other_importer, desk.world.order) == []


def test_search_in_notes_and_names(desk: SetupDesk) -> None:
    file(desk, "chat", upload(name="约定.png"), note="红色 24 件")
    found = lambda query: [  # noqa: E731
        one.document.filename
        for one in papers.search(desk.database, organisation_id=desk.world.importer, query=query).found
    ]
    assert found("红色 件") == found("约定") == found("") == ["约定.png"]
    assert found("红色 %") == found("蓝色") == []


def test_photos_and_films_are_exhibits_by_slot(tmp_path: Path, desk: SetupDesk) -> None:
    dock = Dock(desk.database, desk.blobs, desk.world, tmp_path)
    phone = Phone(desk.world)
    data = picture("JPEG")
    dock.accept(phone, phone.photo("tape", desk.world.start, data, slot="EV-04", said={"also": "EV-12"}))
    dock.send_photo("tape", data)
    dock.accept(phone, phone.take_open("open", desk.world.start, slot="EV-18"))
    dock.accept(
        phone,
        phone.take("close", desk.world.start, opens="open", slices=(b"1",), counts=(20, 24), slot="EV-18"),
    )
    found = {slot: one for one in exhibits(desk) for slot in one.slots}
    photo = found["EV-04"]
    assert found["EV-12"] == photo and photo.verified and photo.parcel_code == desk.world.label
    film = found["EV-18"]
    assert (film.source_kind, film.verified, film.continuous) == ("take", False, True)


def state_agreement(desk: SetupDesk, **said: object) -> str:
    values = {
        "kind": "chat",
        "dated_on": "2026-11-10",
        "attribute": "颜色",
        "value": "红",
        "chat_ref": "No. 12",
    }
    return agreements.state(
        desk.database,
        desk.blobs,
        actor=desk.chi,
        order_no=NUMBER,
        said=agreements.Stated(**{**values, **said}),  # type: ignore[arg-type]
        now=desk.now,
    )


def test_an_agreement_with_its_screenshot_is_withdrawn_with_a_reason(desk: SetupDesk) -> None:
    agreement_id = state_agreement(desk, upload=upload())
    assert [one.kind for one in exhibits(desk)] == ["chat"]
    assert code_of(lambda: state_agreement(desk, dated_on="2026-12-01")) == "agreement_date"
    assert code_of(lambda: state_agreement(desk, value="", chat_ref="")) == "agreement_empty"
    assert code_of(lambda: state_agreement(desk, kind="rumour")) == "agreement_kind"
    withdraw = lambda why: agreements.withdraw(  # noqa: E731
        desk.database, actor=desk.chi, agreement_id=agreement_id, reason=why, now=desk.now
    )
    assert code_of(lambda: withdraw("")) == "reason_missing"
    assert withdraw("typo") == NUMBER
    assert code_of(lambda: withdraw("again")) == "agreement_unknown"
    assert (
        papers.view(
            desk.database, organisation_id=desk.world.importer, order_no=NUMBER, now=desk.now
        ).agreements
        == []
    )


def pay(desk: SetupDesk, **said: object) -> str:
    values = {
        "paid_on": "2026-11-16",
        "amount": "300,50",
        "currency": "CNY",
        "account": "=HYPERLINK(1)",
        "purpose": "deposit",
    }
    return payments.state(
        desk.database,
        desk.blobs,
        actor=desk.chi,
        order_no=NUMBER,
        said=payments.Paid(**{**values, **said}),  # type: ignore[arg-type]
        now=desk.now,
    )


def test_instalments_their_sum_and_the_csv(desk: SetupDesk) -> None:
    pay(desk)
    pay(
        desk,
        paid_on="2026-11-18",
        amount="700",
        purpose="balance",
        account="…1234",
        upload=upload(name="b.png"),
    )
    gone = pay(desk, amount="5", purpose="freight")
    pay(desk, paid_on="2026-11-20", amount="100", purpose="refund", account="…1234")
    payments.withdraw(desk.database, actor=desk.chi, payment_id=gone, reason="twice", now=desk.now)
    view = papers.view(desk.database, organisation_id=desk.world.importer, order_no=NUMBER, now=desk.now)
    assert view.totals.paid == {"CNY": 90_050} and len(view.papers[Folder.PAYMENT]) == 1
    text = payments.csv_of_order(desk.database, organisation_id=desk.world.importer, order_no=NUMBER)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(row["date"], row["amount"], row["purpose"]) for row in rows] == [
        ("2026-11-16", "300.50", "deposit"),
        ("2026-11-18", "700.00", "balance"),
        ("2026-11-20", "100.00", "refund"),
    ]
    assert (
        rows[0]["account"] == "'=HYPERLINK(1)"
        and rows[1]["proof"] == "b.png"
        and len(rows[1]["sha256"]) == 64
    )


@pytest.mark.parametrize(
    "said, code",
    [
        ({"amount": "0"}, "amount_unreadable"),
        ({"currency": "BTC"}, "amount_unreadable"),
        ({"paid_on": ""}, "payment_date"),
        ({"purpose": "gift"}, "payment_purpose"),
        ({"account": " "}, "payment_account"),
    ],
)
def test_a_payment_says_all_that_s3_08_asks(desk: SetupDesk, said: dict[str, object], code: str) -> None:
    assert code_of(lambda: pay(desk, **said)) == code


def test_completeness_counts_what_is_filed(desk: SetupDesk) -> None:
    def found() -> tuple[int, list[str]]:
        done = papers.summary(desk.database, order_id=desk.world.order, now=desk.now)
        return done.filled, [one.code for one in done.lints]

    assert found() == (1, ["nothing_agreed"])
    file(desk)
    pay(desk)
    assert found() == (3, ["deposit_unconfirmed"])
    file(desk, "confirmation", upload(picture(colour="blue")))
    file(desk, "sample", upload(picture(colour="green")))
    assert found() == (3, ["sample_without_chat"])


def test_chats_that_nobody_saved_for_a_week(desk: SetupDesk) -> None:
    stale = lambda days: [  # noqa: E731
        one.days
        for one in completeness.stale_chats(
            desk.database, organisation_id=desk.world.importer, now=desk.now + timedelta(days=days)
        )
    ]
    assert stale(0) == [None]
    file(desk)
    assert stale(7) == [] and stale(8) == [8]


def test_terms_are_added_never_changed_and_give_hints(desk: SetupDesk) -> None:
    say = lambda minutes, **form: order_terms.state(  # noqa: E731
        desk.database, actor=desk.chi, order_no=NUMBER, form=form, now=desk.now + timedelta(minutes=minutes)
    )
    say(0, order_kind="custom", label_price="yes", oem_design="yes")
    order_terms.state_address(
        desk.database,
        actor=desk.chi,
        supplier_id=f"5{desk.world.importer[1:]}",
        address="义乌市北苑路 1 号",
        now=desk.now,
    )
    view = order_terms.view(desk.database, organisation_id=desk.world.importer, order_no=NUMBER)
    assert view.hints == ("oem", "inspection", "labels_screenshot", "seller_terms")
    assert view.address is not None and view.order.order_kind == "custom"
    say(1, order_kind="stock", inspection_asked="yes", label_price="no")
    view = order_terms.view(desk.database, organisation_id=desk.world.importer, order_no=NUMBER)
    assert view.hints == ()
    with desk.database.read() as session:
        assert len(session.scalars(select(OrderTerms)).all()) == 2


def test_answers_before_filing_of_an_order(desk: SetupDesk) -> None:
    form = {"reason": "no_reason", "label": "no", "bespoke": "perhaps"}
    said = pre_filing.answer(
        desk.database, actor=desk.chi, order_id=desk.world.order, form=form, now=desk.now
    )
    assert said.advice == ("no_label",) and "bespoke" in said.unanswered and not said.complete
    assert pre_filing.answers_of_order(desk.database, order_id=desk.world.order) == said
    foreign = lambda: pre_filing.answer(  # noqa: E731
        desk.database, actor=desk.dung, order_id=desk.world.order, form=form, now=desk.now
    )
    assert code_of(foreign) == "order_unknown"


def test_a_suppliers_record_by_batch(desk: SetupDesk) -> None:
    supplier_id = f"5{desk.world.importer[1:]}"
    record = lambda: supplier_record.record(  # noqa: E731
        desk.database, organisation_id=desk.world.importer, supplier_id=supplier_id, now=desk.now
    )
    assert (record().orders, record().spend_fen, record().shortage.tenths) == (2, 221_000, None)
    assert (record().volume.orders, record().volume.fen, record().outcomes) == (1, 121_000, {})
    assert (
        code_of(
            lambda: supplier_record.record(
                desk.database,
                organisation_id=desk.world.other_importer,
                supplier_id=supplier_id,
                now=desk.now,
            )
        )
        == "supplier_unknown"
    )
