"""The teams of the fake LiteLLM: what 1.81.12 and 1.109.1 were measured to do with teams and their members.

Takes the bodies of requests, changes the tables, gives answers. Held to the real servers by
tests/system/test_litellm_teams.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
Answer = tuple[int, Any]
MASTER_USER = "default_user_id"
LICENSED = ("tags", "guardrails", "prompts", "policies", "team_member_key_duration")
NOISE: Row = {
    "organization_id": None,
    "members": [],
    "admins": [],
    "blocked": False,
    "spend": 0.0,
    "budget_reset_at": None,
}


@dataclass
class FakeTeams:
    """Teams by id; a membership's limits by team and user, in rows that nobody removes."""

    old: bool
    users: Callable[[], dict[str, Row]]
    keys: Callable[[], dict[str, Row]]
    rows: dict[str, Row] = field(default_factory=dict)
    limits: dict[tuple[str, str], Row | None] = field(default_factory=dict)
    budgets_made: int = 0

    def answers(self, query: dict[str, str], body: Any) -> dict[str, Callable[[], Answer]]:
        """What is asked of teams."""
        return {
            "GET /team/list": lambda: (200, [self._read(team_id) for team_id in self.rows]),
            "GET /team/info": lambda: self._info(query["team_id"]),
            "POST /team/new": lambda: self._make(body),
            "POST /team/update": lambda: self._update(body),
            "POST /team/delete": lambda: self._delete(body["team_ids"][0]),
            "POST /team/member_add": lambda: self._add(body),
            "POST /team/member_update": lambda: self._change(body),
            "POST /team/member_delete": lambda: self._take_out(body["team_id"], body["user_id"]),
        }

    def by_hand(self, team_id: str, *members: str, **fields: Any) -> Row:
        """A team that somebody made."""
        roles = [{"user_id": user_id, "user_email": None, "role": "user"} for user_id in (MASTER_USER, *members)]
        self.rows[team_id] = {"team_id": team_id, "models": [], "metadata": {}, "members_with_roles": roles, **fields}
        return self.rows[team_id]

    def members(self, team_id: str) -> list[str]:
        """The user ids of a team's members, without the master key's."""
        found = [member["user_id"] for member in self.rows[team_id]["members_with_roles"]]
        return [user_id for user_id in found if user_id != MASTER_USER]

    def forget_user(self, user_id: str) -> None:
        """What the deletion of a user does to teams."""
        for team_id in self.rows:
            self._drop(team_id, user_id)

    def refusal(self, key: Row, changes: Row) -> str | None:
        """Why a key may not go into another team: it looks at the models that the key has so far."""
        team_id = changes.get("team_id")
        if team_id in (None, key.get("team_id")):
            return None
        allowed = self.rows[team_id]["models"]
        if "all-proxy-models" not in allowed and not set(key["models"]) <= set(allowed):
            return f"team not allowed to access model. This team can only access models={allowed}."
        if key.get("user_id") and key["user_id"] not in self.members(team_id):
            return f"User={key['user_id']} is not a member of the team={team_id}."
        return None

    def _read(self, team_id: str) -> Row:
        memberships = [
            {"user_id": user_id, "team_id": team, "spend": 0.0, "litellm_budget_table": limits}
            for (team, user_id), limits in self.limits.items()
            if team == team_id
        ]
        without = [] if self.old else [{"user_id": MASTER_USER, "team_id": team_id, "litellm_budget_table": None}]
        return {**NOISE, **self.rows[team_id], "team_memberships": [*without, *memberships], "keys": []}

    def _info(self, team_id: str) -> Answer:
        if team_id not in self.rows:
            return 404, {"error": {"message": f"Team not found, passed team id: {team_id}.", "code": "404"}}
        row = self._read(team_id)
        return 200, {"team_id": team_id, "team_info": row, "keys": [], "team_memberships": row.pop("team_memberships")}

    def _make(self, body: Row) -> Answer:
        if refused := [name for name in LICENSED if body.get(name)]:
            return 403, {"error": {"message": f"only available for LiteLLM Enterprise users: {refused[0]}"}}
        if body["team_id"] in self.rows:
            return 400, {"error": {"message": f"Team id = {body['team_id']} already exists.", "code": "400"}}
        if (body.get("max_budget") or 0) < 0:
            return 400, {"error": {"message": "max_budget cannot be negative.", "code": "400"}}
        if (refused_budget := _too_low(body, {})) is not None:
            return refused_budget
        master = {"user_id": MASTER_USER, "user_email": None, "role": "admin"}
        self.rows[body["team_id"]] = {"models": [], "metadata": {}, **body, "members_with_roles": [master]}
        return 200, self.rows[body["team_id"]]

    def _update(self, body: Row) -> Answer:
        if body["team_id"] not in self.rows:
            return 404, {"error": {"message": "Team not found", "code": "404"}}
        if (refused := _too_low(body, self.rows[body["team_id"]])) is not None:
            return refused
        self.rows[body["team_id"]].update(body)
        return 200, {"team_id": body["team_id"], "data": self.rows[body["team_id"]]}

    def _delete(self, team_id: str) -> Answer:
        if self.rows.pop(team_id, None) is None:
            return 404, {"detail": {"error": f"Team not found, passed team_id={team_id}"}}
        self._drop_keys(lambda key: key.get("team_id") == team_id)
        self.limits = {place: limits for place, limits in self.limits.items() if place[0] != team_id}
        return 200, {"deleted_teams": [team_id]}

    def _add(self, body: Row) -> Answer:
        team_id, member = body["team_id"], body["member"]
        if team_id not in self.rows:
            return 404, {"detail": {"error": f"Team doesn't exist in db. Team={team_id}."}}
        if member["role"] == "admin":
            return 400, {"detail": {"error": "Assigning team admins is a premium feature."}}
        if member["user_id"] in self.members(team_id):
            return 400, {"error": {"message": "User already in team.", "type": "team_member_already_in_team"}}
        # An unknown user is made on the way.
        self.users().setdefault(member["user_id"], {"user_id": member["user_id"], "user_role": "internal_user"})
        self.rows[team_id]["members_with_roles"] = [*self.rows[team_id]["members_with_roles"], member]
        if body.get("max_budget_in_team") is not None:
            self._limit(team_id, member["user_id"], {"max_budget": body["max_budget_in_team"]})
        return 200, self._read(team_id)

    def _change(self, body: Row) -> Answer:
        """1.81.12 makes half a membership of who is no member, and clears a limit that is left out."""
        team_id, user_id = body["team_id"], body["user_id"]
        if body.get("role") == "admin":
            return 400, {"detail": "Assigning team admins is a premium feature."}
        if not self.old and "role" in body and user_id not in self.members(team_id):
            return 404, {"detail": {"error": f"User {user_id} is not a member of team {team_id}"}}
        names = {"max_budget_in_team": "max_budget", "tpm_limit": "tpm_limit", "rpm_limit": "rpm_limit"}
        sent = {read: body[name] for name, read in names.items() if name in body}
        before = {} if self.old else self.limits.get((team_id, user_id)) or {}
        limits = {name: value for name, value in {**before, **sent}.items() if value is not None}
        self._limit(team_id, user_id, limits)
        for member in self.rows[team_id]["members_with_roles"]:
            member["role"] = body.get("role", member["role"]) if member["user_id"] == user_id else member["role"]
        return 200, {"team_id": team_id, "user_id": user_id}

    def _limit(self, team_id: str, user_id: str, limits: Row) -> None:
        self.budgets_made += 1 if limits else 0
        self.limits[(team_id, user_id)] = limits or None

    def _take_out(self, team_id: str, user_id: str) -> Answer:
        if team_id not in self.rows:
            return 400, {"detail": {"error": f"Team id={team_id} does not exist in db"}}
        if user_id not in self.members(team_id):
            return 400, {"detail": {"error": "User not found in team"}}
        self._drop(team_id, user_id)
        self._drop_keys(lambda key: (key.get("team_id"), key.get("user_id")) == (team_id, user_id))
        return 200, self._read(team_id)

    def _drop(self, team_id: str, user_id: str) -> None:
        members = self.rows[team_id]["members_with_roles"]
        self.rows[team_id]["members_with_roles"] = [each for each in members if each["user_id"] != user_id]
        self.limits.pop((team_id, user_id), None)

    def _drop_keys(self, goes: Callable[[Row], bool]) -> None:
        keys = self.keys()
        for token in [token for token, key in keys.items() if goes(key)]:
            del keys[token]


def _too_low(body: Row, row: Row) -> Answer | None:
    """A null in the request is taken for the value of before."""
    budget = body.get("max_budget")
    soft = body["soft_budget"] if body.get("soft_budget") is not None else row.get("soft_budget")
    if budget is None or soft is None or soft < budget:
        return None
    message = f"max_budget ({budget}) must be strictly greater than soft_budget ({soft})"
    return 400, {"error": {"message": message, "code": "400"}}
