"""What `dockproof serve` prints about where it can be used."""

from __future__ import annotations

from pathlib import Path

from tests.support.serving import serving


def test_an_address_without_a_name_says_where_passkeys_work(tmp_path: Path) -> None:
    with serving(tmp_path / "home", "--no-jobs") as served:
        assert f"passkeys work at http://localhost:{served.port}, not at an address" in served.lines
