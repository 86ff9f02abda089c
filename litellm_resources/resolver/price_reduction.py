"""LiteLLM's price table, reduced to what the catalog's warnings need.

Takes the `model_prices_and_context_window_backup.json` of a LiteLLM package; gives name to provider, context and price.
The result lies in `price_tables/<version>.json`, so that no preview needs the network or an image. Made anew with:

    docker run --rm --entrypoint python3 IMAGE -c 'import importlib.util as u
    folder = u.find_spec("litellm").submodule_search_locations[0]
    print(open(folder + "/model_prices_and_context_window_backup.json").read())' |
    python -m litellm_resources.resolver.price_reduction > litellm_resources/resolver/price_tables/VERSION.json
"""

import json
import sys
from collections.abc import Mapping

from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.prices import OTHERWISE

_EXAMPLE = "sample_spec"


def reduced(table: Mapping[str, JsonObject]) -> str:
    """The table as it is kept: one line a model, `"name":[provider, context, price]`."""
    lines = (
        f"{json.dumps(name)}:{json.dumps(_entry(table[name]), separators=(',', ':'))}"
        for name in sorted(table)
        if name != _EXAMPLE
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _entry(model: JsonObject) -> list[object]:
    context = model.get("max_input_tokens") or model.get("max_tokens")
    return [model.get("litellm_provider"), int(context) if isinstance(context, int | float) else None, _price(model)]


def _price(model: JsonObject) -> list[object] | str | None:
    """Dollars for a token in and out; what is paid for otherwise (seconds, images, steps) is only known to have one."""
    by_token = [model.get("input_cost_per_token"), model.get("output_cost_per_token")]
    if any(isinstance(cost, int | float) for cost in by_token):
        return [cost or 0 for cost in by_token]
    return OTHERWISE if any("cost" in key or key == "tiered_pricing" for key in model) else None


if __name__ == "__main__":
    sys.stdout.write(reduced(json.load(sys.stdin)))
