"""The writes that make a key as wanted, whatever of it is there.

Takes the wanted key and its value; makes or changes the one of that value. Apart from `key.py`, which speaks to Pulumi.
"""

from __future__ import annotations

from litellm_resources import key_team
from litellm_resources.admin_api import keys, soft_budgets
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import Foreign
from litellm_resources.admin_api.keys import KeyRow, token_of
from litellm_resources.adoption import refuse_foreign
from litellm_resources.key_rotation import inherited, is_old, old_key
from litellm_resources.key_row import KeyInputs, changes, foreign, lost, shared_budget
from litellm_resources.ownership import owner_of
from litellm_resources.session import GatewaySession

UNKNOWN_VALUE = (
    "is in LiteLLM under this alias with a value that nobody can read, so that it cannot be taken over; "
    "rename it in the catalog, or have its owner delete it"
)
# In place of a duration, to LiteLLM.
FOR_EVER = "-1"


def settle(session: GatewaySession, client: AdminClient, what: str, inputs: KeyInputs, value: str) -> None:
    """Makes or changes the key of this value."""
    token = token_of(value)
    row = keys.read_one(client, token)
    if row is None:
        _make_way(session, client, what, inputs)
        made = {name: field for name, field in inputs.fields.items() if field is not None}
        spent = inherited(old_key(session.keys.rows().values(), inputs))
        budget = {"budget_id": inputs.budget_id} if inputs.budget_id else {}
        keys.create(client, value, {**made, **spent, **budget, "key_type": inputs.key_type})
        row = KeyRow(token=token)
    else:
        refuse_foreign(what, inputs.key_alias, owner_of(row.metadata), inputs.owner, adopt=inputs.adopt)
        if row.key_alias != inputs.key_alias:
            _make_way(session, client, what, inputs)
        again = {"duration": FOR_EVER} if is_old(row) else {}
        fields = {**changes(inputs, row, client.differences.key_limits_cleared), **again}
        key_team.change(client, what, row, inputs, fields)
    _settle_soft_budget(client, row, inputs)


def _settle_soft_budget(client: AdminClient, row: KeyRow, inputs: KeyInputs) -> None:
    """A key that shares a budget has no soft budget of its own; `row` is the key before the write."""
    if inputs.budget_id is None:
        if shared_budget(row, inputs) is not None:
            row = row.model_copy(update={"budget_id": None, "litellm_budget_table": None})
        soft_budgets.settle(client, row, inputs.limits.get(keys.SOFT_BUDGET), inputs.soft_budget_id)
    elif row.budget_id == inputs.soft_budget_id:
        soft_budgets.delete(client, inputs.soft_budget_id)


def _make_way(session: GatewaySession, client: AdminClient, what: str, inputs: KeyInputs) -> None:
    """Frees the alias: a key of ours with a value that nobody knows any more is of no use to anybody.

    Raises:
        Foreign: Somebody else's key has this alias.
    """
    rows = session.keys.rows()
    if foreign(rows.values(), inputs):
        found, _, remedy = UNKNOWN_VALUE.partition("; ")
        raise Foreign(what, found, remedy)
    for row in lost(rows.values(), inputs):
        keys.delete(client, row.token)
        session.keys.drop(row.token)
