"""A pulumi run that does not end well says why in one line that ends in the name of its log."""

from pathlib import Path

import pytest

from operations.errors import PulumiFailed
from operations.home import StackHome
from operations.locations import Locations
from operations.pulumi_process import Pulumi
from operations.toolchain import Toolchain


@pytest.mark.parametrize(
    ("script", "reason", "exit_code"),
    [
        (
            "echo ' +  Model one created'; kill -KILL $$",
            r"pulumi was killed \(SIGKILL\); .* the next make up goes on",
            137,
        ),
        ("echo 'error: no stack'; exit 7", "no stack", 7),
        ("exit 7", "pulumi ended without a word", 7),
    ],
)
def test_a_run_that_fails_says_why(tmp_path: Path, script: str, reason: str, exit_code: int) -> None:
    with pytest.raises(PulumiFailed, match=rf"^{reason} \(all of it: .*\.log\)$") as failure:
        playing(script, tmp_path).operate("up", tell=lambda _: None)

    assert failure.value.exit_code == exit_code


def playing(script: str, folder: Path) -> Pulumi:
    """Pulumi whose command is a shell script."""
    command = folder / "pulumi"
    command.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    command.chmod(0o755)
    (folder / "logs").mkdir()
    places = Locations(folder, folder, folder)
    return Pulumi(places, StackHome("dev", folder), Toolchain(folder, folder, has_stand_ins=True), {"PATH": "/bin"})
