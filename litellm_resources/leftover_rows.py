"""Rows of this stack in LiteLLM that no program declares, compared with what is declared.

Takes live rows and identities by kind; gives the rows that are left over, and those of them that must stay for the
sake of others. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import JsonValue

from litellm_resources.admin_api.budgets import BudgetRow
from litellm_resources.admin_api.credentials import CredentialRow
from litellm_resources.admin_api.guardrails import GuardrailRow
from litellm_resources.admin_api.keys import KeyRow
from litellm_resources.admin_api.mcp_servers import McpServerRow
from litellm_resources.admin_api.models import ModelRow
from litellm_resources.admin_api.teams import TeamRow
from litellm_resources.admin_api.users import UserRow
from litellm_resources.budget_marks import id_owner, name_in, own_id
from litellm_resources.ownership import NOBODY, OLD_OF, noted, owner_of
from litellm_resources.resolver.resolved import ResolvedCatalog
from litellm_resources.team_marks import marked_members, member_owner, membership_name

KEY, USER, MODEL, CREDENTIAL = "key", "user", "model", "credential"
TEAM, MEMBERSHIP, BUDGET = "team", "team membership", "budget"
MCP_SERVER, GUARDRAIL = "MCP server", "guardrail"

Declared = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Row:
    """A row of any kind.

    Attributes:
        kind: The type's name in a word.
        row_id: What LiteLLM knows it by.
        name: What people know it by.
        owner: By the marker, `<project>/<stack>`.
        identity: By the marker.
        needs: Kind and id of each row that it falls with: a key's user, a model's credential.
        stands_by: The identity of what it is kept for: a key's value of before, while it works on.
        ended: Whether its time is over.
    """

    kind: str
    row_id: str
    name: str
    owner: str
    identity: str
    needs: frozenset[tuple[str, str]]
    stands_by: str = ""
    ended: bool = False

    @property
    def label(self) -> str:
        """How the row is told to the user, and named in the inputs."""
        return f"{self.kind} {self.name if self.kind == CREDENTIAL else self.identity}"

    @property
    def identities(self) -> set[tuple[str, str]]:
        """What it may be declared as: by its marker, and by its name unless several may share it."""
        names = {self.identity} if self.kind == MODEL else {self.identity, self.name}
        if self.stands_by and not self.ended:
            names.add(self.stands_by)
        return {(self.kind, name) for name in names}


def declared_by(catalog: ResolvedCatalog) -> dict[str, list[str]]:
    """The identities of all that a catalog declares, by kind."""
    return {
        CREDENTIAL: [spec.name for spec in catalog.credentials],
        MODEL: [spec.identity for spec in catalog.models],
        USER: [spec.user_id for spec in catalog.users],
        BUDGET: [spec.name for spec in catalog.budgets if spec.budget_id is None],
        TEAM: [spec.team_id for spec in catalog.teams],
        MEMBERSHIP: [spec.name for spec in catalog.memberships],
        KEY: [spec.key_alias for spec in catalog.keys],
        GUARDRAIL: [spec.guardrail_name for spec in catalog.guardrails],
        MCP_SERVER: [spec.server_name for spec in catalog.mcp_servers],
    }


def of_key(key: KeyRow, now: datetime) -> Row:
    """A key falls with its user, its team and its user's membership in that; without its budget it has no limits."""
    user, team = str(key.user_id), str(key.team_id)
    needs = {(USER, user), (TEAM, team), (MEMBERSHIP, membership_name(team, user)), (BUDGET, str(key.budget_id))}
    row = _row(KEY, key.token, key.key_alias, key.metadata, needs=needs)
    return replace(row, stands_by=noted(key.metadata, OLD_OF), ended=key.expires is not None and key.expires <= now)


def of_user(user: UserRow) -> Row:
    return _row(USER, user.user_id, user.user_id, user.metadata)


def of_budget(budget: BudgetRow) -> Row:
    owner, name = id_owner(budget.budget_id), name_in(budget.budget_id)
    return Row(BUDGET, budget.budget_id, name or budget.budget_id, owner, name, frozenset())


def of_team(team: TeamRow) -> Row:
    return _row(TEAM, team.team_id, team.team_alias, team.metadata)


def of_members(team: TeamRow) -> list[Row]:
    """A membership falls with its user and with its team. One that is only marked is left of a run that was killed."""
    found = []
    for user_id in sorted({*team.roles, *marked_members(team.metadata)}):
        name = membership_name(team.team_id, user_id)
        owner = member_owner(team, user_id)
        identity = "" if owner == NOBODY else name
        needs = frozenset({(USER, user_id), (TEAM, team.team_id)})
        found.append(Row(MEMBERSHIP, name, name, owner, identity, needs))
    return found


def of_model(model: ModelRow) -> Row:
    """A model fails without its credential."""
    needs = {(CREDENTIAL, str(model.credential_name))}
    return _row(MODEL, model.row_id, model.model_name, model.model_info, needs=needs)


def of_credential(credential: CredentialRow) -> Row:
    return _row(CREDENTIAL, credential.credential_name, credential.credential_name, credential.credential_info)


def of_mcp_server(server: McpServerRow) -> Row:
    return _row(MCP_SERVER, server.server_id, server.server_name, server.mcp_info)


def of_guardrail(guardrail: GuardrailRow) -> Row:
    return _row(GUARDRAIL, guardrail.guardrail_id, guardrail.guardrail_name, guardrail.guardrail_info)


def _row(
    kind: str,
    row_id: str,
    name: str | None,
    info: Mapping[str, JsonValue] | None,
    needs: Collection[tuple[str, str]] = (),
) -> Row:
    return Row(kind, row_id, name or row_id, owner_of(info), noted(info, "identity"), frozenset(needs))


def undeclared(
    rows: Iterable[Row], owner: str, declared: Declared, before: Declared, *, by_row: Collection[str] = ()
) -> list[Row]:
    """The owner's rows that are declared neither now nor were before, by the marker's identity or by the name.

    A row whose name is declared under another marker was changed by hand: that is for its own resource to heal. Of a
    kind that is not in `declared` at all nothing is told, so nothing is left over. Kinds of `by_row` are declared by
    the names of the rows alone: another credential with its marker is what a killed run left of a removed value.
    """
    known = {(kind, name) for each in (declared, before) for kind, names in each.items() for name in names}
    own = [row for row in rows if row.owner == owner and row.identity and row.kind in declared]
    return [row for row in own if not ({(row.kind, row.name)} if row.kind in by_row else row.identities) & known]


def own_budgets(rows: Iterable[Row], going: Iterable[Row]) -> list[str]:
    """The ids of the rows that hold the soft budgets of keys that go, without those that a key which stays has too."""
    gone = {(row.kind, row.row_id): row for row in going}
    kept = {need for row in rows if (row.kind, row.row_id) not in gone for need in row.needs}
    return sorted(
        {
            row_id
            for row in gone.values()
            for kind, row_id in row.needs - kept
            if kind == BUDGET and row_id.startswith(own_id(row.owner, ""))
        }
    )


def held(rows: Iterable[Row], going: Collection[Row]) -> dict[str, list[str]]:
    """What of `going` must stay, by its label, and for what that stays.

    LiteLLM deletes a user's keys along, and models without their credential fail, whoever made them. A model that
    others made less than 30 s ago is missed if another worker took it: a list is one worker's memory.
    """
    labels = {(row.kind, row.row_id): row.label for row in going}
    found: dict[str, list[str]] = {}
    for row in rows:
        for need in row.needs & labels.keys() if row not in going else ():
            found.setdefault(labels[need], []).append(f"{row.kind} {row.name}")
    return found
