"""The status is read from the engine's own words, doors are tried, and nobody else's services are in it."""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import docker
import pytest
from rich.console import Console

from components.job_keeper import labels as job_labels
from components.naming import SwarmStack
from operations.https_door import Address
from operations.status import doors, reading, tables
from operations.status.engine_words import service_status
from operations.status.model import ServiceStatus, Status
from stacks.settings import Settings, parse

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MADE = "2026-11-20T12:00:00.123456789Z"
OURS = SwarmStack("llmproxy", "llmproxy", "dev").labels
CHECKED = {"Test": ["CMD", "true"]}
SMALL = parse({"litellm": {"adminUrl": "http://127.0.0.1:1", "hostPort": None}}, place="here")


def service(
    name: str, *, replicas: int | None = 1, running: int = 1, labels: dict[str, str] | None = None, **more: object
) -> dict[str, Any]:
    """One service as the engine lists it."""
    mode = {"Global": {}} if replicas is None else {"Replicated": {"Replicas": replicas}}
    container = {"Image": "shop:1@sha256:0a", "Healthcheck": CHECKED}
    return {
        "ID": f"id-{name}",
        "CreatedAt": MADE,
        "Spec": {
            "Name": name,
            "Labels": OURS if labels is None else labels,
            "Mode": mode,
            "TaskTemplate": {"ContainerSpec": container},
        },
        "ServiceStatus": {"RunningTasks": running, "DesiredTasks": 2 if replicas is None else replicas},
        **more,
    }


def task(of: str, state: str, *, desired: str = "running", error: str = "") -> dict[str, Any]:
    """One task as the engine lists it."""
    status = {"State": state, "Timestamp": MADE, "Err": error, "Message": "started"}
    return {
        "ID": "t",
        "ServiceID": f"id-{of}",
        "DesiredState": desired,
        "CreatedAt": MADE,
        "Status": status,
        "Spec": {},
    }


class Engine:
    """Answers what `status` asks: it filters as the engine does."""

    def __init__(self, services: list[dict[str, Any]], tasks: list[dict[str, Any]]) -> None:
        self._services, self._tasks = services, tasks
        self.api = self

    def services(self, filters: dict[str, list[str]], *, status: bool) -> list[dict[str, Any]]:
        assert status
        wanted = dict(label.split("=") for label in filters["label"])
        return [each for each in self._services if wanted.items() <= each["Spec"]["Labels"].items()]

    def tasks(self, filters: dict[str, list[str]]) -> list[dict[str, Any]]:
        return [each for each in self._tasks if each["ServiceID"] in filters["service"]]


@pytest.fixture(autouse=True)
def _no_volumes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.ownership.without_service", lambda *_: ["portainer_portainer"])


def look(*services: dict[str, Any], tasks: tuple[dict[str, Any], ...] = (), known: tuple[str, ...] = ()) -> Status:
    engine = cast("docker.DockerClient", Engine([*services], [*tasks]))
    return reading.look(engine, SMALL, "dev", known=known, authority=Path("/none"), now=NOW)


def test_only_what_the_stack_made_and_wants_to_be_there_is_told() -> None:
    found = look(
        service("llmproxy_litellm"),
        service("llmproxy_migrate", labels={**OURS, "llmproxy.job-digest": "x"}),
        service("shop_web", labels={}),
        service("llmproxy_of_prod", labels=SwarmStack("llmproxy", "llmproxy", "prod").labels),
        service("two-llmproxy_litellm", labels=SwarmStack("llmproxy", "llmproxy", "dev", "two-").labels),
        tasks=(task("llmproxy_litellm", "running"),),
    )

    assert [each.name for each in found.services] == ["llmproxy_litellm"]
    assert found.services[0].image == "shop:1"
    assert found.problems() == []


def test_a_service_that_the_state_has_and_the_engine_does_not_is_told() -> None:
    found = look(service("llmproxy_litellm"), known=("llmproxy_litellm", "llmproxy-data_db"))

    assert "llmproxy-data_db: not there, though the state of the stack has it" in found.problems()


@pytest.mark.parametrize(
    ("tasks", "running", "health"),
    [
        ([task("s", "running")], 1, "healthy"),
        ([task("s", "starting")], 0, "starting: started"),
        ([task("s", "failed", desired="shutdown", error="exit (3)"), task("s", "ready")], 0, "failing: exit (3)"),
        ([], 0, "no task"),
    ],
)
def test_the_health_of_a_service_is_that_of_its_tasks(tasks: list[dict[str, Any]], running: int, health: str) -> None:
    assert service_status(service("s", running=running), tasks).health == health


