"""A key goes into another team: what LiteLLM asks of it then, and of no other change.

Takes the key's row, the wanted inputs and the body of the update; writes it. LiteLLM looks at the models that the key
has before the update, which need not be the new team's: so it gets those of the new team first.
"""

from __future__ import annotations

from pydantic import JsonValue

from litellm_resources.admin_api import keys, teams
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import Rejected, Unauthorized
from litellm_resources.admin_api.keys import KeyRow
from litellm_resources.key_row import KeyInputs

EVERY_MODEL = "all-proxy-models"


def change(client: AdminClient, what: str, row: KeyRow, inputs: KeyInputs, fields: dict[str, JsonValue]) -> None:
    """Updates a key in place.

    Raises:
        Rejected: The key may not be in that team as it is wanted.
    """
    if inputs.team_id in (None, row.team_id):
        keys.change(client, row.token, fields)
        return
    team = teams.read_one(client, str(inputs.team_id))
    models = (team.models if team else None) or []
    if models and EVERY_MODEL not in models:
        keys.change(client, row.token, {"models": list[JsonValue](models)})
    try:
        keys.change(client, row.token, fields)
    except Unauthorized as error:
        # LiteLLM's words for it, with the status of a refused master key.
        remedy = "let the key's user be a member of the team, and the key's limits be within the team's"
        raise Rejected(what, error.found, remedy) from None
