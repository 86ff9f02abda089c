"""A Pulumi program of LiteLLM's objects only, for checks against a real server: the objects come from `objects.json`.

The file holds lists of arguments by the type's name; secrets are made up here, so the file holds none.
"""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path
from typing import Any

import pulumi

from litellm_resources.budget import Budget, BudgetArgs
from litellm_resources.credential import Credential, CredentialArgs
from litellm_resources.gateway_config import GatewayConfig, GatewayConfigArgs
from litellm_resources.guardrail import Guardrail, GuardrailArgs
from litellm_resources.key import Key, KeyArgs
from litellm_resources.leftovers import Leftovers, LeftoversArgs
from litellm_resources.mcp_server import McpServer, McpServerArgs
from litellm_resources.model import Model, ModelArgs
from litellm_resources.router_settings import RouterSettings, RouterSettingsArgs
from litellm_resources.team import Team, TeamArgs
from litellm_resources.team_membership import TeamMembership, TeamMembershipArgs
from litellm_resources.user import User, UserArgs

# As stacks/program.py does.
gc.set_threshold(200_000)
sys.tracebacklimit = 9
objects: dict[str, list[dict[str, Any]]] = json.loads(Path("objects.json").read_text())
fingerprint_key = pulumi.Config().require_secret("fingerprint-key")
provider_key = pulumi.Config().require_secret("provider-key")

credentials = [
    Credential(args["credential_name"], CredentialArgs(**args, fingerprint_key=fingerprint_key, api_key=provider_key))
    for args in objects.get("credentials", [])
]
rows = {
    args["credential_name"]: made.credential_name
    for args, made in zip(objects.get("credentials", []), credentials, strict=True)
}
below_credentials = pulumi.ResourceOptions(depends_on=credentials)
models: list[pulumi.Resource] = [
    Model(
        args["identity"],
        ModelArgs(**{**args, "credential_name": rows.get(args["credential_name"], args["credential_name"])}),
        below_credentials,
    )
    for args in objects.get("models", [])
]
router_settings: list[pulumi.Resource] = [
    RouterSettings("router-settings", RouterSettingsArgs(**args), pulumi.ResourceOptions(depends_on=models))
    for args in objects.get("router_settings", [])
]
for args in objects.get("gateway_config", []):
    GatewayConfig("gateway-config", GatewayConfigArgs(**args), pulumi.ResourceOptions(depends_on=router_settings))
users: list[pulumi.Resource] = [User(args["user_id"], UserArgs(**args)) for args in objects.get("users", [])]
budgets = {args["name"]: Budget(args["name"], BudgetArgs(**args)) for args in objects.get("budgets", [])}
teams: list[pulumi.Resource] = [Team(args["team_id"], TeamArgs(**args)) for args in objects.get("teams", [])]
memberships: list[pulumi.Resource] = [
    TeamMembership(
        f"{args['team_id']}/{args['user_id']}",
        TeamMembershipArgs(**args),
        pulumi.ResourceOptions(depends_on=[*users, *teams]),
    )
    for args in objects.get("memberships", [])
]


def with_budget(args: dict[str, Any]) -> dict[str, Any]:
    """A key's arguments with the id of the budget that they name."""
    named = args.get("budget_id")
    return {**args, "budget_id": budgets[named].budget_id} if named in budgets else args


keys = [
    Key(
        args["key_alias"],
        KeyArgs(**with_budget(args), fingerprint_key=fingerprint_key),
        pulumi.ResourceOptions(depends_on=[*models, *users, *teams, *memberships]),
    )
    for args in objects.get("keys", [])
]
for args, key in zip(objects.get("keys", []), keys, strict=True):
    pulumi.export(args["key_alias"], key.key)
# Each is asked with the provider's key, but one that says that it asks for none.
servers = [
    McpServer(
        args["server_name"],
        McpServerArgs(
            **args, fingerprint_key=fingerprint_key, auth_value=provider_key if args.get("auth_type") else None
        ),
    )
    for args in objects.get("mcp_servers", [])
]
guardrails = [
    Guardrail(
        args["guardrail_name"], GuardrailArgs(**{"api_key": provider_key, **args}, fingerprint_key=fingerprint_key)
    )
    for args in objects.get("guardrails", [])
]
fields = {
    "credential": "credential_name",
    "model": "identity",
    "user": "user_id",
    "budget": "name",
    "team": "team_id",
    "key": "key_alias",
}
declared: dict[str, list[pulumi.Input[str]]] = {
    kind: [args[name] for args in objects.get(f"{kind}s", [])] for kind, name in fields.items()
}
declared["credential"] = [credential.credential_name for credential in credentials]
declared["MCP server"] = [args["server_name"] for args in objects.get("mcp_servers", [])]
declared["guardrail"] = [args["guardrail_name"] for args in objects.get("guardrails", [])]
declared["team membership"] = [f"{args['team_id']}/{args['user_id']}" for args in objects.get("memberships", [])]
accounts = [*users, *budgets.values(), *teams, *memberships, *keys]
made = [*credentials, *models, *router_settings, *accounts, *servers, *guardrails]
Leftovers("leftovers", LeftoversArgs(declared=declared), pulumi.ResourceOptions(depends_on=made))
