"""Each mistake of a user ends in one line that says what to do, and changes nothing."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.system import stack_file
from tests.system.installation import Installation, swarm_stacks
from tests.system.outcome import one_error
from tests.system.stack_file import MASTER_KEY, SALT_KEY, SETTINGS
from tests.unmanaged_engine import MANAGER, WORKER, unmanaged_engine

Document = dict[str, Any]
# What is broken while the block runs; gives the variables that belong to the command.
Break = Callable[[Installation], AbstractContextManager[Mapping[str, str]]]


@dataclass(frozen=True)
class Case:
    """One mistake.

    Attributes:
        broken: Makes it.
        says: Parts of the line, in their order.
        target: The make target that meets it.
    """

    broken: Break
    says: tuple[str, ...]
    target: str = "preview"


def config(change: Callable[[Document], object]) -> Break:
    """Another config in the stack file."""

    @contextmanager
    def broken(gateway: Installation) -> Iterator[Mapping[str, str]]:
        with stack_file.edited(gateway, change):
            yield {}

    return broken


def setting(path: str, value: object) -> Break:
    """Another setting, such as `litellm.workers`."""

    @contextmanager
    def broken(gateway: Installation) -> Iterator[Mapping[str, str]]:
        with stack_file.setting(gateway, path, value):
            yield {}

    return broken


def catalog(change: Callable[[Document], object]) -> Break:
    """Another dev catalog."""

    def rewrite(text: str) -> str:
        document = json.loads(text)
        change(document)
        return json.dumps(document)

    return file(lambda gateway: gateway.clone / "catalog" / "dev.json", rewrite)


def file(place: Callable[[Installation], Path], rewrite: Callable[[str], str]) -> Break:
    """Another content of a file, for as long as the block runs."""

    @contextmanager
    def broken(gateway: Installation) -> Iterator[Mapping[str, str]]:
        path = place(gateway)
        before = path.read_text(encoding="utf-8")
        path.write_text(rewrite(before), encoding="utf-8")
        try:
            yield {}
        finally:
            path.write_text(before, encoding="utf-8")

    return broken


def variables(**values: str) -> Break:
    """Other variables of the command."""

    @contextmanager
    def broken(_gateway: Installation) -> Iterator[Mapping[str, str]]:
        yield values

    return broken


@contextmanager
def port_taken(gateway: Installation) -> Iterator[Mapping[str, str]]:
    """The gateway is to move to a port that this process listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        with setting("litellm.hostPort", taken)(gateway):
            yield {}


@contextmanager
def on_a_worker(gateway: Installation) -> Iterator[Mapping[str, str]]:
    """The stack's engine is one that manages no Swarm."""
    with unmanaged_engine(WORKER) as host, setting("docker.host", host)(gateway):
        yield {}


def settings(**changed: object) -> Break:
    """Several settings at once, by their first names."""
    return config(lambda keys: keys.update({SETTINGS: {**keys.get(SETTINGS, {}), **changed}}))


def in_mock(change: Callable[[Document], object]) -> Callable[[Document], object]:
    """A change of the dev catalog's provider."""
    return lambda document: change(document["providers"]["mock"])


def swap_keys(keys: Document) -> None:
    """The master key becomes another one: the salt key's ciphertext opens as well as its own."""
    keys[MASTER_KEY] = dict(keys[SALT_KEY])


