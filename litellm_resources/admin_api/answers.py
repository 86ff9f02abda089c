"""The base of what is read from LiteLLM, and the reading of lists to their last page.

Takes raw answers, gives frozen objects; what LiteLLM adds from version to version is ignored. An answer of another
shape is an error that names place and field, never "nothing there".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError  # noqa: TID251  the base itself

from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import Unintelligible

LONGEST_LIST = 10_000
REMEDY = "preview again; when it stays, this version of LiteLLM answers in a way that is not known here"


class Answer(BaseModel):
    """Base of every object read from LiteLLM; built when it is first used, like inputs (`properties.py`)."""

    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=(), defer_build=True)

    def those_set(self, names: Iterable[str]) -> dict[str, JsonValue]:
        """The fields of these names that hold something."""
        return {name: value for name in names if (value := getattr(self, name)) is not None}


Read = TypeVar("Read", bound=Answer)


def parse(kind: type[Read], answer: JsonValue, place: str) -> Read:
    """Reads one object.

    Raises:
        Unintelligible: It has another shape.
    """
    try:
        return kind.model_validate(answer)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, fault["loc"])) or "all of it" for fault in error.errors())
        raise Unintelligible(place, f"an answer of another shape ({fields})", REMEDY) from None


def rows(kind: type[Read], answer: JsonValue, place: str) -> list[Read]:
    """Reads an answer that is a list and nothing around it.

    Raises:
        Unintelligible: It is none, or an object in it has another shape.
    """
    if not isinstance(answer, list):
        raise Unintelligible(place, "an answer that is no list", REMEDY)
    return [parse(kind, item, place) for item in answer]


def items(answer: JsonValue, name: str, place: str) -> Sequence[JsonValue]:
    """Takes the list out of an answer.

    Raises:
        Unintelligible: There is none.
    """
    found = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise Unintelligible(place, f"an answer without the list {name!r}", REMEDY)
    return found


def read_pages(client: AdminClient, path: str, name: str, query: Mapping[str, str | int]) -> list[JsonValue]:
    """Reads a list to its last page; `query` holds the size of a page.

    Raises:
        Unintelligible: A page is of another shape, or the number of pages is missing.
    """
    place = f"{client.url}: GET {path}"
    found: list[JsonValue] = []
    for page in range(1, LONGEST_LIST):
        answer = client.get(path, {**query, "page": page})
        found += items(answer, name, place)
        pages = answer.get("total_pages") if isinstance(answer, dict) else None
        if not isinstance(pages, int):
            raise Unintelligible(place, "a page that does not say how many there are", REMEDY)
        if page >= pages:
            return found
    raise Unintelligible(place, f"a list of more than {LONGEST_LIST} pages", REMEDY)
