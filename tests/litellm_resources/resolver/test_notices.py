"""What is no mistake and perhaps not meant is one line: place, what was found, what to do, and how to accept it."""

from typing import Any

import pytest

from litellm_resources.resolver.document import JsonObject, Layer
from litellm_resources.resolver.resolve import resolve

OLDER, NEWER = "1.81.12", "1.109.1"
# 128,000 tokens and 1,047,576; both with a price.
SMALL, LARGE = "gpt-4o", "gpt-4.1"
KEY_OF_A_TEAM: JsonObject = {"keys": {"k": {"models": [SMALL], "team": "t"}}}
NAMELESS: JsonObject = {"litellm_params": {"input_cost_per_token": 0}}


def models(**named: Any) -> JsonObject:
    """A catalog of one provider with these models beside the small and the large one."""
    entries = {SMALL: None, LARGE: None, **{name.replace("_", "-"): model for name, model in named.items()}}
    return {"providers": {"p": {"interfaces": {"openai": {"models": entries}}}}}


def warned(document: JsonObject, version: str | None = None) -> list[str]:
    """The warnings of a catalog in which every provider has a key but one called q."""
    catalog = resolve(
        [Layer(path="catalog.json", document=document)],
        providers_with_key=lambda name: name != "q",
        skip_providers_without_key=True,
        litellm_version=version,
    )
    return [line for line in catalog.warnings if "skipped" not in line]


