"""What a preview announces: takes the text of `preview --diff`, gives its steps."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A step's first line, then its id where it has one, then its URN.
HEAD = re.compile(
    r"^ +[-+~<>]+ *(?P<type>[\w:/-]+): \((?P<operation>[a-z-]+)\)\n(?: +\[id=.*\]\n)? +\[urn=(?P<urn>.+)\]$",
    re.MULTILINE,
)
CHANGING = frozenset({"create", "update", "delete", "replace", "create-replacement", "delete-replaced"})


@dataclass(frozen=True)
class Step:
    """One change that is announced.

    Attributes:
        what: Operation, type and name, such as `update Model mock-small`.
        text: The properties as they are shown.
    """

    what: str
    text: str

    def shows(self, field: str, live: str, wanted: str) -> bool:
        """Whether the field stands there as live value => wanted value; the values are patterns."""
        return re.search(rf"~ {re.escape(field)} *: {live} => {wanted}$", self.text, re.MULTILINE) is not None


def steps(preview: str) -> dict[str, Step]:
    """The changes that a preview announces, by what they are; what a refresh only notices is left out."""
    heads = list(HEAD.finditer(preview))
    ends = [head.start() for head in heads[1:]] + [len(preview)]
    found = [Step(_what(head), preview[head.end() : end]) for head, end in zip(heads, ends, strict=True)]
    return {step.what: step for step in found if step.what.split()[0] in CHANGING}


def _what(head: re.Match[str]) -> str:
    kind = re.split("[:/]", head["type"])[-1]
    name = head["urn"].split("::", 3)[3]
    return f"{head['operation']} {kind} {name}"
