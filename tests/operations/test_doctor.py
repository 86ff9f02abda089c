"""The report names what this clone would use, not what happens to be there."""

import sys
from pathlib import Path

import pytest

from operations import toolchain
from operations.cache import Cache
from operations.commands import doctor
from operations.locations import CLONE

PYTHON = Path(sys.prefix) / "bin" / "python"
OFFICIAL, STAND_INS = toolchain.plugin_keys(CLONE, PYTHON)


@pytest.mark.parametrize(
    ("key", "state", "words"),
    [
        (OFFICIAL, doctor.GOOD, "official, in "),
        (STAND_INS, doctor.GOOD, "stand-ins of airgap/plugins, in "),
        ("another-version", doctor.MISSING, "make up installs them"),
    ],
)
def test_plugins_are_there_only_in_exactly_the_versions_of_this_clone(
    tmp_path: Path, key: str, state: str, words: str
) -> None:
    cache = Cache(tmp_path)
    cache.entry("pulumi-home", key, lambda _: None)

    found = doctor.plugins(cache, CLONE)

    assert found.state == state
    assert words in found.text
