"""`make adopt`: what somebody made in LiteLLM by hand becomes this stack's.

Writes the catalog entry that says just what is there, and the name into `litellm.adopt`; then a preview must say that
it is taken over, else the files are put back. What it would change in LiteLLM is told. The next `make up` does it.
"""

import difflib
from collections.abc import Iterable, Sequence

from litellm_resources.inventory.found import Found
from operations import diagnostics, home, runs, setup, stack_file, unmanaged
from operations.adopting import Plan, Step, in_words
from operations.commands import preview
from operations.errors import OperationsError
from operations.pulumi_process import Pulumi
from operations.session import Session
from operations.settings_document import value_at
from operations.setup import Ready

SETTING = "litellm.adopt"
TAKEN_OVER = "will be taken over"
# What the provider calls an entry of the router's row.
ROUTER_WORDS = {"fallback": "fallbacks of"}
HOW = "KIND=… NAME=… (several with commas; without NAME all of the kind), or ALL=1; make unmanaged shows what there is"


def run(
    session: Session, *, kind: str | None, names: str | None, everything: bool = False, only_show: bool = False
) -> int:
    """Takes over what is named; gives 0 when all of it could be, else 1."""
    if not everything and kind is None:
        raise OperationsError(f"adopt: found neither KIND nor ALL=1; allowed: {HOW}")
    home.open_home(session.places, session.stack)
    with session.board, runs.begin(session.home, say=session.board.line) as run_id:
        ready = setup.without_engine(session, run_id)
        inventory = unmanaged.look(ready)
        wanted = inventory.found if everything else chosen(inventory.found, str(kind), names)
        plan = inventory.plan(wanted)
        for found, reason in plan.refused:
            print(f"not adopted: {found.label}: {reason}")
        if plan.steps:
            _take_over(session, ready, plan, only_show=only_show)
        elif not plan.refused:
            print("adopt: nothing: all that is in LiteLLM belongs to this stack")
    return int(bool(plan.refused) and not everything)


def chosen(found: Sequence[Found], kind: str, names: str | None) -> list[Found]:
    """What is named, and the credentials that models among it reach their provider with.

    Raises:
        OperationsError: Nothing is called so.
    """
    kinds = sorted({each.kind for each in found})
    of_kind = [each for each in found if each.kind == kind]
    if not of_kind:
        raise OperationsError(
            f"KIND: found {kind!r}, but allowed is what is unmanaged: {', '.join(kinds) or 'nothing'}"
        )
    picked = of_kind if names is None else _named(of_kind, names)
    needed = {each.needs for each in picked}
    first = [each for each in found if (each.kind, each.name) in needed and each not in picked and each.needs is None]
    return [*first, *picked]


def _named(of_kind: Sequence[Found], names: str) -> list[Found]:
    """Those of these names or ids; a name with commas in it counts as one where there is such an object."""
    known = {part for each in of_kind for part in (each.name, each.row_id)}
    wanted = {names} if names in known else {part.strip() for part in names.split(",")}
    if missing := sorted(wanted - known):
        allowed = ", ".join(sorted({each.name for each in of_kind}))
        raise OperationsError(f"NAME: found {missing[0]!r}, but allowed is what is unmanaged: {allowed}")
    return [each for each in of_kind if {each.name, each.row_id} & wanted]


def _take_over(session: Session, ready: Ready, plan: Plan, *, only_show: bool) -> None:
    pulumi, catalog = ready.pulumi, plan.catalog
    before = catalog.file.read_text(encoding="utf-8")
    names = _new_names(pulumi, plan.steps)
    if only_show:
        print(_difference(before, catalog.text, f"catalog/{catalog.file.name}"), end="")
        file = home.linked_file(pulumi.places.clone, session.stack).name
        print("".join(f"{file}: {SETTING}: + {name}\n" for name in names), end="")
        _tell(plan.steps, "would be taken over")
        return
    stack_config = home.linked_file(pulumi.places.clone, session.stack)
    stack_before = stack_config.read_text(encoding="utf-8")
    try:
        catalog.file.write_text(catalog.text, encoding="utf-8")
        _allow(pulumi, names)
        _prove(session, ready, plan.steps)
    except BaseException:
        catalog.file.write_text(before, encoding="utf-8")
        stack_config.write_text(stack_before, encoding="utf-8")
        session.board.line("adopt: the files are as they were")
        raise
    _tell(plan.steps, TAKEN_OVER)
    written = [f"catalog/{catalog.file.name}"] if catalog.text != before else []
    written += [stack_config.name] if names else []
    print(f"written: {' and '.join(written) or 'nothing'}; to do it, type: make up{session.home.for_make}")


def _new_names(pulumi: Pulumi, steps: Iterable[Step]) -> list[str]:
    """What `litellm.adopt` does not name yet."""
    there = _adopted(pulumi)
    return list(dict.fromkeys(step.identity for step in steps if step.setting and step.identity not in there))


def _adopted(pulumi: Pulumi) -> list[object]:
    settings = stack_file.settings_in(home.linked_file(pulumi.places.clone, pulumi.home.stack))
    found = value_at(settings, SETTING)
    return list(found) if isinstance(found, list) else []


def _allow(pulumi: Pulumi, names: Iterable[str]) -> None:
    """Adds names to the setting; pulumi keeps the comments of the file."""
    for number, name in enumerate(names, start=len(_adopted(pulumi))):
        path = f"{stack_file.SETTINGS}.{SETTING}[{number}]"
        # Through the input: a name may begin with a dash.
        pulumi.ask("config", "set", "--path", path, "--type", "string", secret=name)


def _prove(session: Session, ready: Ready, steps: Sequence[Step]) -> None:
    """A preview that takes over all that was written.

    Raises:
        OperationsError: It does not say so of one of them.
        PulumiFailed: It failed.
    """
    output = preview.output(session, ready)
    for step in steps:
        if not takes_over(output, step.found.kind, step.identity):
            raise OperationsError(
                f"adopt {step.found.label}: the preview does not say that it is taken over; look at: make preview"
                f"{session.home.for_make}, and make unmanaged{session.home.for_make}"
            )
    counted = ", ".join(f"{count} {what}" for what, count in diagnostics.changes(output).items())
    session.board.line(f"preview: {counted or 'no changes'} (what is taken over counts as a create)")


def takes_over(output: str, kind: str, identity: str) -> bool:
    """Whether a preview says of this very object that it is taken over."""
    for line in output.splitlines():
        head, said, names = line.partition(TAKEN_OVER)
        in_router = f"{ROUTER_WORDS.get(kind, kind)} {identity}" in names.removeprefix(": ").split(", ")
        if said and (in_router or f" {identity}: is in LiteLLM" in head):
            return True
    return False


def _tell(steps: Sequence[Step], verdict: str) -> None:
    for step in steps:
        would = f"changes {in_words(step.changes)}" if step.changes else "nothing in it changes"
        print(f"{step.found.label}: {verdict}; {would}")
        for name, reason in step.expected.items():
            if name in step.changes:
                print(f"    {name}: {reason}")
    for note in dict.fromkeys(note for step in steps for note in step.notes):
        print(f"note: {note}")


def _difference(before: str, after: str, name: str) -> str:
    lines = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
