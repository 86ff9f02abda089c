"""Teams and memberships that are not ours, and how the catalog would say one.

Takes rows; gives `Found` objects. A membership is an entry of its team, so a team of others keeps its own. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pydantic import JsonValue

from litellm_resources import account
from litellm_resources.admin_api.teams import TeamRow
from litellm_resources.inventory.found import CannotAdopt, Changes, Entry, Form, Found, Situation, differing
from litellm_resources.inventory.user import EVERY_MODEL
from litellm_resources.leftover_rows import MEMBERSHIP, TEAM
from litellm_resources.ownership import owner_of
from litellm_resources.session import GatewaySession
from litellm_resources.team_marks import KEPT, member_owner, membership_name

MEMBER_ROLE = "user"
EXPECTED = {
    "models": "to LiteLLM an empty list means every model, which the catalog writes out",
    "team_alias": "a team without one is called by its id",
}


def listed(session: GatewaySession) -> Iterator[Found]:
    """All teams."""
    for row in session.teams.rows().values():
        yield Found(
            kind=TEAM,
            name=row.team_id,
            row_id=row.team_id,
            owner=owner_of(row.metadata),
            detail=f"{row.team_alias or 'no alias'}; {', '.join(row.models or []) or 'every model'}",
            form=partial(_team_form, row),
        )


def listed_members(session: GatewaySession) -> Iterator[Found]:
    """The members of all teams."""
    for row in session.teams.rows().values():
        for user_id, role in sorted(row.roles.items()):
            name = membership_name(row.team_id, user_id)
            yield Found(
                kind=MEMBERSHIP,
                name=name,
                row_id=name,
                owner=member_owner(row, user_id),
                detail=f"{role} of {row.team_alias or row.team_id}",
                form=partial(_member_form, row, user_id),
                needs=(TEAM, row.team_id),
            )


def _team_form(row: TeamRow, _situation: Situation) -> Form:
    metadata = _metadata({}, row)
    value: dict[str, JsonValue] = {
        **({} if row.team_alias in (None, row.team_id) else {"team_alias": row.team_alias}),
        "models": list[JsonValue](row.models or [EVERY_MODEL]),
        **account.live_limits({}, row.limits),
        **({"metadata": metadata} if metadata else {}),
    }
    return Form(
        identity=row.team_id,
        entry=Entry(("teams", row.team_id), value),
        changes=partial(_team_changes, row),
        expected=EXPECTED,
    )


def _metadata(known: dict[str, JsonValue], row: TeamRow) -> dict[str, JsonValue]:
    own = {name: value for name, value in (row.metadata or {}).items() if name not in KEPT}
    return account.live_metadata(known, own)


def _team_changes(row: TeamRow, situation: Situation) -> Changes | None:
    spec = next((each for each in situation.resolved.teams if each.team_id == row.team_id), None)
    if spec is None:
        return None
    wanted: dict[str, JsonValue] = {
        "team_alias": spec.team_alias,
        "models": list[JsonValue](sorted(spec.models)),
        "limits": spec.limits,
        "metadata": spec.metadata,
    }
    live: dict[str, JsonValue] = {
        "team_alias": row.team_alias,
        "models": list[JsonValue](sorted(row.models or [])),
        "limits": account.live_limits(spec.limits, row.limits),
        "metadata": _metadata(spec.metadata, row),
    }
    return differing(live, wanted)


def _member_form(row: TeamRow, user_id: str, situation: Situation) -> Form:
    name = membership_name(row.team_id, user_id)
    if not any(each.team_id == row.team_id for each in situation.resolved.teams):
        remedy = f"take that over first: make adopt KIND=team NAME={row.team_id}"
        raise CannotAdopt(f"its team {row.team_id} is not in the catalog", remedy)
    if row.roles[user_id] != MEMBER_ROLE:
        raise CannotAdopt(f"its role {row.roles[user_id]} takes an enterprise licence", "make it user there")
    value: JsonValue = row.limits_of(user_id) or None
    return Form(
        identity=name,
        entry=Entry(("teams", row.team_id, "members", user_id), value),
        changes=partial(_member_changes, row, user_id),
    )


def _member_changes(row: TeamRow, user_id: str, situation: Situation) -> Changes | None:
    name = membership_name(row.team_id, user_id)
    spec = next((each for each in situation.resolved.memberships if each.name == name), None)
    if spec is None:
        return None
    live: dict[str, JsonValue] = {"role": row.roles[user_id], "limits": row.limits_of(user_id)}
    return differing(live, {"role": spec.role, "limits": spec.limits})
