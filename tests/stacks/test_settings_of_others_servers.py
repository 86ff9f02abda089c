"""Settings of PostgreSQL and Redis run by others: authorities, and what contradicts itself."""

from __future__ import annotations

import ssl
from collections.abc import Mapping

import pytest

from stacks.redis import counted_apart
from stacks.settings import Settings, parse
from stacks.settings_errors import SettingsError

# Any authority of the machine's own bundle will do.
PEM = ssl.DER_cert_to_PEM_cert(ssl.create_default_context().get_ca_certs(binary_form=True)[0])
PG: dict[str, object] = {"host": "db.example.com", "caCertificate": PEM}
EXTERNAL: dict[str, object] = {"host": "redis.example.com"}


def read(document: Mapping[str, object]) -> Settings:
    return parse(dict(document), place="P")  # type: ignore[arg-type]  # as YAML gives it


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"postgres": {"external": {**PG, "caCertificate": "nonsense"}}}, "found what is no certificate"),
        ({"postgres": {"external": {**PG, "caCertificate": PEM[:200]}}}, "found what is no certificate"),
        ({"postgres": {"external": {**PG, "caCertificate": "-----BEGIN PRIVATE KEY-----"}}}, "found a private key"),
        ({"postgres": {"external": {**PG, "query": "sslmode=verify-full"}}}, "query holds sslmode=verify-full"),
        ({"redis": {"external": EXTERNAL}}, "redis.enabled is false, so nothing uses it"),
        (
            {"redis": {"enabled": True, "external": {**EXTERNAL, "tls": False, "caCertificate": PEM}}},
            "tls is false, so nothing is checked",
        ),
        (
            {"redis": {"enabled": True}, "litellm": {"environment": {"REDIS_HOST": "x"}}},
            "holds REDIS_HOST, which redis.enabled sets; take it out there",
        ),
        (
            {"redis": {"enabled": True}, "litellm": {"litellmSettings": {"cache": True}}},
            "holds 'cache', which redis.enabled sets",
        ),
        (
            {
                "imageSource": "airgap",
                "postgres": {"external": PG},
                "dbCleanup": {"enabled": True},
                "swarmCronjob": {"enabled": True},
            },
            "set dbCleanup.image to one whose psql has it",
        ),
    ],
)
def test_a_contradiction_is_refused_with_what_to_do(document: Mapping[str, object], said: str) -> None:
    with pytest.raises(SettingsError) as error:
        read(document)
    assert said in str(error.value)
    assert "PRIVATE" not in str(error.value)


def test_an_authority_is_taken_as_the_file_says_and_the_usual_query_may_stay() -> None:
    external = read({"postgres": {"external": {**PG, "caCertificate": f"\n{PEM}\n"}}}).postgres.external
    assert external is not None
    assert external.ca_certificate == PEM.strip() + "\n"


def test_several_tasks_without_redis_are_warned_of_and_not_refused() -> None:
    several: dict[str, object] = {"litellm": {"replicas": 3, "workers": 1}, "docker": {"nodes": 3}}
    assert "a limit holds 3 times over" in str(counted_apart(read(several)))
    assert counted_apart(read({**several, "redis": {"enabled": True}})) is None
    assert counted_apart(read({})) is None
