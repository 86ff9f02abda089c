"""What a deployment may not say, because this program says it or because it would be a secret in clear.

Takes one authored model and its place; gives faults. Apart from `expansion.py`, because these rules grow with LiteLLM.
"""

from collections.abc import Iterator

from pydantic import JsonValue

from litellm_resources.resolver.authored import AuthoredModel
from litellm_resources.resolver.document import JsonObject, Path
from litellm_resources.resolver.errors import Fault, quote
from litellm_resources.resolver.name_rules import name_fault

_DERIVED_PARAMS = {
    "model": 'write the upstream name as the key or as "upstream_name"',
    "litellm_credential_name": "remove it: each interface has one credential",
}
_DERIVED_INFO = {
    "id": "remove it: ids are derived from the deployment's identity",
    "db_model": "remove it: LiteLLM sets it",
    "access_groups": 'write "access_groups" beside "model_info"',
}
_SECRET_PARAMS = frozenset(
    {
        "api_key",
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
        "aws_web_identity_token",
        "azure_ad_token",
        "azure_password",
        "client_secret",
        "s3_secret_access_key",
        "vertex_credentials",
    }
)
_RATES = frozenset({"rpm", "tpm"})
_ENVIRONMENT = "os.environ/"


def model_faults(path: Path, model: AuthoredModel) -> list[Fault]:
    """Everything that this model may not say."""
    faults = []
    if not model.upstream_name:
        faults.append(Fault(path, "an empty name", "the provider's name of the model", "write the name as the key"))
    for name in dict.fromkeys(each for each in (model.model_name, model.upstream_name) if each):
        faults += name_fault(path, name)
    faults += _number_faults(path, model)
    for key, remedy in _DERIVED_PARAMS.items():
        if key in model.litellm_params:
            place = (*path, "litellm_params", key)
            faults.append(Fault(place, f"{quote(key)}, which is derived", "any other parameter", remedy))
    for key, remedy in _DERIVED_INFO.items():
        if key in (model.model_info.model_extra or {}):
            place = (*path, "model_info", key)
            faults.append(Fault(place, f"{quote(key)}, which is derived", "any other key", remedy))
    return faults + [_secret_in_clear((*path, "litellm_params", key)) for key in secrets_in_clear(model.litellm_params)]


def secrets_in_clear(litellm_params: JsonObject) -> list[str]:
    """The names of parameters that are secrets and hold one, not just the name of a variable of the gateway."""
    secret = sorted(_SECRET_PARAMS & litellm_params.keys())
    return [key for key in secret if not _refers_to_environment(litellm_params[key])]


def _number_faults(path: Path, model: AuthoredModel) -> Iterator[Fault]:
    for key, value in model.litellm_params.items():
        if (key in _RATES or "cost_per" in key) and not _is_amount(value) and not _refers_to_environment(value):
            found = f"{value}" if isinstance(value, int | float) else "something that is no number"
            yield Fault((*path, "litellm_params", key), found, "a number, 0 or more", "write how many, or remove it")
    size = (model.model_info.model_extra or {}).get("max_input_tokens")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 1):
        place = (*path, "model_info", "max_input_tokens")
        yield Fault(place, "something that is no size", "a whole number, 1 or more", "write how many tokens it reads")


def _is_amount(value: JsonValue) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and value >= 0)


def _refers_to_environment(value: JsonValue) -> bool:
    return isinstance(value, str) and value.startswith(_ENVIRONMENT)


def _secret_in_clear(path: Path) -> Fault:
    return Fault(
        path,
        "a secret in clear",
        f'"{_ENVIRONMENT}NAME" of the gateway, or nothing',
        f"remove it; a provider's key: pulumi config set --secret litellm-api-keys:{path[1]}",
    )
