"""The wheel holds everything: it is built from a copy like a fresh clone, installed apart, and serves from there."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.architecture.places import ROOT

NOT_IN_A_CLONE = shutil.ignore_patterns(
    ".venv", ".git", "node_modules", "dist", "__pycache__", "instance", "output", ".*_cache", ".hypothesis"
)
ADDRESS = re.compile(r"^address: (http://127\.0\.0\.1:\d+)", re.MULTILINE)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `pip install .` would, with the build requirements of the test environment."""
    folder = tmp_path_factory.mktemp("wheel")
    clone = folder / "clone"
    shutil.copytree(ROOT, clone, ignore=NOT_IN_A_CLONE)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps"]
    built = subprocess.run(
        [*pip, "--no-build-isolation", "--wheel-dir", folder, clone],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("dockproof-*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel alone; what it depends on comes from the test environment."""
    target = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--no-index", "--target", target, wheel], check=True, capture_output=True)
    return target


@pytest.fixture
def outside(installed: Path, tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A working folder and an environment in which `webapp` is the installed one."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DOCKPROOF_")}
    return tmp_path, environment | {
        "PYTHONPATH": str(installed),
        "PYTHONUNBUFFERED": "1",
        "DOCKPROOF_HOME": str(tmp_path / "home"),
    }


@pytest.fixture
def address(outside: tuple[Path, dict[str, str]], installed: Path) -> Iterator[str]:
    """Where `dockproof serve` of the wheel answers; its own printed line says so."""
    folder, environment = outside
    command = [sys.executable, installed / "bin" / "dockproof", "serve", "--host", "127.0.0.1", "--port", "0"]
    with (folder / "serve.txt").open("w+", encoding="utf-8") as said:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=subprocess.STDOUT)
        try:
            yield _answering(server, folder / "serve.txt")
        finally:
            server.terminate()
            server.wait(timeout=20)


def _answering(server: subprocess.Popen[bytes], said: Path) -> str:
    """Polls until /healthz answers; fails with the server's own words once it has ended or a minute is over."""
    for _ in range(300):
        printed = ADDRESS.search(said.read_text("utf-8"))
        if printed:
            try:
                if httpx.get(f"{printed[1]}/healthz", timeout=5).status_code == 200:
                    return printed[1]
            except httpx.TransportError:
                pass
        try:
            server.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue
        break
    pytest.fail(f"the server does not answer; it said:\n{said.read_text('utf-8')}")


def test_the_wheel_carries_client_templates_migrations_and_words(wheel):
    names = zipfile.ZipFile(wheel).namelist()

    for start, end in (
        ("webapp/_assets/static/assets/main-", ".js"),
        ("webapp/_assets/static/assets/zxing_reader-", ".wasm"),
        ("webapp/_assets/static/sw.js", ""),
        ("webapp/_assets/static/fonts/", ".ttf"),
        ("webapp/_assets/templates/", ".html"),
        ("webapp/_assets/migrations/env.py", ""),
        ("webapp/_assets/migrations/versions/", ".py"),
        ("webapp/words/vi.json", ""),
        ("webapp/rulebook/", ".toml"),
    ):
        assert any(name.startswith(start) and name.endswith(end) for name in names), f"{start}*{end}"
    assert not [
        name for name in names if name.startswith(("tests", "static", "node_modules")) or "/src/" in name
    ]


def test_an_installed_wheel_serves_outside_the_checkout(address, outside, installed):
    folder, environment = outside
    where = subprocess.run(
        [sys.executable, "-c", "import webapp.locate as l; print(l.static_dir(), l.migrations_dir())"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(Path(path).is_relative_to(installed) for path in where.stdout.split())

    page = httpx.get(f"{address}/sign-in", follow_redirects=True)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")

    manifest = json.loads((installed / "webapp" / "_assets" / "static" / "manifest.json").read_text("utf-8"))
    for name in ("main.js", "desk.css", "zxing_reader.wasm", "words/zh_CN.json"):
        built = (installed / "webapp" / "_assets" / "static" / manifest[name].lstrip("/")).read_bytes()
        assert httpx.get(address + manifest[name]).content == built, name

    # The newest migration of the wheel is the one that the database says it is at; and all is well with it.
    doctor = subprocess.run(
        [sys.executable, installed / "bin" / "dockproof", "doctor", "--json"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    (database,) = (row["facts"] for row in json.loads(doctor.stdout)["checks"] if row["name"] == "database")
    versions = (installed / "webapp" / "_assets" / "migrations" / "versions").glob("*.py")
    revisions = {path: _assigned("revision", path) for path in versions}
    parents = {_assigned("down_revision", path) for path in revisions}
    assert database["schema"] in set(revisions.values()) - parents


def _assigned(name: str, migration: Path) -> str | None:
    found = re.search(rf'^{name}(?:: [^=]+)? = "([^"]+)"', migration.read_text("utf-8"), re.MULTILINE)
    return found[1] if found else None


def test_build_requirements_are_the_same_in_both_lists():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extra = project["project"]["optional-dependencies"]["build"]

    assert set(project["build-system"]["requires"]) == set(extra) - {
        pin for pin in extra if pin.startswith("editables")
    }
