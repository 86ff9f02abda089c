"""The Docker Engine: the one that answers is used as it is, else Debian's is started in the background.

Takes an address and this machine; gives an engine that answers, or says in one line what is missing. An engine of ours
has its data root, pid file and log in $LLMPROXY_HOME and comes back after it was killed. Nothing of an engine that this
program did not start is changed here.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import docker
import docker.errors
import requests

from operations import debian
from operations.errors import MissingPart, RefusedEngine
from operations.locations import Locations
from operations.stale_pid import remove_stale

# Before the path of a socket: an engine of this machine.
LOCAL = "unix://"
DEFAULT_SOCKET = Path("/var/run/docker.sock")
ANSWER_SECONDS = 5
START_SECONDS = 90
INIT_SYSTEM_SECONDS = 10


@dataclass(frozen=True)
class OwnEngine:
    """An engine that this program starts where none answers.

    Attributes:
        socket: Where it listens.
        folder: Its pid file, log and, unless set otherwise, data root.
        data_root: Images, volumes, the Swarm's state.
        exec_root: What lives as long as its processes.
        options: Further options of dockerd.
    """

    socket: Path
    folder: Path
    data_root: Path
    exec_root: Path
    options: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """Its address."""
        return f"unix://{self.socket}"

    @property
    def pid_file(self) -> Path:
        """dockerd's pid file."""
        return self.folder / "dockerd.pid"

    @property
    def containerd_pid_file(self) -> Path:
        """The pid file of the containerd that dockerd starts."""
        return self.exec_root / "containerd" / "containerd.pid"

    @property
    def log(self) -> Path:
        """What dockerd says."""
        return self.folder / "dockerd.log"


def own_engine(places: Locations, environment: Mapping[str, str]) -> OwnEngine:
    """The engine of this machine that would be ours."""
    folder = places.home / "engine"
    return OwnEngine(
        socket=Path(environment.get("LLMPROXY_ENGINE_SOCKET") or DEFAULT_SOCKET),
        folder=folder,
        data_root=Path(environment.get("LLMPROXY_ENGINE_DATA_ROOT") or folder / "data"),
        exec_root=Path(environment.get("LLMPROXY_ENGINE_EXEC_ROOT") or "/run/llmproxy-engine"),
        options=tuple(environment.get("LLMPROXY_ENGINE_OPTIONS", "").split()),
    )


def default_host(environment: Mapping[str, str], own: OwnEngine) -> str:
    """The engine that a new stack is made on."""
    return environment.get("DOCKER_HOST") or own.host


def client(host: str, timeout_seconds: int = 60) -> docker.DockerClient:
    """A client of the engine; asks nothing yet."""
    return docker.DockerClient(base_url=host, timeout=timeout_seconds, use_ssh_client=host.startswith("ssh://"))


def why_silent(host: str) -> str | None:
    """None when an engine answers there, else why not."""
    if host.startswith(LOCAL) and not Path(host.removeprefix(LOCAL)).exists():
        return "no such socket"
    try:
        with_engine = client(host, ANSWER_SECONDS)
        try:
            with_engine.ping()
        finally:
            with_engine.close()
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        return _innermost(error)
    return None


def ensure(
    host: str, own: OwnEngine, *, log_dir: Path, say: Callable[[str], None], machine: debian.Host | None = None
) -> str:
    """Gives an engine that answers at the address.

    Returns:
        Which way was taken, in words.

    Raises:
        RefusedEngine: None answers and it is not ours to start.
        MissingPart: Starting one needs what this user or machine does not have.
    """
    reason = why_silent(host)
    if reason is None:
        return f"the one at {host}"
    if host != own.host:
        raise RefusedEngine(
            f"Docker Engine: {host} does not answer ({reason}); start it, or name another one (DOCKER_HOST, or "
            "docker.host in the settings of the stack)"
        )
    machine = machine or debian.this_host()
    if not machine.is_root:
        raise MissingPart(
            f"Docker Engine: {host} does not answer ({reason}), and starting one needs root: run make as root, "
            "or start an engine and set DOCKER_HOST"
        )
    if shutil.which("dockerd") is None or shutil.which("iptables") is None:
        debian.install(
            ["docker.io", "iptables"],
            purpose=f"Docker Engine: {host} does not answer and dockerd is not installed",
            log=log_dir / "apt-docker.log",
            host=machine,
            say=say,
        )
        if _init_system_starts(host):
            return f"Debian's docker.io, started by the init system, at {host}"
    start(own, say=say)
    return f"Debian's docker.io, started in the background, data in {own.data_root}"


def start(own: OwnEngine, *, say: Callable[[str], None]) -> None:
    """Starts dockerd in the background and waits until it answers; one that ends by itself is tried once more.

    Raises:
        RefusedEngine: It ended or stayed silent; the text carries its last line and names the log.
    """
    try:
        _start_once(own, say)
    except RefusedEngine as error:
        # A containerd that was killed a moment ago may still have been dying while its pid file was looked at.
        say(f"{error}; trying once more")
        _start_once(own, say)


def _start_once(own: OwnEngine, say: Callable[[str], None]) -> None:
    for pid_file, program in ((own.pid_file, "dockerd"), (own.containerd_pid_file, "containerd")):
        if remove_stale(pid_file, program):
            say(f"removed the stale {pid_file.name} of an engine that was killed")
    for folder in (own.folder, own.data_root, own.exec_root):
        folder.mkdir(parents=True, exist_ok=True)
    say("starting dockerd")
    command = ["dockerd", "--host", own.host, "--data-root", str(own.data_root), "--exec-root", str(own.exec_root)]
    with own.log.open("ab") as log:
        process = subprocess.Popen(
            [*command, "--pidfile", str(own.pid_file), *own.options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd="/",
            env={name: value for name, value in os.environ.items() if name not in {"LLMPROXY_RUN_ID", "DOCKER_HOST"}},
        )
    ends = time.monotonic() + START_SECONDS
    while why_silent(own.host) is not None:
        if process.poll() is not None or time.monotonic() > ends:
            how = "stays silent" if process.poll() is None else f"ended with {process.returncode}"
            raise RefusedEngine(f"Docker Engine: dockerd {how}: {_last_line(own.log)} (all of it: {own.log})")
        time.sleep(0.2)


def _init_system_starts(host: str) -> bool:
    """Where an init system runs, installing the package starts the engine: waits for that one."""
    if not Path("/run/systemd/system").is_dir():
        return False
    ends = time.monotonic() + INIT_SYSTEM_SECONDS
    while time.monotonic() < ends:
        if why_silent(host) is None:
            return True
        time.sleep(0.5)
    return False


def _innermost(error: BaseException) -> str:
    """The text of the first cause: what is around it only says that a connection failed."""
    while error.__cause__ is not None or error.__context__ is not None:
        error = error.__cause__ or error.__context__ or error
    return getattr(error, "strerror", None) or str(error)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][-300:] if lines else "no output"
