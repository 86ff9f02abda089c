"""Builds the air-gap images on an engine: `python -m airgap.images.build [name …]`.

Takes names out of the table (images.json), gives their tags; an image whose tag the engine already holds is not built
again. The base comes first, then the Go toolchain where an image has a Go program, then all images side by side.
Builders that run at once wait for each other, image by image.
"""

import argparse
import fcntl
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from airgap.images import base_system, package_settings
from airgap.images.content import BASE_SUITE, GO_FOLDER, base_tag, go_tag, has_go_program, image_tag
from airgap.images.engine import BuildOrder, Engine, find_docker
from airgap.images.errors import ImagesError
from airgap.images.table import FOLDER, Image, load

Progress = Callable[[str], None]

DEFAULT_DOCKER_HOST = "unix:///var/run/docker.sock"


@dataclass(frozen=True)
class _Workshop:
    """What all builds of one call share."""

    engine: Engine
    lock_dir: Path
    log_dir: Path
    progress: Progress


def build(
    names: Sequence[str], *, docker_host: str, lock_dir: Path, log_dir: Path, progress: Progress
) -> dict[str, str]:
    """Builds images and what they stand on.

    Args:
        names: `name` (the default version) or `name:version`, as in the table.
        docker_host: Address of the engine, for instance `unix:///var/run/docker.sock`.
        lock_dir: Folder for locks and temporary trees, shared by all builders of this machine.
        log_dir: Folder for the whole output, one file an image.
        progress: Gets one line a step; may be called from several threads.

    Returns:
        The full tag of each name.

    Raises:
        ImagesError: A name, the host or a build is at fault.
    """
    table = load()
    images = {name: table.find(name) for name in names}
    engine = Engine(command=find_docker(os.environ.get("PATH", os.defpath)), host=docker_host)
    lock_dir.mkdir(parents=True, exist_ok=True)
    log_dir.mkdir(parents=True, exist_ok=True)
    workshop = _Workshop(engine, lock_dir, log_dir, progress)
    missing = [image for image in images.values() if not engine.has_image(image_tag(image))]
    if missing:
        _build_base(workshop)
        with _host_secrets() as secrets, ThreadPoolExecutor(max_workers=len(missing)) as pool:
            if any(has_go_program(image) for image in missing):
                _build_folder(workshop, _go_toolchain(secrets))
            tasks = [pool.submit(_build_folder, workshop, _of_table(image, secrets)) for image in missing]
        for task in tasks:
            task.result()
    return {name: image_tag(image) for name, image in images.items()}


def _build_base(workshop: _Workshop) -> None:
    tag = base_tag()
    with _locked(workshop.lock_dir / "images-base.lock"):
        if workshop.engine.has_image(tag):
            return
        log = _new_log(workshop.log_dir / "base.log")
        base_system.make(workshop.engine, tag, workshop.lock_dir, log, lambda line: workshop.progress(f"base: {line}"))


def _go_toolchain(secrets: Mapping[str, Path]) -> BuildOrder:
    return _order("go-toolchain", GO_FOLDER, go_tag(), {}, secrets)


def _of_table(image: Image, secrets: Mapping[str, Path]) -> BuildOrder:
    go = {"GO": go_tag()} if has_go_program(image) else {}
    return _order(image.key, image.folder, image_tag(image), {**go, **image.build_arguments}, secrets)


def _order(key: str, folder: str, tag: str, arguments: Mapping[str, str], secrets: Mapping[str, Path]) -> BuildOrder:
    return BuildOrder(
        key=key,
        folder=FOLDER / folder,
        tag=tag,
        arguments={"BASE": base_tag(), **arguments},
        secrets=secrets,
        inherited=package_settings.proxy_variables(os.environ),
    )


def _build_folder(workshop: _Workshop, order: BuildOrder) -> None:
    name = order.key.replace(":", "-")
    with _locked(workshop.lock_dir / f"images-{name}.lock"):
        if workshop.engine.has_image(order.tag):
            return
        log = _new_log(workshop.log_dir / f"{name}.log")
        workshop.engine.build(order, log, _steps(lambda line: workshop.progress(f"{order.key}: {line}")))
        workshop.progress(f"{order.key}: built {order.tag}")


@contextmanager
def _host_secrets() -> Iterator[dict[str, Path]]:
    """The host's package settings as files that live as long as the builds."""
    ca = package_settings.ca_bundle(os.environ)
    with tempfile.TemporaryDirectory(prefix="llmproxy-images-") as folder:
        pip, npm, go = Path(folder) / "pip.conf", Path(folder) / "npmrc", Path(folder) / "go.env"
        pip_files, npm_files = package_settings.pip_files(os.environ), package_settings.npm_files(os.environ)
        pip.write_text(package_settings.pip_configuration(os.environ, pip_files, has_ca=ca is not None))
        npm.write_text(package_settings.npm_configuration(os.environ, npm_files, has_ca=ca is not None))
        apt = Path(folder) / "sources.list"
        apt.write_text(f"deb {base_system.mirror()} {BASE_SUITE} main\n", encoding="utf-8")
        go.write_text(package_settings.go_configuration(os.environ, package_settings.go_files(os.environ)))
        found = {"ca": ca, "netrc": package_settings.netrc(os.environ)}
        always = {"pip": pip, "npm": npm, "go": go, "apt": apt}
        yield {**always, **{name: path for name, path in found.items() if path is not None}}


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Waits until no other builder of this machine holds the lock; a killed one lets go of it."""
    with path.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _new_log(path: Path) -> Path:
    path.write_text("", encoding="utf-8")
    return path


def _steps(progress: Progress) -> Callable[[str], None]:
    """Of BuildKit's output, the line that begins each step of a Dockerfile."""
    step = re.compile(r"#\d+ \[(?!internal)([^\]]*\d+/\d+)\] (.{0,70})")
    seen: set[str] = set()

    def on_line(line: str) -> None:
        match = step.match(line)
        if match and match[1] not in seen:
            seen.add(match[1])
            progress(f"[{match[1].strip()}] {match[2]}")

    return on_line


def main(arguments: Sequence[str]) -> int:
    """The command line; gives the exit code."""
    cache = Path(os.environ.get("LLMPROXY_CACHE", "/var/cache/llmproxy"))
    parser = argparse.ArgumentParser(prog="airgap.images.build", description="Builds the air-gap images.")
    parser.add_argument("names", nargs="*", help="name or name:version; default: all defaults of images.json")
    parser.add_argument("--docker-host", default=os.environ.get("DOCKER_HOST", DEFAULT_DOCKER_HOST))
    parser.add_argument("--lock-dir", type=Path, default=cache / "images")
    parser.add_argument("--log-dir", type=Path, default=cache / "images" / "logs")
    options = parser.parse_args(arguments)
    try:
        names = options.names or [image.name for image in load().defaults()]
        tags = build(
            names,
            docker_host=options.docker_host,
            lock_dir=options.lock_dir,
            log_dir=options.log_dir,
            progress=lambda line: print(line, file=sys.stderr, flush=True),
        )
    except ImagesError as error:
        print(f"images: {error}", file=sys.stderr)
        return 1
    for name, tag in tags.items():
        print(f"{name} {tag}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
