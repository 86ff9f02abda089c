"""Internal users that are not ours, and how the catalog would say one.

Takes rows; gives `Found` objects. The catalog always writes out role and models, which LiteLLM lets be nothing. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pydantic import JsonValue

from litellm_resources import account
from litellm_resources.admin_api import users
from litellm_resources.admin_api.teams import MASTER_USER
from litellm_resources.admin_api.users import UserRow
from litellm_resources.inventory.found import CannotAdopt, Changes, Entry, Form, Found, Situation, differing
from litellm_resources.leftover_rows import USER
from litellm_resources.ownership import owner_of, without_marker
from litellm_resources.session import GatewaySession

EVERY_MODEL = "all-proxy-models"
LEAST_ROLE = "internal_user_viewer"
UNLISTED = "max_parallel_requests"
EXPECTED = {
    "user_role": "the catalog always names one; without a role LiteLLM takes the least",
    "models": "to LiteLLM an empty list means every model, which the catalog writes out",
}


def listed(session: GatewaySession) -> Iterator[Found]:
    """All of them."""
    for row in session.users.rows().values():
        about = (row.user_email, row.user_alias, row.user_role)
        yield Found(
            kind=USER,
            name=row.user_id,
            row_id=row.user_id,
            owner=owner_of(row.metadata),
            detail=", ".join(each for each in about if each) or "no e-mail, no role",
            form=partial(_form, session, row),
        )


def _form(session: GatewaySession, listed_row: UserRow, _situation: Situation) -> Form:
    if listed_row.user_id == MASTER_USER:
        raise CannotAdopt("LiteLLM makes it for itself", "leave it as it is")
    row = listed_row
    if getattr(row, UNLISTED) is None:
        # 1.81.12's list does not show it.
        row = users.read_one(session.client, row.user_id) or listed_row
    named: dict[str, JsonValue] = {"user_email": row.user_email, "user_alias": row.user_alias}
    metadata = account.live_metadata({}, row.metadata)
    value: dict[str, JsonValue] = {
        **{name: text for name, text in named.items() if text},
        "user_role": row.user_role or LEAST_ROLE,
        "models": list[JsonValue](row.models or [EVERY_MODEL]),
        **account.live_limits({}, row.limits),
        **({"metadata": metadata} if metadata else {}),
    }
    return Form(
        identity=row.user_id,
        entry=Entry(("users", row.user_id), value),
        changes=partial(_changes, row),
        expected=EXPECTED,
    )


def _changes(row: UserRow, situation: Situation) -> Changes | None:
    spec = next((each for each in situation.resolved.users if each.user_id == row.user_id), None)
    if spec is None:
        return None
    wanted: dict[str, JsonValue] = {
        "user_email": spec.user_email,
        "user_alias": spec.user_alias,
        "user_role": spec.user_role,
        "models": list[JsonValue](sorted(spec.models)),
        "limits": spec.limits,
        "metadata": spec.metadata,
    }
    live: dict[str, JsonValue] = {
        "user_email": row.user_email,
        "user_alias": row.user_alias,
        "user_role": row.user_role,
        "models": list[JsonValue](sorted(row.models or [])),
        "limits": account.live_limits(spec.limits, row.limits),
        "metadata": account.live_metadata(spec.metadata, without_marker(row.metadata)),
    }
    return differing(live, wanted)
