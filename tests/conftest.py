"""Every run draws the same examples: a failure seen once is seen again. The longest tests begin first."""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import settings

from tests.support.compiled import compile_once

settings.register_profile("dockproof", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("dockproof")
compile_once()
# Or each worker, and each command that a test starts, compiles every module of ours anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


LONG = ("browser", "faults")
"""Folders whose tests take half a minute each."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are cores: a journey waits for its film half of the time."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # With workers, a journey that came last would be waited for by all the others.
    items.sort(key=lambda item: item.path.parent.name not in LONG)
