"""Two tasks of the gateway count together in Redis: a limit of a key holds for both, and for no more than it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import docker as docker_sdk

from components.handover_spec import clone_body, clone_name
from tests.system.full_profile import Full
from tests.system.installation import Installation, docker, until

LIMIT, ASKED = 6, 20
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


def test_two_tasks_together_allow_what_a_key_is_limited_to(full: Full) -> None:
    made = full.made.admin("POST", "/key/generate", {"models": ["mock-small"], "rpm_limit": LIMIT}).json()["key"]
    with second_task(full.made):
        answers = asked(full.made, made)
    served = [host for host, status in answers if status == 200]
    assert len(served) == LIMIT, answers
    assert set(served) == {"127.0.0.1", "litellm-handover"}
    assert {status for _, status in answers} == {200, 429}


def test_redis_asks_for_its_password_which_litellm_stores_nowhere(full: Full) -> None:
    service = f"{full.made.prefix}llmproxy-data_redis"
    container = docker("ps", "-q", "--filter", f"label=com.docker.swarm.service.name={service}")
    assert "NOAUTH" in docker("exec", container, "redis-cli", "ping")
    assert full.secret("redis-password") not in full.made.sql('select param_value from "LiteLLM_Config"')


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
