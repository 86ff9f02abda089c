"""The entry-point wrapper, run by the real shells of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components import entrypoint
from components.env_file import DatabaseUrl, render

SCRIPT = Path(entrypoint.__file__).with_name("entrypoint.sh")
SHELLS = [[path] for path in map(shutil.which, ("dash", "bash")) if path]
if busybox := shutil.which("busybox"):
    SHELLS.append([busybox, "sh"])

# What a Swarm secret of ours may hold: any text without a line break or NUL.
TEXTS = st.text(st.characters(exclude_characters="\n\r\0", exclude_categories=["Cs"]), min_size=1, max_size=30)
AWKWARD = "p@ss/w:rd %41 'q' \"d\" $HOME `id` \\n ü€ #;&|*?"

# Prints the environment entry that it is told, byte for byte.
SHOW = "import os, sys; sys.stdout.buffer.write(os.environb[sys.argv[1].encode()])"


def run(
    shell: list[str], folder: Path, env_text: str, *command: str, environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    env_file = folder / "env"
    env_file.write_text(env_text, encoding="utf-8")
    return subprocess.run(
        [*shell, str(SCRIPT), *command],
        env={"PATH": os.environ["PATH"], "LLMPROXY_ENV_FILE": str(env_file), **(environ or {})},
        capture_output=True,
        timeout=20,
        check=False,
    )


def value_of(shell: list[str], folder: Path, env_text: str, name: str) -> str:
    ended = run(shell, folder, env_text, sys.executable, "-S", "-E", "-c", SHOW, name)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.decode()


def secret(folder: Path, text: str) -> str:
    path = folder / "secret"
    path.write_bytes(text.encode())
    return str(path)


few = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
class TestInEveryShell:
    @few
    @given(text=TEXTS)
    def test_a_plain_value_arrives_as_it_is_written(self, shell: list[str], tmp_path: Path, text: str) -> None:
        assert value_of(shell, tmp_path, render({"X": text}), "X") == text

    @few
    @given(text=TEXTS)
    def test_a_secret_file_arrives_as_it_is(self, shell: list[str], tmp_path: Path, text: str) -> None:
        env_text = render({}, secret_files={"X": secret(tmp_path, text)})
        assert value_of(shell, tmp_path, env_text, "X") == text

    @few
    @given(password=TEXTS)
    def test_the_database_url_gives_the_password_back(self, shell: list[str], tmp_path: Path, password: str) -> None:
        url = DatabaseUrl(
            user="u@ser", password_file=secret(tmp_path, password), host="db", port=5432, name="na me", query="a=b&c=d"
        )
        parts = urlsplit(value_of(shell, tmp_path, render({}, database_urls={"URL": url}), "URL"))
        assert unquote(parts.password or "") == password
        assert (unquote(parts.username or ""), parts.hostname, parts.port) == ("u@ser", "db", 5432)
        assert (unquote(parts.path), parts.query) == ("/na me", "a=b&c=d")

    def test_awkward_characters_are_no_shell_code(self, shell: list[str], tmp_path: Path) -> None:
        env_text = render({"PLAIN": AWKWARD}, secret_files={"FILE": secret(tmp_path, AWKWARD)})
        assert value_of(shell, tmp_path, env_text, "PLAIN") == AWKWARD
        assert value_of(shell, tmp_path, env_text, "FILE") == AWKWARD

    def test_a_last_line_break_of_a_secret_file_is_left_out(self, shell: list[str], tmp_path: Path) -> None:
        env_text = render({}, secret_files={"X": secret(tmp_path, "value\n")})
        assert value_of(shell, tmp_path, env_text, "X") == "value"

    def test_a_secret_of_several_lines_keeps_them(self, shell: list[str], tmp_path: Path) -> None:
        env_text = render({}, secret_files={"X": secret(tmp_path, "a\n\n b\n")})
        assert value_of(shell, tmp_path, env_text, "X") == "a\n\n b"

    def test_the_wrapper_becomes_the_command_so_that_signals_arrive(self, shell: list[str], tmp_path: Path) -> None:
        env_file = tmp_path / "env"
        env_file.write_text("X=1\n")
        started = subprocess.Popen(
            [*shell, str(SCRIPT), sys.executable, "-c", "import os; print(os.getpid())"],
            env={"PATH": os.environ["PATH"], "LLMPROXY_ENV_FILE": str(env_file)},
            stdout=subprocess.PIPE,
        )
        output, _ = started.communicate(timeout=20)
        assert int(output) == started.pid

    def test_arguments_and_exit_code_are_those_of_the_command(self, shell: list[str], tmp_path: Path) -> None:
        code = "import sys; print(sys.argv[1:]); sys.exit(7)"
        ended = run(shell, tmp_path, "", sys.executable, "-c", code, "a b", "$x")
        assert (ended.returncode, ended.stdout) == (7, b"['a b', '$x']\n")

    def test_the_wrapper_leaves_nothing_of_its_own_in_the_environment(self, shell: list[str], tmp_path: Path) -> None:
        env_text = render({"X": "1"}, secret_files={"Y": secret(tmp_path, "2")})
        ended = run(shell, tmp_path, env_text, sys.executable, "-S", "-E", "-c", "import os; print(*os.environ)")
        ours = {"PATH", "LLMPROXY_ENV_FILE", "X", "Y"}
        assert set(ended.stdout.decode().split()) - {"PWD", "SHLVL", "_", "LC_CTYPE", "OLDPWD"} == ours

    @pytest.mark.parametrize(
        ("env_text", "told"),
        [
            ("@file KEY=/nowhere/key\n", b"KEY: secret file /nowhere/key is missing"),
            ("@url URL=/nowhere/pw head tail\n", b"URL: secret file /nowhere/pw is missing"),
            ("no equals sign\n", b"is neither NAME=value, @file, @url, @drain nor @kill"),
            ("1X=y\n", b"'1X' in"),
            ("@fil X=y\n", b"'@fil X' in"),
        ],
    )
    def test_what_is_wrong_is_told_with_exit_code_78(
        self, shell: list[str], tmp_path: Path, env_text: str, told: bytes
    ) -> None:
        ended = run(shell, tmp_path, env_text, "true")
        assert ended.returncode == 78
        assert told in ended.stderr

    def test_an_empty_secret_file_is_told_with_exit_code_78(self, shell: list[str], tmp_path: Path) -> None:
        ended = run(shell, tmp_path, f"@file KEY={secret(tmp_path, '')}\n", "true")
        assert ended.returncode == 78
        assert b"is empty" in ended.stderr

    def test_no_secret_is_in_an_error(self, shell: list[str], tmp_path: Path) -> None:
        env_text = f"@file KEY={secret(tmp_path, 'hush-hush')}\n@file OTHER=/nowhere/x\n"
        assert b"hush" not in run(shell, tmp_path, env_text, "true").stderr

    def test_a_missing_environment_file_is_told_with_exit_code_78(self, shell: list[str], tmp_path: Path) -> None:
        ended = run(shell, tmp_path, "", "true", environ={"LLMPROXY_ENV_FILE": str(tmp_path / "gone")})
        assert (ended.returncode, b"environment file" in ended.stderr) == (78, True)


def test_the_script_that_is_mounted_is_the_one_that_is_tested() -> None:
    assert entrypoint.script() == SCRIPT.read_text(encoding="utf-8")