CASES = {
    "an unknown setting": Case(
        setting("litellm.wokers", 2),
        ("Pulumi.dev.yaml: llmproxy:settings.litellm.wokers", "unknown setting", "workers", "did you mean 'workers'?"),
    ),
    "a setting of the wrong type": Case(
        setting("litellm.workers", "two"),
        ("Pulumi.dev.yaml: llmproxy:settings.litellm.workers", "found 'two'", "allowed", "whole number"),
    ),
    "a bad host name": Case(
        setting("postgres.external.host", "db host"),
        ("Pulumi.dev.yaml: llmproxy:settings.postgres.external.host", "found 'db host'", "allowed", "host name"),
    ),
    "a missing secret": Case(
        config(lambda keys: keys.pop(MASTER_KEY)),
        ("Pulumi.dev.yaml", MASTER_KEY, "no value", f"pulumi config set --secret {MASTER_KEY}"),
    ),
    "a wrong passphrase": Case(
        file(lambda gateway: gateway.home / "llmproxy" / "dev" / "passphrase", lambda _: "wrong\n"),
        ("passphrase", "does not open", "Pulumi.dev.yaml", "put back"),
    ),
    "a wrong master key": Case(
        config(swap_keys), ("LiteLLM", "status 401", f"set {MASTER_KEY} to the key the gateway runs with")
    ),
    "a catalog that is no JSON": Case(
        file(
            lambda gateway: gateway.clone / "catalog" / "dev.json",
            lambda text: text.replace('"providers"', "providers"),
        ),
        ("catalog/dev.json: line 3, column 5", "no JSON", "allowed", "to do"),
    ),
    "a cycle in $extend": Case(
        catalog(
            lambda document: document["providers"].update(first={"$extend": "second"}, second={"$extend": "first"})
        ),
        ("catalog/dev.json: providers.first.$extend", "cycle: first → second → first", "allowed", "to do"),
    ),
    "an alias to nothing": Case(
        catalog(lambda document: document["aliases"].update(fast="mock-smal")),
        ("catalog/dev.json: aliases.fast", '"mock-smal"', "allowed", 'write "mock-small"'),
    ),
    "a cycle of aliases": Case(
        catalog(lambda document: document["aliases"].update(one="two", two="one")),
        ("catalog/dev.json: aliases.one", "cycle: one → two → one", "allowed", "to do"),
    ),
    "a fallback to nothing": Case(
        catalog(lambda document: document["fallbacks"].append({"mock-small": ["mock-larg"]})),
        ("catalog/dev.json: fallbacks[3]", '"mock-larg"', "allowed", 'write "mock-large"'),
    ),
    "two deployments of one identity": Case(
        catalog(
            in_mock(
                lambda mock: mock["interfaces"]["openai"]["models"].update(
                    twice={"model_name": "mock-small", "upstream_name": "mock-small"}
                )
            )
        ),
        ("catalog/dev.json: providers.mock.interfaces.openai.models.twice", "identity", "allowed", '"deployment"'),
    ),
    "another salt key": Case(
        config(lambda keys: keys.update({SALT_KEY: dict(keys[MASTER_KEY])})),
        ("salt key", "not the one", "put the old key back", "allowNewSaltKey"),
    ),
    "an engine that is gone": Case(
        setting("docker.host", "unix:///run/no-such-engine.sock"),
        ("Docker Engine: unix:///run/no-such-engine.sock does not answer", "no such socket", "start it"),
    ),
    "an engine that is gone, met by up": Case(
        setting("docker.host", "unix:///run/no-such-engine.sock"),
        ("Docker Engine: unix:///run/no-such-engine.sock does not answer", "no such socket", "start it"),
        target="up",
    ),
    "an engine that is no manager": Case(on_a_worker, ("worker", "allowed is a manager", "docker.host", MANAGER)),
    "an engine that is no manager, met by up": Case(
        on_a_worker, ("worker", "allowed is a manager", "docker.host", MANAGER), target="up"
    ),
    "a port that is taken": Case(port_taken, ("port ", "taken by ", "pid", "choose another"), target="up"),
    "a host name twice": Case(
        settings(
            traefik={"enabled": True},
            ingress={"domain": "example.test", "certificate": "none"},
            portainer={"enabled": True, "hostName": "llm.example.test"},
        ),
        ("litellm.hostName: found 'llm.example.test', which portainer has as well", "allowed is a name of its own"),
    ),
    "a bad cron line": Case(
        settings(swarmCronjob={"enabled": True}, dbCleanup={"enabled": True, "schedule": "0 25 * * 0"}),
        ("Pulumi.dev.yaml: llmproxy:settings.dbCleanup.schedule: found '0 25 * * 0'", "allowed are five fields"),
    ),
    "an unknown time zone": Case(
        setting("dbCleanup.timeZone", "Mars/North"),
        ("Pulumi.dev.yaml: llmproxy:settings.dbCleanup.timeZone: found 'Mars/North'", "allowed are names"),
    ),
    "a label that no node has": Case(
        setting("litellm.placementConstraints", ["node.labels.gpu==faults"]),
        (
            "Pulumi.dev.yaml: llmproxy:settings.litellm.placementConstraints: found node.labels.gpu==faults",
            "allowed is what a node of the Swarm has",
            "docker node update --label-add gpu=faults",
        ),
    ),
    "memory that no node has, met by up": Case(
        setting("litellm.resources", {"memoryLimitMib": 99_999_999}),
        ("settings.litellm.resources.memoryLimitMib: found 99999999", "allowed are ", " MiB", "choose a smaller one"),
        target="up",
    ),
    "an image that cannot be had, met by up": Case(
        settings(cliProxyApi={"enabled": True, "image": "127.0.0.1:9/no-such/proxy:1"}),
        ("settings.cliProxyApi.image: found image 127.0.0.1:9/no-such/proxy:1", "does not have it", "choose another"),
        target="up",
    ),
    "a disk that is nearly full": Case(
        variables(LLMPROXY_MINIMUM_FREE_MIB="999999999"),
        ("disk: ", "MiB free", "needed are 999999999", "make cleanup-free"),
        target="up",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_bad_input_ends_in_one_line_and_changes_nothing(gateway: Installation, case: Case) -> None:
    before = everything(gateway)
    with case.broken(gateway) as environment:
        done = gateway.run(["make", "-s", case.target], expect=None, more=environment)
        meanwhile = everything(gateway)
    said = one_error(done)

    assert re.search(".*".join(map(re.escape, case.says)), said), said
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert meanwhile == before


def everything(gateway: Installation) -> Mapping[str, object]:
    """All that a run could change: the Swarm's objects with their versions, the tasks, and the state."""
    client = docker.from_env()
    try:
        found: dict[str, object] = {
            f"{kind} of {stack}": sorted(
                f"{each.attrs.get('ID', each.name)} {each.attrs.get('Version')}" for each in listed
            )
            for stack in swarm_stacks(gateway.prefix)
            for kind, listed in _labelled(client, f"com.docker.stack.namespace={stack}").items()
        }
        found["tasks"] = sorted(str(each.id) for each in client.containers.list(filters={"name": gateway.prefix}))
    finally:
        client.close()
    return {**found, "state": (gateway.home / "llmproxy/dev/state/.pulumi/stacks/llmproxy/dev.json").read_bytes()}


def _labelled(client: docker.DockerClient, label: str) -> Mapping[str, Iterable[Any]]:
    filters = {"label": label}
    return {
        "services": client.services.list(filters=filters),
        "configs": client.configs.list(filters=filters),
        "secrets": client.secrets.list(filters=filters),
        "networks": client.networks.list(filters=filters),
        "volumes": client.volumes.list(filters=filters),
    }
