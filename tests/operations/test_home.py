"""What a stack keeps outside the clone is private, survives the clone, and never takes the place of a user's file."""

import os
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from operations import locations
from operations.errors import Foreign, MissingPart
from operations.home import open_home
from operations.locations import Locations

TEMPLATE = "config: {}\n"


@pytest.fixture
def places(tmp_path: Path) -> Locations:
    return Locations(clone_of(tmp_path / "clone"), tmp_path / "home", tmp_path / "cache")


def clone_of(folder: Path) -> Path:
    folder.mkdir()
    (folder / "Pulumi.dev.template.yaml").write_text(TEMPLATE)
    (folder / "Pulumi.prod.yaml").write_text(TEMPLATE)
    return folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folders_are_0700_and_the_passphrase_is_0600_whatever_the_umask(places: Locations) -> None:
    before = os.umask(0)
    try:
        home = open_home(places, "dev")
    finally:
        os.umask(before)

    folders = [places.home, home.folder.parent, home.folder, home.state, home.logs]
    assert {mode(folder) for folder in folders} == {0o700}
    assert mode(home.passphrase) == 0o600
    assert len(home.passphrase.read_text().strip()) >= 32


def test_a_second_clone_goes_on_with_passphrase_and_stack_file(places: Locations, tmp_path: Path) -> None:
    home = open_home(places, "dev")
    home.stack_file.write_text("config: {a: b}\n")
    passphrase = home.passphrase.read_text()
    shutil.rmtree(places.clone)

    second = Locations(clone_of(tmp_path / "second"), places.home, places.cache)
    open_home(second, "dev")

    assert (second.clone / "Pulumi.dev.yaml").read_text() == "config: {a: b}\n"
    assert home.passphrase.read_text() == passphrase


def test_a_stack_whose_file_is_in_git_gets_no_link(places: Locations) -> None:
    open_home(places, "prod")

    assert not (places.clone / "Pulumi.prod.yaml").is_symlink()


def test_a_users_own_stack_file_is_not_replaced(places: Locations) -> None:
    (places.clone / "Pulumi.dev.yaml").write_text("mine")

    with pytest.raises(Foreign, match=r"Pulumi\.dev\.yaml: found a file, but .* is this stack's; move the file away"):
        open_home(places, "dev")

    assert (places.clone / "Pulumi.dev.yaml").read_text() == "mine"


def test_a_lost_passphrase_is_not_replaced_by_one_that_opens_nothing(places: Locations) -> None:
    (places.clone / "Pulumi.prod.yaml").write_text("encryptionsalt: v1:x\n")

    with pytest.raises(MissingPart, match=r"passphrase: not there, but .* holds secrets that only it opens"):
        open_home(places, "prod")

    assert not (places.home / "llmproxy" / "prod" / "passphrase").exists()


@pytest.mark.parametrize("name", ["qa", "../dev", "Dev", ""])
def test_a_stack_that_cannot_be_is_refused_before_a_folder_is_made(places: Locations, name: str) -> None:
    with pytest.raises(Foreign, match="STACK: found"):
        open_home(places, name)

    assert not places.home.exists()


@pytest.mark.parametrize(
    ("user_id", "home", "cache"),
    [
        (0, "/var/lib/llmproxy", "/var/cache/llmproxy"),
        (1000, "/home/ann/.local/share/llmproxy", "/home/ann/.cache/llmproxy"),
    ],
)
def test_the_default_roots_fit_the_user(user_id: int, home: str, cache: str) -> None:
    found = locations.find({"HOME": "/home/ann"}, user_id=user_id)

    assert (str(found.home), str(found.cache)) == (home, cache)


def test_the_environment_moves_the_roots() -> None:
    found = locations.find({"LLMPROXY_HOME": "/a", "LLMPROXY_CACHE": "/b"})

    assert (found.home, found.cache) == (Path("/a"), Path("/b"))


def test_the_states_own_backend_writes_no_notes_beside_it_and_another_one_is_taken_as_it_is(places: Locations) -> None:
    home = open_home(places, "dev")
    assert home.backend == f"file://{home.state}?metadata=skip"
    assert home.file_backend == home.state
    assert replace(home, other_backend="s3://states").backend == "s3://states"
