"""`make take-over FROM=…`: the original's secrets and settings go into the stack's config, the rest into its catalog.

Shows by name what it would do, asks, does it. A value goes to pulumi through its input alone; none is ever shown. The
original's files are only read. Typed again it finds everything there.
"""

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from pydantic import JsonValue

from operations import runs, secret_list, setup, stack_file
from operations.errors import OperationsError
from operations.home import open_home
from operations.moving import catalog_rest, originals, overlay, plan
from operations.moving.catalog_rest import CatalogRest
from operations.moving.plan import Current, Plan, Step
from operations.pulumi_process import Pulumi
from operations.session import Session
from stacks import catalog_reading

NOTHING = "take-over: nothing was changed"


def run(session: Session, *, origin: str | None = None, force: bool = False, overwrite: bool = False) -> int:
    """Takes over what the original has; gives the exit code."""
    found = originals.read(origin, session.environment)
    local = None if found.catalog is None else overlay.take_apart(found.catalog, originals.LOCAL_CATALOG)
    file = secret_list.file_of(session.home, session.places.clone)
    current = _current(session, file, plan.keys_of(found, local))
    planned = plan.make(found, local, current)
    rest = catalog_rest.read(found, local, catalog_folder(session), session.stack)
    _refuse_what_cannot_be(planned, current.settings, file, overwrite=overwrite)
    print("\n".join([*map(str, planned.steps), *rest.lines()]))
    _refuse_what_differs(planned, rest, session, overwrite=overwrite)
    to_do, fills_catalog = planned.to_do(overwrite=overwrite), rest.is_to_do(overwrite=overwrite)
    if not to_do and not fills_catalog:
        print(f"{NOTHING}: all that is to be taken is there already")
        return 0
    if not force and not session.board.agrees(f"Put this into stack {session.stack}?"):
        raise OperationsError(f"{NOTHING}; to take it over without being asked, type the same with FORCE=1")
    open_home(session.places, session.stack)
    with session.board, runs.begin(session.home, say=session.board.line) as run_id:
        put_in(setup.without_engine(session, run_id).pulumi, to_do)
        if fills_catalog:
            rest.write()
    print(_farewell(session, to_do, rest.file.label if fills_catalog else None))
    return 0


def catalog_folder(session: Session) -> Path:
    """Where the clone's catalog lies."""
    return session.places.clone / catalog_reading.FOLDER.name


def put_in(pulumi: Pulumi, steps: Collection[Step]) -> None:
    """Puts secrets and settings into the stack's config; a run that is killed in between is typed again."""
    for step in steps:
        if step.key:
            pulumi.ask("config", "set", "--secret", step.key, secret=str(step.value))
    plain = [
        word
        for step in steps
        if step.path
        for word in ("--plaintext", f"{stack_file.SETTINGS}.{step.path}={step.value}")
    ]
    if plain:
        pulumi.ask("config", "set-all", "--path", *plain)


def values_of(pulumi: Pulumi, keys: Collection[str]) -> Mapping[str, str]:
    """What the config has at these keys now."""
    config: dict[str, dict[str, str]] = json.loads(pulumi.ask("config", "--show-secrets", "--json"))
    return {key: config[key]["value"] for key in keys if key in config}


def _current(session: Session, file: Path, wanted: Collection[str]) -> Current:
    """What the stack has; pulumi is asked only where a secret of the original's is there already."""
    settings, config = stack_file.settings_in(file), stack_file.read_config(file)
    both = sorted(set(wanted) & config.keys())
    if not both:
        return Current(settings, config.keys())
    with session.board:
        pulumi = setup.without_engine(session).pulumi
    return Current(settings, config.keys(), values_of(pulumi, both))


def _refuse_what_cannot_be(planned: Plan, settings: dict[str, JsonValue], file: Path, *, overwrite: bool) -> None:
    faults = list(planned.faults)
    try:
        stack_file.parsed(planned.settings_after(settings, overwrite=overwrite), file)
    except OperationsError as error:
        faults += str(error).splitlines()
    if faults:
        raise OperationsError("\n".join([f"{NOTHING}, as what the original has cannot be put in as it is:", *faults]))


def _refuse_what_differs(planned: Plan, rest: CatalogRest, session: Session, *, overwrite: bool) -> None:
    names = [f"{step.name} ({step.key or step.path})" for step in planned.differing]
    names += [rest.file.label] if rest.differs else []
    if names and not overwrite:
        raise OperationsError(
            f"{NOTHING}: stack {session.stack} has other values for {', '.join(names)}; allowed is the same value or "
            "none; take these out of the original's files, or, to replace what the stack has, add OVERWRITE=1"
        )


def _farewell(session: Session, done: Collection[Step], overlay_label: str | None) -> str:
    secrets, settings = sum(1 for step in done if step.key), sum(1 for step in done if step.path)
    into_catalog = f"; the rest of config.local.json into {overlay_label}" if overlay_label else ""
    typed = session.home.for_make
    return (
        f"taken over into Pulumi.{session.stack}.yaml: secrets: {secrets}, settings: {settings}{into_catalog}\n"
        "the original's files still hold them in clear: remove those once all is well, and keep what is not taken yet\n"
        f"next: make secrets{typed}; switch on the services that you ran (docs/moving.md); make preview{typed}"
    )
