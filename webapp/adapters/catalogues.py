"""The words of the three JSON catalogues, the only source for server and phone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LANGUAGES = {"zh_CN": "中文", "vi": "Tiếng Việt", "en": "English"}


@cache
def catalogue(language: str) -> Mapping[str, str]:
    text = files("webapp").joinpath("words", f"{language}.json").read_text("utf-8")
    words: dict[str, str] = json.loads(text)
    return words


def translate(language: str, key: str, **values: object) -> str:
    """The sentence of a key; an unknown key is shown as itself, and a test fails."""
    sentence = catalogue(language).get(key, key)
    for name, value in values.items():
        sentence = sentence.replace("{" + name + "}", str(value))
    return sentence
