"""A profile switches services on and off in a generated stack file, says so, and leaves a person's choices alone."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from operations import chosen_settings, profiles, stack_file
from operations.errors import OperationsError
from operations.home import StackHome, open_home
from operations.locations import Locations
from operations.profiles import applied, changes, changes_back
from operations.settings_document import leaves, value_at
from tests.operations.writing_pulumi import WritingPulumi, pulumi_on

FULL: dict[str, JsonValue] = {"traefik": {"enabled": True, "httpPort": 8080}, "portainer": {"enabled": True}}
PROFILE = """config:
  llmproxy:settings:
    ingress:
      certificate: own
    traefik:
      enabled: true
      httpPort: 8080
"""
SWITCHED = {"ingress.certificate": "own", "traefik.enabled": "true", "traefik.httpPort": "8080"}
TEMPLATE: dict[str, JsonValue] = {"litellm": {"hostPort": 4000}}


def test_a_profile_is_put_in_once_and_then_changes_nothing() -> None:
    found = changes(FULL, TEMPLATE)
    document = applied(TEMPLATE, found)

    assert [str(each) for each in found] == [
        "traefik.enabled: not set => true",
        "traefik.httpPort: not set => 8080",
        "portainer.enabled: not set => true",
    ]
    assert document == {**TEMPLATE, **FULL}
    assert changes(FULL, document) == []


def test_what_a_person_chose_stays_but_a_service_that_is_off_is_switched_on() -> None:
    chosen: dict[str, JsonValue] = {"traefik": {"enabled": False, "httpPort": 9090}}

    found = changes(FULL, chosen)

    assert "traefik.enabled: false => true" in map(str, found)
    assert "traefik.httpPort stays 9090 (the profile has 8080)" in map(str, found)
    assert value_at(applied(chosen, found), "traefik.httpPort") == 9090


def test_the_way_back_gives_the_document_of_before() -> None:
    full = applied(TEMPLATE, changes(FULL, TEMPLATE))

    back = applied(full, changes_back([FULL], TEMPLATE, full))

    assert list(leaves(back)) == list(leaves(TEMPLATE))
    assert changes_back([FULL], TEMPLATE, back) == []


def test_the_way_back_gives_what_the_template_says_and_leaves_a_persons_choice() -> None:
    template: dict[str, JsonValue] = {"traefik": {"enabled": False}}
    chosen: dict[str, JsonValue] = {"traefik": {"enabled": True, "httpPort": 9090}}

    back = applied(chosen, changes_back([FULL], template, chosen))

    assert back == {"traefik": {"enabled": False, "httpPort": 9090}}


@pytest.fixture
def places(tmp_path: Path) -> Locations:
    clone = tmp_path / "clone"
    clone.mkdir()
    (clone / "Pulumi.dev.template.yaml").write_text("config:\n  llmproxy:settings:\n    imageSource: airgap\n")
    (clone / "Pulumi.dev.full.template.yaml").write_text(PROFILE)
    (clone / "Pulumi.prod.yaml").write_text("config: {}\n")
    return Locations(clone, tmp_path / "home", tmp_path / "cache")


@pytest.fixture
def home(places: Locations) -> StackHome:
    return open_home(places, "dev")


def asked_of(pulumi: WritingPulumi) -> list[tuple[str, ...]]:
    return [words for words in pulumi.asked if words[0] == "config"]


def test_pulumi_writes_the_profile_into_the_file_in_one_go(places: Locations, home: StackHome) -> None:
    pulumi = pulumi_on(places, home)
    stack_file.complete(pulumi, {})
    pulumi.asked.clear()

    words = chosen_settings.switch(pulumi, "full")

    assert words == [
        'ingress.certificate: not set => "own"',
        "traefik.enabled: not set => true",
        "traefik.httpPort: not set => 8080",
    ]
    put_in = [
        "llmproxy:settings.ingress.certificate=own",
        "llmproxy:settings.traefik.enabled=true",
        "llmproxy:settings.traefik.httpPort=8080",
    ]
    plain = [word for text in put_in for word in ("--plaintext", text)]
    assert asked_of(pulumi) == [("config", "set-all", "--path", *plain)]
    assert chosen_settings.switch(pulumi, None) == []


def test_the_way_back_takes_out_of_the_file_what_the_profile_put_in(places: Locations, home: StackHome) -> None:
    pulumi = pulumi_on(places, home)
    stack_file.complete(pulumi, {})
    home.stack_file.write_text((places.clone / "Pulumi.dev.full.template.yaml").read_text())
    pulumi.asked.clear()

    chosen_settings.switch(pulumi, profiles.GATEWAY)

    taken_out = [
        "llmproxy:settings.ingress.certificate",
        "llmproxy:settings.traefik.enabled",
        "llmproxy:settings.traefik.httpPort",
    ]
    assert asked_of(pulumi) == [("config", "rm-all", "--path", *taken_out)]


def test_the_settings_of_a_profile_are_known_before_its_file_is_written(places: Locations, home: StackHome) -> None:
    assert chosen_settings.intended(home, places.clone, {}, "full").traefik.http_port == 8080
    assert not chosen_settings.intended(home, places.clone, {}).traefik.enabled


@pytest.mark.parametrize(
    ("stack", "profile", "told"),
    [
        ("dev", "ful", "PROFILE: found 'ful', allowed for stack dev are gateway, full"),
        ("prod", "full", "stack prod has its file in git and Pulumi.prod.yaml alone decides; .* pulumi config set "),
    ],
)
def test_a_profile_that_the_stack_does_not_have_is_refused_with_the_way_out(
    places: Locations, stack: str, profile: str, told: str
) -> None:
    with pytest.raises(OperationsError, match=told):
        profiles.require(places.clone, stack, profile)
    profiles.require(places.clone, stack, None)
