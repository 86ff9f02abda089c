"""The programs of the contract images, without an engine: protocols, keys, signatures, refusals."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from airgap.images.contract import signature
from airgap.images.contract.antigravity_manager import AntigravityManager, from_environment
from airgap.images.contract.chat import Upstream
from airgap.images.contract.portainer_tokens import Tokens
from airgap.images.contract.serving import Answer, Request
from airgap.images.table import FOLDER, load

PRODUCTS = ("portainer", "portainer-agent", "antigravity-manager", "cli-proxy-api")
PATHS = ("/v1/chat/completions", "/v1/messages", "/v1beta/models/m:generateContent")


def asked(path: str, document: object = None, method: str = "POST", **headers: str) -> Request:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    path, _, query = path.partition("?")
    parameters = dict([query.split("=")]) if query else {}
    return Request(method, path, parameters, sent, json.dumps(document or {}).encode(), "10.0.0.1")


def body(answer: Answer | None) -> bytes:
    assert answer is not None
    return answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)


@pytest.mark.parametrize("name", PRODUCTS)
def test_each_contract_image_says_in_its_tag_and_label_that_it_is_one(name: str) -> None:
    image = load().find(name)
    assert image.version == f"contract-{image.official.reference.partition(':v')[2] or '2.33.6'}"
    dockerfile = (FOLDER / image.folder / "Dockerfile").read_text()
    stage = dockerfile.partition(f"FROM contract AS {image.build_arguments['PRODUCT']}\n")[2].partition("FROM ")[0]
    assert stage.startswith('LABEL llmproxy.contract-image="contract image, not ')


@pytest.mark.parametrize("name", PRODUCTS)
def test_each_contract_image_stands_for_an_official_one_of_an_exact_version(name: str) -> None:
    tag = load().find(name).official.reference.partition(":")[2]
    assert tag.removeprefix("v").partition("-")[0].count(".") == 2


@pytest.mark.parametrize("path", PATHS)
def test_a_model_that_is_named_to_fail_answers_500_in_each_protocol(path: str) -> None:
    document = {"model": "contract-fail-1"}
    answer = Upstream("X", ()).answer(asked(path.replace("/m:", "/contract-fail-1:"), document))
    assert answer is not None
    assert answer.status == 500
    assert "contract-fail-1" in json.loads(body(answer))["error"]["message"]


def test_a_stream_holds_the_words_of_the_whole_answer_in_each_protocol() -> None:
    upstream, said = Upstream("X", ()), "contract image, not X: answer of m"

    def events(path: str) -> list[Any]:
        sent = body(upstream.answer(asked(path, {"model": "m", "stream": True}))).decode()
        lines = [line.removeprefix("data: ") for line in sent.splitlines() if line.startswith("data: {")]
        return [json.loads(line) for line in lines]

    openai = [event["choices"][0]["delta"].get("content", "") for event in events(PATHS[0])]
    anthropic = [event["delta"].get("text", "") for event in events(PATHS[1]) if "block_delta" in event["type"]]
    gemini = [
        part["candidates"][0]["content"]["parts"][0]["text"]
        for part in events("/v1beta/models/m:streamGenerateContent")
    ]
    assert "".join(openai) == "".join(anthropic) == "".join(gemini) == said


@pytest.fixture
def manager(tmp_path: Path) -> AntigravityManager:
    found = from_environment({"API_KEY": "key", "WEB_PASSWORD": "web", "HOME": str(tmp_path)})
    found.keep_settings()
    return found


@pytest.mark.parametrize(
    ("headers", "path"),
    [
        ({"authorization": "Bearer key"}, PATHS[0]),
        ({"x_api_key": "key"}, PATHS[1]),
        ({"x_goog_api_key": "key"}, PATHS[2]),
        ({}, f"{PATHS[2]}?key=key"),
    ],
)
def test_antigravity_takes_its_key_where_each_protocol_puts_it(
    manager: AntigravityManager, headers: dict[str, str], path: str
) -> None:
    assert manager.answer(asked(path, **headers)).status == 200
    assert manager.answer(asked(path.replace("=key", "=bad"), **dict.fromkeys(headers, "bad"))).status == 401


def test_antigravity_opens_its_admin_api_with_the_web_password_and_its_health_to_all(
    manager: AntigravityManager,
) -> None:
    assert manager.answer(asked("/health", method="GET")).status == 200
    assert manager.answer(asked("/api/accounts", method="GET", authorization="Bearer key")).status == 401
    added = manager.answer(asked("/api/accounts", {"email": "a@b.c"}, authorization="Bearer web"))
    listed = manager.answer(asked("/api/accounts", method="GET", authorization="Bearer web"))
    assert json.loads(body(listed))["accounts"] == [json.loads(body(added))]
    assert json.loads((manager.folder / "gui_config.json").read_text())["proxy"]["api_key"] == "key"


def test_a_signature_is_one_of_its_secret_and_of_no_other(tmp_path: Path) -> None:
    signature.make_key(tmp_path / "key")
    for secret in ("secret", ""):
        sent = signature.headers(tmp_path / "key", secret)
        proof, public = sent[signature.SIGNATURE_HEADER], sent[signature.PUBLIC_KEY_HEADER]
        assert signature.is_valid(proof, public, secret)
        assert not signature.is_valid(proof, public, "another")
        assert not signature.is_valid(proof[:-4], public, secret)
        assert not signature.is_valid(proof, "zz", secret)


def test_a_token_is_known_by_the_installation_that_gave_it() -> None:
    token = Tokens("a").make("admin")
    assert Tokens("a").user_of(token) == "admin"
    assert Tokens("b").user_of(token) is None
    assert Tokens("a").user_of("x") is None


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-B", "-m", "airgap.images.contract.antigravity_manager"],
        env={"API_KEY": "k", "HOME": str(tmp_path), "PORT": str(port), "ABV_MAX_BODY_SIZE": "100"},
        cwd=FOLDER.parents[1],
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process, port
    finally:
        process.kill()
        process.wait()


def test_a_server_refuses_too_large_bodies_and_ends_a_stream_before_it_ends_itself(
    served: tuple[subprocess.Popen[bytes], int],
) -> None:
    process, port = served
    connection = connected(port)
    connection.request("POST", PATHS[0], b"x" * 101, {"x-api-key": "k"})
    refused = connection.getresponse()
    assert (refused.status, refused.read()) == (413, b"length limit exceeded")
    connection.request("POST", PATHS[0], b'{"model": "contract-slow-1", "stream": true}', {"x-api-key": "k"})
    stream = connection.getresponse()
    process.terminate()
    assert stream.read().endswith(b"data: [DONE]\n\n")
    connection.close()
    assert process.wait(timeout=10) == 0


def test_a_server_that_ends_closes_what_is_idle_and_still_answers_what_is_asked(
    served: tuple[subprocess.Popen[bytes], int],
) -> None:
    process, port = served
    with closing(connected(port)) as idle, closing(connected(port)) as fresh, closing(connected(port)) as busy:
        idle.request("GET", "/health")
        assert idle.getresponse().read()
        busy.request("POST", PATHS[0], b'{"model": "contract-slow-1", "stream": true}', {"x-api-key": "k"})
        stream = busy.getresponse()
        process.terminate()
        assert idle.sock.recv(1) == b""
        fresh.request("GET", "/health")
        answer = fresh.getresponse()
        assert (answer.status, answer.headers["connection"], bool(answer.read())) == (200, "close", True)
        assert stream.read().endswith(b"data: [DONE]\n\n")
    assert process.wait(timeout=10) == 0


def connected(port: int) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    deadline = time.monotonic() + 10
    while True:
        try:
            connection.connect()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return connection
