"""The watch over command lines sees a process that lives for the blink of an eye."""

import subprocess

from tests.system import command_lines


def test_an_argument_of_a_short_process_is_seen() -> None:
    with command_lines.watched() as found:
        subprocess.run(["sh", "-c", "sleep 0.3", "marker-in-an-argument"], check=True)

    assert found.has("sh", "marker-in-an-argument")


def test_what_ran_before_or_after_is_not_seen() -> None:
    with command_lines.watched() as found:
        pass
    subprocess.run(["sh", "-c", "sleep 0.3", "marker-that-came-too-late"], check=True)

    assert not found.has("marker-that-came-too-late")
