"""`make doctor`: what is there, what is missing, versions, disk. Makes and changes nothing."""

import json
import platform
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import requests

from airgap.images import content, table
from airgap.toolchain import build as go_build
from operations import disk, dns, engine, images, release, setup, stack_file, swarm, toolchain
from operations.cache import Cache
from operations.errors import OperationsError
from operations.home import linked_file
from operations.session import Session
from stacks.settings import Settings

MIB = 1 << 20
ANSWER_SECONDS = 3
GOOD, MISSING, NOTE = "ok", "missing", "-"


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    part: str
    state: str
    text: str


def run(session: Session) -> int:
    """Prints the report; gives 0 when nothing is missing."""
    stack, settings = _stack_file(session)
    own = engine.own_engine(session.places, session.environment)
    host = settings.docker.host if settings else engine.default_host(session.environment, own)
    gateway = [_gateway(settings)] if settings else []
    names = dns.compare(settings) if settings else []
    findings = [*_programs(session), stack, *_engine(host), *gateway, *host_names(names), *disks(session, host)]
    for finding in findings:
        print(f"{finding.part:<8} {finding.state:<8} {finding.text}")
    return int(any(finding.state == MISSING for finding in findings))


def _programs(session: Session) -> Iterator[Finding]:
    yield Finding(
        "python", GOOD, f"{platform.python_version()} in {sys.prefix}, pulumi SDK {metadata.version('pulumi')}"
    )
    cache, version = Cache(session.places.cache), go_build.version()
    on_path = toolchain.find_on_path(session.environment.get("PATH", ""), version, session.places.cache)
    official = toolchain.official_key(release.read_pins())
    built = toolchain.built_key()
    found = on_path or cache.find("pulumi-release", official) or cache.find("pulumi-built", built)
    yield (
        Finding("pulumi", GOOD, f"{version} in {found}")
        if found is not None
        else Finding("pulumi", MISSING, f"{version} neither on PATH nor in the cache; make up gets or builds it")
    )
    yield plugins(cache, session.places.clone)


def plugins(cache: Cache, clone: Path) -> Finding:
    """Whether the cache holds the plugins that this clone's next run takes: of these versions, from these sources."""
    words = toolchain.in_words(toolchain.plugin_versions())
    official, stand_ins = toolchain.plugin_keys(clone, Path(sys.prefix) / "bin" / "python")
    for key, kind in ((official, "official"), (stand_ins, "stand-ins of airgap/plugins")):
        found = cache.find("pulumi-home", key)
        if found is not None:
            return Finding("plugins", GOOD, f"{words}, {kind}, in {found}")
    return Finding("plugins", MISSING, f"{words}; make up installs them")


def _stack_file(session: Session) -> tuple[Finding, Settings | None]:
    """What there is of the stack, and its settings where they can be read."""
    home, clone = session.home, session.places.clone
    if not linked_file(clone, session.stack).exists() or not stack_file.is_complete(home, clone):
        text = f"{session.stack}: no Pulumi.{session.stack}.yaml with secrets yet; make up makes it"
        return Finding("stack", MISSING, text), None
    try:
        settings = stack_file.read_settings(home, clone)
    except OperationsError as error:
        return Finding("stack", MISSING, str(error)), None
    text = f"{session.stack} in {home.folder}, {_resources(session)} in the state, {_backend(session)}"
    return Finding("stack", GOOD, text), settings


def _backend(session: Session) -> str:
    """The backend's address without what may open it: a user's password, a signed query."""
    return re.sub("//[^/@]*@", "//", session.home.backend.partition("?")[0])


def _resources(session: Session) -> str:
    path = session.home.state_file
    if path is None:
        return "what it manages"
    if not path.exists():
        return "no resources"
    latest = json.loads(path.read_text(encoding="utf-8")).get("checkpoint", {}).get("latest") or {}
    return f"{len(latest.get('resources') or [])} resources"


def _engine(host: str) -> Iterator[Finding]:
    reason = engine.why_silent(host)
    if reason is not None:
        yield Finding("engine", MISSING, f"{host} does not answer ({reason}); make up starts it where it can")
        return
    with closing(engine.client(host)) as client:
        about, info = client.version(), client.info()
        yield Finding(
            "engine", GOOD, f"{about['Version']} (API {about['ApiVersion']}) at {host}, data {info['DockerRootDir']}"
        )
        try:
            is_outside = swarm.needs_init(info["Swarm"], host)
        except OperationsError as error:
            yield Finding("swarm", MISSING, str(error))
            return
        known = {tag for image in client.images.list() for tag in image.tags}
    yield (
        Finding("swarm", MISSING, "the engine is in none; make up starts one of this node")
        if is_outside
        else Finding("swarm", GOOD, f"manager, {info['Swarm'].get('Nodes', 1)} node(s)")
    )
    for image in table.load().defaults():
        tag = content.image_tag(image)
        there = GOOD if tag in known else NOTE
        yield Finding(
            "image", there, f"{tag}{'' if tag in known else f' not built; {images.OFFICIAL}: {image.official.pinned}'}"
        )


def _gateway(settings: Settings) -> Finding:
    url = settings.litellm.admin_url or f"http://127.0.0.1:{settings.litellm.host_port}"
    try:
        answer = requests.get(f"{url}/health/readiness", timeout=ANSWER_SECONDS).json()
    except (requests.RequestException, ValueError):
        return Finding("gateway", MISSING, f"{url} does not answer; make up brings it up")
    is_ready = isinstance(answer, dict) and answer.get("db") == "connected"
    words = f"LiteLLM {answer.get('litellm_version')}, database {answer.get('db')}" if isinstance(answer, dict) else "?"
    return Finding("gateway", GOOD if is_ready else MISSING, f"{url}: {words}")


def host_names(names: Iterable[dns.Resolved]) -> Iterator[Finding]:
    """Whether each public host name leads where it should, and else the record to set."""
    for name in names:
        yield Finding("dns", GOOD if name.is_right else MISSING, name.in_words())


def disks(session: Session, host: str) -> Iterator[Finding]:
    """What is free on the disks that a run fills, and what of it the cache takes."""
    needed = disk.minimum_mib(session.environment)
    for name, folder in setup.disks(session, host).items():
        free = disk.free_mib(folder)
        yield Finding("disk", GOOD if free >= needed else MISSING, f"{name} {folder}: {free} MiB free, needed {needed}")
    for entry in Cache(session.places.cache).entries():
        yield Finding("cache", NOTE, f"{entry.kind} {entry.key}: {entry.size_bytes // MIB} MiB")
