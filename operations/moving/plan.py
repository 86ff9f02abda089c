"""What a take-over would do, step by step, before it does anything.

Takes what the original has and what the stack has already; gives a `Plan` with a step for each variable and each key of
a provider. No text of it shows a value. Pure.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from litellm_resources.resolver.document import JsonObject
from operations.moving import table
from operations.moving.originals import LOCAL_CATALOG, Originals, Variable
from operations.moving.overlay import LocalCatalog
from operations.moving.table import Row
from operations.settings_document import value_at, with_value
from stacks import secret_kinds
from stacks.secret_needs import PROVIDER_KEYS

Outcome = Literal["new", "there already", "differs", "empty", "gone", "not taken yet", "unknown"]
"""new: is put in. there already: nothing to do. differs: something else is there. The others are not taken."""
UNKNOWN = (
    "the original's stack files name none such; one that LiteLLM shall read goes into litellm.environment, or, secret, "
    "into litellm.secretEnvironment"
)


@dataclass(frozen=True)
class Step:
    """What becomes of one value.

    Attributes:
        name: The variable, or the place in the local catalog.
        places: Where it was found.
        outcome: What is done.
        target: Where it goes, or why nowhere, in words.
        key: The config key of a secret.
        path: The path of a setting.
        value: What is put there.
    """

    name: str
    places: tuple[str, ...]
    outcome: Outcome
    target: str
    key: str = ""
    path: str = ""
    value: JsonValue = field(default=None, repr=False)

    def __str__(self) -> str:
        """The step as a line, without its value."""
        return f"{self.outcome:<14} {self.name} ({', '.join(self.places)}): {self.target}"


@dataclass(frozen=True)
class Current:
    """What the stack has.

    Attributes:
        settings: Its settings as they stand in the file.
        keys: The config keys that have a value.
        secrets: The values of those that the original has too.
    """

    settings: JsonObject
    keys: Collection[str]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Plan:
    """All steps.

    Attributes:
        steps: In the order in which the values were found.
        faults: What makes a value unusable, one line each.
    """

    steps: tuple[Step, ...]
    faults: tuple[str, ...]

    def to_do(self, *, overwrite: bool) -> list[Step]:
        """The steps that change something."""
        wanted = ("new", "differs") if overwrite else ("new",)
        return [step for step in self.steps if step.outcome in wanted]

    @property
    def differing(self) -> list[Step]:
        """The steps at which the stack has something else."""
        return [step for step in self.steps if step.outcome == "differs"]

    def settings_after(self, before: JsonObject, *, overwrite: bool) -> JsonObject:
        """The settings with all that is put in."""
        for step in self.to_do(overwrite=overwrite):
            before = with_value(before, step.path, step.value) if step.path else before
        return before


def keys_of(originals: Originals, local: LocalCatalog | None) -> set[str]:
    """The config keys that the original has a value for."""
    rows = (table.BY_VARIABLE.get(variable.name) for variable in originals.variables if variable.value)
    secrets = {row.target for row in rows if row and row.way == "secret"}
    return secrets | {f"{PROVIDER_KEYS}:{name}" for name, key in (local.keys if local else {}).items() if key}


def make(originals: Originals, local: LocalCatalog | None, current: Current) -> Plan:
    """Plans the take-over."""
    faults: list[str] = []
    steps = [_step(variable, current, faults) for variable in originals.variables]
    keys = local.keys if local else {}
    steps += [_provider_step(name, key, current, faults) for name, key in keys.items()]
    return Plan(tuple(steps), tuple(faults))


def _step(variable: Variable, current: Current, faults: list[str]) -> Step:
    row = table.BY_VARIABLE.get(variable.name)
    if row is None:
        return Step(variable.name, variable.places, "unknown", UNKNOWN)
    if row.way in ("gone", "later"):
        return Step(variable.name, variable.places, "gone" if row.way == "gone" else "not taken yet", row.target)
    if not variable.value:
        return Step(variable.name, variable.places, "empty", row.in_words)
    faults += _faults(row, variable)
    value = row.read(variable.value)
    if row.way == "setting":
        outcome = _outcome(value_at(current.settings, row.target), value)
        return Step(variable.name, variable.places, outcome, row.in_words, path=row.target, value=value)
    outcome = _secret_outcome(row.target, str(value), current, row)
    # Compose files double a $, and nobody knows here whether this value went through one.
    note = "; its $ signs are taken as they stand" if "$" in variable.value and row.read is table.as_it_is else ""
    return Step(variable.name, variable.places, outcome, row.in_words + note, key=row.target, value=value)


def _provider_step(name: str, key: str, current: Current, faults: list[str]) -> Step:
    place, target = f"providers.{name}.api_key", f"{PROVIDER_KEYS}:{name}"
    if not key:
        return Step(place, (LOCAL_CATALOG,), "empty", f"secret {target}")
    fault = secret_kinds.ONE_LINE.fault(key)
    if fault:
        faults.append(f"{LOCAL_CATALOG}: {place}: {fault}; allowed is {secret_kinds.ONE_LINE.allowed}; correct it")
    if ":" in name or name.split() != [name]:
        faults.append(
            f"{LOCAL_CATALOG}: {place}: found a name that Pulumi cannot keep a key under; allowed is one without space "
            "and ':'; rename the provider"
        )
    outcome = _secret_outcome(target, key, current, None)
    return Step(place, (LOCAL_CATALOG,), outcome, f"secret {target}", key=target, value=key)


def _secret_outcome(key: str, value: str, current: Current, row: Row | None) -> Outcome:
    if key not in current.keys:
        return "new"
    there = current.secrets.get(key, "")
    return _outcome(row.read(there) if row else there, value)


def _outcome(there: JsonValue, value: JsonValue) -> Outcome:
    if there is None:
        return "new"
    return "there already" if there == value else "differs"


def _faults(row: Row, variable: Variable) -> Iterator[str]:
    place = f"{variable.name} ({', '.join(variable.places)})"
    if variable.refers:
        yield f"{place}: found ${{…}}, which stands for another value; allowed is the value itself; write it out"
    elif row.way == "secret":
        name = row.target.partition(":")[2]
        fault = secret_kinds.fault(name, str(row.read(variable.value)))
        if fault:
            yield f"{place}: {fault}; allowed is {secret_kinds.of(name).allowed}; correct it"
