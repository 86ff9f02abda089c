"""Budget: limits that keys share.

Takes a name and limits; makes the budget, always in place. Its id holds the owner, as nothing else of it could. One
that was made by hand keeps its id and can carry no marker: it is changed while `litellm.adopt` says so, and never
deleted. A budget that others gave to keys or customers is not deleted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.dynamic import CheckFailure, DiffResult, Resource

from litellm_resources import account
from litellm_resources.admin_api import budgets
from litellm_resources.adoption import refuse_foreign
from litellm_resources.budget_marks import id_owner, marked_id
from litellm_resources.budget_row import BudgetInputs, live_limits, missing_reset
from litellm_resources.cascade import refuse_to_unlimit
from litellm_resources.ownership import NOBODY
from litellm_resources.properties import Props, inputs_of, parse, unknown_limits
from litellm_resources.provider import LitellmProvider, Live, owner_now
from litellm_resources.session import GatewaySession

KIND = "LiteLLM budget"
MADE_BY_HAND = (
    "the id {id} carries no marker, so the budget counts as made by hand: it is changed only where the settings allow "
    "it, and never deleted; put {name} into litellm.adopt, or leave the id out"
)


class BudgetProvider(LitellmProvider):
    """Makes budgets."""

    kind = KIND
    inputs_type = BudgetInputs
    identity_field = "name"
    replaced_by = frozenset({"budget_id"})

    def faults(self, _wanted: Props) -> list[CheckFailure]:
        inputs = parse(BudgetInputs, _wanted)
        return unknown_limits(inputs.limits, budgets.LIMITS)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        found = super().diff(_id, _olds, _news)
        # Another id is another budget: keys go over to it before the one of before is deleted.
        found.delete_before_replace = False
        return found

    def standing(self, session: GatewaySession, wanted: Props, last: Props) -> str | None:
        inputs = parse(BudgetInputs, wanted)
        owner = id_owner(inputs.budget_id)
        if owner == NOBODY and not inputs.adopt:
            return MADE_BY_HAND.format(id=inputs.budget_id, name=json.dumps(inputs.name, ensure_ascii=False))
        row = None if last else session.budgets.rows().get(inputs.budget_id)
        return self._refusal(wanted, owner) if row is None else self._adopting(session, wanted, owner)

    def converge(self, session: GatewaySession, wanted: Props, _last: Props) -> Props:
        inputs, what = parse(BudgetInputs, wanted), self._name(wanted)
        refuse_foreign(what, inputs.name, id_owner(inputs.budget_id), inputs.owner, adopt=inputs.adopt)
        with session.writing() as client:
            if budgets.read_one(client, inputs.budget_id) is None:
                budgets.create(client, {name: value for name, value in inputs.fields.items() if value is not None})
            else:
                budgets.change(client, inputs.fields)
            row = budgets.read_one(client, inputs.budget_id)
            if row is not None and (reset := missing_reset(inputs, row, session.clock.today())):
                budgets.change(client, reset)
            session.wait_until_seen(what, lambda: _still_different(session, inputs))
        return {}

    def look(self, session: GatewaySession, last: Props) -> Live | None:
        inputs = parse(BudgetInputs, last)
        row = session.budgets.rows().get(inputs.budget_id)
        if row is None:
            return None
        return Live({**inputs_of(BudgetInputs, last), **live_limits(row, inputs)})

    def remove(self, session: GatewaySession, last: Props) -> None:
        inputs = parse(BudgetInputs, last)
        with session.writing() as client:
            if budgets.read_one(client, inputs.budget_id) is None:
                return
            if id_owner(inputs.budget_id) != inputs.owner:
                session.warn_once(f"{self._name(last)}: left in LiteLLM, its id carries no marker of this stack")
                return
            # Others may have made a key since the list was read.
            session.keys.forget()
            keys = [key for key in session.keys.rows().values() if key.budget_id == inputs.budget_id]
            customers = budgets.customers_with(client, inputs.budget_id)
            refuse_to_unlimit(self._name(last), inputs.owner, keys, customers)
            budgets.delete(client, inputs.budget_id)
            session.budgets.drop(inputs.budget_id)
            session.keys.forget()


def _still_different(session: GatewaySession, inputs: BudgetInputs) -> str | None:
    row = budgets.read_one(session.client, inputs.budget_id)
    if row is None:
        return "no such budget"
    found = account.difference(inputs.model_dump(), live_limits(row, inputs))
    if found is None:
        session.budgets.put(inputs.budget_id, row)
    return found


@dataclass(frozen=True, kw_only=True)
class BudgetArgs:
    """What a budget needs.

    Attributes:
        name: What the catalog calls it, and its identity.
        budget_id: Of one that was made by hand; any other gets an id that holds its owner.
        limits: By LiteLLM's own field names.
        adopt: One made by hand may be changed.
    """

    name: str
    budget_id: str | None = None
    limits: Mapping[str, Any] = field(default_factory=dict)
    adopt: bool = False


class Budget(Resource, module="litellm", name="Budget"):
    """A budget in LiteLLM; see the module."""

    budget_id: pulumi.Output[str]

    def __init__(self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        owner = owner_now()
        props: dict[str, pulumi.Input[Any]] = {
            "owner": owner,
            "name": args.name,
            "budget_id": args.budget_id or marked_id(owner, args.name),
            "limits": dict(args.limits),
            "adopt": args.adopt,
        }
        super().__init__(BudgetProvider(), name, props, opts)
