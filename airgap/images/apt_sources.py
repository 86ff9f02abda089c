"""The Debian mirror that this machine itself uses.

Takes the text of apt's source lists (one-line and deb822 format), gives the address to start a Debian release from, so
that no file of the project has to name one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from airgap.images.errors import HostError

MIRROR_VARIABLE = "LLMPROXY_DEBIAN_MIRROR"
_SCHEMES = ("http://", "https://", "file:/")  # what debootstrap reads


@dataclass(frozen=True)
class AptSource:
    """One archive that apt reads packages from."""

    address: str
    suites: tuple[str, ...]
    components: tuple[str, ...]


def source_files(folder: Path = Path("/etc/apt")) -> list[Path]:
    """The source lists of this machine, in apt's order."""
    main = folder / "sources.list"
    parts = folder / "sources.list.d"
    more = sorted([*parts.glob("*.list"), *parts.glob("*.sources")]) if parts.is_dir() else []
    return [path for path in (main, *more) if path.is_file()]


def parse(path: Path) -> list[AptSource]:
    """The archives that one source list names."""
    text = path.read_text(encoding="utf-8")
    return list(_deb822(text) if path.suffix == ".sources" else _one_line(text))


def debian_mirror(sources: Iterable[AptSource], own_suite: str) -> str:
    """The mirror that carries `own_suite`, the release of this machine; a Debian mirror carries all releases.

    Raises:
        HostError: No source of the main component of that release can be read by debootstrap.
    """
    for source in sources:
        if own_suite in source.suites and "main" in source.components and source.address.startswith(_SCHEMES):
            return source.address
    raise HostError(
        f"apt sources: found no http, https or file archive of Debian {own_suite} main; the base image starts "
        f"from one. Set {MIRROR_VARIABLE} to the address of a Debian mirror."
    )


def _one_line(text: str) -> Iterator[AptSource]:
    for line in text.splitlines():
        match = re.match(r"deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]+)", line.strip())
        if match:
            yield AptSource(match[1], (match[2],), tuple(match[3].split()))


def _deb822(text: str) -> Iterator[AptSource]:
    for stanza in re.split(r"\n\s*\n", text):
        fields = _fields(stanza)
        if "deb" in fields.get("types", []) and fields.get("enabled", ["yes"]) != ["no"]:
            for address in fields.get("uris", []):
                yield AptSource(address, tuple(fields.get("suites", [])), tuple(fields.get("components", [])))


def _fields(stanza: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    name = ""
    for line in stanza.splitlines():
        if line.startswith("#"):
            continue
        if line[:1].isspace():
            fields.get(name, []).extend(line.split())
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.lower()
            fields[name] = value.split()
    return fields
