"""Two runs of one stack at the same moment: one goes on, the other is refused in one line."""

from __future__ import annotations

import subprocess

from tests.system.installation import Installation
from tests.system.outcome import assert_converged, one_error

ENDED_SECONDS = 120.0


def test_of_two_ups_at_the_same_moment_one_is_refused_and_none_does_harm(gateway: Installation) -> None:
    runs = [gateway.start("up") for _ in range(2)]
    said = [run.communicate(timeout=ENDED_SECONDS)[0] for run in runs]

    codes = [run.returncode for run in runs]
    assert sorted(codes) == [0, 2], said
    refused = codes.index(2)
    told = one_error(subprocess.CompletedProcess("make up", 2, stdout="", stderr=said[refused]))
    assert told.startswith("stack dev: another make of this stack is going on (")
    assert told.endswith("); wait for it")
    assert "nothing changed" in said[1 - refused]
    assert_converged(gateway)
