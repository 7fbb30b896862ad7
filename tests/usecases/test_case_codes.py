"""docs/case-files.md names every finding that `dockproof verify` can make, and none that it cannot."""

from __future__ import annotations

import re

from tests.architecture.places import ROOT

SOURCES = ("webapp/adapters/bag_reader.py", "webapp/usecases/case_verify.py")
_MADE = re.compile(r"""(?:note|Finding)\(\s*"([a-z_]+)",""")


def test_every_finding_is_in_the_documentation() -> None:
    made = {code for source in SOURCES for code in _MADE.findall((ROOT / source).read_text("utf-8"))}
    page = (ROOT / "docs" / "case-files.md").read_text("utf-8")
    told = set(re.findall(r"`([a-z_]+)`", page.partition("| code |")[2].partition("\n\n")[0]))
    assert told == made
