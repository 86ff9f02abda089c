"""Two tasks of the gateway count together in Redis: a limit of a key holds for both, and for no more than it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import docker as docker_sdk
import pytest

from components.handover_spec import clone_body, clone_name
from tests.system.as_found import left_as_found
from tests.system.installation import Installation, docker, until
from tests.system.outcome import assert_converged

pytestmark = pytest.mark.slow

LIMIT, ASKED = 6, 20
PASSWORD = 'a redis "password" \\ marker'
# Asks the two tasks in turn, from within the first one, with what stands in standard input.
ASK = """
import json, sys, urllib.request, urllib.error
given, seen = json.load(sys.stdin), []
body = json.dumps({"model": given["model"], "messages": [{"role": "user", "content": "hello"}]}).encode()
for number in range(given["times"]):
    host = ("127.0.0.1", "litellm-handover")[number % 2]
    headers = {"authorization": "Bearer " + given["key"], "content-type": "application/json"}
    question = urllib.request.Request(f"http://{host}:4000/v1/chat/completions", body, headers)
    try:
        seen.append([host, urllib.request.urlopen(question, timeout=20).status])
    except urllib.error.HTTPError as error:
        seen.append([host, error.code])
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def with_redis(gateway: Installation) -> Iterator[Installation]:
    with left_as_found(gateway):
        gateway.setting("redis.enabled", "true")
        gateway.secrets({"llmproxy:redis-password": PASSWORD})
        gateway.make("up")
        assert_converged(gateway)
        yield gateway


def test_two_tasks_together_allow_what_a_key_is_limited_to(with_redis: Installation) -> None:
    made = with_redis.admin("POST", "/key/generate", {"models": ["mock-small"], "rpm_limit": LIMIT}).json()["key"]
    with second_task(with_redis):
        answers = asked(with_redis, made)
    served = [host for host, status in answers if status == 200]
    assert len(served) == LIMIT, answers
    assert set(served) == {"127.0.0.1", "litellm-handover"}
    assert {status for _, status in answers} == {200, 429}


def test_the_password_is_asked_for_and_on_no_command_line(with_redis: Installation) -> None:
    container = docker("ps", "-q", "--filter", f"label=com.docker.swarm.service.name={redis_of(with_redis)}")
    assert "NOAUTH" in docker("exec", container, "redis-cli", "ping")
    top = docker("top", container, "-eo", "pid,args") + docker("inspect", container)
    top += docker("service", "inspect", redis_of(with_redis), with_redis.service("litellm"))
    assert "marker" not in top
    stored = with_redis.sql('select param_value from "LiteLLM_Config"')
    assert "marker" not in stored


@contextmanager
def second_task(gateway: Installation) -> Iterator[None]:
    """One more of the gateway's tasks, as replica two would be on another node, under a name that tells it apart."""
    name, api = gateway.service("litellm"), docker_sdk.from_env().api
    try:
        spec = api.inspect_service(name)["Spec"]  # type: ignore[no-untyped-call]
        body = clone_body(name, spec, aliases={"litellm": "litellm-handover"}, files={}, private_paths=frozenset())
        api.create_service(  # type: ignore[no-untyped-call]
            task_template=body["TaskTemplate"],
            name=body["Name"],
            labels=body["Labels"],
            mode=body["Mode"],
            endpoint_spec=body["EndpointSpec"],
        )
        until(
            lambda: docker("service", "ps", clone_name(name), "--format", "{{.CurrentState}}")[:7] == "Running",
            seconds=90,
        )
        yield
    finally:
        docker("service", "rm", clone_name(name))
        api.close()


def asked(gateway: Installation, key: str) -> list[tuple[str, int]]:
    given = json.dumps({"key": key, "model": "mock-small", "times": ASKED})
    done = gateway.run(["docker", "exec", "-i", gateway.container("litellm"), "python3", "-c", ASK], given=given)
    return [(host, status) for host, status in json.loads(done.stdout)]


def redis_of(gateway: Installation) -> str:
    return f"{gateway.prefix}llmproxy-data_redis"
