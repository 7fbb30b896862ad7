"""docs/security.md says what the code does."""

from __future__ import annotations

from tests.architecture.role_matrix import BEGIN, END, PAGE, SAID, table, with_table
from webapp.domain.permissions import Permission


def test_the_matrix_in_the_docs_is_current() -> None:
    text = PAGE.read_text("utf-8")
    assert BEGIN in text and END in text
    assert text == with_table(text), "run: python -m tests.architecture.role_matrix --write"


def test_every_permission_is_said_in_words() -> None:
    assert set(SAID) == set(Permission)


def test_nobody_may_delete_evidence() -> None:
    row = next(line for line in table().splitlines() if "delete evidence" in line)
    assert "●" not in row
