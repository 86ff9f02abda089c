"""Runs pulumi: environment, log file, Ctrl-C.

Takes a toolchain, a stack's folder and arguments; gives pulumi's output, or `PulumiFailed` with its condensed
diagnostics and the name of the log. No secret is ever among the arguments: one that must be handed
over goes in through `secret`.
"""

import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from operations import diagnostics
from operations.errors import PulumiFailed
from operations.home import StackHome
from operations.locations import Locations
from operations.toolchain import Toolchain

RUN_ID = "LLMPROXY_RUN_ID"
STACK_HOME = "LLMPROXY_STACK_HOME"
INTERRUPTED = 130
# The exit code of what a signal ended is this and its number.
SIGNALLED = 128
GOES_ON = "what was done is in the state, the next make up goes on"
NEW_LINE = "\n"
KEPT_LOGS = 50
WRONG_PASSPHRASE = re.compile(r"incorrect passphrase|cipher: message authentication failed|passphrase must be set")


def variables(places: Locations, home: StackHome, toolchain: Toolchain) -> dict[str, str]:
    """The variables that make plain pulumi work on a stack; besides them, its programs belong on PATH."""
    found = {
        "LLMPROXY_HOME": str(places.home),
        "LLMPROXY_CACHE": str(places.cache),
        STACK_HOME: str(home.folder),
        "PULUMI_STACK": home.stack,
        "PULUMI_HOME": str(toolchain.pulumi_home),
        "PULUMI_BACKEND_URL": home.backend,
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(home.passphrase),
        # Else a refresh or destroy would give the providers the configuration of the last run, and old keys with it.
        "PULUMI_RUN_PROGRAM": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    if toolchain.has_stand_ins:
        found["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
    return found


@dataclass(frozen=True)
class Pulumi:
    """Pulumi on one stack."""

    places: Locations
    home: StackHome
    toolchain: Toolchain
    environment: Mapping[str, str]

    def ask(self, *arguments: str, secret: str | None = None) -> str:
        """A short question; gives what it printed on its output.

        Raises:
            PulumiFailed: It ended with an error.
        """
        done = subprocess.run(
            self._command(arguments),
            cwd=self.places.clone,
            env=dict(self.environment),
            input=secret,
            stdin=subprocess.DEVNULL if secret is None else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise PulumiFailed(self._reason(done.stderr + done.stdout), done.returncode)
        return done.stdout

    def operate(self, *arguments: str, tell: Callable[[str], None]) -> str:
        """A long run: every line goes to a log and to `tell`; Ctrl-C is handed on once and waited for.

        Raises:
            PulumiFailed: It ended with an error or was interrupted; the text ends in the name of the log.
        """
        log = _new_log(self.home.logs, arguments[0])
        with (
            log.open("w", encoding="utf-8") as file,
            subprocess.Popen(
                self._command(arguments),
                cwd=self.places.clone,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                # A group of its own: the terminal's Ctrl-C comes to us alone, and pulumi gets it once.
                start_new_session=True,
            ) as process,
            _interrupts_handed_to(process, tell) as interrupted,
        ):
            output = _copied(process, file.write, tell)
            exit_code = process.wait()
        if interrupted.is_set() or exit_code != 0:
            raise self._failure(output, exit_code, log, was_interrupted=interrupted.is_set())
        return output

    def _failure(self, output: str, exit_code: int, log: Path, *, was_interrupted: bool) -> PulumiFailed:
        """Why a run did not end well; the text ends in the name of the log."""
        whole = f"(all of it: {log})"
        if was_interrupted:
            return PulumiFailed(f"interrupted; {GOES_ON} {whole}", INTERRUPTED)
        if exit_code < 0:
            name = signal.Signals(-exit_code).name
            return PulumiFailed(f"pulumi was killed ({name}); {GOES_ON} {whole}", SIGNALLED - exit_code)
        reason = self._reason(output)
        return PulumiFailed(f"{reason}{NEW_LINE if NEW_LINE in reason else ' '}{whole}", exit_code)

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return [str(self.toolchain.programs / "pulumi"), *arguments, "--non-interactive", "--color", "never"]

    def _reason(self, output: str) -> str:
        if WRONG_PASSPHRASE.search(output):
            file = self.environment["PULUMI_CONFIG_PASSPHRASE_FILE"]
            return (
                f"{file}: this passphrase does not open the secrets of Pulumi.{self.home.stack}.yaml; "
                "put back the one that they were written with"
            )
        found = diagnostics.condense(output)
        return "\n".join(map(str, found)) or (output.strip().splitlines() or ["pulumi ended without a word"])[-1]


def _copied(process: "subprocess.Popen[str]", write: Callable[[str], object], tell: Callable[[str], None]) -> str:
    """Everything that the process prints, told line by line while it comes."""
    lines = []
    for line in process.stdout or ():
        write(line)
        lines.append(line)
        if line.strip():
            tell(line.strip())
    return "".join(lines)


@contextmanager
def _interrupts_handed_to(process: "subprocess.Popen[str]", tell: Callable[[str], None]) -> Iterator[threading.Event]:
    """While the block runs, Ctrl-C and TERM reach pulumi as one interrupt; a second one makes it give up."""
    interrupted = threading.Event()

    def hand_on(_number: int, _frame: FrameType | None) -> None:
        tell("interrupted: waiting until pulumi has written its state (once more: give up)")
        interrupted.set()
        if process.poll() is None:
            process.send_signal(signal.SIGINT)

    before = {number: signal.signal(number, hand_on) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _new_log(folder: Path, operation: str) -> Path:
    """The file for one run; old ones beyond the last few dozen go."""
    for old in sorted(folder.glob("*.log"))[:-KEPT_LOGS]:
        old.unlink(missing_ok=True)
    log = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{operation}-{os.getpid()}.log"
    os.close(os.open(log, os.O_WRONLY | os.O_CREAT, 0o600))
    return log
