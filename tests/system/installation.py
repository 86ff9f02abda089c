"""One whole installation for the system suite: an own clone, home, names and ports, beside whatever the user runs.

Gives `Installation`, which types the same commands as a user and looks at the result through Docker, PostgreSQL and
LiteLLM's own doors. It removes all that it made, also when a test failed or was interrupted.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import requests

REPOSITORY = Path(__file__).resolve().parents[2]
PREFIX = "systest-"
COMMAND_SECONDS = 600
# Below the range that the kernel takes for outgoing connections: a gateway that starts again finds its port free.
FIXED_PORTS = range(20_000, 32_000)


class CommandFailed(AssertionError):
    """A command of the installation did not end as the test expects; the text holds what it printed."""


@dataclass
class Installation:
    """A gateway with its own clone of the project.

    Attributes:
        clone: A git repository with the working tree's files.
        home: Its `LLMPROXY_HOME`.
        prefix: Before all its Swarm names.
        port: The gateway's port on this host.
    """

    clone: Path
    home: Path
    prefix: str
    port: int
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def make(self, target: str, *, expect: int | None = 0, **variables: str) -> subprocess.CompletedProcess[str]:
        """Types `make TARGET VARIABLE=…`; a different exit code than `expect` fails the test (None: any)."""
        words = ["make", "-s", target, *(f"{name}={value}" for name, value in variables.items())]
        return self.run(words, expect=expect)

    def run(
        self, words: list[str], *, expect: int | None = 0, more: Mapping[str, str] | None = None, given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command in the clone with the installation's environment; `given` is what it reads."""
        done = subprocess.run(
            words,
            cwd=self.clone,
            env={**self._environment(), **(more or {})},
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            input=given,
            check=False,
        )
        if expect is not None and done.returncode != expect:
            raise CommandFailed(f"{words}: exit {done.returncode}, expected {expect}\n{done.stdout}\n{done.stderr}")
        return done

    def pulumi(self, *words: str, expect: int | None = 0, given: str = "") -> subprocess.CompletedProcess[str]:
        """Types a plain pulumi command in the shell that `make env` gives."""
        line = 'eval "$(make -s env </dev/null)" && exec pulumi "$@"'
        return self.run(["bash", "-c", line, "pulumi", *words, "--non-interactive"], expect=expect, given=given)

    def shell(self) -> Mapping[str, str]:
        """The environment that `make env` gives: for many commands, or where its own time may not count."""
        printed = self.run(["bash", "-c", 'eval "$(make -s env </dev/null)" && exec env -0']).stdout
        return dict(pair.split("=", 1) for pair in printed.split("\0") if "=" in pair)

    def output(self, name: str) -> str:
        """A stack output, secrets in clear."""
        return self.pulumi("stack", "output", "--show-secrets", name).stdout.strip()

    def start(self, target: str) -> subprocess.Popen[str]:
        """Starts `make TARGET` in a process group of its own and gives it without waiting."""
        return subprocess.Popen(
            ["make", "-s", target],
            cwd=self.clone,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def edit_catalog(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Changes the clone's dev catalog."""
        path = self.clone / "catalog" / "dev.json"
        document = json.loads(path.read_text(encoding="utf-8"))
        change(document)
        path.write_text(json.dumps(document, indent=4), encoding="utf-8")

    def setting(self, path: str, value: str) -> None:
        """Sets one setting of the stack: `litellm.workers` to `2`."""
        self.pulumi("config", "set", "--path", f"llmproxy:settings.{path}", value)

    def unset(self, path: str) -> None:
        """Removes one setting of the stack."""
        self.pulumi("config", "rm", "--path", f"llmproxy:settings.{path}")

    def secrets(self, values: Mapping[str, str]) -> None:
        """Sets secrets of the stack by key, `llmproxy:db-password` or `litellm-api-keys:mock`, without showing them."""
        shell = self.shell()
        for key, value in values.items():
            self.run(["pulumi", "config", "set", "--secret", key, "--non-interactive"], more=shell, given=value)

    def service(self, name: str) -> str:
        """The Swarm name of a service: `litellm` or `db`."""
        return f"{self.prefix}{'llmproxy-data' if name == 'db' else 'llmproxy'}_{name}"

    def container(self, name: str) -> str:
        """The id of the container that runs a service's one task: the newest, as one of before may end its requests."""
        found = docker("ps", "-q", "--filter", f"label=com.docker.swarm.service.name={self.service(name)}")
        return found.partition("\n")[0]

    def admin(self, method: str, path: str, body: object = None) -> requests.Response:
        """Calls LiteLLM's admin API as a person with the master key would."""
        return self.call(method, path, self.master_key(), body)

    def call(self, method: str, path: str, key: str, body: object = None) -> requests.Response:
        """Calls LiteLLM with a key."""
        headers = {"authorization": f"Bearer {key}"}
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, f"{self.url}{path}", headers=headers, json=body, timeout=30)

    def chat(self, model: str, key: str) -> requests.Response:
        """Asks a model for a completion."""
        question = {"model": model, "max_tokens": 5, "messages": [{"role": "user", "content": "hello"}]}
        return self.call("POST", "/v1/chat/completions", key, question)

    def master_key(self) -> str:
        return self.pulumi("config", "get", "llmproxy:litellm-master-key").stdout.strip()

    def sql(self, query: str) -> str:
        """Asks the database itself, through its own socket, which lets the owner in without a password."""
        words = ["psql", "-X", "-At", "-U", "llmproxy", "-d", "llmproxy", "-c", query]
        return docker("exec", self.container("db"), *words)

    def purge(self) -> None:
        """Removes everything, by the user's command first and by name where that fails."""
        if (self.clone / "Makefile").exists():
            self.make("purge", expect=None, FORCE="1")
        remove_by_prefix(self.prefix)
        shutil.rmtree(self.clone, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)

    def _environment(self) -> dict[str, str]:
        # MAKE…: a make that is started by a make speaks differently, and takes its variables.
        ours = ("PULUMI_", "LLMPROXY_", "MAKE", "MFLAGS")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        for name in ("LLMPROXY_CACHE", "LLMPROXY_ENGINE_DATA_ROOT"):
            if name in os.environ:
                kept[name] = os.environ[name]
        return {
            **kept,
            "LLMPROXY_HOME": str(self.home),
            "LLMPROXY_NAME_PREFIX": self.prefix,
            "LLMPROXY_GATEWAY_PORT": str(self.port),
            **self.environment,
        }


def create(folder: Path, name: str) -> Installation:
    """Clones the working tree, uncommitted files included, into `folder`."""
    clone, home = folder / "clone", folder / "home"
    clone.mkdir(parents=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    for relative in filter(None, listed.stdout.split("\0")):
        if (REPOSITORY / relative).is_file():
            (clone / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / relative, clone / relative)
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "working tree"]):
        identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
        subprocess.run(["git", *identity, *words], cwd=clone, check=True)
    return Installation(clone=clone, home=home, prefix=f"{PREFIX}{name}-", port=free_port())


