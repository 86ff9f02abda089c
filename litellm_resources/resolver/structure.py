"""Is one file built as a catalog must be?

Takes one layer; gives its problems (unknown keys, wrong types, a key in a committed file) in the words of
`errors.Problem`, and the document without the wrong places, so that the later stages can look at the rest: the user
learns of everything at once. What was taken out is given as well, so that nobody misses it aloud (`echoes.py`).
"""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError
from pydantic_core import ErrorDetails

from litellm_resources.resolver import authored
from litellm_resources.resolver.document import JsonObject, Layer, Path, has_path, value_at
from litellm_resources.resolver.echoes import Hole, hole_at
from litellm_resources.resolver.errors import (
    ALLOWED_WORDS,
    Fault,
    Problem,
    correct_name,
    nearest_name,
    quote,
    quote_all,
)
from litellm_resources.resolver.fallback_rules import empty_rules
from litellm_resources.resolver.licensed import LICENSED

_ALLOWED: Mapping[str, str] = {
    **ALLOWED_WORDS,
    "missing": "this key, which is required here",
    "string_pattern_mismatch": 'a time like "30d" (s, m, h, d, w or mo)',
    "greater_than_equal": "{ge:g} or more",
    "string_too_short": "a string that is not empty",
    "less_than_equal": "{le} or less",
    "multiple_of": "whole seconds, to which LiteLLM would cut it",
}
_SHOWN = frozenset({"literal_error", "string_pattern_mismatch", "greater_than_equal", "less_than_equal", "multiple_of"})
# None stands for any name.
_TYPES: Mapping[tuple[str | None, ...], type[authored.Authored]] = {
    (): authored.AuthoredCatalog,
    ("router_settings",): authored.AuthoredRouterSettings,
    ("aliases", None): authored.HiddenAlias,
    ("users", None): authored.AuthoredUser,
    ("budgets", None): authored.AuthoredBudget,
    ("teams", None): authored.AuthoredTeam,
    ("teams", None, "members", None): authored.AuthoredMember,
    ("keys", None): authored.AuthoredKey,
    ("guardrails", None): authored.AuthoredGuardrail,
    ("mcp_servers", None): authored.AuthoredMcpServer,
    ("providers", None): authored.AuthoredProvider,
    ("providers", None, "models", None): authored.AuthoredModel,
    ("providers", None, "interfaces"): authored.AuthoredInterfaces,
    ("providers", None, "interfaces", None): authored.AuthoredInterface,
    ("providers", None, "interfaces", None, "models", None): authored.AuthoredModel,
}
_ELSEWHERE = {"model_group_alias": "aliases", "fallbacks": "fallbacks"}
_WITHOUT_EFFECT = {
    "default_fallbacks": 'remove it: LiteLLM takes it and never uses it; write the rule {"*": […]} under "fallbacks"',
    "max_fallbacks": "remove it: LiteLLM takes it and never uses it",
}


@dataclass(frozen=True)
class CheckedLayer:
    """A layer reduced to what is well built, what was wrong with the rest, and the rest."""

    layer: Layer
    problems: tuple[Problem, ...]
    holes: tuple[Hole, ...]


def check_layer(layer: Layer) -> CheckedLayer:
    """Check one layer on its own."""
    faults = []
    holes = []
    document = copy.deepcopy(layer.document)
    try:
        authored.AuthoredCatalog.model_validate(layer.document)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            path = _real_path(layer.document, detail)
            faults.append(_fault(layer.document, path, detail))
            place = _removable(layer.document, path)
            holes.append(hole_at(_meant(place), str(place[-1]), value_at(layer.document, place)))
            _remove(document, place)
    for fault in empty_rules(layer.document):
        faults.append(fault)
        _remove(document, fault.path)
    if not layer.is_local:
        faults += _keys_in_clear(layer.document)
    kept = Layer(path=layer.path, document=document, is_local=layer.is_local)
    return CheckedLayer(kept, tuple(fault.in_file(layer.path) for fault in faults), tuple(holes))


def authored_type_at(path: Path) -> type[authored.Authored] | None:
    """Which class describes the object at a path; None where any key is allowed."""
    return next((described for place, described in _TYPES.items() if _is_at(path, place)), None)


