"""Everything that must be there before pulumi runs: the parts of the fallback table, each said in one line.

Takes a session; gives a pulumi that is ready for the stack. What does not depend on each other goes at once: Pulumi's
own build uses the processors while engine and images wait for the network.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from operations import chosen_settings, data_root, disk, engine, images, release, stack_file, state, swarm, toolchain
from operations.engine import OwnEngine
from operations.errors import RefusedEngine
from operations.home import open_home
from operations.internet import Internet
from operations.pulumi_process import RUN_ID, Pulumi, variables
from operations.session import Session
from operations.toolchain import Toolchain, Workshop
from stacks.settings import Settings


@dataclass(frozen=True)
class Ready:
    """What a command goes on with."""

    pulumi: Pulumi
    settings: Settings


def everything(session: Session, run_id: str, profile: str | None = None) -> Ready:
    """Toolchain, engine, Swarm, images, stack file: all that `up` needs."""
    open_home(session.places, session.stack)
    host = docker_host(session)
    wanted = chosen_settings.intended(session.home, session.places.clone, session.environment, profile)
    tools_made, image_source = _tools_and_engine(session, host, wanted)
    overrides = chosen_settings.overrides_of(session.environment, image_source=image_source, docker_host=host)
    ready = stack(session, tools_made, run_id, overrides)
    switched = chosen_settings.switch(ready.pulumi, profile)
    for words in switched:
        session.board.line(f"profile {profile}: {words}")
    chosen = chosen_settings.choose(ready.pulumi, session.environment)
    for words in chosen:
        session.board.line(f"stack: {words}")
    return _with_settings(session, ready.pulumi) if switched or chosen else ready


def docker_host(session: Session) -> str:
    """The engine of the stack; of one that is not made yet, the one that it will be made on."""
    known = _settings_so_far(session)
    return known.docker.host if known else engine.default_host(session.environment, _own(session))


def without_stack(session: Session) -> tuple[Toolchain, str]:
    """Toolchain, engine, Swarm and images, of no stack in particular: what tests on the real thing need.

    Gives the toolchain and the engine's address.
    """
    host = engine.default_host(session.environment, _own(session))
    return _tools_and_engine(session, host, None)[0], host


def without_engine(session: Session, run_id: str = "") -> Ready:
    """Toolchain and stack file: all that a question to the state needs."""
    open_home(session.places, session.stack)
    shop = workshop(session)
    host = engine.default_host(session.environment, _own(session))
    overrides = {}
    if not stack_file.is_complete(session.home, session.places.clone):
        overrides = chosen_settings.overrides_of(
            session.environment, image_source=images.choose(shop.internet), docker_host=host
        )
    return stack(session, tools(session, shop), run_id, overrides)


def workshop(session: Session) -> Workshop:
    """What the makers of parts share in one run."""
    pins = release.read_pins()
    internet = Internet((release.archive_address(pins, release.this_platform()), *images.registry_addresses()))
    return Workshop(session.places, Path(sys.prefix) / "bin" / "python", internet, session.environment, pins)


def tools(session: Session, shop: Workshop) -> Toolchain:
    """Pulumi's programs, then its plugins."""
    with session.board.part("pulumi") as part:
        programs = toolchain.programs(shop, part)
    with session.board.part("plugins") as part:
        pulumi_home, has_stand_ins = toolchain.pulumi_home(shop, programs, part)
    return Toolchain(programs, pulumi_home, has_stand_ins)


def stack(session: Session, tools_made: Toolchain, run_id: str, overrides: dict[str, str]) -> Ready:
    """The stack in its backend, with its file."""
    environment = {
        **session.environment,
        **variables(session.places, session.home, tools_made),
        "PATH": f"{tools_made.programs}{os.pathsep}{session.environment.get('PATH', os.defpath)}",
        **({RUN_ID: run_id} if run_id else {}),
    }
    pulumi = Pulumi(session.places, session.home, tools_made, environment)
    if stack_file.is_complete(session.home, session.places.clone):
        words = stack_file.ensure_stack(pulumi)
        if words is not None:
            session.board.line(f"stack: {words}")
    else:
        with session.board.part("stack") as part:
            stack_file.complete(pulumi, overrides)
            part.done(f"{session.stack} made, with generated secrets, in {session.home.folder}")
    return _with_settings(session, pulumi)


def disks(session: Session, host: str) -> dict[str, Path]:
    """The folders on disks of this machine that a run fills."""
    engines = data_root.find(host, _own(session))
    return {"home": session.places.home, "cache": session.places.cache, **({"engine": engines} if engines else {})}


def require_engine(host: str, *, is_filled: bool = False) -> None:
    """Refuses to go on without a Swarm manager: pulumi would find out after 8 seconds, once for each resource.

    Raises:
        RefusedEngine: No engine answers, or it manages no Swarm.
    """
    reason = engine.why_silent(host)
    if reason is not None:
        raise RefusedEngine(f"Docker Engine: {host} does not answer ({reason}); start it: make up does where it can")
    with closing(engine.client(host)) as client:
        swarm.require_manager(client, host, is_filled=is_filled)


def revive_engine(session: Session, host: str) -> None:
    """Brings back an engine of ours that was killed; any other one is left as it is."""
    own = _own(session)
    if host == own.host and own.folder.exists():
        with session.board.part("engine") as part:
            part.done(engine.ensure(host, own, log_dir=session.places.logs, say=part.say))


def _with_settings(session: Session, pulumi: Pulumi) -> Ready:
    return Ready(pulumi, stack_file.read_settings(session.home, session.places.clone))


def _is_filled(session: Session) -> bool:
    """Whether the state says that something was made; one that is not a file here is asked only later, by pulumi."""
    return state.has_anything(state.on_file(session.home))


def _own(session: Session) -> OwnEngine:
    return engine.own_engine(session.places, session.environment)


def _settings_so_far(session: Session) -> Settings | None:
    if not stack_file.is_complete(session.home, session.places.clone):
        return None
    return stack_file.read_settings(session.home, session.places.clone)


def _tools_and_engine(session: Session, host: str, wanted: Settings | None) -> tuple[Toolchain, str]:
    """Both at once; gives the toolchain and the image source. Without settings, all images are wanted."""
    disk.require(disks(session, host).values(), disk.minimum_mib(session.environment))
    shop = workshop(session)
    with ThreadPoolExecutor(max_workers=2) as pool:
        made = pool.submit(tools, session, shop)
        source = pool.submit(_engine_parts, session, shop, host, wanted)
        return made.result(), source.result()


def _engine_parts(session: Session, shop: Workshop, host: str, wanted: Settings | None) -> str:
    """Engine, Swarm and images; gives the image source."""
    with session.board.part("engine") as part:
        part.done(engine.ensure(host, _own(session), log_dir=session.places.logs, say=part.say))
    with session.board.part("swarm") as part, closing(engine.client(host)) as client:
        part.done(swarm.ensure_manager(client, host, is_filled=wanted is not None and _is_filled(session)))
    with session.board.part("images") as part:
        known = _settings_so_far(session)
        source = known.image_source if known else images.choose(shop.internet)
        images.ensure(source, host, session.places, part, wanted)
    return source
