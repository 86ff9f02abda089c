"""Contract image of Antigravity Manager: three chat protocols behind one key, an admin API behind a password.

Takes API_KEY, WEB_PASSWORD, ABV_MAX_BODY_SIZE and PORT from the environment, keeps its files in ~/.antigravity_tools
as the real one does: its settings, with key and password in them, and one file for each account.
"""

from __future__ import annotations

import hmac
import json
import os
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .chat import Upstream
from .serving import Answer, Request, as_json, bearer, page, say, serve

VERSION = "4.1.22"
PRODUCT = "Antigravity Manager"
UPSTREAM = Upstream(PRODUCT, ("claude-sonnet-4-5", "claude-opus-4-5-thinking", "gemini-3-flash", "gemini-3-pro-high"))
DEFAULT_MAX_BODY = 100 * 2**20
FOLDER = ".antigravity_tools"
KEY_HEADERS = ("x-api-key", "x-goog-api-key")
KEY_PARAMETERS = ("key", "api_key", "x-api-key", "x-goog-api-key")
HEALTH = ("/health", "/healthz", "/api/health")


@dataclass(frozen=True)
class AntigravityManager:
    """The server; see the module."""

    api_key: str
    web_password: str
    folder: Path

    def answer(self, request: Request) -> Answer:
        """The answer to any request."""
        if request.path in HEALTH:
            return as_json({"status": "ok", "version": VERSION})
        if request.path == "/":
            return page(PRODUCT, f"version {VERSION}")
        admin = request.path.startswith("/api/")
        # The real one answers a refusal with the status alone.
        if not _is(_key_of(request), (self.web_password or self.api_key) if admin else self.api_key):
            return Answer(401, content_type="text/plain")
        if admin:
            return self._admin(request)
        return UPSTREAM.answer(request) or Answer(404, content_type="text/plain")

    def _admin(self, request: Request) -> Answer:
        accounts = self.folder / "accounts"
        match request.method, request.path:
            case "GET", "/api/accounts":
                kept = [json.loads(path.read_text()) for path in sorted(accounts.glob("*.json"))]
                return as_json({"accounts": kept, "current_account_id": None})
            case "POST", "/api/accounts":
                account = {"id": str(uuid.uuid4()), "email": str(request.json().get("email", ""))}
                accounts.mkdir(exist_ok=True)
                (accounts / f"{account['id']}.json").write_text(json.dumps(account))
                return as_json(account)
        return Answer(404, content_type="text/plain")

    def keep_settings(self) -> None:
        """Writes the settings as the real one does; the environment wins over what stands there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "gui_config.json"
        kept = json.loads(path.read_text()) if path.exists() else {}
        proxy = {"api_key": self.api_key, "admin_password": self.web_password, "port": 8045, "allow_lan_access": True}
        path.touch(mode=0o600)
        path.write_text(json.dumps({**kept, "proxy": {**kept.get("proxy", {}), **proxy}}))


def _key_of(request: Request) -> str:
    sent = [bearer(request.headers), *(request.headers.get(name, "") for name in KEY_HEADERS)]
    sent += [request.query.get(name, "") for name in KEY_PARAMETERS]
    return next((key for key in sent if key), "")


def _is(given: str, wanted: str) -> bool:
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


def from_environment(environment: Mapping[str, str]) -> AntigravityManager:
    """The server that the variables describe."""
    folder = Path(environment.get("HOME", "/root")) / FOLDER
    return AntigravityManager(environment.get("API_KEY", ""), environment.get("WEB_PASSWORD", ""), folder)


def main() -> int:
    """Runs until TERM; gives the exit code."""
    manager = from_environment(os.environ)
    manager.keep_settings()
    if not manager.api_key:
        say("API_KEY is not set: every request will be refused")
    largest = int(os.environ.get("ABV_MAX_BODY_SIZE", DEFAULT_MAX_BODY))
    serve(manager.answer, int(os.environ.get("PORT", "8045")), max_body=largest)
    return 0


if __name__ == "__main__":
    sys.exit(main())
