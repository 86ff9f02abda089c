"""Users and virtual keys.

Takes the authored users and keys and the names that a key may list; gives specs and faults.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from litellm_resources.resolver.authored import AuthoredKey, AuthoredUser
from litellm_resources.resolver.document import Path
from litellm_resources.resolver.errors import Fault, quote, quote_all, unknown_name
from litellm_resources.resolver.limits import OF_ACCOUNTS, those_set
from litellm_resources.resolver.listed_models import model_faults
from litellm_resources.resolver.old_keys import OLD_SUFFIX, is_reserved
from litellm_resources.resolver.resolved import KeySpec, UserSpec

# LiteLLM takes anything for an address.
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True)
class Accounts:
    """Who may use the gateway."""

    users: tuple[UserSpec, ...]
    keys: tuple[KeySpec, ...]
    faults: tuple[Fault, ...]


def expand_accounts(
    users: Mapping[str, AuthoredUser], keys: Mapping[str, AuthoredKey], names: frozenset[str]
) -> Accounts:
    """Users and keys; `names` are model names, aliases and access groups."""
    faults = _repeated_emails(users)
    for user_id, user in sorted(users.items()):
        faults += model_faults(("users", user_id), user.models, names)
        if user.user_email and not is_address(user.user_email):
            found = f"{quote(user.user_email)}, which is no address"
            faults.append(Fault(("users", user_id, "user_email"), found, "NAME@DOMAIN, or nothing", "correct it"))
    for alias, key in sorted(keys.items()):
        faults += model_faults(("keys", alias), key.models, names)
        if is_reserved(alias):
            faults.append(_reserved(("keys", alias)))
        if key.user is not None and key.user not in users:
            allowed = f"a user id ({quote_all(users)}) or null"
            faults.append(unknown_name(("keys", alias, "user"), key.user, "user", users, allowed, "write null"))
    return Accounts(
        tuple(_user(user_id, user) for user_id, user in sorted(users.items())),
        tuple(_key(alias, key) for alias, key in sorted(keys.items())),
        tuple(faults),
    )


def is_address(text: str) -> bool:
    """Whether mail could go there, as far as its form tells."""
    return ADDRESS.fullmatch(text) is not None


def _user(user_id: str, user: AuthoredUser) -> UserSpec:
    return UserSpec(
        user_id=user_id,
        user_email=user.user_email or None,
        user_alias=user.user_alias or None,
        user_role=user.user_role,
        models=tuple(user.models),
        limits=those_set(user, OF_ACCOUNTS),
        metadata=dict(user.metadata),
    )


def _key(alias: str, key: AuthoredKey) -> KeySpec:
    return KeySpec(
        key_alias=alias,
        user_id=key.user,
        team_id=key.team,
        budget=key.budget,
        models=tuple(key.models),
        key_type=key.key_type,
        limits=those_set(key, OF_ACCOUNTS),
        metadata=dict(key.metadata),
        rotation=key.rotation,
        grace=key.grace,
    )


def _reserved(path: Path) -> Fault:
    found = f"an alias that ends with {quote(OLD_SUFFIX)}, which is what a rotated key is named while it works on"
    return Fault(path, found, f"an alias that does not end with {quote(OLD_SUFFIX)}", "choose another alias")


def _repeated_emails(users: Mapping[str, AuthoredUser]) -> list[Fault]:
    first: dict[str, str] = {}
    faults = []
    for user_id, user in sorted(users.items()):
        email = user.user_email.lower()
        if email and email in first:
            found = f"the address of the user {quote(first[email])}"
            remedy = "remove one of the two users, or correct the address"
            faults.append(Fault(("users", user_id, "user_email"), found, "each address once", remedy))
        first.setdefault(email, user_id)
    return faults
