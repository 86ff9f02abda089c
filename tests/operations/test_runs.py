"""A killed run leaves no trap, and nobody else's processes or locks are touched."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from operations import processes, runs
from operations.errors import Busy
from operations.home import StackHome
from operations.processes import Process

HOST = "this-host"
NOTHING: Mapping[str, str] = {}
PULUMI = ("/cache/bin/pulumi", "up", "--yes")
PLUGIN = ("python", "-u", "-m", "pulumi.dynamic")


@pytest.fixture
def home(tmp_path: Path) -> StackHome:
    return StackHome("dev", tmp_path)


def process(
    pid: int, command: tuple[str, ...], environment: Mapping[str, str] = NOTHING, *, parent: int = 1
) -> Process:
    return Process(pid, parent, 1.0, command, environment)


def table(*found: Process) -> dict[int, Process]:
    return {each.pid: each for each in found}


def lock_of(home: StackHome, content: str) -> Path:
    folder = home.state / ".pulumi" / "locks" / "organization" / "llmproxy" / "dev"
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / "0b5c.json"
    lock.write_text(content)
    return lock


@pytest.mark.parametrize(
    ("owner", "is_stale"),
    [
        ({"pid": 70, "hostname": HOST}, True),
        ({"pid": 70, "hostname": "another-host"}, False),
        ({"pid": 80, "hostname": HOST}, False),
        ({"pid": 90, "hostname": HOST}, True),
        ({"hostname": HOST}, False),
    ],
    ids=["dead owner here", "another host", "living pulumi", "pid is another program now", "no pid"],
)
def test_a_lock_is_stale_only_when_its_pulumi_was_here_and_is_dead(
    home: StackHome, owner: dict[str, object], is_stale: bool
) -> None:
    lock = lock_of(home, json.dumps(owner))
    living = table(process(80, PULUMI), process(90, ("/usr/bin/vim", "pulumi")))

    assert runs.stale_locks(home, living, HOST) == ([lock] if is_stale else [])


def test_a_killed_run_on_another_backend_of_files_leaves_no_lock_there(tmp_path: Path) -> None:
    elsewhere = StackHome("dev", tmp_path / "home", f"file://{tmp_path}/state?no_tmp_dir=true")
    lock = lock_of(StackHome("dev", tmp_path), json.dumps({"pid": 70, "hostname": HOST}))

    assert runs.stale_locks(elsewhere, {}, HOST) == [lock]
    assert runs.stale_locks(StackHome("dev", tmp_path, "s3://states"), {}, HOST) == []


def test_a_lock_that_is_being_written_is_left_alone(home: StackHome) -> None:
    lock_of(home, '{"pid": 7')

    assert runs.stale_locks(home, {}, HOST) == []


def test_only_processes_that_carry_the_id_of_the_killed_run_are_its_orphans() -> None:
    ours, others = process(10, PULUMI, {"LLMPROXY_RUN_ID": "a1"}), process(11, PULUMI, {"LLMPROXY_RUN_ID": "b2"})

    assert runs.orphans(table(ours, others, process(12, PULUMI)), "a1") == [ours]
    assert runs.orphans(table(ours), None) == []


def test_parts_of_a_shells_run_are_abandoned_only_when_no_pulumi_is_above_them() -> None:
    marker = {"LLMPROXY_STACK_HOME": "/home/dev"}
    abandoned = process(20, PLUGIN, marker)
    watched = process(22, PLUGIN, marker, parent=21)
    users_own = process(23, ("/usr/bin/vim", "catalog.json"), marker)
    other_stack = process(24, PLUGIN, {"LLMPROXY_STACK_HOME": "/home/prod"})
    everything = table(abandoned, process(21, PULUMI, marker), watched, users_own, other_stack)

    assert runs.abandoned_parts(everything, Path("/home/dev")) == [abandoned]


def test_a_stack_is_held_by_one_run_at_a_time(home: StackHome) -> None:
    with (
        runs.begin(home, say=lambda _: None),
        pytest.raises(Busy, match=rf"another make of this stack is going on \(pid {os.getpid()}\)"),
        runs.begin(home, say=lambda _: None),
    ):
        pytest.fail("the second run began")


def test_a_run_that_ends_leaves_the_stack_free(home: StackHome) -> None:
    with runs.begin(home, say=lambda _: None) as first:
        assert json.loads(home.run_record.read_text())["id"] == first
    with runs.begin(home, say=lambda _: None) as second:
        assert second != first
    assert not home.run_record.exists()
    with home.lock.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_the_next_run_ends_what_a_killed_one_left_and_removes_its_lock(home: StackHome) -> None:
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    with runs.begin(home, say=lambda _: None) as killed:
        record = home.run_record.read_text()
    home.run_record.write_text(record)
    left = subprocess.Popen(
        [sys.executable, "-c", stubborn],
        env={"LLMPROXY_RUN_ID": killed},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    bystander = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], env={"LLMPROXY_RUN_ID": "other"}
    )
    lock = lock_of(home, json.dumps({"pid": 4_194_303, "hostname": os.uname().nodename}))
    try:
        assert left.stdout is not None
        left.stdout.readline()
        said: list[str] = []
        with runs.begin(home, say=said.append, patience_seconds=0.2):
            pass
        assert left.wait(5) == -signal.SIGKILL
        assert bystander.poll() is None
        assert not lock.exists()
        assert said == [
            f"ending 1 process(es) that a killed run left: {left.pid}",
            f"removing the lock of a killed run: {lock.name}",
        ]
    finally:
        for each in (left, bystander):
            each.kill()
            each.wait()
            if each.stdout is not None:
                each.stdout.close()


def test_notes_beside_the_state_that_a_killed_run_wrote_by_half_go_and_the_state_stays(home: StackHome) -> None:
    state = home.state_file
    assert state is not None
    state.parent.mkdir(parents=True)
    state.write_text("{}")
    half, whole = state.with_name(f"{state.name}.attrs"), state.with_name(f"{state.name}.bak.attrs")
    half.write_text("")
    whole.write_text('{"user.content_type": "application/json"}')
    said: list[str] = []
    runs.clean_up(home, say=said.append)
    assert said == [f"removing what a killed run wrote by half beside the state: {half.name}"]
    assert sorted(path.name for path in state.parent.iterdir()) == sorted([state.name, whole.name])


def test_a_pid_that_was_given_to_another_process_is_not_signalled() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        earlier = Process(child.pid, os.getpid(), time.time() - 1000, ("gone",))
        processes.signal_all([earlier], signal.SIGKILL)

        assert child.poll() is None
        assert processes.wait_until_gone([earlier], 0) == []
    finally:
        child.kill()
        child.wait()
