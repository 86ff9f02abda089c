"""What a user, key or team may use: a list that names something, and is always written out.

Takes a place, the list and the names that there are; gives what is wrong with it. To LiteLLM an empty list means every
model, which nobody should get by leaving a line out.
"""

from collections.abc import Sequence

from litellm_resources.resolver.document import Path
from litellm_resources.resolver.errors import Fault, correct_name, quote, quote_all

SPECIAL_MODELS = frozenset({"all-proxy-models", "all-team-models", "no-default-models"})


def model_faults(path: Path, models: Sequence[str], names: frozenset[str]) -> list[Fault]:
    """The faults of the list at `models` below the path."""
    place = (*path, "models")
    allowed = "model names, aliases, access groups"
    if not models:
        remedy = 'list what it may use; "all-proxy-models" for every model'
        return [Fault(place, "an empty list, which to LiteLLM means every model", allowed, remedy)]
    known = names | SPECIAL_MODELS
    return [
        Fault(
            place,
            f"{quote(name)}, which is no model name, alias or access group",
            f"{allowed}: {quote_all(known)}",
            correct_name(name, known, "add it to the catalog, or remove it here"),
            name=name,
        )
        for name in models
        if name not in known and "*" not in name
    ]
