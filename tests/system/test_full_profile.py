"""The whole installation of `make up PROFILE=full`: every service, each door, real requests from end to end."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.system import browser, installation
from tests.system.doors import Doors
from tests.system.installation import Installation, docker, free_port, until
from tests.system.previewed import steps

pytestmark = pytest.mark.slow

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
    "llmproxy-data": {"db"},
    "llmproxy": {"litellm", "antigravity-manager", "cli-proxy-api", "swarm-cronjob", "job-keeper"},
    "monitoring": {"netdata", "discovery", "gateway-metrics"},
}
ALIAS = "claude-haiku-4-5-20251001"
LOCAL_CATALOG: Mapping[str, Any] = {
    "providers": {
        "antigravity-manager": {
            "api_key_of_service": "antigravity-manager",
            "interfaces": {"anthropic": {"models": {"contract-fail": {"model_name": "fails-upstream"}}}},
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
    """The installation with its doors and the key that its users have."""

    made: Installation
    doors: Doors
    key: str

    def chat(self, model: str, **more: Any) -> requests.Response:
        """Asks a model through Traefik, as people do."""
        question = {"model": model, "max_tokens": 50, "messages": [{"role": "user", "content": "hello"}], **more}
        headers = {"authorization": f"Bearer {self.key}"}
        return self.doors.ask("POST", HOSTS["litellm"], "/v1/chat/completions", json=question, headers=headers)

    def secret(self, name: str) -> str:
        return self.made.make("secret", NAME=name).stdout.strip()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, _swept: None) -> Iterator[Full]:
    made = installation.create(tmp_path_factory.mktemp("full"), f"{os.getpid()}-full")
    http, https = free_port(), free_port()
    made.environment |= {"LLMPROXY_HTTP_PORT": str(http), "LLMPROXY_HTTPS_PORT": str(https)}
    (made.clone / "catalog" / "local.json").write_text(json.dumps(LOCAL_CATALOG), encoding="utf-8")
    try:
        made.make("up", PROFILE="full")
        yield Full(made, Doors(http, https, made.home / "authority" / "ca.pem"), made.make("key").stdout.strip())
    finally:
        made.purge()


def test_every_service_runs_as_often_as_it_should_and_is_healthy(full: Full) -> None:
    for stack, names in SERVICES.items():
        namespace = f"{full.made.prefix}{stack}"
        listed = docker("stack", "services", "--format", "{{.Name}} {{.Replicas}}", namespace).splitlines()
        found = dict(line.split(" ", 1) for line in listed)
        assert {name.removeprefix(f"{namespace}_") for name in found} >= names
        idle = f"{namespace}_db-cleanup"
        assert all(
            count.split("/")[0] == count.split("/")[1].split(" ")[0] for name, count in found.items() if name != idle
        ), found
    unhealthy = docker(
        "ps", "--filter", f"name={full.made.prefix}", "--filter", "health=unhealthy", "--format", "{{.Names}}"
    )
    assert unhealthy == ""


def test_a_second_preview_changes_nothing(full: Full) -> None:
    assert steps(full.made.pulumi("preview", "--diff").stdout) == {}


def test_status_is_well_and_says_which_job_never_ran(full: Full) -> None:
    printed = json.loads(full.made.make("status", JSON="1", expect=None).stdout)
    services = {each["name"]: each for each in printed["services"]}
    assert set(services) >= {name for names in SERVICES.values() for name in names}


@pytest.mark.parametrize(
    ("service", "path"),
    [
        ("litellm", "/health/liveliness"),
        ("portainer", "/api/status"),
        ("antigravity-manager", "/health"),
        ("cli-proxy-api", "/"),
    ],
)
def test_each_host_answers_over_https_with_the_certificate_of_devs_authority(
    full: Full, service: str, path: str
) -> None:
    assert full.doors.ask("GET", HOSTS[service], path).status_code == 200


def test_netdata_asks_for_the_password_and_answers_with_it(full: Full) -> None:
    host = HOSTS["netdata"]
    user = ("admin", full.secret("basic-auth-password"))
    assert full.doors.ask("GET", host, "/api/v1/info").status_code == 401
    assert full.doors.ask("GET", host, "/api/v1/info", auth=("admin", "wrong")).status_code == 401
    assert full.doors.ask("GET", host, "/api/v1/info", auth=user).json()["version"]


def test_http_leads_to_https(full: Full) -> None:
    for host in HOSTS.values():
        answer = full.doors.ask_plainly(host, "/some/path")
        assert answer.status_code in (301, 308)
        assert answer.headers["location"] == full.doors.url(host, "/some/path")


def test_the_original_catalogs_alias_is_answered_by_antigravity_manager(full: Full) -> None:
    answer = full.chat(ALIAS)
    assert answer.status_code == 200, answer.text
    assert "answer of gemini-3-flash" in answer.json()["choices"][0]["message"]["content"]


def test_the_alias_streams(full: Full) -> None:
    answer = full.chat(ALIAS, stream=True)
    events = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: ")]
    assert events[-1] == "[DONE]"
    words = [json.loads(event)["choices"][0]["delta"].get("content") or "" for event in events[:-1]]
    assert "answer of gemini-3-flash" in "".join(words)
    assert len([word for word in words if word]) > 3


def test_a_model_of_cli_proxy_api_is_answered(full: Full) -> None:
    answer = full.chat("gpt-proxied")
    assert answer.status_code == 200, answer.text
    assert "answer of gpt-proxied" in answer.json()["choices"][0]["message"]["content"]


def test_a_model_whose_upstream_fails_takes_its_fallback(full: Full) -> None:
    answer = full.chat("fails-upstream")
    assert answer.status_code == 200, answer.text
    assert "answer of gpt-proxied" in answer.json()["choices"][0]["message"]["content"]


def test_portainers_administrator_has_the_password_of_the_secret(full: Full) -> None:
    def enter(password: str) -> requests.Response:
        who = {"Username": "admin", "Password": password}
        return full.doors.ask("POST", HOSTS["portainer"], "/api/auth", json=who)

    assert enter(full.secret("portainer-admin-password")).json()["jwt"]
    assert enter("wrong").status_code in (401, 422)


def test_the_cleanup_is_started_by_hand_and_reported(full: Full) -> None:
    full.made.make("cleanup")

    def reported() -> Mapping[str, Any] | None:
        jobs = json.loads(full.made.make("status", JSON="1", expect=None).stdout)["jobs"]
        return next((job for job in jobs if "db-cleanup" in job["name"] and job["last_success"]), None)

    assert until(reported, seconds=30)
    assert steps(full.made.pulumi("preview", "--diff").stdout) == {}


def test_the_pages_are_seen_in_a_browser(full: Full) -> None:
    password = full.secret("basic-auth-password")
    addresses = {
        "netdata": f"https://admin:{password}@{HOSTS['netdata']}:{full.doors.https_port}/",
        **{
            name: full.doors.url(HOSTS[name], "/ui/" if name == "litellm" else "/")
            for name in HOSTS
            if name != "netdata"
        },
    }
    for name, url in addresses.items():
        page = browser.look(url, name=f"full-{name}")
        assert page.picture.stat().st_size > 5_000, name
        assert "ERR_" not in page.text, name


def test_what_is_switched_off_leaves_its_data_and_says_so(full: Full) -> None:
    full.made.setting("portainer.enabled", "false")
    said = full.made.make("up")
    assert f"{full.made.prefix}portainer_portainer" in said.stdout + said.stderr
    services = docker("service", "ls", "--format", "{{.Name}}").split()
    assert f"{full.made.prefix}portainer_portainer" not in services
    assert f"{full.made.prefix}portainer_traefik" in services
    full.made.setting("portainer.enabled", "true")
    full.made.make("up")
    assert full.doors.ask("GET", HOSTS["portainer"], "/api/status").status_code == 200
