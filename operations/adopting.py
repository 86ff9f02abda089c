"""What has to be written so that objects of LiteLLM which nobody owns become this stack's.

Takes what was found and the catalog; gives for each object what is written, and what would change in LiteLLM, or why it
cannot be. Every entry is tried in the resolved catalog before it counts: nothing is written that the program would make
otherwise than it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from pydantic import JsonValue

from litellm_resources.inventory.found import CannotAdopt, Changes, Entry, Form, Found, Secrets, Situation
from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.errors import CatalogError
from litellm_resources.session import GatewaySession
from operations import json_text
from operations.catalog_folder import Catalog

FALLBACKS, BASE_MARK = "fallbacks", "$base"


@dataclass(frozen=True)
class Step:
    """One object that can be taken over.

    Attributes:
        found: The object.
        identity: What the program tells it by.
        entry: What the catalog gets; None where it declares the object already.
        changes: What an `up` then changes in it.
        expected: Why some of that cannot be otherwise, by field.
        setting: Whether `litellm.adopt` has to name it.
        notes: What a person should know besides.
    """

    found: Found
    identity: str
    entry: Entry | None
    changes: Changes
    expected: Mapping[str, str]
    setting: bool
    notes: tuple[str, ...]


@dataclass
class Plan:
    """All that can be taken over, what cannot and why, and the catalog with the entries in it."""

    catalog: Catalog
    steps: list[Step] = field(default_factory=list)
    refused: list[tuple[Found, str]] = field(default_factory=list)


def plan(wanted: Iterable[Found], catalog: Catalog, session: GatewaySession, secrets: Secrets) -> Plan:
    """Plans to take over what is wanted, in its order.

    Raises:
        CatalogError: The catalog has mistakes as it stands.
    """
    made = Plan(catalog)
    for _, alike in groupby(wanted, key=lambda found: found.kind):
        _add(made, list(alike), session, secrets)
    return made


def _add(made: Plan, batch: Sequence[Found], session: GatewaySession, secrets: Secrets) -> None:
    """Adds objects of one kind to a plan: at once where that goes well, else each half by itself.

    To resolve the catalog takes its time, and there may be hundreds of them.
    """
    now = _situation(made.catalog, session, secrets)
    forms, refused = [], []
    for found in batch:
        try:
            forms.append((found, found.form_in(now)))
        except CannotAdopt as reason:
            refused.append((found, str(reason)))
    try:
        steps, catalog = _tried(forms, made.catalog, now, session, secrets)
    except CannotAdopt as reason:
        if len(batch) > 1:
            half = len(batch) // 2
            _add(made, batch[:half], session, secrets)
            _add(made, batch[half:], session, secrets)
            return
        refused, steps, catalog = [(batch[0], str(reason))], [], made.catalog
    made.steps += steps
    made.refused += refused
    made.catalog = catalog


def _tried(
    forms: Sequence[tuple[Found, Form]], catalog: Catalog, now: Situation, session: GatewaySession, secrets: Secrets
) -> tuple[list[Step], Catalog]:
    """The steps for objects that a catalog can say, and that catalog.

    Raises:
        CannotAdopt: Of one of them the catalog would make something else.
    """
    changed = catalog
    for _, form in forms:
        if form.changes(now) is None:
            changed = changed.with_text(_written(changed, form.entry))
    try:
        then = now if changed is catalog else _situation(changed, session, secrets)
    except CatalogError as error:
        problem = error.problems[0]
        raise CannotAdopt(f"the catalog would not do: {problem.path}: found {problem.found}", problem.remedy) from error
    return [_checked(found, form, now, then) for found, form in forms], changed


def _checked(found: Found, form: Form, now: Situation, then: Situation) -> Step:
    """One step, if the changed catalog says just what is there.

    Raises:
        CannotAdopt: It does not.
    """
    if (declared := form.changes(now)) is not None:
        return _step(found, form, None, declared)
    changes = form.changes(then)
    if changes is None:
        skipped = ", ".join(then.resolved.skipped)
        raise CannotAdopt(f"its provider has no key and is skipped ({skipped})", "give it a key first")
    if unwanted := {name: change for name, change in changes.items() if name not in form.expected}:
        remedy = "write it by hand, or change it there"
        raise CannotAdopt(f"the catalog would make it otherwise: {in_words(unwanted)}", remedy)
    return _step(found, form, form.entry, changes)


def _step(found: Found, form: Form, entry: Entry | None, changes: Changes) -> Step:
    return Step(found, form.identity, entry, changes, form.expected, form.needs_setting(changes), form.notes)


def _situation(catalog: Catalog, session: GatewaySession, secrets: Secrets) -> Situation:
    local = catalog.resolved.local_api_keys

    def key_now(provider: str) -> str | None:
        return local[provider].reveal() if provider in local else secrets.provider_key(provider)

    models = tuple(session.models.rows().values())
    known = replace(secrets, provider_key=key_now)
    return Situation(catalog.document, catalog.resolved, models, session.credentials.rows(), known)


def _written(catalog: Catalog, entry: Entry) -> str:
    """The environment's file with the entry in it."""
    text = catalog.text
    if not entry.is_appended:
        return json_text.with_value(text, entry.path, entry.value)
    if entry.path[0] in catalog.layers[1].document:
        return json_text.with_appended(text, entry.path, entry.value)
    # A list in this file would stand in place of the lower one.
    kept: list[JsonValue] = [{model: [BASE_MARK]} for model in _rules(catalog.layers[0].document)]
    return json_text.with_value(text, entry.path, [*kept, entry.value])


def _rules(document: JsonObject) -> list[str]:
    rules = document.get(FALLBACKS)
    return [model for rule in (rules if isinstance(rules, list) else []) if isinstance(rule, dict) for model in rule]


def in_words(changes: Changes) -> str:
    """What changes, field by field."""
    return ", ".join(f"{name}: {_word(live)} => {_word(wanted)}" for name, (live, wanted) in changes.items())


def _word(value: JsonValue) -> str:
    return "nothing" if value is None else json_text.compact(value)
