"""Building on a Docker Engine through the docker command.

Takes the address of an engine, gives the few calls that the builder needs. The command is used and not the API, because
secrets reach a build only through BuildKit, whose session the command speaks: Debian's own (20.10) has it built in,
newer ones with the buildx plugin.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from airgap.images.errors import HostError, ImageBuildError

LAST_MAJOR_WITH_BUILDKIT_INSIDE = 22
LABEL = "llmproxy.airgap"

# The engine's own builder sees local images and keeps the result; a builder of buildx's own would do neither.
_BUILDKIT = {"DOCKER_BUILDKIT": "1", "BUILDX_BUILDER": "default", "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}


def docker_commands(search_path: str) -> list[str]:
    """Every docker command on the search path, first one first."""
    found = (shutil.which("docker", path=folder) for folder in search_path.split(os.pathsep) if folder)
    return list(dict.fromkeys(command for command in found if command is not None))


def can_build(command: str) -> bool:
    """Whether this docker command can speak to BuildKit."""
    version = _run([command, "version", "--format", "{{.Client.Version}}"]).stdout
    major = version.partition(".")[0]
    if major.isdigit() and int(major) <= LAST_MAJOR_WITH_BUILDKIT_INSIDE:
        return True
    return _run([command, "buildx", "version"]).returncode == 0


def find_docker(search_path: str) -> str:
    """The first docker command that can build.

    Raises:
        HostError: There is none.
    """
    commands = docker_commands(search_path)
    for command in commands:
        if can_build(command):
            return command
    found = ", ".join(commands) or "none"
    raise HostError(
        f"docker command: found {found}; images need one with BuildKit (Debian's docker.io 20.10, or a newer one with "
        "the buildx plugin). Install it: apt-get install docker.io"
    )


@dataclass(frozen=True)
class BuildOrder:
    """What to build.

    Attributes:
        key: What it is called in logs and progress.
        folder: Context, with the Dockerfile in it.
        tag: Name of the result.
        arguments: Build arguments.
        secrets: Files that RUN steps may mount, by id.
        inherited: Names of environment variables that go in as build arguments, by name only, so that their values
            stand in no command line.
    """

    key: str
    folder: Path
    tag: str
    arguments: Mapping[str, str]
    secrets: Mapping[str, Path]
    inherited: Sequence[str]


@dataclass(frozen=True)
class Engine:
    """One engine and the command that reaches it."""

    command: str
    host: str

    def has_image(self, tag: str) -> bool:
        """Whether the engine holds an image of that tag.

        Raises:
            HostError: The engine does not answer.
        """
        answer = _run([self.command, "--host", self.host, "image", "inspect", "--format", "{{.Id}}", tag])
        if answer.returncode != 0 and "no such image" not in answer.stderr.lower():
            raise HostError(f"engine {self.host}: {answer.stderr.strip()}. Start it, or correct the address.")
        return answer.returncode == 0

    def import_tree(self, tree: Path, excluded: Path, tag: str, log: Path) -> None:
        """Makes an image of one layer from a folder, without what the patterns of a file exclude.

        The archive is whole before the engine gets it: from a stream that breaks off, the engine would make an image of
        that tag all the same.

        Raises:
            ImageBuildError: Packing or importing failed; there is no image then.
        """
        archive = tree.with_name(f"{tree.name}.tar")
        pack = ["tar", f"--directory={tree}", "--numeric-owner", f"--exclude-from={excluded}", "--create"]
        load = [self.command, "--host", self.host, "import", "--change", f"LABEL {LABEL}={tag}", str(archive), tag]
        for command in ([*pack, f"--file={archive}", "."], load):
            if run_logged(command, log, lambda _line: None, {}) != 0:
                raise ImageBuildError(f"{tag}: importing the base system failed: {cause(log)}. The whole output: {log}")

    def build(self, order: BuildOrder, log: Path, on_line: Callable[[str], None]) -> None:
        """Builds the Dockerfile of a folder; the log gets the whole output, the listener each line of it.

        Raises:
            ImageBuildError: The build failed.
        """
        options = [f"--build-arg={name}={value}" for name, value in order.arguments.items()]
        options += [f"--build-arg={name}" for name in order.inherited]
        options += [f"--secret=id={name},src={path}" for name, path in order.secrets.items()]
        command = [self.command, "--host", self.host, "build", "--progress=plain", "--network=host", *options]
        command += [f"--tag={order.tag}", f"--label={LABEL}={order.tag}", str(order.folder)]
        if run_logged(command, log, on_line, _BUILDKIT) != 0:
            raise ImageBuildError(f"{order.tag}: the build failed: {cause(log)}. The whole output: {log}")


def run_logged(
    command: Sequence[str], log: Path, on_line: Callable[[str], None], environment: Mapping[str, str]
) -> int:
    """Runs a program, its output line by line into a file and to a listener; gives its exit code."""
    with log.open("a", encoding="utf-8") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**os.environ, **environment},
        )
        with process:
            for line in process.stdout or ():
                output.write(line)
                output.flush()
                on_line(line.rstrip())
        return process.returncode


def cause(log: Path) -> str:
    """The line of a log that says best why it ended: the last one that a failing step printed, else the last at all."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
    printed = [match[1] for line in lines if (match := re.match(r"#\d+ \d+\.\d+ (.*\w.*)", line))]
    said = [line for line in lines if line.strip("-")]
    return (printed or said or ["no output"])[-1]


def _run(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False)
