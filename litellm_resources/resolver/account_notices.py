"""Virtual keys, users and teams that lead to nothing.

Takes the authored accounts and what is in use; gives notices. A name that the catalog does not know at all is a
fault (`accounts.py`); here it is known, but of a skipped provider, or a pattern that nothing matches.
"""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from litellm_resources.resolver.authored import AuthoredKey, AuthoredTeam, AuthoredUser
from litellm_resources.resolver.errors import Notice, quote_all
from litellm_resources.resolver.listed_models import SPECIAL_MODELS


def account_notices(
    users: Mapping[str, AuthoredUser],
    teams: Mapping[str, AuthoredTeam],
    keys: Mapping[str, AuthoredKey],
    in_use: frozenset[str],
) -> Iterator[Notice]:
    """Everything to say; `in_use` are the model names, aliases and access groups that requests reach."""
    with_keys = {key.team for key in keys.values()}
    for user_id, user in sorted(users.items()):
        yield from _reaches_nothing("users", user_id, user.models, in_use)
    for team_id, team in sorted(teams.items()):
        yield from _reaches_nothing("teams", team_id, team.models, in_use)
        if not team.members and team_id not in with_keys:
            yield Notice(
                ("teams", team_id), "a team without a member and without a key", "name its members, or remove it"
            )
    for alias, key in sorted(keys.items()):
        yield from _reaches_nothing("keys", alias, key.models, in_use)
        if "all-team-models" in key.models and key.team is None:
            found = '"all-team-models" in a key of no team, which to LiteLLM means every model'
            yield Notice(("keys", alias, "models"), found, 'name its team, or write "all-proxy-models"')
        if "user" not in key.model_fields_set and key.team is None:
            remedy = 'name its user, or write "user": null for a key of nobody'
            yield Notice(("keys", alias), "a key that names nobody, so that its spend counts for no user", remedy)


def _reaches_nothing(kind: str, name: str, models: Iterable[str], in_use: frozenset[str]) -> Iterator[Notice]:
    if not any(_is_reached(model, in_use) for model in models):
        found = f"{quote_all(models)}, which no deployment in use answers to"
        yield Notice((kind, name, "models"), found, "list a model that is in use, or give its provider a key")


def _is_reached(model: str, in_use: frozenset[str]) -> bool:
    return model in in_use | SPECIAL_MODELS or any(fnmatchcase(name, model) for name in in_use if "*" in model)
