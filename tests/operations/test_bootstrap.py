"""The first step gives the clone its environment, or says in one line what to do."""

import errno
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from operations import bootstrap, debian
from operations.debian import Host
from operations.errors import Foreign, MissingPart


def install_venv_module(host: Host, tmp_path: Path) -> None:
    debian.install(
        ["python3-venv"], purpose="python cannot make venvs", log=tmp_path / "log", host=host, say=lambda _: None
    )


def test_a_missing_venv_module_is_installed_and_a_present_one_is_not() -> None:
    calls: list[str] = []
    bootstrap.needs_venv_module(True, lambda: calls.append("installed"))
    assert calls == []
    bootstrap.needs_venv_module(False, lambda: calls.append("installed"))
    assert calls == ["installed"]


@pytest.mark.parametrize(
    ("host", "line"),
    [
        (Host(is_root=False, apt_get="/usr/bin/apt-get"), "as root, type: apt-get install python3-venv"),
        (Host(is_root=True, apt_get=None), "no apt-get: install what Debian calls python3-venv"),
        (Host(is_root=False, apt_get=None), "no apt-get: install what Debian calls python3-venv"),
    ],
)
def test_without_root_or_apt_one_line_says_what_is_missing_and_how_to_get_it(
    host: Host, line: str, tmp_path: Path
) -> None:
    with pytest.raises(MissingPart, match=line) as caught:
        install_venv_module(host, tmp_path)

    assert "\n" not in str(caught.value)


def test_as_root_apt_is_asked_for_its_lists_and_then_for_the_package(tmp_path: Path) -> None:
    apt = tmp_path / "apt-get"
    apt.write_text(f'#!/bin/sh\necho "$DEBIAN_FRONTEND $*" >> {tmp_path}/calls\n')
    apt.chmod(0o755)

    install_venv_module(Host(is_root=True, apt_get=str(apt)), tmp_path)

    assert (tmp_path / "calls").read_text().splitlines() == [
        "noninteractive update",
        "noninteractive install --yes --no-install-recommends python3-venv",
    ]


def test_an_apt_that_fails_is_told_with_its_log(tmp_path: Path) -> None:
    apt = tmp_path / "apt-get"
    apt.write_text("#!/bin/sh\necho no network; exit 100\n")
    apt.chmod(0o755)

    with pytest.raises(MissingPart, match=rf"apt-get update ended with 100 \(all of it: {tmp_path}/log\)"):
        install_venv_module(Host(is_root=True, apt_get=str(apt)), tmp_path)

    assert (tmp_path / "log").read_text() == "no network\n"


def test_a_python_that_is_too_old_is_refused_with_the_way_to_name_another() -> None:
    with pytest.raises(MissingPart, match=r"python: found 3\.10, needed is 3\.11 or newer.*make PYTHON="):
        bootstrap.check_python((3, 10))


def test_the_clones_link_follows_the_environment(tmp_path: Path) -> None:
    link = tmp_path / ".venv"
    for name in ("old", "new", "new"):
        bootstrap.link_venv(link, tmp_path / name)

    assert link.readlink() == tmp_path / "new"
    assert [path.name for path in tmp_path.iterdir()] == [".venv"]


def test_a_users_own_venv_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()

    with pytest.raises(Foreign, match="move it away"):
        bootstrap.link_venv(tmp_path / ".venv", tmp_path / "ours")

    assert (tmp_path / ".venv").is_dir()


