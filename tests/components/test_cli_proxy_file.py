"""The script that brings CLIProxyAPI's config file up to what is declared, in the shells and awks that are here."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.services.cli_proxy_file import API_KEY, MANAGEMENT_KEY, script

HASH = "$2a$10$abcdefghijklmnopqrstuv"
DECLARED: dict[str, Any] = {
    "api-keys": [API_KEY],
    "debug": True,
    "remote-management": {"allow-remote": True, "secret-key": MANAGEMENT_KEY},
}


@dataclass(frozen=True)
class Volume:
    """The service's config volume, its declared config and its secrets."""

    folder: Path

    def start(self, declared: dict[str, Any], revision: str, key: str = "k1", **environment: str) -> int:
        """Starts the service, which only says that it runs; gives the exit code."""
        (self.folder / "declared.yaml").write_text(yaml.safe_dump(declared))
        (self.folder / "file.sh").write_text(script())
        done = subprocess.run(
            ["sh", str(self.folder / "file.sh"), revision, key, "echo", "runs"],
            env={
                **os.environ,
                "LLMPROXY_CLI_PROXY_DECLARED": str(self.folder / "declared.yaml"),
                "LLMPROXY_CLI_PROXY_CONFIG": str(self.config),
                "LLMPROXY_SECRETS": str(self.folder),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.stdout == "runs\n") == (done.returncode == 0), done
        assert "mark" not in done.stderr
        return done.returncode

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    def settings(self) -> dict[str, Any]:
        found: dict[str, Any] = yaml.safe_load(self.config.read_text())
        return found

    def service_writes(self, **changed: Any) -> None:
        """As the service does: the hash in place of the key, and what its management API was told."""
        settings = self.settings()
        settings["remote-management"]["secret-key"] = HASH
        self.config.write_text("# of the service\n" + yaml.safe_dump({**settings, **changed}, sort_keys=False))


@pytest.fixture
def volume(tmp_path: Path) -> Volume:
    (tmp_path / "api-key").write_text('mark\'s "client": # key')
    (tmp_path / "management-key").write_text('mark\'s "manager": # key')
    return Volume(tmp_path)


def test_the_first_start_writes_what_is_declared_with_both_secrets(volume: Volume) -> None:
    assert volume.start(DECLARED, "r1") == 0
    assert volume.settings() == {
        "api-keys": ['mark\'s "client": # key'],
        "debug": True,
        "remote-management": {"allow-remote": True, "secret-key": 'mark\'s "manager": # key'},
    }
    assert volume.config.stat().st_mode & 0o777 == 0o600
    assert "mark" not in Path(f"{volume.config}.declared").read_text()


def test_while_nothing_changes_nothing_is_written(volume: Volume) -> None:
    volume.start(DECLARED, "r1")
    volume.service_writes(debug=False, own={"list": [1], "text": "a\n\nb"})
    before = (volume.config.read_text(), volume.config.stat())
    assert volume.start(DECLARED, "r1") == 0
    assert (volume.config.read_text(), volume.config.stat()) == before


def test_after_a_change_the_declared_wins_and_what_the_service_wrote_beside_it_stays(volume: Volume) -> None:
    volume.start(DECLARED, "r1")
    own = {"own": {"list": [1, {"a": "x: y"}], "text": "a\n\nb\n"}, "more": [{"name": "n"}], "empty": []}
    volume.service_writes(debug=False, **own)
    assert volume.start({**DECLARED, "debug": True, "ws-auth": False}, "r2") == 0
    expected = {**DECLARED, "ws-auth": False, **own, "api-keys": volume.settings()["api-keys"]}
    assert volume.settings() == {**expected, "remote-management": {"allow-remote": True, "secret-key": HASH}}


def test_a_new_management_key_takes_the_place_of_the_hash(volume: Volume) -> None:
    volume.start(DECLARED, "r1")
    volume.service_writes()
    volume.start(DECLARED, "r2", key="k2")
    assert volume.settings()["remote-management"]["secret-key"] == 'mark\'s "manager": # key'


def test_what_is_no_longer_declared_goes_and_what_never_was_stays(volume: Volume) -> None:
    volume.start(DECLARED, "r1")
    volume.service_writes(own=1)
    less = {key: value for key, value in DECLARED.items() if key != "debug"}
    volume.start(less, "r2")
    assert "debug" not in volume.settings()
    assert volume.settings()["own"] == 1
    volume.service_writes(debug=True)
    volume.start({**less, "ws-auth": True}, "r3")
    assert volume.settings()["debug"] is True


@pytest.mark.parametrize(("step", "is_new"), [("config.yaml", False), ("config.yaml.declared", True)])
def test_killed_at_a_step_the_file_is_the_old_or_the_new_one_and_the_next_start_ends_it(
    volume: Volume, step: str, is_new: bool, tmp_path: Path
) -> None:
    volume.start(DECLARED, "r1")
    volume.service_writes(own=1)
    less = {key: value for key, value in DECLARED.items() if key != "debug"}
    mv = tmp_path / "bin" / "mv"
    mv.parent.mkdir()
    mv.write_text(
        f'#!/bin/sh\n[ "$2" != {tmp_path}/{step} ] || {{ kill -9 $PPID; exit 1; }}\nexec {shutil.which("mv")} "$@"\n'
    )
    mv.chmod(0o755)
    assert volume.start(less, "r2", PATH=f"{mv.parent}:{os.environ['PATH']}") == -9
    assert ("debug" not in volume.settings()) == is_new
    assert volume.start(less, "r2") == 0
    assert "debug" not in volume.settings()
    assert volume.settings()["own"] == 1


def test_an_empty_file_which_a_killed_service_left_is_written_anew(volume: Volume) -> None:
    volume.start(DECLARED, "r1")
    volume.config.write_text("")
    assert volume.start(DECLARED, "r1") == 0
    assert volume.settings()["debug"] is True


def test_a_file_that_is_no_block_of_keys_stays_as_it_is_and_the_service_does_not_start(volume: Volume) -> None:
    volume.start(DECLARED, "r1")
    volume.config.write_text("{port: 1}\n")
    assert volume.start(DECLARED, "r2") == 78
    assert volume.config.read_text() == "{port: 1}\n"


def test_a_missing_secret_changes_nothing(volume: Volume) -> None:
    volume.start(DECLARED, "r1")
    before = volume.config.read_text()
    (volume.folder / "api-key").unlink()
    assert volume.start(DECLARED, "r2") == 78
    assert volume.config.read_text() == before
    assert not Path(f"{volume.config}.new").exists()


@pytest.mark.system
def test_busybox_as_alpine_has_it_runs_it_alike(volume: Volume, box_image: str) -> None:
    volume.start(DECLARED, "r1")
    volume.service_writes(own={"list": [1], "text": "a\n\nb"})
    less = {**{key: value for key, value in DECLARED.items() if key != "debug"}, "ws-auth": True}
    (volume.folder / "declared.yaml").write_text(yaml.safe_dump(less))
    paths = {"LLMPROXY_CLI_PROXY_DECLARED": "/v/declared.yaml", "LLMPROXY_CLI_PROXY_CONFIG": "/v/config.yaml"}
    variables = [f"--env={name}={value}" for name, value in {**paths, "LLMPROXY_SECRETS": "/v"}.items()]
    run = ["docker", "run", "--rm", "--network=none", f"--volume={volume.folder}:/v", *variables, box_image]
    done = subprocess.run([*run, "sh", "/v/file.sh", "r2", "k1", "echo", "runs"], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"runs\n", b"")
    in_busybox = volume.config.read_text()
    volume.service_writes(debug=True)
    volume.start({**less, "debug": True}, "r3")
    volume.service_writes()
    volume.start(less, "r4")
    assert volume.settings() == yaml.safe_load(in_busybox)
