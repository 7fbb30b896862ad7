"""The case file's own page: opened from the unpacked folder without a network, it shows and plays everything in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from webapp.adapters.case_pdf import both, held_levels, minutes, three_facts
from webapp.adapters.catalogues import translate
from webapp.domain.case import Case, CaseExhibit
from webapp.domain.casefile import zone_mark
from webapp.domain.folders import FOLDER_NAMES
from webapp.domain.quantities import quantity_text
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
        both=both,
        stamp=_stamp,
        minutes=minutes,
        quantity=quantity_text,
        html_lang=_HTML_LANG[language],
        facts=three_facts(case, say),
        levels=held_levels(case, say),
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


def _stamp(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone_mark(at, zone)}"
