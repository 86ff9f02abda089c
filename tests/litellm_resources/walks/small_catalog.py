"""A small catalog for random walks, and its program.

Takes objects by kind and name. What refers to an object that is not there is left out, as the resolver would refuse it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from litellm_resources.budget import BudgetProvider
from litellm_resources.budget_marks import marked_id
from litellm_resources.credential import CredentialProvider
from litellm_resources.guardrail import GuardrailProvider
from litellm_resources.key import KeyProvider
from litellm_resources.leftovers import LeftoversProvider
from litellm_resources.mcp_server import McpServerProvider
from litellm_resources.model import ModelProvider
from litellm_resources.router_record import RECORD
from litellm_resources.router_settings import RouterSettingsProvider
from litellm_resources.team import TeamProvider
from litellm_resources.team_membership import TeamMembershipProvider
from litellm_resources.user import UserProvider
from tests.litellm_resources.walks.tiny_engine import Declared, Outputs

OWNER = "llmproxy/dev"
FINGERPRINT_KEY = "fingerprint-key"
KINDS = (
    *("credential", "model", "alias", "fallback", "user", "team", "membership", "budget", "key"),
    *("guardrail", "MCP server"),
)
Fields = dict[str, Any]


@dataclass
class SmallCatalog:
    """Objects by kind and name; `router` holds further keys of the router settings."""

    objects: dict[str, dict[str, Fields]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    router: dict[str, Any] = field(default_factory=dict)

    def of(self, kind: str) -> dict[str, Fields]:
        """What is declared of a kind, without what refers to nothing."""
        found = self.objects[kind]
        if kind == "membership":
            ends = {name: name.split("/") for name in found}
            teams, users = self.objects["team"], self.objects["user"]
            return {name: found[name] for name, (team, user) in ends.items() if team in teams and user in users}
        return found

    def program(self) -> list[Declared]:
        return [*self._resources(), Declared("leftovers", LeftoversProvider, self._leftovers)]

    def _resources(self) -> Iterator[Declared]:
        for name, fields in self.of("credential").items():
            own = {"credential_name": name, "fingerprint_key": FINGERPRINT_KEY, "other_values": [], **fields}
            yield self._declared(f"credential {name}", CredentialProvider, own)
        for name, fields in self.of("model").items():
            yield Declared(f"model {name}", ModelProvider, partial(self._model, name, fields))
        router: Fields = {
            "model_group_alias": {name: fields["model"] for name, fields in self.of("alias").items()},
            "fallbacks": {name: fields["targets"] for name, fields in self.of("fallback").items()},
            "other": self.router,
            "adopt": [],
        }
        router["record"] = RECORD if any(router.values()) else None
        yield self._declared("router settings", RouterSettingsProvider, router)
        for name, fields in self.of("user").items():
            yield self._declared(f"user {name}", UserProvider, {"user_id": name, **fields})
        for name, fields in self.of("team").items():
            yield self._declared(f"team {name}", TeamProvider, {"team_id": name, "team_alias": name, **fields})
        for name, fields in self.of("membership").items():
            team, user = name.split("/")
            own = {"team_id": team, "user_id": user, "role": "user", **fields}
            yield self._declared(f"membership {name}", TeamMembershipProvider, own)
        for name, fields in self.of("budget").items():
            own = {"name": name, "budget_id": marked_id(OWNER, name), **fields}
            yield self._declared(f"budget {name}", BudgetProvider, own)
        for name, fields in self.of("key").items():
            yield self._declared(f"key {name}", KeyProvider, self.key(name, fields))
        for name, fields in self.of("guardrail").items():
            own = {"guardrail_name": name, "fingerprint_key": FINGERPRINT_KEY, **fields}
            yield self._declared(f"guardrail {name}", GuardrailProvider, own)
        for name, fields in self.of("MCP server").items():
            own = {"server_name": name, "fingerprint_key": FINGERPRINT_KEY, **fields}
            yield self._declared(f"MCP server {name}", McpServerProvider, own)

    def key(self, name: str, fields: Fields) -> Fields:
        """A key's properties; it belongs to nobody, and shares no budget, where that one is not declared."""
        own = {field: value for field, value in fields.items() if field != "budget"}
        user = fields["user_id"] if fields["user_id"] in self.of("user") else None
        budget = marked_id(OWNER, fields["budget"]) if fields["budget"] in self.of("budget") else None
        # The value of before goes at once: what stays for a while is looked at in test_key_rotation.py.
        fixed = {"fingerprint_key": FINGERPRINT_KEY, "key_type": "default", "grace": "0s"}
        return {"key_alias": name, **fixed, **own, "user_id": user, "budget_id": budget}

    def credential_of(self, fields: Fields) -> str | None:
        """The catalog's name of a model's credential."""
        return fields["credential"] if fields["credential"] in self.of("credential") else None

    def _declared(self, urn: str, kind: Any, props: Fields) -> Declared:
        return Declared(urn, kind, lambda _outputs: {"owner": OWNER, **props})

    def _model(self, name: str, fields: Fields, outputs: Outputs) -> Fields:
        own = {name: value for name, value in fields.items() if name != "credential"}
        credential = self.credential_of(fields)
        row = outputs[f"credential {credential}"]["credential_name"] if credential else None
        return {"owner": OWNER, "identity": name, "credential_name": row, "leftover_rows": [], **own}

    def _leftovers(self, outputs: Outputs) -> Fields:
        rows = [outputs[f"credential {name}"]["credential_name"] for name in self.of("credential")]
        same = ("model", "user", "team", "key", "budget", "guardrail", "MCP server")
        declared = {kind: sorted(self.of(kind)) for kind in same}
        declared |= {"credential": sorted(rows), "team membership": sorted(self.of("membership"))}
        return {"owner": OWNER, "declared": declared, "remove": []}
