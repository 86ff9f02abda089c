"""Makes a model's row, and sees that it is served before anything else goes.

Takes a session, what the row shall hold and the rows that it comes after. Those are deleted, so the new one is told
when the first of them was made, and by whom: in `model_info`, which both versions keep as it is sent. On a server with
a licence the table's own times are shown in its place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import count

from pydantic import JsonValue

from litellm_resources.admin_api import models
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import ReadBackMismatch, Rejected, ServerFailed
from litellm_resources.admin_api.models import ModelRow
from litellm_resources.comparison import same
from litellm_resources.model_row import ModelInputs, live_fields
from litellm_resources.session import GatewaySession

CREATED_AT, CREATED_BY = "created_at", "created_by"


def create(
    session: GatewaySession,
    client: AdminClient,
    inputs: ModelInputs,
    taken: Collection[str],
    former: Iterable[ModelRow],
) -> str:
    """Makes the row under the first free id and waits until it is served; a row that is not is taken back."""
    numbered = (inputs.row_id if number == 1 else f"{inputs.row_id}-{number}" for number in count(1))
    new_id = next(name for name in numbered if name not in taken)
    what = f"LiteLLM model {inputs.identity}"
    _insert(client, inputs, new_id, {**_origin(session, inputs, list(former)), **inputs.info})
    try:
        session.wait_until_seen(what, lambda: _not_served(session, client, inputs, new_id))
    except ReadBackMismatch as error:
        models.delete(client, new_id)
        remedy = f"check that LiteLLM knows the provider of {inputs.upstream_model!r}"
        found = f"LiteLLM takes the row but does not serve it ({error.found})"
        raise Rejected(what, found, remedy) from error
    return new_id


def _origin(session: GatewaySession, inputs: ModelInputs, former: list[ModelRow]) -> dict[str, JsonValue]:
    if not former:
        return {CREATED_AT: session.clock.today().isoformat(timespec="seconds"), CREATED_BY: inputs.owner}
    told = [row.model_info for row in former if row.model_info.get(CREATED_AT)]
    first = min(told, key=lambda info: str(info[CREATED_AT]), default={})
    return {name: first[name] for name in (CREATED_AT, CREATED_BY) if first.get(name)}


def _insert(client: AdminClient, inputs: ModelInputs, new_id: str, info: dict[str, JsonValue]) -> None:
    """Makes the row, whatever an earlier write under this id left behind.

    Raises:
        ServerFailed: Twice, and the router serves no such row; then none is left.
    """
    for is_last in (False, True):
        try:
            models.create(client, new_id, inputs.model_name, inputs.params, info)
        except ServerFailed:
            if models.read_served(client, new_id) is not None:
                # Made after all: the answer got lost.
                return
            # In the table and not in the router: 1.109.1 keeps the row of a provider that it does not know, and a
            # row of that id makes the create fail.
            models.delete(client, new_id)
            if is_last:
                raise
        else:
            return


def _not_served(session: GatewaySession, client: AdminClient, inputs: ModelInputs, new_id: str) -> str | None:
    row = models.read_served(client, new_id)
    if row is None:
        return "no such model in its router"
    live = live_fields(row, inputs)
    wrong = [name for name, value in inputs.model_dump().items() if name in live and not same(live[name], value)]
    if wrong:
        return f"another {', '.join(wrong)}"
    session.models.put(new_id, row)
    return None
