"""Aliases and fallbacks: names that must lead to a model.

Takes the authored tables and the model names; gives them as LiteLLM needs them: chains of aliases followed to the end
(LiteLLM follows one step), one model a fallback rule (LiteLLM reads the first key only). What leads only to models of
skipped providers is dropped and said; what leads nowhere is a fault.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from litellm_resources.resolver.authored import AuthoredAlias, FallbackRule, HiddenAlias
from litellm_resources.resolver.document import JsonObject, Path
from litellm_resources.resolver.errors import Fault, correct_name, quote, quote_all

ANY_MODEL = "*"


@dataclass(frozen=True)
class ModelNames:
    """Model names in use, and those that only skipped providers have."""

    kept: frozenset[str]
    skipped: frozenset[str]

    def is_kept(self, name: str) -> bool:
        """Whether a deployment in use answers to the name."""
        return _matches(name, self.kept)

    def is_skipped(self, name: str) -> bool:
        """Whether only a skipped provider's deployment would."""
        return not self.is_kept(name) and _matches(name, self.skipped)

    def all(self) -> frozenset[str]:
        """Both."""
        return self.kept | self.skipped


@dataclass(frozen=True)
class Aliases:
    """The alias table for LiteLLM, and what the other stages need to know of it."""

    table: JsonObject = field(default_factory=dict)
    ends: Mapping[str, str] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Fallbacks:
    """The fallback rules for LiteLLM."""

    rules: list[dict[str, list[str]]] = field(default_factory=list)
    dropped: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


def resolve_aliases(aliases: Mapping[str, AuthoredAlias], models: ModelNames) -> Aliases:
    """Follow every alias to its model."""
    targets = {alias: value.model if isinstance(value, HiddenAlias) else value for alias, value in aliases.items()}
    ends = {alias: _follow(alias, targets) for alias in targets}
    table: JsonObject = {}
    dropped = []
    faults = _alias_faults(targets, models)
    for alias, end in sorted(ends.items()):
        value = aliases[alias]
        if models.is_skipped(end):
            dropped.append(f"alias {quote(alias)}")
        elif models.is_kept(end):
            hidden = isinstance(value, HiddenAlias) and value.hidden
            table[alias] = {"model": end, "hidden": True} if hidden else end
    return Aliases(table, ends, tuple(dropped), tuple(faults))


def resolve_fallbacks(rules: Sequence[FallbackRule], place: Path, aliases: Aliases, models: ModelNames) -> Fallbacks:
    """One rule a model, targets in their order; a rule left without targets goes."""
    known = models.all() | aliases.ends.keys()
    resolved: dict[str, list[str]] = {}
    dropped = []
    faults = []
    for index, rule in enumerate(rules):
        for source, targets in rule.items():
            path = (*place, index, source)
            faults += _fallback_faults(path, source, targets, aliases, models, known)
            if source in resolved:
                faults.append(_second_rule(path, source))
            gone = [name for name in targets if models.is_skipped(aliases.ends.get(name, name))]
            if source != ANY_MODEL and models.is_skipped(aliases.ends.get(source, source)):
                gone = list(targets)
            dropped += [f"fallback {quote(source)} → {quote(name)}" for name in gone]
            resolved[source] = [name for name in targets if name not in gone]
    kept = [{source: targets} for source, targets in resolved.items() if targets]
    return Fallbacks(kept, tuple(dropped), tuple(faults))


def _matches(name: str, model_names: frozenset[str]) -> bool:
    if name in model_names:
        return True
    return any("*" in pattern and fnmatchcase(name, pattern) for pattern in model_names)


def _follow(alias: str, targets: Mapping[str, str]) -> str:
    seen = [alias]
    while seen[-1] in targets and targets[seen[-1]] not in seen:
        seen.append(targets[seen[-1]])
    return seen[-1]


def _alias_faults(targets: Mapping[str, str], models: ModelNames) -> list[Fault]:
    faults = []
    known = models.all() | targets.keys()
    for alias, target in sorted(targets.items()):
        path: Path = ("aliases", alias)
        if alias in models.all():
            remedy = "rename the alias, or give the model another model_name"
            faults.append(Fault(path, "an alias named like a model, which it would hide", "another name", remedy))
        if ANY_MODEL in alias:
            remedy = f"name each alias; or give a model the model_name {quote(alias)}"
            faults.append(Fault(path, "a pattern, which LiteLLM takes by the letter", "a plain name", remedy))
        if target not in targets and not _matches(target, models.all()):
            faults.append(_unknown(path, target, known - {alias}))
        elif (cycle := _cycle(alias, targets)) and alias == min(cycle):
            found = f"a cycle: {' → '.join((*cycle, alias))}"
            remedy = f"let one of {quote_all(cycle)} name a model"
            faults.append(Fault(path, found, "aliases that end at a model", remedy))
    return faults


def _cycle(alias: str, targets: Mapping[str, str]) -> tuple[str, ...]:
    line = [alias]
    while (following := targets.get(line[-1])) is not None and following not in line:
        line.append(following)
    return tuple(line) if following == alias else ()


def _fallback_faults(
    path: Path, source: str, targets: Sequence[str], aliases: Aliases, models: ModelNames, known: frozenset[str]
) -> list[Fault]:
    faults = []
    for name in dict.fromkeys((source, *targets)):
        if name == ANY_MODEL == source or name in aliases.ends or _matches(name, models.all()):
            continue
        faults.append(_unknown(path, name, known))
    faults += [_twice(path, name) for name in dict.fromkeys(targets) if list(targets).count(name) > 1]
    own_end = aliases.ends.get(source, source)
    for name in targets:
        if aliases.ends.get(name, name) == own_end:
            found = f"{quote(name)}, which falls back to itself"
            faults.append(Fault(path, found, "other models", f"remove {quote(name)} from the list"))
    return faults


def _unknown(path: Path, name: str, known: frozenset[str]) -> Fault:
    return Fault(
        path,
        f"{quote(name)}, which is no model name and no alias",
        f"one of {quote_all(known)}",
        correct_name(name, known, "add the model, or remove this"),
        name=name,
    )


def _twice(path: Path, name: str) -> Fault:
    return Fault(path, f"{quote(name)} more than once", "each target once", "remove it where it is not meant")


def _second_rule(path: Path, source: str) -> Fault:
    return Fault(
        path,
        f"a second rule for {quote(source)}; LiteLLM would read the first only",
        "one rule for each model",
        "put all targets into one list",
    )
