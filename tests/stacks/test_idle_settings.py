"""A setting that nothing would read is refused, in each combination; what waits for a service is not."""

from __future__ import annotations

from typing import Any

import pytest

from stacks.idle_settings import RULES
from stacks.settings import parse
from stacks.settings_errors import SettingsError

OURS: dict[str, Any] = {"traefik": {"enabled": True}, "ingress": {"domain": "example.com", "certificate": "none"}}
THEIRS: dict[str, Any] = {"ingress": {"domain": "example.com", "existing": {"network": "edge"}}}
RATE = {"average": 1, "burst": 1}
EXTERNAL: dict[str, Any] = {"external": {"host": "db.example.com"}}
NETDATA: dict[str, Any] = {"enabled": True}

CASES: list[tuple[dict[str, Any], str]] = [
    ({"ingress": {"securityHeaders": True}}, "ingress.securityHeaders: found true, but traefik.enabled is false and"),
    (
        {"ingress": {**THEIRS["ingress"], "trustCloudflareAddresses": True}},
        "ingress.trustCloudflareAddresses: found true, but beside ingress.existing only allowList and rateLimit look",
    ),
    (
        {"ingress": {"allowList": ["10.0.0.0/8"]}},
        "ingress.allowList: found a list, but traefik.enabled is false and ingres",
    ),
    (
        {"ingress": {"rateLimit": RATE}},
        "ingress.rateLimit: found an object, but traefik.enabled is false and ingress.existing",
    ),
    (
        {"ingress": {"trustCloudflareAddresses": True}},
        "ingress.trustCloudflareAddresses: found true, but traefik.enable",
    ),
    (
        {"portainer": {"enabled": True, "basicAuth": True}},
        "portainer.basicAuth: found true, but traefik.enabled is false",
    ),
    (
        {"cliProxyApi": {"enabled": True, "basicAuth": True}},
        "cliProxyApi.basicAuth: found true, but traefik.enabled is",
    ),
    (
        {"antigravityManager": {"enabled": True, "basicAuth": True}},
        "antigravityManager.basicAuth: found true, but traef",
    ),
    (
        {"netdata": {**NETDATA, "basicAuth": True}},
        "netdata.basicAuth: found true, but traefik.enabled is false and ingr",
    ),
    (
        {**OURS, "netdata": {**NETDATA, "basicAuth": False}},
        "netdata.basicAuth: found false; allowed is true, as it has",
    ),
    (
        {"traefik": {"dashboard": True}},
        "traefik.dashboard: found true, but traefik.enabled is false; allowed is it with",
    ),
    (
        {**THEIRS, "traefik": {"dashboard": True}},
        "traefik.dashboard: found true, but traefik.enabled is false; allowed",
    ),
    (
        {"litellm": {"hostPortAllowList": ["10.0.0.0/8"]}},
        "litellm.hostPortAllowList: found a list, but traefik.enabled is",
    ),
    (
        {**THEIRS, "litellm": {"hostPortAllowList": ["10.0.0.0/8"]}},
        "litellm.hostPortAllowList: found a list, but traefik.enabled is false; allowed is it with our Traefik only;",
    ),
    (
        {**OURS, "litellm": {"hostPort": None, "adminUrl": "http://a", "hostPortAllowList": ["10.0.0.0/8"]}},
        "litellm.hostPortAllowList: found a list, but litellm.hostPort is null; allowed is it with a port only; give",
    ),
    (
        {"ingress": {**THEIRS["ingress"], "certificate": "own"}},
        "ingress.certificate: found 'own', but ingress.existing is set, whose Traefik has its own; allowed is it wit",
    ),
    (
        {"ingress": {**THEIRS["ingress"], "acme": {"email": "a@example.com"}}},
        "ingress.acme: found an object, but ingress.existing is set, whose Traefik has its own;",
    ),
    (
        {"ingress": {**THEIRS["ingress"], "basicAuthUser": "ops"}},
        "ingress.basicAuthUser: found 'ops', but ingress.existing is set, whose Traefik has its own;",
    ),
    (
        {**OURS, "ingress": {**OURS["ingress"], "acme": {"email": "a@example.com"}}},
        "ingress.acme: found an object, but ingress.certificate is not acme; allowed is it with acme only; set that",
    ),
    (
        {**OURS, "ingress": {"domain": "example.com", "acme": {"email": "a@b.com", "resolvers": ["192.0.2.1:53"]}}},
        "ingress.acme.resolvers: found a list, but ingress.acme.challenge is http, which asks no DNS; allowed is it",
    ),
    (
        {"postgres": {**EXTERNAL, "image": "pg:1"}},
        "postgres.image: found 'pg:1', but postgres.external is set, so that no",
    ),
    (
        {"postgres": {**EXTERNAL, "maxConnections": 50}},
        "postgres.maxConnections: found 50, but postgres.external is se",
    ),
    (
        {"postgres": {**EXTERNAL, "resources": {"cpuLimit": 1}}},
        "postgres.resources: found an object, but postgres.external is set, so that none of ours runs; allowed is on",
    ),
    (
        {"postgres": {**EXTERNAL, "placementConstraints": ["node.role==worker"]}},
        "postgres.placementConstraints: found a list, but postgres.external is set, so that none of ours runs;",
    ),
    (
        {"redis": {"enabled": True, **EXTERNAL, "image": "r:1"}},
        "redis.image: found 'r:1', but redis.external is set, so",
    ),
    (
        {"redis": {"enabled": True, **EXTERNAL, "maxMemoryMib": 64}},
        "redis.maxMemoryMib: found 64, but redis.external i",
    ),
    (
        {"redis": {"enabled": True, **EXTERNAL, "resources": {"cpuLimit": 1}}},
        "redis.resources: found an object, but redis.external is set, so that none of ours runs; allowed is one of t",
    ),
    (
        {"redis": {"enabled": True, **EXTERNAL, "placementConstraints": ["node.role==worker"]}},
        "redis.placementConstraints: found a list, but redis.external is set, so that none of ours runs;",
    ),
    (
        {"redis": {"enabled": True, "cacheSeconds": 60}},
        "redis.cacheSeconds: found 60, but redis.cacheAnswers is false;",
    ),
]


