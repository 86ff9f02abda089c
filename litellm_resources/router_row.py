"""Our part of the router settings, and LiteLLM's row compared with it.

Takes what is wanted, what was ours and the row; says what is in the way, writes the row with everything that stays, and
says what a write did not do. What is ours in the row is what our last state holds and what the record says
(`router_record.py`): the row can carry no marker.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field, JsonValue, model_validator

from litellm_resources.admin_api import router_settings
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.router_settings import (
    ALIASES,
    CONTEXT_WINDOW,
    RULES,
    RouterRow,
    as_list,
    by_model,
)
from litellm_resources.admin_api.version import ROUTER_SET_BACK
from litellm_resources.adoption import ADOPT_SETTING
from litellm_resources.comparison import live_declared, same
from litellm_resources.properties import Props, ProviderInputs, parse
from litellm_resources.router_names import NAMES, OTHERS, Known

Sections = dict[str, dict[str, JsonValue]]


class RouterSettingsInputs(ProviderInputs):
    """The part of the row that is ours; `record`: the credential that says whose it is, None where nothing is."""

    model_group_alias: dict[str, JsonValue] = Field(default_factory=dict)
    fallbacks: dict[str, JsonValue] = Field(default_factory=dict)
    context_window_fallbacks: dict[str, JsonValue] = Field(default_factory=dict)
    content_policy_fallbacks: dict[str, JsonValue] = Field(default_factory=dict)
    other: dict[str, JsonValue] = Field(default_factory=dict)
    adopt: list[str] = Field(default_factory=list)
    record: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _with_rules_of_their_own(cls, props: Props) -> Props:
        """States of the first versions hold these rules as the list that is sent, among the other keys."""
        other = props.get(OTHERS)
        if not isinstance(other, dict) or CONTEXT_WINDOW not in other:
            return props
        rest = {name: value for name, value in other.items() if name != CONTEXT_WINDOW}
        return {CONTEXT_WINDOW: by_model(other[CONTEXT_WINDOW]), **props, OTHERS: rest}

    @property
    def sections(self) -> Sections:
        return {name: getattr(self, name) for name in NAMES}

    @property
    def keys(self) -> set[str]:
        """The router keys that are needed for it."""
        return {name for name in (ALIASES, *RULES) if self.sections[name]} | self.other.keys()


def known_sections(last: Props) -> Known:
    return parse(RouterSettingsInputs, last).sections if last else {}


def news(wanted: Sections, known: Known) -> Sections:
    """What is wanted and not known to be ours."""
    return {
        name: {key: value for key, value in mine.items() if key not in known.get(name, ())}
        for name, mine in wanted.items()
    }


def live_sections(row: RouterRow) -> Sections:
    return {**_named(row), OTHERS: row.current_values}


def ours_in(row: RouterRow, wanted: Sections, owned: Known) -> Sections:
    """Ours as it is in the row, and what else the record calls ours: a run that failed wrote it, no state holds it."""
    live, there = live_sections(row), set_by_somebody(row)
    left = {
        section: {name: value for name, value in there[section].items() if name in owned.get(section, ())}
        for section in wanted
    }
    return {section: {**left[section], **live_declared(mine, live[section])} for section, mine in wanted.items()}


def set_by_somebody(row: RouterRow) -> Sections:
    return {**_named(row), OTHERS: row.others}


def _named(row: RouterRow) -> Sections:
    return {ALIASES: row.aliases, **{kind: row.rules(kind) for kind in RULES}}


def conflict_with(row: RouterRow, inputs: RouterSettingsInputs, known: Known) -> str | None:
    """What we want to set, somebody else has set otherwise, and no setting allows to take over."""
    if in_file := row.in_file(inputs.keys):
        remedy = f"take {', '.join(in_file)} out of litellm.yaml, or out of the catalog"
        return f"set in the gateway's litellm.yaml, which wins: {', '.join(in_file)}; {remedy}"
    theirs = set_by_somebody(row)
    found = [
        f"{NAMES[section]} {name}"
        for section, mine in news(inputs.sections, known).items()
        for name, value in sorted(mine.items())
        if name in theirs[section] and name not in inputs.adopt and not same(theirs[section][name], value)
    ]
    if not found:
        return None
    remedy = f"remove it there, or take it over: put its name into {ADOPT_SETTING}"
    return f"set in LiteLLM to another value and not by this program: {', '.join(found)}; {remedy}"


def taken_over(row: RouterRow, inputs: RouterSettingsInputs, known: Known) -> list[str]:
    """What we want to set is there already, and is not known to be ours."""
    theirs = set_by_somebody(row)
    return [
        f"{NAMES[section]} {name}"
        for section, mine in news(inputs.sections, known).items()
        for name in sorted(mine)
        if name in theirs[section]
    ]


def others_of(row: RouterRow, wanted: Sections, known: Known) -> dict[str, list[str]]:
    """What others put there, by section; without the further keys, of which nobody can tell who set them."""
    found = {
        name: sorted(set(theirs) - set(wanted[name]) - set(known.get(name, ()))) for name, theirs in _named(row).items()
    }
    return {name: theirs for name, theirs in found.items() if theirs}


def write(client: AdminClient, rows: Sequence[RouterRow], wanted: Sections, known: Known) -> None:
    """Writes the row: what is there, without what was ours, with what is ours now. No default of the router is sent.

    Args:
        client: Of the gateway.
        rows: The row as each worker shows it: what others wrote over one of them moments ago, the next does not know.
        wanted: What is ours now.
        known: What was ours.
    """
    router_settings.refuse_dropped_keys(client, wanted[OTHERS].keys() | {kind for kind in RULES if wanted[kind]})
    views = [set_by_somebody(row) for row in rows]
    there = {name: {key: value for view in reversed(views) for key, value in view[name].items()} for name in NAMES}
    after = {
        name: {key: value for key, value in theirs.items() if key not in known.get(name, ())} | wanted[name]
        for name, theirs in there.items()
    }
    settings = {ALIASES: after[ALIASES], **after[OTHERS]}
    settings |= {kind: as_list(after[kind]) for kind in RULES if after[kind] or there[kind]}
    gone = [name for name in there[OTHERS] if name not in after[OTHERS]]
    back = {name: default for name in gone if (default := ROUTER_SET_BACK.get(name)) is not None}
    if back:
        # A key that is left out of the row lives on in the router's memory; so it is set back first.
        router_settings.write(client, {**settings, **back})
    router_settings.write(client, settings)


def still_different(row: RouterRow, inputs: RouterSettingsInputs, known: Known) -> str | None:
    """Names what a write should have set or removed and the row shows otherwise."""
    live = live_sections(row)
    wrong = [
        f"another {NAMES[section]} {name}"
        for section, mine in inputs.sections.items()
        for name, value in sorted(mine.items())
        if not same(live[section].get(name), value)
    ]
    left = [
        f"still {NAMES[section]} {name}"
        for section in (ALIASES, *RULES)
        for name in sorted(known.get(section, ()))
        if name not in inputs.sections[section] and name in live[section]
    ]
    return ", ".join([*wrong, *left]) or None
