"""Dev's certificate goes into the stack as secrets, for all its host names, and no other than ours is replaced."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from operations import authority, dev_certificate
from operations.dev_certificate import AUTHORITY, CERTIFICATE, KEY
from operations.locations import Locations
from stacks.settings import Settings, parse
from tests.operations.keeping_pulumi import keeping


def settings(**ingress: JsonValue) -> Settings:
    chosen: dict[str, JsonValue] = {"certificate": "own", **ingress}
    return parse({"traefik": {"enabled": True}, "ingress": chosen}, place="here")


@pytest.fixture
def places(tmp_path: Path) -> Locations:
    clone = tmp_path / "clone"
    clone.mkdir()
    (clone / "Pulumi.dev.template.yaml").write_text("config: {}\n")
    (clone / "Pulumi.prod.yaml").write_text("config: {}\n")
    return Locations(clone, tmp_path / "home", tmp_path / "cache")


def test_a_certificate_for_every_host_name_is_made_once(places: Locations) -> None:
    pulumi = keeping(places)

    words = dev_certificate.ensure(pulumi, settings())

    assert words is not None
    assert "llm.llmproxy.localhost, " in words
    assert words.endswith(f"(there was none), signed by {places.home}/authority/ca.pem")
    assert "PRIVATE KEY" in pulumi.config[KEY]
    assert authority.is_ours(pulumi.config[CERTIFICATE])
    assert pulumi.config[AUTHORITY] == (places.home / "authority" / "ca.pem").read_text()
    assert dev_certificate.ensure(pulumi, settings()) is None


def test_a_stack_from_before_monitoring_looked_at_trust_gets_the_authority_once(places: Locations) -> None:
    pulumi = keeping(places)
    dev_certificate.ensure(pulumi, settings())
    pulumi.ask("config", "rm", AUTHORITY)

    words = dev_certificate.ensure(pulumi, settings())

    assert words is not None
    assert "(monitoring did not know who signs it)" in words
    assert AUTHORITY in pulumi.config
    assert dev_certificate.ensure(pulumi, settings()) is None


def test_another_domain_asks_for_another_certificate(places: Locations) -> None:
    pulumi = keeping(places)
    dev_certificate.ensure(pulumi, settings())
    before = dict(pulumi.config)

    words = dev_certificate.ensure(pulumi, settings(domain="llm.localhost"))

    assert words is not None
    assert "(the host names are others now)" in words
    assert pulumi.config.keys() == before.keys()
    assert {key for key in before if pulumi.config[key] != before[key]} == {CERTIFICATE, KEY}


def test_a_run_that_was_killed_between_certificate_and_key_is_made_good(places: Locations) -> None:
    pulumi = keeping(places)
    dev_certificate.ensure(pulumi, settings())
    pulumi.ask("config", "rm", KEY)

    assert dev_certificate.ensure(pulumi, settings()) is not None
    assert KEY in pulumi.config


def test_a_certificate_that_a_person_put_in_is_left_alone(places: Locations) -> None:
    pulumi = keeping(places)
    for key, text in ((CERTIFICATE, "theirs"), (KEY, "theirs")):
        pulumi.ask("config", "set", "--secret", key, secret=text)

    assert dev_certificate.ensure(pulumi, settings()) is None
    assert pulumi.config == {CERTIFICATE: "theirs", KEY: "theirs"}


@pytest.mark.parametrize(
    ("stack", "document"),
    [
        ("prod", {"traefik": {"enabled": True}, "ingress": {"certificate": "own"}}),
        ("dev", {"ingress": {"certificate": "own"}}),
        ("dev", {"traefik": {"enabled": True}, "ingress": {"certificate": "none"}}),
    ],
)
def test_where_no_certificate_of_ours_is_wanted_none_is_made(
    places: Locations, stack: str, document: dict[str, JsonValue]
) -> None:
    pulumi = keeping(places, stack)

    assert dev_certificate.ensure(pulumi, parse(document, place="here")) is None
    assert pulumi.config == {}
    assert not (places.home / "authority").exists()


def test_switching_a_service_on_asks_for_no_other_names() -> None:
    few = dev_certificate.hosts_of(settings())

    assert {name.partition(".")[0] for name in few} >= {"llm", "portainer", "cli-proxy-api", "netdata", "localhost"}
    assert len(few) == len(set(few))
