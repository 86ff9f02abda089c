"""Models that are not ours, and the deployment that the catalog would need for one.

Takes rows; gives `Found` objects. LiteLLM shows no key that a model holds itself, and adds to `model_info` what its
price table says, without a word which is which: so a model without a credential is taken over only where it answers by
itself, and of prices and limits only what cannot be the table's. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial

from pydantic import JsonValue

from litellm_resources.admin_api.models import ModelRow
from litellm_resources.comparison import live_declared, live_parameters, same
from litellm_resources.inventory.found import CONFIG_FILE, CannotAdopt, Changes, Entry, Form, Found, Situation
from litellm_resources.leftover_rows import CREDENTIAL, MODEL
from litellm_resources.ownership import NOBODY, owner_of, without_marker
from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.expansion import INTERFACES
from litellm_resources.resolver.inheritance import inherit
from litellm_resources.resolver.resolved import ModelSpec
from litellm_resources.session import GatewaySession

UPSTREAM, CREDENTIAL_NAME, MOCK = "model", "litellm_credential_name", "mock_response"
BASE_MODEL, GROUPS, TABLE_NAME = "base_model", "access_groups", "key"
# What LiteLLM keeps of a row for itself; the rest of `model_info` is somebody's, or comes from the price table.
OWN_INFO = frozenset(
    {"id", "db_model", "created_at", "created_by", "updated_at", "updated_by", "team_id", "team_public_model_name"}
    | {"member_auto_router", "blocked", "pricing_overrides", "direct_access", "access_via_team_ids"}
    | {TABLE_NAME, BASE_MODEL, GROUPS, "litellm_provider", "supported_openai_params"}
)
OF_PRICE_TABLE = re.compile(r"^(mode|max_(input_|output_)?tokens|output_vector_size|tpm|rpm|supports_.*|.*_?cost_?.*)$")
SECRET_NAME = re.compile(r"(^|[-_])(key|key_id|secret|password|token|credentials|authorization)$", re.IGNORECASE)
MASKED = re.compile(r"\*{4}")
PRICES = (
    "of prices and limits LiteLLM does not tell which it has from its own table: those that were set by hand in a "
    "model's model_info must be added to the catalog by hand"
)
# The provider of models that answer by themselves, where the catalog has none yet.
KEYLESS = ("mock", "keyless", "no-key")
BY_HAND = "write it into the catalog by hand, and delete it in LiteLLM"


def listed(session: GatewaySession) -> Iterator[Found]:
    """All of them."""
    for row in session.models.rows().values():
        credential = row.credential_name
        through = f"credential {credential}" if credential else "no credential"
        yield Found(
            kind=MODEL,
            name=row.model_name,
            row_id=row.row_id,
            owner=owner_of(row.model_info) if row.in_database else CONFIG_FILE,
            detail=f"{row.litellm_params.get(UPSTREAM)}, {through}",
            form=partial(_form, row),
            needs=(CREDENTIAL, str(credential)) if credential else None,
        )


def _form(row: ModelRow, situation: Situation) -> Form:
    _refuse_twins(row, situation)
    _refuse_secrets(row.litellm_params)
    upstream, interface = _upstream(row)
    provider, identity = _provider(row, interface, situation)
    info, expected = _info(row, upstream, provider, situation)
    params = _params(row)
    value: dict[str, JsonValue] = {
        **({} if row.model_name == upstream else {"model_name": row.model_name}),
        **info,
        **({"litellm_params": params} if params else {}),
    }
    key = _free_key(upstream, row.model_name, _keys_of(provider, interface, situation))
    if key != upstream:
        value = {"upstream_name": upstream, **value}
        value.setdefault("model_name", row.model_name)
    return Form(
        identity=identity,
        entry=_entry(provider, interface, {key: value}, situation),
        changes=partial(_changes, row, identity),
        expected=expected,
        notes=(PRICES,) if _in_price_table(row.model_info) else (),
    )


def _entry(provider: str, interface: str, models: JsonObject, situation: Situation) -> Entry:
    """The deployment within its provider; one without credential may need a provider of its own."""
    if _document_of(provider, situation):
        return Entry(("providers", provider, "interfaces", interface, "models"), models)
    value: JsonObject = {"requires_key": False, "interfaces": {interface: {"models": models}}}
    return Entry(("providers", provider), value)


def _refuse_twins(row: ModelRow, situation: Situation) -> None:
    wanted = _sameness(row)
    twins = [
        each
        for each in situation.models
        if each.in_database and owner_of(each.model_info) == NOBODY and _sameness(each) == wanted
    ]
    if len(twins) > 1:
        ids = ", ".join(sorted(each.row_id for each in twins))
        remedy = "delete all but one, or rename one"
        raise CannotAdopt(f"{len(twins)} rows have its name, upstream model and credential ({ids})", remedy)


def _sameness(row: ModelRow) -> tuple[JsonValue, ...]:
    return row.model_name, row.litellm_params.get(UPSTREAM), row.credential_name


def _refuse_secrets(params: Mapping[str, JsonValue]) -> None:
    """Nothing secret may get into a file that is committed, nor what LiteLLM shows in a secret's place."""
    for name, value in params.items():
        inner = value if isinstance(value, dict) else {}
        for each, text in {name: value, **inner}.items():
            # A price a token is no secret, though 1.81.12 gives it as text.
            if not isinstance(text, str) or text.startswith("os.environ/") or "cost" in each:
                continue
            if SECRET_NAME.search(each) or MASKED.search(text):
                remedy = "put it into a credential, or into the gateway's environment as os.environ/NAME"
                raise CannotAdopt(f"its parameter {each} is a secret", remedy)


