"""A team as it is wanted, and teams of LiteLLM compared with it.

Takes inputs and rows; gives the bodies of writes and how a row reads in our words. Pure.
"""

from __future__ import annotations

from pydantic import Field, JsonValue

from litellm_resources import account
from litellm_resources.admin_api import teams
from litellm_resources.admin_api.teams import TeamRow
from litellm_resources.ownership import marker, owner_of
from litellm_resources.properties import Props, ProviderInputs
from litellm_resources.team_marks import KEPT, marked_members, with_members


class TeamInputs(ProviderInputs):
    """A team as wanted; `models` in order of their names."""

    team_id: str
    team_alias: str
    models: list[str]
    limits: dict[str, JsonValue] = Field(default_factory=dict)
    metadata: dict[str, JsonValue] = Field(default_factory=dict)
    adopt: bool = False

    def fields(self, row: TeamRow | None) -> dict[str, JsonValue]:
        """The body of a write, with what must be kept of the row that is there."""
        live = (row.metadata if row else None) or {}
        kept = {name: value for name, value in live.items() if name in KEPT}
        own = with_members(marker(self.owner, self.team_id), marked_members(live))
        return {
            "team_id": self.team_id,
            "team_alias": self.team_alias,
            "models": list[JsonValue](self.models),
            "metadata": {**kept, **self.metadata, **own},
            **{name: self.limits.get(name) for name in teams.LIMITS},
        }

    def must_lose_soft_budget(self, row: TeamRow) -> bool:
        """LiteLLM compares a new budget with the soft budget of before, also when that is taken away along with it."""
        budget, soft = self.limits.get("max_budget"), row.soft_budget
        if soft is None or self.limits.get("soft_budget") is not None:
            return False
        return isinstance(budget, int | float) and budget <= soft


def live_fields(row: TeamRow, known: TeamInputs) -> Props:
    """The inputs that can be read, in our own words where they mean the same."""
    metadata = {name: value for name, value in (row.metadata or {}).items() if name not in KEPT}
    return {
        "team_alias": row.team_alias,
        "models": list[JsonValue](sorted(row.models or [])),
        "limits": account.live_limits(known.limits, row.limits),
        "metadata": account.live_metadata(known.metadata, metadata),
        "owner": owner_of(row.metadata),
    }
