"""Debian packages, for the few things that only they bring: python3-venv, docker.io, iptables, debootstrap.

Takes package names; installs those that are missing, as root. Stdlib only.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from operations.errors import MissingPart


@dataclass(frozen=True)
class Host:
    """What of this machine decides whether packages can be installed."""

    is_root: bool
    apt_get: str | None


def this_host() -> Host:
    """This machine as this process sees it."""
    return Host(is_root=os.geteuid() == 0, apt_get=shutil.which("apt-get"))


def install(packages: Sequence[str], *, purpose: str, log: Path, host: Host, say: Callable[[str], None]) -> None:
    """Installs packages.

    Args:
        packages: Debian package names.
        purpose: What is missing without them: the beginning of an error.
        log: Where all that apt-get says goes.
        host: Whether and how.
        say: Gets one line a step.

    Raises:
        MissingPart: This user or this machine cannot; the text says what to type.
    """
    names = " ".join(packages)
    if host.apt_get is None:
        raise MissingPart(f"{purpose}; this machine has no apt-get: install what Debian calls {names}")
    if not host.is_root:
        raise MissingPart(f"{purpose}; as root, type: apt-get install {names}")
    log.parent.mkdir(parents=True, exist_ok=True)
    say(f"apt-get install {names}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    steps = (["update"], ["install", "--yes", "--no-install-recommends", *packages])
    with log.open("w", encoding="utf-8") as output:
        for step in steps:
            done = subprocess.run(
                [host.apt_get, *step],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
            if done.returncode != 0:
                raise MissingPart(f"{purpose}; apt-get {step[0]} ended with {done.returncode} (all of it: {log})")
