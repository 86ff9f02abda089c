"""Pulumi's output, condensed: one line a diagnostic, what follows it kept only where it is the reason.

Takes the text that pulumi printed; gives the errors and warnings in it, and what it says to have changed. Pure.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from stacks.settings_errors import SECRET_SHAPE

HEADER = re.compile(r"^  (?P<type>[\w.:/@-]+) \((?P<name>.+)\):$")
ERROR = re.compile(r"^\s*error: ?(?P<text>.*)$")
OTHER = re.compile(r"^\s*(warning|info|debug): ")
WARNING = re.compile(r"^\s*(?P<text>warning: .*)$")
# What the program says of its own accord and means to be read; pulumi prints it without a word before it.
OVERLAY = re.compile(r"^\s*(?P<text>from the local overlay: .*)$")
SECTION = re.compile(
    r"^(Outputs|Resources|Duration|Policies|Diagnostics|View Live|Updating|Previewing|Refreshing|Destroying)\b"
)
# The head of a resource in a preview's listing, which goes on below an error.
STEP = re.compile(r"^ {2,}(\S{1,2} )?[\w.:/@-]+: \([\w -]+\)$")
COUNT = re.compile(r"^    (?P<sign>\+-|\+\+|--|[+~-])? ?(?P<count>\d+) (?P<what>[\w -]+)$")
# What pulumi puts around the text that the provider or the program gave; the last one repeats what stands above it.
WRAPPERS = (
    re.compile(r"^(Preview|Update|Refresh|Destroy) failed: "),
    re.compile(r"^Exception calling application: "),
    re.compile(r"^(\w+\.)*RunError: "),
    re.compile(r"^\s*\d+ errors? occurred:\s*"),
    re.compile(r"^sdk-v2/provider2\.go:\d+: "),
)
STACK = "pulumi:pulumi:Stack"
# A failed check stands below no header, but names its resource itself.
CHECK_FAILURE = re.compile(r"^(?P<type>[\w.:/@-]+) resource '(?P<name>.+?)' has a problem: (?P<text>.+)$")
NOISE = re.compile(
    r"^(an unhandled error occurred: [Pp]rogram exited with non-zero exit code: \d+"
    r"|resource registration failed|the run was cancelled|error: )$"
)
# The run's own last word; what stands below it are messages and no reasons.
OVER = re.compile(r"^(update|preview|refresh|destroy) failed$")
# Whatever was asked of it, and for whom: a server that cannot be reached is one cause.
UNREACHABLE = re.compile(r"(?P<server>https?://\S+): [A-Z]+ \S+: no connection;")
LOG_LINE = "|"
TRACEBACK = "Traceback (most recent call last):"
FRAME = re.compile(r'^\s+(File ".*", line \d+|\^+|~+|.*\S)')
EXCEPTION = re.compile(r"^(\w+\.)*\w*(Error|Exception|Missing\w+|Refused\w+)\b(: |$)")


@dataclass(frozen=True)
class Diagnostic:
    """One error.

    Attributes:
        place: The resource's type and name; empty for an error of the command itself.
        text: Its first line.
        more: The lines that explain it, such as the log of a failed task.
        others: How many more resources failed of the same, which is told once.
        is_of_many: Whether these are of other types too.
    """

    place: str
    text: str
    more: tuple[str, ...] = ()
    others: int = 0
    is_of_many: bool = False

    @property
    def type(self) -> str:
        """The resource's."""
        return self.place.partition(" (")[0]

    def __str__(self) -> str:
        line = f"{self.place}: {self.text}" if self.place else self.text
        line += f" (and {self.others} more {'' if self.is_of_many else 'of its type '}alike)" if self.others else ""
        return "\n".join([line, *(f"    {more}" for more in self.more)])


def condense(output: str) -> list[Diagnostic]:
    """The errors in pulumi's output, each once, in order; a hundred models that fail of one cause are one error."""
    found: dict[tuple[str, str], Diagnostic] = {}
    for place, lines in _blocks(output.splitlines()):
        diagnostic = _diagnostic(place, lines)
        if diagnostic is not None:
            # The same text once for the resource and once for the stack: the resource's is kept.
            same = next((key for key in found if key[1] == diagnostic.text), None)
            if same is None:
                found[(place, diagnostic.text)] = diagnostic
    alike: dict[tuple[str, ...], Diagnostic] = {}
    for diagnostic in found.values():
        cause = _cause(diagnostic)
        first = alike.setdefault(cause, diagnostic)
        if first is not diagnostic:
            is_of_many = first.is_of_many or first.type != diagnostic.type
            alike[cause] = replace(first, others=first.others + 1, is_of_many=is_of_many)
    return list(alike.values())


