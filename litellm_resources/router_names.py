"""What may be ours in the router's row: names, by the section they stand in. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from litellm_resources.admin_api.router_settings import ALIASES, CONTENT_POLICY, CONTEXT_WINDOW, FALLBACKS

OTHERS = "other"
# By the name of the input; each is a map whose keys are what may be ours or others'.
NAMES = {
    ALIASES: "alias",
    FALLBACKS: "fallbacks of",
    CONTEXT_WINDOW: "context window fallbacks of",
    CONTENT_POLICY: "content policy fallbacks of",
    OTHERS: "router key",
}

Known = Mapping[str, Collection[str]]


def together(*known: Known) -> dict[str, set[str]]:
    """The names of all, in every section."""
    return {name: {key for each in known for key in each.get(name, ())} for name in NAMES}
