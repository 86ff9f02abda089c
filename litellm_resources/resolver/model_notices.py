"""Deployments that are charged at nothing, or not alike though they answer to one name.

Takes the deployments in use and LiteLLM's price table; gives notices. A model that answers by itself
(`mock_response`) costs nothing, and a pattern (`*`) is charged by what was asked for.
"""

from collections.abc import Iterator, Sequence

from litellm_resources.resolver.document import render_path
from litellm_resources.resolver.errors import Notice, quote, quote_all
from litellm_resources.resolver.expansion import Deployment
from litellm_resources.resolver.prices import Price, PriceTable
from litellm_resources.resolver.resolved import ModelSpec

_SAY_PRICE = (
    "write litellm_params.input_cost_per_token and output_cost_per_token (0: it is free), "
    "or a model_info.base_model that has a price"
)


def model_notices(deployments: Sequence[Deployment], table: PriceTable) -> list[Notice]:
    """Everything to say of prices and of deployments that share a name."""
    priced = [each for each in deployments if _is_paid_for(each.spec)]
    return [*_without_price(priced, table), *_only_shown(priced), *_unlike(priced, table)]


def smallest_context(deployments: Sequence[Deployment], table: PriceTable) -> int | None:
    """How much each of these deployments reads; None where that is not known of all."""
    sizes = [table.context(each.spec) for each in deployments]
    known = [size for size in sizes if size is not None]
    return min(known) if known and len(known) == len(sizes) else None


def _is_paid_for(spec: ModelSpec) -> bool:
    return "*" not in spec.model_name + spec.upstream_model and "mock_response" not in spec.litellm_params


def _without_price(deployments: Sequence[Deployment], table: PriceTable) -> Iterator[Notice]:
    """One for each provider: a whole provider may be unknown to the table."""
    for provider in sorted({each.spec.provider for each in deployments}):
        free = [each.spec for each in deployments if each.spec.provider == provider and table.price(each.spec) is None]
        foreign = {spec.model_name for spec in free if table.is_of_another_provider(spec)}
        unknown = {spec.model_name for spec in free} - foreign
        reasons = []
        if unknown:
            reasons.append(f"no price for {quote_all(unknown)} in the table of LiteLLM {table.version}")
        if foreign:
            what = f"a price of another provider than the interface's for {quote_all(foreign)}"
            reasons.append(f"{what}, which LiteLLM {table.version} passes over")
        if reasons:
            found = f"{' and '.join(reasons)}: what they cost is counted as 0"
            yield Notice(("providers", provider), found, _SAY_PRICE)


def _only_shown(deployments: Sequence[Deployment]) -> Iterator[Notice]:
    for each in deployments:
        keys = [key for key in each.spec.model_info if "cost_per" in key and key not in each.spec.litellm_params]
        if keys:
            found = f"{quote_all(keys)}, by which LiteLLM does not charge"
            yield Notice((*each.path, "model_info"), found, "write it into litellm_params")


def _unlike(deployments: Sequence[Deployment], table: PriceTable) -> Iterator[Notice]:
    """One for each name, at the first deployment that differs from the one before all."""
    first: dict[str, Deployment] = {}
    told = set()
    for each in deployments:
        name = each.spec.model_name
        before = first.setdefault(name, each)
        differences = [*_price_differs(before.spec, each.spec, table), *_context_differs(before.spec, each.spec, table)]
        if differences and name not in told:
            told.add(name)
            found = f"another {' and '.join(differences)} than {render_path(before.path)}, both {quote(name)}"
            yield Notice(each.path, found, "give one of them another model_name")


def _price_differs(one: ModelSpec, other: ModelSpec, table: PriceTable) -> Iterator[str]:
    prices = (table.price(other), table.price(one))
    if prices[0] != prices[1]:
        yield f"price ({_dollars(prices[0])}, not {_dollars(prices[1])})"


def _context_differs(one: ModelSpec, other: ModelSpec, table: PriceTable) -> Iterator[str]:
    sizes = (table.context(other), table.context(one))
    if None not in sizes and sizes[0] != sizes[1]:
        yield f"context ({sizes[0]:,} tokens, not {sizes[1]:,})"


def _dollars(price: Price) -> str:
    match price:
        case (read, written):
            return f"${read * 1e6:g} and ${written * 1e6:g} a million tokens"
        case None:
            return "none"
        case _:
            return "not by tokens"
