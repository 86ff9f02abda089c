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

from litellm_resources.admin_api import gateway_config, litellm_settings
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import ReadBackMismatch
from litellm_resources.admin_api.gateway_config import OVERRIDING
from litellm_resources.admin_api.litellm_settings import NEW_USERS, Setting
from litellm_resources.comparison import same
from litellm_resources.properties import Props, ProviderInputs, inputs_of, parse
from litellm_resources.provider import LitellmProvider, Live, owner_now
from litellm_resources.session import GatewaySession

KIND = "LiteLLM"
IDENTITY = "gateway config"
OVERRIDDEN = (
    f"{IDENTITY}: LiteLLM's database held another value than litellm.yaml, which would have won; put right, in use "
    "within 30 s: {}"
)
WAY_OUT = (
    'take it out of the database: UPDATE "LiteLLM_Config" SET param_value = param_value - {} WHERE param_name = '
    "'litellm_settings'; then restart the gateway's tasks (docker service update --force) and run again"
)
CALLBACK_LISTS = "'callbacks' - 'success_callback' - 'failure_callback'"
Listed = Mapping[str, gateway_config.Field]


class GatewayConfigInputs(ProviderInputs):
    """What `litellm.yaml` says: those settings that the database can override, and the callbacks."""

    general_settings: dict[str, JsonValue] = Field(default_factory=dict)
    litellm_settings: dict[str, dict[str, JsonValue]] = Field(default_factory=dict)
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
        of_litellm = {**dict.fromkeys(before.litellm_settings, Setting()), **inputs.litellm_settings}
        with session.writing() as client:
            if not client.differences.router_write_replaces:
                return {}
            _put_right(session, client, {**gone, **inputs.general_settings})
            _put_settings_right(session, client, of_litellm)
            _refuse_left_callbacks(client, set(before.callbacks) - set(inputs.callbacks))
        session.wait_until_seen(IDENTITY, lambda: _still_different(session, inputs, of_litellm))
        return {}

    def look(self, session: GatewaySession, last: Props) -> Live | None:
        live = self._seen(session.gateway_fields, last, lambda listed: _live(listed, last))
        said = parse(GatewayConfigInputs, last).litellm_settings
        if live is None or not said or not session.client.differences.router_write_replaces:
            return live
        counts = session.litellm_settings.rows()
        shown: Props = {
            name: value if _counts_as(name, value, counts) else counts[name] for name, value in said.items()
        }
        return Live({**live.inputs, "litellm_settings": shown})

    def remove(self, session: GatewaySession, last: Props) -> None:
        """Does nothing: the file stays what it is."""


def _put_right(session: GatewaySession, client: AdminClient, wanted: Mapping[str, JsonValue]) -> None:
    stale = [name for name, value in wanted.items() if _overrides(gateway_config.stored(client, name), value)]
    for name in stale:
        gateway_config.store(client, name, wanted[name])
    if stale:
        session.gateway_fields.forget()
        session.warn_once(OVERRIDDEN.format(", ".join(sorted(stale))))


def _put_settings_right(session: GatewaySession, client: AdminClient, wanted: Mapping[str, Setting]) -> None:
    """The same for `litellm_settings`; one without a value left the file.

    Raises:
        ReadBackMismatch: One left the file, and no call gives it up.
    """
    if not wanted:
        return
    counts = litellm_settings.read_all(client)
    stale = {name: value for name, value in wanted.items() if not _counts_as(name, value, counts)}
    stays = NEW_USERS in stale and not stale[NEW_USERS]
    changed = sorted(stale.keys() - ({NEW_USERS} if stays else set()))
    for name in changed:
        litellm_settings.change(client, name, stale[name])
    if changed:
        session.litellm_settings.forget()
        session.warn_once(OVERRIDDEN.format(", ".join(changed)))
    if stays:
        found = f"litellm.yaml names it no more, and LiteLLM uses it: {NEW_USERS}"
        raise ReadBackMismatch(IDENTITY, found, WAY_OUT.format(f"'{NEW_USERS}'"))


def _counts_as(name: str, value: Setting, counts: Mapping[str, Setting]) -> bool:
    """Whether what the file says of a setting is what counts."""
    return same(litellm_settings.stated(name, value), counts[name])


def _overrides(stored: JsonValue, wanted: JsonValue) -> bool:
    return stored not in (None, [], {}) and not same(stored, wanted)


def _refuse_left_callbacks(client: AdminClient, gone: set[str]) -> None:
    """A callback that left the file lives on in the database, out of which no call of 1.81.12 takes it.

    Raises:
        ReadBackMismatch: With the way out.
    """
    left = sorted(gone & gateway_config.callbacks(client)) if gone else []
    if left:
        found = f"litellm.yaml names it no more, and LiteLLM uses it: {', '.join(left)}"
        raise ReadBackMismatch(IDENTITY, found, WAY_OUT.format(CALLBACK_LISTS))


def _still_different(
    session: GatewaySession, inputs: GatewayConfigInputs, of_litellm: Mapping[str, Setting]
) -> str | None:
    session.gateway_fields.forget()
    live = _shown(session.gateway_fields.rows(), inputs)
    wrong = [name for name, value in live.items() if not same(value, inputs.general_settings[name])]
    if of_litellm:
        session.litellm_settings.forget()
        counts = session.litellm_settings.rows()
        wrong += [name for name, value in of_litellm.items() if not _counts_as(name, value, counts)]
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
        litellm_settings: The section as it is, in the same way.
        callbacks: The names in all lists of callbacks of `litellm_settings`.
    """

    general_settings: Mapping[str, Any] = field(default_factory=dict)
    litellm_settings: Mapping[str, Any] = field(default_factory=dict)
    callbacks: Sequence[str] = ()


class GatewayConfig(Resource, module="litellm", name="GatewayConfig"):
    """What of `litellm.yaml` shall count; see the module. It comes after the gateway's rollout and router settings."""

    def __init__(self, name: str, args: GatewayConfigArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, Any] = {
            "owner": owner_now(),
            "general_settings": {key: args.general_settings[key] for key in OVERRIDING if key in args.general_settings},
            "callbacks": sorted(set(args.callbacks)),
        }
        settings = {key: args.litellm_settings[key] for key in litellm_settings.PATHS if args.litellm_settings.get(key)}
        # Left out when empty: states of the first version do not have it.
        props |= {"litellm_settings": settings} if settings else {}
        super().__init__(GatewayConfigProvider(), name, props, opts)
