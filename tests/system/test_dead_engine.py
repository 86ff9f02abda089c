"""An engine that is dead: down says so in one line, purge removes what is not on it and names what stays there."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.system import installation, stack_file
from tests.system.installation import Installation
from tests.system.outcome import one_error
from tests.system.stack_file import SETTINGS


@pytest.fixture
def cut_off(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A stack whose engine answers no more, with its state in a folder of the user's choice."""
    folder = tmp_path_factory.mktemp("cut-off")
    (folder / "states").mkdir()
    made = installation.create(folder, f"{os.getpid()}-cut")
    made.environment["PULUMI_BACKEND_URL"] = f"file://{folder}/states"
    try:
        made.make("env")
        stack_file.edit(made, lambda config: config[SETTINGS].update(docker={"host": f"unix://{folder}/dead.sock"}))
        yield made
    finally:
        made.purge()


def test_down_with_a_dead_engine_is_one_line_and_keeps_all(cut_off: Installation) -> None:
    told = one_error(cut_off.make("down", expect=None))

    assert "/dead.sock does not answer (no such socket); start it" in told
    assert (cut_off.home / "llmproxy" / "dev" / "passphrase").exists()


def test_purge_with_a_dead_engine_names_what_stays_on_it_and_removes_the_rest(cut_off: Installation) -> None:
    cut_off.pulumi("stack", "import", given=cut_off.pulumi("stack", "export").stdout)

    done = cut_off.make("purge", FORCE="1")

    stacks = " ".join(installation.swarm_stacks(cut_off.prefix))
    assert f"once it is back, type: docker stack rm {stacks}; then: docker volume rm" in done.stderr
    assert done.stdout == "purge: state and secrets are gone\n"
    assert not (cut_off.home / "llmproxy" / "dev").exists()
    states = cut_off.home.parent / "states"
    assert [path for path in states.rglob("*.json") if path.name != "meta.yaml"] == []
