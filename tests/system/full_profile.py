"""The installation of `make up PROFILE=full`: what it is made of, and how people come in.

Gives `Full`, which asks through Traefik as people do. Its catalog is the original's with both proxies behind it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.system import installation, up_times
from tests.system.doors import Doors
from tests.system.installation import Installation, free_port
from tests.system.up_times import UpTimes

DOMAIN = "llmproxy.localhost"
HOSTS = {
    "litellm": f"llm.{DOMAIN}",
    "portainer": f"portainer.{DOMAIN}",
    "antigravity-manager": f"antigravity-manager.llm.{DOMAIN}",
    "cli-proxy-api": f"cli-proxy-api.llm.{DOMAIN}",
    "netdata": f"netdata.{DOMAIN}",
}
SERVICES = {
    "portainer": {"traefik", "socket-proxy", "portainer", "agent"},
    "llmproxy-data": {"db", "redis"},
    "llmproxy": {"litellm", "antigravity-manager", "cli-proxy-api", "swarm-cronjob", "job-keeper"},
    "monitoring": {"netdata", "discovery", "gateway-metrics"},
}
LOCAL_CATALOG: Mapping[str, Any] = {
    "providers": {
        "antigravity-manager": {
            "api_key_of_service": "antigravity-manager",
            "interfaces": {
                "openai": {"models": {"claude-sonnet-4-5": {"model_name": "by-openai"}}},
                "anthropic": {
                    "models": {
                        "claude-sonnet-4-5": {"model_name": "by-anthropic"},
                        "contract-fail": {"model_name": "fails-upstream"},
                    }
                },
            },
        },
        "cli-proxy-api": {
            "access_groups": ["General"],
            "api_base": "http://cli-proxy-api:8317",
            "api_key_of_service": "cli-proxy-api",
            "interfaces": {"openai": {"models": {"gpt-proxied": None}}},
        },
    },
    "fallbacks": [
        {"claude-opus-4-6": ["$base"]},
        {"claude-sonnet-4-6": ["$base"]},
        {"mock-large": ["$base"]},
        {"fails-upstream": ["gpt-proxied"]},
    ],
}


@dataclass(frozen=True)
class Full:
    """The installation with its doors, the key that its users have, and how long it took to come up."""

    made: Installation
    doors: Doors
    key: str
    times: UpTimes

    def chat(self, model: str, **more: Any) -> requests.Response:
        """Asks a model through Traefik, as people do."""
        question = {"model": model, "max_tokens": 50, "messages": [{"role": "user", "content": "hello"}], **more}
        headers = {"authorization": f"Bearer {self.key}"}
        return self.doors.ask("POST", HOSTS["litellm"], "/v1/chat/completions", json=question, headers=headers)

    def secret(self, name: str) -> str:
        return self.made.make("secret", NAME=name).stdout.strip()


@contextmanager
def brought_up(folder: Path) -> Iterator[Full]:
    """The installation, purged at the end."""
    made = installation.create(folder, f"{os.getpid()}-full")
    http, https = free_port(), free_port()
    made.environment |= {"LLMPROXY_HTTP_PORT": str(http), "LLMPROXY_HTTPS_PORT": str(https)}
    (made.clone / "catalog" / "local.json").write_text(json.dumps(LOCAL_CATALOG), encoding="utf-8")
    try:
        began = time.monotonic()
        made.make("up", PROFILE="full")
        times = UpTimes(time.monotonic() - began, up_times.of_services(made.prefix))
        doors = Doors(http, https, made.home / "authority" / "ca.pem")
        yield Full(made, doors, made.make("key").stdout.strip(), times)
    finally:
        made.purge()
