"""The case file's own page: opened from the unpacked folder without a network, it shows and plays everything in it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from webapp.adapters import case_words
from webapp.adapters.catalogues import translate
from webapp.domain.case import Case, CaseExhibit
from webapp.domain.folders import FOLDER_NAMES
from webapp.locate import templates_dir

_HTML_LANG = {"zh_CN": "zh-CN", "vi": "vi", "en": "en"}


def case_index(case: Case, *, language: str, reports: Sequence[str]) -> str:
    """HTML without a reference to anything outside the case file. ``reports``: names of files beside it."""

    def say(key: str, **values: object) -> str:
        return translate(language, key, **values)

    def path(one: CaseExhibit) -> str:
        return f"{case.folder}/{one.path}"

    page = _environment().get_template("casefile/index.html")
    return page.render(
        case=case,
        say=say,
        path=path,
        both=case_words.both,
        minutes=case_words.minutes,
        html_lang=_HTML_LANG[language],
        head=case_words.head(case, say),
        blocks=case_words.blocks(case, say),
        facts=case_words.three_facts(case, say),
        moments=[case_words.moment_line(one, say) for one in case.moments],
        counts=case_words.count_rows(case, say),
        samples=case_words.sample_rows(case.samples, say),
        clocks=case_words.clock_rows(case.clocks, say),
        levels=case_words.held_levels(case, say),
        undelivered=case_words.undelivered_lines(case, say),
        reports=list(reports),
        folders=[
            (
                say(f"folder.{folder.value}"),
                [one for one in case.exhibits if one.path.startswith(f"{name}/")],
            )
            for folder, name in FOLDER_NAMES.items()
        ],
    )


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(templates_dir()),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters["urlpath"] = quote
    return made