@pytest.mark.parametrize(("document", "line"), CASES)
def test_what_nothing_would_read_is_refused_with_place_reason_and_remedy(document: dict[str, Any], line: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(document, place="here")
    (found,) = caught.value.problems
    assert found.startswith(f"here.{line}")
    assert "; " in found
    assert "\n" not in found


def test_each_rule_has_a_case() -> None:
    shown = {line.partition(":")[0] for _, line in CASES}
    assert {rule.path for rule in RULES} <= shown


@pytest.mark.parametrize(
    "document",
    [
        {"portainer": {"basicAuth": True}},
        {"ingress": {"domain": "example.com", "addresses": ["192.0.2.1"], "allowList": [], "rateLimit": None}},
        {"traefik": {"httpPort": 8080, "drainSeconds": 5, "dashboard": False}, "socketProxy": {"replicas": 2}},
        {**OURS, "litellm": {"hostPortAllowList": ["10.0.0.0/8"]}, "portainer": {"enabled": True, "basicAuth": True}},
        {**OURS, "netdata": {**NETDATA, "basicAuth": True}},
        {"ingress": {**THEIRS["ingress"], "trustCloudflareAddresses": True, "rateLimit": RATE}},
        {
            "postgres": {**EXTERNAL, "image": "pg:1", "allowNewVolume": True},
            "swarmCronjob": {"enabled": True},
            "dbCleanup": {"enabled": True},
        },
        {"redis": {"image": "r:1", "cacheSeconds": 60}},
        {"redis": {"enabled": True, "cacheAnswers": True, "cacheSeconds": 60, "maxMemoryMib": 64}},
    ],
)
def test_what_waits_for_its_service_or_is_read_is_taken(document: dict[str, Any]) -> None:
    assert parse(document, place="here")
