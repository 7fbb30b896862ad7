"""Whose account: the tail rule on the four order numbers of domain.md 12.1, and guesses that decide nothing."""

from __future__ import annotations

import pytest

from webapp.domain.account_owner import KnownAccount, guess_owner, order_tail, tail_of_buyer

VERIFIED = [
    ("2248544159", "58218860983545941"),
    ("1624961198", "177681528398969811"),
    ("1623492085", "196965465451498520"),
    ("1623492085", "179087886005498520"),
]

OWN = KnownAccount("chi-1688", "self", ("232333",))
AGENT = KnownAccount("agent one", "agent", ("242182",))


@pytest.mark.parametrize(("buyer", "order_no"), VERIFIED)
def test_an_order_number_ends_in_its_buyers_digits_with_the_last_pairs_swapped(
    buyer: str, order_no: str
) -> None:
    assert order_tail(order_no) == tail_of_buyer(buyer)


@pytest.mark.parametrize(
    "text", ["", "123", "12345678901234", "123456789012345678901", "36574992721792323a3"]
)
def test_what_is_no_platform_number_has_no_tail(text: str) -> None:
    assert order_tail(text) is None


@pytest.mark.parametrize("text", ["", "12345", "b2b-2248544159", "２２４８５４４１５９"])
def test_what_is_no_numeric_buyer_has_no_tail(text: str) -> None:
    assert tail_of_buyer(text) is None


def test_the_same_buyer_as_a_confirmed_account_has_its_owner() -> None:
    assert guess_owner({"232333": 9}, [OWN, AGENT]).owner == "self"
    guess = guess_owner({"242182": 1}, [OWN, AGENT])
    assert (guess.owner, guess.reason, guess.vars["account"]) == ("agent", "same_buyer", "agent one")


def test_another_buyer_than_ones_own_points_to_an_agent() -> None:
    guess = guess_owner({"545941": 3}, [OWN])
    assert (guess.owner, guess.reason) == ("agent", "other_buyer")


def test_another_buyer_than_the_agents_says_nothing() -> None:
    assert guess_owner({"545941": 3}, [AGENT]).owner is None


@pytest.mark.parametrize(
    ("tails", "known", "reason"),
    [
        ({}, [OWN], "no_orders"),
        ({"232333": 1}, [], "one_buyer"),
        ({"232333": 40, "545941": 1}, [OWN], "several_buyers"),
        ({"232333": 2}, [OWN, KnownAccount("again", "agent", ("232333",))], "contradiction"),
        # A confirmed account without a single order teaches nothing about tails.
        ({"232333": 2}, [KnownAccount("empty", "self", ())], "one_buyer"),
    ],
)
def test_what_the_numbers_do_not_say_is_not_guessed(
    tails: dict[str, int], known: list[KnownAccount], reason: str
) -> None:
    guess = guess_owner(tails, known)
    assert (guess.owner, guess.reason) == (None, reason)
