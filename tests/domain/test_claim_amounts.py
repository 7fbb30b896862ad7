"""What a claim has brought, in fen: sums are exact, and what nobody said stays unknown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.amounts import Balance, Step, balance

FEN = st.integers(1, 10**9)


def step(kind: str, fen: int | None = None, outcome: str = "") -> Step:
    said = {} if fen is None else {"amount_fen": str(fen)}
    return Step(kind, said | ({"outcome": outcome} if outcome else {}))


def test_nothing_said_is_unknown_and_not_zero() -> None:
    assert balance(None, []) == Balance(None, None, 0, 0, 0, 0)
    assert balance(None, []).open is None
    assert balance(None, [step("money_received", 500)]).open is None


def test_an_approval_without_an_amount_grants_what_was_asked() -> None:
    assert balance(2000, [step("approved")]).approved == 2000
    assert balance(2000, [step("approved", 1500)]).approved == 1500
    assert balance(2000, [step("partially_approved", 1500)]).open == 1500


def test_the_latest_word_of_the_other_side_counts() -> None:
    steps = [step("approved", 2000), step("rejected")]
    assert balance(2000, steps).open == 0
    steps.append(step("decided", 1850, "partial_refund"))
    assert balance(2000, steps).open == 1850
    assert balance(2000, [*steps, step("decided", None, "rejected")]).open == 0


def test_money_in_the_agents_account_is_not_ours_until_it_is_passed_back() -> None:
    """S0-08, S0-46: two facts."""
    landed = [step("approved", 2000), step("landed_at_agent", 2000)]
    waiting = balance(2000, landed)
    assert (waiting.landed, waiting.at_agent, waiting.received, waiting.open) == (2000, 2000, 0, 0)
    back = balance(2000, [*landed, step("passed_back", 1900)])
    assert (back.at_agent, back.received, back.kept_by_agent) == (0, 1900, 100)


def test_instalments_add_up() -> None:
    steps = [step("approved", 2000), step("money_received", 1200), step("more_money", 700)]
    found = balance(2000, steps)
    assert (found.received, found.open) == (1900, 100)


def test_steps_that_say_nothing_of_money_change_nothing() -> None:
    quiet = [step(kind) for kind in ("filed", "silent", "escalated", "return_sent", "closed")]
    assert balance(2000, quiet) == balance(2000, [])
    assert balance(2000, [Step("money_received", {"amount_fen": "²"})]).received == 0


KINDS = st.sampled_from(("landed_at_agent", "passed_back", "money_received", "more_money", "filed"))


@given(st.none() | FEN, st.lists(st.tuples(KINDS, FEN), max_size=10))
def test_law_fen_are_conserved(asked: int | None, said: list[tuple[str, int]]) -> None:
    found = balance(asked, [step(kind, fen) for kind, fen in said])
    of = {kind: sum(fen for one, fen in said if one == kind) for kind, _ in said}
    direct = of.get("money_received", 0) + of.get("more_money", 0)
    at_agent, passed = of.get("landed_at_agent", 0), of.get("passed_back", 0)
    assert found.landed == at_agent + direct
    assert found.received == passed + direct
    if passed <= at_agent:
        assert at_agent == passed + found.at_agent + found.kept_by_agent


@given(FEN, st.lists(FEN, max_size=8))
def test_law_what_is_open_never_grows_by_money_and_is_never_negative(asked: int, paid: list[int]) -> None:
    rest = [
        balance(asked, [step("approved", asked), *(step("more_money", fen) for fen in paid[:n])]).open
        for n in range(len(paid) + 1)
    ]
    assert all(one is not None and one >= 0 for one in rest)
    assert rest == sorted(rest, key=lambda one: -(one or 0))
    assert rest[-1] == max(asked - sum(paid), 0)
