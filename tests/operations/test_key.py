"""A key is printed alone, by its alias or the first; whoever asks for none that is there is told which are."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from operations.commands import key
from operations.errors import OperationsError, PulumiFailed
from operations.home import StackHome
from operations.locations import Locations
from operations.pulumi_process import Pulumi
from operations.toolchain import Toolchain

KEYS = {"alice": "sk-a", "zoe": "sk-z"}


@dataclass(frozen=True)
class Answering(Pulumi):
    """A pulumi that knows the outputs of a stack."""

    outputs: dict[str, str] = field(default_factory=dict)

    def ask(self, *arguments: str, secret: str | None = None) -> str:
        name = arguments[2]
        if name not in self.outputs:
            raise PulumiFailed(f"current stack does not have output property '{name}'", 255)
        return f"{self.outputs[name]}\n"


def pulumi_with(outputs: dict[str, str]) -> Pulumi:
    here = Path("/nowhere")
    toolchain = Toolchain(here, here, has_stand_ins=True)
    return Answering(Locations(here, here, here), StackHome("dev", here), toolchain, {}, outputs)


@pytest.mark.parametrize(("alias", "expected"), [(None, "sk-a"), ("alice", "sk-a"), ("zoe", "sk-z")])
def test_the_key_of_an_alias_is_given_and_else_the_first(alias: str | None, expected: str) -> None:
    pulumi = pulumi_with({"virtualKey": "sk-a", "virtualKeys": json.dumps(KEYS)})

    assert key.value(pulumi, alias) == expected


def test_an_alias_that_is_not_there_is_told_with_those_that_are_and_no_value() -> None:
    pulumi = pulumi_with({"virtualKey": "sk-a", "virtualKeys": json.dumps(KEYS)})

    with pytest.raises(
        OperationsError, match=r"KEY: found 'bob', allowed are the keys of stack dev: alice, zoe;"
    ) as told:
        key.value(pulumi, "bob")

    assert "\n" not in str(told.value)
    assert "sk-" not in str(told.value)


@pytest.mark.parametrize("alias", [None, "zoe"])
def test_a_stack_without_keys_says_how_to_get_one(alias: str | None) -> None:
    with pytest.raises(OperationsError, match="stack dev has no key yet; type: make up"):
        key.value(pulumi_with({}), alias)
