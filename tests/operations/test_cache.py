"""Built things are built once, are whole or not there, and keep their paths."""

import multiprocessing
import time
from pathlib import Path

import pytest

from operations.cache import Cache, key_of


def _slowly_count(folder: Path) -> None:
    with (folder.parent / "builds").open("a") as builds:
        builds.write("x")
    time.sleep(0.2)
    (folder / "whole").write_text("yes")


def _build(root: Path) -> None:
    Cache(root).entry("thing", "key", _slowly_count)


def test_two_processes_at_once_build_an_entry_once_and_the_second_says_why_it_waits(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_build, args=(tmp_path,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(10)

    assert [worker.exitcode for worker in workers] == [0, 0]
    assert (tmp_path / "thing" / "builds").read_text() == "x"
    assert (tmp_path / "thing" / "key" / "whole").read_text() == "yes"
    assert capfd.readouterr().err == "cache: waiting for another run that makes thing\n"


def test_what_a_failed_build_left_is_neither_used_nor_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path)

    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        cache.entry("thing", "key", fail)

    assert cache.find("thing", "key") is None
    assert [path.name for path in (tmp_path / "thing").iterdir()] == ["key.lock"]


def test_what_a_killed_build_left_is_swept_by_the_next_one(tmp_path: Path) -> None:
    leftover = tmp_path / "thing" / "key.0123abcd"
    leftover.mkdir(parents=True)
    (leftover / "half").touch()

    path = Cache(tmp_path).entry("thing", "key", lambda folder: (folder / "whole").touch())

    assert [each.name for each in path.iterdir()] == ["whole"]
    assert not leftover.exists()


def test_a_path_that_was_written_into_an_entry_while_it_was_built_still_leads_there(tmp_path: Path) -> None:
    def remember(folder: Path) -> None:
        (folder / "where").write_text(str(folder))

    path = Cache(tmp_path).entry("venv", "key", remember)

    assert Path((path / "where").read_text()).samefile(path)


def test_an_entry_that_is_there_is_not_built_again(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.entry("thing", "key", lambda folder: (folder / "whole").touch())

    cache.entry("thing", "key", lambda _: pytest.fail("built again"))


def test_entries_are_reported_with_their_size_and_can_be_removed(tmp_path: Path) -> None:
    cache = Cache(tmp_path)

    def write_much(folder: Path) -> None:
        (folder / "big").write_bytes(b"x" * 100_000)

    cache.entry("thing", "key", write_much)

    (entry,) = cache.entries()
    cache.remove(entry)

    assert (entry.kind, entry.key) == ("thing", "key")
    assert entry.size_bytes >= 100_000
    assert cache.entries() == []


def test_the_key_follows_the_content_of_files_and_the_borders_between_parts(tmp_path: Path) -> None:
    file = tmp_path / "go.sum"
    file.write_text("one")
    before = key_of([file])
    file.write_text("two")

    assert key_of([file]) != before
    assert key_of(["a", "bc"]) != key_of(["ab", "c"])
    assert key_of(["two"]) == key_of([file])
