"""Where an engine keeps images, volumes and with them the database: only where that is a disk of this machine.

Takes an engine's address; gives the folder whose free space counts. Apart from `engine.py`, which brings engines up.
"""

from contextlib import closing
from pathlib import Path

from operations import engine
from operations.engine import LOCAL, OwnEngine


def find(host: str, own: OwnEngine) -> Path | None:
    """The folder of the engine at the address; one of ours that is not up yet will take its own."""
    if not host.startswith(LOCAL):
        return None
    if engine.why_silent(host) is None:
        return ask(host)
    return own.data_root if host == own.host else None


def ask(host: str) -> Path | None:
    """What an engine that answers says; None for one of another machine, or behind a socket of another one."""
    if not host.startswith(LOCAL):
        return None
    with closing(engine.client(host)) as there:
        told = there.info().get("DockerRootDir")
    return Path(told) if isinstance(told, str) and Path(told).is_dir() else None