def _upstream(row: ModelRow) -> tuple[str, str]:
    interface, _, upstream = str(row.litellm_params.get(UPSTREAM)).partition("/")
    if interface not in INTERFACES or not upstream:
        known = ", ".join(f"{each}/…" for each in INTERFACES)
        raise CannotAdopt(
            f"its upstream model is {row.litellm_params.get(UPSTREAM)}, the catalog knows {known}", BY_HAND
        )
    return upstream, interface


def _provider(row: ModelRow, interface: str, situation: Situation) -> tuple[str, str]:
    """The provider that makes its credential, and the identity that the deployment then has."""
    credential = row.credential_name
    if not isinstance(credential, str):
        return _without_credential(row, interface, situation)
    spec = next((each for each in situation.resolved.credentials if each.name == credential), None)
    if spec is None:
        remedy = f"take that over first: make adopt KIND=credential NAME={credential}"
        raise CannotAdopt(f"its credential {credential} is not in the catalog", remedy)
    if spec.interface != interface:
        raise CannotAdopt(f"its credential {credential} is for {spec.interface}/… models", BY_HAND)
    return spec.provider, f"{row.model_name}@{credential}:{row.litellm_params[UPSTREAM]}"


def _without_credential(row: ModelRow, interface: str, situation: Situation) -> tuple[str, str]:
    if MOCK not in row.litellm_params:
        remedy = "make a credential for it in LiteLLM, use it in this model, then adopt again"
        raise CannotAdopt("it has no credential, and LiteLLM does not show whether it holds a key itself", remedy)
    keyless = {each.provider for each in situation.resolved.models if each.credential_name is None}
    free = (name for name in KEYLESS if not _document_of(name, situation))
    provider = min(keyless) if keyless else next(free, KEYLESS[0])
    return provider, f"{row.model_name}@{provider}-{interface}:{row.litellm_params[UPSTREAM]}"


