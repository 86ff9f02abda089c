"""The whole installation of `make up PROFILE=full`: every service, each door, real requests from end to end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
import requests

from stacks.service_secrets import NAMES
from tests.system import browser
from tests.system.engine_texts import engine_texts
from tests.system.full_profile import HOSTS, SERVICES, Full
from tests.system.installation import docker, named, until
from tests.system.outcome import assert_converged
from tests.system.secrecy import Search

ALIAS = "claude-haiku-4-5-20251001"


def test_every_service_runs_as_often_as_it_should_and_is_healthy(full: Full) -> None:
    for stack, names in SERVICES.items():
        namespace = f"{full.made.prefix}{stack}"
        listed = docker("stack", "services", "--format", "{{.Name}} {{.Replicas}}", namespace).splitlines()
        found = dict(line.split(" ", 1) for line in listed)
        assert {name.removeprefix(f"{namespace}_") for name in found} >= names
        for name in names:
            running, wanted = found[f"{namespace}_{name}"].split(" ")[0].split("/")
            assert running == wanted != "0", found
    for health in ("starting", "unhealthy"):
        only = ["--filter", f"name={full.made.prefix}", "--filter", f"health={health}"]
        assert docker("ps", *only, "--format", "{{.Names}}") == ""


def test_it_comes_up_within_a_minute_beyond_its_slowest_service_as_the_gates_watch_side_by_side(full: Full) -> None:
    times = full.times
    assert len(times.services) >= sum(map(len, SERVICES.values()))
    assert times.whole <= times.allowed, times


def test_a_second_preview_changes_nothing(full: Full) -> None:
    assert_converged(full.made)


def test_status_says_that_all_is_well_with_every_service_and_door(full: Full) -> None:
    done = full.made.make("status", JSON="1", expect=None)
    status = json.loads(done.stdout)
    assert (done.returncode, status["problems"]) == (0, [])
    named = {each["name"].removeprefix(full.made.prefix) for each in status["services"]}
    assert named >= {f"{stack}_{name}" for stack, names in SERVICES.items() for name in names}
    doors = {door["url"] for each in status["services"] for door in each["doors"]}
    assert doors >= {full.doors.url(host).rstrip("/") for host in HOSTS.values()}


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


def test_the_gateway_leads_on_under_https(full: Full) -> None:
    answer = full.doors.ask("GET", HOSTS["litellm"], "/ui/login")
    assert answer.headers["location"] == full.doors.url(HOSTS["litellm"], "/ui/login/")


def test_http_leads_to_https(full: Full) -> None:
    for host in HOSTS.values():
        answer = full.doors.ask_plainly(host, "/some/path")
        assert answer.status_code in (301, 308)
        assert answer.headers["location"] == full.doors.url(host, "/some/path")


def test_the_original_catalogs_alias_is_answered_by_antigravity_manager(full: Full) -> None:
    answer = full.chat(ALIAS)
    assert answer.status_code == 200, answer.text
    said = "contract image, not Antigravity Manager: answer of gemini-3-flash"
    assert said in answer.json()["choices"][0]["message"]["content"]


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
    said = "contract image, not CLIProxyAPI: answer of gpt-proxied"
    assert said in answer.json()["choices"][0]["message"]["content"]


def test_a_body_of_99_mib_reaches_antigravity_manager(full: Full) -> None:
    document = {"model": "gemini-3-flash", "messages": [{"role": "user", "content": "x" * (99 << 20)}]}
    headers = {"authorization": f"Bearer {full.secret('antigravity-api-key')}"}
    host = HOSTS["antigravity-manager"]
    answer = full.doors.ask("POST", host, "/v1/chat/completions", json=document, headers=headers, timeout=120)
    assert int(answer.headers["X-Contract-Body-Bytes"]) > 99 << 20


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
        return next((job for job in jobs if job["name"] == "db-cleanup" and job["lastSuccess"]), None)

    assert until(reported, seconds=30)
    assert_converged(full.made)


def test_the_pages_are_seen_in_a_browser(full: Full) -> None:
    port, password = full.doors.https_port, full.secret("basic-auth-password")
    pages = {
        "litellm": (f"https://{HOSTS['litellm']}:{port}/ui/", "LiteLLM"),
        "portainer": (f"https://{HOSTS['portainer']}:{port}/", "contract image, not Portainer"),
        "antigravity-manager": (f"https://{HOSTS['antigravity-manager']}:{port}/", "contract image, not Antigravity"),
        "cli-proxy-api": (
            f"https://{HOSTS['cli-proxy-api']}:{port}/management.html",
            "contract image, not CLIProxyAPI",
        ),
        "netdata": (f"https://admin:{password}@{HOSTS['netdata']}:{port}/", "System Overview"),
    }
    for name, (url, words) in pages.items():
        page = browser.look(url, name=f"full-{name}", words=words)
        assert words in page.text, f"{name}: {page.text[:500]}"
        assert page.picture.stat().st_size > 5_000, name


def test_no_secret_of_a_service_is_shown_by_the_engine_or_stands_in_a_command_line_or_the_state(full: Full) -> None:
    search = Search({name: full.secret(name) for name in NAMES})
    shown = engine_texts(full.made.prefix)
    assert len([name for name in shown if name.startswith("container:")]) > 12
    assert search.in_texts(shown) == []
    processes = docker("ps", "-q", "--filter", f"name={full.made.prefix}").split()
    assert search.in_texts({one: docker("top", one, "-eo", "pid,args") for one in processes}) == []
    assert search.in_folder(full.made.home / "llmproxy" / "dev" / "state") == []


def test_back_in_the_small_profile_only_data_is_left_and_said_to_be(full: Full) -> None:
    prefix = full.made.prefix
    said = full.made.make("up", PROFILE="gateway")
    kept = {"portainer_portainer", *(f"monitoring_netdata-{what}" for what in ("config", "lib", "cache"))}
    for volume in kept:
        assert f"{prefix}{volume}" in said.stdout + said.stderr
    assert {name.removeprefix(prefix) for name in named("volume", prefix)} >= kept
    assert set(named("service", prefix)) == {full.made.service("db"), full.made.service("litellm")}
    for stack in SERVICES.keys() - {"llmproxy", "llmproxy-data"}:
        of_stack = ["--filter", f"label=com.docker.stack.namespace={prefix}{stack}", "--format", "{{.Name}}"]
        assert {kind: docker(kind, "ls", *of_stack) for kind in ("config", "secret", "network")} == {
            "config": "",
            "secret": "",
            "network": "",
        }
    assert full.made.chat("mock-small", full.key).ok
    assert_converged(full.made)

    full.made.make("up", PROFILE="full")
    assert full.doors.ask("GET", HOSTS["portainer"], "/api/status").status_code == 200
    assert full.chat(ALIAS).ok
