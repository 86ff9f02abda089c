"""GatewayConfig: what of the gateway's `litellm.yaml` LiteLLM's database could override, held to what the file says.

Takes the settings that the file was rendered from; after a change of theirs reads back what counts, puts right what
the admin API can, and fails with the remedy where it cannot. Only 1.81.12 needs it (`admin_api/gateway_config.py`): it
writes its YAML into the database, which then wins over later edits of the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.dynamic import Resource
from pydantic import Field, JsonValue

from litellm_resources.admin_api import gateway_config
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import ReadBackMismatch
from litellm_resources.admin_api.gateway_config import OVERRIDING
from litellm_resources.comparison import same
from litellm_resources.properties import Props, ProviderInputs, inputs_of, parse
from litellm_resources.provider import LitellmProvider, Live, owner_now
from litellm_resources.session import GatewaySession

KIND = "LiteLLM"
IDENTITY = "gateway config"
Listed = Mapping[str, gateway_config.Field]


class GatewayConfigInputs(ProviderInputs):
    """What `litellm.yaml` says: those of `general_settings` that the database can override, and the callbacks."""

    general_settings: dict[str, JsonValue] = Field(default_factory=dict)
    callbacks: list[str] = Field(default_factory=list)


class GatewayConfigProvider(LitellmProvider):
    """Reads back; nothing in LiteLLM stands for this resource itself."""

    kind = KIND
    inputs_type = GatewayConfigInputs
    identity_field = IDENTITY
    replaced_by = frozenset()

    def standing(self, session: GatewaySession, wanted: Props, last: Props) -> str | None:
        """Gives no reason: the file is this stack's own."""

    def converge(self, session: GatewaySession, wanted: Props, _last: Props) -> Props:
        inputs = parse(GatewayConfigInputs, wanted)
        before = parse(GatewayConfigInputs, _last) if _last else inputs
        gone = {name: OVERRIDING[name] for name in before.general_settings if name not in inputs.general_settings}
        with session.writing() as client:
            if not client.differences.router_write_replaces:
                return {}
            _put_right(session, client, {**gone, **inputs.general_settings})
            _refuse_left_callbacks(client, set(before.callbacks) - set(inputs.callbacks))
        session.wait_until_seen(IDENTITY, lambda: _still_different(session, inputs))
        return {}

    def look(self, session: GatewaySession, last: Props) -> Live | None:
        return self._seen(session.gateway_fields, last, lambda listed: _live(listed, last))

    def remove(self, session: GatewaySession, last: Props) -> None:
        """Does nothing: the file stays what it is."""


def _put_right(session: GatewaySession, client: AdminClient, wanted: Mapping[str, JsonValue]) -> None:
    stale = [name for name, value in wanted.items() if _overrides(gateway_config.stored(client, name), value)]
    for name in stale:
        gateway_config.store(client, name, wanted[name])
    if stale:
        session.gateway_fields.forget()
        session.warn_once(
            f"{IDENTITY}: LiteLLM's database held another value than litellm.yaml, which would have won; put right, in "
            f"use within 30 s: {', '.join(sorted(stale))}"
        )


def _overrides(stored: JsonValue, wanted: JsonValue) -> bool:
    return stored not in (None, [], {}) and not same(stored, wanted)


def _refuse_left_callbacks(client: AdminClient, gone: set[str]) -> None:
    """A callback that left the file lives on in the database, out of which no call of 1.81.12 takes it.

    Raises:
        ReadBackMismatch: With the way out.
    """
    left = sorted(gone & gateway_config.callbacks(client)) if gone else []
    if left:
        remedy = (
            "take it out of the database: UPDATE \"LiteLLM_Config\" SET param_value = param_value - 'callbacks' - "
            "'success_callback' - 'failure_callback' WHERE param_name = 'litellm_settings'; then restart the gateway's "
            "tasks (docker service update --force) and run again"
        )
        raise ReadBackMismatch(
            IDENTITY, f"litellm.yaml names it no more, and LiteLLM uses it: {', '.join(left)}", remedy
        )


def _still_different(session: GatewaySession, inputs: GatewayConfigInputs) -> str | None:
    session.gateway_fields.forget()
    live = _shown(session.gateway_fields.rows(), inputs)
    wrong = [name for name, value in live.items() if not same(value, inputs.general_settings[name])]
    return f"another {', '.join(wrong)}" if wrong else None


def _live(listed: Listed, last: Props) -> Live:
    inputs = parse(GatewayConfigInputs, last)
    return Live(
        {**inputs_of(GatewayConfigInputs, last), "general_settings": inputs.general_settings | _shown(listed, inputs)}
    )


def _shown(listed: Listed, inputs: GatewayConfigInputs) -> dict[str, JsonValue]:
    """The values that count, of those that are listed; of what is no plain value LiteLLM shows more than the file."""
    return {
        name: value if same(value, listed[name].field_value) else listed[name].field_value
        for name, value in inputs.general_settings.items()
        if name in listed and not isinstance(value, dict | list)
    }


@dataclass(frozen=True, kw_only=True)
class GatewayConfigArgs:
    """What the rendered `litellm.yaml` says.

    Attributes:
        general_settings: The section as it is; what the database cannot override is passed over.
        callbacks: The names in all lists of callbacks of `litellm_settings`.
    """

    general_settings: Mapping[str, Any] = field(default_factory=dict)
    callbacks: Sequence[str] = ()


class GatewayConfig(Resource, module="litellm", name="GatewayConfig"):
    """What of `litellm.yaml` shall count; see the module. It comes after the gateway's rollout and router settings."""

    def __init__(self, name: str, args: GatewayConfigArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props = {
            "owner": owner_now(),
            "general_settings": {key: args.general_settings[key] for key in OVERRIDING if key in args.general_settings},
            "callbacks": sorted(set(args.callbacks)),
        }
        super().__init__(GatewayConfigProvider(), name, props, opts)
