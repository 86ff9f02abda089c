"""RouterSettings: aliases, fallbacks and further router keys, in one resource because the server has one row.

Takes what this program wants in that row; makes it so and keeps what others put there. The inputs are maps, so that a
preview shows the one alias or fallback that changes. The row can carry no marker: what is ours in it our last state
holds, and a record beside it (`router_record.py`), which also says which one stack may write it; what else is there is
others', kept and told once. One write sends everything, because 1.81.12 wipes what a write leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.dynamic import CheckFailure, Resource

from litellm_resources import router_record
from litellm_resources.admin_api.errors import Foreign
from litellm_resources.admin_api.router_settings import (
    ALIASES,
    CONTENT_POLICY,
    CONTEXT_WINDOW,
    RULES,
    RouterRow,
    dropped_keys,
)
from litellm_resources.properties import Props, inputs_of, parse
from litellm_resources.provider import LitellmProvider, Live, owner_now
from litellm_resources.router_names import NAMES, OTHERS, Known, together
from litellm_resources.router_record import RECORD
from litellm_resources.router_row import (
    RouterSettingsInputs,
    Sections,
    conflict_with,
    known_sections,
    news,
    others_of,
    ours_in,
    still_different,
    taken_over,
    write,
)
from litellm_resources.session import ROUTER, GatewaySession

KIND = "LiteLLM"
IDENTITY = router_record.WHAT
Rules = Sequence[Mapping[str, Sequence[str]]]


class RouterSettingsProvider(LitellmProvider):
    """Writes our part of the row."""

    kind = KIND
    inputs_type = RouterSettingsInputs
    identity_field = IDENTITY
    replaced_by = frozenset()

    def faults(self, _wanted: Props) -> list[CheckFailure]:
        other = _wanted.get(OTHERS)
        misplaced = [name for name in (ALIASES, *RULES) if isinstance(other, dict) and name in other]
        return [CheckFailure(f"{OTHERS}.{name}", f"has an input of its own: {name}") for name in misplaced]

    def standing(self, session: GatewaySession, wanted: Props, last: Props) -> str | None:
        inputs, in_state = parse(RouterSettingsInputs, wanted), known_sections(last)
        unrecorded = inputs.record is not None and last.get("record") is None
        if unrecorded and (reason := router_record.why_not_ours(session, inputs.owner)) is not None:
            return reason
        if not any(news(inputs.sections, in_state).values()):
            # Nothing that the state does not hold: nobody need be asked.
            return None
        if (dropped := dropped_keys(session.client, inputs.keys)) is not None:
            return "; ".join(dropped)
        row, known = session.router(), together(in_state, router_record.owned(session, inputs.owner))
        self._tell_of_others(session, row, inputs.sections, known)
        conflict = session.routers.agreed(lambda rows: conflict_with(rows[ROUTER], inputs, known), bool)
        if conflict is None and (taken := taken_over(row, inputs, in_state)):
            session.warn_once(f"{IDENTITY}: in LiteLLM already, will be taken over: {', '.join(taken)}")
        return conflict

    def converge(self, session: GatewaySession, wanted: Props, _last: Props) -> Props:
        inputs = parse(RouterSettingsInputs, wanted)
        with session.writing() as client:
            known = together(known_sections(_last), router_record.owned(session, inputs.owner))
            row = _read_again(session)
            if (conflict := conflict_with(row, inputs, known)) is not None:
                found, _, remedy = conflict.partition("; ")
                raise Foreign(IDENTITY, found, remedy)
            if inputs.record is not None:
                router_record.write(session, client, inputs.owner, together(known, inputs.sections))
            write(client, _as_every_worker_shows_it(session), inputs.sections, known)
        session.wait_until_seen(IDENTITY, lambda: still_different(_read_again(session), inputs, known))
        with session.writing() as client:
            if inputs.record is None:
                router_record.remove(session, client, inputs.owner)
            else:
                router_record.settle(session, client, inputs.owner, inputs.sections)
        return {}

    def look(self, session: GatewaySession, last: Props) -> Live | None:
        inputs = parse(RouterSettingsInputs, last)
        owned = router_record.owned(session, inputs.owner)
        live = self._seen(session.routers, last, lambda rows: _live(rows[ROUTER], inputs, last, owned))
        recorded = session.credentials.agreed(
            lambda listed: router_record.shown(listed, inputs.owner), lambda found: found != inputs.record
        )
        return Live({**live.inputs, "record": recorded}) if live is not None else None

    def remove(self, session: GatewaySession, last: Props) -> None:
        inputs = parse(RouterSettingsInputs, last)
        with session.writing() as client:
            known = together(inputs.sections, router_record.owned(session, inputs.owner))
            session.forget_router()
            write(client, _as_every_worker_shows_it(session), {name: {} for name in NAMES}, known)
            session.forget_router()
            router_record.remove(session, client, inputs.owner)

    def _tell_of_others(self, session: GatewaySession, row: RouterRow, wanted: Sections, known: Known) -> None:
        for name, others in others_of(row, wanted, known).items():
            session.warn_once(f"{IDENTITY}: kept as they are, made by others: {NAMES[name]} {', '.join(others)}")


def _live(row: RouterRow, inputs: RouterSettingsInputs, last: Props, owned: Known) -> Live:
    fields = ours_in(row, inputs.sections, owned)
    kept = {name: value for name, value in fields.items() if value or name in last}
    return Live({**inputs_of(RouterSettingsInputs, last), **kept})


def _read_again(session: GatewaySession) -> RouterRow:
    session.forget_router()
    return session.router()


def _as_every_worker_shows_it(session: GatewaySession) -> list[RouterRow]:
    return [rows[ROUTER] for rows in session.routers.every_answer()]


@dataclass(frozen=True, kw_only=True)
class RouterSettingsArgs:
    """What the row shall hold.

    Attributes:
        model_group_alias: Alias to model name, or to `{"model": …, "hidden": true}`.
        fallbacks: Objects of one key each: model to its targets in order.
        context_window_fallbacks: The same, where the context is too long.
        content_policy_fallbacks: The same, where a provider refuses the content.
        other: Further router keys, exactly as LiteLLM takes them.
        adopt: Names of aliases, models with fallbacks and router keys that may be taken over from others.
    """

    model_group_alias: Mapping[str, Any] = field(default_factory=dict)
    fallbacks: Rules = ()
    context_window_fallbacks: Rules = ()
    content_policy_fallbacks: Rules = ()
    other: Mapping[str, Any] = field(default_factory=dict)
    adopt: Sequence[str] = ()


class RouterSettings(Resource, module="litellm", name="RouterSettings"):
    """Our part of the router settings; see the module. One that declares nothing leaves them to another stack."""

    def __init__(self, name: str, args: RouterSettingsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        sections: dict[str, dict[str, Any]] = {
            "model_group_alias": dict(args.model_group_alias),
            "fallbacks": _by_model(args.fallbacks),
            "other": dict(args.other),
        }
        rarer = {CONTEXT_WINDOW: args.context_window_fallbacks, CONTENT_POLICY: args.content_policy_fallbacks}
        # Left out when empty: states of the first versions do not have them.
        sections |= {kind: _by_model(rules) for kind, rules in rarer.items() if rules}
        record = RECORD if any(sections.values()) else None
        props = {"owner": owner_now(), **sections, "adopt": list(args.adopt), "record": record}
        super().__init__(RouterSettingsProvider(), name, props, opts)


def _by_model(rules: Rules) -> dict[str, Any]:
    return {model: list(targets) for entry in rules for model, targets in entry.items()}
