"""RouterSettings: aliases, fallbacks and further router keys, in one resource because the server has one row.

Takes what this program wants in that row; makes it so and keeps what others put there. The inputs are maps, so that a
preview shows the one alias or fallback that changes. The row can carry no marker: ours is what our last state holds;
what is there and not in it is others', kept and told once. One write sends everything, because 1.81.12 wipes what a
write leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pulumi
from pulumi.dynamic import CheckFailure, Resource
from pydantic import Field, JsonValue

from litellm_resources.admin_api import router_settings
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import Foreign
from litellm_resources.admin_api.router_settings import ALIASES, FALLBACKS, RouterRow
from litellm_resources.admin_api.version import ROUTER_DEFAULTS_1_81
from litellm_resources.comparison import live_declared, same
from litellm_resources.provider import (
    ADOPT_SETTING,
    LitellmProvider,
    Live,
    Props,
    ProviderInputs,
    inputs_of,
    owner_now,
    parse,
)
from litellm_resources.session import GatewaySession

KIND = "LiteLLM"
IDENTITY = "router settings"
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


class RouterSettingsProvider(LitellmProvider):
    """Writes our part of the row."""

    kind = KIND
    inputs_type = RouterSettingsInputs
    identity_field = IDENTITY
    replaced_by = frozenset()

    def faults(self, _wanted: Props) -> list[CheckFailure]:
        misplaced = sorted({ALIASES, FALLBACKS} & set(parse(RouterSettingsInputs, _wanted).other))
        return [CheckFailure(f"{OTHERS}.{name}", f"has an input of its own: {name}") for name in misplaced]

    def standing(self, session: GatewaySession, wanted: Props, last: Props) -> str | None:
        inputs = parse(RouterSettingsInputs, wanted)
        known = _known(last)
        if all(set(mine) <= set(known_part) for mine, known_part in zip(inputs.sections, known, strict=True)):
            # Nothing that the state does not hold: nobody need be asked.
            return None
        row = session.router()
        self._tell_of_others(session, row, inputs.sections, known)
        return _conflict(row, inputs, known)

    def converge(self, session: GatewaySession, wanted: Props, _last: Props) -> Props:
        inputs, known = parse(RouterSettingsInputs, wanted), _known(_last)
        with session.writing() as client:
            session.forget_router()
            row = session.router()
            if (conflict := _conflict(row, inputs, known)) is not None:
                found, _, remedy = conflict.partition("; ")
                raise Foreign(IDENTITY, found, remedy)
            _write(client, row, inputs.sections, known)
        session.wait_until_seen(IDENTITY, lambda: _still_different(session, inputs, known))
        return {}

    def look(self, session: GatewaySession, last: Props) -> Live | None:
        inputs = parse(RouterSettingsInputs, last)
        live = _live(session.router())
        parts = zip((ALIASES, FALLBACKS, OTHERS), inputs.sections, live, strict=True)
        fields: Props = {name: live_declared(mine, theirs) for name, mine, theirs in parts}
        return Live({**inputs_of(RouterSettingsInputs, last), **fields})

    def remove(self, session: GatewaySession, last: Props) -> None:
        nothing = Sections({}, {}, {})
        with session.writing() as client:
            session.forget_router()
            _write(client, session.router(), nothing, parse(RouterSettingsInputs, last).sections)
            session.forget_router()

    def _tell_of_others(self, session: GatewaySession, row: RouterRow, wanted: Sections, known: Sections) -> None:
        for name, theirs in _live(row)._replace(others={}).named().items():
            others = sorted(set(theirs) - set(wanted.named()[name]) - set(known.named()[name]))
            if others:
                session.say_once(f"{IDENTITY}: kept as they are, made by others: {NAMES[name]} {', '.join(others)}")


def _known(last: Props) -> Sections:
    return parse(RouterSettingsInputs, last).sections if last else Sections({}, {}, {})


def _live(row: RouterRow) -> Sections:
    return Sections(row.aliases, row.fallbacks, row.current_values)


def _set_by_somebody(row: RouterRow) -> Sections:
    return Sections(row.aliases, row.fallbacks, row.others)


def _conflict(row: RouterRow, inputs: RouterSettingsInputs, known: Sections) -> str | None:
    """What we want to set, somebody else has set otherwise, and no setting allows to take over."""
    found = [
        f"{NAMES[section]} {name}"
        for section, theirs in _set_by_somebody(row).named().items()
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


def _write(client: AdminClient, row: RouterRow, wanted: Sections, known: Sections) -> None:
    """Writes the row: what is there, without what was ours, with what is ours now."""
    router_settings.refuse_unknown_keys(client, wanted.others)
    there = _set_by_somebody(row)
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


def _still_different(session: GatewaySession, inputs: RouterSettingsInputs, known: Sections) -> str | None:
    session.forget_router()
    live = _live(session.router()).named()
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


@dataclass(frozen=True, kw_only=True)
class RouterSettingsArgs:
    """What the row shall hold.

    Attributes:
        model_group_alias: Alias to model name, or to `{"model": …, "hidden": true}`.
        fallbacks: Objects of one key each: model to its targets in order.
        other: Further router keys, exactly as LiteLLM takes them.
        adopt: Names of aliases, models with fallbacks and router keys that may be taken over from others.
    """

    model_group_alias: Mapping[str, Any] = field(default_factory=dict)
    fallbacks: Sequence[Mapping[str, Sequence[str]]] = ()
    other: Mapping[str, Any] = field(default_factory=dict)
    adopt: Sequence[str] = ()


class RouterSettings(Resource, module="litellm", name="RouterSettings"):
    """Our part of the router settings; see the module."""

    def __init__(self, name: str, args: RouterSettingsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props = {
            "owner": owner_now(),
            "model_group_alias": dict(args.model_group_alias),
            "fallbacks": {model: list(targets) for entry in args.fallbacks for model, targets in entry.items()},
            "other": dict(args.other),
            "adopt": list(args.adopt),
        }
        super().__init__(RouterSettingsProvider(), name, props, opts)
