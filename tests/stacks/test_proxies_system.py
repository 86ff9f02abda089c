"""Antigravity Manager and CLIProxyAPI on a real Swarm, as contract images."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.stacks.conftest import SECRETS, SETTINGS
from tests.stacks.service_stack import ServiceStack, built, call

pytestmark = pytest.mark.system

ANTIGRAVITY, CLI_PROXY = "llmproxy_antigravity-manager", "llmproxy_cli-proxy-api"
KEY, WEB_PASSWORD = SECRETS["antigravity-api-key"], SECRETS["antigravity-web-password"]
CLIENT_KEY, MANAGEMENT_KEY = SECRETS["cli-proxy-api-key"], SECRETS["cli-proxy-api-management-key"]
CONFIG = "/CLIProxyAPI/config/config.yaml"
ASKED = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
# Run by LiteLLM's own interpreter: each provider's protocol, whole and streamed, at both proxies.
LITELLM = """
import json, sys, litellm
litellm.drop_params = True
asked, said = [{"role": "user", "content": "hello"}], {}
for service, key in json.load(sys.stdin).items():
    for provider, base in (("openai", service + "/v1"), ("anthropic", service), ("gemini", service + "/v1beta")):
        options = {"model": provider + "/m", "messages": asked, "api_base": base, "api_key": key}
        whole = litellm.completion(**options).choices[0].message.content
        pieces = [piece.choices[0].delta.content or "" for piece in litellm.completion(stream=True, **options)]
        said[provider + " " + service] = [whole, "".join(pieces), len([piece for piece in pieces if piece])]
print(json.dumps(said))
"""


def antigravity(services: ServiceStack, path: str, *, key: str = KEY, **options: Any) -> requests.Response:
    method = options.pop("method", "POST")
    headers = {"Authorization": f"Bearer {key}"}
    return call(method, services.url(ANTIGRAVITY, 8045) + path, headers=headers, **options)


def managed(services: ServiceStack, method: str, name: str, **options: Any) -> requests.Response:
    url = f"{services.url(CLI_PROXY, 8317)}/v0/management/{name}"
    return call(method, url, headers={"X-Management-Key": MANAGEMENT_KEY}, **options)


def inside(services: ServiceStack, service: str, *command: str) -> str:
    code, output = services.container(service).exec_run(list(command))
    assert code == 0, output
    text: str = output.decode()
    return text


def restarted(services: ServiceStack, service: str) -> None:
    """Kills the task's container and waits until the next one is healthy."""
    killed = services.container(service)
    killed.kill()

    def is_next() -> bool:
        found = services.container(service)
        healthy: bool = found.attrs["State"]["Health"]["Status"] == "healthy"
        return found.id != killed.id and healthy

    _wait(is_next)


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            if until():
                return
        except ValueError:  # between two tasks there is no container
            pass
        assert time.monotonic() < deadline
        time.sleep(0.3)


def test_antigravity_answers_with_the_key_and_refuses_another(services: ServiceStack) -> None:
    whole = antigravity(services, "/v1/chat/completions", json=ASKED)
    assert whole.json()["choices"][0]["message"]["content"] == "contract image, not Antigravity Manager: answer of m"
    streamed = antigravity(services, "/v1/chat/completions", json={**ASKED, "stream": True}).text
    assert streamed.endswith("data: [DONE]\n\n")
    for path in ("/v1/chat/completions", "/v1/messages", "/v1beta/models/m:generateContent"):
        assert antigravity(services, path, key="wrong", json=ASKED).status_code == 401
    assert antigravity(services, "/api/accounts", method="GET").status_code == 401
    assert antigravity(services, "/v1/chat/completions", json={**ASKED, "model": "contract-fail"}).status_code == 500


def test_antigravity_takes_bodies_up_to_the_setting(services: ServiceStack) -> None:
    fits = json.dumps({**ASKED, "padding": "x" * (2 * 2**20 - 200)})
    answer = antigravity(services, "/v1/messages", data=fits)
    assert (answer.status_code, answer.headers["X-Contract-Body-Bytes"]) == (200, str(len(fits)))
    assert antigravity(services, "/v1/messages", data=fits + " " * 400).status_code == 413


