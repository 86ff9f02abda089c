"""A new version of the gateway that does not work: the `up` says why, the old one serves, the next good `up` heals."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from tests.system import previewed
from tests.system.as_found import left_as_found
from tests.system.installation import Installation, docker, free_port
from tests.system.outcome import assert_converged, one_error
from tests.system.service_image import image_of, other_image
from tests.system.stack_file import SETTINGS, edit
from tests.system.steady_load import steady_load

MODELS_OF_A_NEWER_SCHEMA = 'select model_id, from_the_future from "LiteLLM_ProxyModelTable" order by model_id'
# What a reverse proxy does: each new connection goes to a healthy task, by the gateway's name in the network.
BALANCER = (
    "import socket, sys, threading\n"
    "def pump(source, target):\n"
    "    try:\n"
    "        while data := source.recv(65536): target.sendall(data)\n"
    "    except OSError: pass\n"
    "    finally: target.close()\n"
    "server = socket.create_server(('', 8080))\n"
    "while True:\n"
    "    client, _ = server.accept()\n"
    "    try: gateway = socket.create_connection((sys.argv[1], 4000), timeout=20)\n"
    "    except OSError: client.close(); continue\n"
    "    gateway.settimeout(None)\n"
    "    for pair in ((client, gateway), (gateway, client)): threading.Thread(target=pump, args=pair).start()\n"
)


def test_a_gateway_that_cannot_start_is_rolled_back_and_the_next_good_up_heals(gateway: Installation) -> None:
    key = gateway.make("key").stdout.strip()
    with left_as_found(gateway):
        gateway.setting("litellm.generalSettings.custom_auth", "no_such_module.check")
        failed = gateway.make("up", expect=2)
        served = gateway.chat("hello", key)
        preview = gateway.make("preview").stdout

    headline, *reason = _error(failed)
    service = gateway.service("litellm")
    assert headline.startswith(f"swarm:RolloutGate (llmproxy): rollout of {service} failed: Swarm rolled")
    assert re.search(rf"task: {service}\.1 \(\w+\) on node \S+, failed, exit code 3", "\n".join(reason))
    assert any("ImportError: Could not import check from no_such_module" in line for line in reason), reason
    assert "correct the cause and run up again" in reason[-1]
    assert served.status_code == 200, "the old gateway serves again when the up ends"
    gate = previewed.steps(preview)["update RolloutGate llmproxy"]
    assert gate.shows("update_state", live='"rollback_completed"', wanted='"settled"')
    assert "update Service litellm" in previewed.steps(preview)
    assert gateway.chat("hello", key).status_code == 200
    assert_converged(gateway)


def test_the_old_gateway_serves_all_the_while_where_no_host_port_forces_it_to_stop_first(
    gateway: Installation,
) -> None:
    key = gateway.master_key()
    with left_as_found(gateway), _balancer(gateway) as balanced:
        # So that the gateway that never answers is found out a minute and a half earlier.
        behind = {"hostPort": None, "adminUrl": balanced.url, "startPeriodSeconds": 40}
        edit(gateway, lambda config: config[SETTINGS]["litellm"].update(behind))
        gateway.make("up")
        # It starts, and listens where its health check does not ask.
        gateway.setting("litellm.environment.HOST", "127.0.0.2")
        with steady_load(balanced, ["mock-small"], key) as load:
            failed = gateway.make("up", expect=2)

    assert "Swarm rolled the service back" in _error(failed)[0]
    assert load.failures == []
    assert load.answered > 100
    assert_converged(gateway)


def test_a_migration_that_fails_stops_the_up_before_any_gateway_task(gateway: Installation) -> None:
    before = _tasks(gateway)
    with left_as_found(gateway), other_image(gateway, "litellm") as image, _unfinished_migration(gateway):
        gateway.setting("litellm.image", image)
        failed = gateway.make("up", expect=2)
        after, served = _tasks(gateway), gateway.chat("hello", gateway.master_key())

    headline, *reason = _error(failed)
    assert headline.startswith(f"swarm:Job (litellm-migrate): job {gateway.service('litellm')}-migrate failed")
    assert any("P3009" in line for line in reason), reason
    assert after == before, "no task of the gateway was started or stopped"
    assert served.status_code == 200
    assert_converged(gateway)


def test_an_image_that_is_not_there_is_one_error_and_changes_no_task(gateway: Installation) -> None:
    before = _tasks(gateway)
    with left_as_found(gateway):
        gateway.setting("litellm.image", "llmproxy-airgap/litellm:no-such-tag")
        failed = gateway.make("up", expect=2)
        after = _tasks(gateway)

    told = one_error(failed)
    assert told.startswith("llmproxy:settings.litellm.image: found image llmproxy-airgap/litellm:no-such-tag, but the")
    assert "does not have it and its registry does not give it" in told
    assert after == before


def test_a_gateway_restarted_on_a_newer_schema_leaves_every_row(gateway: Installation) -> None:
    """As after a roll-back to the image of before: 1.81.12 by itself would drop what it does not know."""
    key, before = gateway.master_key(), _tasks(gateway)
    with _newer_schema(gateway):
        models = gateway.sql(MODELS_OF_A_NEWER_SCHEMA)
        docker("service", "update", "--force", "--detach=false", "--quiet", gateway.service("litellm"))
        assert _tasks(gateway) != before
        assert gateway.chat("hello", key).status_code == 200
        assert gateway.sql("select id from from_the_future order by id").split() == ["one", "two"]
        assert gateway.sql(MODELS_OF_A_NEWER_SCHEMA) == models
        assert models.endswith("|kept")
    assert_converged(gateway)


def _error(failed: subprocess.CompletedProcess[str]) -> list[str]:
    """The one diagnostic of a failed run, line by line."""
    lines = failed.stderr.splitlines()
    (begin,) = (number for number, line in enumerate(lines) if line.startswith("error: "))
    (end,) = (number for number, line in enumerate(lines) if line.startswith("(all of it: "))
    return [line.removeprefix("error: ").strip() for line in lines[begin:end]]


def _tasks(gateway: Installation) -> set[str]:
    return set(docker("service", "ps", "-q", "--no-trunc", gateway.service("litellm")).split())


@contextmanager
def _unfinished_migration(gateway: Installation) -> Iterator[None]:
    """A migration of another version that began and did not end: Prisma goes no further (P3009)."""
    gateway.sql(
        "insert into _prisma_migrations (id, checksum, migration_name, started_at, applied_steps_count) "
        "values ('unfinished', '', '20990101000000_unfinished', now(), 0)"
    )
    try:
        yield
    finally:
        gateway.sql("delete from _prisma_migrations where id = 'unfinished'")


@contextmanager
def _newer_schema(gateway: Installation) -> Iterator[None]:
    """A table and a column that this version does not know."""
    gateway.sql("create table from_the_future (id text primary key)")
    gateway.sql("insert into from_the_future values ('one'), ('two')")
    gateway.sql("alter table \"LiteLLM_ProxyModelTable\" add column from_the_future text default 'kept'")
    try:
        yield
    finally:
        gateway.sql("drop table if exists from_the_future")
        gateway.sql('alter table "LiteLLM_ProxyModelTable" drop column if exists from_the_future')


@contextmanager
def _balancer(gateway: Installation) -> Iterator[Installation]:
    """A reverse proxy before the gateway, as Traefik is one; gives the installation as it is reached through it."""
    port, name = free_port(), f"{gateway.prefix}balancer"
    run = ["run", "--detach", "--name", name, "--network", f"{gateway.prefix}public", "--publish", f"{port}:8080"]
    docker(*run, "--entrypoint", "python3", image_of(gateway, "litellm"), "-c", BALANCER, gateway.service("litellm"))
    try:
        yield replace(gateway, port=port)
    finally:
        docker("rm", "--force", name)