def _is_at(path: Path, place: tuple[str | None, ...]) -> bool:
    return len(path) == len(place) and all(step in (None, own) for step, own in zip(place, path, strict=True))


def _real_path(document: JsonObject, detail: ErrorDetails) -> Path:
    """Pydantic's location without the names of union members, which are no places in the file."""
    *within, last = detail["loc"]
    path: Path = ()
    for step in within:
        path = (*path, step) if has_path(document, (*path, step)) else path
    return (*path, last) if detail["type"] == "missing" or has_path(document, (*path, last)) else path


def _fault(document: JsonObject, path: Path, detail: ErrorDetails) -> Fault:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown_key(path)
    allowed = _allowed(path, detail)
    if kind == "missing":
        return Fault(path, "nothing", allowed, f"add {quote(str(path[-1]))}")
    value = value_at(document, path)
    found = json.dumps(value, ensure_ascii=False) if kind in _SHOWN else kind_of(value)
    return Fault(path, found, allowed, _remedy(value, allowed, detail))


def _remedy(value: JsonValue, allowed: str, detail: ErrorDetails) -> str:
    if value is None:
        return "leave the key out"
    if detail["type"] == "list_type":
        return "put what is meant into brackets: [ ]"
    if detail["type"] == "literal_error" and isinstance(value, str):
        return correct_name(value, allowed.replace('"', "").replace(" or ", ", ").split(", "), "choose one of these")
    return "write that in its place"


def _allowed(path: Path, detail: ErrorDetails) -> str:
    if path[:1] == ("aliases",) and len(path) == 2:
        return 'a model name, an alias, or {"model": "…", "hidden": true}'
    if authored_type_at(path) in {authored.AuthoredModel, authored.AuthoredMember}:
        return "an object, or null for all defaults"
    return _ALLOWED.get(detail["type"], detail["msg"]).format(**detail.get("ctx", {})).replace("'", '"')


def _unknown_key(path: Path) -> Fault:
    key = str(path[-1])
    described = authored_type_at(path[:-1])
    allowed = _keys_of(described) if described else []
    remedy = correct_name(key, allowed, "remove it")
    if key in LICENSED.get(str(path[0]), ()):
        remedy = "remove it: LiteLLM takes it only with an enterprise licence"
    elif key in _ELSEWHERE and path[0] == "router_settings":
        remedy = f"write it as {quote(_ELSEWHERE[key])} at the top of the file"
    elif key in _WITHOUT_EFFECT and path[0] == "router_settings":
        remedy = _WITHOUT_EFFECT[key]
    return Fault(path, f"the unknown key {quote(key)}", quote_all(allowed), remedy)


def _meant(path: Path) -> Path:
    """The place that the author of a wrong one had in mind, as far as that can be told."""
    described, key = authored_type_at(path[:-1]), str(path[-1])
    if described is None or key in (known := _keys_of(described)):
        return path
    return (*path[:-1], nearest_name(key, known) or key)


def _keys_of(described: type[authored.Authored]) -> list[str]:
    return [field.alias or name for name, field in described.model_fields.items()]


def kind_of(value: JsonValue) -> str:
    """A value's kind in JSON's words; the value itself may be a secret."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "a string"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "an object"


def _removable(document: JsonObject, path: Path) -> Path:
    """The nearest object member around a wrong place that its object can do without."""
    while path and not (isinstance(path[-1], str) and has_path(document, path) and not _is_required(path)):
        path = path[:-1]
    return path


def _is_required(path: Path) -> bool:
    described = authored_type_at(path[:-1])
    field = described.model_fields.get(str(path[-1])) if described else None
    return field is not None and field.is_required()


def _remove(document: JsonObject, path: Path) -> None:
    holder = value_at(document, path[:-1]) if path and has_path(document, path) else None
    if isinstance(holder, dict):
        del holder[str(path[-1])]


def _keys_in_clear(document: JsonObject) -> list[Fault]:
    providers = document.get("providers")
    return [
        Fault(
            ("providers", name, "api_key"),
            "a key in clear in a committed file",
            "api_key in the git-ignored local overlay only",
            f"remove it, have the provider replace it, then: pulumi config set --secret litellm-api-keys:{name}",
        )
        for name, provider in (providers.items() if isinstance(providers, dict) else ())
        if isinstance(provider, dict) and "api_key" in provider
    ]
