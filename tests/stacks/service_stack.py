"""A Pulumi stack of single services on the real engine, with images built from packages.

Takes settings and secrets as a stack file would hold them; gives the running tasks' addresses and what the engine tells
of the services. The tests ask a task at its address on the node, as nothing here publishes a port.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import requests
import yaml

from airgap.images import build
from airgap.plugins.install import install
from tests.airgap.leftovers import remove_all

ROOT = Path(__file__).parents[2]
HOST = "unix:///var/run/docker.sock"
PROJECT_FILE = "name: llmproxy\nruntime: python\noptions: {refresh: always}\n"
KEYS = {"litellm-master-key": "sk-test-master", "litellm-salt-key": "sk-test-salt"}


@dataclass(frozen=True)
class ServiceStack:
    """One stack, with a PULUMI_HOME and state of its own."""

    folder: Path
    prefix: str
    engine: Any  # the SDK's stubs leave most methods untyped

    def prepare(self) -> None:
        """Writes program and plugins, makes the empty stack."""
        shutil.copytree(Path(__file__).with_name("services_program"), self.folder / "program")
        (self.folder / "state").mkdir()
        (self.folder / "program" / "Pulumi.yaml").write_text(PROJECT_FILE)
        install(self.folder / "home", Path(sys.executable), ROOT)
        self._pulumi("stack", "init", "test")

    def up(self, settings: Mapping[str, Any], secrets: Mapping[str, str] | None = None) -> None:
        """Brings up what the settings say."""
        file = self.folder / "program" / "Pulumi.test.yaml"
        document: dict[str, Any] = yaml.safe_load(file.read_text())
        whole = {"namePrefix": self.prefix, "imageSource": "airgap", **settings}
        values = {f"llmproxy:{name}": value for name, value in {**KEYS, **(secrets or {})}.items()}
        document["config"] = {"llmproxy:settings": whole, **values}
        file.write_text(yaml.safe_dump(document))
        self._pulumi("up", "--yes", "--skip-preview")

    def is_unchanged(self) -> bool:
        """Whether a preview against what is really there is empty."""
        self._pulumi("preview", "--diff", "--expect-no-changes")
        return True

    def service(self, name: str) -> dict[str, Any]:
        """What the engine tells of a service, `<swarm stack>_<service>`."""
        found: dict[str, Any] = self.engine.api.inspect_service(f"{self.prefix}{name}")
        return found

    def container(self, name: str) -> Any:
        """The container of a service's newest running task."""
        label = f"com.docker.swarm.service.name={self.prefix}{name}"
        found = self.engine.containers.list(filters={"label": label, "status": "running"})
        return max(found, key=lambda container: container.attrs["Created"])

    def url(self, name: str, port: int, scheme: str = "http") -> str:
        """Where this host reaches the newest task of a service."""
        identity = self.container(name).id
        bridge = self.engine.networks.get("docker_gwbridge").attrs["Containers"]
        return f"{scheme}://{bridge[identity]['IPv4Address'].partition('/')[0]}:{port}"

    def everything(self) -> str:
        """All that the engine shows of this stack's services, containers and configs to whoever may inspect them."""
        ours = [entry.attrs for entry in self.engine.services.list() if entry.name.startswith(self.prefix)]
        configs = [entry.attrs for entry in self.engine.configs.list() if _namespace(entry).startswith(self.prefix)]
        running = self.engine.containers.list(filters={"name": self.prefix})
        processes = [entry.top() for entry in running]
        return json.dumps([ours, configs, [entry.attrs for entry in running], processes])

    def _pulumi(self, *words: str) -> str:
        done = subprocess.run(
            ["pulumi", *words, "--non-interactive", "--color=never"],
            cwd=self.folder / "program",
            env={
                **os.environ,
                "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
                "PYTHONPATH": str(ROOT),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PULUMI_HOME": str(self.folder / "home"),
                "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
                "PULUMI_CONFIG_PASSPHRASE": "x",
                "PULUMI_RUN_PROGRAM": "true",
                "PULUMI_STACK": "test",
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@contextmanager
def service_stack(folder: Path, *images: str) -> Iterator[ServiceStack]:
    """An empty stack whose images are on the engine; what it made is removed at the end, also after a failure."""
    if shutil.which("pulumi") is None:
        raise AssertionError("pulumi is not on PATH: run `make up` once, or put its folder on PATH")
    built(*images)
    engine = docker.DockerClient(base_url=HOST)
    stack = ServiceStack(folder, f"svc-{os.getpid()}-{uuid.uuid4().hex[:4]}-", engine)
    try:
        stack.prepare()
        yield stack
    finally:
        _remove(engine, stack.prefix)
        engine.close()


def built(*images: str) -> list[str]:
    """The tags of images that are on the engine now, built from packages where they were not."""
    cache = Path(os.environ.get("LLMPROXY_CACHE", "/var/cache/llmproxy")) / "images"
    tags = build.build(images, docker_host=HOST, lock_dir=cache, log_dir=cache / "logs", progress=lambda _line: None)
    return list(tags.values())


def call(method: str, url: str, **options: Any) -> requests.Response:
    """A request that no proxy of the environment gets, and no certificate stops."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Connection"] = "close"
        return session.request(method, url, timeout=30, **options)


def _remove(engine: docker.DockerClient, prefix: str) -> None:
    """Configs and secrets have names of Pulumi's: they are known by their services' stack."""
    remove_all(engine, prefix)
    for kind in (engine.configs, engine.secrets):
        for entry in kind.list():
            if _namespace(entry).startswith(prefix):
                entry.remove()


def _namespace(entry: Any) -> str:
    return str((entry.attrs["Spec"].get("Labels") or {}).get("com.docker.stack.namespace", ""))