def test_a_global_service_wants_a_task_on_each_of_its_nodes() -> None:
    found = service_status(service("agent", replicas=None, running=1), [])

    assert (found.wanted, found.running) == (2, 1)


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        ({}, ("created", datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC))),
        (
            {"State": "updating", "StartedAt": "2026-11-24T11:00:00Z"},
            ("updating", datetime(2026, 11, 24, 11, tzinfo=UTC)),
        ),
        (
            {"State": "rollback_completed", "StartedAt": MADE, "CompletedAt": "2026-11-24T11:30:00Z"},
            ("rollback_completed", datetime(2026, 11, 24, 11, 30, tzinfo=UTC)),
        ),
    ],
)
def test_the_last_rollout_has_swarms_word_and_time(update: dict[str, str], expected: tuple[str, datetime]) -> None:
    found = service_status(service("s", UpdateStatus=update), [])

    assert (found.rollout, found.rolled_at) == expected


def test_a_job_is_told_by_its_labels_and_one_that_never_ran_is_late_in_time() -> None:
    fresh = {**OURS, job_labels.JOB: "cleanup", job_labels.SCHEDULE: "0 3 * * 0", job_labels.LATE_AFTER: "3600"}
    ran = {
        **fresh,
        job_labels.LAST_START: "2026-11-24T11:40:00Z",
        job_labels.LAST_SUCCESS: "2026-11-24T11:41:00Z",
        job_labels.LAST_DURATION: "60.0",
        job_labels.ROWS: "1000000",
        job_labels.LAST_ERROR: "lock timeout",
    }

    found = look(
        service("llmproxy_a", replicas=0, running=0, labels=fresh), service("llmproxy_b", replicas=0, labels=ran)
    )

    never, last = found.jobs
    assert (never.is_late, never.last_success, never.rows) == (True, None, None)
    assert (last.is_late, last.duration_seconds, last.rows, last.last_error) == (False, 60, 1_000_000, "lock timeout")
    assert len(found.services) == 0


ROUTED = {**OURS, "traefik.http.routers.portainer.rule": "Host(`portainer.llmproxy.localhost`)"}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"traefik": {"enabled": True, "httpsPort": 8443}, "ingress": {"certificate": "own"}}, ("127.0.0.1", 8443)),
        ({"docker": {"host": "ssh://admin@manager"}}, ("manager", 443)),
        ({"docker": {"host": "tcp://192.0.2.7:2375"}}, ("192.0.2.7", 443)),
        ({"ingress": {"existing": {"network": "theirs"}}}, ("portainer.llmproxy.localhost", 443)),
    ],
)
def test_a_routed_service_is_asked_where_its_ingress_listens(document: Any, expected: tuple[str, int]) -> None:
    routed = service("portainer_portainer", labels=ROUTED)

    ((_, (address,)),) = doors.addresses([routed], parse(document, place="here"), Path("/ca.pem")).items()

    assert address.host == "portainer.llmproxy.localhost"
    assert (address.machine, address.port) == expected


def test_the_port_that_the_gateway_publishes_is_a_door_too() -> None:
    found = doors.addresses([service("llmproxy_litellm")], Settings(), Path("/ca.pem"))

    assert found == {"llmproxy_litellm": [Address("127.0.0.1", "127.0.0.1", 4000, is_tls=False)]}


def test_tables_hold_what_a_person_asks_for_and_end_in_the_verdict() -> None:
    output = io.StringIO()
    found = look(service("llmproxy_litellm", running=0), tasks=(task("llmproxy_litellm", "starting"),))

    tables.show(found, Console(file=output, width=tables.PLAIN_WIDTH))

    told = output.getvalue()
    assert "0 of 1" in told
    assert "3 d" in told
    assert "docker volume rm portainer_portainer" in told
    assert told.splitlines()[-1] == "not well: llmproxy_litellm: 0 of 1 running (starting: started)"


def test_a_text_of_the_engine_is_shown_as_it_is() -> None:
    output = io.StringIO()
    failing = ServiceStatus("s", 1, 0, "i", NOW, "updating", NOW, "failing: [red]exit[/red] (3)")

    tables.show(Status("dev", NOW, (failing,)), Console(file=output, width=tables.PLAIN_WIDTH))

    assert "[red]exit[/red] (3)" in output.getvalue()
