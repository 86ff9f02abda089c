"""CLIProxyAPI's config file: where it lies, and the script that brings it up to date at each start.

Gives paths, the placeholders of the two secrets and the script's text. What the script does stands in
`cli_proxy_file.sh`. Apart from the service, because the text is made where the settings are known. Pure.
"""

from __future__ import annotations

from pathlib import Path

PORT = 8317
CONFIG_FOLDER = "/CLIProxyAPI/config"
CONFIG_PATH = f"{CONFIG_FOLDER}/config.yaml"
AUTH_FOLDER = "/CLIProxyAPI/auth"
DECLARED_PATH = "/etc/llmproxy/cli-proxy-api.yaml"
SCRIPT_PATH = "/etc/llmproxy/cli-proxy-file.sh"
# Whole values in the declared text, each of which the script replaces by the content of a secret file.
API_KEY = "LLMPROXY_API_KEY"
MANAGEMENT_KEY = "LLMPROXY_MANAGEMENT_KEY"


def script() -> str:
    """Reads the script's text from beside this module."""
    return Path(__file__).with_name("cli_proxy_file.sh").read_text(encoding="utf-8")
