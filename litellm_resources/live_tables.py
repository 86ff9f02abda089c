"""LiteLLM's objects of every kind that can carry our marker, as rows alike: one line in `TABLES` a kind.

Takes a session; gives the rows, says which of them must stay for the sake of others, and removes. For the Leftovers
resource and for the commands, which know nothing of Pulumi. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from litellm_resources.admin_api import (
    budgets,
    credentials,
    guardrails,
    keys,
    mcp_servers,
    models,
    soft_budgets,
    teams,
    users,
)
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.leftover_rows import (
    BUDGET,
    CREDENTIAL,
    GUARDRAIL,
    KEY,
    MCP_SERVER,
    MEMBERSHIP,
    MODEL,
    TEAM,
    USER,
    Row,
    of_budget,
    of_credential,
    of_guardrail,
    of_key,
    of_mcp_server,
    of_members,
    of_model,
    of_team,
    of_user,
    own_budgets,
)
from litellm_resources.session import GatewaySession
from litellm_resources.shared_list import SharedList
from litellm_resources.team_marks import take_out, team_and_user

Listed = TypeVar("Listed")


@dataclass(frozen=True)
class Table:
    """Where rows of one kind are listed, whether every worker lists one, and how one is removed, by its id."""

    rows: Callable[[GatewaySession], Iterable[Row]]
    everywhere: Callable[[GatewaySession, str], bool]
    delete: Callable[[AdminClient, str], None]


def _table(
    shared: Callable[[GatewaySession], SharedList[Listed]],
    row_of: Callable[[Listed], Row],
    delete: Callable[[AdminClient, str], None],
) -> Table:
    return Table(
        rows=lambda session: map(row_of, shared(session).rows().values()),
        everywhere=lambda session, row_id: shared(session).everywhere(row_id),
        delete=delete,
    )


def _memberships() -> Table:
    """The members of all teams, which the list of teams shows, out of the database."""
    return Table(
        rows=lambda session: (row for team in session.teams.rows().values() for row in of_members(team)),
        everywhere=lambda _session, _row_id: True,
        delete=lambda client, row_id: take_out(client, *team_and_user(row_id)),
    )


# In the order of removal: a key before its user and team, a model before its credential.
TABLES: Mapping[str, Table] = {
    KEY: Table(
        rows=lambda session: (of_key(key, session.clock.today()) for key in session.keys.rows().values()),
        everywhere=lambda session, row_id: session.keys.everywhere(row_id),
        delete=keys.delete,
    ),
    MEMBERSHIP: _memberships(),
    TEAM: _table(lambda session: session.teams, of_team, teams.delete),
    BUDGET: _table(lambda session: session.budgets, of_budget, budgets.delete),
    USER: _table(lambda session: session.users, of_user, users.delete),
    MCP_SERVER: _table(lambda session: session.mcp_servers, of_mcp_server, mcp_servers.delete),
    GUARDRAIL: _table(lambda session: session.guardrails, of_guardrail, guardrails.delete),
    MODEL: _table(lambda session: session.models, of_model, models.delete),
    CREDENTIAL: _table(lambda session: session.credentials, of_credential, credentials.delete),
}


def every_row(session: GatewaySession) -> list[Row]:
    """The rows of all kinds, in the order of removal."""
    return [row for table in TABLES.values() for row in table.rows(session)]


def certain(session: GatewaySession, found: Iterable[Row]) -> list[Row]:
    """Those that are there: what was just removed some worker still lists."""
    return [row for row in found if TABLES[row.kind].everywhere(session, row.row_id)]


def delete(client: AdminClient, rows: Iterable[Row], going: Collection[Row]) -> None:
    """Removes `going` out of all rows, one by one; one that is gone is done.

    Soft budgets go before their keys: a run that is killed in between finds the key again, but no row that no key has.
    """
    for budget_id in own_budgets(rows, going):
        soft_budgets.delete(client, budget_id)
    for row in going:
        TABLES[row.kind].delete(client, row.row_id)
