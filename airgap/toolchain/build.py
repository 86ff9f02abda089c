"""Builds Pulumi's command and Python language host: `build(folder, …)` fills a folder with what belongs on PATH.

Takes a Go and a folder of its own; gives `pulumi`, `pulumi-language-python` and the two launcher scripts. Stdlib only,
as it runs before anything is installed. Both builds go at once; module and build cache lie in a work folder that the
caller gives, so that a build leaves nothing in the user's home and takes nothing from it. Only a finished build removes
the work folder: after a killed one the next goes on with what was compiled.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from airgap.toolchain.errors import BuildFailed
from airgap.toolchain.go import FOLDER

CLI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
HOST_PACKAGE = "github.com/pulumi/pulumi/sdk/python/cmd/pulumi-language-python/v3"
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
LAUNCHERS = ("cmd/pulumi-language-python-exec", "dist/pulumi-resource-pulumi-python")


@dataclass(frozen=True)
class Target:
    """One program to build."""

    name: str
    module: Path
    package: str
    flags: tuple[str, ...]


def version() -> str:
    """The Pulumi version that all of this is pinned to."""
    return str(json.loads((FOLDER / "pins.json").read_text(encoding="utf-8"))["version"])


def sources() -> list[Path]:
    """The files that decide what comes out: the key of a cache is made from them."""
    modules = [FOLDER / module / file for module in ("cli", "language-host") for file in ("go.mod", "go.sum")]
    return [*modules, FOLDER / "pins.json", Path(__file__)]


def build(folder: Path, *, work: Path, go: Path, log_dir: Path, progress: Callable[[str], None]) -> None:
    """Fills a folder with the command, the language host and the launcher scripts.

    Args:
        folder: An empty folder.
        work: For the module and build cache; used by one build at a time, may hold what a killed one left.
        go: The Go command to build with.
        log_dir: Where the whole output of each build goes.
        progress: Gets one line a step; may be called from two threads.

    Raises:
        BuildFailed: Naming the log.
    """
    work.mkdir(parents=True, exist_ok=True)
    environment = _environment(work)
    log_dir.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=2) as pool:
        builds = [pool.submit(_build_one, target, folder, go, environment, log_dir, progress) for target in _targets()]
    for done in builds:
        done.result()
    _copy_launchers(folder, go, environment)
    shutil.rmtree(work)


def _targets() -> list[Target]:
    # Unset, the version is empty and the command asks the network for updates.
    stamp = f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{version()}"
    cli_flags = ("-tags", "osusergo,grpcnotrace", "-ldflags", stamp)
    return [
        Target("pulumi", FOLDER / "cli", CLI_PACKAGE, cli_flags),
        Target("pulumi-language-python", FOLDER / "language-host", HOST_PACKAGE, ("-ldflags", "-s -w")),
    ]


def _environment(work: Path) -> dict[str, str]:
    return {
        **os.environ,
        "GOMODCACHE": str(work / "modules"),
        "GOCACHE": str(work / "objects"),
        "GOTOOLCHAIN": "local",
        "CGO_ENABLED": "0",
        "GOWORK": "off",
        # modcacherw: else the module cache is read-only and cannot be removed.
        "GOFLAGS": "-mod=readonly -modcacherw -buildvcs=false -trimpath",
    }


def _build_one(
    target: Target, folder: Path, go: Path, environment: dict[str, str], log_dir: Path, progress: Callable[[str], None]
) -> None:
    progress(f"{target.name}: go build")
    log = log_dir / f"{target.name}.log"
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            [str(go), "build", *target.flags, "-o", str(folder / target.name), target.package],
            cwd=target.module,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        raise BuildFailed(f"{target.name}: go build ended with {done.returncode}: {_last_line(log)} (all of it: {log})")
    progress(f"{target.name}: built")


def _copy_launchers(folder: Path, go: Path, environment: dict[str, str]) -> None:
    asked = subprocess.run(
        [str(go), "list", "-m", "-f", "{{.Dir}}", SDK_MODULE],
        cwd=FOLDER / "cli",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode != 0:
        raise BuildFailed(f"go list {SDK_MODULE}: {asked.stderr.strip()}")
    for launcher in LAUNCHERS:
        source = Path(asked.stdout.strip()) / "python" / launcher
        copy = folder / source.name
        shutil.copyfile(source, copy)
        copy.chmod(0o755)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "no output"
