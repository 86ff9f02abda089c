"""Contract image of CLIProxyAPI: chat behind the keys of its config file, and an API that changes that file.

Takes `--config`; reads the file at the start and again whenever it changes, and writes back what the real one writes
back: the management key as a bcrypt hash, and what its management API was told.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from .chat import Upstream
from .cli_proxy_config import ConfigFile, UnusableConfig
from .cli_proxy_management import Management
from .serving import Answer, Request, as_json, bearer, page, say, serve

VERSION = "6.8.26"
PRODUCT = "CLIProxyAPI"
UPSTREAM = Upstream(PRODUCT, ("gemini-2.5-pro", "gpt-5", "claude-sonnet-4-5"))
GREETING = f"CLI Proxy API Server (contract image, not {PRODUCT})"
WATCH_SECONDS = 0.3
ENDPOINTS = ["POST /v1/chat/completions", "POST /v1/completions", "GET /v1/models"]
KEY_HEADERS = ("x-goog-api-key", "x-api-key")


@dataclass(frozen=True)
class CliProxyApi:
    """The server; see the module."""

    file: ConfigFile
    management: Management

    def answer(self, request: Request) -> Answer:
        """The answer to any request."""
        if request.path == "/":
            return as_json({"endpoints": ENDPOINTS, "message": GREETING})
        if request.path == "/management.html":
            return page(PRODUCT, "management")
        if request.path.startswith("/v0/management/"):
            return self.management.answer(request)
        keys = self.file.api_keys()
        given = _key_of(request)
        if keys and not given:
            return as_json({"error": "Missing API key"}, 401)
        if keys and given not in keys:
            return as_json({"error": "Invalid API key"}, 401)
        return UPSTREAM.answer(request) or as_json({"error": "not found"}, 404)


def _key_of(request: Request) -> str:
    sent = [bearer(request.headers), *(request.headers.get(name, "") for name in KEY_HEADERS)]
    return next((key for key in [*sent, request.query.get("key", "")] if key), "")


def _watch(file: ConfigFile) -> None:
    """Reads the file again after each change; one that cannot be used leaves the last good one in force."""
    seen = file.stamp()
    while True:
        time.sleep(WATCH_SECONDS)
        if file.stamp() != seen:
            seen = file.stamp()
            try:
                file.load()
                say("config file changed, reloaded")
            except (OSError, UnusableConfig, yaml.YAMLError) as error:
                say(f"config file changed, but it cannot be used: {error}")


def main(arguments: Sequence[str]) -> int:
    """Runs until TERM; gives the exit code."""
    parser = argparse.ArgumentParser(prog=PRODUCT)
    parser.add_argument("-config", "--config", type=Path, default=Path("config.yaml"))
    file = ConfigFile(parser.parse_args(arguments).config)
    try:
        file.load()
    except (OSError, UnusableConfig, yaml.YAMLError) as error:
        say(f"failed to load config: {error}")
        return 1
    threading.Thread(target=_watch, args=(file,), daemon=True).start()
    serve(CliProxyApi(file, Management(file)).answer, file.port())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
