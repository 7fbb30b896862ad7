"""The board's filters, views, rate and spreadsheet, and the find page, as a browser gets them."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.support.instance import Instance, make_instance
from webapp.adapters.catalogues import catalogue
from webapp.domain.permissions import Role
from webapp.store.schema import Label, Order
from webapp.usecases.clocks import recompute_deadlines
from webapp.usecases.demo import FILMED_ORDER
from webapp.usecases.order_progress import recompute_progress

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PARTLY = "3657512208415232333"
OUTSTANDING = "3658001177320232333"
WORDS = catalogue("en")
ATTACK = '=HYPERLINK("http://example.org";"a")'


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """For tests that leave it as it is."""
    return make_instance(tmp_path_factory.mktemp("whole"), NOW)


@pytest.fixture
def reader(whole: Instance) -> FlaskClient:
    return whole.client(Role.OWNER)


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """For tests that change what is there."""
    return make_instance(tmp_path, NOW)


@pytest.fixture
def client(instance: Instance) -> FlaskClient:
    return instance.client(Role.OWNER)


def post(instance: Instance, client: FlaskClient, path: str, **form: str):  # type: ignore[no-untyped-def]
    return client.post(path, data={"csrf_token": instance.csrf(client), **form})


def orders_on(page: str) -> list[str]:
    return re.findall(r'class="order-link" href="/orders/(\d+)"', page)


def table_of(answer) -> list[list[str]]:  # type: ignore[no-untyped-def]
    text = answer.get_data().decode("utf-8")
    assert text.startswith("\ufeff") and text.endswith("\r\n")
    return list(csv.reader(io.StringIO(text[1:], newline=""), strict=True))


def test_partly_arrived_says_how_many_of_how_many_and_never_short(reader: FlaskClient) -> None:
    page = reader.get("/?state=partly_arrived").text
    assert orders_on(page) == [PARTLY]
    assert WORDS["board.partly_of"].format(arrived=1, expected=2) in page
    assert WORDS["board.state_short"] not in re.findall(r'<span class="chip[^"]*">([^<]*)', page)


def test_filters_find_their_orders_and_stay_in_the_form(reader: FlaskClient) -> None:
    assert FILMED_ORDER in orders_on(reader.get("/?state=short").text)
    page = reader.get("/?supplier=晨光&least=1,000&from=2026-11-01").text
    assert orders_on(page) == ["3658240093116232333"]
    assert 'value="晨光"' in page and 'value="1000"' in page and 'value="2026-11-01"' in page
    assert OUTSTANDING in orders_on(reader.get("/?urgency=none").text)
    assert orders_on(reader.get("/?sort=stake").text)[0] == "3657512208416232333"
    assert orders_on(reader.get("/?owner=agent").text) == []
    assert len(orders_on(reader.get("/?owner=nonsense&rule=R-99&from=tomorrow&page=x&least=lots").text)) == 5


def test_dong_are_unknown_until_somebody_states_a_rate(instance: Instance, client: FlaskClient) -> None:
    page = client.get("/").text
    assert WORDS["board.dong_unknown"] in page and "₫0" not in page
    refused = post(instance, client, "/exchange-rate", rate="35.8")
    assert refused.status_code == 400 and WORDS["error.rate_unreadable"] in refused.text
    assert 'value="35.8"' in refused.text
    assert post(instance, client, "/exchange-rate", rate="3.580,5").status_code == 302
    page = client.get("/").text
    assert "¥465.60" in page and "₫1,667,081" in page
    note = page[page.index('class="quiet rate-note"') :]
    assert "₫3,580.5" in note and "Chi" in note and "2026-11-21 16:00" in note


def test_a_closed_trade_counts_in_no_sum_and_stays_findable(instance: Instance, client: FlaskClient) -> None:
    post(instance, client, "/exchange-rate", rate="3580")
    heading = client.get("/").text.split("</h1>")[1].split("</p>")[0]
    with instance.services.database.write() as session:
        order = session.query(Order).filter_by(order_no=FILMED_ORDER).one()
        order.status_raw = "交易关闭"
        recompute_progress(session, [order.id])
        recompute_deadlines(session, instance.services.rulebook, {order.id})
    page = client.get("/").text
    after = page.split("</h1>")[1].split("</p>")[0]
    assert WORDS["board.sum_closed"].format(n=1) in after and after != heading
    assert orders_on(page)[-1] == FILMED_ORDER and "¥465.60" not in page and "₫1,666,848" not in page
    only = client.get("/?state=closed").text
    assert orders_on(only) == [FILMED_ORDER]
    for key in ("board.state_closed", "board.stake_closed", "board.clock_closed"):
        assert WORDS[key] in only
    assert FILMED_ORDER not in orders_on(client.get("/?urgency=urgent").text)
    assert FILMED_ORDER not in orders_on(client.get("/?least=1").text)
    assert client.get("/find", query_string={"q": FILMED_ORDER}).status_code == 302
    shown = client.get(f"/orders/{FILMED_ORDER}").text
    assert WORDS["order.closed_note"].format(status="交易关闭") in shown
    assert WORDS["clock.state.stopped"] in shown and 'class="card next-clock' not in shown
    (row,) = table_of(client.get("/orders.csv?state=closed"))[1:]
    assert "0.00" in row and WORDS["board.state_closed"] in row and "交易关闭" in row


def test_a_count_that_was_not_asked_for_never_looks_outstanding_or_done(
    instance: Instance, client: FlaskClient
) -> None:
    post(instance, client, "/plans", scope="default", depth="arrive", reason="all small")
    page = client.get(f"/?supplier={'青瓷'}").text
    chips = re.findall(r'<span class="chip[^"]*">([^<]*)', page)
    assert WORDS["plan.not_asked"] in chips and WORDS["board.state_not_counted"] not in chips
    said = WORDS["board.count_not_asked_by"].format(who="\u2068Chi\u2069", on="2026-11-21")
    assert said in page
    shown = client.get(f"/orders/{OUTSTANDING}").text
    assert WORDS["plan.not_asked"] in shown and WORDS["board.state_not_counted"] not in shown
    (row,) = table_of(client.get("/orders.csv?supplier=青瓷"))[1:]
    assert any(WORDS["plan.not_asked"] in cell for cell in row)


def test_an_unknown_amount_is_unknown_in_both_currencies(instance: Instance, client: FlaskClient) -> None:
    with instance.services.database.write() as session:
        order = session.query(Order).filter_by(order_no=OUTSTANDING).one()
        order.paid_fen = order.freight_fen = None
    post(instance, client, "/exchange-rate", rate="3580")
    row = client.get("/?state=not_received&supplier=青瓷").text
    cell = row[row.index('class="stake"') : row.index("</td>", row.index('class="stake"'))]
    assert WORDS["app.not_known"] in cell and WORDS["board.dong_unknown"] in cell
    assert WORDS["board.stake_sum_unknown"].format(n=1) in row


def test_a_clerk_states_the_rate_and_a_viewer_only_reads_it(whole: Instance) -> None:
    viewer = whole.client(Role.VIEWER)
    assert viewer.get("/exchange-rate").status_code == 200
    assert post(whole, viewer, "/exchange-rate", rate="3580").status_code == 403


def test_a_view_is_saved_opened_replaced_and_deleted(instance: Instance, client: FlaskClient) -> None:
    saved = post(instance, client, "/views", name="晨光 <b>", supplier="晨光", state="short", sort="stake")
    assert saved.status_code == 302
    page = client.get(saved.location).text
    link = re.search(r'<a href="(/\?[^"]+)" aria-current="true"><bdi>晨光 &lt;b&gt;</bdi>', page)
    assert link is not None
    assert orders_on(client.get(link[1].replace("&amp;", "&")).text) == [FILMED_ORDER]
    post(instance, client, "/views", name="晨光 <b>", state="over")
    page = client.get("/").text
    (delete,) = re.findall(r'action="(/views/[0-9a-f]{32}/delete)"', page)
    assert (
        'href="/?state=over"' in page
        and "state=short" not in re.findall(r'class="views".*?</nav>', page, re.S)[0]
    )
    stranger = instance.client(Role.OWNER)
    assert "晨光 &lt;b&gt;" not in stranger.get("/").text
    assert post(instance, stranger, delete).status_code == 404
    assert post(instance, client, delete).status_code == 302
    assert 'class="views"' not in client.get("/").text


def test_a_view_without_a_name_keeps_the_filters(instance: Instance, client: FlaskClient) -> None:
    answer = post(instance, client, "/views", name="  ", supplier="晨光")
    assert answer.status_code == 400
    assert WORDS["error.view_name_missing"] in answer.text and 'value="晨光"' in answer.text
    answer = post(instance, client, "/views", name="x" * 61)
    assert answer.status_code == 400


def test_the_spreadsheet_is_the_board_under_the_same_filters(instance: Instance, client: FlaskClient) -> None:
    post(instance, client, "/exchange-rate", rate="3580")
    answer = client.get("/orders.csv")
    assert answer.mimetype == "text/csv" and answer.is_streamed
    assert answer.headers["Content-Disposition"] == 'attachment; filename="dockproof-orders-2026-11-21.csv"'
    header, *rows = table_of(answer)
    assert [row[0].removeprefix("'") for row in rows] == orders_on(client.get("/").text)
    assert all(row[0].startswith("'") and len(row) == len(header) for row in rows)
    (filmed,) = table_of(client.get("/orders.csv?state=short"))[1:]
    column = {name: filmed[at] for at, name in enumerate(header)}
    assert column[WORDS["board.stake_yuan"]] == "465.60"
    assert column[WORDS["board.stake_dong"]] == "1666848"
    assert column[WORDS["parcel.waybill"]] == "YT7598163190233"
    assert "11 / 12" in column[WORDS["board.counted_of"]]
    assert column[WORDS["receiving.verdict"]] == ""


def test_the_spreadsheet_says_what_qc_decided(instance: Instance, client: FlaskClient) -> None:
    with instance.services.database.write() as session:
        session.query(Order).filter(Order.order_no == FILMED_ORDER).one().verdict = "rejected"
    header, *rows = table_of(client.get("/orders.csv"))
    said = {row[0].removeprefix("'"): row[header.index(WORDS["receiving.verdict"])] for row in rows}
    assert said.pop(FILMED_ORDER) == WORDS["verdict.rejected"]
    assert set(said.values()) == {""}


def test_nothing_in_the_spreadsheet_runs(instance: Instance, client: FlaskClient) -> None:
    with instance.services.database.write() as session:
        for order in session.query(Order):
            order.supplier.company, order.account.name = ATTACK + order.id, "@sum\r\n+1"
            order.status_raw = "-1+cmd|' /C calc'!A0"
            for line in order.lines:
                line.colour, line.size = "\t=1", "=2"
    for row in table_of(client.get("/orders.csv")):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    raw = client.get("/orders.csv").get_data().decode("utf-8")
    assert '"\'@sum\r\n+1"' in raw


@pytest.mark.parametrize("q", ["waybill", "order_no"])
def test_one_answer_goes_straight_to_its_order(whole: Instance, reader: FlaskClient, q: str) -> None:
    for path in ("/find", "/"):
        answer = reader.get(path, query_string={"q": whole.names[q]})
        assert (answer.status_code, answer.location) == (302, f"/orders/{FILMED_ORDER}")


def test_a_note_goes_straight_or_lists_each_line(whole: Instance, reader: FlaskClient) -> None:
    single = post(
        whole, reader, "/find", note="【承运公司】圆通速递(YTO)\n【运单号】YT7598163190233\n晨光 + 齐"
    )
    assert single.location == f"/orders/{FILMED_ORDER}"
    note = "圆通 YT7598163190233 齐\n中通 79026301712135 未齐\n韵达快递 435337210043705青瓷，齐"
    page = post(whole, reader, "/find", note=note).text
    assert orders_on(page) == [FILMED_ORDER, PARTLY, OUTSTANDING]
    strangers = page[page.index('class="card stack unidentified"') :]
    assert WORDS["parcel.unidentified"] in strangers and "435337210043705" in strangers
    assert orders_on(strangers) == [OUTSTANDING]
    assert WORDS["find.said_incomplete"] in page and note.splitlines()[2] in page


def test_a_voided_label_is_said_to_be_void(instance: Instance, client: FlaskClient) -> None:
    with instance.services.database.write() as session:
        label = session.query(Label).filter_by(parcel_id=instance.names["parcel"]).one()
        label.voided_at = NOW
        code = label.code
    page = client.get("/find", query_string={"q": code}).text
    assert WORDS["find.voided"] in page and orders_on(page) == [FILMED_ORDER]


def test_what_is_hostile_or_nothing_is_answered_in_words(reader: FlaskClient) -> None:
    for text in ("nobody", "%", "\u202e<script>", "x" * 5_000, "1" * 5_000):
        answer = reader.get("/find", query_string={"q": text})
        assert answer.status_code == 200 and "<script>" not in answer.text
    assert WORDS["find.nothing"] in reader.get("/find?q=nobody").text
    assert 'name="note"' in reader.get("/find").text
