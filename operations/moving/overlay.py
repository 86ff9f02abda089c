"""The original's `config.local.json`, taken apart: keys of providers, which are secrets, and the catalog's rest.

Takes the document and the catalog's own overlay of the stack; gives the keys by provider, and the overlay with the rest
merged over it, or what speaks against that. Pure of files.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from litellm_resources.resolver.document import JsonObject, Layer, Path, has_path, leaf_paths, render_path, value_at
from litellm_resources.resolver.errors import CatalogError, Problem
from litellm_resources.resolver.merging import deep_merge
from litellm_resources.resolver.resolve import resolve
from litellm_resources.resolver.structure import kind_of
from operations.errors import OperationsError
from stacks import passed_through, service_keys

SCHEMA = "$schema"
API_KEY = "api_key"
REFERENCE = "os.environ/"
# A provider may have a key beside that of a service which is switched off.
OFF = "off"


@dataclass(frozen=True)
class LocalCatalog:
    """What a `config.local.json` holds.

    Attributes:
        keys: The key of each provider that has one; an empty one too.
        rest: What is left without keys and without what they leave empty.
    """

    keys: dict[str, str] = field(repr=False)
    rest: JsonObject = field(repr=False)


@dataclass(frozen=True)
class Merged:
    """An overlay of the catalog with the rest in it.

    Attributes:
        document: The overlay.
        added: Places of the rest that it did not have.
        differing: Places at which it had something else.
        faults: What speaks against the rest, one line each.
    """

    document: JsonObject = field(repr=False)
    added: tuple[str, ...]
    differing: tuple[str, ...]
    faults: tuple[str, ...]


def take_apart(document: JsonObject, name: str) -> LocalCatalog:
    """Parts keys from catalog.

    Raises:
        OperationsError: A key that is no text.
    """
    rest = {key: value for key, value in document.items() if key != SCHEMA}
    providers = document.get("providers")
    if not isinstance(providers, dict):
        return LocalCatalog({}, rest)
    keys: dict[str, str] = {}
    kept: JsonObject = {}
    for provider, entry in providers.items():
        key = entry.get(API_KEY) if isinstance(entry, dict) else None
        if key is not None and not isinstance(key, str):
            place = render_path(("providers", provider, API_KEY))
            raise OperationsError(f"{name}: {place}: found {kind_of(key)}; allowed is a string; correct it")
        keys |= {provider: key} if isinstance(key, str) else {}
        left = {word: value for word, value in entry.items() if word != API_KEY} if isinstance(entry, dict) else entry
        # What held nothing but a key says nothing about the catalog.
        kept |= {} if left == {} else {provider: left}
    rest = {**rest, "providers": kept}
    return LocalCatalog(keys, rest if kept else {key: value for key, value in rest.items() if key != "providers"})


def merge(rest: JsonObject, own: JsonObject, *, lower: Layer, label: str) -> Merged:
    """Merges the rest over the stack's overlay.

    Args:
        rest: What `take_apart` left.
        own: The overlay as it is.
        lower: The catalog below it.
        label: What the overlay is called.
    """
    document = deep_merge(own, rest)
    differing = [path for path in leaf_paths(own) if own and not _equal(document, own, path)]
    added = [path for path in leaf_paths(rest) if rest and path not in differing and not _equal(own, rest, path)]
    faults = [*_secrets(rest, label)]
    # Told by place and what is there: what is allowed may have changed with the rest.
    before = {(each.path, each.found) for each in _problems([lower, Layer(path=label, document=own)])}
    after = _problems([lower, Layer(path=label, document=document)])
    faults += [str(each) for each in after if (each.path, each.found) not in before]
    return Merged(document, _rendered(added), _rendered(differing), tuple(faults))


def text(document: JsonObject) -> str:
    """The file's text."""
    return json.dumps(document, indent=4, ensure_ascii=False) + "\n"


def _equal(one: JsonObject, other: JsonObject, path: Path) -> bool:
    return has_path(one, path) and value_at(one, path) == value_at(other, path)


def _secrets(rest: JsonObject, label: str) -> Iterator[str]:
    for place in passed_through.places_of_secrets(rest):
        if not str(value_at(rest, place)).startswith(REFERENCE):
            yield (
                f"{label}: {render_path(place)}: found what looks like a secret, in a committed file; allowed is "
                f"{REFERENCE}NAME, with NAME in litellm.secretEnvironment; write that into the original's file first"
            )


def _problems(layers: list[Layer]) -> tuple[Problem, ...]:
    """What is wrong with the catalog, whoever has a key."""
    try:
        resolve(
            layers,
            providers_with_key=lambda _name: True,
            skip_providers_without_key=True,
            services=dict.fromkeys(service_keys.SERVICES, OFF),
        )
    except CatalogError as error:
        return error.problems
    return ()


def _rendered(paths: Iterable[Path]) -> tuple[str, ...]:
    return tuple(map(render_path, paths))
