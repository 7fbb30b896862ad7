"""Finds the files that are not Python: beside the package in a checkout, inside it in an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


class AssetsMissing(Exception):
    """The client has not been built; the message is one sentence that says what to run."""


def _folder(in_checkout: str, in_wheel: str) -> Path:
    """A checkout is known by its templates/ beside the package; it wins over a wheel's copy."""
    checkout = _PACKAGE.parent
    if (checkout / "templates").is_dir() and (checkout / "pyproject.toml").is_file():
        return checkout / in_checkout
    return _PACKAGE / "_assets" / in_wheel


def templates_dir() -> Path:
    """Jinja templates."""
    return _folder("templates", "templates")


def migrations_dir() -> Path:
    """Alembic's script folder."""
    return _folder("migrations", "migrations")


def static_dir() -> Path:
    """The built client, served at the root; `manifest.json` in it maps logical names to URL paths.

    Raises AssetsMissing when there is no build.
    """
    folder = _folder("static/dist", "static")
    if not (folder / "manifest.json").is_file():
        raise AssetsMissing("The client is not built: run `make client` in the checkout.")
    return folder


def fonts_dir() -> Path:
    """TrueType fonts for PDF pages. Raises AssetsMissing when there is no build."""
    folder = _folder("static/dist/fonts", "static/fonts")
    if not folder.is_dir():
        raise AssetsMissing("The fonts are not built: run `make client` in the checkout.")
    return folder
