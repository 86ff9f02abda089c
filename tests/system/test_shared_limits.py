"""Two tasks of the gateway share Redis: a limit of a key holds for both together, and answers where that is wished."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import docker as docker_sdk

from components.handover_spec import clone_body, clone_name
from tests.system.as_found import left_as_found
from tests.system.full_profile import Full
from tests.system.installation import Installation, docker, until

LIMIT, ASKED = 6, 20
# LiteLLM writes an answer into Redis after it has given it.
WRITTEN_SECONDS = 2
# Asks the two tasks in turn, from within the first one, with what stands in standard input.
ASK = """
import json, sys, time, urllib.request, urllib.error
given, seen = json.load(sys.stdin), []
body = json.dumps({"model": given["model"], "messages": [{"role": "user", "content": "hello"}]}).encode()
for number in range(given["times"]):
    host = ("127.0.0.1", "litellm-handover")[number % 2]
    headers = {"authorization": "Bearer " + given["key"], "content-type": "application/json"}
    question = urllib.request.Request(f"http://{host}:4000/v1/chat/completions", body, headers)
    try:
        answer = urllib.request.urlopen(question, timeout=20)
        seen.append([host, answer.status, json.load(answer)["id"], answer.headers.get("x-litellm-cache-key")])
    except urllib.error.HTTPError as error:
        seen.append([host, error.code, None, None])
    time.sleep(given["pause"])
print(json.dumps(seen))
"""


class Answer(NamedTuple):
    """What a task answered.

    Attributes:
        host: The task, as the first one calls it.
        status: The HTTP status.
        made_as: The answer's own id, made by LiteLLM together with the answer.
        cache_key: What LiteLLM found it under, if it was kept.
    """

    host: str
    status: int
    made_as: str | None
    cache_key: str | None


def test_two_tasks_together_allow_what_a_key_is_limited_to(full: Full) -> None:
    made = full.made.admin("POST", "/key/generate", {"models": ["mock-small"], "rpm_limit": LIMIT}).json()["key"]
    with second_task(full.made):
        answers = asked(full.made, made, times=ASKED)
    served = [answer for answer in answers if answer.status == 200]
    assert len(served) == LIMIT, answers
    assert {answer.host for answer in served} == {"127.0.0.1", "litellm-handover"}
    assert {answer.status for answer in answers} == {200, 429}
    # Unless that is wished, nobody gets another's answer.
    assert len({answer.made_as for answer in served}) == LIMIT, answers


def test_redis_asks_for_its_password_which_litellm_stores_nowhere(full: Full) -> None:
    service = f"{full.made.prefix}llmproxy-data_redis"
    container = docker("ps", "-q", "--filter", f"label=com.docker.swarm.service.name={service}")
    assert "NOAUTH" in docker("exec", container, "redis-cli", "ping")
    assert full.secret("redis-password") not in full.made.sql('select param_value from "LiteLLM_Config"')


def test_where_answers_are_kept_one_task_gives_again_what_the_other_was_told(full: Full) -> None:
    with left_as_found(full.made):
        full.made.setting("redis.cacheAnswers", "true")
        full.made.make("up")
        with second_task(full.made):
            first, second = asked(full.made, full.key, times=2, pause=WRITTEN_SECONDS)
    assert (first.host, first.status) == ("127.0.0.1", 200)
    assert (second.host, second.status, second.made_as) == ("litellm-handover", 200, first.made_as)
    assert second.cache_key


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


def asked(gateway: Installation, key: str, *, times: int, pause: float = 0) -> list[Answer]:
    given = json.dumps({"key": key, "model": "mock-small", "times": times, "pause": pause})
    done = gateway.run(["docker", "exec", "-i", gateway.container("litellm"), "python3", "-c", ASK], given=given)
    return [Answer(*answer) for answer in json.loads(done.stdout)]
