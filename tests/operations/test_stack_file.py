"""A generated stack file gets its secrets once; whoever removes one is told, and gets no other in its place."""

import json
from pathlib import Path

import pytest

from operations import chosen_settings, stack_file
from operations.errors import OperationsError
from operations.home import StackHome, linked_file, open_home
from operations.locations import Locations
from tests.operations.writing_pulumi import Killed, pulumi_on

MASTER_KEY, SALT_KEY = stack_file.GENERATED_SECRETS
TEMPLATE = "config:\n  llmproxy:settings:\n    imageSource: official\n"


@pytest.fixture
def places(tmp_path: Path) -> Locations:
    clone = tmp_path / "clone"
    clone.mkdir()
    (clone / "Pulumi.dev.template.yaml").write_text(TEMPLATE)
    return Locations(clone, tmp_path / "home", tmp_path / "cache")


@pytest.fixture
def home(places: Locations) -> StackHome:
    return open_home(places, "dev")


def test_a_first_run_generates_both_keys_once(places: Locations, home: StackHome) -> None:
    first, second = pulumi_on(places, home), pulumi_on(places, home)

    stack_file.complete(first, {})
    stack_file.complete(second, {})

    assert set(first.given) == {MASTER_KEY, SALT_KEY}
    assert all(value.startswith("sk-") and len(value) > 40 for value in first.given.values())
    assert second.given == {}
    assert stack_file.is_complete(home, places.clone)


def test_a_first_run_that_was_killed_goes_on(places: Locations, home: StackHome) -> None:
    with pytest.raises(Killed):
        stack_file.complete(pulumi_on(places, home, dies_at=SALT_KEY), {})

    assert not stack_file.is_complete(home, places.clone)
    again = pulumi_on(places, home)
    stack_file.complete(again, {})
    assert set(again.given) == {SALT_KEY}


def test_the_settings_of_a_stack_that_another_clone_made_are_known_before_this_one_has_its_link(
    places: Locations, home: StackHome
) -> None:
    home.stack_file.write_text(TEMPLATE.replace("official", "airgap"))
    linked_file(places.clone, home.stack).unlink()
    assert stack_file.read_settings(home, places.clone).image_source == "airgap"


def test_a_key_that_was_removed_later_is_not_made_anew(places: Locations, home: StackHome) -> None:
    stack_file.complete(pulumi_on(places, home), {})
    home.stack_file.write_text(TEMPLATE)

    assert stack_file.is_complete(home, places.clone)


def test_a_stack_file_that_is_gone_is_made_anew(places: Locations, home: StackHome) -> None:
    stack_file.complete(pulumi_on(places, home), {})
    home.stack_file.unlink()

    assert not stack_file.is_complete(home, places.clone)


PORT, NAMES = {"LLMPROXY_GATEWAY_PORT": "20001"}, {"LLMPROXY_NAME_PREFIX": "two-"}
DATABASE, GATEWAY = (
    {"type": "docker:index/service:Service", "inputs": {"name": name}}
    for name in ("llmproxy-data_db", "llmproxy_litellm")
)


def made(home: StackHome, *resources: object) -> None:
    """Writes a state in which these were made."""
    assert home.state_file is not None
    home.state_file.parent.mkdir(parents=True, exist_ok=True)
    home.state_file.write_text(json.dumps({"checkpoint": {"latest": {"resources": resources}}}))


@pytest.mark.parametrize(
    ("environment", "resources", "is_taken"),
    [
        (PORT, [], True),
        (PORT, [DATABASE], True),
        (PORT, [DATABASE, GATEWAY], False),
        (NAMES, [], True),
        (NAMES, [DATABASE], False),
    ],
)
def test_a_variable_counts_until_what_hangs_on_it_is_made(
    places: Locations, home: StackHome, environment: dict[str, str], resources: list[object], is_taken: bool
) -> None:
    pulumi = pulumi_on(places, home)
    stack_file.complete(pulumi, {})
    made(home, *resources)

    (words,) = chosen_settings.choose(pulumi, environment)
    intended = chosen_settings.intended(home, places.clone, environment)

    (variable,) = environment
    assert len(pulumi.plain) == is_taken
    assert words.endswith(f"({variable})") is is_taken
    assert words.startswith(f"{variable}: not taken, as the stack was made with") is not is_taken
    assert (intended != chosen_settings.intended(home, places.clone, {})) is is_taken


def test_the_settings_that_a_new_stack_will_have_are_known_before_its_file_is_made(
    places: Locations, home: StackHome
) -> None:
    intended = chosen_settings.intended(home, places.clone, {**PORT, **NAMES})

    assert (intended.litellm.host_port, intended.name_prefix) == (20001, "two-")
    assert not home.stack_file.exists()


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"LLMPROXY_GATEWAY_PORT": "abc"}, "LLMPROXY_GATEWAY_PORT: llmproxy:settings.litellm.hostPort: found 'abc'"),
        ({"LLMPROXY_GATEWAY_PORT": "70000"}, "LLMPROXY_GATEWAY_PORT: llmproxy:settings.litellm.hostPort: found 70000"),
        ({"LLMPROXY_NAME_PREFIX": "Two"}, "LLMPROXY_NAME_PREFIX: llmproxy:settings.namePrefix: found 'Two'"),
    ],
)
def test_a_variable_whose_value_is_not_allowed_is_refused_before_it_is_stored(
    places: Locations, home: StackHome, environment: dict[str, str], words: str
) -> None:
    for look in (
        lambda: chosen_settings.intended(home, places.clone, environment),
        lambda: chosen_settings.overrides_of(environment, image_source="airgap", docker_host="unix:///x"),
    ):
        with pytest.raises(OperationsError) as told:
            look()
        assert str(told.value).startswith(words)
        assert "\n" not in str(told.value)


def test_variables_leave_a_file_that_is_in_git_alone(places: Locations) -> None:
    (places.clone / "Pulumi.prod.yaml").write_text(TEMPLATE)
    home = open_home(places, "prod")
    pulumi = pulumi_on(places, home)

    assert chosen_settings.choose(pulumi, PORT) == []
    assert chosen_settings.intended(home, places.clone, PORT).litellm.host_port == 4000


def test_a_file_in_git_that_gets_its_salt_is_told_once_with_what_to_do(places: Locations, home: StackHome) -> None:
    committed = places.clone / "Pulumi.prod.yaml"
    committed.write_text(TEMPLATE)
    prod = pulumi_on(places, open_home(places, "prod"))

    words = stack_file.ensure_stack(prod)

    assert words is not None
    assert words.startswith("Pulumi.prod.yaml: has its encryptionsalt now: commit it;")
    assert stack_file.ensure_stack(prod) is None
    home.stack_file.write_text(TEMPLATE)
    assert stack_file.ensure_stack(pulumi_on(places, home)) is None
