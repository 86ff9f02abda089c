"""A credential as it is wanted, and one of LiteLLM compared with it.

Takes inputs and a row; says how the row reads in our words. The key never comes back, so a keyed hash of it is noted in
`credential_info`: it tells which key this program wrote last. A key that somebody else wrote and left that note alone
is told by the two signs at either end, which LiteLLM shows; one with the same four signs is not seen. Pure.
"""

from __future__ import annotations

from pydantic import Field, JsonValue

from litellm_resources.admin_api.credentials import API_BASE, API_KEY, CredentialRow, may_be
from litellm_resources.ownership import marker, noted, owner_of
from litellm_resources.properties import Props, ProviderInputs

CUSTOM_PROVIDER = "custom_llm_provider"
FINGERPRINT = "api_key_fingerprint"
NO_KEY = "(no key)"
ANOTHER_KEY = "(another key)"
UNKNOWN_KEY = "(unknown)"


class CredentialInputs(ProviderInputs):
    """A credential as it is wanted.

    `identity` is its name in the catalog, `credential_name` that of the row in LiteLLM: the two differ once a value was
    removed, for that takes another row. `other_values` are value names that somebody added by hand: we want none.
    """

    credential_name: str
    identity: str | None = None
    fingerprint_key: str
    api_key: str | None = None
    api_base: str | None = None
    custom_llm_provider: str | None = None
    api_key_fingerprint: str = NO_KEY
    other_values: list[str] = Field(default_factory=list)
    adopt: bool = False

    @property
    def catalog_name(self) -> str:
        """Its name in the catalog; a state of before there were other rows holds only the row's, which is the same."""
        return self.credential_name if self.identity is None else self.identity

    @property
    def values(self) -> dict[str, JsonValue]:
        """What LiteLLM keeps encrypted."""
        found: dict[str, JsonValue] = {API_KEY: self.api_key, API_BASE: self.api_base}
        return {name: value for name, value in found.items() if value is not None}

    def info(self, others: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """What LiteLLM keeps in clear; `others` is what somebody else noted there."""
        own = {} if self.custom_llm_provider is None else {CUSTOM_PROVIDER: self.custom_llm_provider}
        return {**others, **own, **marker(self.owner, self.catalog_name, fingerprint=self.api_key_fingerprint)}


def is_of(row: CredentialRow, inputs: CredentialInputs) -> bool:
    """Whether the row carries our marker with this identity."""
    return (
        owner_of(row.credential_info) == inputs.owner and noted(row.credential_info, "identity") == inputs.catalog_name
    )


def too_many(inputs: CredentialInputs, row: CredentialRow) -> list[str]:
    """The values that the row holds and nobody wants: no write to a row takes one out."""
    return sorted(set(row.credential_values) - set(inputs.values))


def live_fields(row: CredentialRow, known: CredentialInputs) -> Props:
    """The inputs that can be read; None where there is nothing. `known` holds the key that shall be there."""
    base, kind = row.credential_values.get(API_BASE), row.credential_info.get(CUSTOM_PROVIDER)
    others = sorted(set(row.credential_values) - {API_KEY, API_BASE})
    return {
        API_BASE: base,
        CUSTOM_PROVIDER: kind,
        FINGERPRINT: _live_fingerprint(row, known.api_key),
        "other_values": list[JsonValue](others),
        "owner": owner_of(row.credential_info),
    }


def differences(inputs: CredentialInputs, row: CredentialRow) -> list[str]:
    """Names what differs between the wanted and the live credential."""
    wanted = inputs.model_dump()
    return [name for name, value in live_fields(row, inputs).items() if wanted[name] != value]


def to_write(inputs: CredentialInputs, row: CredentialRow) -> list[str]:
    """Of what differs that which a write to the row settles."""
    unsettled = {
        "other_values": True,
        API_BASE: inputs.api_base is None,
        FINGERPRINT: inputs.api_key is None,
    }
    return [name for name in differences(inputs, row) if not unsettled.get(name)]


def _live_fingerprint(row: CredentialRow, known: str | None) -> str:
    shown = row.credential_values.get(API_KEY)
    if shown is None:
        return NO_KEY
    if known is None:
        return ANOTHER_KEY
    noted_one = noted(row.credential_info, "fingerprint") or UNKNOWN_KEY
    return noted_one if may_be(shown, known) else ANOTHER_KEY
