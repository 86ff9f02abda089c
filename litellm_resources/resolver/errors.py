"""What can be wrong with a catalog, as text.

    CatalogError        raised once, with everything that is wrong
      .problems         Problem: file, place, found, allowed, remedy
    Notice              no mistake, but perhaps not meant: a warning
    Fault               the same before the file is known (stages see the merged catalog, not the files)

Takes places and words, gives lines for people. No line ever holds a value that could be a key.
"""

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from litellm_resources.resolver.document import Path, render_path

LONGEST_LIST = 20
# What pydantic's types of errors mean to somebody who writes JSON or YAML; filled in from the error's context.
ALLOWED_WORDS: Mapping[str, str] = {
    "string_type": "a string",
    "string_unicode": "a string of valid Unicode",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "literal_error": "{expected}",
    "finite_number": "a finite number",
}


@dataclass(frozen=True)
class Fault:
    """Something wrong at a place of the merged catalog.

    Attributes:
        path: The place.
        found: What stands there.
        allowed: What may.
        remedy: What to do.
        name: The name that leads nowhere, if that is the fault.
        rests_on: Further places that the fault is about: it would not be, if they held something else.
    """

    path: Path
    found: str
    allowed: str
    remedy: str
    name: str = ""
    rests_on: tuple[Path, ...] = ()

    def in_file(self, file: str) -> "Problem":
        """The same, with the file that holds the place."""
        return Problem(file, render_path(self.path), self.found, self.allowed, self.remedy)


@dataclass(frozen=True)
class Notice:
    """Something at a place of the merged catalog that is no mistake and yet may not be meant.

    Attributes:
        path: The place.
        found: What is there.
        remedy: What to do if it is not meant.
    """

    path: Path
    found: str
    remedy: str

    @property
    def place(self) -> str:
        """The place as people write it, in `accepted_warnings` too."""
        return render_path(self.path)

    def in_file(self, file: str) -> str:
        """The line as the user reads it."""
        accept = f"or, if it is meant, add {quote(self.place)} to accepted_warnings"
        return f"{file}: {self.place}: found {self.found}; to do: {self.remedy}, {accept}"


@dataclass(frozen=True)
class Problem:
    """One line of an error: where, what was found, what is allowed, what to do."""

    file: str
    path: str
    found: str
    allowed: str
    remedy: str

    def __str__(self) -> str:
        """The line as the user reads it."""
        place = f"{self.file}: {self.path}" if self.path else self.file
        return f"{place}: found {self.found}; allowed: {self.allowed}; to do: {self.remedy}"


class CatalogError(Exception):
    """The catalog cannot be used. Its text has one line for each problem."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep each problem once, in the order found."""
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def quote(name: str) -> str:
    """A name in JSON's quotes, as it stands in the file."""
    return json.dumps(name, ensure_ascii=False)


def quote_all(names: Iterable[str]) -> str:
    """Names in order of the alphabet, or `none`; of very many the first, and how many more there are."""
    ordered = sorted(names)
    listed = ", ".join(quote(name) for name in ordered[:LONGEST_LIST]) or "none"
    more = len(ordered) - LONGEST_LIST
    return f"{listed} and {more} more" if more > 0 else listed


def unknown_name(path: Path, name: str, kind: str, known: Iterable[str], allowed: str, otherwise: str) -> Fault:
    """A name that leads to no object of a kind (`user`, whose objects are `users`); `otherwise` than to add one."""
    remedy = correct_name(name, known, f"add {quote(name)} to {kind}s, or {otherwise}")
    return Fault(path, f"{quote(name)}, which is no {kind} of the catalog", allowed, remedy, name=name)


def correct_name(name: str, names: Iterable[str], otherwise: str) -> str:
    """The remedy for an unknown name: the nearest known one, else what the caller advises."""
    nearest = nearest_name(name, names)
    return f"write {quote(nearest)} if that is meant, else {otherwise}" if nearest else otherwise


def nearest_name(name: str, names: Iterable[str]) -> str | None:
    """The known name that an unknown one is most like; None when it is like none."""
    return next(iter(difflib.get_close_matches(name, sorted(names), n=1)), None)
