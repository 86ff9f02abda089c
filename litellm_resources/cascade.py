"""What a delete in LiteLLM harms besides: a user takes its keys along and leaves its teams, a credential its models.

Takes live rows and whose object is to go; stops the delete where something is harmed that others made. What carries
our own marker never stops one: Pulumi deletes it first, or it is left over. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from litellm_resources.admin_api.errors import Foreign
from litellm_resources.admin_api.keys import KeyRow
from litellm_resources.admin_api.models import ModelRow
from litellm_resources.ownership import owner_of


def refuse_to_take_along(what: str, user_id: str, owner: str, keys: Iterable[KeyRow], teams: Sequence[str]) -> None:
    """Stops the deletion of a user who has keys of others or is a member of teams: they are all made by others.

    Raises:
        Foreign: With the name of each.
    """
    names = sorted(
        f"{key.key_alias or '(no alias)'} ({key.token[:8]}…)"
        for key in keys
        if key.user_id == user_id and owner_of(key.metadata) != owner
    )
    harmed = [f"delete the keys {', '.join(names)} along"] if names else []
    harmed += [f"take the user out of the teams {', '.join(teams)}"] if teams else []
    if harmed:
        found = f"not deleted, because LiteLLM would {' and '.join(harmed)}, which this stack did not make"
        ways = ["delete these keys there, or give them to another user"] if names else []
        ways += ["take the user out of these teams there"] if teams else []
        raise Foreign(what, found, f"{', and '.join(ways)}; or put the user back into the catalog")


def refuse_to_break(what: str, credential_name: str, owner: str, models: Iterable[ModelRow]) -> None:
    """Stops the deletion of a credential through which models of others reach their provider.

    Raises:
        Foreign: With the name of each.
    """
    names = sorted(
        f"{model.model_name} ({model.row_id})"
        for model in models
        if model.credential_name == credential_name and owner_of(model.model_info) != owner
    )
    if names:
        found = f"not deleted, because models that this stack did not make use it: {', '.join(names)}"
        remedy = "delete these models there, or give them another credential; or put the provider back into the catalog"
        raise Foreign(what, found, remedy)
