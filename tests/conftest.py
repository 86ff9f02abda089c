"""Which tests may run beside each other: those on the real thing go by package, each package in one process.

With several processes (`pytest -n 2 --dist loadgroup`) the tests of one package share their installation, and do not
meet on the engine.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parent


# Before xdist's own hook, which reads the groups.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        package = item.path.relative_to(ROOT).parts[0]
        if package == "system" or item.get_closest_marker("system") or item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.xdist_group("gateway" if package == "system" else "engine"))