CASES = [
    pytest.param(
        {**models(), "aliases": {"a": LARGE}, "fallbacks": [{LARGE: ["x"]}], "providers": {"p": {}}}
        | models(x=NAMELESS),
        'catalog.json: aliases.a: found a name of "gpt-4.1" whose fallbacks a request by alias does not use; to do: '
        'write a rule for "a" too, or, if it is meant, add "aliases.a" to accepted_warnings',
        id="an alias whose target has fallbacks",
    ),
    pytest.param(
        {
            **models(x=NAMELESS, y=NAMELESS, z=NAMELESS),
            "fallbacks": [{"x": [SMALL]}, {"y": ["x", "z"]}],
        },
        'catalog.json: fallbacks[1].y: found "x", which has fallbacks of its own: if it fails, they come before the '
        "next here; to do: write the whole order into this list and take the other rule away, or, if it is meant, add "
        '"fallbacks[1].y" to accepted_warnings',
        id="a chain",
    ),
    pytest.param(
        {**models(x=NAMELESS, y=NAMELESS), "fallbacks": [{"y": ["x"]}, {"x": ["y"]}]},
        "catalog.json: fallbacks[1].x: found a cycle: x → y → x; LiteLLM 1.81.12 asks them in turn up to 6 times when "
        'all of them fail; to do: take one of the rules of "x", "y" away, or, if it is meant, add "fallbacks[1].x" to '
        "accepted_warnings",
        id="a cycle",
    ),
    pytest.param(
        {**models(), "fallbacks": [{LARGE: [SMALL]}]},
        'catalog.json: fallbacks[0]["gpt-4.1"]: found "gpt-4o" (128,000 tokens), which reads less than "gpt-4.1" '
        "(1,047,576); to do: choose one that reads as much, or, if it is meant, add "
        '"fallbacks[0][\\"gpt-4.1\\"]" to accepted_warnings',
        id="a smaller context",
    ),
    pytest.param(
        {
            **models(x={"model_info": {"base_model": SMALL}}),
            "router_settings": {"context_window_fallbacks": [{"x": [SMALL]}]},
        },
        'catalog.json: router_settings.context_window_fallbacks[0].x: found "gpt-4o" (128,000 tokens), which reads no '
        'more than "x" (128,000); to do: choose one that reads more, or, if it is meant, add '
        '"router_settings.context_window_fallbacks[0].x" to accepted_warnings',
        id="no larger context for what is too long",
    ),
    pytest.param(
        models(x=None, y=None),
        'catalog.json: providers.p: found no price for "x", "y" in the table of LiteLLM 1.109.1: what they cost is '
        "counted as 0; to do: write litellm_params.input_cost_per_token and output_cost_per_token (0: it is free), or "
        'a model_info.base_model that has a price, or, if it is meant, add "providers.p" to accepted_warnings',
        id="models without a price",
    ),
    pytest.param(
        models(x={"model_info": {"base_model": SMALL, "input_cost_per_token": 0.1}}),
        'catalog.json: providers.p.interfaces.openai.models.x.model_info: found "input_cost_per_token", by which '
        "LiteLLM does not charge; to do: write it into litellm_params, or, if it is meant, add "
        '"providers.p.interfaces.openai.models.x.model_info" to accepted_warnings',
        id="a price where LiteLLM does not look",
    ),
    pytest.param(
        models(x={"model_name": LARGE, "model_info": {"base_model": SMALL}}),
        "catalog.json: providers.p.interfaces.openai.models.x: found another price ($2.5 and $10 a million tokens, not "
        "$2 and $8 a million tokens) and context (128,000 tokens, not 1,047,576) than "
        'providers.p.interfaces.openai.models["gpt-4.1"], both "gpt-4.1"; to do: give one of them another model_name, '
        'or, if it is meant, add "providers.p.interfaces.openai.models.x" to accepted_warnings',
        id="deployments of one name with another price and context",
    ),
    pytest.param(
        {
            "providers": {"p": models()["providers"]["p"], "q": {"interfaces": {"openai": {"models": {"r": None}}}}},  # type: ignore[call-overload,index]  # plain JSON
            "keys": {"k": {"user": None, "models": ["r"]}},
        },
        'catalog.json: keys.k.models: found "r", which no deployment in use answers to; to do: list a model that is in '
        'use, or give its provider a key, or, if it is meant, add "keys.k.models" to accepted_warnings',
        id="a key for models of a skipped provider",
    ),
    pytest.param(
        {**models(), "users": {"u": {"models": ["azure/*"]}}},
        'catalog.json: users.u.models: found "azure/*", which no deployment in use answers to; to do: list a model '
        'that is in use, or give its provider a key, or, if it is meant, add "users.u.models" to accepted_warnings',
        id="a user whose pattern nothing matches",
    ),
    pytest.param(
        {**models(), "teams": {"t": {"models": ["azure/*"]}}, **KEY_OF_A_TEAM},
        'catalog.json: teams.t.models: found "azure/*", which no deployment in use answers to; to do: list a model '
        'that is in use, or give its provider a key, or, if it is meant, add "teams.t.models" to accepted_warnings',
        id="a team whose pattern nothing matches, and a key that names its team",
    ),
    pytest.param(
        {**models(), "teams": {"t": {"models": [SMALL]}}},
        "catalog.json: teams.t: found a team without a member and without a key; to do: name its members, or remove "
        'it, or, if it is meant, add "teams.t" to accepted_warnings',
        id="a team that names nobody",
    ),
    pytest.param(
        {**models(), "keys": {"k": {"user": None, "models": ["all-team-models"]}}},
        'catalog.json: keys.k.models: found "all-team-models" in a key of no team, which to LiteLLM means every model; '
        'to do: name its team, or write "all-proxy-models", or, if it is meant, add "keys.k.models" to '
        "accepted_warnings",
        id="a key for the models of a team that it does not name",
    ),
    pytest.param(
        {**models(), "keys": {"k": {"models": [SMALL]}}},
        "catalog.json: keys.k: found a key that names nobody, so that its spend counts for no user; to do: name its "
        'user, or write "user": null for a key of nobody, or, if it is meant, add "keys.k" to accepted_warnings',
        id="a key that names nobody",
    ),
]


