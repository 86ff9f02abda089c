"""The secrets of one Pulumi stack, each its own config key, each an `Output[str]` that stays a secret.

Takes the stack config and what the settings need of it (`secret_needs.py`), gives a frozen `Secrets`. They are apart
from the settings because a secret inside an object comes back from Pulumi as a plain string without a warning
(measured). Every one that is missing, empty or not of its kind is told at once, each with the command to type, before
anything is made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import pulumi

from stacks import certificate_pair, secret_kinds, secret_needs, service_secrets
from stacks.secret_kinds import SecretKind
from stacks.secret_needs import GATEWAY_VARIABLES, PROVIDER_KEYS, Need
from stacks.settings import Settings

INGRESS = (secret_needs.DNS_TOKEN, secret_needs.CERTIFICATE, secret_needs.CERTIFICATE_KEY, secret_needs.HTPASSWD)
MONITORING = (secret_needs.WEBHOOK, secret_needs.SMTP_PASSWORD, secret_needs.AUTHORITY)


class SecretsError(pulumi.RunError):
    """Secrets that are missing, or that what reads them could not use. No line shows a value.

    Attributes:
        problems: One line each, ending in the command that sets the secret.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Secrets:
    """Every secret of the stack config.

    Attributes:
        master_key: LiteLLM's master key, the admin API's password.
        salt_key: Encrypts what LiteLLM stores; must never change.
        db_password: The database's password where the config gives one; else one is generated.
        gateway_variables: Secret variables of the gateway by name.
        given: Those of `service_secrets.NAMES` that the config gives to services that are switched on.
        monitoring: Those by which alarms are sent, and whom Netdata trusts.
        ingress: Those of our Traefik that nothing can be derived for.
    """

    master_key: pulumi.Output[str]
    salt_key: pulumi.Output[str]
    db_password: pulumi.Output[str] | None
    gateway_variables: Mapping[str, pulumi.Output[str]]
    given: Mapping[str, pulumi.Output[str]] = field(default_factory=dict)
    monitoring: Mapping[str, pulumi.Output[str]] = field(default_factory=dict)
    ingress: Mapping[str, pulumi.Output[str]] = field(default_factory=dict)


def read(settings: Settings, *, project: str, stack: str) -> Secrets:
    """Reads what the settings need.

    Raises:
        SecretsError: With one line for each secret that is missing or of no use.
    """
    found, problems = {}, []
    for key, need in secret_needs.of(settings, project).items():
        value = _value(need)
        problem = _problem(need, value, stack)
        if problem:
            problems.append(problem)
        elif value is not None:
            found[key] = value
    problems += _pair_problem(found, project, stack)
    if problems:
        raise SecretsError(tuple(problems))
    own = {key.removeprefix(f"{project}:"): pulumi.Output.secret(value) for key, value in found.items()}
    return Secrets(
        master_key=own[secret_needs.MASTER_KEY],
        salt_key=own[secret_needs.SALT_KEY],
        db_password=own.get(secret_needs.DB_PASSWORD),
        gateway_variables={name: own[f"{GATEWAY_VARIABLES}:{name}"] for name in settings.litellm.secret_environment},
        given=_named(service_secrets.NAMES, own),
        monitoring=_named(MONITORING, own),
        ingress=_named(INGRESS, own),
    )


def provider_key(name: str, *, stack: str) -> pulumi.Output[str] | None:
    """Gives the API key that the stack config holds for a provider, or None.

    Raises:
        SecretsError: The key is empty or holds a line break or NUL.
    """
    need = Need(PROVIDER_KEYS, name, "", "optional")
    value = _value(need)
    problem = _problem(need, value, stack)
    if problem:
        raise SecretsError((problem,))
    return None if value is None else pulumi.Output.secret(value)


def of_objects(needs: Iterable[Need], *, stack: str) -> Mapping[str, pulumi.Output[str]]:
    """Gives the secrets of the catalog's objects by their config keys.

    Raises:
        SecretsError: With one line for each that is missing or of no use.
    """
    values = {need: _value(need) for need in needs}
    problems = [problem for need, value in values.items() if (problem := _problem(need, value, stack))]
    if problems:
        raise SecretsError(tuple(problems))
    return {need.key: pulumi.Output.secret(value) for need, value in values.items() if value is not None}


def _value(need: Need) -> str | None:
    """The plain value. Looked at here and now: in an apply, volume and networks would be made before an error came."""
    return None if need.level == "idle" else pulumi.Config(need.namespace).get(need.name)


def _problem(need: Need, value: str | None, stack: str) -> str | None:
    if value is None:
        is_missing = need.level == "needed"
        return (
            f"{_place(need.key, stack)}: no value, but {need.purpose}; type: {need.command(stack)}"
            if is_missing
            else None
        )
    fault = need.kind.fault(value) if value else "it is empty"
    return _unusable(need.key, fault, stack, need.kind) if fault else None


def _pair_problem(found: Mapping[str, str], project: str, stack: str) -> list[str]:
    certificate, key = (f"{project}:{name}" for name in (secret_needs.CERTIFICATE, secret_needs.CERTIFICATE_KEY))
    if not {certificate, key} <= found.keys() or certificate_pair.fits(found[certificate], found[key]):
        return []
    fault = f"it is not the key of {secret_needs.CERTIFICATE}"
    return [_unusable(key, fault, stack, secret_kinds.of(secret_needs.CERTIFICATE_KEY))]


def _unusable(key: str, fault: str, stack: str, kind: SecretKind) -> str:
    set_by = secret_needs.set_by(key, stack, kind)
    return f"{_place(key, stack)}: {fault}; allowed is {kind.allowed}; type: {set_by}"


def _place(key: str, stack: str) -> str:
    return f"Pulumi.{stack}.yaml: {key}"


def _named(names: Collection[str], values: Mapping[str, pulumi.Output[str]]) -> Mapping[str, pulumi.Output[str]]:
    return {name: values[name] for name in names if name in values}
