"""A virtual key for somebody by e-mail address, as the original's `create_api_key.py` made it: by hand, in no catalog.

Takes a client of the admin API, an address, an alias and a value; makes the user where there is none, then the key.
Neither carries a stack's marker: no `up` changes or removes them.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from litellm_resources.admin_api import keys, users
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.resolver.accounts import is_address
from litellm_resources.resolver.old_keys import OLD_SUFFIX, is_reserved
from operations.errors import OperationsError

PREFIX = "sk-"
# 1.109.1 takes no shorter ones.
SHORTEST = 16
RANDOM_BYTES = 32
USER: Mapping[str, JsonValue] = {"user_role": "internal_user_viewer", "models": ["General"]}
KEY: Mapping[str, JsonValue] = {"models": ["all-team-models"], "key_type": "llm_api"}


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """A key to be made."""

    email: str
    alias: str
    value: str = field(repr=False)


def asked_for(email: str, alias: str | None, value: str | None) -> NewKey:
    """What was typed, checked; without an alias the part before the @, without a value a random one.

    Raises:
        OperationsError: LiteLLM, or this program, takes no such thing.
    """
    if not is_address(email):
        raise OperationsError(f"EMAIL: found {email!r}, allowed is NAME@DOMAIN; correct it")
    alias = alias or email.partition("@")[0]
    if is_reserved(alias):
        raise OperationsError(f"ALIAS: found {alias!r}, but what ends with {OLD_SUFFIX} is a rotated key; take another")
    value = value if value is not None else PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    if not value.startswith(PREFIX):
        raise OperationsError(f"VALUE: found one that does not begin with {PREFIX}, which LiteLLM asks for; add it")
    if len(value) < SHORTEST:
        raise OperationsError(
            f"VALUE: found {len(value)} characters, allowed are {SHORTEST} or more; take a longer one"
        )
    return NewKey(email=email, alias=alias, value=value)


def create(client: AdminClient, wanted: NewKey) -> None:
    """Makes the user where there is none, and the key.

    Raises:
        OperationsError: The alias or the value is taken; nothing was made.
        AdminApiError: LiteLLM failed or refused.
    """
    if keys.is_taken(client, wanted.alias):
        raise OperationsError(
            f"ALIAS: {wanted.alias!r} is a key in LiteLLM already; nothing was made; type: make create-key "
            "EMAIL=… ALIAS=another"
        )
    token = keys.token_of(wanted.value)
    if keys.read_one(client, token) is not None:
        # LiteLLM would echo the request and store nothing.
        raise OperationsError("VALUE: a key in LiteLLM has this value already; nothing was made; take another")
    user_id = users.id_by_email(client, wanted.email) or users.create(client, {"user_email": wanted.email, **USER})
    keys.create(client, wanted.value, {"key_alias": wanted.alias, "user_id": user_id, **KEY})
    if keys.read_one(client, token) is None:
        raise OperationsError(
            f"create-key: LiteLLM took the key {wanted.alias!r} and does not show it; look into the gateway's log, "
            "then try again"
        )