@pytest.mark.parametrize(("document", "expected"), CASES)
def test_each_is_one_line_and_silent_once_its_place_is_accepted(document: JsonObject, expected: str) -> None:
    assert warned(document) == [expected]
    place = expected.removeprefix("catalog.json: ").partition(": found")[0]
    assert warned({**document, "accepted_warnings": [place]}) == []


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(
            {**models(x=NAMELESS), "aliases": {"a": "x"}, "fallbacks": [{"x": [LARGE]}, {"a": [LARGE]}]},
            id="an alias with a rule of its own",
        ),
        pytest.param({**models(), "fallbacks": [{SMALL: [LARGE]}]}, id="a fallback that reads more"),
        pytest.param(
            {**models(x=NAMELESS, y=NAMELESS), "fallbacks": [{"x": ["y"]}, {"*": [LARGE]}]}, id="a rule for all others"
        ),
        pytest.param(models(x={"litellm_params": {"mock_response": "hello"}}), id="an answer of its own"),
        pytest.param(models(x={"litellm_params": {"input_cost_per_second": 0.1}}), id="a price of its own"),
        pytest.param(models(**{"*": None}), id="a pattern"),
        pytest.param(
            models(x={"model_name": LARGE, "litellm_params": {"rpm": 5}, "model_info": {"base_model": LARGE}}),
            id="another weight under one name",
        ),
        pytest.param({**models(), "users": {"u": {"models": ["gpt-*"]}}}, id="a pattern that models match"),
        pytest.param({**models(), "keys": {"k": {"user": None, "models": [SMALL]}}}, id="a key of nobody, said so"),
    ],
)
def test_what_is_as_it_seems_is_not_warned_of(document: JsonObject) -> None:
    assert warned(document) == []


def priced(interface: str, base_model: str, version: str) -> bool:
    """Whether a deployment with an upstream name that no table knows has a price."""
    model: JsonObject = {"model_info": {"base_model": base_model}}
    return not warned({"providers": {"p": {"interfaces": {interface: {"models": {"zzz": model}}}}}}, version)


@pytest.mark.parametrize(
    ("interface", "base_model", "older", "newer"),
    [
        ("openai", "gpt-4o", True, True),
        ("openai", "openai/gpt-4o", True, True),
        ("openai", "GPT-4o", True, True),
        ("anthropic", "gpt-4o", False, True),
        ("anthropic", "openai/gpt-4o", False, True),
        ("anthropic", "gemini/gemini-3-flash-preview", False, True),
        ("anthropic", "claude-opus-4-6", True, True),
        ("anthropic", "claude-sonnet-4-6", False, True),
        ("gemini", "gemini-2.5-pro", True, True),
        ("gemini", "claude-opus-4-6", False, True),
        ("openai", "azure/gpt-4o", False, True),
        ("openai", "github_copilot/gpt-5", False, False),
        ("openai", "yyy", False, False),
    ],
)
def test_a_base_model_has_a_price_where_the_real_versions_charged_for_it(
    interface: str, base_model: str, older: bool, newer: bool
) -> None:
    assert (priced(interface, base_model, OLDER), priced(interface, base_model, NEWER)) == (older, newer)


@pytest.mark.parametrize("version", [OLDER, NEWER])
def test_an_unknown_base_model_leaves_the_price_of_the_upstream_model(version: str) -> None:
    models_of_p: JsonObject = {"gpt-4.1-nano": {"model_info": {"base_model": "yyy"}}}
    assert warned({"providers": {"p": {"interfaces": {"openai": {"models": models_of_p}}}}}, version) == []


def test_the_older_version_is_said_to_pass_over_the_price_of_another_provider() -> None:
    models_of_p: JsonObject = {"x": {"model_info": {"base_model": "gemini/gemini-2.5-pro"}}}
    (line,) = warned({"providers": {"p": {"interfaces": {"anthropic": {"models": models_of_p}}}}}, OLDER)
    assert 'a price of another provider than the interface\'s for "x", which LiteLLM 1.81.12 passes over' in line
