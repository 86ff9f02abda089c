"""The secrets of services that nobody has to choose: their names, and how one that nobody chose comes about.

Apart from `derived_secrets.py`, which wraps them for the program: the commands show and rotate them too. Pure.
"""

from __future__ import annotations

import hashlib
import hmac

PURPOSE = "llmproxy: secret of a service: "
NAMES = (
    "portainer-admin-password",
    "portainer-agent-secret",
    "antigravity-api-key",
    "antigravity-web-password",
    "cli-proxy-api-key",
    "cli-proxy-api-management-key",
    "redis-password",
    "netdata-db-password",
    "basic-auth-password",
)


def derived(salt_key: str, name: str) -> str:
    """Derives a secret of its own purpose: whoever knows it learns nothing of the salt key or of another secret."""
    return hmac.new(salt_key.encode(), f"{PURPOSE}{name}".encode(), hashlib.sha256).hexdigest()[:40]
