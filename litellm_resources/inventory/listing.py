"""What is in LiteLLM and not this stack's: one line in `LISTINGS` a kind.

Takes a session, an owner and what of the router's row is ours; gives `Found` objects in the order in which they can be
taken over: a credential before its models, a model before what leads to it. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from litellm_resources.inventory import budget, credential, guardrail, key, mcp_server, model, router, team, user
from litellm_resources.inventory.found import Found
from litellm_resources.session import GatewaySession

LISTINGS: tuple[Callable[[GatewaySession], Iterable[Found]], ...] = (
    credential.listed,
    model.listed,
    user.listed,
    budget.listed,
    team.listed,
    team.listed_members,
    key.listed,
    mcp_server.listed,
    guardrail.listed,
)


def unmanaged(session: GatewaySession, owner: str, ours_in_router: Mapping[str, frozenset[str]]) -> list[Found]:
    """All that is not the owner's.

    Raises:
        AdminApiError: A list could not be read.
    """
    marked = [found for listed in LISTINGS for found in listed(session) if found.owner != owner]
    return [*marked, *router.listed(session, owner, ours_in_router)]