def _info(
    row: ModelRow, upstream: str, provider: str, situation: Situation
) -> tuple[dict[str, JsonValue], dict[str, str]]:
    """What the entry says of `model_info` and access groups, and what it cannot leave as it is."""
    live = row.model_info
    expected: dict[str, str] = {}
    base = live.get(BASE_MODEL)
    if not base:
        # By which name LiteLLM looks up its price now; the catalog always says one.
        base = live.get(TABLE_NAME) if _in_price_table(live) else upstream
        expected = {f"model_info.{BASE_MODEL}": "the catalog always names one; the price stays the same"}
    info: dict[str, JsonValue] = {} if base == row.model_name else {BASE_MODEL: base}
    info |= {name: value for name, value in without_marker(live).items() if _is_somebodys(name, value, live)}
    groups = live.get(GROUPS) or []
    found: dict[str, JsonValue] = {} if groups == _groups_of(provider, situation) else {GROUPS: groups}
    return {**found, **({"model_info": info} if info else {})}, expected


def _is_somebodys(name: str, value: JsonValue, info: Mapping[str, JsonValue]) -> bool:
    if value is None or name in OWN_INFO:
        return False
    return not (OF_PRICE_TABLE.match(name) and _in_price_table(info))


def _in_price_table(info: Mapping[str, JsonValue]) -> bool:
    """Whether LiteLLM knows the model; 1.109.1 gives the key of those too that it does not."""
    return bool(info.get(TABLE_NAME) and info.get("mode"))


def _params(row: ModelRow) -> dict[str, JsonValue]:
    """The parameters that somebody set; 1.81.12 gives prices back as text."""
    params = live_parameters({}, row.litellm_params)
    return {name: _as_written(name, value) for name, value in params.items() if name not in (UPSTREAM, CREDENTIAL_NAME)}


def _as_written(name: str, value: JsonValue) -> JsonValue:
    if "cost" not in name or not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return value


def _document_of(provider: str, situation: Situation) -> JsonObject:
    """All that the authored provider says and inherits."""
    providers = situation.document.get("providers")
    documents = {
        name: each
        for name, each in (providers if isinstance(providers, dict) else {}).items()
        if isinstance(each, dict)
    }
    inherited, _ = inherit(documents)
    return inherited[provider].document if provider in inherited else {}


def _groups_of(provider: str, situation: Situation) -> JsonValue:
    return _document_of(provider, situation).get(GROUPS) or []


def _keys_of(provider: str, interface: str, situation: Situation) -> set[str]:
    document = _document_of(provider, situation)
    interfaces = document.get("interfaces")
    spoken = interfaces.get(interface) if isinstance(interfaces, dict) else None
    found: set[str] = set()
    for holder in (document, spoken):
        models = holder.get("models") if isinstance(holder, dict) else None
        found |= set(models) if isinstance(models, dict) else set()
    return found


def _free_key(upstream: str, model_name: str, taken: set[str]) -> str:
    """The entry's key: the upstream name, as people write it, unless another deployment has it."""
    candidates = [upstream, model_name, *(f"{model_name}-{number}" for number in range(2, len(taken) + 3))]
    return next(each for each in candidates if each not in taken)


def _changes(row: ModelRow, identity: str, situation: Situation) -> Changes | None:
    spec = next((each for each in situation.resolved.models if each.identity == identity), None)
    if spec is None:
        return None
    params = {name: value for name, value in row.litellm_params.items() if name not in (UPSTREAM, CREDENTIAL_NAME)}
    pairs = {
        "litellm_params": (spec.litellm_params, live_parameters(spec.litellm_params, params)),
        "model_info": (spec.model_info, _live_info(row, spec)),
    }
    return {
        f"{field}.{name}": (live.get(name), wanted.get(name))
        for field, (wanted, live) in pairs.items()
        for name in sorted({*wanted, *live})
        if not same(live.get(name), wanted.get(name))
    }


def _live_info(row: ModelRow, spec: ModelSpec) -> dict[str, JsonValue]:
    somebodys = {
        name: value
        for name, value in without_marker(row.model_info).items()
        if _is_somebodys(name, value, row.model_info)
    }
    groups = {GROUPS: row.model_info[GROUPS]} if row.model_info.get(GROUPS) else {}
    return {**somebodys, **groups, **live_declared(spec.model_info, row.model_info)}
