"""`$extend`: each provider merged over the one that it extends, over any number of levels.

Takes the merged `providers` object; gives each provider with all that it inherits, and its line of ancestors.
The order of the file plays no part. `$extend` and `template` are a provider's own and never inherited.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from litellm_resources.resolver.document import JsonObject, Path
from litellm_resources.resolver.errors import Fault, correct_name, quote, quote_all
from litellm_resources.resolver.merging import deep_merge

OWN_KEYS = ("$extend", "template")


@dataclass(frozen=True)
class InheritedProvider:
    """A provider with all that it inherits.

    Attributes:
        name: Its name.
        document: What it says and inherits.
        line: The provider itself, then what it extends, nearest first.
        missing: What the last of the line extends, when that is no provider.
    """

    name: str
    document: JsonObject
    line: tuple[str, ...]
    missing: str | None = None

    def places_of(self, *keys: str) -> tuple[Path, ...]:
        """Where a provider of the line may say what it is for these keys."""
        beyond: tuple[Path, ...] = () if self.missing is None else (("providers", self.missing),)
        return (*(("providers", name, key) for name in self.line for key in keys), *beyond)


def inherit(providers: Mapping[str, JsonObject]) -> tuple[dict[str, InheritedProvider], list[Fault]]:
    """Flatten every provider; each unknown name and each cycle is one fault."""
    flattened = {}
    for name in sorted(providers):
        line = _line(name, providers)
        document: JsonObject = {}
        for ancestor in reversed(line):
            document = deep_merge(document, _heritable(providers[ancestor]))
        own = {key: value for key, value in providers[name].items() if key == "template"}
        flattened[name] = InheritedProvider(name, {**document, **own}, line, _missing(line[-1], providers))
    return flattened, [*_unknown(providers), *_cycles(providers)]


def _heritable(provider: JsonObject) -> JsonObject:
    return {key: value for key, value in provider.items() if key not in OWN_KEYS}


def _parent(name: str, providers: Mapping[str, JsonObject]) -> str | None:
    parent = providers[name].get("$extend")
    return parent if isinstance(parent, str) and parent in providers else None


def _line(name: str, providers: Mapping[str, JsonObject]) -> tuple[str, ...]:
    line = [name]
    while (parent := _parent(line[-1], providers)) is not None and parent not in line:
        line.append(parent)
    return tuple(line)


def _missing(name: str, providers: Mapping[str, JsonObject]) -> str | None:
    parent = providers[name].get("$extend")
    return parent if isinstance(parent, str) and parent not in providers else None


def _unknown(providers: Mapping[str, JsonObject]) -> list[Fault]:
    faults = []
    for name in sorted(providers):
        if (parent := _missing(name, providers)) is not None:
            others = [other for other in providers if other != name]
            faults.append(
                Fault(
                    ("providers", name, "$extend"),
                    f"{quote(parent)}, which is no provider",
                    f"another provider ({quote_all(others)}) or null",
                    correct_name(parent, others, f"add the provider {quote(parent)}, or remove this $extend"),
                    name=parent,
                )
            )
    return faults


def _cycles(providers: Mapping[str, JsonObject]) -> list[Fault]:
    faults = []
    for name in sorted(providers):
        line = _line(name, providers)
        if _parent(line[-1], providers) == name and name == min(line):
            faults.append(
                Fault(
                    ("providers", name, "$extend"),
                    f"a cycle: {' → '.join((*line, name))}",
                    "a line of providers that ends",
                    f"remove the $extend of one of {quote_all(line)}",
                )
            )
    return faults
