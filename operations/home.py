"""What a stack keeps outside the clone: `$LLMPROXY_HOME/<project>/<stack>/`, folders 0700, files 0600.

Takes the roots and a stack's name; gives its folder with the passphrase in it and the generated stack file linked into
the clone. A second clone goes on with all of it, `git clean -xfd` loses nothing.
"""

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from operations import clone_link
from operations.errors import Foreign, MissingPart
from operations.locations import PROJECT, Locations, private_folder

FILES = "file://"
DEFAULT_STACK = "dev"
STACK_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")


def for_make(stack: str) -> str:
    """What names a stack to `make`, as it is typed behind a target; nothing for the default."""
    return "" if stack == DEFAULT_STACK else f" STACK={stack}"


def backend_in(folder: Path) -> str:
    """Address of the file backend in a folder.

    Without notes beside its files (`metadata`, an option of gocloud.dev's fileblob): each of a run's checkpoints would
    cost a checksum and a second file, and a run killed while it writes that one leaves a state that nobody can read.
    """
    return f"{FILES}{folder}?metadata=skip"


@dataclass(frozen=True)
class StackHome:
    """One stack's folder.

    Attributes:
        stack: The stack's name.
        folder: Where it is.
        other_backend: Address of the backend where the state does not lie in the folder.
    """

    stack: str
    folder: Path
    other_backend: str | None = None

    @property
    def for_make(self) -> str:
        """What names the stack to `make`, as it is typed behind a target; nothing for the default."""
        return for_make(self.stack)

    @property
    def passphrase(self) -> Path:
        """Opens the secrets of the stack file and of the state."""
        return self.folder / "passphrase"

    @property
    def state(self) -> Path:
        """The file backend that a stack has of its own."""
        return self.folder / "state"

    @property
    def backend(self) -> str:
        """Address of the backend, as pulumi takes it."""
        return self.other_backend or backend_in(self.state)

    @property
    def file_backend(self) -> Path | None:
        """Where the backend's files are; None for one that does not keep files on this machine."""
        if not self.backend.startswith(FILES):
            return None
        return Path(self.backend.removeprefix(FILES).partition("?")[0]).expanduser()

    @property
    def state_file(self) -> Path | None:
        """The file with the stack's state; None where a look at a file does not do."""
        folder = self.file_backend
        return folder and folder / ".pulumi" / "stacks" / PROJECT / f"{self.stack}.json"

    @property
    def stack_file(self) -> Path:
        """The generated stack file, for stacks that have none in git."""
        return self.folder / f"Pulumi.{self.stack}.yaml"

    @property
    def secrets_made(self) -> Path:
        """Is there once the generated stack file has got its secrets: one that is missing then was removed."""
        return self.folder / "secrets-made"

    @property
    def logs(self) -> Path:
        """All that pulumi and the builds said."""
        return self.folder / "logs"

    @property
    def run_record(self) -> Path:
        """Which run is, or was, going on."""
        return self.folder / "run.json"

    @property
    def lock(self) -> Path:
        """Held while a run goes on."""
        return self.folder / "run.lock"


def template_of(clone: Path, stack: str) -> Path:
    """The template of a stack whose file is generated."""
    return clone / f"Pulumi.{stack}.template.yaml"


def linked_file(clone: Path, stack: str) -> Path:
    """The stack file as pulumi finds it."""
    return clone / f"Pulumi.{stack}.yaml"


def find_home(places: Locations, stack: str, backend: str | None = None) -> StackHome:
    """Names the folder of a stack; makes nothing.

    Args:
        places: The roots.
        stack: The stack's name.
        backend: Address of a backend other than the stack's own.

    Raises:
        Foreign: No such stack can be.
    """
    if not STACK_NAME.fullmatch(stack):
        raise Foreign(f"STACK: found {stack!r}, allowed are small letters, digits and '-', such as dev")
    has_file = template_of(places.clone, stack).exists() or linked_file(places.clone, stack).exists()
    if not has_file:
        known = sorted({path.name.split(".")[1] for path in places.clone.glob("Pulumi.*.yaml")})
        raise Foreign(f"STACK: found {stack!r}, but there is no Pulumi.{stack}.yaml; allowed are {', '.join(known)}")
    return StackHome(stack, places.home / PROJECT / stack, backend or None)


def open_home(places: Locations, stack: str) -> StackHome:
    """Makes what is missing of a stack's folder, and links its generated file into the clone.

    Raises:
        Foreign: The clone holds a file of its own where the link belongs.
        MissingPart: Secrets are there, but not the passphrase that opens them.
    """
    home = find_home(places, stack)
    for folder in (places.home, places.home / PROJECT, home.folder, home.state, home.logs):
        private_folder(folder)
    is_generated = template_of(places.clone, stack).exists()
    stack_file = home.stack_file if is_generated else linked_file(places.clone, stack)
    _ensure_passphrase(home.passphrase, stack_file)
    if is_generated:
        link, file = linked_file(places.clone, stack), home.stack_file
        refusal = (
            f"{link}: found a file, but {file} is this stack's; move the file away, or there if it is the right one"
        )
        clone_link.place(link, file, refusal=refusal)
    return home


def write_private(path: Path, text: str) -> None:
    """Writes a file that only this user may read, in one step."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    beside.rename(path)


def _ensure_passphrase(passphrase: Path, stack_file: Path) -> None:
    if passphrase.exists():
        passphrase.chmod(0o600)
        return
    if stack_file.exists() and "encryptionsalt:" in stack_file.read_text(encoding="utf-8"):
        raise MissingPart(
            f"{passphrase}: not there, but {stack_file} holds secrets that only it opens; put the passphrase there"
        )
    write_private(passphrase, secrets.token_urlsafe(32) + "\n")
