"""What ends a command with one line for the user instead of a traceback.

    OperationsError
    ├── MissingPart       something this machine lacks; the text says how to get it
    ├── RefusedDownload   a release archive that is not what was pinned, or came only in part; a fallback exists
    ├── RefusedEngine     an engine, Swarm or disk that must not or cannot be used
    ├── Foreign           a service, volume, port or file of our name that is not ours
    ├── Busy              another run of this stack is going on
    ├── RunFailed         a job that a command ran ended badly; carries its exit code
    └── PulumiFailed      pulumi ended with an error; carries its exit code, its diagnostics have been condensed

Stdlib only: the bootstrap raises them too.
"""


class OperationsError(Exception):
    """Base of all; its text is for the user: place, found, allowed, remedy."""


class MissingPart(OperationsError):
    """Something this machine lacks."""


class RefusedDownload(OperationsError):
    """A downloaded file that must not be used."""


class RefusedEngine(OperationsError):
    """An engine that is not usable, or must not be changed."""


class Foreign(OperationsError):
    """Something of our name that is not ours."""


class Busy(OperationsError):
    """Another run holds the stack."""


class RunFailed(OperationsError):
    """A job ended badly."""

    def __init__(self, text: str, exit_code: int) -> None:
        super().__init__(text)
        self.exit_code = exit_code


class PulumiFailed(OperationsError):
    """Pulumi ended with an error."""

    def __init__(self, text: str, exit_code: int) -> None:
        super().__init__(text)
        self.exit_code = exit_code
