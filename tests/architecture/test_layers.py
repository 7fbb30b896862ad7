"""The import contracts of pyproject.toml hold, and they break when somebody breaks them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.places import ROOT

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache", "--config", folder / "pyproject.toml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_contracts_hold():
    done = lint(ROOT)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "fault", "broken"),
    [
        ("domain/refusals.py", "import webapp.web", "webapp.domain is not allowed to import webapp.web"),
        (
            "store/__init__.py",
            "import webapp.adapters",
            "webapp.store is not allowed to import webapp.adapters",
        ),
        (
            "usecases/__init__.py",
            "import webapp.wiring",
            "webapp.usecases is not allowed to import webapp.wiring",
        ),
        ("domain/labels.py", "import sqlalchemy", "webapp.domain is not allowed to import sqlalchemy"),
        ("domain/labels.py", "import time", "webapp.domain is not allowed to import time"),
        (
            "usecases/__init__.py",
            "from flask import session",
            "webapp.usecases is not allowed to import flask",
        ),
    ],
)
def test_an_injected_fault_breaks_a_contract(tmp_path, module, fault, broken):
    shutil.copytree(ROOT / "webapp", tmp_path / "webapp", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    target = tmp_path / "webapp" / module
    target.write_text(f"{target.read_text('utf-8')}\n{fault}\n", "utf-8")

    done = lint(tmp_path)

    assert done.returncode == 1
    assert broken in " ".join(done.stdout.split())


def test_a_module_outside_every_layer_is_refused(tmp_path):
    shutil.copytree(ROOT / "webapp", tmp_path / "webapp", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "webapp" / "stray.py").write_text("import webapp.web\n", "utf-8")

    done = lint(tmp_path)

    assert done.returncode == 1
    assert "stray" in done.stdout
