"""Every run draws the same examples: a failure seen once is seen again. The longest tests begin first."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("dockproof", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("dockproof")


LONG = ("browser", "faults")
"""Folders whose tests take half a minute each."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # With workers, a journey that came last would be waited for by all the others.
    items.sort(key=lambda item: item.path.parent.name not in LONG)
