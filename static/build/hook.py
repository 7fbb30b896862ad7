"""Hatchling's build hook: the wheel carries the built client, the templates and the migrations under webapp/_assets."""

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _client_module(root: Path) -> Any:
    # Loaded by path: this folder is no package and must not stand on the build's sys.path.
    spec = importlib.util.spec_from_file_location(
        "dockproof_build_client", root / "static" / "build" / "client.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class ClientBuildHook(BuildHookInterface):
    """An editable install builds nothing: there `make client` does, and webapp/locate.py reads the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        _client_module(root).build_client(root, "--strict", "--clean")
        for source, inside in (
            ("static/dist", "static"),
            ("templates", "templates"),
            ("migrations", "migrations"),
        ):
            build_data["force_include"][str(root / source)] = f"webapp/_assets/{inside}"
