"""What is typed to put something right must work where it is typed.

Takes a text for the user; gives it with the way to pulumi where it asks for it: pulumi comes with the project, not with
the machine.
"""

import re
import shutil

from operations.home import for_make

ASKS_FOR_PULUMI = re.compile(r"^.*\bpulumi config\b.*$", re.MULTILINE)


def with_way_to_pulumi(text: str, stack: str) -> str:
    """Says where pulumi is behind the first line that asks to type it."""
    if "make -s env" in text:
        return text
    way = way_to_pulumi(stack)
    return ASKS_FOR_PULUMI.sub(lambda line: f"{line[0]} ({way})", text, count=1) if way else text


def way_to_pulumi(stack: str) -> str | None:
    """Where pulumi is, in words; None where it is on PATH."""
    if shutil.which("pulumi"):
        return None
    return f'pulumi is on PATH after: eval "$(make -s env{for_make(stack)})"'
