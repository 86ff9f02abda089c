"""A small server that plays the release host: it serves files, and misbehaves as asked."""

import io
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def archive(programs: tuple[str, ...] = ("pulumi", "pulumi-language-python")) -> bytes:
    """A release archive in the layout of the official one."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name in programs:
            member = tarfile.TarInfo(f"pulumi/{name}")
            member.size = len(name)
            member.mode = 0o755
            tar.addfile(member, io.BytesIO(name.encode()))
    return buffer.getvalue()


@dataclass
class ReleaseHost:
    """What is served, and how.

    Attributes:
        files: Content by path.
        cut_off_after: Bytes after which an archive's connection is closed.
        silent_seconds: How long each answer is held back.
        status: What is answered instead of a file.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    cut_off_after: int | None = None
    silent_seconds: float = 0.0
    status: int | None = None
    address: str = ""
    requests: list[str] = field(default_factory=list)


@contextmanager
def serving(host: ReleaseHost) -> Iterator[ReleaseHost]:
    """Serves on a free port of this machine while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, *, with_body: bool) -> None:
            host.requests.append(self.path)
            time.sleep(host.silent_seconds)
            content = host.files.get(self.path)
            self.send_response(host.status or (200 if content is not None else 404))
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            if with_body and content is not None:
                end = host.cut_off_after if self.path.endswith(".tar.gz") else None
                with suppress(BrokenPipeError):  # whoever asked has given up: some tests are about that
                    self.wfile.write(content[:end])

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    host.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
