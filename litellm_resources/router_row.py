"""Our part of the router settings, and LiteLLM's row compared with it.

Takes what is wanted, what was ours and the row; says what is in the way, writes the row with everything that stays, and
says what a write did not do. What is ours in the row is what our last state holds: it can carry no marker.
"""

from __future__ import annotations

from typing import NamedTuple

from pydantic import Field, JsonValue

from litellm_resources.admin_api import router_settings
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.router_settings import ALIASES, FALLBACKS, RouterRow
from litellm_resources.admin_api.version import ROUTER_DEFAULTS_1_81
from litellm_resources.adoption import ADOPT_SETTING
from litellm_resources.comparison import same
from litellm_resources.properties import Props, ProviderInputs, parse

OTHERS = "other"
NAMES = {ALIASES: "alias", FALLBACKS: "fallbacks of", OTHERS: "router key"}


class Sections(NamedTuple):
    """The three maps that a row is made of."""

    aliases: dict[str, JsonValue]
    fallbacks: dict[str, JsonValue]
    others: dict[str, JsonValue]

    def named(self) -> dict[str, dict[str, JsonValue]]:
        """By the name of the input."""
        return dict(zip((ALIASES, FALLBACKS, OTHERS), self, strict=True))


class RouterSettingsInputs(ProviderInputs):
    """The part of the row that is ours."""

    model_group_alias: dict[str, JsonValue] = Field(default_factory=dict)
    fallbacks: dict[str, JsonValue] = Field(default_factory=dict)
    other: dict[str, JsonValue] = Field(default_factory=dict)
    adopt: list[str] = Field(default_factory=list)

    @property
    def sections(self) -> Sections:
        return Sections(self.model_group_alias, self.fallbacks, self.other)


def known_sections(last: Props) -> Sections:
    return parse(RouterSettingsInputs, last).sections if last else Sections({}, {}, {})


def live_sections(row: RouterRow) -> Sections:
    return Sections(row.aliases, row.fallbacks, row.current_values)


def set_by_somebody(row: RouterRow) -> Sections:
    return Sections(row.aliases, row.fallbacks, row.others)


def conflict_with(row: RouterRow, inputs: RouterSettingsInputs, known: Sections) -> str | None:
    """What we want to set, somebody else has set otherwise, and no setting allows to take over."""
    found = [
        f"{NAMES[section]} {name}"
        for section, theirs in set_by_somebody(row).named().items()
        for name, value in sorted(inputs.sections.named()[section].items())
        if name in theirs
        and name not in known.named()[section]
        and name not in inputs.adopt
        and not same(theirs[name], value)
    ]
    if not found:
        return None
    remedy = f"remove it there, or take it over: put its name into {ADOPT_SETTING}"
    return f"set in LiteLLM to another value and not by this program: {', '.join(found)}; {remedy}"


def taken_over(row: RouterRow, inputs: RouterSettingsInputs, known: Sections) -> list[str]:
    """What we want to set is there already, and our state does not hold it."""
    return [
        f"{NAMES[section]} {name}"
        for section, theirs in set_by_somebody(row).named().items()
        for name in sorted(inputs.sections.named()[section])
        if name in theirs and name not in known.named()[section]
    ]


def write(client: AdminClient, row: RouterRow, wanted: Sections, known: Sections) -> None:
    """Writes the row: what is there, without what was ours, with what is ours now."""
    router_settings.refuse_unknown_keys(client, wanted.others)
    there = set_by_somebody(row)
    kept = [
        {name: value for name, value in theirs.items() if name not in was_ours}
        for theirs, was_ours in zip(there, known, strict=True)
    ]
    aliases, fallbacks, others = ({**rest, **mine} for rest, mine in zip(kept, wanted, strict=True))
    dropped = {name: _default(name) for name in known.others if name not in wanted.others and name in there.others}
    back = {name: value for name, value in dropped.items() if value is not None}
    if back:
        # A key that is left out of the row lives on in the router's memory; so it is set back first.
        router_settings.write(client, aliases, fallbacks, {**others, **back})
    router_settings.write(client, aliases, fallbacks, others)


def _default(key: str) -> JsonValue:
    if key in ROUTER_DEFAULTS_1_81:
        return ROUTER_DEFAULTS_1_81[key]
    return [] if key.endswith(FALLBACKS) else None


def still_different(row: RouterRow, inputs: RouterSettingsInputs, known: Sections) -> str | None:
    """Names what a write should have set or removed and the row shows otherwise."""
    live = live_sections(row).named()
    wrong = [
        f"{NAMES[section]} {name}"
        for section, mine in inputs.sections.named().items()
        for name, value in sorted(mine.items())
        if not same(live[section].get(name), value)
    ]
    left = [
        f"{NAMES[section]} {name}"
        for section in (ALIASES, FALLBACKS)
        for name in sorted(known.named()[section])
        if name not in inputs.sections.named()[section] and name in live[section]
    ]
    return ", ".join([*(f"another {name}" for name in wrong), *(f"still {name}" for name in left)]) or None
