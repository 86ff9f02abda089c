"""Teams, their members, and keys of a team."""

from collections.abc import Callable

import pytest
from pydantic import JsonValue

from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.errors import CatalogError
from litellm_resources.resolver.resolved import MembershipSpec, ResolvedCatalog, TeamSpec

Resolve = Callable[..., ResolvedCatalog]

MODELS: JsonObject = {
    "providers": {"p": {"access_groups": ["General"], "interfaces": {"openai": {"models": {"m": None}}}}},
    "users": {"ann": {"models": ["m"]}, "bob": {"models": ["m"]}},
}


def test_a_team_has_its_id_for_a_name_and_its_members_become_specs(resolve_documents: Resolve) -> None:
    members: JsonObject = {"bob": None, "ann": {"max_budget_in_team": 2, "rpm_limit": None, "tpm_limit": 5}}
    teams: JsonObject = {"crew": {"models": ["General"], "max_budget": 5, "soft_budget": 4, "members": members}}
    resolved = resolve_documents({**MODELS, "teams": teams, **key(team="crew")})
    assert resolved.teams == (
        TeamSpec(
            team_id="crew",
            team_alias="crew",
            models=("General",),
            limits={"max_budget": 5, "soft_budget": 4},
            metadata={},
        ),
    )
    limits: JsonObject = {"max_budget_in_team": 2, "tpm_limit": 5}
    assert resolved.memberships == (
        MembershipSpec(team_id="crew", user_id="ann", role="user", limits=limits),
        MembershipSpec(team_id="crew", user_id="bob", role="user", limits={}),
    )
    assert resolved.keys[0].team_id == "crew"


def test_an_overlay_adds_a_member_and_changes_anothers_budget(resolve_documents: Resolve) -> None:
    base: JsonObject = {"crew": {"models": ["m"], "members": {"ann": {"max_budget_in_team": 1}}}}
    overlay: JsonObject = {"crew": {"members": {"bob": {}, "ann": {"max_budget_in_team": 3}}}}
    resolved = resolve_documents({**MODELS, "teams": base}, {"teams": overlay})
    assert [(each.user_id, each.limits) for each in resolved.memberships] == [
        ("ann", {"max_budget_in_team": 3}),
        ("bob", {}),
    ]


def key(**fields: JsonValue) -> JsonObject:
    return {"keys": {"k": {"models": ["m"], **fields}}}


def crew(**fields: JsonValue) -> JsonObject:
    return {"teams": {"crew": {"models": ["m"], **fields}}}


CASES = [
    pytest.param(
        crew(members={"anne": {}}),
        'teams.crew.members.anne: found "anne", which is no user of the catalog; allowed: user ids: "ann", "bob"; '
        'to do: write "ann" if that is meant, else add "anne" to users, or remove it here',
        id="a member who is no user",
    ),
    pytest.param(
        crew(members={"ann": {"role": "admin"}}),
        'teams.crew.members.ann.role: found "admin", which LiteLLM takes only with an enterprise licence; '
        'allowed: "user"; to do: write "user", or remove the line',
        id="a team admin",
    ),
    pytest.param(
        crew(members={"ann": {"role": "boss"}}),
        'teams.crew.members.ann.role: found "boss"; allowed: "user" or "admin"; to do: choose one of these',
        id="an unknown role",
    ),
    pytest.param(
        crew(members={"ann": {"max_budget_in_team": -1}}),
        "teams.crew.members.ann.max_budget_in_team: found -1; allowed: 0 or more; to do: write that in its place",
        id="a negative budget of a member",
    ),
    pytest.param(
        crew(max_budget=-0.5),
        "teams.crew.max_budget: found -0.5; allowed: 0 or more; to do: write that in its place",
        id="a negative budget",
    ),
    pytest.param(
        crew(max_budget=5, soft_budget=5),
        "teams.crew.soft_budget: found 5, which is no less than the team's max_budget of 5; "
        "allowed: less than max_budget; to do: lower it, or raise max_budget",
        id="a soft budget that the budget comes before",
    ),
    pytest.param(
        crew(budget_duration="3x"),
        'teams.crew.budget_duration: found "3x"; allowed: a time like "30d" (s, m, h, d, w or mo); '
        "to do: write that in its place",
        id="an unknown duration",
    ),
    pytest.param(
        crew(tags=["x"]),
        'teams.crew.tags: found the unknown key "tags"; allowed: "budget_duration", "max_budget", "members", '
        '"metadata", "models", "rpm_limit", "soft_budget", "team_alias", "tpm_limit"; '
        "to do: remove it: LiteLLM takes it only with an enterprise licence",
        id="a field that needs a licence",
    ),
    pytest.param(
        crew(members=["ann"]),
        "teams.crew.members: found a list; allowed: an object; to do: write that in its place",
        id="members as a list",
    ),
    pytest.param(
        {"teams": {"crew": {}}},
        "teams.crew.models: found an empty list, which to LiteLLM means every model; allowed: model names, aliases, "
        'access groups; to do: list what it may use; "all-proxy-models" for every model',
        id="a team without models",
    ),
    pytest.param(
        {"teams": {"litellm-dashboard": {"models": ["m"]}}},
        'teams.litellm-dashboard: found "litellm-dashboard", the team of the keys that LiteLLM\'s web pages use; '
        'allowed: a team id without "/"; to do: rename the team',
        id="a reserved name",
    ),
    pytest.param(
        {"teams": {"a/b": {"models": ["m"]}}},
        'teams["a/b"]: found "a/b", which is empty or has a "/" in it; allowed: a team id without "/"; '
        "to do: rename the team",
        id="a separator in a team id",
    ),
    pytest.param(
        {**crew(), **key(team="crews")},
        'keys.k.team: found "crews", which is no team of the catalog; allowed: a team id ("crew") or null; '
        'to do: write "crew" if that is meant, else add "crews" to teams, or write null',
        id="a key of an unknown team",
    ),
    pytest.param(
        {**crew(members={"bob": {}}), **key(team="crew", user="ann")},
        'keys.k.user: found "ann", who is no member of the key\'s team "crew"; allowed: a member of that team ("bob") '
        'or null; to do: add "ann" to teams.crew.members, or write null',
        id="a key of a user who is not in its team",
    ),
]


@pytest.mark.parametrize(("document", "expected"), CASES)
def test_each_bad_team_is_one_line_with_place_found_allowed_and_remedy(
    resolve_documents: Resolve, document: JsonObject, expected: str
) -> None:
    with pytest.raises(CatalogError) as error:
        resolve_documents({**MODELS, **document})
    (problem,) = error.value.problems
    assert str(problem).partition(": ")[2] == expected


@pytest.mark.parametrize(
    ("document", "paths"),
    [
        ({"teams": {"crew": []}, **key(team="crew")}, ["teams.crew"]),
        ({"user": {"zed": {}}, **crew(members={"zed": {}})}, ["user"]),
        (
            {**crew(members=5), **key(team="crew", user="ann")},
            ["teams.crew.members"],
        ),
        (
            {**crew(members={"ann": 5}), **key(team="crew", user="ann")},
            ["teams.crew.members.ann"],
        ),
    ],
)
def test_what_is_missing_only_because_it_is_written_wrong_is_told_once(
    resolve_documents: Resolve, document: JsonObject, paths: list[str]
) -> None:
    with pytest.raises(CatalogError) as error:
        resolve_documents({**MODELS, **document})
    assert [problem.path for problem in error.value.problems] == paths
