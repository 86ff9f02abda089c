"""One run of a stack at a time, and nothing left of one that was killed.

A run holds a lock and writes down who it is; its processes carry its id in their environment. `begin` ends what a
killed run left behind: its processes, and pulumi's lock where host and pid show that its owner is dead.
"""

import fcntl
import json
import os
import secrets
import signal
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from operations import processes
from operations.errors import Busy
from operations.home import StackHome, write_private
from operations.locations import PROJECT
from operations.processes import Process
from operations.pulumi_process import RUN_ID, STACK_HOME

# pulumi finishes the steps that it has begun; a create may take a while.
INTERRUPT_SECONDS = 30
TERMINATE_SECONDS = 5
# What pulumi starts for a run, as it stands in command lines.
PARTS = ("pulumi-language-", "pulumi.dynamic", "pulumi-resource-", "airgap.plugins.", "pulumi-analyzer-")


@contextmanager
def begin(home: StackHome, *, say: Callable[[str], None], patience_seconds: float = TERMINATE_SECONDS) -> Iterator[str]:
    """Holds the stack for one run; gives the run's id, which belongs in the environment of all it starts.

    Raises:
        Busy: Another run holds it.
    """
    with os.fdopen(os.open(home.lock, os.O_WRONLY | os.O_CREAT, 0o600), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(
                f"stack {home.stack}: another make of this stack is going on ({_who(home)}); wait for it"
            ) from error
        clean_up(home, say=say, patience_seconds=patience_seconds)
        run_id = secrets.token_hex(8)
        write_private(
            home.run_record, json.dumps({"id": run_id, "host": socket.gethostname(), "pid": os.getpid()}) + "\n"
        )
        try:
            yield run_id
        except BaseException:
            # A pulumi that was killed leaves its program and plugins behind, which may go on writing.
            end(orphans(processes.table(), run_id), patience_seconds)
            raise
        finally:
            home.run_record.unlink(missing_ok=True)


def clean_up(home: StackHome, *, say: Callable[[str], None], patience_seconds: float = TERMINATE_SECONDS) -> None:
    """Ends the processes of a killed run, then removes the locks whose owner is dead."""
    table = processes.table()
    found = [*orphans(table, _recorded_id(home)), *abandoned_parts(table, home.folder)]
    left = list({process.pid: process for process in found}.values())
    if left:
        say(f"ending {len(left)} process(es) that a killed run left: {', '.join(str(process.pid) for process in left)}")
        end(left, patience_seconds)
        table = processes.table()
    for lock in stale_locks(home, table):
        say(f"removing the lock of a killed run: {lock.name}")
        for file in (lock, lock.with_name(f"{lock.name}.attrs")):
            file.unlink(missing_ok=True)
    for notes in half_written_notes(home):
        say(f"removing what a killed run wrote by half beside the state: {notes.name}")
        notes.unlink(missing_ok=True)


def orphans(table: Mapping[int, Process], run_id: str | None) -> list[Process]:
    """The processes that carry the id of a run that is over."""
    if run_id is None:
        return []
    return [process for process in table.values() if process.environment.get(RUN_ID) == run_id]


def abandoned_parts(table: Mapping[int, Process], folder: Path) -> list[Process]:
    """What pulumi started for this stack from a shell (`make env`) and no pulumi watches over any more."""
    return [
        process
        for process in table.values()
        if process.environment.get(STACK_HOME) == str(folder)
        and any(part in word for word in process.command for part in PARTS)
        and not any(_is_pulumi(ancestor) for ancestor in _ancestors(process, table))
    ]


def end(left: Sequence[Process], patience_seconds: float) -> None:
    """Interrupts pulumi, so that it still writes its state; then ends all that is there."""
    commands = [process for process in left if _is_pulumi(process)]
    processes.signal_all(commands, signal.SIGINT)
    processes.wait_until_gone(commands, INTERRUPT_SECONDS)
    processes.signal_all(left, signal.SIGTERM)
    processes.signal_all(processes.wait_until_gone(left, patience_seconds), signal.SIGKILL)
    processes.wait_until_gone(left, TERMINATE_SECONDS)


def stale_locks(home: StackHome, table: Mapping[int, Process], host: str | None = None) -> list[Path]:
    """Locks of the file backend that were taken on this host by a pulumi that is no more."""
    if home.file_backend is None:
        return []
    folder = home.file_backend / ".pulumi" / "locks" / "organization" / PROJECT / home.stack
    return [lock for lock in folder.glob("*.json") if _is_stale(lock, table, host or socket.gethostname())]


def half_written_notes(home: StackHome) -> list[Path]:
    """Files beside the state that pulumi cannot read, and which nothing is lost with.

    The file backend puts the state in its place at once, but writes `<file>.attrs`, its content type and checksum,
    bit by bit: killed in that moment it leaves an empty one, and each command ends in "failed to load checkpoint: EOF"
    (seen in a test; gocloud.dev's fileblob). Without that file it reads the state as it is.
    """
    state = home.state_file
    if state is None:
        return []
    return [notes for notes in state.parent.glob(f"{state.name}*.attrs") if not _is_json(notes)]


def _is_json(file: Path) -> bool:
    try:
        json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return True


def _is_stale(lock: Path, table: Mapping[int, Process], host: str) -> bool:
    try:
        content = json.loads(lock.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False  # gone meanwhile, or being written: its owner lives
    if content.get("hostname") != host or not isinstance(content.get("pid"), int):
        return False
    owner = table.get(content["pid"])
    return owner is None or not _is_pulumi(owner)


def _is_pulumi(process: Process) -> bool:
    return Path(process.command[0]).name == "pulumi"


def _ancestors(process: Process, table: Mapping[int, Process]) -> Iterator[Process]:
    seen = {process.pid}
    parent = table.get(process.parent)
    while parent is not None and parent.pid not in seen:
        seen.add(parent.pid)
        yield parent
        parent = table.get(parent.parent)


def _recorded_id(home: StackHome) -> str | None:
    """The id of the last run, where it did not get to its end and was on this host."""
    try:
        record = json.loads(home.run_record.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return str(record["id"]) if record.get("host") == socket.gethostname() else None


def _who(home: StackHome) -> str:
    try:
        return f"pid {json.loads(home.run_record.read_text(encoding='utf-8'))['pid']}"
    except (FileNotFoundError, ValueError):
        return "just begun"