def free_port() -> int:
    """A TCP port that nothing listens on now, and that no outgoing connection will be given while it is free."""
    while True:
        port = FIXED_PORTS.start + secrets.randbelow(len(FIXED_PORTS))
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("", port))
            return port


def docker(*words: str) -> str:
    """Runs the docker client and gives what it printed."""
    done = subprocess.run(["docker", *words], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        raise CommandFailed(f"docker {words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout.strip()


def swarm_stacks(prefix: str) -> tuple[str, ...]:
    """The values of the label `com.docker.stack.namespace` on the objects of an installation."""
    return tuple(f"{prefix}{stack}" for stack in ("llmproxy-data", "llmproxy", "portainer", "monitoring"))


def remove_by_prefix(prefix: str) -> None:
    """Removes every Swarm object and volume whose name starts with the prefix of a test installation."""
    for kind in ("service", "secret", "config"):
        for name in named(kind, prefix):
            docker(kind, "rm", name)
    # Docker 20.10 keeps the container of a job that had ended when its service went.
    for container in docker("ps", "-aq", "--filter", "status=exited", "--filter", f"name={prefix}").split():
        subprocess.run(["docker", "rm", container], capture_output=True, timeout=60, check=False)
    for kind in ("network", "volume"):
        until(partial(_remove_all, kind, prefix), seconds=90)


def until(condition: Callable[[], object], *, seconds: float, every: float = 1.0) -> object:
    """Waits until a condition holds and gives its value; fails after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise CommandFailed(f"waited {seconds} s in vain")
        time.sleep(every)


def named(kind: str, prefix: str) -> list[str]:
    """The names of the engine's services, secrets, … that belong to the installation of that prefix."""
    # Pulumi names secrets and configs itself: whose they are stands in their label.
    owner = '{{.Label "com.docker.stack.namespace"}}' if kind in ("secret", "config") else "{{.Name}}"
    listed = [
        line.partition(" ")[::2] for line in docker(kind, "ls", "--format", f"{{{{.Name}}}} {owner}").splitlines()
    ]
    return [name for name, owner_name in listed if owner_name.startswith(prefix)]


def _remove_all(kind: str, prefix: str) -> bool:
    # A network or volume is in use until the last container of its service is gone.
    for name in named(kind, prefix):
        subprocess.run(["docker", kind, "rm", name], capture_output=True, timeout=60, check=False)
    return not named(kind, prefix)
