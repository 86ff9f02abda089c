"""The soft budgets of keys: rows of the budget table, which alone can hold one.

An update of a key with a soft budget is passed over by 1.81.12; the row itself can be changed on both versions. A row
under an id of ours is the key's own. Any other is left as it is, since it may be shared; the key leaves it.
"""

from __future__ import annotations

from pydantic import JsonValue

from litellm_resources.admin_api import keys
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import NotFound
from litellm_resources.admin_api.keys import SOFT_BUDGET, KeyRow


def settle(client: AdminClient, row: KeyRow, soft_budget: JsonValue, own_id: str) -> None:
    """Gives a key this soft budget in a row of its own, or none."""
    if row.soft_budget == soft_budget:
        return
    if soft_budget is None and row.budget_id != own_id:
        keys.change(client, row.token, {"budget_id": None})
        return
    if not _changed(client, own_id, soft_budget):
        client.post("/budget/new", {"budget_id": own_id, SOFT_BUDGET: soft_budget})
    if row.budget_id != own_id:
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
