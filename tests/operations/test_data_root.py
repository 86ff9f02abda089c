"""The engine's disk is measured where it is a disk of this machine, and only there."""

import json
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer

import pytest

from operations import data_root
from operations.engine import own_engine
from operations.locations import Locations


class Answer(BaseHTTPRequestHandler):
    """An engine that says where its data lies: in a folder beside its socket."""

    def do_GET(self) -> None:
        where = Path(str(self.server.server_address)).parent / "data"
        body = json.dumps({"DockerRootDir": str(where), "ApiVersion": "1.41"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class Server(UnixStreamServer):
    """Answers on a socket."""

    def get_request(self) -> tuple[object, tuple[str, int]]:  # type: ignore[override]  # the handler wants an address
        return super().get_request()[0], ("local", 0)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where the socket is: its path must be short, which pytest's folders are not."""
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


@pytest.fixture
def host(folder: Path) -> Iterator[str]:
    """The address of such an engine."""
    with Server(str(folder / "docker.sock"), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"unix://{folder}/docker.sock"
        server.shutdown()
        thread.join()


def test_an_engine_that_answers_is_asked(host: str, folder: Path) -> None:
    (folder / "data").mkdir()
    own = own_engine(Locations(folder, folder, folder), {})

    assert data_root.find(host, own) == folder / "data"


def test_a_folder_that_this_machine_does_not_have_is_not_measured(host: str) -> None:
    assert data_root.ask(host) is None


def test_an_engine_of_ours_that_is_not_up_yet_will_fill_its_own_folder(tmp_path: Path) -> None:
    settings = {"LLMPROXY_ENGINE_SOCKET": str(tmp_path / "none.sock"), "LLMPROXY_ENGINE_DATA_ROOT": "/big/disk"}
    own = own_engine(Locations(tmp_path, tmp_path, tmp_path), settings)

    assert data_root.find(own.host, own) == Path("/big/disk")
    assert data_root.find(f"unix://{tmp_path}/others.sock", own) is None


@pytest.mark.parametrize("address", ["tcp://10.0.0.1:2375", "ssh://admin@manager"])
def test_an_engine_of_another_machine_is_not_asked_for_its_disk(address: str) -> None:
    assert data_root.ask(address) is None
