"""A registry of images that holds one image, as large as is asked for, for tests of pulls that do not end well.

Takes a size; answers on 127.0.0.1, which every engine takes without TLS. The layer's bytes are random, so that they
take as much room packed as unpacked.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import secrets
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
NAME, TAG = "large", "1"


class _Registry(ThreadingHTTPServer):
    daemon_threads = True
    blobs: Mapping[str, bytes]
    manifest: bytes


class _Handler(BaseHTTPRequestHandler):
    server: _Registry

    def do_GET(self) -> None:
        kind, _, wanted = self.path.rpartition("/")
        if kind.endswith("/manifests"):
            self._answer(self.server.manifest, MANIFEST)
        elif wanted in self.server.blobs:
            self._answer(self.server.blobs[wanted], "application/octet-stream")
        else:
            self._answer(b"{}", "application/json")

    def do_HEAD(self) -> None:
        self.do_GET()

    def _answer(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
        self.send_header("Docker-Content-Digest", _digest(content))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class calls it so
        """Says nothing."""


@contextmanager
def registry_of_one(busybox: bytes, mib: int) -> Iterator[str]:
    """Answers while the block runs; gives the reference of an image that sleeps and is so many MiB large."""
    with _Registry(("127.0.0.1", 0), _Handler) as server:
        layer = _layer({"bin/busybox": busybox, "ballast": secrets.token_bytes(mib << 20)})
        packed = gzip.compress(layer, compresslevel=1)
        config = json.dumps(
            {
                "architecture": "amd64",
                "os": "linux",
                "config": {"Entrypoint": ["/bin/busybox", "sleep", "1000"]},
                "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]},
            }
        ).encode()
        described = {"schemaVersion": 2, "mediaType": MANIFEST}
        server.manifest = json.dumps(
            {
                **described,
                "config": _part("application/vnd.docker.container.image.v1+json", config),
                "layers": [_part("application/vnd.docker.image.rootfs.diff.tar.gzip", packed)],
            }
        ).encode()
        server.blobs = {_digest(config): config, _digest(packed): packed}
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}/{NAME}:{TAG}"
        finally:
            server.shutdown()
            thread.join()


def _layer(files: Mapping[str, bytes]) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755
            archive.addfile(entry, io.BytesIO(content))
    return written.getvalue()


def _part(kind: str, content: bytes) -> dict[str, str | int]:
    return {"mediaType": kind, "size": len(content), "digest": _digest(content)}


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
