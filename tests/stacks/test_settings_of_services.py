"""Mistakes in settings and secrets of Portainer, Antigravity Manager and CLIProxyAPI: place, found, allowed, remedy."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi
import pytest
from pydantic import JsonValue

from stacks import secret_kinds, stack_secrets
from stacks.settings import parse
from stacks.settings_errors import SettingsError
from stacks.stack_secrets import SecretsError

PLACE = "Pulumi.dev.yaml: llmproxy:settings"
ON: JsonValue = {"portainer": {"enabled": True}, "cliProxyApi": {"enabled": True}}


@pytest.mark.parametrize(
    ("document", "line"),
    [
        (
            {"portainer": {"enable": True}},
            "portainer.enable: unknown setting; allowed here: agent, ",
        ),
        (
            {"portainer": {"enabled": "yes"}},
            "portainer.enabled: found 'yes'; allowed: true or false; write that in its",
        ),
        ({"portainer": {"hostName": "a_b"}}, "portainer.hostName: found 'a_b'; allowed is a host name or IPv4 address"),
        ({"portainer": {"image": ""}}, "portainer.image: found ''; allowed: a string that is not empty; write one, or"),
        (
            {"portainer": {"agent": {"volumesPath": "var"}}},
            "portainer.agent.volumesPath: found 'var'; allowed is the pa",
        ),
        (
            {"portainer": {"agent": {"resources": {"cpuLimit": 0}}}},
            "portainer.agent.resources.cpuLimit: found 0; allowed: more than 0; choose a larger one",
        ),
        (
            {"antigravityManager": {"maxBodyMib": 0}},
            "antigravityManager.maxBodyMib: found 0; allowed: 1 or more; choose",
        ),
        (
            {"antigravityManager": {"apiKey": "x"}},
            "antigravityManager.apiKey: unknown setting; allowed here: ",
        ),
        ({"antigravityManager": None}, "antigravityManager: found nothing; allowed: an object"),
        ({"cliProxyApi": {"config": []}}, "cliProxyApi.config: found a list; allowed: an object"),
        ({"cliProxyApi": {"config": {"port": 1}}}, "cliProxyApi.config.port: the program needs it as it sets it; take"),
    ],
)
def test_a_mistake_is_told_with_its_place(document: JsonValue, line: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(document, place=PLACE)
    (found,) = caught.value.problems
    assert found.startswith(f"{PLACE}.{line}")
    assert "\n" not in found


EVERY_NODE = "allowed is one task on each node that placementConstraints allow; take it out, and choose the nodes"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (
            "postgres",
            "allowed is one task, which needs no setting: one server holds the data volume; take it out, or na",
        ),
        ("redis", "allowed is one task, which needs no setting: one server holds the volume; take it out, or name one"),
        (
            "portainer",
            "allowed is one task, which needs no setting: its database is one file, which one process holds;",
        ),
        ("portainer.agent", EVERY_NODE),
        (
            "antigravityManager",
            "allowed is one task, which needs no setting: its accounts are in one volume, which one",
        ),
        ("cliProxyApi", "allowed is one task, which needs no setting: its accounts and its config are in volumes, whi"),
        ("swarmCronjob", "allowed is one task, which needs no setting: a second one would start each job twice; take"),
        (
            "swarmCronjob.keeper",
            "allowed is one task, which needs no setting: a second one would report each run twice",
        ),
        ("dbCleanup", "allowed is one task, which needs no setting: two runs at once would delete the same rows; take"),
        ("netdata", EVERY_NODE),
        ("netdata.discovery", EVERY_NODE),
    ],
)
def test_where_there_is_one_task_the_setting_says_why_and_what_to_do(path: str, words: str) -> None:
    document: JsonValue = {"replicas": 2}
    for part in reversed(path.split(".")):
        document = {part: document}
    with pytest.raises(SettingsError) as caught:
        parse(document, place=PLACE)
    (found,) = caught.value.problems
    assert found.startswith(f"{PLACE}.{path}.replicas: found 2; {words}")


@pytest.mark.parametrize("path", ["litellm", "traefik", "socketProxy"])
def test_a_service_that_can_have_several_tasks_has_one_or_more(path: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse({path: {"replicas": 0}}, place=PLACE)
    assert caught.value.problems == (f"{PLACE}.{path}.replicas: found 0; allowed: 1 or more; choose a larger one",)


@pytest.fixture
def _no_config_left() -> Iterator[None]:
    yield
    pulumi.runtime.set_all_config({})


@pytest.mark.usefixtures("_no_config_left")
@pytest.mark.parametrize("name", ["portainer-admin-password", "cli-proxy-api-management-key"])
@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("marker" * 13, "it has more than 72 bytes, more than bcrypt can take"),
        ("\u00e9" * 37, "it has more than 72 bytes, more than bcrypt can take"),
        ("$2a$10$marker", "it begins like a bcrypt hash, so the service would take it for one"),
        ("marker\n", "it holds a line break or NUL"),
    ],
)
def test_a_password_that_bcrypt_cannot_take_is_refused_before_anything_is_made(
    name: str, value: str, found: str
) -> None:
    keys = {"llmproxy:litellm-master-key": "sk-m", "llmproxy:litellm-salt-key": "sk-s", f"llmproxy:{name}": value}
    pulumi.runtime.set_all_config(keys, secret_keys=list(keys))
    with pytest.raises(SecretsError) as caught:
        stack_secrets.read(parse(ON, place=PLACE), project="llmproxy", stack="dev")
    assert str(caught.value) == (
        f"Pulumi.dev.yaml: llmproxy:{name}: {found}; allowed is one line of at most 72 bytes, no hash; "
        f"type: pulumi config set --secret llmproxy:{name} --stack dev"
    )


def test_the_password_of_basic_auth_may_begin_like_a_hash_but_be_no_longer_than_bcrypt_takes() -> None:
    kind = secret_kinds.of("basic-auth-password")
    assert kind.fault("$2a$10$marker") is None
    assert kind.fault("marker" * 13) == "it has more than 72 bytes, more than bcrypt can take"
