"""The entry-point wrapper that every service of ours starts with.

Gives the script's text, where it is mounted and the command that runs it. It is a Swarm config and not a part of the
images, so that official images run unchanged. What it does stands in `entrypoint.sh`. Pure of pulumi.
"""

from __future__ import annotations

from pathlib import Path

PATH = "/etc/llmproxy/entrypoint.sh"
COMMAND = ("/bin/sh", PATH)
MODE = 0o555
# How long a routed service serves on after TERM: longer than Traefik takes to notice, which is its poll of 2 s and
# another 2 s in which it collects changes (providersThrottleDuration), with room for a busy machine.
DRAIN_SECONDS = 10


def script() -> str:
    """Reads the wrapper's text from beside this module."""
    return Path(__file__).with_name("entrypoint.sh").read_text(encoding="utf-8")
