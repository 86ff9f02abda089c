"""Credentials that are not ours, and the provider that the catalog would need for one.

Takes rows; gives `Found` objects. The catalog makes one credential of each interface of a provider, so what it is to
take over must have such a name and such a base URL. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pydantic import JsonValue

from litellm_resources import router_record
from litellm_resources.admin_api.credentials import API_BASE, API_KEY, CredentialRow, may_be
from litellm_resources.inventory.found import CannotAdopt, Changes, Entry, Form, Found, Situation
from litellm_resources.leftover_rows import CREDENTIAL
from litellm_resources.ownership import owner_of
from litellm_resources.resolver.expansion import INTERFACES
from litellm_resources.session import GatewaySession

CUSTOM_PROVIDER = "custom_llm_provider"
BY_HAND = "make another in its place by hand, and delete it"


def listed(session: GatewaySession) -> Iterator[Found]:
    """All of them."""
    for row in session.credentials.rows().values():
        if router_record.is_part(row):
            continue
        base, names = row.credential_values.get(API_BASE), ", ".join(sorted(row.credential_values))
        yield Found(
            kind=CREDENTIAL,
            name=row.credential_name,
            row_id=row.credential_name,
            owner=owner_of(row.credential_info),
            detail=f"{base or 'no base URL'}; holds {names or 'nothing'}",
            form=partial(_form, row),
        )


def _form(row: CredentialRow, situation: Situation) -> Form:
    provider, interface = _parts(row.credential_name)
    others = sorted(set(row.credential_values) - {API_KEY, API_BASE})
    if others:
        raise CannotAdopt(f"it holds {', '.join(others)}, which the catalog does not know", BY_HAND)
    has_key = API_KEY in row.credential_values
    is_new = provider not in _providers(situation)
    if has_key and is_new and situation.secrets.provider_key(provider) is None:
        remedy = f"type: pulumi config set --secret litellm-api-keys:{provider}"
        raise CannotAdopt("LiteLLM never gives its key back", remedy)
    value: JsonValue = {"interfaces": {interface: {}}}
    if is_new:
        keyless = {} if has_key else {"requires_key": False}
        value = {**_base(row, interface), **keyless, "interfaces": {interface: {}}}
    expected = {CUSTOM_PROVIDER: "the catalog's name of what this interface speaks"}
    return Form(
        identity=row.credential_name,
        entry=Entry(("providers", provider), value),
        changes=partial(_changes, row),
        expected=expected,
    )


def _parts(name: str) -> tuple[str, str]:
    provider, _, interface = name.rpartition("-")
    if interface not in INTERFACES or not provider:
        ends = ", ".join(f"-{each}" for each in INTERFACES)
        raise CannotAdopt(f"the catalog's credentials are called <provider> and one of {ends}", BY_HAND)
    return provider, interface


def _base(row: CredentialRow, interface: str) -> dict[str, JsonValue]:
    base, suffix = row.credential_values.get(API_BASE), INTERFACES[interface].suffix
    if not isinstance(base, str):
        return {}
    if not base.endswith(suffix):
        raise CannotAdopt(f"its base URL does not end in {suffix}, which the catalog adds for {interface}", BY_HAND)
    return {API_BASE: base.removesuffix(suffix)}


def _providers(situation: Situation) -> dict[str, JsonValue]:
    found = situation.document.get("providers")
    return found if isinstance(found, dict) else {}


def _declared(name: str, situation: Situation) -> dict[str, JsonValue] | None:
    """The credential's values as the catalog wants them, its key left out."""
    spec = next((each for each in situation.resolved.credentials if each.name == name), None)
    return None if spec is None else {API_BASE: spec.api_base, CUSTOM_PROVIDER: spec.custom_llm_provider}


def _changes(row: CredentialRow, situation: Situation) -> Changes | None:
    wanted = _declared(row.credential_name, situation)
    if wanted is None:
        return None
    live = {
        API_BASE: row.credential_values.get(API_BASE),
        CUSTOM_PROVIDER: row.credential_info.get(CUSTOM_PROVIDER),
    }
    found = {name: (live[name], wanted[name]) for name in live if live[name] != wanted[name]}
    return {**found, **_key_changes(row, situation)}


def _key_changes(row: CredentialRow, situation: Situation) -> dict[str, tuple[JsonValue, JsonValue]]:
    """Of a key only whether the one in the config may be the live one."""
    spec = next(each for each in situation.resolved.credentials if each.name == row.credential_name)
    shown = row.credential_values.get(API_KEY)
    if spec.key_service is not None:
        return {API_KEY: ("(a key)" if shown else None, f"(the key of {spec.key_service})")}
    key = None if spec.key_provider is None else situation.secrets.provider_key(spec.key_provider)
    if shown is None or key is None:
        return {} if shown is None and key is None else {API_KEY: (shown and "(a key)", key and "(the config's key)")}
    return {} if may_be(shown, key) else {API_KEY: ("(another key)", "(the config's key)")}
