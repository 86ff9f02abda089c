"""What others made in LiteLLM is told, and written into the catalog so that an `up` takes it over as it is."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from litellm_resources import live_tables, ownership, router_record
from litellm_resources.credential import CredentialProvider
from litellm_resources.inventory import listing
from litellm_resources.inventory.found import CONFIG_FILE, Found, Secrets
from litellm_resources.model import ModelProvider
from litellm_resources.resolver import loading
from litellm_resources.resolver.errors import CatalogError
from litellm_resources.router_settings import RouterSettingsProvider
from litellm_resources.team import TeamProvider
from litellm_resources.team_membership import TeamMembershipProvider
from litellm_resources.user import UserProvider
from operations import adopting, unmanaged
from operations.adopting import Plan
from operations.catalog_folder import Catalog
from operations.commands import adopt
from operations.errors import OperationsError
from stacks.settings import Settings
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import NEW, OLD, FakeLitellm

OWNER = "llmproxy/dev"
KEY = "sk-key-of-a-provider"
HELD = {"litellm-mcp-auth:known", "litellm-mcp-auth:docs"}
NO_SECRETS = Secrets(lambda _provider: None, lambda _key: False)
NOTHING_OURS: dict[str, frozenset[str]] = {}
BASE = {
    "providers": {
        "known": {"api_base": "https://known", "interfaces": {"openai": {"models": {"m": None, "spare": None}}}}
    },
    "aliases": {"quick": "m"},
    "fallbacks": [{"m": ["spare"]}],
}


@pytest.fixture(params=[OLD, NEW])
def litellm(request: pytest.FixtureRequest) -> Iterator[FakeLitellm]:
    server = FakeLitellm(version=request.param)
    yield server
    assert server.undocumented == []


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    """The catalog of a stack with a provider, an alias and a fallback in its base file and nothing of its own."""
    return catalog_in(tmp_path, {})


def catalog_in(folder: Path, own: Mapping[str, Any], *, skips: bool = False) -> Catalog:
    (folder / "catalog.json").write_text(json.dumps(BASE))
    (folder / "dev.json").write_text(json.dumps(own, indent=4))
    files = loading.catalog_files(folder, "dev", with_local=False)
    settings = Settings.model_validate({"catalog": {"skipProvidersWithoutKey": skips}})
    text = files[1].path.read_text()
    return Catalog(tuple(loading.load(files)), files[1].path, text, settings, {"known", "hand"}.__contains__)


def by_hand(litellm: FakeLitellm) -> None:
    """One object of each kind, made by nobody."""
    litellm.credentials["hand-openai"] = {
        "credential_name": "hand-openai",
        "credential_values": {"api_key": KEY, "api_base": "https://hand/v1"},
        "credential_info": {"custom_llm_provider": "OpenAI_Compatible", "note": "ours for years"},
    }
    model(litellm, "row", "fast", litellm_credential_name="hand-openai", rpm=5, input_cost_per_token=0.5)
    litellm.users["u"] = {
        "user_id": "u", "user_email": "u@example.com", "user_role": "internal_user", "models": ["fast"],
        "max_budget": 3.0, "metadata": {"team": "x"},
    }  # fmt: skip
    litellm.teams.by_hand("crew", "u", team_alias="The crew", models=["fast"], max_budget=9.0, metadata={"x": 1})
    litellm.teams.limits[("crew", "u")] = {"max_budget": 2.0}
    litellm.mcp.rows["m1"] = {
        "server_id": "m1", "server_name": "known", "url": "https://m/mcp", "transport": "http",
        "auth_type": "bearer_token", "description": "Tools", "allowed_tools": ["b", "a"],
    }  # fmt: skip
    litellm.keys["t" * 64] = {"token": "t" * 64, "key_alias": "k", "user_id": "u", "models": []}
    litellm.budgets["small"] = {"budget_id": "small", "max_budget": 5.5}
    litellm.budgets["2b1d1b0e-6a52-4f0c-9d0e-0a8f4f3c9a11"] = {"budget_id": "2b1d1b0e-6a52-4f0c-9d0e-0a8f4f3c9a11"}
    litellm.router = {
        "model_group_alias": {"quickest": "fast", "secret": {"model": "fast", "hidden": True}},
        "fallbacks": [{"fast": ["m"]}],
        "num_retries": 7,
    }


def model(litellm: FakeLitellm, row_id: str, name: str, upstream: str = "openai/x", **params: Any) -> None:
    info = {"id": row_id, "base_model": "b", "access_groups": ["G"], "note": 1}
    litellm.models[row_id] = {
        "model_name": name,
        "litellm_params": {"model": upstream, **params},
        "model_info": {name: value for name, value in info.items() if value},
    }


def found_in(run: Run, ours: Mapping[str, frozenset[str]] = NOTHING_OURS) -> list[Found]:
    return listing.unmanaged(run.session, OWNER, ours)


def planned(litellm: FakeLitellm, catalog: Catalog, key: str | None = KEY) -> Plan:
    run = Run(litellm)
    keys = {"hand": key, "known": KEY}
    return adopting.plan(found_in(run), catalog, run.session, Secrets(keys.get, HELD.__contains__))


def reason_for(plan: Plan, label: str) -> str:
    return next(reason for found, reason in plan.refused if found.label == label)


def test_every_kind_is_listed_with_its_owner(litellm: FakeLitellm, catalog: Catalog) -> None:
    by_hand(litellm)
    litellm.users["theirs"] = {"user_id": "theirs", "metadata": ownership.marker("llmproxy/prod", "theirs")}
    litellm.users["ours"] = {"user_id": "ours", "metadata": ownership.marker(OWNER, "ours")}
    plan = planned(litellm, catalog)
    rows = unmanaged.as_json(found_in(Run(litellm)), plan)
    assert [(row["kind"], row["name"], row["owner"], row["adoptable"]) for row in rows] == [
        ("credential", "hand-openai", None, True),
        ("model", "fast", None, True),
        ("user", "u", None, True),
        ("user", "theirs", "llmproxy/prod", False),
        ("budget", "small", None, True),
        ("team", "crew", None, True),
        ("team membership", "crew/u", None, True),
        ("key", "k", None, False),
        ("MCP server", "known", None, True),
        ("alias", "quickest", None, True),
        ("alias", "secret", None, True),
        ("fallback", "fast", None, True),
        ("router key", "num_retries", None, True),
    ]
    assert {row["kind"] for row in rows} | {"guardrail"} >= live_tables.TABLES.keys()
    assert KEY not in json.dumps(rows)
    assert "belongs to the stack llmproxy/prod; rename it" in reason_for(plan, "user theirs")
    assert "nobody can read a key's value again; put a key of another alias" in reason_for(plan, "key k")


def test_of_the_router_row_only_what_the_state_does_not_hold_is_listed(litellm: FakeLitellm) -> None:
    by_hand(litellm)
    ours = {
        "model_group_alias": frozenset({"quickest"}),
        "fallbacks": frozenset({"fast"}),
        "other": frozenset({"num_retries"}),
    }
    kinds = [found.label for found in found_in(Run(litellm), ours) if not found.row_id]
    assert kinds == ["alias secret"]


@pytest.mark.parametrize(
    ("owner", "left"), [(OWNER, ["alias secret"]), ("llmproxy/prod", ["alias quickest", "alias secret"])]
)
def test_the_record_in_litellm_says_whose_an_alias_is(litellm: FakeLitellm, owner: str, left: list[str]) -> None:
    litellm.router = {"model_group_alias": {"quickest": "m", "secret": "m"}}
    mark: dict[str, Any] = ownership.marker(owner, "")
    mark["llmproxy"]["router_settings"] = {"model_group_alias": ["quickest"]}
    for name in (router_record.RECORD, f"{router_record.LISTS}7"):
        row = {"credential_name": name, "credential_values": {"note": "x"}, "credential_info": mark}
        litellm.credentials[name] = row
    found = found_in(Run(litellm))
    assert [each.label for each in found] == left
    assert found[0].owner == (ownership.NOBODY if owner == OWNER else owner)


def test_what_is_written_resolves_to_just_what_is_there(litellm: FakeLitellm, catalog: Catalog) -> None:
    by_hand(litellm)
    plan = planned(litellm, catalog)
    assert {step.found.label: dict(step.changes) for step in plan.steps if step.changes} == {}
    written = json.loads(plan.catalog.text)
    assert written["providers"]["hand"] == {
        "api_base": "https://hand",
        "interfaces": {
            "openai": {
                "models": {
                    "x": {
                        "model_name": "fast",
                        "access_groups": ["G"],
                        "model_info": {"base_model": "b", "note": 1},
                        "litellm_params": {"rpm": 5, "input_cost_per_token": 0.5},
                    }
                }
            }
        },
    }
    assert written["aliases"] == {"quickest": "fast", "secret": {"model": "fast", "hidden": True}}
    assert written["fallbacks"] == [{"m": ["$base"]}, {"fast": ["m"]}]
    assert written["teams"] == {
        "crew": {
            "team_alias": "The crew",
            "models": ["fast"],
            "max_budget": 9.0,
            "metadata": {"x": 1},
            "members": {"u": {"max_budget_in_team": 2.0}},
        }
    }
    assert written["mcp_servers"]["known"] == {
        "url": "https://m/mcp",
        "transport": "http",
        "auth_type": "bearer_token",
        "description": "Tools",
        "allowed_tools": ["a", "b"],
    }
    assert written["router_settings"] == {"num_retries": 7}
    assert KEY not in plan.catalog.text


def test_providers_with_the_setting_take_it_over_and_leave_its_content(litellm: FakeLitellm, catalog: Catalog) -> None:
    by_hand(litellm)
    plan, before = planned(litellm, catalog), copy.deepcopy(litellm)
    adopted = {step.identity for step in plan.steps if step.setting}
    run, resolved = Run(litellm), plan.catalog.resolved
    (credential,) = [each for each in resolved.credentials if each.name in adopted]
    (spec,) = [each for each in resolved.models if each.identity in adopted]
    (user,) = [each for each in resolved.users if each.user_id in adopted]
    run.provider(CredentialProvider).create({
        "owner": OWNER, "credential_name": credential.name, "api_base": credential.api_base, "api_key": KEY,
        "custom_llm_provider": credential.custom_llm_provider, "fingerprint_key": "f", "adopt": True,
    })  # fmt: skip
    run.provider(ModelProvider).create({
        "owner": OWNER, "identity": spec.identity, "model_name": spec.model_name, "upstream_model": spec.upstream_model,
        "credential_name": spec.credential_name, "litellm_params": spec.litellm_params, "model_info": spec.model_info,
        "adopt": True,
    })  # fmt: skip
    run.provider(UserProvider).create({
        "owner": OWNER, "user_id": user.user_id, "user_role": user.user_role, "models": list(user.models),
        "user_email": user.user_email, "limits": user.limits, "metadata": user.metadata, "adopt": True,
    })  # fmt: skip
    (team,), (member,) = resolved.teams, resolved.memberships
    run.provider(TeamProvider).create({
        "owner": OWNER, "team_id": team.team_id, "team_alias": team.team_alias, "models": list(team.models),
        "limits": team.limits, "metadata": team.metadata, "adopt": team.team_id in adopted,
    })  # fmt: skip
    run.provider(TeamMembershipProvider).create({
        "owner": OWNER, "team_id": member.team_id, "user_id": member.user_id, "role": member.role,
        "limits": member.limits, "adopt": member.name in adopted,
    })  # fmt: skip
    settings = resolved.router_settings
    run.provider(RouterSettingsProvider).create({
        "owner": OWNER, "model_group_alias": settings.model_group_alias, "other": settings.other, "adopt": [],
        "fallbacks": {source: targets for rule in settings.fallbacks for source, targets in rule.items()},
    })  # fmt: skip
    (row,) = litellm.models.values()
    assert row["litellm_params"] == before.models["row"]["litellm_params"]
    assert {**ownership.without_marker(row["model_info"]), "id": "row"} == before.models["row"]["model_info"]
    assert (
        litellm.credentials["hand-openai"]["credential_values"]
        == before.credentials["hand-openai"]["credential_values"]
    )
    assert litellm.credentials["hand-openai"]["credential_info"]["note"] == "ours for years"
    assert {**litellm.users["u"], "metadata": {"team": "x"}}.items() >= before.users["u"].items()
    assert litellm.router["model_group_alias"] == {**before.router["model_group_alias"], "quick": "m"}
    crew = litellm.teams.rows["crew"]
    assert {**crew, "metadata": {"x": 1}}.items() >= before.teams.rows["crew"].items()
    assert (litellm.teams.limits[("crew", "u")] or {})["max_budget"] == 2.0
    left = [found.label for found in found_in(Run(litellm)) if found.row_id]
    assert left == ["budget small", "key k", "MCP server known"], "no budget can carry a marker"


def test_what_the_catalog_declares_already_needs_the_setting_only(litellm: FakeLitellm, catalog: Catalog) -> None:
    values = {"api_base": "https://elsewhere/v1", "api_key": "sk-other-key"}
    litellm.credentials["known-openai"] = {"credential_name": "known-openai", "credential_values": values}
    litellm.router = {"model_group_alias": {"quick": "m"}, "fallbacks": [{"m": ["z"]}]}
    plan = planned(litellm, catalog)
    assert [(step.found.label, step.entry, step.setting, adopting.in_words(step.changes)) for step in plan.steps] == [
        (
            "credential known-openai", None, True,
            'api_base: "https://elsewhere/v1" => "https://known/v1", '
            'custom_llm_provider: nothing => "OpenAI_Compatible", api_key: "(another key)" => "(the config\'s key)"',
        ),
        ("alias quick", None, False, ""),
        ("fallback m", None, True, 'm: ["z"] => ["spare"]'),
    ]  # fmt: skip
    assert plan.catalog.text == catalog.text


def test_what_the_catalog_cannot_leave_as_it_is_is_told_with_the_reason(litellm: FakeLitellm, catalog: Catalog) -> None:
    litellm.users["u"] = {"user_id": "u", "user_role": None, "models": []}
    model(litellm, "row", "fast", mock_response="hi")
    litellm.models["row"]["model_info"] = {"id": "row", "key": "gpt-4o", "mode": "chat", "max_tokens": 7}
    plan = planned(litellm, catalog)
    found = {step.found.label: adopting.in_words(step.changes) for step in plan.steps}
    assert found == {
        "model fast": 'model_info.base_model: nothing => "gpt-4o"',
        "user u": 'user_role: nothing => "internal_user_viewer", models: [] => ["all-proxy-models"]',
    }
    assert all(name in step.expected for step in plan.steps for name in step.changes)
    assert json.loads(plan.catalog.text)["providers"]["mock"]["requires_key"] is False
    (note,) = plan.steps[0].notes
    assert "set by hand" in note


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({}, r"no credential, and LiteLLM does not show whether it holds a key itself; make a credential"),
        ({"litellm_credential_name": "gone"}, r"credential gone is not in the catalog; take that over first"),
        ({"mock_response": "x", "aws_secret_access_key": "abc"}, r"aws_secret_access_key is a secret; put it"),
        ({"mock_response": "x", "extra_headers": {"X-Api-Key": "abc"}}, r"parameter X-Api-Key is a secret; put it"),
        ({"mock_response": "x", "vertex_project": "pr****ct"}, r"parameter vertex_project is a secret; put it"),
        ({"model": "azure/x", "mock_response": "x"}, r"is azure/x, the catalog knows anthropic/…, .*; write"),
        ({"model": "anthropic/x", "litellm_credential_name": "known-openai"}, r"is for openai/… models; write"),
    ],
)  # fmt: skip
def test_a_model_that_no_catalog_can_say_is_refused_with_reason_and_remedy(
    litellm: FakeLitellm, catalog: Catalog, params: dict[str, Any], reason: str
) -> None:
    upstream = params.get("model", "openai/x")
    model(litellm, "row", "fast", upstream, **{name: value for name, value in params.items() if name != "model"})
    plan = planned(litellm, catalog)
    assert plan.steps == []
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(reason_for(plan, "model fast"))
    assert "abc" not in reason_for(plan, "model fast")


@pytest.mark.parametrize(
    ("name", "values", "key", "reason"),
    [
        ("hand", {"api_key": KEY}, KEY, "called <provider> and one of -anthropic, -gemini, -openai; make another"),
        ("hand-openai", {"api_key": KEY, "aws_region": "x"}, KEY, "holds aws_region, which the catalog does not know"),
        ("hand-openai", {"api_key": KEY, "api_base": "https://h"}, KEY, "does not end in /v1, which the catalog adds"),
        ("hand-openai", {"api_key": KEY}, None, "type: pulumi config set --secret litellm-api-keys:hand"),
        ("hand-openai", {"api_key": KEY}, "sk-another-one", 'api_key: "(another key)" => "(the config\'s key)"; write'),
        ("known-gemini", {"api_key": KEY, "api_base": "https://h/v1beta"}, KEY, 'api_base: "https://h/v1beta" => '),
    ],
)  # fmt: skip
def test_a_credential_that_no_catalog_can_say_is_refused_with_reason_and_remedy(
    litellm: FakeLitellm, catalog: Catalog, name: str, values: dict[str, str], key: str | None, reason: str
) -> None:
    litellm.credentials[name] = {"credential_name": name, "credential_values": values}
    plan = planned(litellm, catalog, key)
    assert reason in reason_for(plan, f"credential {name}")
    assert "sk-" not in reason_for(plan, f"credential {name}")
    assert plan.catalog.text == catalog.text


def test_rows_that_the_catalog_would_make_one_of_are_refused(litellm: FakeLitellm, catalog: Catalog) -> None:
    for row_id in ("one", "two"):
        model(litellm, row_id, "fast", mock_response=row_id)
    plan = planned(litellm, catalog)
    assert [reason for _, reason in plan.refused] == [
        "2 rows have its name, upstream model and credential (one, two); delete all but one, or rename one"
    ] * 2


def test_two_deployments_of_one_upstream_model_get_entries_of_their_own(litellm: FakeLitellm, catalog: Catalog) -> None:
    for name in ("fast", "faster"):
        model(litellm, name, name, mock_response=name)
    plan = planned(litellm, catalog)
    models = json.loads(plan.catalog.text)["providers"]["mock"]["interfaces"]["openai"]["models"]
    assert {key: entry["model_name"] for key, entry in models.items()} == {"x": "fast", "faster": "faster"}
    assert models["faster"]["upstream_name"] == "x"


def test_what_leads_to_nothing_of_the_catalog_is_refused_and_the_rest_taken(
    litellm: FakeLitellm, catalog: Catalog
) -> None:
    litellm.router = {"model_group_alias": {"a": "nowhere", "b": "m", "c": {"model": "m", "x": 1}}, "timeout": 3.0}
    plan = planned(litellm, catalog)
    assert 'aliases.a: found "nowhere"' in reason_for(plan, "alias a")
    assert "no such form of an alias" in reason_for(plan, "alias c")
    assert json.loads(plan.catalog.text) == {"aliases": {"b": "m"}, "router_settings": {"timeout": 3.0}}


def test_a_provider_that_stays_skipped_is_no_way_to_take_a_credential_over(
    litellm: FakeLitellm, tmp_path: Path
) -> None:
    catalog = catalog_in(tmp_path, {"providers": {"keyless": {"interfaces": {"gemini": {}}}}}, skips=True)
    litellm.credentials["keyless-openai"] = {"credential_name": "keyless-openai", "credential_values": {"api_key": KEY}}
    assert "has no key and is skipped (keyless)" in reason_for(planned(litellm, catalog), "credential keyless-openai")


def test_what_litellm_yaml_sets_and_what_litellm_makes_for_itself_stay(litellm: FakeLitellm, catalog: Catalog) -> None:
    litellm.users["default_user_id"] = {"user_id": "default_user_id"}
    plan = planned(litellm, catalog)
    assert "LiteLLM makes it for itself" in reason_for(plan, "user default_user_id")
    run = Run(litellm)
    model(litellm, "row", "fast")
    (row,) = run.session.models.rows().values()
    run.session.models.put("row", row.model_copy(update={"model_info": {"id": "row", "db_model": False}}))
    (found,) = [each for each in found_in(run) if each.kind == "model"]
    assert found.owner == CONFIG_FILE
    (_, reason), *_ = adopting.plan([found], catalog, run.session, NO_SECRETS).refused
    assert "stands in the gateway's litellm.yaml" in reason


def test_a_member_needs_the_team_and_an_mcp_server_its_secret_and_what_the_catalog_knows(
    litellm: FakeLitellm, catalog: Catalog
) -> None:
    litellm.users["u"] = {"user_id": "u", "user_role": "internal_user", "models": ["m"]}
    team = litellm.teams.by_hand("theirs", "u", metadata=ownership.marker("llmproxy/prod", "theirs"))
    team["members_with_roles"][-1]["role"] = "admin"
    litellm.teams.by_hand("crew", "u")["members_with_roles"][-1]["role"] = "admin"
    servers: list[dict[str, Any]] = [
        {"server_name": "secret", "url": "https://m", "transport": "http", "auth_type": "api_key"},
        {"server_name": "local", "transport": "stdio"},
        {"server_name": None, "url": "https://m", "transport": "http"},
    ]
    for number, row in enumerate(servers):
        litellm.mcp.rows[f"m{number}"] = {"server_id": f"m{number}", **row}
    plan = planned(litellm, catalog)
    assert "take that over first: make adopt KIND=team NAME=theirs" in reason_for(plan, "team membership theirs/u")
    assert "role admin takes an enterprise licence" in reason_for(plan, "team membership crew/u")
    assert "type: pulumi config set --secret litellm-mcp-auth:secret" in reason_for(plan, "MCP server secret")
    assert "stdio with None is none that the catalog has" in reason_for(plan, "MCP server local")
    assert "it has no name" in reason_for(plan, "MCP server m2")
    assert [step.found.label for step in plan.steps] == ["user u", "team crew"]


def test_a_catalog_with_mistakes_is_no_ground_to_plan_on(litellm: FakeLitellm, tmp_path: Path) -> None:
    by_hand(litellm)
    with pytest.raises(CatalogError, match='found "nowhere"'):
        planned(litellm, catalog_in(tmp_path, {"aliases": {"a": "nowhere"}}))


def test_a_model_brings_its_credential_and_a_name_is_one_of_those_that_are_there(litellm: FakeLitellm) -> None:
    by_hand(litellm)
    found = found_in(Run(litellm))
    for names in ("fast", "row", None):
        labels = [each.label for each in adopt.chosen(found, "model", names)]
        assert labels == ["credential hand-openai", "model fast"]
    assert [each.name for each in adopt.chosen(found, "alias", "secret, quickest")] == ["quickest", "secret"]
    with pytest.raises(OperationsError, match=r"NAME: found 'slow', but allowed is what is unmanaged: fast$"):
        adopt.chosen(found, "model", "slow")
    with pytest.raises(
        OperationsError, match=r"KIND: found 'budgets', but allowed is what is unmanaged: MCP server, alias, "
    ):
        adopt.chosen(found, "budgets", None)


def test_an_mcp_server_is_written_without_its_secret_and_a_guardrail_is_told_why_not(
    litellm: FakeLitellm, catalog: Catalog
) -> None:
    server = {
        "server_id": "uuid",
        "server_name": "docs",
        "alias": "docs",
        "transport": "http",
        "url": "http://docs/mcp",
    }
    litellm.mcp.rows["uuid"] = {**server, "auth_type": "bearer_token", "credentials": {"auth_value": KEY}}
    litellm.guardrails.by_hand("words")
    plan = planned(litellm, catalog)
    written = json.loads(plan.catalog.text)["mcp_servers"]
    assert written == {"docs": {"url": "http://docs/mcp", "transport": "http", "auth_type": "bearer_token"}}
    (step,) = plan.steps
    assert (step.changes, step.setting) == ({}, True)
    assert "does not tell its parameters from defaults" in reason_for(plan, "guardrail words")


@pytest.mark.parametrize(
    ("kind", "identity", "is_told"),
    [
        ("user", "u", True),
        ("model", "a@b-openai:openai/c", True),
        ("user", "uu", False),
        ("alias", "quick", True),
        ("fallback", "m", True),
        ("router key", "timeout", True),
        ("alias", "m", False),
        ("alias", "kept", False),
    ],
)
def test_a_preview_proves_only_what_it_names(kind: str, identity: str, is_told: bool) -> None:
    output = """
warning: LiteLLM user u: is in LiteLLM already, will be taken over
warning: LiteLLM model a@b-openai:openai/c: is in LiteLLM already, will be taken over
warning: router settings: in LiteLLM already, will be taken over: alias quick, fallbacks of m, router key timeout
warning: router settings: kept as they are, made by others: alias kept
"""
    assert adopt.takes_over(output, kind, identity) is is_told
