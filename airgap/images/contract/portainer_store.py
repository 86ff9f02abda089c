"""What the contract image of Portainer keeps: users, environments, keys.

The database is a JSON file under the real one's name, held by one process alone as the real one is.
"""

from __future__ import annotations

import fcntl
import json
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from . import signature


@dataclass
class Store:
    """What Portainer keeps in its data folder."""

    folder: Path
    users: dict[str, str] = field(default_factory=dict)
    endpoints: list[dict[str, object]] = field(default_factory=list)
    instance: str = ""
    token_secret: str = ""

    def open(self) -> Store:
        """Reads the file, and holds it until the process ends.

        Raises:
            OSError: Another process holds it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = (self.folder / "portainer.lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if self.path.exists():
            kept = json.loads(self.path.read_text())
            self.users, self.endpoints = kept["users"], kept["endpoints"]
            self.instance, self.token_secret = kept["instance"], kept["tokenSecret"]
        else:
            self.instance, self.token_secret = str(uuid.uuid4()), uuid.uuid4().hex
            self.save()
        signature.make_key(self.key)
        return self

    @property
    def path(self) -> Path:
        return self.folder / "portainer.db"

    @property
    def key(self) -> Path:
        return self.folder / "portainer.key"

    def save(self) -> None:
        """Writes the file, whole or not at all."""
        kept = {"users": self.users, "endpoints": self.endpoints}
        kept |= {"instance": self.instance, "tokenSecret": self.token_secret}
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(kept))
        new.replace(self.path)
