"""Names and sizes: modules are called after their noun, stay small, and know nothing of the machine they grew on."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.places import ROOT, source_files

FILE_LINES, FUNCTION_LINES = 400, 60

# path → why it may be longer
LONG_FILES: dict[str, str] = {
    "webapp/store/schema.py": "every table on one page, and no logic",
}
# path:function → why it may be longer
LONG_FUNCTIONS: dict[str, str] = {}

REFUSED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
# Put together here, so that this file does not find itself.
HOSTS = [
    ".".join(parts)
    for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
]
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|root|opt/wheels|home/\w+)/")

SCRIPT_FUNCTIONS = [
    re.compile(r"^( *)(?:export )?(?:default )?(?:async )?function\*? ?(\w*)\(.*\{$"),
    re.compile(r"^( *)(?:export )?(?:const|let) (\w+) = .*=> \{$"),
    re.compile(r"^( *)(?:static |async |get |set |\*)*(#?\w+)\(.*\) \{$"),
]
NOT_METHODS = {"if", "for", "while", "switch", "catch", "function"}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code_files() -> list[Path]:
    return list(source_files("webapp", "static/src", "static/build", suffixes=(".py", ".js", ".mjs", ".css")))


def python_functions(text: str) -> Iterator[tuple[str, int]]:
    """Name and length in lines of each function, nested ones too."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def script_functions(text: str) -> Iterator[tuple[str, int]]:
    """The same for a script, by its indentation: a body ends at the first `}` in its head's column."""
    lines = text.splitlines()
    for start, line in enumerate(lines):
        match = next((found for pattern in SCRIPT_FUNCTIONS if (found := pattern.match(line))), None)
        if match is None or match[2] in NOT_METHODS:
            continue
        closing = re.compile(rf"^{match[1]}}}")
        end = next((index for index in range(start + 1, len(lines)) if closing.match(lines[index])), start)
        yield match[2], end - start + 1


def test_no_module_is_a_drawer():
    named = [
        relative(path)
        for path in source_files(suffixes=(".py", ".js", ".mjs"))
        if REFUSED_NAMES & {re.sub(r"\.test$", "", path.stem), *path.relative_to(ROOT).parts[:-1]}
    ]

    assert named == []


def test_files_stay_small():
    long = {
        relative(path): count
        for path in code_files()
        if (count := len(path.read_text("utf-8").splitlines())) > FILE_LINES
    }

    assert {path: count for path, count in long.items() if path not in LONG_FILES} == {}
    assert set(LONG_FILES) <= set(long), "no longer long: take it off the list"


def test_functions_stay_small():
    long = {}
    for path in code_files():
        if path.suffix == ".css":
            continue
        functions = python_functions if path.suffix == ".py" else script_functions
        for name, count in functions(path.read_text("utf-8")):
            if count > FUNCTION_LINES:
                long[f"{relative(path)}:{name}"] = count

    assert {name: count for name, count in long.items() if name not in LONG_FUNCTIONS} == {}
    assert set(LONG_FUNCTIONS) <= set(long), "no longer long: take it off the list"


def test_no_path_of_a_machine_and_no_registry_host():
    found = []
    for path in source_files():
        if path.suffix in {".png", ".jpg", ".xlsx", ".pdf", ".mp4", ".webm", ".ttf", ".wasm"}:
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{relative(path)}: {match.group()}" for match in MACHINE_PATHS.finditer(text)]
        found += [f"{relative(path)}: {host}" for host in HOSTS if host in text]

    assert found == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("function open() {\n  a();\n}\n", [("open", 3)]),
        ("export const close = async (x) => {\n  b();\n};\n", [("close", 3)]),
        ("class A {\n  async render(x) {\n    if (x) {\n      c();\n    }\n  }\n}\n", [("render", 5)]),
    ],
)
def test_script_functions_are_measured(text, expected):
    assert list(script_functions(text)) == expected


def test_the_lockfile_names_no_registry():
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text("utf-8")
