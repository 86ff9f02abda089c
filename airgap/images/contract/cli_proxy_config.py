"""CLIProxyAPI's config file: read, hashed where it holds the management key in clear, written back.

Takes the path, gives the settings in force. Comments are lost when it writes, which the real one keeps.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from . import passwords

DEFAULT_PORT = 8317


class UnusableConfig(ValueError):
    """The file is no mapping, or its management key cannot be hashed."""


@dataclass
class ConfigFile:
    """The file and what was last read from it."""

    path: Path
    settings: dict[str, object] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def load(self) -> None:
        """Reads the file; a management key in clear is replaced by its hash, in the file too.

        Raises:
            OSError: It cannot be read.
            UnusableConfig: It is not what it must be.
        """
        with self._lock:
            document = yaml.safe_load(self.path.read_text())
            if not isinstance(document, dict):
                raise UnusableConfig("expected a mapping")
            self.settings = document
            management = self.management()
            key = str(management.get("secret-key") or "")
            if key and not passwords.is_hash(key):
                try:
                    management["secret-key"] = passwords.hashed(key)
                except ValueError as error:
                    raise UnusableConfig(f"failed to hash remote management key: {error}") from error
                self.save()

    def change(self, name: str, value: object) -> None:
        """Sets one setting, here and in the file."""
        with self._lock:
            self.settings[name] = value
            self.save()

    def save(self) -> None:
        """Writes the settings in force."""
        text = yaml.safe_dump(self.settings, sort_keys=False, allow_unicode=True)
        self.path.write_text(text)

    def stamp(self) -> tuple[int, int]:
        """Changes when the file does; (0, 0) where there is none."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_ino)

    def management(self) -> dict[str, object]:
        """The section `remote-management`."""
        found = self.settings.get("remote-management")
        return found if isinstance(found, dict) else {}

    def api_keys(self) -> list[str]:
        """The keys of clients; without any, everyone may ask."""
        found = self.settings.get("api-keys")
        return [str(key) for key in found] if isinstance(found, list) else []

    def port(self) -> int:
        """The port to listen on."""
        found = self.settings.get("port")
        return found if isinstance(found, int) else DEFAULT_PORT

    def auth_folder(self) -> Path:
        """Where the accounts' files lie."""
        return Path(str(self.settings.get("auth-dir") or "/CLIProxyAPI/auth"))
