"""Where a person can make a passkey, when this address cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rig import rigged
from webapp.web.relying_party import passkey_place


@pytest.mark.parametrize(
    ("here", "public", "place"),
    [
        ("http://127.0.0.1:8000", None, "http://localhost:8000/account"),
        ("http://[::1]:8000", None, "http://localhost:8000/account"),
        ("http://192.168.1.5:8000", "https://dock.example", "https://dock.example/account"),
        ("https://192.168.1.5", "https://192.168.1.5", None),
        ("http://192.168.1.5:8000", None, None),
    ],
)
def test_the_next_step_leads_to_a_name(
    tmp_path: Path, here: str, public: str | None, place: str | None
) -> None:
    with rigged(tmp_path, public_url=public) as rig, rig.app.test_request_context("/account", base_url=here):
        assert passkey_place("/account") == place
