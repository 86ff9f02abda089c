"""What the commands print, and what they would rather not do."""

import io
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from operations.cache import Entry
from operations.commands import cleanup_free, purge, up
from operations.commands.env import exports
from operations.errors import OperationsError
from operations.home import StackHome
from operations.locations import Locations
from operations.progress import Board
from operations.pulumi_process import variables
from operations.session import Session
from operations.toolchain import Toolchain

AWKWARD = Path("/tmp/a folder with 'quotes' $(and more)")


def test_a_shell_that_evaluates_env_has_exactly_those_values() -> None:
    home = StackHome("dev", AWKWARD / "llmproxy" / "dev")
    places = Locations(Path("/clone"), AWKWARD, Path("/cache"))
    expected = variables(places, home, Toolchain(AWKWARD / "bin", Path("/pulumi"), has_stand_ins=True))
    script = exports(expected, AWKWARD / "bin") + "env -0"

    seen = subprocess.run(
        ["sh", "-euc", script], env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=True
    )
    found = dict(entry.split("=", 1) for entry in seen.stdout.strip("\0").split("\0"))

    assert {name: found[name] for name in expected} == expected
    assert found["PATH"] == f"{AWKWARD}/bin:/usr/bin:/bin"
    assert found["PULUMI_RUN_PROGRAM"] == "true"


def test_env_prints_nothing_but_exports() -> None:
    assert all(line.startswith("export ") for line in exports({"A": "1"}, Path("/bin")).splitlines())


def test_another_backend_is_taken_from_the_environment_and_official_plugins_may_be_looked_for() -> None:
    home = StackHome("dev", Path("/h"), "s3://states")
    places = Locations(Path("/c"), Path("/h"), Path("/k"))
    official = Toolchain(Path("/b"), Path("/p"), has_stand_ins=False)

    found = variables(places, home, official)

    assert found["PULUMI_BACKEND_URL"] == "s3://states"
    assert "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION" not in found


def test_purge_without_a_person_to_ask_removes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "llmproxy" / "dev"
    folder.mkdir(parents=True)
    places = Locations(tmp_path, tmp_path / "home", tmp_path / "cache")
    session = Session(places, "dev", StackHome("dev", folder), {}, Board(Console(file=io.StringIO())))

    with pytest.raises(OperationsError, match=r"nothing was removed; .* make purge FORCE=1"):
        purge.run(session, force=False)

    assert folder.is_dir()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with a stack whose file is in git, prod, and one whose file is generated, dev."""
    folder = tmp_path / "clone"
    folder.mkdir()
    (folder / "Pulumi.prod.yaml").write_text("encryptionsalt: v1:x\n")
    (folder / "Pulumi.dev.template.yaml").write_text("config: {}\n")
    return folder


def session_on(clone: Path, stack: str) -> Session:
    """A session on a stack of the clone whose folder is full."""
    home = StackHome(stack, clone.parent / "home" / "llmproxy" / stack)
    for folder in (home.state, home.logs):
        folder.mkdir(parents=True)
        (folder / "file").write_text("")
    for file in (home.passphrase, home.run_record, home.secrets_made):
        file.write_text("")
    places = Locations(clone, clone.parent / "home", clone.parent / "cache")
    return Session(places, stack, home, {}, Board(Console(file=io.StringIO())))


def test_purge_keeps_the_passphrase_of_secrets_that_git_keeps_and_says_so(clone: Path) -> None:
    session = session_on(clone, "prod")

    kept = purge.remove_home(session)

    assert list(session.home.folder.iterdir()) == [session.home.passphrase]
    assert kept == f" but {session.home.passphrase}, which opens the secrets in Pulumi.prod.yaml"


def test_purge_keeps_nothing_of_a_stack_whose_file_is_generated(clone: Path) -> None:
    session = session_on(clone, "dev")
    (clone / "Pulumi.dev.yaml").symlink_to(session.home.stack_file)

    assert purge.remove_home(session) == ""
    assert not session.home.folder.exists()
    assert not (clone / "Pulumi.dev.yaml").is_symlink()


def test_a_run_without_changes_says_so() -> None:
    assert up.in_words("Resources:\n    50 unchanged\n") == "nothing changed"
    assert up.in_words("Resources:\n    ~ 1 updated\n    49 unchanged\n") == "1 updated"


@pytest.mark.parametrize("is_terminal", [True, False])
def test_warnings_of_a_good_run_are_told_on_a_terminal_and_elsewhere(is_terminal: bool) -> None:
    told = io.StringIO()
    output = "Diagnostics:\n  pulumi:pulumi:Stack (llmproxy-dev):\n    warning: provider a is skipped\n"

    with Board(Console(file=told, force_terminal=is_terminal, width=20)) as board:
        up.tell_notices(output, "dev", board.line)

    assert told.getvalue().count("warning: provider a is skipped\n") == 1


@pytest.mark.parametrize(
    ("line", "is_told"),
    [
        ("+  docker:index:Service db created (2s)", True),
        ("+-  docker:index:Service db replaced (2s)", True),
        ("+  pulumi:pulumi:Stack llmproxy-dev **creating failed** 1 error", True),
        ("+  docker:index:Service db creating (0s)", False),
        ("+ 40 created", False),
    ],
)
def test_where_no_terminal_is_only_finished_steps_are_told(line: str, is_told: bool) -> None:
    assert bool(up.STEP_OVER.match(line)) is is_told


def test_cleaning_up_keeps_what_this_clone_uses() -> None:
    used, old = Entry("venv", "a", Path("/a"), 1), Entry("venv", "b", Path("/b"), 1)

    assert cleanup_free.unused([used, old], frozenset({"a"})) == [old]


def test_without_a_terminal_each_word_is_a_plain_line_with_its_part() -> None:
    output = io.StringIO()
    with Board(Console(file=output, width=40)) as board, board.part("images") as part:
        part.say("postgres: [3/7] RUN [a very long line that no width may break or shorten]")
        part.done("built")

    assert output.getvalue().splitlines() == [
        "images: postgres: [3/7] RUN [a very long line that no width may break or shorten]",
        "images: built",
    ]


def test_a_board_can_keep_what_was_there_to_itself() -> None:
    output = io.StringIO()
    with Board(Console(file=output), tells_what_is_there=False) as board, board.part("pulumi") as part:
        part.found("cached")

    assert output.getvalue() == ""
