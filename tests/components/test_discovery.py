"""The discovery's program: labels, the files it writes, how the plugin's watcher sees them, one look at the Swarm."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.discovery import job_files, labels
from components.discovery.finder import Finder
from components.discovery.swarm import Task

NETWORK = "net-monitoring"
DSN = "postgresql://user:marker@db:5432/shop"
IN_MODIFY, IN_MOVED_TO = 0x2, 0x80


def service(name: str, made: str = "2026-01-01", *, network: str = NETWORK, **given: str) -> dict[str, Any]:
    found = {label.replace("__", "."): value for label, value in given.items()}
    return {
        "ID": f"{name}-id",
        "CreatedAt": made,
        "Spec": {"Name": name, "Labels": found, "TaskTemplate": {"Networks": [{"Target": network}]}},
    }


def labelled(name: str, database: str = "shop", dsn: str = DSN, **more: Any) -> dict[str, Any]:
    found = service(name, **more)
    found["Spec"]["Labels"] |= {labels.NAME: database, labels.DSN: dsn}
    return found


def test_the_two_labels_name_a_database_whatever_else_is_there() -> None:
    found = labels.databases([service("other"), labelled("db")], network=NETWORK)
    assert found.databases == {"shop": DSN}
    assert found.refused == []


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (labelled("bad", dsn=""), "dsn is missing"),
        (labelled("bad", database=""), "netdata.postgres.name is ''"),
        (labelled("bad", database="a: [b"), "allowed are letters"),
        (labelled("bad", database="shop\n  - x"), "allowed are letters"),
        (labelled("bad", dsn="mysql://user:marker@db/shop"), "is no URL of a database"),
        (labelled("bad", dsn="postgresql://"), "is no URL of a database"),
        (labelled("bad", dsn="postgresql://user:marker@db:port/shop"), "is no URL of a database"),
        (labelled("bad", dsn="postgresql://user:marker@db/shop\n  evil: true"), "holds a space, line break"),
        (labelled("bad", dsn=f"{DSN}?passfile=/run/secrets/netdata-pgpass"), "has the options passfile"),
        (labelled("bad", dsn=f"{DSN}?sslmode=disable&%73slkey=/run/secrets/x&host=db"), "the options host, sslkey"),
        (labelled("bad", dsn=f"{DSN}?service"), "has the options service"),
        (labelled("bad", made="2026-02-01"), "the name 'shop' is taken by service db"),
        (labelled("bad", database="other", network="elsewhere"), "not on the network monitoring"),
    ],
)
def test_labels_that_give_no_job_are_told_in_one_line_without_the_dsn_and_the_others_stay(
    bad: dict[str, Any], said: str
) -> None:
    found = labels.databases([bad, labelled("db")], network=NETWORK)
    assert found.databases == {"shop": DSN}
    (line,) = found.refused
    assert said in line
    assert line.startswith("service bad: ")
    assert "\n" not in line
    assert "marker" not in line


def test_only_our_own_database_may_name_a_password_file_of_netdatas() -> None:
    dsn = "postgresql://netdata@llmproxy-data_db:5432/llmproxy?passfile=/run/secrets/netdata-pgpass"
    ours = labelled("db", dsn=dsn)
    ours["Spec"]["Labels"][labels.OURS] = "llmproxy"
    assert labels.databases([ours], network=NETWORK).databases == {"shop": dsn}


def test_no_foreign_service_takes_the_name_of_our_database_however_old_it_is() -> None:
    ours = labelled("db", made="2026-02-01")
    ours["Spec"]["Labels"][labels.OURS] = "llmproxy"
    found = labels.databases([labelled("older", dsn="postgresql://u:marker@x/y"), ours], network=NETWORK)
    assert found.databases == {"shop": DSN}
    assert "the name 'shop' is taken by service db" in found.refused[0]


def test_an_option_that_reads_no_file_is_everyones() -> None:
    dsn = f"{DSN}?sslmode=disable&connect_timeout=3"
    assert labels.databases([labelled("db", dsn=dsn)], network=NETWORK).databases == {"shop": dsn}


def test_two_names_that_are_one_to_netdata_are_one() -> None:
    found = labels.databases([labelled("a", "x.y"), labelled("b", "x_y")], network=NETWORK)
    assert list(found.databases) == ["x.y"]
    assert len(found.refused) == 1


def test_the_database_of_a_second_installation_is_its_own_matter() -> None:
    theirs = labelled("two-db", network="two-monitoring")
    theirs["Spec"]["Labels"]["llmproxy.project"] = "llmproxy"
    assert labels.databases([theirs], network=NETWORK) == labels.Found({}, [])


def test_what_is_written_is_read_back_whatever_signs_are_in_it() -> None:
    jobs: list[job_files.Job] = [
        {"name": "a", "dsn": "x: [y] # 'z' \"q\" \\ é %", "ports": [1, 2], "tls": True},
        {"name": "b"},
    ]
    assert yaml.safe_load(job_files.text(jobs)) == {"jobs": [dict(job) for job in jobs]}
    assert yaml.safe_load(job_files.text([])) == {"jobs": []}


def test_a_file_is_put_whole_and_only_when_it_changes(tmp_path: Path) -> None:
    assert job_files.put(tmp_path, "postgres", "one\n")
    first = (tmp_path / "postgres.conf").stat()
    assert not job_files.put(tmp_path, "postgres", "one\n")
    assert job_files.put(tmp_path, "postgres", "two\n")
    second = (tmp_path / "postgres.conf").stat()
    assert (tmp_path / "postgres.conf").read_text() == "two\n"
    assert first.st_ino != second.st_ino
    assert second.st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["postgres.conf"]  # noqa: PTH208  hidden ones too


def test_a_change_is_a_write_too_as_the_plugins_watcher_passes_over_a_rename(tmp_path: Path) -> None:
    job_files.put(tmp_path, "postgres", "one\n")
    libc = ctypes.CDLL(None)
    watch = libc.inotify_init1(os.O_NONBLOCK)
    try:
        libc.inotify_add_watch(watch, str(tmp_path).encode(), IN_MODIFY | IN_MOVED_TO)
        job_files.put(tmp_path, "postgres", "two\n")
        events = list(_events(os.read(watch, 4096)))
    finally:
        os.close(watch)
    assert events[-2:] == [(IN_MOVED_TO, "postgres.conf"), (IN_MODIFY, "postgres.conf")]


def _events(raw: bytes) -> Sequence[tuple[int, str]]:
    found = []
    while raw:
        _, mask, _, length = struct.unpack("iIII", raw[:16])
        found.append((mask, raw[16 : 16 + length].rstrip(b"\0").decode()))
        raw = raw[16 + length :]
    return found


class FakeSwarm:
    def __init__(self, services: list[dict[str, Any]], nodes: Sequence[str]) -> None:
        self.found = [*services, service("netdata")]
        self.nodes = nodes

    def services(self) -> list[dict[str, Any]]:
        return self.found

    def tasks(self) -> list[Task]:
        netdata = [Task("netdata-id", node, f"{node}-container", node) for node in self.nodes]
        return [*netdata, Task("db-id", "n2", "c" * 64, "1")]


def finder(swarm: Any, folder: Path, node: str, said: list[str]) -> Finder:
    fixed: Mapping[str, Sequence[job_files.Job]] = {"httpcheck": [{"name": "gateway", "url": "http://litellm"}]}
    return Finder(
        swarm, netdata="netdata", network=NETWORK, node=node, folder=folder / "go.d", fixed=fixed, say=said.append
    )


def jobs_in(folder: Path, module: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((folder / "go.d" / f"{module}.conf").read_text())["jobs"]
    return found


def test_one_node_looks_and_another_takes_over_when_it_goes(tmp_path: Path) -> None:
    swarm, folders = FakeSwarm([labelled("db")], ["n2", "n1"]), {node: tmp_path / node for node in ("n1", "n2")}
    finders = {node: finder(swarm, folder, node, []) for node, folder in folders.items()}
    for one in finders.values():
        one.look()
    assert [job["name"] for job in jobs_in(folders["n1"], "postgres")] == ["shop"]
    assert jobs_in(folders["n2"], "postgres") == jobs_in(folders["n2"], "httpcheck") == []
    swarm.nodes = ["n2"]
    for one in finders.values():
        one.look()
    assert jobs_in(folders["n1"], "postgres") == jobs_in(folders["n1"], "httpcheck") == []
    assert [job["name"] for job in jobs_in(folders["n2"], "httpcheck")] == ["gateway"]


def test_a_job_has_what_the_original_gave_it_and_is_tried_again(tmp_path: Path) -> None:
    finder(FakeSwarm([labelled("db")], ["n1"]), tmp_path, "n1", []).look()
    assert jobs_in(tmp_path, "postgres") == [
        {
            "name": "shop",
            "dsn": DSN,
            "collect_databases_matching": "*",
            "max_db_tables": 50,
            "max_db_indexes": 250,
            "autodetection_retry": 10,
        }
    ]


def test_each_thing_is_said_once_and_never_the_dsn(tmp_path: Path) -> None:
    said: list[str] = []
    one = finder(FakeSwarm([labelled("db"), labelled("bad", dsn="")], ["n1"]), tmp_path, "n1", said)
    for _ in range(3):
        one.look()
    assert len(said) == len(set(said)) == 3
    assert not any("marker" in line for line in said)


def test_a_changed_and_a_removed_label_change_the_file(tmp_path: Path) -> None:
    swarm = FakeSwarm([labelled("db")], ["n1"])
    one = finder(swarm, tmp_path, "n1", [])
    one.look()
    swarm.found = [labelled("db", "renamed"), service("netdata")]
    one.look()
    assert [job["name"] for job in jobs_in(tmp_path, "postgres")] == ["renamed"]
    swarm.found = [service("db"), service("netdata")]
    one.look()
    assert jobs_in(tmp_path, "postgres") == []


def test_containers_of_this_node_are_named_after_their_service(tmp_path: Path) -> None:
    finder(FakeSwarm([labelled("db")], ["n1"]), tmp_path, "n2", []).look()
    assert (tmp_path / "container-names").read_text() == f"{'c' * 64} db.1\n"


def test_while_netdata_is_replaced_its_files_stay(tmp_path: Path) -> None:
    swarm = FakeSwarm([labelled("db")], ["n1"])
    one = finder(swarm, tmp_path, "n1", [])
    one.look()
    swarm.nodes = []
    one.look()
    assert [job["name"] for job in jobs_in(tmp_path, "postgres")] == ["shop"]
