"""`make create-key EMAIL=…`: a key for somebody, made by hand; it alone on the output, for a command line to take.

A value of one's own comes on the standard input: on a command line every user of the machine could read it.
"""

import getpass
import sys
from typing import TextIO

from operations import gateway, key_creation, setup
from operations.errors import OperationsError
from operations.session import Session


def run(session: Session, *, email: str, alias: str | None = None, value_from_stdin: bool = False) -> int:
    """Makes the key and prints it; gives the exit code."""
    wanted = key_creation.asked_for(email, alias, typed(sys.stdin) if value_from_stdin else None)
    with session.board:
        ready = setup.without_engine(session)
    key_creation.create(gateway.session(ready.pulumi).client, wanted)
    print(wanted.value)
    return 0


def typed(stream: TextIO) -> str:
    """One line; a terminal shows nothing of it.

    Raises:
        OperationsError: There is none.
    """
    line = getpass.getpass("value of the key: ") if stream.isatty() else stream.readline()
    if not (value := line.strip()):
        raise OperationsError("VALUE: nothing came on the standard input; type the value there, or leave VALUE away")
    return value
