"""The table of needed secrets is what the program does: it asks for no other secret and leaves none of them unread."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stacks import program, secret_needs, service_secrets
from stacks.settings import parse
from stacks.stack_secrets import SecretsError
from tests.components.engine import drained, unwrapped
from tests.edge.certificates import Authority
from tests.stacks.whole_program import SECRETS, configured, run_anew

PROJECT = "llmproxy"
AUTHORITY = Authority()
PAIR = AUTHORITY.issue("*.example.com")
TRAEFIK = {"enabled": True, "dashboard": True}
BY_DNS = {"domain": "example.com", "acme": {"email": "a@example.com", "challenge": "dns-cloudflare"}}
MAIL = {"host": "mail.example.com", "user": "alarms", "sender": "a@example.com", "recipients": ["b@example.com"]}
# Each setting that a secret hangs on, in at least one of them.
SETTINGS: Mapping[str, dict[str, Any]] = {
    "the gateway alone": {},
    "variables": {"litellm": {"secretEnvironment": ["UI_PASSWORD", "LANGFUSE_SECRET_KEY"]}},
    "servers of others": {
        "postgres": {"external": {"host": "db.example.com"}},
        "redis": {"enabled": True, "external": {"host": "redis.example.com"}},
        "netdata": {"enabled": True},
    },
    "an own certificate": {"traefik": TRAEFIK, "ingress": {"domain": "example.com", "certificate": "own"}},
    "certificates by DNS": {"traefik": TRAEFIK, "ingress": BY_DNS},
    "every service": {
        "traefik": {"enabled": True},
        "ingress": {"domain": "example.com", "certificate": "none"},
        "portainer": {"enabled": True},
        "antigravityManager": {"enabled": True},
        "cliProxyApi": {"enabled": True},
        "redis": {"enabled": True},
        "netdata": {"enabled": True, "notify": {"webhook": True, "mail": MAIL}},
    },
    "basic auth of others": {
        "ingress": {"existing": {"network": "edge", "basicAuthMiddleware": "auth@file"}},
        "netdata": {"enabled": True, "hostName": "netdata.example.com"},
    },
}
every_settings = pytest.mark.parametrize("document", SETTINGS.values(), ids=SETTINGS.keys())


def keys_at(document: dict[str, Any], *levels: secret_needs.Level) -> set[str]:
    needs = secret_needs.of(parse(document, place="here"), PROJECT).values()
    return {need.key for need in needs if need.level in levels}


@every_settings
def test_a_run_without_secrets_names_each_needed_one_at_once_with_its_command(document: dict[str, Any]) -> None:
    def build() -> None:
        program.read_secrets(program.read_settings())

    with configured(json.dumps(document), {}), pytest.raises(SecretsError) as caught:
        drained(build, stack="prod")

    told = [line for line in caught.value.problems if "no value, but" in line]
    needs = secret_needs.of(parse(document, place="here"), PROJECT)
    assert {line.split(": ")[1] for line in told} == keys_at(document, "needed")
    assert all(line.endswith(f"; type: {needs[line.split(': ')[1]].command('prod')}") for line in told)
    (provider,) = set(caught.value.problems) - set(told)
    assert "pulumi config set --secret litellm-api-keys:antigravity-manager" in provider


@every_settings
def test_what_reaches_the_installation_is_in_the_table_and_what_is_idle_reaches_nothing(
    document: dict[str, Any],
) -> None:
    secrets = {key: f"marker-{index:02}-of-a-secret" for index, key in enumerate(keys_of_all(document))}
    secrets |= {"llmproxy:tls-certificate": PAIR.certificate, "llmproxy:tls-key": PAIR.key}
    secrets |= {"llmproxy:tls-authority": AUTHORITY.certificate}
    del secrets["llmproxy:basic-auth-htpasswd"]
    engine = run_anew(document, {**SECRETS, **secrets})

    everything = json.dumps([unwrapped(resource.inputs) for resource in engine.resources])
    reached = {key for key, value in secrets.items() if base64.b64encode(value.encode()).decode() in everything}
    hashed = {"llmproxy:basic-auth-password", "llmproxy:basic-auth-htpasswd"}
    assert reached - hashed == keys_at(document, "needed", "made", "optional") - hashed
    has_users = "traefik-users" in {resource.name for resource in engine.resources}
    assert has_users is bool(keys_at(document, "made") & hashed)


def keys_of_all(document: dict[str, Any]) -> list[str]:
    return sorted(keys_at(document, "needed", "made", "optional", "idle"))


def test_nothing_else_reads_the_config_of_the_stack() -> None:
    folder = Path(program.__file__).parent
    readers = {path.name for path in folder.glob("*.py") if "pulumi.Config(" in path.read_text(encoding="utf-8")}

    # The program itself reads the settings.
    assert readers == {"program.py", "stack_secrets.py"}


def test_every_secret_of_a_service_is_in_the_table() -> None:
    assert {f"{PROJECT}:{name}" for name in service_secrets.NAMES} <= keys_at({}, "made", "idle")


def test_a_password_of_basic_auth_that_cannot_be_used_is_told_only_where_it_would_be() -> None:
    wrong = {**SECRETS, "llmproxy:basic-auth-password": "marker" * 20}

    run_anew({}, wrong)
    with pytest.raises(SecretsError, match="basic-auth-password: it has more than 72 bytes"):
        run_anew(SETTINGS["certificates by DNS"], {**wrong, "llmproxy:cloudflare-dns-api-token": "x"})
