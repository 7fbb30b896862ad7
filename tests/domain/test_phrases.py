"""Phrases exist in every language; a code stands in one group only."""

from __future__ import annotations

import pytest

from webapp.adapters.catalogues import LANGUAGES, catalogue
from webapp.domain.phrases import GROUPS, PHRASES, is_phrase


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_and_group_has_its_words(language: str) -> None:
    words = catalogue(language)
    assert {f"phrase.{code}" for code in PHRASES} == {key for key in words if key.startswith("phrase.")}
    assert {f"checks.group_{group}" for group in GROUPS} == {
        key for key in words if key.startswith("checks.group_")
    }


def test_phrases_of_one_language_all_differ() -> None:
    for language in LANGUAGES:
        words = catalogue(language)
        assert len({words[f"phrase.{code}"] for code in PHRASES}) == len(PHRASES), language


def test_a_code_stands_once() -> None:
    assert sum(len(codes) for codes in GROUPS.values()) == len(PHRASES)
    assert not is_phrase("error")
