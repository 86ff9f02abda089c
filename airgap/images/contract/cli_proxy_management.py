"""CLIProxyAPI's management API: who may use it, and the settings and files that it changes."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from pathlib import PurePath

import yaml

from . import passwords
from .cli_proxy_config import ConfigFile
from .serving import Answer, Request, as_json, bearer

PREFIX = "/v0/management/"
HERE = ("127.0.0.1", "::1", "::ffff:127.0.0.1")
MAX_FAILURES = 5
# Settings of one value, each with its kind.
SETTINGS: dict[str, type] = {
    "debug": bool,
    "logging-to-file": bool,
    "usage-statistics-enabled": bool,
    "request-log": bool,
    "ws-auth": bool,
    "request-retry": int,
    "max-retry-interval": int,
    "proxy-url": str,
}


@dataclass
class Management:
    """The API; see the module. A client that fails five times is banned, here until the next start."""

    file: ConfigFile
    _failures: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request) -> Answer:
        """The answer to a request below the prefix."""
        return self._refusal(request) or self._allowed(request, request.path.removeprefix(PREFIX))

    def _refusal(self, request: Request) -> Answer | None:
        section = self.file.management()
        kept = str(section.get("secret-key") or "")
        if self._failures.get(request.client, 0) >= MAX_FAILURES:
            return _error("IP banned due to too many failed attempts. Try again in 30m0s", 403)
        if request.client not in HERE and section.get("allow-remote") is not True:
            return _error("remote management disabled", 403)
        if not kept:
            return _error("remote management key not set", 403)
        given = bearer(request.headers) or request.headers.get("x-management-key", "")
        if passwords.fits(given, kept):
            self._failures.pop(request.client, None)
            return None
        with self._lock:
            self._failures[request.client] = self._failures.get(request.client, 0) + 1
        return _error("invalid management key" if given else "missing management key", 401)

    def _allowed(self, request: Request, name: str) -> Answer:
        if name in SETTINGS:
            return self._setting(request, name)
        match request.method, name:
            case "GET", "config":
                hidden = ("remote-management", "port", "auth-dir", "host")
                return as_json({key: value for key, value in self.file.settings.items() if key not in hidden})
            case "GET", "config.yaml":
                text = yaml.safe_dump(self.file.settings, sort_keys=False, allow_unicode=True)
                return Answer(body=text.encode(), content_type="application/yaml; charset=utf-8")
            case "GET", "api-keys":
                return as_json({"api-keys": self.file.api_keys()})
            case "PUT", "api-keys":
                return self._new_keys(request)
            case "GET", "auth-files":
                files = sorted(self.file.auth_folder().glob("*.json"))
                return as_json({"files": [{"name": path.name, "size": path.stat().st_size} for path in files]})
            case "POST", "auth-files":
                return self._new_file(request)
        return _error("not found", 404)

    def _setting(self, request: Request, name: str) -> Answer:
        if request.method == "GET":
            return as_json({name: self.file.settings.get(name, SETTINGS[name]())})
        value = request.json().get("value")
        if request.method not in ("PUT", "PATCH") or type(value) is not SETTINGS[name]:
            return _error("invalid body", 400)
        self.file.change(name, value)
        return as_json({"status": "ok"})

    def _new_keys(self, request: Request) -> Answer:
        keys = json.loads(request.body or b"null")
        if not isinstance(keys, list):
            return _error("invalid body", 400)
        self.file.change("api-keys", [str(key) for key in keys])
        return as_json({"status": "ok"})

    def _new_file(self, request: Request) -> Answer:
        name = request.query.get("name", "")
        if not name.endswith(".json") or PurePath(name).name != name:
            return _error("name must end with .json", 400)
        folder = self.file.auth_folder()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(request.body)
        return as_json({"status": "ok"})


def _error(text: str, status: int) -> Answer:
    return as_json({"error": text}, status)
