"""What a command of the installation said: its one error, and whether a preview finds anything to change."""

from __future__ import annotations

import re
import subprocess

from tests.system.installation import Installation

# What a run says of its parts while it works, where the whole of pulumi's output is, and make's own last word.
PROGRESS = re.compile(
    r"^((pulumi|plugins|engine|swarm|images|stack|pulumi \w+): |make: \*\*\* |\(all of it: "
    r"|ending \d+ process|removing the lock )"
)


def one_error(done: subprocess.CompletedProcess[str]) -> str:
    """The single line in which a command failed, without the word `error`."""
    assert done.returncode != 0, f"{done.args} was expected to fail\n{done.stdout}\n{done.stderr}"
    said = [line for line in done.stderr.splitlines() if line.strip() and not PROGRESS.match(line)]
    assert len(said) == 1, done.stderr
    assert said[0].startswith("error: "), done.stderr
    return said[0].removeprefix("error: ")


def assert_converged(gateway: Installation) -> None:
    """A preview finds nothing to change."""
    gateway.pulumi("preview", "--expect-no-changes", "--diff")
