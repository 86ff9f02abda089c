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
    names = _others_keys((key for key in keys if key.user_id == user_id), owner)
    harms = [_keys_along(names, "user")] if names else []
    if teams:
        harms.append((f"take the user out of the teams {', '.join(teams)}", "take the user out of these teams there"))
    _refuse(what, harms, "user")


def refuse_to_dissolve(what: str, owner: str, keys: Iterable[KeyRow], members: Sequence[str]) -> None:
    """Stops the deletion of a team with keys or members of others; `keys` are the team's, `members` those of others.

    Raises:
        Foreign: With the name of each.
    """
    names = _others_keys(keys, owner)
    harms = [_keys_along(names, "team")] if names else []
    if members:
        harms.append((f"take the team from its members {', '.join(members)}", "take these members out there"))
    _refuse(what, harms, "team")


def refuse_to_take_out(what: str, team_id: str, user_id: str, owner: str, keys: Iterable[KeyRow]) -> None:
    """Stops taking a user out of a team in which the user has keys of others.

    Raises:
        Foreign: With the name of each.
    """
    names = _others_keys((key for key in keys if (key.team_id, key.user_id) == (team_id, user_id)), owner)
    if names:
        along = f"LiteLLM would delete the keys {', '.join(names)} along"
        remedy = "delete these keys there, or give them to another team; or put the member back into the catalog"
        raise Foreign(what, f"not taken out, because {along}, which this stack did not make", remedy)


def refuse_to_unlimit(what: str, owner: str, keys: Iterable[KeyRow], customers: Sequence[str]) -> None:
    """Stops the deletion of a budget that limits keys or customers of others; both are those that have it.

    Raises:
        Foreign: With the name of each.
    """
    names = _others_keys(keys, owner)
    harmed = [f"the keys {', '.join(names)}"] if names else []
    harmed += [f"the customers {', '.join(customers)}"] if customers else []
    if harmed:
        found = f"not deleted, because it limits {' and '.join(harmed)}, which this stack did not make"
        raise Foreign(what, found, "give them other limits there; or put the budget back into the catalog")


def refuse_to_break(what: str, credential_name: str, owner: str, models: Iterable[ModelRow]) -> None:
    """Stops the deletion of a credential through which models of others reach their provider.

    Raises:
        Foreign: With the name of each.
    """
    names = others_through(credential_name, owner, models)
    if names:
        found = f"not deleted, because models that this stack did not make use it: {', '.join(names)}"
        remedy = "delete these models there, or give them another credential; or put the provider back into the catalog"
        raise Foreign(what, found, remedy)


def others_through(credential_name: str, owner: str, models: Iterable[ModelRow]) -> list[str]:
    """The models that others made and that use this credential, as they are told to the user."""
    return sorted(
        f"{model.model_name} ({model.row_id})"
        for model in models
        if model.credential_name == credential_name and owner_of(model.model_info) != owner
    )


def _keys_along(names: Sequence[str], of: str) -> tuple[str, str]:
    return f"delete the keys {', '.join(names)} along", f"delete these keys there, or give them to another {of}"


def _refuse(what: str, harms: Sequence[tuple[str, str]], put_back: str) -> None:
    """Stops a deletion; each harm is what LiteLLM would do, and the way out of it."""
    if harms:
        would, ways = zip(*harms, strict=True)
        found = f"not deleted, because LiteLLM would {' and '.join(would)}, which this stack did not make"
        raise Foreign(what, found, f"{', and '.join(ways)}; or put the {put_back} back into the catalog")


def _others_keys(keys: Iterable[KeyRow], owner: str) -> list[str]:
    return sorted(
        f"{key.key_alias or '(no alias)'} ({key.token[:8]}…)" for key in keys if owner_of(key.metadata) != owner
    )
