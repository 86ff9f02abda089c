"""The errors of the Swarm building blocks, on one screen.

    SwarmError                 base: text = place, found, allowed, remedy
    ├─ EngineUnreachable       no answer from the Docker Engine
    ├─ RolloutFailed           a service did not become, or not stay, what was wanted
    ├─ JobFailed               a job ended badly, late, or could not start
    ├─ ChangedMeanwhile        somebody else wrote the service between our look and our update
    └─ DataMismatch            what must not vanish has vanished or is another one

Pure; at the border to Pulumi `provider_border.py` turns them into one clear message.
"""

from __future__ import annotations


class SwarmError(Exception):
    """Base of all errors here."""


class EngineUnreachable(SwarmError):
    """No answer from the Docker Engine."""


class RolloutFailed(SwarmError):
    """A service did not become, or not stay, what was wanted."""


class JobFailed(SwarmError):
    """A job ended badly, too late, or could not start."""


class ChangedMeanwhile(SwarmError):
    """Somebody else wrote the service between our look and our update."""


class DataMismatch(SwarmError):
    """What must not vanish has vanished, or another one stands in its place."""
