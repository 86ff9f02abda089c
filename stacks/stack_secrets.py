"""The secrets of one Pulumi stack, each its own config key, each an `Output[str]` that stays a secret.

Takes the stack config, gives a frozen `Secrets`. They are apart from the settings because a secret inside an object
comes back from Pulumi as a plain string without a warning (measured). One that is missing, empty or of several lines
fails with the command to type, before anything is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from stacks.password_file import LONGEST_PASSWORD_BYTES, password_fault
from stacks.service_secrets import NAMES

PROVIDER_KEYS = "litellm-api-keys"
GATEWAY_VARIABLES = "litellm-environment"


class MissingSecret(pulumi.RunError):
    """A secret that the stack needs is not in its config. The text ends in the command that sets it."""

    def __init__(self, key: str, purpose: str, stack: str) -> None:
        super().__init__(
            f"Pulumi.{stack}.yaml: {key}: no value, but {purpose}; "
            f"type: pulumi config set --secret {key} --stack {stack}"
        )


class UnusableSecret(pulumi.RunError):
    """A secret that what reads it could not use. The text never shows it."""

    def __init__(self, key: str, found: str, stack: str, *, kind: SecretKind) -> None:
        super().__init__(
            f"Pulumi.{stack}.yaml: {key}: {found}; allowed is {kind.allowed}; "
            f"type: pulumi config set --secret {key} --stack {stack}{kind.typed_from}"
        )


@dataclass(frozen=True)
class SecretKind:
    """What a secret must look like.

    Attributes:
        allowed: In words.
        fault: Says what is wrong with a value, without showing it; None when nothing is.
        typed_from: The end of the command that sets it.
    """

    allowed: str
    fault: Callable[[str], str | None]
    typed_from: str = ""


def _no_line(value: str) -> str | None:
    # PostgreSQL's first start reads the first line of the file, clients send all of it.
    return "it holds a line break or NUL" if any(sign in value for sign in "\n\r\0") else None


def _no_password_for_bcrypt(value: str) -> str | None:
    if value.startswith(BCRYPT_BEGINNINGS):
        return "it begins like a bcrypt hash, so the service would take it for one"
    return password_fault(value)


BCRYPT_BEGINNINGS = ("$2a$", "$2b$", "$2y$")
ONE_LINE = SecretKind("one line of any characters", _no_line)
HASHED_BY_BCRYPT = SecretKind(f"one line of at most {LONGEST_PASSWORD_BYTES} bytes, no hash", _no_password_for_bcrypt)
# Portainer and CLIProxyAPI, in Go, end at their start where bcrypt refuses the password.
KINDS = {
    "portainer-admin-password": HASHED_BY_BCRYPT,
    "cli-proxy-api-management-key": HASHED_BY_BCRYPT,
    # Hashed by this program.
    "basic-auth-password": SecretKind(f"one line of at most {LONGEST_PASSWORD_BYTES} bytes", password_fault),
}


@dataclass(frozen=True)
class Secrets:
    """Every secret of the stack config.

    Attributes:
        master_key: LiteLLM's master key, the admin API's password.
        salt_key: Encrypts what LiteLLM stores; must never change.
        db_password: The database's password where the config gives one; else one is generated.
        gateway_variables: Secret variables of the gateway by name.
        given: Those of `service_secrets.NAMES` that the config gives.
        monitoring: Those of `monitoring_secrets.py`.
        ingress: Those of `ingress_secrets.py`.
    """

    master_key: pulumi.Output[str]
    salt_key: pulumi.Output[str]
    db_password: pulumi.Output[str] | None
    gateway_variables: Mapping[str, pulumi.Output[str]]
    given: Mapping[str, pulumi.Output[str]] = field(default_factory=dict)
    monitoring: Mapping[str, pulumi.Output[str]] = field(default_factory=dict)
    ingress: Mapping[str, pulumi.Output[str]] = field(default_factory=dict)


def read(
    config: pulumi.Config, *, stack: str, needs_db_password: bool, gateway_variables: Sequence[str] = ()
) -> Secrets:
    """Reads the stack's own secrets.

    Args:
        config: The project's config.
        stack: The Pulumi stack's name, for the error.
        needs_db_password: True when the database is run by others, so that no password can be generated.
        gateway_variables: Names of the variables that the settings call secret.

    Raises:
        MissingSecret: Naming the first secret that is missing, and the command that sets it.
        UnusableSecret: Likewise for one that is empty or holds a line break or NUL.
    """
    db_password = find(config, "db-password", stack)
    if db_password is None and needs_db_password:
        raise MissingSecret(f"{config.name}:db-password", "postgres.external is set", stack)
    variables = pulumi.Config(GATEWAY_VARIABLES)
    given = {name: find(config, name, stack, kind=KINDS.get(name, ONE_LINE)) for name in NAMES}
    return Secrets(
        master_key=require(config, "litellm-master-key", "LiteLLM's admin API is opened with it", stack),
        salt_key=require(config, "litellm-salt-key", "LiteLLM encrypts stored credentials with it", stack),
        db_password=db_password,
        gateway_variables={
            name: require(variables, name, "litellm.secretEnvironment names it", stack) for name in gateway_variables
        },
        given={name: value for name, value in given.items() if value is not None},
    )


def provider_key(name: str, *, stack: str) -> pulumi.Output[str] | None:
    """Gives the API key that the stack config holds for a provider, or None.

    Raises:
        UnusableSecret: The key is empty or holds a line break or NUL.
    """
    return find(pulumi.Config(PROVIDER_KEYS), name, stack)


def require(
    config: pulumi.Config, key: str, purpose: str, stack: str, *, kind: SecretKind = ONE_LINE
) -> pulumi.Output[str]:
    """Gives a secret of the stack config.

    Raises:
        MissingSecret: There is none, but `purpose`.
        UnusableSecret: It is empty or not of its kind.
    """
    value = find(config, key, stack, kind=kind)
    if value is None:
        raise MissingSecret(f"{config.name}:{key}", purpose, stack)
    return value


def find(config: pulumi.Config, key: str, stack: str, *, kind: SecretKind = ONE_LINE) -> pulumi.Output[str] | None:
    """Gives a secret of the stack config, or None.

    Raises:
        UnusableSecret: It is empty or not of its kind.
    """
    # Looked at here and now: in an apply, the volume and the networks would be made before the error came.
    plain = config.get(key)
    if plain is None:
        return None
    if not plain:
        raise UnusableSecret(f"{config.name}:{key}", "it is empty", stack, kind=kind)
    fault = kind.fault(plain)
    if fault:
        raise UnusableSecret(f"{config.name}:{key}", fault, stack, kind=kind)
    return pulumi.Output.secret(plain)
