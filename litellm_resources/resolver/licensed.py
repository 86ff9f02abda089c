"""Fields that LiteLLM takes only with an enterprise licence, by where they would stand in the catalog.

Measured on 1.81.12 and 1.109.1 without one: refused with 403, `model_max_budget` of keys and users with 500, of budgets
with 400. A field that only the newer version refuses is here too. `docs/litellm-objects.md` tells people.
"""

from collections.abc import Mapping

_OF_KEYS_AND_TEAMS = frozenset(
    {
        "tags",
        "guardrails",
        "prompts",
        "policies",
        "allowed_passthrough_routes",
        "model_max_budget",
        "disable_global_guardrails",
    }
)
LICENSED: Mapping[str, frozenset[str]] = {
    "keys": _OF_KEYS_AND_TEAMS,
    "teams": _OF_KEYS_AND_TEAMS | {"team_member_key_duration", "secret_manager_settings"},
    "users": frozenset({"model_max_budget"}),
    "budgets": frozenset({"model_max_budget"}),
}
