"""`dockproof labels`: what a script gets for each of its uses."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from tests.fixtures.export_1688 import DEMO, write_export
from webapp.cli.main import run

ORDER = "3657499272179232333"


def command(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return run(arguments, out, err), out.getvalue(), err.getvalue()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCKPROOF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DOCKPROOF_PUBLIC_URL", "https://dock.example")
    write_export(tmp_path / "orders.xlsx", DEMO)
    assert (
        command("import-orders", str(tmp_path / "orders.xlsx"), "--account", "chi", "--owner", "self")[0] == 0
    )
    return tmp_path


def printed(home: Path, *arguments: str) -> dict[str, Any]:
    code, out, err = command("labels", *arguments, "--out", str(home / "out.pdf"), "--json")
    assert (code, err) == (0, ""), err
    answer: dict[str, Any] = json.loads(out)
    assert answer["file"] == str(home / "out.pdf")
    return answer


@pytest.mark.parametrize(
    ("arguments", "labels", "pages"),
    [
        (["--order", ORDER], 1, 1),
        (["--order", ORDER, "--stock", "60x40", "--kind", "carton", "--cartons", "3"], 3, 3),
        (["--order", ORDER, "--kind", "carton", "--cartons", "3", "--carton", "2"], 1, 1),
        (["--order", ORDER, "--kind", "sku", "--pieces", "5", "--stock", "A4-24", "--start", "20"], 6, 2),
        (["--blank", "22", "--stock", "A4-21"], 22, 2),
        (["--load-unit", "truck", "粤B 12345", "--stock", "100x100"], 1, 1),
        (["--mat", "A3"], 0, 1),
    ],
)
def test_each_use_writes_its_pages(home: Path, arguments: list[str], labels: int, pages: int) -> None:
    assert len(printed(home, *arguments)["labels"]) == labels
    assert len(pypdfium2.PdfDocument(home / "out.pdf")) == pages


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--order", "1"], 1),
        (["--blank", "0"], 1),
        (["--blank", "5", "--site", "nowhere"], 1),
        (["--order", ORDER, "--stock", "9x9"], 1),
        (["--order", ORDER, "--start", "2"], 1),
        (["--load-unit", "ship", "1"], 1),
    ],
)
def test_a_refusal_is_one_sentence_and_no_file(home: Path, arguments: list[str], code: int) -> None:
    answer, out, err = command("labels", *arguments, "--out", str(home / "out.pdf"))
    assert (answer, out, err.count("\n")) == (code, "", 1)
    assert not (home / "out.pdf").exists()


@pytest.mark.parametrize(
    "arguments", [[], ["--order", ORDER, "--blank", "3"], ["--mat", "A0"], ["--kind", "x"]]
)
def test_wrong_use_is_exit_2(home: Path, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as wrong:
        command("labels", *arguments, "--out", str(home / "out.pdf"))
    assert wrong.value.code == 2


def test_a_site_of_several_importers_gets_a_roll_of_its_own(home: Path) -> None:
    printed(home, "--blank", "3")
    assert len(printed(home, "--blank", "2", "--site", "CN-1")["labels"]) == 2


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ([], False),
        (["--quantity"], True),
        (["--kind", "sku"], True),
        (["--kind", "sku", "--no-quantity"], False),
    ],
)
def test_the_quantity_is_printed_when_asked_for(home: Path, arguments: list[str], shown: bool) -> None:
    printed(home, "--order", ORDER, *arguments)
    pages = pypdfium2.PdfDocument(home / "out.pdf")
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    assert ("12 件" in text) is shown