def test_the_environments_key_follows_the_locked_packages(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("a==1")
    before = bootstrap.venv_key(requirements)
    requirements.write_text("a==2")

    assert bootstrap.venv_key(requirements) != before


def test_a_command_becomes_the_environments_python_and_exec_becomes_its_program() -> None:
    assert bootstrap.become(Path("/venv"), ["up", "--stack", "dev"]) == [
        "/venv/bin/python",
        "-m",
        "operations",
        "up",
        "--stack",
        "dev",
    ]
    assert bootstrap.become(Path("/venv"), ["exec", "ruff", "check"]) == ["/venv/bin/ruff", "check"]


def test_compiled_modules_are_kept_in_the_cache_where_they_are_not_to_lie_beside_the_sources() -> None:
    told = {"PYTHONDONTWRITEBYTECODE": "1"}
    bootstrap.keep_compiled_modules(told, Path("/cache"))
    assert told == {"PYTHONPYCACHEPREFIX": "/cache/pycache"}
    own = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": "/mine"}
    bootstrap.keep_compiled_modules(own, Path("/cache"))
    assert own == {"PYTHONPYCACHEPREFIX": "/mine"}
    silent: dict[str, str] = {}
    bootstrap.keep_compiled_modules(silent, Path("/cache"))
    assert silent == {}


def test_the_bootstrap_needs_nothing_but_the_standard_library() -> None:
    script = "import operations.bootstrap, sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(Path.cwd())!r}); {script}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert set(loaded) - sys.stdlib_module_names - {"__main__", "sitecustomize", "usercustomize"} == {"operations"}


def bootstrapped(home: Path, cache: Path, **more: str) -> "subprocess.Popen[str]":
    """A bootstrap of its own, with this Python and these roots."""
    environment = {**os.environ, "LLMPROXY_HOME": str(home), "LLMPROXY_CACHE": str(cache), **more}
    return subprocess.Popen(
        # A suite that a shell started in the background ignores interrupts, and so would this.
        ["env", "--default-signal=INT", sys.executable, "-m", "operations.bootstrap", "doctor"],
        env={name: value for name, value in environment.items() if name != "LLMPROXY_DEBUG" or name in more},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def a_file(tmp_path: Path) -> Path:
    """A file where a folder would have to be."""
    path = tmp_path / "file"
    path.write_text("")
    return path


def test_a_folder_that_cannot_be_made_is_one_line_with_its_path_and_the_way_out(a_file: Path) -> None:
    process = bootstrapped(a_file / "home", a_file / "cache")
    _, said = process.communicate(timeout=60)

    assert process.returncode == 1
    first, *rest = [line for line in said.splitlines() if "installing" not in line]
    assert first.startswith(f"python packages: {a_file}/")
    assert first.endswith("or choose other folders: LLMPROXY_HOME, LLMPROXY_CACHE")
    assert rest == []


@pytest.mark.parametrize("variable", ["LLMPROXY_HOME", "LLMPROXY_CACHE"])
def test_the_commands_say_the_same_of_a_folder_that_they_cannot_make(
    tmp_path: Path, a_file: Path, variable: str
) -> None:
    roots = {"LLMPROXY_HOME": str(tmp_path / "home"), "LLMPROXY_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-m", "operations", "env", "--stack", "prod"],
        env={**os.environ, **roots, variable: str(a_file / "folder"), "LLMPROXY_DEBUG": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    (said,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert said.startswith(f"error: {a_file}/folder")
    assert said.endswith("or choose other folders: LLMPROXY_HOME, LLMPROXY_CACHE")


def test_with_debugging_on_the_traceback_of_the_bootstrap_is_shown(a_file: Path) -> None:
    _, said = bootstrapped(a_file / "home", a_file / "cache", LLMPROXY_DEBUG="1").communicate(timeout=60)

    assert "Traceback" in said


def test_a_full_disk_is_told_as_one() -> None:
    error = OSError(errno.ENOSPC, "No space left on device", "/cache/venv")

    assert bootstrap.in_one_line(error) == (
        "/cache/venv: No space left on device; free some space, or choose other folders: LLMPROXY_HOME, LLMPROXY_CACHE",
        1,
    )


def test_an_interrupt_while_packages_are_installed_is_one_line_and_130(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as never_answers:
        index = f"http://127.0.0.1:{never_answers.getsockname()[1]}/"
        process = bootstrapped(tmp_path / "home", tmp_path / "cache", PIP_INDEX_URL=index)
        assert process.stderr is not None
        assert "installing" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)

    assert process.returncode == 130
    assert said == "python packages: interrupted; the next make begins where this one stopped\n"
