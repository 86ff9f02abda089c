"""The first step of every `make` target: gives the project its virtual environment, then becomes the command.

    python3 -m operations.bootstrap <command> …     becomes  <venv>/bin/python -m operations <command> …
    python3 -m operations.bootstrap exec PROGRAM …  becomes  <venv>/bin/PROGRAM …

Stdlib only, Python 3.11 or newer. The environment is a cache entry keyed by requirements.txt and the Python that makes
it; `.venv` in the clone is a symlink to it. Says one line when it makes one, nothing else; LLMPROXY_DEBUG=1 shows the
traceback of an error.
"""

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable, MutableMapping, Sequence
from pathlib import Path

from operations import clone_link, debian, locations
from operations.cache import COMPILED_FOLDER, Cache, key_of
from operations.errors import MissingPart, OperationsError
from operations.locations import Locations

OLDEST_PYTHON = (3, 11)
INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Runs the bootstrap; only returns when it failed, with the exit code."""
    try:
        check_python(sys.version_info[:2])
        places = locations.find(os.environ)
        venv = make_venv(places, say=_say)
        link_venv(places.clone / ".venv", venv)
        command = become(venv, arguments)
        keep_compiled_modules(os.environ, places.cache)
        os.chdir(places.clone)
        return os.execv(command[0], command)  # this process becomes the command
    except (OperationsError, OSError, KeyboardInterrupt) as error:
        if os.environ.get("LLMPROXY_DEBUG") == "1":
            raise
        text, code = in_one_line(error)
        _say(text)
        return code


def keep_compiled_modules(environment: MutableMapping[str, str], cache: Path) -> None:
    """Where Python is told to write no compiled modules beside the sources, they go into the cache.

    Without any, each command and each process of a run compiles all that it imports, and the tests rewrite every
    assertion: a third of the fast suite's time (measured).
    """
    if environment.pop("PYTHONDONTWRITEBYTECODE", ""):
        environment.setdefault("PYTHONPYCACHEPREFIX", str(cache / COMPILED_FOLDER))


def in_one_line(error: OperationsError | OSError | KeyboardInterrupt) -> tuple[str, int]:
    """What the user reads of an error, and the exit code."""
    if isinstance(error, KeyboardInterrupt):
        return "interrupted; the next make begins where this one stopped", INTERRUPTED
    if isinstance(error, OperationsError):
        return str(error), 1
    return locations.why_not_written(error), 1


def check_python(version: tuple[int, int]) -> None:
    """Refuses a Python that is too old."""
    if version < OLDEST_PYTHON:
        found, needed = (".".join(map(str, numbers)) for numbers in (version, OLDEST_PYTHON))
        raise MissingPart(
            f"python: found {found}, needed is {needed} or newer; name one, for instance: make PYTHON=python3.12 up"
        )


def make_venv(places: Locations, *, say: Callable[[str], None], host: debian.Host | None = None) -> Path:
    """Gives the virtual environment that requirements.txt asks for, making it where the cache has none."""
    cache = Cache(places.cache)
    key = venv_key(places.clone / "requirements.txt")
    found = cache.find("venv", key)
    if found is not None:
        return found
    started = time.monotonic()
    say("installing from requirements.txt")
    needs_venv_module(
        importlib.util.find_spec("ensurepip") is not None,
        lambda: debian.install(
            ["python3-venv"],
            purpose=f"python: {sys.executable} cannot make virtual environments (ensurepip is missing)",
            log=places.logs / "apt-python.log",
            host=host or debian.this_host(),
            say=say,
        ),
    )
    locations.private_folder(places.logs)
    log = places.logs / "venv.log"
    venv = cache.entry("venv", key, lambda folder: _fill_venv(folder, places.clone / "requirements.txt", log))
    say(f"installed ({time.monotonic() - started:.0f} s)")
    return venv


def venv_key(requirements: Path) -> str:
    """What the environment depends on: the locked packages and the Python it links to."""
    return key_of([requirements, sys.version, os.path.realpath(sys.executable)])


def needs_venv_module(has_ensurepip: bool, install: Callable[[], None]) -> None:
    """Debian ships Python without the part that makes virtual environments: has it installed where it is missing."""
    if not has_ensurepip:
        install()


def link_venv(link: Path, venv: Path) -> None:
    """Lets `.venv` in the clone point to the environment.

    Raises:
        Foreign: `.venv` is something that this program did not make.
    """
    refusal = f"{link}: found a folder or file that this program did not make; move it away, then try again"
    clone_link.place(link, venv, refusal=refusal)


def become(venv: Path, arguments: Sequence[str]) -> list[str]:
    """The command line that this process turns into."""
    if arguments[:1] == ["exec"]:
        return [str(venv / "bin" / arguments[1]), *arguments[2:]]
    return [str(venv / "bin" / "python"), "-m", "operations", *arguments]


def _fill_venv(folder: Path, requirements: Path, log: Path) -> None:
    pip = [
        str(folder / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--require-hashes",
        "--no-deps",
        "-r",
        str(requirements),
    ]
    with log.open("w", encoding="utf-8") as output:
        for command in ([sys.executable, "-m", "venv", str(folder)], pip):
            done = subprocess.run(
                command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False
            )
            if done.returncode != 0:
                raise MissingPart(f"{' '.join(command[1:4])} ended with {done.returncode} (all of it: {log})")


def _say(line: str) -> None:
    print(f"python packages: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
