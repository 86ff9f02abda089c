"""`make key`: one virtual key, alone on the output, for a command line to take."""

import json

from operations import setup
from operations.errors import OperationsError, PulumiFailed
from operations.pulumi_process import Pulumi
from operations.session import Session

FIRST, BY_ALIAS = "virtualKey", "virtualKeys"


def run(session: Session, *, alias: str | None = None) -> int:
    """Prints the key of an alias, or else the first one; gives the exit code."""
    print(value(setup.without_engine(session).pulumi, alias))
    return 0


def value(pulumi: Pulumi, alias: str | None) -> str:
    """The value of a key.

    Raises:
        OperationsError: The stack has no such key; the text names those that it has.
    """
    if alias is None:
        return _output(pulumi, FIRST)
    keys = json.loads(_output(pulumi, BY_ALIAS, "--json"))
    if alias not in keys:
        allowed = ", ".join(sorted(keys)) or "none"
        raise OperationsError(
            f"KEY: found {alias!r}, allowed are the keys of stack {pulumi.home.stack}: {allowed}; add it under keys "
            "of the catalog and type: make up"
        )
    return str(keys[alias])


def _output(pulumi: Pulumi, name: str, *more: str) -> str:
    try:
        return pulumi.ask("stack", "output", name, "--show-secrets", *more).strip()
    except PulumiFailed as error:
        if name in str(error):
            raise OperationsError(f"key: stack {pulumi.home.stack} has no key yet; type: make up") from error
        raise
