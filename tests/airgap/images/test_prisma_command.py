"""The `prisma` command refuses what it does not do; it needs neither engine nor database for that."""

import shutil
import subprocess

import pytest

from airgap.images.table import FOLDER

COMMAND = FOLDER / "litellm" / "prisma" / "prisma"
REFUSED = 64

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None, reason="no node on this machine; test_litellm_image.py asks the same in the image"
)


def prisma(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["node", COMMAND, *words], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "words",
    [("migrate", "dev"), ("migrate", "reset"), ("generate",), ("db", "pull"), ("studio",), ("toString",)],
)
def test_a_command_that_is_not_implemented_is_refused_with_those_that_are(words: tuple[str, ...]) -> None:
    done = prisma(*words)
    assert done.returncode == REFUSED
    assert "is not implemented in this image; allowed are migrate deploy, migrate status" in done.stderr
    assert done.stdout == ""


def test_an_option_that_is_not_implemented_is_refused_with_those_that_are() -> None:
    done = prisma("migrate", "deploy", "--force")
    assert done.returncode == REFUSED
    assert "Unknown option '--force'; allowed are --schema" in done.stderr


def test_a_word_too_many_is_refused() -> None:
    assert prisma("migrate", "deploy", "now").returncode == REFUSED


def test_without_a_command_it_says_what_it_can_and_succeeds_as_litellm_expects() -> None:
    done = prisma()
    assert done.returncode == 0
    assert "migrate deploy" in done.stdout


def test_the_version_names_both_engines() -> None:
    assert "schema-engine-wasm" in prisma("--version").stdout
