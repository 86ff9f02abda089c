"""The soft budgets of keys: rows of the budget table, which alone can hold one.

An update of a key with a soft budget is passed over by 1.81.12; the row itself can be changed on both versions. A row
under an id of ours is the key's own; LiteLLM gives one a random id when a key is generated with a soft budget.
"""

from __future__ import annotations

from pydantic import JsonValue

from litellm_resources.admin_api import keys
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import NotFound
from litellm_resources.admin_api.keys import SOFT_BUDGET, KeyRow


def settle(client: AdminClient, row: KeyRow, soft_budget: JsonValue, own_id: str) -> None:
    """Gives a key this soft budget, or none, in the row that it has, else in one of its own."""
    if row.soft_budget == soft_budget:
        return
    if row.budget_id is None or not _changed(client, row.budget_id, soft_budget):
        if not _changed(client, own_id, soft_budget):
            client.post("/budget/new", {"budget_id": own_id, SOFT_BUDGET: soft_budget})
        keys.change(client, row.token, {"budget_id": own_id})


def delete(client: AdminClient, own_id: str) -> None:
    """Removes a key's own row; one that is gone is done."""
    try:
        client.post("/budget/delete", {"id": own_id})
    except NotFound:
        return


def _changed(client: AdminClient, budget_id: str, soft_budget: JsonValue) -> bool:
    """Changes a row; says whether there is one. LiteLLM answers null where there is none."""
    return client.post("/budget/update", {"budget_id": budget_id, SOFT_BUDGET: soft_budget}) is not None
