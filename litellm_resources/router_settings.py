"""RouterSettings: aliases, fallbacks and further router keys, in one resource because the server has one row.

Takes what this program wants in that row; makes it so and keeps what others put there. The inputs are maps, so that a
preview shows the one alias or fallback that changes. The row can carry no marker: ours is what our last state holds;
what is there and not in it is others', kept and told once. One write sends everything, because 1.81.12 wipes what a
write leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.dynamic import CheckFailure, Resource

from litellm_resources.admin_api.errors import Foreign
from litellm_resources.admin_api.router_settings import ALIASES, FALLBACKS, RouterRow
from litellm_resources.comparison import live_declared
from litellm_resources.properties import Props, inputs_of, parse
from litellm_resources.provider import LitellmProvider, Live, owner_now
from litellm_resources.router_row import (
    NAMES,
    OTHERS,
    RouterSettingsInputs,
    Sections,
    conflict_with,
    known_sections,
    live_sections,
    still_different,
    taken_over,
    write,
)
from litellm_resources.session import ROUTER, GatewaySession

KIND = "LiteLLM"
IDENTITY = "router settings"


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
        known = known_sections(last)
        if all(set(mine) <= set(known_part) for mine, known_part in zip(inputs.sections, known, strict=True)):
            # Nothing that the state does not hold: nobody need be asked.
            return None
        row = session.router()
        self._tell_of_others(session, row, inputs.sections, known)
        conflict = session.routers.agreed(lambda rows: conflict_with(rows[ROUTER], inputs, known), bool)
        if conflict is None and (taken := taken_over(row, inputs, known)):
            session.warn_once(f"{IDENTITY}: in LiteLLM already, will be taken over: {', '.join(taken)}")
        return conflict

    def converge(self, session: GatewaySession, wanted: Props, _last: Props) -> Props:
        inputs, known = parse(RouterSettingsInputs, wanted), known_sections(_last)
        with session.writing() as client:
            session.forget_router()
            row = session.router()
            if (conflict := conflict_with(row, inputs, known)) is not None:
                found, _, remedy = conflict.partition("; ")
                raise Foreign(IDENTITY, found, remedy)
            write(client, row, inputs.sections, known)
        session.wait_until_seen(IDENTITY, lambda: still_different(_read_again(session), inputs, known))
        return {}

    def look(self, session: GatewaySession, last: Props) -> Live | None:
        inputs = parse(RouterSettingsInputs, last)
        return self._seen(session.routers, last, lambda rows: _live(rows[ROUTER], inputs, last))

    def remove(self, session: GatewaySession, last: Props) -> None:
        nothing = Sections({}, {}, {})
        with session.writing() as client:
            session.forget_router()
            write(client, session.router(), nothing, parse(RouterSettingsInputs, last).sections)
            session.forget_router()

    def _tell_of_others(self, session: GatewaySession, row: RouterRow, wanted: Sections, known: Sections) -> None:
        for name, theirs in live_sections(row)._replace(others={}).named().items():
            others = sorted(set(theirs) - set(wanted.named()[name]) - set(known.named()[name]))
            if others:
                session.warn_once(f"{IDENTITY}: kept as they are, made by others: {NAMES[name]} {', '.join(others)}")


def _live(row: RouterRow, inputs: RouterSettingsInputs, last: Props) -> Live:
    parts = zip((ALIASES, FALLBACKS, OTHERS), inputs.sections, live_sections(row), strict=True)
    fields: Props = {name: live_declared(mine, theirs) for name, mine, theirs in parts}
    return Live({**inputs_of(RouterSettingsInputs, last), **fields})


def _read_again(session: GatewaySession) -> RouterRow:
    session.forget_router()
    return session.router()


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
