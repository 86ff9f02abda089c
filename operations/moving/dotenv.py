"""An `.env` file, by the rules of python-dotenv.

Takes the text, gives its assignments in their order, and the lines that are none. A reference to another variable
(`${NAME}`) is told apart and left unresolved. Two kinds of line that python-dotenv takes are none here: one without
`=`, which may be a piece of a key, and names are shown; and one with ` #` right behind the `=`, a comment to a shell.
Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

ENTRY = re.compile(
    r"""
    [^\S\n]*
    (?:
        (?:export[^\S\n]+)? (?P<name>[A-Za-z_][A-Za-z0-9_.-]*) [^\S\n]* =
        (?: (?P<hash>\#[^\n]*)
          | [^\S\n]*
            (?: '(?P<single>(?:[^'\\]|\\.)*)' [^\S\n]* (?:\#[^\n]*)?
              | "(?P<double>(?:[^"\\]|\\.)*)" [^\S\n]* (?:\#[^\n]*)?
              | (?P<plain>(?:[^\s'"\#][^\n]*)?)
            )
        )
      | (?:\#[^\n]*)?
    )
    (?:\n|\Z)
    """,
    re.VERBOSE | re.DOTALL,
)
COMMENT = re.compile(r"(?<=\s)#")
REFERENCE = re.compile(r"\$\{[^}]*\}")
SINGLE_ESCAPE = re.compile(r"\\([\\'])")
DOUBLE_ESCAPE = re.compile(r"\\([\\'\"abfnrtv])")
MEANT = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


@dataclass(frozen=True)
class Assignment:
    """One line of the file.

    Attributes:
        name: The variable.
        value: What it is given.
        line: Where it begins.
    """

    name: str
    value: str = field(repr=False)
    line: int

    @property
    def refers(self) -> bool:
        """Whether the value stands for that of another variable."""
        return refers(self.value)


def refers(value: str) -> bool:
    """Whether a value stands for that of another variable."""
    return REFERENCE.search(value) is not None


def parse(text: str) -> tuple[list[Assignment], list[int]]:
    """The assignments, and the lines that are none."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    found: list[Assignment] = []
    faults: list[int] = []
    position = 0
    while position < len(text):
        line = text.count("\n", 0, position) + 1
        match = ENTRY.match(text, position)
        if match is None:
            faults.append(line)
            position = _next_line(text, position)
            continue
        found += _assignment(match, line)
        position = match.end()
    return found, faults


def _assignment(match: re.Match[str], line: int) -> Iterator[Assignment]:
    name = match["name"]
    if name is None:
        return
    if match["single"] is not None:
        value = SINGLE_ESCAPE.sub(r"\1", match["single"])
    elif match["double"] is not None:
        value = DOUBLE_ESCAPE.sub(lambda escape: MEANT.get(escape[1], escape[1]), match["double"])
    else:
        value = COMMENT.split(match["hash"] or match["plain"], maxsplit=1)[0].rstrip()
    yield Assignment(name, value, line)


def _next_line(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end + 1
