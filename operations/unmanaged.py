"""What is in the stack's LiteLLM and not the stack's, for the commands that show it and take it over.

Takes a pulumi that is ready; gives the session, what was found, and the plan that takes all of it over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich import box
from rich.markup import escape
from rich.table import Table

from litellm_resources.inventory import listing
from litellm_resources.inventory.found import CONFIG_FILE, Found, Secrets
from litellm_resources.ownership import NOBODY
from litellm_resources.session import GatewaySession
from operations import adopting, catalog_folder, gateway, state
from operations.adopting import Plan
from operations.catalog_folder import Catalog, ProviderKeys
from operations.locations import PROJECT
from operations.pulumi_process import Pulumi
from operations.setup import Ready

ROUTER = "pulumi-python:dynamic/litellm:RouterSettings"
SECTIONS = ("model_group_alias", "fallbacks", "context_window_fallbacks", "content_policy_fallbacks", "other")
HASH_LENGTH = 64
OWNERS = {NOBODY: "nobody: made by hand", CONFIG_FILE: "the gateway's litellm.yaml"}


@dataclass(frozen=True)
class Inventory:
    """What is there, and what it is compared with."""

    session: GatewaySession
    catalog: Catalog
    keys: ProviderKeys
    found: Sequence[Found]

    def plan(self, wanted: Iterable[Found]) -> Plan:
        """How some of it is taken over."""
        return adopting.plan(wanted, self.catalog, self.session, Secrets(self.keys.value, self.keys.has_config))


def look(ready: Ready) -> Inventory:
    """Reads all lists.

    Raises:
        AdminApiError: LiteLLM cannot be asked.
        CatalogError: The catalog has mistakes.
    """
    pulumi = ready.pulumi
    session, catalog = gateway.session(pulumi), catalog_folder.read(ready)
    found = listing.unmanaged(session, owner(pulumi), ours_in_router(pulumi))
    return Inventory(session, catalog, ProviderKeys(pulumi), found)


def owner(pulumi: Pulumi) -> str:
    """Who owns what the stack makes."""
    return f"{PROJECT}/{pulumi.home.stack}"


def ours_in_router(pulumi: Pulumi) -> dict[str, frozenset[str]]:
    """The aliases, fallbacks and router keys that are the stack's: the row has no marker, so its state says it."""
    for resource in state.resources(state.deployment(pulumi)):
        inputs = resource.get("inputs")
        if resource.get("type") == ROUTER and isinstance(inputs, Mapping):
            return {name: frozenset(found) for name in SECTIONS if isinstance(found := inputs.get(name), Mapping)}
    return {}


def as_json(found: Sequence[Found], plan: Plan) -> list[dict[str, object]]:
    """For programs."""
    reasons = {each.label + each.row_id: reason for each, reason in plan.refused}
    return [
        {
            "kind": each.kind,
            "name": each.name,
            "id": each.row_id,
            "owner": None if each.owner == NOBODY else each.owner,
            "detail": each.detail,
            "adoptable": each.label + each.row_id not in reasons,
            "reason": reasons.get(each.label + each.row_id),
        }
        for each in found
    ]


def _short(row_id: str) -> str:
    """A key's hash by its first signs; any other id whole."""
    return f"{row_id[:8]}…" if len(row_id) == HASH_LENGTH else row_id


def as_table(found: Sequence[Found], plan: Plan) -> Table:
    """For people."""
    reasons = {each.label + each.row_id: reason for each, reason in plan.refused}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("kind", "name", "id", "owner", "detail", "can be adopted"):
        table.add_column(column, overflow="fold")
    for each in found:
        reason = reasons.get(each.label + each.row_id)
        row_id = "" if each.row_id == each.name else _short(each.row_id)
        words = OWNERS.get(each.owner, f"stack {each.owner}")
        verdict = "yes" if reason is None else f"no: {reason}"
        table.add_row(*map(escape, (each.kind, each.name, row_id, words, each.detail, verdict)))
    return table
