"""A count, a picture and a weight stay with their goods, whatever order a new export lists them in."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain.line_matching import match_lines
from webapp.domain.orders import ImportedLine


def line(seq: int, sku: str = "", spec: str = "", title: str = "T恤") -> ImportedLine:
    return ImportedLine(
        seq=seq, title=title, spec=spec, colour="", size="", unit="件", quantity_milli=1000, unit_price_fen=None,
        offer_id="", sku_id=sku, article_no="", model="", material_no="", single_item_no="",
    )  # fmt: skip


M, L = line(1, "4366934235841", "M"), line(2, "4366934235842", "L")


def test_turned_round_is_matched_by_goods() -> None:
    assert match_lines([M, L], [replace(L, seq=1), replace(M, seq=2)]) == {0: 1, 1: 0}


def test_a_line_that_was_left_out_moves_nobody() -> None:
    assert match_lines([M, L], [replace(L, seq=1)]) == {0: 1}


def test_a_rewritten_title_is_the_same_product() -> None:
    assert match_lines([M], [replace(M, title="夏季新款T恤")]) == {0: 0}


def test_another_sku_at_the_same_place_is_another_product() -> None:
    assert match_lines([M], [line(1, "4366934235849", "XL")]) == {}


def test_without_sku_ids_the_place_decides_at_last() -> None:
    assert match_lines([line(1, title="杯")], [line(1, title="杯 新款")]) == {0: 0}


def test_equal_lines_pair_one_to_one() -> None:
    twice = [line(1, spec="M"), line(2, spec="M")]
    assert match_lines(twice, twice) == {0: 0, 1: 1}
    assert match_lines(twice[:1], twice) == {0: 0}


_lines = st.lists(
    st.builds(line, st.just(0), st.sampled_from(["", "1", "2"]), st.sampled_from(["", "M", "L"]),
              st.sampled_from(["a", "b"])), max_size=6,
).map(lambda listed: [replace(one, seq=at) for at, one in enumerate(listed, start=1)])  # fmt: skip


@settings(derandomize=True, deadline=None)
@given(_lines)
def test_law_the_same_lines_again_are_all_known(lines: list[ImportedLine]) -> None:
    pairs = match_lines(lines, lines)
    assert sorted(pairs) == sorted(pairs.values()) == list(range(len(lines)))
    assert all(replace(lines[a], seq=0) == replace(lines[b], seq=0) for a, b in pairs.items())


@settings(derandomize=True, deadline=None)
@given(_lines, _lines)
def test_law_no_known_line_serves_twice(known: list[ImportedLine], imported: list[ImportedLine]) -> None:
    pairs = match_lines(known, imported)
    assert len(set(pairs.values())) == len(pairs)
    assert not [1 for a, b in pairs.items() if imported[a].sku_id and known[b].sku_id
                and imported[a].sku_id != known[b].sku_id and imported[a].title != known[b].title]  # fmt: skip
