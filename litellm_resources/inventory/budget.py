"""Budgets that are not ours, and how the catalog would say one.

Takes rows; gives `Found` objects. Those that LiteLLM or a stack made for one membership or key are no objects of
anybody: they are left out, by the forms of their ids. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from litellm_resources import account
from litellm_resources.admin_api.budgets import BudgetRow
from litellm_resources.budget_marks import id_owner, name_in
from litellm_resources.inventory.found import CannotAdopt, Changes, Entry, Form, Found, Situation, differing
from litellm_resources.leftover_rows import BUDGET
from litellm_resources.session import GatewaySession

_UUID = r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}"
# Of a membership or a soft budget, of the members of a team, of the soft budget of a key of ours.
_OF_ONE = re.compile(rf"{_UUID}|team-.*-budget-{_UUID}|[^/:]+/[^/]+/key/.*", re.DOTALL)


def listed(session: GatewaySession) -> Iterator[Found]:
    """All that somebody made to be shared."""
    for row in session.budgets.rows().values():
        if not _OF_ONE.fullmatch(row.budget_id):
            yield Found(
                kind=BUDGET,
                name=name_in(row.budget_id) or row.budget_id,
                row_id=row.budget_id,
                owner=id_owner(row.budget_id),
                detail=", ".join(f"{name} {value}" for name, value in row.limits.items()) or "no limit",
                form=partial(_form, row),
            )


def _form(row: BudgetRow, _situation: Situation) -> Form:
    if not row.limits:
        raise CannotAdopt("it limits nothing", "delete it there, or give it a limit")
    return Form(
        identity=row.budget_id,
        entry=Entry(("budgets", row.budget_id), {"budget_id": row.budget_id, **row.limits}),
        changes=partial(_changes, row),
        notes=("it can carry no marker: it is changed while litellm.adopt names it, and never deleted",),
    )


def _changes(row: BudgetRow, situation: Situation) -> Changes | None:
    spec = next((each for each in situation.resolved.budgets if each.budget_id == row.budget_id), None)
    if spec is None:
        return None
    return differing({"limits": account.live_limits(spec.limits, row.limits)}, {"limits": spec.limits})
