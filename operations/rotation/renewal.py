"""Puts a new value of a secret into the stack's config, so that a rotation which was killed goes on where it was.

Takes a pulumi and a rotation; gives the values of now and of before. Values go to pulumi through its input alone.
"""

from dataclasses import dataclass, field

from operations import stack_file
from operations.home import linked_file
from operations.pulumi_process import Pulumi
from operations.rotation import effective
from operations.rotation.table import Rotation


@dataclass(frozen=True)
class Renewal:
    """One rotation under way.

    Attributes:
        before: What the services may still have; empty where nothing needs it.
        after: What they get.
        goes_on: Whether an earlier run had begun it.
    """

    before: str = field(repr=False)
    after: str = field(repr=False)
    goes_on: bool = False


def why_not(pulumi: Pulumi, rotation: Rotation) -> str | None:
    """In words why a new value would reach nobody, though the settings allow it."""
    key = rotation.outweighed_by
    if not key or key not in _config(pulumi):
        return None
    return f"{key} has a value, which is taken instead; change that one: pulumi config set --secret {key} && make up"


def begin(pulumi: Pulumi, rotation: Rotation) -> Renewal:
    """Writes a new value, or takes up the one of a run that did not get to its end."""
    if not rotation.keeps_previous:
        return Renewal("", _drawn(pulumi, rotation))
    now = effective.value(pulumi, rotation.name)
    if rotation.previous_key not in _config(pulumi):
        pulumi.ask("config", "set", "--secret", rotation.previous_key, secret=now)
        return Renewal(now, _drawn(pulumi, rotation))
    before = effective.configured(pulumi, rotation.previous_key)
    # Killed between the two writes: there is no new value yet.
    after = _drawn(pulumi, rotation) if now == before else now
    return Renewal(before, after, goes_on=True)


def end(pulumi: Pulumi, rotation: Rotation) -> None:
    """Forgets the value of before: nothing has it any more."""
    if rotation.keeps_previous and rotation.previous_key in _config(pulumi):
        pulumi.ask("config", "rm", rotation.previous_key)


def _drawn(pulumi: Pulumi, rotation: Rotation) -> str:
    drawn = rotation.draws()
    pulumi.ask("config", "set", "--secret", rotation.key, secret=drawn)
    return drawn


def _config(pulumi: Pulumi) -> dict[str, object]:
    return stack_file.read_config(linked_file(pulumi.places.clone, pulumi.home.stack))
