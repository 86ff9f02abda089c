"""Aliases and fallbacks that work, but perhaps not as they were meant.

Takes the resolved router settings and the deployments in use; gives notices. LiteLLM (both versions, measured) looks
fallbacks up by the name that was asked for, and a target that fails is followed by its own fallbacks.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from litellm_resources.resolver.document import Path
from litellm_resources.resolver.errors import Notice, quote, quote_all
from litellm_resources.resolver.references import ANY_MODEL

FALLBACKS = "fallbacks"
Rules = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class FallbackTable:
    """The rules of one kind.

    Attributes:
        kind: LiteLLM's name of the kind.
        rules: Name asked for to what answers in its place.
        place: Where the rule of a name is written.
    """

    kind: str
    rules: Rules
    place: Callable[[str], Path]


def fallback_notices(
    tables: Sequence[FallbackTable], aliases: Mapping[str, str], context: Callable[[str], int | None]
) -> list[Notice]:
    """Everything to say; `aliases` lead to model names, `context` tells how much a model name reads."""
    found = [_unused_by_alias(alias, end, tables) for alias, end in sorted(aliases.items())]
    notices = [notice for notice in found if notice is not None]
    for table in tables:
        cycles = list(_cycles(table.rules))
        notices += [_cycle(table, cycle) for cycle in cycles]
        if table.kind == FALLBACKS:
            notices += _chains(table, frozenset(name for cycle in cycles for name in cycle))
        notices += _smaller(table, lambda name: context(aliases.get(name, name)))
    return notices


def _unused_by_alias(alias: str, end: str, tables: Sequence[FallbackTable]) -> Notice | None:
    kinds = [table.kind for table in tables if end in table.rules and alias not in table.rules]
    if not kinds:
        return None
    found = f"a name of {quote(end)} whose {' and '.join(kinds)} a request by alias does not use"
    return Notice(("aliases", alias), found, f"write a rule for {quote(alias)} too")


def _chains(table: FallbackTable, in_cycles: frozenset[str]) -> Iterator[Notice]:
    for source, targets in table.rules.items():
        followed = [name for name in targets if name in table.rules and not {source, name} <= in_cycles]
        if followed and source != ANY_MODEL:
            found = (
                f"{quote_all(followed)}, which has fallbacks of its own: if it fails, they come before the next here"
            )
            remedy = "write the whole order into this list and take the other rule away"
            yield Notice(table.place(source), found, remedy)


def _cycle(table: FallbackTable, cycle: tuple[str, ...]) -> Notice:
    line = " → ".join((*cycle, cycle[0]))
    found = f"a cycle: {line}; LiteLLM 1.81.12 asks them in turn up to 6 times when all of them fail"
    return Notice(table.place(cycle[0]), found, f"take one of the rules of {quote_all(cycle)} away")


def _cycles(rules: Rules) -> Iterator[tuple[str, ...]]:
    """The shortest way from each name back to it, each set of names once."""
    seen = set()
    for source in sorted(rules):
        cycle = _way_back(source, rules)
        if cycle and frozenset(cycle) not in seen:
            seen.add(frozenset(cycle))
            yield cycle


def _way_back(source: str, rules: Rules) -> tuple[str, ...]:
    ways: list[tuple[str, ...]] = [(source,)]
    passed = {source}
    while ways:
        way = ways.pop(0)
        for name in rules.get(way[-1], ()):
            if name == source:
                return way
            if name not in passed:
                passed.add(name)
                ways.append((*way, name))
    return ()


def _smaller(table: FallbackTable, context: Callable[[str], int | None]) -> Iterator[Notice]:
    """For requests that are too long, an equal one is of no use either."""
    must_be_larger = table.kind == "context_window_fallbacks"
    for source, targets in table.rules.items():
        own = context(source)
        sizes = {name: size for name in targets if (size := context(name)) is not None}
        small = {name: size for name, size in sizes.items() if own and (size < own or (must_be_larger and size == own))}
        if own and small:
            listed = ", ".join(f"{quote(name)} ({size:,} tokens)" for name, size in small.items())
            found = f"{listed}, which reads {'no more' if must_be_larger else 'less'} than {quote(source)} ({own:,})"
            remedy = "choose one that reads more" if must_be_larger else "choose one that reads as much"
            yield Notice(table.place(source), found, remedy)
