"""The `prisma` command refuses what it does not do: run in the image, with the image's node, and without a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import docker
import pytest

from tests.airgap.bench import built
from tests.airgap.leftovers import own_prefix, remove_all

pytestmark = pytest.mark.system

REFUSED = 64

Prisma = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def prisma(engine: docker.DockerClient) -> Iterator[Prisma]:
    """The command in one container without a network; gives exit code, stdout and stderr."""
    prefix = own_prefix("prisma")

    def run(*words: str) -> tuple[int, str, str]:
        done = container.exec_run(["prisma", *words], demux=True)
        return done.exit_code, *((part or b"").decode() for part in done.output)

    try:
        container: Any = engine.containers.run(
            built("litellm")["litellm"],
            name=f"{prefix}test",
            entrypoint=["sleep", "600"],
            network_mode="none",
            detach=True,
            init=True,
        )
        yield run
    finally:
        remove_all(engine, prefix)


@pytest.mark.parametrize(
    "words",
    [("migrate", "dev"), ("migrate", "reset"), ("generate",), ("db", "pull"), ("studio",), ("toString",)],
)
def test_a_command_that_is_not_implemented_is_refused_with_those_that_are(
    prisma: Prisma, words: tuple[str, ...]
) -> None:
    code, out, err = prisma(*words)
    assert (code, out) == (REFUSED, "")
    assert "is not implemented in this image; allowed are migrate deploy, migrate status" in err


def test_an_option_that_is_not_implemented_is_refused_with_those_that_are(prisma: Prisma) -> None:
    code, _, err = prisma("migrate", "deploy", "--force")
    assert code == REFUSED
    assert "Unknown option '--force'; allowed are --schema" in err


def test_a_word_too_many_is_refused(prisma: Prisma) -> None:
    assert prisma("migrate", "deploy", "now")[0] == REFUSED


def test_without_a_command_it_says_what_it_can_and_succeeds_as_litellm_expects(prisma: Prisma) -> None:
    code, out, _ = prisma()
    assert code == 0
    assert "migrate deploy" in out


def test_the_version_names_both_engines(prisma: Prisma) -> None:
    out = prisma("--version")[1]
    assert "schema-engine-wasm" in out
    assert "query-engine-wasm" in out
