"""Whether there is Internet is asked once, of all hosts at once, and answered in time."""

import time

import pytest

from operations.internet import Internet, ask, registry_address
from tests.operations.release_host import ReleaseHost, serving


@pytest.mark.parametrize(
    ("status", "is_reached"), [(None, True), (401, True), (403, False), (404, False), (407, False), (502, False)]
)
def test_a_host_counts_as_reached_by_what_only_it_would_answer(status: int | None, is_reached: bool) -> None:
    with serving(ReleaseHost({"/": b"x"}, status=status)) as host:
        assert ask((f"{host.address}/",), 2) == {f"{host.address}/": is_reached}


def test_a_silent_host_costs_the_deadline_once_and_does_not_hide_the_others() -> None:
    with serving(ReleaseHost({"/": b"x"}, silent_seconds=2.0)) as silent, serving(ReleaseHost({"/": b"x"})) as quick:
        began = time.monotonic()
        reached = ask((f"{silent.address}/", f"{silent.address}/2", f"{quick.address}/"), 0.7)
        took = time.monotonic() - began

    assert list(reached.values()) == [False, False, True]
    assert took < 1.3


def test_the_answer_is_kept_for_the_run() -> None:
    with serving(ReleaseHost({"/": b"x"})) as host:
        internet = Internet((f"{host.address}/",), 2)

        assert internet.reaches(f"{host.address}/")
        assert internet.reaches(f"{host.address}/")
        assert len(host.requests) == 1


def test_a_name_that_does_not_resolve_is_not_reached() -> None:
    assert ask(("https://nowhere.invalid/",), 2) == {"https://nowhere.invalid/": False}


@pytest.mark.parametrize(
    ("reference", "host"),
    [
        ("postgres:18.4", "registry-1.docker.io"),
        ("library/postgres:18.4", "registry-1.docker.io"),
        ("ghcr.io/owner/image:1", "ghcr.io"),
        ("localhost:5000/image:1", "localhost:5000"),
    ],
)
def test_an_image_reference_says_which_registry_to_ask(reference: str, host: str) -> None:
    assert registry_address(reference) == f"https://{host}/v2/"
