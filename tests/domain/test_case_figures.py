"""What a stranger's first screen says of the quantities, the money and the picture: nothing that is not so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from webapp.domain.case import Case, CaseClaim, CaseExhibit, CaseLine, ThreeFacts

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LINE = CaseLine("l", 1, "T恤", "黑色", "件", 12_000, None, None)
CASE = Case(
    order_id="o",
    order_no="3657499272179232333",
    platform="1688",
    supplier="晨光",
    placed_at=None,
    paid_fen=None,
    folder="晨光/2026-11-12",
    lines=(LINE,),
    exhibits=(),
    undelivered=(),
    clocks=(),
    moments=(),
    samples=(),
    payments=(),
    claims=(),
    facts=ThreeFacts(),
    waybills=(),
    made_at=NOW,
)


def counted(china: int | None, vietnam: int | None = None, **whole: bool) -> Case:
    return replace(CASE, lines=(replace(LINE, china=china, vietnam=vietnam, **whole),))


def claim(kind: str, channel: str, fen: int | None, *, state: str = "submitted", of: str = "d") -> CaseClaim:
    return CaseClaim(f"{kind}{channel}", 1, kind, channel, state, fen, "CNY", None, None, "", of)


FREIGHT = claim("freight_loss", "freight", 4_900, of="e")


@pytest.mark.parametrize(
    ("case", "received", "short"),
    [
        (counted(None), None, None),
        (counted(11), 11, 1_000),
        (counted(13), 13, 0),
        (counted(5, china_whole=False), 5, None),  # the other parcels are still to come
        (counted(None, 10), 10, 2_000),
        (counted(11, 9), 11, 1_000),  # what the supplier answers for ended in China
    ],
)
def test_received_and_short(case: Case, received: int | None, short: int | None) -> None:
    figures = case.figures()
    assert (figures.expected_milli, figures.received, figures.short_milli) == (12_000, received, short)


def test_a_carrier_answers_for_what_went_in_and_did_not_come_out() -> None:
    figures = counted(11, 9).figures(FREIGHT)
    assert (figures.expected_milli, figures.received, figures.short_milli) == (11_000, 9, 2_000)
    assert figures.on_the_way
    for unknown in (counted(11), counted(11, 4, vietnam_whole=False), counted(None, 9)):
        assert not unknown.figures(FREIGHT).on_the_way and unknown.lost_milli is None


def test_the_seller_is_asked_once_for_each_discrepancy_and_never_for_a_carriers_share() -> None:
    platform = claim("short_count", "platform_1688", 2_450)
    direct = claim("short_count", "supplier_direct", 2_000)
    defect = claim("functional_defect", "agent", 7_350, of="f")
    ended = claim("damaged", "platform_1688", 900, state="withdrawn", of="g")
    unknown = claim("colour", "platform_1688", None, of="h")
    assert replace(CASE, claims=(platform, direct, defect, ended, unknown, FREIGHT)).asked_fen == 9_800
    assert replace(CASE, claims=(unknown, FREIGHT, ended)).asked_fen is None


def exhibit(kind: str, slot: str, **told: object) -> CaseExhibit:
    mime = "video/mp4" if kind == "take" else "image/jpeg"
    plain = CaseExhibit(
        1, slot, kind, f"{kind}{slot}", "0" * 64, 1, mime, "p", NOW, "Asia/Shanghai", shown="s"
    )
    return replace(plain, **told)  # type: ignore[arg-type]


def test_the_picture_is_a_photo_of_the_goods_and_never_a_paper() -> None:
    chat, waybill, layout = (
        exhibit("document", "EV-07"),
        exhibit("photo", "EV-12"),
        exhibit("photo", "EV-01p"),
    )
    assert replace(CASE, exhibits=(layout, waybill, chat)).label_still == layout
    assert replace(CASE, exhibits=(waybill, chat)).label_still == waybill
    assert replace(CASE, exhibits=(chat, exhibit("document", "EV-27"))).label_still is None


def test_the_film_is_of_the_count_that_the_figures_go_by() -> None:
    china = exhibit("take", "EV-18", source_id="cn", stage="CN", count_ms=1)
    vietnam = exhibit("take", "EV-18", source_id="vn", stage="VN", count_ms=1)
    other = exhibit("take", "EV-06", source_id="other", stage="CN")
    case = replace(counted(11, 9), exhibits=(china, vietnam, other))
    assert case.film_of(None) == case.count_film == china
    assert case.film_of(FREIGHT) == vietnam
    assert replace(counted(None, 9), exhibits=(vietnam, other)).count_film == vietnam
    assert replace(CASE, exhibits=(other,)).count_film is None
