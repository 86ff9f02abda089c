"""Durations, names, update order, health checks: small rules, each on its own."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.durations import go_duration
from components.healthcheck import postgres_test, python_http_test
from components.naming import SwarmStack
from components.update_order import Order, UpdateOrderError, placement_note, update_order

UNITS = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}


@pytest.mark.parametrize(
    ("seconds", "spelled"),
    [
        (0, "0s"),
        (0.5, "500ms"),
        (1.5, "1.5s"),
        (5, "5s"),
        (60, "1m"),
        (90, "1m30s"),
        (3600, "1h"),
        (3605, "1h0m5s"),
        (5400, "1h30m"),
        (90_061.25, "25h1m1.25s"),
    ],
)
def test_durations_are_spelled_in_gos_shortest_form(seconds: float, spelled: str) -> None:
    assert go_duration(seconds) == spelled


@given(st.integers(min_value=0, max_value=10**9))
def test_a_spelled_duration_is_the_same_time(milliseconds: int) -> None:
    spelled, total = go_duration(milliseconds / 1000), 0.0
    number = unit = ""
    for character in f"{spelled} ":
        if character.isdigit() or character == ".":
            if unit:
                total, number, unit = total + float(number) * UNITS[unit], "", ""
            number += character
        elif character == " ":
            total += float(number) * UNITS[unit]
        else:
            unit += character
    assert round(total) == milliseconds


@pytest.mark.parametrize("seconds", [-1, 0.0001])
def test_a_duration_that_go_would_spell_otherwise_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="found"):
        go_duration(seconds)


def test_members_are_named_as_docker_stack_deploy_names_them() -> None:
    stack = SwarmStack(name="llmproxy-data", project="llmproxy", environment="dev", prefix="x-")
    assert (stack.namespace, stack.member("db")) == ("x-llmproxy-data", "x-llmproxy-data_db")


@pytest.mark.parametrize(
    ("ports", "wanted", "order"),
    [
        ((), None, "start-first"),
        ((), "stop-first", "stop-first"),
        ((80,), None, "stop-first"),
        ((80,), "stop-first", "stop-first"),
    ],
)
def test_update_order_is_start_first_unless_a_host_port_forbids_it(
    ports: tuple[int, ...], wanted: Order | None, order: Order
) -> None:
    assert update_order("web", host_ports=ports, wanted=wanted) == order


def test_start_first_with_a_host_port_is_an_error() -> None:
    with pytest.raises(UpdateOrderError, match="leave the order out, or publish no host port"):
        update_order("web", host_ports=(80,), wanted="start-first")


def test_several_replicas_with_a_host_port_need_as_many_nodes() -> None:
    assert placement_note("web", host_ports=(80,), replicas=3) == (
        "service web: host port 80 allows one replica a node, so 3 nodes are needed"
    )


@pytest.mark.parametrize(("ports", "replicas"), [((80,), 1), ((80,), None), ((), 3)])
def test_otherwise_there_is_nothing_to_note(ports: tuple[int, ...], replicas: int | None) -> None:
    assert placement_note("web", host_ports=ports, replicas=replicas) is None


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/good" else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize(("path", "healthy"), [("/good", True), ("/bad", False)])
def test_the_http_check_is_healthy_for_status_200_only(port: int, path: str, healthy: bool) -> None:
    kind, program, *arguments = python_http_test(port=port, path=path, timeout_seconds=2)
    assert (kind, program) == ("CMD", "python3")
    ended = subprocess.run([sys.executable, *arguments], capture_output=True, check=False)
    assert (ended.returncode == 0) is healthy


def test_the_postgres_check_asks_over_tcp() -> None:
    # The server of the first-start scripts listens on its socket file only.
    assert postgres_test(user="u", database="d", port=5432)[2:4] == ("-h", "127.0.0.1")
