"""Which names LiteLLM cannot keep, or means something else by.

Takes the authored catalog; gives faults. PostgreSQL refuses an index entry of more than some 2,700 bytes, and ids go
into URLs: 255 signs is what both take.
"""

from collections.abc import Iterator

from litellm_resources.resolver.authored import AuthoredCatalog
from litellm_resources.resolver.document import Path
from litellm_resources.resolver.errors import Fault, quote, quote_all
from litellm_resources.resolver.listed_models import SPECIAL_MODELS

LONGEST_NAME = 255
# Whoever calls with the master key.
_OWN_USERS = frozenset({"default_user_id"})


def name_faults(catalog: AuthoredCatalog) -> Iterator[Fault]:
    """What is wrong with the names of aliases, users, teams, keys and budgets."""
    for kind, names, reserved in (
        ("aliases", catalog.aliases, SPECIAL_MODELS),
        ("users", catalog.users, _OWN_USERS),
        ("teams", catalog.teams, frozenset[str]()),
        ("keys", catalog.keys, frozenset[str]()),
        ("budgets", catalog.budgets, frozenset[str]()),
    ):
        for name in sorted(names):
            yield from name_fault((kind, name), name, reserved)


def name_fault(path: Path, name: str, reserved: frozenset[str] = SPECIAL_MODELS) -> Iterator[Fault]:
    """What is wrong with one name; at most one thing."""
    if not name.strip():
        yield Fault(path, "an empty name", f"1 to {LONGEST_NAME} signs", "give it a name")
    elif len(name) > LONGEST_NAME:
        yield Fault(path, f"a name of {len(name)} signs", f"at most {LONGEST_NAME}", "shorten it")
    elif name in reserved:
        allowed = f"any other name than {quote_all(reserved)}"
        yield Fault(path, f"{quote(name)}, by which LiteLLM means something of its own", allowed, "rename it")
