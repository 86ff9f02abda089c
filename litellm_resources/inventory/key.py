"""Virtual keys that are not ours. None can be taken over: nobody can read a key's value. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from litellm_resources.inventory.found import CannotAdopt, Form, Found, Situation
from litellm_resources.leftover_rows import KEY
from litellm_resources.ownership import owner_of
from litellm_resources.session import GatewaySession

SHOWN_OF_TOKEN = 8


def listed(session: GatewaySession) -> Iterator[Found]:
    """All of them; one without an alias goes by the first signs of its hash."""
    for row in session.keys.rows().values():
        of_user = f"of user {row.user_id}" if row.user_id else "of no user"
        yield Found(
            kind=KEY,
            name=row.key_alias or f"{row.token[:SHOWN_OF_TOKEN]}…",
            row_id=row.token,
            owner=owner_of(row.metadata),
            detail=f"{of_user}; {', '.join(row.models or []) or 'every model'}",
            form=_form,
        )


def _form(_situation: Situation) -> Form:
    remedy = "put a key of another alias under keys of the catalog, hand that out, then delete this one"
    raise CannotAdopt("nobody can read a key's value again", remedy)
