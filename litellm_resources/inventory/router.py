"""Aliases, fallbacks and router keys that are not ours.

Takes the router's row, and what of it is ours, which the row itself cannot say; gives `Found` objects. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from pydantic import JsonValue

from litellm_resources import router_record
from litellm_resources.admin_api.router_settings import ALIASES, CONTENT_POLICY, CONTEXT_WINDOW, FALLBACKS, by_model
from litellm_resources.comparison import same
from litellm_resources.inventory.found import CannotAdopt, Changes, Entry, Form, Found, Situation
from litellm_resources.ownership import NOBODY
from litellm_resources.resolver.authored import AuthoredRouterSettings
from litellm_resources.resolver.resolved import ResolvedCatalog
from litellm_resources.router_names import OTHERS
from litellm_resources.session import GatewaySession

ALIAS, FALLBACK, ROUTER_KEY = "alias", "fallback", "router key"
# Each kind of fallbacks, by the name of its section.
RULES = {
    FALLBACK: FALLBACKS,
    "context window fallback": CONTEXT_WINDOW,
    "content policy fallback": CONTENT_POLICY,
}

Sections = Mapping[str, Mapping[str, JsonValue]]


def listed(session: GatewaySession, owner: str, ours: Mapping[str, frozenset[str]]) -> Iterator[Found]:
    """All entries of the row that somebody set and that are not the owner's, by the record in LiteLLM or its state.

    Args:
        session: With the gateway.
        owner: Whose entries are left out.
        ours: The names that are ours, by `model_group_alias`, `other` and the kinds of fallbacks.
    """
    row = session.router()
    recorded, names = router_record.recorded(session)
    rules = [(kind, section, row.rules(section)) for kind, section in RULES.items()]
    sections = ((ALIAS, ALIASES, row.aliases), *rules, (ROUTER_KEY, OTHERS, row.others))
    for kind, section, entries in sections:
        for name, value in sorted(entries.items()):
            whose = recorded if name in names.get(section, ()) else NOBODY
            if owner != whose and name not in ours.get(section, frozenset()):
                form = partial(_form, kind, name, value)
                yield Found(kind=kind, name=name, row_id="", owner=whose, detail=_detail(value), form=form)


def _detail(value: JsonValue) -> str:
    match value:
        case {"model": str(model), **rest}:
            return f"→ {model}{' (hidden)' if rest.get('hidden') else ''}"
        case list() if all(isinstance(each, str) for each in value):
            return f"→ {', '.join(map(str, value))}"
        case str():
            return f"→ {value}"
        case _:
            return str(value)


def _form(kind: str, name: str, value: JsonValue, _situation: Situation) -> Form:
    return Form(
        identity=name,
        entry=_entry(kind, name, value),
        changes=partial(_changes, kind, name, value),
        # What is there with the value that we want is taken over without a word of permission.
        needs_setting=bool,
    )


def _entry(kind: str, name: str, value: JsonValue) -> Entry:
    if kind == ALIAS:
        return Entry(("aliases", name), _authored_alias(value))
    if kind in RULES:
        within = () if kind == FALLBACK else ("router_settings",)
        return Entry((*within, RULES[kind]), {name: value}, is_appended=True)
    if name not in AuthoredRouterSettings.model_fields:
        known = ", ".join(AuthoredRouterSettings.model_fields)
        raise CannotAdopt("the catalog has no such router key", f"it knows {known}")
    return Entry(("router_settings", name), value)


def _authored_alias(value: JsonValue) -> JsonValue:
    match value:
        case str():
            return value
        case {"model": str(model), **rest} if set(rest) <= {"hidden"}:
            return {"model": model, "hidden": True} if rest.get("hidden") else model
        case _:
            raise CannotAdopt("the catalog has no such form of an alias", "write it anew there, as a name")


def _changes(kind: str, name: str, live: JsonValue, situation: Situation) -> Changes | None:
    wanted = _wanted(kind, name, situation.resolved)
    if wanted is None:
        return None
    return {} if same(_plain(live), _plain(wanted)) else {name: (live, wanted)}


def _plain(value: JsonValue) -> JsonValue:
    """An alias that is not hidden is its model's name."""
    match value:
        case {"model": str(model), **rest} if not any(rest.values()):
            return model
        case _:
            return value


def _wanted(kind: str, name: str, resolved: ResolvedCatalog) -> JsonValue:
    settings = resolved.router_settings
    if kind == ALIAS:
        return settings.model_group_alias.get(name)
    if kind in RULES:
        given: list[dict[str, list[str]]] = getattr(settings, RULES[kind])
        rules: list[JsonValue] = [
            {model: list[JsonValue](targets)} for each in given for model, targets in each.items()
        ]
        return by_model(rules).get(name)
    return settings.other.get(name)
