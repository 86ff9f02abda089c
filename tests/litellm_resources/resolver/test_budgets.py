"""Budgets, and keys that share one."""

from collections.abc import Callable

import pytest

from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.errors import CatalogError
from litellm_resources.resolver.resolved import BudgetSpec, ResolvedCatalog

Resolve = Callable[..., ResolvedCatalog]

SMALL: JsonObject = {"budgets": {"small": {"max_budget": 5}}}


def key(**fields: str | float) -> JsonObject:
    return {"keys": {"k": {"models": ["all-proxy-models"], "user": None, **fields}}}


def test_a_budget_becomes_a_spec_and_a_key_names_it(resolve_documents: Resolve) -> None:
    limits: JsonObject = {"max_budget": 5, "soft_budget": 4.5, "budget_duration": "1mo", "rpm_limit": None}
    document: JsonObject = {"budgets": {"small": limits, "hand": {"budget_id": "x", "tpm_limit": 3}}}
    resolved = resolve_documents({**document, **key(budget="small")})
    kept: JsonObject = {"max_budget": 5, "soft_budget": 4.5, "budget_duration": "1mo"}
    assert resolved.budgets == (
        BudgetSpec(name="hand", budget_id="x", limits={"tpm_limit": 3}),
        BudgetSpec(name="small", budget_id=None, limits=kept),
    )
    assert resolved.keys[0].budget == "small"


CASES = [
    pytest.param(
        {**SMALL, **key(budget="smal")},
        'keys.k.budget: found "smal", which is no budget of the catalog; allowed: a budget ("small") or null; '
        'to do: write "small" if that is meant, else add "smal" to budgets, or write null',
        id="a key of an unknown budget",
    ),
    pytest.param(
        {**SMALL, **key(budget="small", soft_budget=1)},
        "keys.k.soft_budget: found a soft budget beside the budget that it would take the place of; "
        "allowed: budget or soft_budget; to do: write it into the budget, or take one of the two away",
        id="a soft budget beside a budget",
    ),
    pytest.param(
        {"budgets": {"small": {"max_budget": -1}}},
        "budgets.small.max_budget: found -1; allowed: 0 or more; to do: write that in its place",
        id="a negative budget",
    ),
    pytest.param(
        {"budgets": {"small": {"max_budget": 1, "budget_duration": "30x"}}},
        'budgets.small.budget_duration: found "30x"; allowed: a time like "30d" (s, m, h, d, w or mo); '
        "to do: write that in its place",
        id="an unknown duration",
    ),
    pytest.param(
        {"budgets": {"small": {}}},
        "budgets.small: found a budget without a limit; allowed: at least one limit; "
        "to do: add one, or remove the budget",
        id="a budget of nothing",
    ),
    pytest.param(
        {"budgets": {"a": {"budget_id": "x", "max_budget": 1}, "b": {"budget_id": "x", "max_budget": 2}}},
        'budgets.b.budget_id: found "x", the id of the budget "a"; allowed: each id once; to do: remove one of the two',
        id="one id twice",
    ),
    pytest.param(
        {"budgets": {"small": {"max_budget": 1, "model_max_budget": {}}}},
        'budgets.small.model_max_budget: found the unknown key "model_max_budget"; allowed: "budget_duration", '
        '"budget_id", "max_budget", "max_parallel_requests", "rpm_limit", "soft_budget", "tpm_limit"; '
        "to do: remove it: LiteLLM takes it only with an enterprise licence",
        id="a field that needs a licence",
    ),
    pytest.param(
        {"budgets": {"small": 5}, **key(budget="small")},
        "budgets.small: found a number; allowed: an object; to do: write that in its place",
        id="no object, and no echo of it",
    ),
]


@pytest.mark.parametrize(("document", "expected"), CASES)
def test_each_bad_budget_is_one_line_with_place_found_allowed_and_remedy(
    resolve_documents: Resolve, document: JsonObject, expected: str
) -> None:
    with pytest.raises(CatalogError) as error:
        resolve_documents(document)
    (problem,) = error.value.problems
    assert str(problem).partition(": ")[2] == expected
