"""The program of the discovery's container: `python3 -m discovery PROXY NETDATA_SERVICE NETWORK_ID JOBS_FILE`.

Looks every five seconds and marks each good look in a file that the health check reads. The container's host name is
the id of its node: Swarm fills that in, and the container has no environment.
"""

from __future__ import annotations

import json
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from .finder import Finder
from .swarm import NotAnswered, Swarm

FOLDER = Path("/etc/netdata/go.d")
LOOK_SECONDS = 5
LOOKED = Path("/dev/shm/looked")  # noqa: S108  the one place that a read-only container can write to


def main(arguments: Sequence[str]) -> int:
    """Looks until it is told to end."""
    proxy, netdata, network, jobs_file = arguments
    ends = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ends.set()

    # As process 1 nothing ends it unless it says so itself.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    finder = Finder(
        Swarm(proxy),
        netdata=netdata,
        network=network,
        node=socket.gethostname(),
        folder=FOLDER,
        fixed=json.loads(Path(jobs_file).read_text(encoding="utf-8")),
        say=lambda line: print(line, flush=True),
    )
    silence = ""
    while not ends.is_set():
        try:
            finder.look()
        except NotAnswered as error:
            if str(error) != silence:
                print(f"{error}; the job files stay as they are", flush=True)
            silence = str(error)
        else:
            silence = ""
            LOOKED.touch()
        ends.wait(LOOK_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
