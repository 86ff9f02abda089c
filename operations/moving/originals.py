"""What the original has: the variables of its `.env` files and of the shell, and its `config.local.json`.

Takes the folder of its clone, or one of its files, and the environment; gives all values by name. No error shows one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from litellm_resources.resolver import loading
from litellm_resources.resolver.document import JsonObject
from operations.errors import OperationsError
from operations.moving import dotenv, table
from operations.moving.dotenv import Assignment

ENV_FILES = (table.ENV, table.MONITORING, table.SCRIPTS)
LOCAL_CATALOG = "litellm_scripts/config.local.json"
BASE_CATALOG = "litellm_scripts/config.json"
FILES = (*ENV_FILES, LOCAL_CATALOG, BASE_CATALOG)
ALLOWED = f"the folder of the original's clone, or one of its files ({', '.join(ENV_FILES)}, {LOCAL_CATALOG})"
TYPED = "type: make take-over FROM=../original STACK=prod"


@dataclass(frozen=True)
class Variable:
    """One variable.

    Attributes:
        name: Its name.
        value: What it is given; empty where nothing is.
        places: Where it was found.
        refers: Whether the value stands for that of another variable.
    """

    name: str
    value: str = field(repr=False)
    places: tuple[str, ...]
    refers: bool = False


@dataclass(frozen=True)
class Originals:
    """All that was found.

    Attributes:
        variables: In the order of the files.
        catalog: The content of `config.local.json`; None without the file.
        base_catalog: That of `config.json`, which stands beside it.
    """

    variables: tuple[Variable, ...]
    catalog: JsonObject | None = field(default=None, repr=False)
    base_catalog: JsonObject | None = None


def read(origin: str | None, environment: Mapping[str, str]) -> Originals:
    """Reads what is there.

    Raises:
        OperationsError: With one line for each thing that cannot be read, or has two values.
    """
    files = _files(origin)
    faults: list[str] = []
    found = [each for name, path in files.items() if path.suffix != ".json" for each in _variables(name, path, faults)]
    found += [
        Variable(name, environment[name], (table.SHELL,), dotenv.refers(environment[name]))
        for name in table.OF_THE_SHELL
        if environment.get(name)
    ]
    catalogs = {name: _document(name, path, faults) for name, path in files.items() if path.suffix == ".json"}
    base = catalogs.pop(BASE_CATALOG, None)
    originals = Originals(_joined(found, faults), next(iter(catalogs.values()), None), base)
    if faults:
        raise OperationsError("\n".join(faults))
    return originals


def _files(origin: str | None) -> dict[str, Path]:
    if not origin:
        raise OperationsError(f"FROM: found nothing; allowed is {ALLOWED}; {TYPED}")
    place = Path(origin).expanduser()
    if place.is_file():
        return {_name_of(place): place}
    files = {name: place / name for name in FILES if (place / name).is_file()}
    if not files:
        kind = "a folder without any of these" if place.is_dir() else "no such file or folder"
        raise OperationsError(f"FROM: found {origin!r}, {kind}; allowed is {ALLOWED}; {TYPED}")
    return files


def _name_of(file: Path) -> str:
    """A file as the original's clone has it, where it is one of those."""
    ours = [name for name in FILES if file.absolute().as_posix().endswith(f"/{name}")]
    return max(ours, key=len, default=file.name)


def _document(name: str, path: Path, faults: list[str]) -> JsonObject:
    document, problems = loading.parse(_text(path), name)
    faults += map(str, problems)
    return document


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise OperationsError(f"{path}: found byte {error.start}, which is no UTF-8; save the file as UTF-8") from error


def _variables(name: str, path: Path, faults: list[str]) -> Iterator[Variable]:
    assignments, bad_lines = dotenv.parse(_text(path))
    faults += [
        f"{name} line {line}: found what is no NAME=value; allowed are such lines and comments, quotation marks "
        "in pairs, and around a value that begins with ' #'; correct the line"
        for line in bad_lines
    ]
    # The last one counts, as in a shell.
    last: dict[str, Assignment] = {each.name: each for each in assignments}
    for each in last.values():
        is_only_one = all(other.value == each.value for other in assignments if other.name == each.name)
        place = name if is_only_one else f"{name}, the last one, in line {each.line}"
        yield Variable(each.name, each.value, (place,), each.refers)


def _joined(found: list[Variable], faults: list[str]) -> tuple[Variable, ...]:
    """Each variable once; an empty one does not count beside one with a value."""
    by_name: dict[str, Variable] = {}
    for each in found:
        before = by_name.get(each.name)
        if before is None or not before.value:
            by_name[each.name] = each
        elif each.value == before.value:
            by_name[each.name] = Variable(each.name, each.value, (*before.places, *each.places), each.refers)
        elif each.value:
            places = ", ".join((*before.places, *each.places))
            faults.append(
                f"{each.name}: found different values in {places}; allowed is one; take out those that are old"
            )
    return tuple(by_name.values())
