"""What stands in the state of deployed stacks: type tokens and provider paths. A change here needs an alias or a
re-export at the old place, and a line in a decision record."""

from __future__ import annotations

import importlib

import pytest
from pulumi.dynamic.dynamic import serialize_provider

PROVIDERS = {
    "components.database_identity.DatabaseIdentityProvider": "swarm:DatabaseIdentity",
    "components.database_password.DatabasePasswordProvider": "swarm:DatabasePassword",
    "components.database_password_end.DatabasePasswordEndProvider": "swarm:DatabasePasswordEnd",
    "components.fingerprint.DataFingerprintProvider": "swarm:DataFingerprint",
    "components.foreign_network.ForeignNetworkProvider": "swarm:ForeignNetwork",
    "components.job.JobProvider": "swarm:Job",
    "components.rollout.RolloutGateProvider": "swarm:RolloutGate",
    "components.scheduled_job.ScheduledJobProvider": "swarm:ScheduledJob",
    "litellm_resources.budget.BudgetProvider": "litellm:Budget",
    "litellm_resources.credential.CredentialProvider": "litellm:Credential",
    "litellm_resources.gateway_config.GatewayConfigProvider": "litellm:GatewayConfig",
    "litellm_resources.guardrail.GuardrailProvider": "litellm:Guardrail",
    "litellm_resources.key.KeyProvider": "litellm:Key",
    "litellm_resources.leftovers.LeftoversProvider": "litellm:Leftovers",
    "litellm_resources.mcp_server.McpServerProvider": "litellm:McpServer",
    "litellm_resources.model.ModelProvider": "litellm:Model",
    "litellm_resources.router_settings.RouterSettingsProvider": "litellm:RouterSettings",
    "litellm_resources.team.TeamProvider": "litellm:Team",
    "litellm_resources.team_membership.TeamMembershipProvider": "litellm:TeamMembership",
    "litellm_resources.user.UserProvider": "litellm:User",
    "stacks.handover.HandoverProvider": "swarm:Handover",
    "stacks.handover_end.HandoverEndProvider": "swarm:HandoverEnd",
}


@pytest.mark.parametrize("path", PROVIDERS)
def test_a_provider_is_stored_as_a_reference_to_its_module_and_class(path: str) -> None:
    module, _, name = path.rpartition(".")
    provider = getattr(importlib.import_module(module), name)()
    stored = serialize_provider(provider)
    assert len(stored) < 200, "pickled by value: the class is not a top-level one, or its instance holds something"
    assert provider.serialize_as_secret_always is False


@pytest.mark.parametrize(("path", "token"), PROVIDERS.items())
def test_a_resource_type_keeps_its_token(path: str, token: str) -> None:
    module, _, name = path.rpartition(".")
    resource = getattr(importlib.import_module(module), name.removesuffix("Provider"))
    assert resource._resource_type_name == f"dynamic/{token}"
