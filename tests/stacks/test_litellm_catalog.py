"""How the catalog's specs become resources: which waits for which, and what may be taken over."""

from __future__ import annotations

from litellm_resources.resolver.document import JsonObject, Layer
from litellm_resources.resolver.resolve import resolve
from stacks import litellm_catalog, program
from stacks.environment import Environment
from tests.components.engine import Engine, drained
from tests.stacks.whole_program import SECRETS, configured

CATALOG: JsonObject = {
    "users": {"ann": {"models": ["all-proxy-models"]}},
    "teams": {"crew": {"models": ["all-proxy-models"], "members": {"ann": {"max_budget_in_team": 3}}}},
    "budgets": {"small": {"max_budget": 5}},
    "keys": {"k": {"models": ["all-team-models"], "user": "ann", "team": "crew", "budget": "small"}},
}
TOKEN = "pulumi-python:dynamic/litellm:"


def deployed(settings: str = "{}") -> Engine:
    layer = Layer(path="catalog.json", document=CATALOG)
    catalog = resolve([layer], providers_with_key=(), skip_providers_without_key=False)

    def build() -> None:
        read = program.read_settings()
        environment = Environment("llmproxy", "prod", read, program.read_secrets(read))
        litellm_catalog.deploy(environment, catalog, after=[])

    with configured(settings, SECRETS):
        return drained(build, stack="prod")


def test_users_and_teams_come_before_memberships_and_these_before_the_keys_of_members() -> None:
    engine = deployed()
    kinds = [resource.type.removeprefix(TOKEN) for resource in engine.resources if resource.type.startswith(TOKEN)]
    order = [kind for kind in kinds if kind in ("User", "Team", "TeamMembership", "Key")]
    assert set(order[:2]) == {"User", "Team"}
    assert order[2:] == ["TeamMembership", "Key"]
    member, key = engine.one(f"{TOKEN}TeamMembership"), engine.one(f"{TOKEN}Key")
    assert (member.name, member.inputs["team_id"], member.inputs["user_id"]) == ("crew/ann", "crew", "ann")
    assert (key.inputs["team_id"], key.inputs["user_id"]) == ("crew", "ann")
    assert key.inputs["budget_id"] == engine.one(f"{TOKEN}Budget").inputs["budget_id"] == "llmproxy:llmproxy/prod/small"
    declared = engine.one(f"{TOKEN}Leftovers").inputs["declared"]
    assert (declared["team"], declared["team membership"]) == (["crew"], ["crew/ann"])


def test_teams_and_memberships_are_taken_over_by_their_names() -> None:
    engine = deployed('{"litellm": {"adopt": ["crew/ann"]}}')
    assert engine.one(f"{TOKEN}TeamMembership").inputs["adopt"] is True
    assert engine.one(f"{TOKEN}Team").inputs["adopt"] is False
