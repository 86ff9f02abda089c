"""From `make up` to the first answer, again with nothing to do, and down and up without losing anything."""

from __future__ import annotations

import json
import re
import subprocess
import uuid

import pytest

from tests.system.installation import Installation, docker, until
from tests.system.outcome import assert_converged

PROTECTED = {"DataFingerprint", "RandomPassword", "Volume"}
SPEND_IS_WRITTEN_SECONDS = 60


@pytest.fixture(scope="module")
def second_up(gateway: Installation) -> subprocess.CompletedProcess[str]:
    """A `make up` with nothing to do."""
    return gateway.make("up")


def test_a_second_make_up_says_that_nothing_changed(
    gateway: Installation, second_up: subprocess.CompletedProcess[str]
) -> None:
    assert re.search(r"^pulumi up: nothing changed \(\d+ s\)$", second_up.stderr, re.MULTILINE), second_up.stderr
    assert_converged(gateway)


def test_make_up_leaves_the_clone_as_git_has_it(
    gateway: Installation, second_up: subprocess.CompletedProcess[str]
) -> None:
    assert gateway.run(["git", "status", "--porcelain"]).stdout == ""


def test_the_printed_curl_works_as_typed(gateway: Installation, second_up: subprocess.CompletedProcess[str]) -> None:
    (typed,) = re.findall(r"^try it: +(curl .*)$", second_up.stdout, re.MULTILINE)
    answer = json.loads(gateway.run(["bash", "-c", typed]).stdout)
    assert answer["choices"][0]["message"]["content"].startswith("The gateway works")


def test_the_printed_urls_answer(gateway: Installation, second_up: subprocess.CompletedProcess[str]) -> None:
    assert f"gateway:  {gateway.url}\n" in second_up.stdout
    (page,) = re.findall(r"^UI: +(\S+)", second_up.stdout, re.MULTILINE)
    assert gateway.call("GET", page.removeprefix(gateway.url), "").status_code == 200


def test_the_key_is_printed_alone_and_answers_through_the_alias(gateway: Installation) -> None:
    printed = gateway.make("key").stdout
    assert re.fullmatch(r"sk-[\w-]{20,}\n", printed)
    answer = gateway.chat("hello", printed.strip())
    assert answer.status_code == 200, answer.text


def test_a_key_made_by_hand_is_printed_alone_and_answers_and_its_alias_is_taken_then(gateway: Installation) -> None:
    value = f"sk-by-hand-{uuid.uuid4().hex}"
    typed = ["make", "-s", "create-key", "EMAIL=ann@example.com", "VALUE=stdin"]
    try:
        assert gateway.run(typed, given=f"{value}\n").stdout == f"{value}\n"
        assert gateway.chat("hello", value).status_code == 200
        again = gateway.make("create-key", expect=None, EMAIL="ann@example.com")
        assert (again.returncode != 0, again.stdout) == (True, "")
        assert "error: ALIAS: 'ann' is a key in LiteLLM already; nothing was made" in again.stderr
        given = gateway.make("create-key", expect=None, EMAIL="ann@example.com", VALUE=value)
        assert given.returncode != 0
        assert value not in given.stderr
    finally:
        (user,) = gateway.admin("GET", "/user/list?user_email=ann@example.com").json()["users"]
        gateway.admin("POST", "/user/delete", {"user_ids": [user["user_id"]]})


@pytest.mark.parametrize(("asker", "name"), [("litellm", "db"), ("db", "litellm")])
def test_each_network_alias_resolves_from_a_neighbour(gateway: Installation, asker: str, name: str) -> None:
    found = docker("exec", _container(gateway, asker), "getent", "hosts", name)
    addresses = {line.split()[0] for line in found.splitlines()}
    assert addresses & _addresses(gateway, name), f"{name} resolves to {addresses}"


def test_after_down_and_up_the_same_key_has_its_spend_and_its_age(gateway: Installation) -> None:
    key = gateway.make("key").stdout.strip()
    assert gateway.chat("hello", key).ok
    until(lambda: _spend_logs(gateway) > 0, seconds=SPEND_IS_WRITTEN_SECONDS)
    gateway.sql("update \"LiteLLM_VerificationToken\" set spend = 0.125 where key_alias = 'developer'")
    before, models, logs = _key_row(gateway), _model_rows(gateway), _spend_logs(gateway)
    try:
        down = gateway.make("down")
        left, kept = _of_this_installation(gateway), _kept_resources(gateway)
    finally:
        gateway.make("up")

    assert "are kept" in down.stdout
    assert left == [f"volume {gateway.prefix}llmproxy-data_db"]
    assert kept == PROTECTED
    assert gateway.make("key").stdout.strip() == key
    assert gateway.chat("hello", key).status_code == 200
    assert _key_row(gateway) == before
    assert "|0.125|" in before
    assert _model_rows(gateway) == models, "the models were found, not made again"
    assert _spend_logs(gateway) >= logs
    assert_converged(gateway)


def _container(gateway: Installation, name: str) -> str:
    return docker("ps", "-q", "--filter", f"label=com.docker.swarm.service.name={gateway.service(name)}")


def _addresses(gateway: Installation, name: str) -> set[str]:
    (container,) = json.loads(docker("inspect", _container(gateway, name)))
    return {network["IPAddress"] for network in container["NetworkSettings"]["Networks"].values()}


def _of_this_installation(gateway: Installation) -> list[str]:
    return [
        f"{kind} {name}"
        for kind in ("service", "config", "secret", "network", "volume")
        for name in docker(kind, "ls", "--format", "{{.Name}}").split()
        if name.startswith(gateway.prefix)
    ]


def _kept_resources(gateway: Installation) -> set[str]:
    """The types in the state of what is neither a provider nor a group of others."""
    resources = json.loads(gateway.pulumi("stack", "export").stdout)["deployment"]["resources"]
    return {
        re.split("[:/]", resource["type"])[-1]
        for resource in resources
        if resource["custom"] and not resource["type"].startswith("pulumi:")
    }


def _key_row(gateway: Installation) -> str:
    return gateway.sql(
        "select token, spend, created_at, models from \"LiteLLM_VerificationToken\" where key_alias = 'developer'"
    )


def _model_rows(gateway: Installation) -> str:
    return gateway.sql('select model_id, model_name, created_at from "LiteLLM_ProxyModelTable" order by model_id')


def _spend_logs(gateway: Installation) -> int:
    return int(gateway.sql('select count(*) from "LiteLLM_SpendLogs"'))