def _cause(diagnostic: Diagnostic) -> tuple[str, ...]:
    """What two resources have in common that failed of the same: the server, or their type and all but their names."""
    if unreachable := UNREACHABLE.search(diagnostic.text):
        return (unreachable["server"],)
    _, _, name = diagnostic.place.removesuffix(")").partition(" (")
    own_name = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") if name else None
    texts = (diagnostic.text, *diagnostic.more)
    return (diagnostic.type, *(own_name.sub("", text) if own_name else text for text in texts))


def changes(output: str) -> Mapping[str, int]:
    """What the last `Resources:` section counts besides `unchanged`, such as {"created": 3}."""
    counts: dict[str, int] = {}
    inside = False
    for line in output.splitlines():
        if line.startswith("Resources:"):
            counts, inside = {}, True
            continue
        match = COUNT.match(line) if inside else None
        if match is None:
            inside = inside and not line.strip()
        elif match["what"] not in {"unchanged", "changes"}:
            counts[match["what"]] = int(match["count"])
    return counts


def notices(output: str) -> list[str]:
    """The warnings of a run and what came from the local overlay, one line each and once, secrets masked."""
    found: dict[str, None] = {}
    place, inside = "", False
    for line in output.splitlines():
        header, notice = HEADER.match(line), WARNING.match(line) or OVERLAY.match(line)
        if SECTION.match(line):
            inside = line.startswith("Diagnostics")
        elif header:
            # The stack's own messages are the program's: they name their place themselves.
            place = "" if header["type"] == STACK else f"{_short(header['type'])} ({header['name']}): "
        elif inside and notice:
            found[SECRET_SHAPE.sub("***", f"{place}{notice['text']}")] = None
    return list(found)


def _blocks(lines: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Each error with the place it stands under and the lines up to the next one."""
    place, block = "", None
    for line in lines:
        header, error = HEADER.match(line), ERROR.match(line)
        ends = header or error or OTHER.match(line) or SECTION.match(line) or STEP.match(line)
        if ends and block is not None:
            yield place, block
            block = None
        if header:
            place = f"{_short(header['type'])} ({header['name']})"
        elif SECTION.match(line):
            place = ""
        elif error:
            block = [error["text"]]
        elif block is not None:
            block.append(line)
    if block is not None:
        yield place, block


def _short(token: str) -> str:
    """What a type token says to the user: `litellm:Model`, `docker:Service`."""
    package, _, rest = token.partition(":")
    module, _, name = rest.rpartition(":")
    module = module.removeprefix("dynamic/")
    if package == "pulumi-python":
        return f"{module}:{name}"
    return f"{package}:{name}"


def _diagnostic(place: str, lines: list[str]) -> Diagnostic | None:
    if OVER.match(lines[0].strip()):
        return None
    kept = [line for line in _without_traceback(lines) if line.strip()]
    texts = [_unwrapped(line.strip()) for line in kept]
    texts = [text for text in texts if text and not NOISE.match(text)]
    if not texts:
        return None
    first, *more = texts
    failure = CHECK_FAILURE.match(first)
    if failure:
        place, first = f"{_short(failure['type'])} ({failure['name']})", failure["text"]
    return Diagnostic(place, first, tuple(dict.fromkeys(more)))


def _without_traceback(lines: list[str]) -> list[str]:
    """The lines without a Python traceback, of which only the exception's own text is of use."""
    begins = next((index for index, line in enumerate(lines) if _begins_traceback(line)), None)
    if begins is None:
        return lines
    rest = lines[begins + 1 :]
    exception = next((index for index, line in enumerate(rest) if EXCEPTION.match(line.strip())), None)
    return rest[exception:] if exception is not None else lines[:begins] + rest[-1:]


def _begins_traceback(line: str) -> bool:
    return TRACEBACK in line and not line.lstrip().startswith(LOG_LINE)


def _unwrapped(text: str) -> str:
    for wrapper in WRAPPERS:
        text = wrapper.sub("", text)
    return text.strip()