def test_cli_proxy_api_asks_for_the_key_of_its_secret_and_keeps_the_management_key_as_a_hash(
    services: ServiceStack,
) -> None:
    url = f"{services.url(CLI_PROXY, 8317)}/v1/chat/completions"
    assert call("POST", url, json=ASKED).json() == {"error": "Missing API key"}
    assert call("POST", url, json=ASKED, headers={"x-api-key": "wrong"}).json() == {"error": "Invalid API key"}
    assert call("POST", url, json=ASKED, headers={"x-api-key": CLIENT_KEY}).status_code == 200
    assert managed(services, "GET", "config").json()["ws-auth"] is True
    kept = inside(services, CLI_PROXY, "cat", CONFIG)
    assert MANAGEMENT_KEY not in kept.replace("''", "'")
    assert "secret-key: $2b$10$" in kept


def test_what_the_services_wrote_is_no_drift(services: ServiceStack) -> None:
    assert services.is_unchanged()


def test_litellm_speaks_to_both_proxies_in_three_protocols_whole_and_streamed(services: ServiceStack) -> None:
    (image,) = built("litellm")
    # The short names are those of the internal network, which a container of the test cannot join.
    urls = (f"http://{services.prefix}{ANTIGRAVITY}:8045", f"http://{services.prefix}{CLI_PROXY}:8317")
    both = dict(zip(urls, (KEY, CLIENT_KEY), strict=True))
    script = f"import io, sys; sys.stdin = io.StringIO({json.dumps(both)!r})\n{LITELLM}"
    output = services.engine.containers.run(
        image,
        ["-c", script],
        entrypoint="python",
        name=f"{services.prefix}litellm",
        network=f"{services.prefix}public",
        environment={"LITELLM_LOCAL_MODEL_COST_MAP": "True"},
        remove=True,
    )
    said = json.loads(output.decode().splitlines()[-1])
    assert len(said) == 6
    for asked, (whole, streamed, pieces) in said.items():
        product = "Antigravity Manager" if "antigravity" in asked else "CLIProxyAPI"
        assert whole == streamed == f"contract image, not {product}: answer of m", asked
        assert pieces > 3, asked


def test_a_restart_keeps_accounts_and_config_as_they_are(services: ServiceStack) -> None:
    account = antigravity(services, "/api/accounts", key=WEB_PASSWORD, json={"email": "a@example.com"}).json()
    before = inside(services, CLI_PROXY, "stat", "-c", "%Y %i", CONFIG)
    restarted(services, ANTIGRAVITY)
    restarted(services, CLI_PROXY)
    kept = antigravity(services, "/api/accounts", method="GET", key=WEB_PASSWORD).json()["accounts"]
    assert account in kept
    assert inside(services, CLI_PROXY, "stat", "-c", "%Y %i", CONFIG) == before


def test_a_change_of_the_config_reaches_the_service_and_leaves_what_its_management_api_wrote(
    services: ServiceStack,
) -> None:
    assert managed(services, "PUT", "request-retry", json={"value": 7}).status_code == 200
    assert managed(services, "POST", "auth-files?name=a.json", data="{}").status_code == 200
    hashed = [line for line in inside(services, CLI_PROXY, "cat", CONFIG).splitlines() if "secret-key" in line]
    changed = {**SETTINGS, "cliProxyApi": {"enabled": True, "config": {"debug": True, "ws-auth": False}}}
    services.up(changed, SECRETS)
    assert managed(services, "GET", "debug").json() == {"debug": True}
    assert managed(services, "GET", "ws-auth").json() == {"ws-auth": False}
    assert managed(services, "GET", "request-retry").json() == {"request-retry": 7}
    assert [file["name"] for file in managed(services, "GET", "auth-files").json()["files"]] == ["a.json"]
    now = inside(services, CLI_PROXY, "cat", CONFIG)
    assert hashed[0].split()[1] in now
    assert services.is_unchanged()


def test_what_is_switched_off_leaves_its_data_and_finds_it_again(services: ServiceStack) -> None:
    services.up({})
    left = [entry.name for entry in services.engine.services.list() if entry.name.startswith(services.prefix)]
    assert left == []
    volumes = {entry.name.removeprefix(services.prefix) for entry in services.engine.volumes.list()}
    assert volumes >= {
        *("portainer_portainer", "llmproxy_antigravity-manager"),
        *("llmproxy_cli-proxy-api-config", "llmproxy_cli-proxy-api-auth"),
    }
    services.up({"cliProxyApi": {"enabled": True}}, SECRETS)
    assert managed(services, "GET", "debug").json() == {"debug": False}
    assert managed(services, "GET", "request-retry").json() == {"request-retry": 7}
    assert [file["name"] for file in managed(services, "GET", "auth-files").json()["files"]] == ["a.json"]
