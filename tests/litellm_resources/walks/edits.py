"""Edits of a small catalog: random, and kept small so that they meet each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.litellm_resources.walks.small_catalog import Fields, SmallCatalog

CREDENTIALS, MODELS, NAMES = ("c1", "c2"), ("m1", "m2", "m3"), ("gpt", "claude")
USERS, TEAMS, KEYS, BUDGETS = ("u1", "u2"), ("t1", "t2"), ("k1", "k2"), ("b1", "b2")
# Of a key: it gets its next value.
ROTATED = "rotated"
MAY_CALL = st.sampled_from([["General"], ["General", "Premium"], ["gpt"]])


@dataclass(frozen=True)
class Edit:
    """An object as it shall be; without fields it is taken out."""

    kind: str
    name: str
    fields: Fields | None


def _optional(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[Fields]:
    return st.fixed_dictionaries({}, optional=choices)


CREDENTIAL = st.fixed_dictionaries(
    {"api_base": st.sampled_from(["http://a.example/v1", "http://b.example"])},
    optional={
        "api_key": st.sampled_from(["sk-key-number-1", "sk-key-number-2"]),
        "custom_llm_provider": st.just("openai"),
    },
) | st.fixed_dictionaries({"api_key": st.sampled_from(["sk-key-number-1", "sk-key-number-3"])})
MODEL = st.fixed_dictionaries(
    {
        "model_name": st.sampled_from(NAMES),
        "upstream_model": st.sampled_from(["openai/gpt", "openai/claude"]),
        "litellm_params": _optional(
            rpm=st.sampled_from([5, 100]), tpm=st.just(9), input_cost_per_token=st.sampled_from([0.001, 2e-06])
        ),
        "model_info": _optional(base_model=st.just("gpt-4o"), access_groups=st.just(["General"])),
        "credential": st.sampled_from([None, *CREDENTIALS]),
    }
)
USER = st.fixed_dictionaries(
    {
        "user_role": st.sampled_from(["internal_user", "internal_user_viewer"]),
        "models": MAY_CALL,
        "limits": _optional(max_budget=st.sampled_from([5.5, 9]), tpm_limit=st.sampled_from([7, 8])),
    }
)
TEAM = st.fixed_dictionaries({"models": MAY_CALL})
KEY = st.fixed_dictionaries(
    {
        "models": MAY_CALL,
        "user_id": st.sampled_from([None, *USERS]),
        "budget": st.sampled_from([None, *BUDGETS]),
        "limits": _optional(max_budget=st.sampled_from([5.5, 9]), rpm_limit=st.sampled_from([7, 8])),
        ROTATED: st.booleans(),
    }
)
BUDGET = st.fixed_dictionaries(
    {
        "limits": _optional(
            max_budget=st.sampled_from([5.5, 9]), budget_duration=st.just("30d"), rpm_limit=st.sampled_from([7, 8])
        )
    }
)
GUARDRAIL = st.fixed_dictionaries(
    {
        "litellm_params": st.fixed_dictionaries(
            {
                "guardrail": st.sampled_from(["litellm_content_filter", "presidio"]),
                "mode": st.sampled_from(["pre_call", "post_call"]),
            },
            optional={"default_on": st.booleans()},
        )
    },
    optional={"api_key": st.sampled_from(["sk-guardrail-1", "sk-guardrail-2"])},
)
MCP_SERVER = st.fixed_dictionaries(
    {"url": st.sampled_from(["http://mcp.example/1", "http://mcp.example/2"])},
    optional={"description": st.just("tools"), "access_groups": st.just(["General"]), "allow_all_keys": st.booleans()},
) | st.fixed_dictionaries(
    {
        "url": st.just("http://mcp.example/1"),
        "auth_type": st.just("bearer_token"),
        "auth_value": st.sampled_from(["mcp-secret-1", "mcp-secret-2"]),
    }
)
FIELDS: dict[str, tuple[st.SearchStrategy[str], st.SearchStrategy[Fields]]] = {
    "credential": (st.sampled_from(CREDENTIALS), CREDENTIAL),
    "model": (st.sampled_from(MODELS), MODEL),
    "alias": (st.sampled_from(["fast", "good"]), st.fixed_dictionaries({"model": st.sampled_from(NAMES)})),
    "fallback": (st.sampled_from(NAMES), st.fixed_dictionaries({"targets": st.sampled_from([["x"], ["y", "x"]])})),
    "user": (st.sampled_from(USERS), USER),
    "team": (st.sampled_from(TEAMS), TEAM),
    "membership": (st.sampled_from([f"{team}/{user}" for team in TEAMS for user in USERS]), st.just({})),
    "key": (st.sampled_from(KEYS), KEY),
    "budget": (st.sampled_from(BUDGETS), BUDGET),
    "guardrail": (st.sampled_from(["g1", "g2"]), GUARDRAIL),
    "MCP server": (st.sampled_from(["s1", "s2"]), MCP_SERVER),
    "router": (st.just("num_retries"), st.fixed_dictionaries({"value": st.sampled_from([3, 4])})),
}
EDITS = st.one_of(
    [
        st.builds(Edit, kind=st.just(kind), name=name, fields=st.one_of(fields, fields, st.none()))
        for kind, (name, fields) in FIELDS.items()
    ]
)


def several(at_least: int) -> st.SearchStrategy[list[Edit]]:
    """Edits of as many objects."""
    return st.lists(EDITS, min_size=at_least, max_size=at_least + 6, unique_by=lambda edit: (edit.kind, edit.name))


def apply(catalog: SmallCatalog, edit: Edit) -> None:
    """Makes the edit."""
    if edit.kind == "router":
        catalog.router = {} if edit.fields is None else {edit.name: edit.fields["value"]}
    elif edit.fields is None:
        catalog.objects[edit.kind].pop(edit.name, None)
    else:
        fields = {name: value for name, value in edit.fields.items() if name != ROTATED}
        if edit.kind == "key":
            before = catalog.objects["key"].get(edit.name, {"rotation": 0})
            fields["rotation"] = before["rotation"] + edit.fields[ROTATED]
        catalog.objects[edit.kind][edit.name] = fields
