"""Guardrails: what LiteLLM looks at before or after a model.

Takes the authored guardrails; gives specs and faults. What has a field of its own may not stand among the parameters,
and no secret in clear.
"""

from collections.abc import Iterator, Mapping

from litellm_resources.resolver.authored import AuthoredGuardrail
from litellm_resources.resolver.document import Path
from litellm_resources.resolver.errors import Fault, quote
from litellm_resources.resolver.model_rules import secrets_in_clear
from litellm_resources.resolver.name_rules import LONGEST_NAME
from litellm_resources.resolver.resolved import GuardrailSpec

_OWN_FIELDS = ("guardrail", "mode", "default_on")


def expand_guardrails(guardrails: Mapping[str, AuthoredGuardrail]) -> tuple[GuardrailSpec, ...]:
    """The guardrails by name."""
    return tuple(
        GuardrailSpec(
            guardrail_name=name,
            litellm_params={**each.litellm_params, **{field: getattr(each, field) for field in _OWN_FIELDS}},
            has_secret=each.requires_key,
        )
        for name, each in sorted(guardrails.items())
    )


def guardrail_faults(guardrails: Mapping[str, AuthoredGuardrail]) -> Iterator[Fault]:
    """What of them is said twice, or would be a secret in clear."""
    for name, each in sorted(guardrails.items()):
        path: Path = ("guardrails", name)
        if not name or ":" in name or name.split() != [name] or len(name) > LONGEST_NAME:
            allowed = f'no space, no ":", at most {LONGEST_NAME} signs'
            yield Fault(path, "a name that Pulumi cannot keep a key under", allowed, "rename it")
        for field in sorted(each.litellm_params.keys() & set(_OWN_FIELDS)):
            place = (*path, "litellm_params", field)
            yield Fault(place, f"{quote(field)}, which is a field of its own", "any other", "write it one level up")
        for key in secrets_in_clear(each.litellm_params):
            remedy = f'remove it, write "requires_key": true, then: pulumi config set --secret {_config_key(name)}'
            allowed = '"os.environ/NAME" of the gateway, or nothing'
            yield Fault((*path, "litellm_params", key), "a secret in clear", allowed, remedy)


def _config_key(name: str) -> str:
    return f"litellm-guardrail-keys:{name}"
