"""A generated stack file gets its secrets once; whoever removes one is told, and gets no other in its place."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from operations import stack_file
from operations.home import StackHome, open_home
from operations.locations import Locations
from operations.pulumi_process import Pulumi
from operations.toolchain import Toolchain

MASTER_KEY, SALT_KEY = stack_file.GENERATED_SECRETS
TEMPLATE = "config:\n  llmproxy:settings:\n    imageSource: official\n"


class Killed(Exception):
    """The run ends in the middle."""


@dataclass(frozen=True)
class WritingPulumi(Pulumi):
    """A pulumi that only writes stack files.

    Attributes:
        given: The secrets that it was given, by key.
        dies_at: The key at which it is killed.
    """

    given: dict[str, str] = field(default_factory=dict)
    dies_at: str = ""

    def ask(self, *arguments: str, secret: str | None = None) -> str:
        if arguments[:3] == ("config", "set", "--secret") and secret is not None:
            if arguments[3] == self.dies_at:
                raise Killed
            self.given[arguments[3]] = secret
            document = yaml.safe_load(self.home.stack_file.read_text())
            document["config"][arguments[3]] = {"secure": "v1:x"}
            self.home.stack_file.write_text(yaml.safe_dump(document))
        return ""


@pytest.fixture
def places(tmp_path: Path) -> Locations:
    clone = tmp_path / "clone"
    clone.mkdir()
    (clone / "Pulumi.dev.template.yaml").write_text(TEMPLATE)
    return Locations(clone, tmp_path / "home", tmp_path / "cache")


@pytest.fixture
def home(places: Locations) -> StackHome:
    return open_home(places, "dev")


def pulumi_on(places: Locations, home: StackHome, *, dies_at: str = "") -> WritingPulumi:
    toolchain = Toolchain(places.cache, places.cache, has_stand_ins=True)
    return WritingPulumi(places, home, toolchain, {}, dies_at=dies_at)


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


def test_a_key_that_was_removed_later_is_not_made_anew(places: Locations, home: StackHome) -> None:
    stack_file.complete(pulumi_on(places, home), {})
    home.stack_file.write_text(TEMPLATE)

    assert stack_file.is_complete(home, places.clone)


def test_a_stack_file_that_is_gone_is_made_anew(places: Locations, home: StackHome) -> None:
    stack_file.complete(pulumi_on(places, home), {})
    home.stack_file.unlink()

    assert not stack_file.is_complete(home, places.clone)
