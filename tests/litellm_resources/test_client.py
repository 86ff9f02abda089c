"""The rules of the admin API client: one typed error for each way it can fail, and no secret in any of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
import urllib3.util.retry

from litellm_resources.admin_api import errors, health, models, users
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.connection import Connection, admin_url, connection_from_config, worker_processes
from litellm_resources.admin_api.masking import mask
from litellm_resources.admin_api.transport import LONGEST_WAIT_SECONDS
from litellm_resources.admin_api.version import differences
from stacks.settings_litellm import Litellm
from tests.litellm_resources.fake_litellm import MASTER_KEY, FakeLitellm, FakeTime


def client_of(litellm: FakeLitellm, key: str = MASTER_KEY, previous: str | None = None) -> AdminClient:
    return AdminClient(Connection("http://gateway.example", key, previous), litellm.connect)


def test_a_password_for_the_gateways_host_in_a_netrc_does_not_take_the_keys_place(
    litellm: FakeLitellm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine gateway.example login somebody password something\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    assert users.read_all(client_of(litellm)) == {}


@pytest.mark.parametrize(("host", "proxies"), [("gateway.example", {"http": "http://proxy:3128"}), ("127.0.0.1", {})])
def test_proxy_and_certificates_of_the_environment_are_for_what_is_not_this_machine(
    litellm: FakeLitellm, monkeypatch: pytest.MonkeyPatch, host: str, proxies: dict[str, str]
) -> None:
    for name in ("no_proxy", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://proxy:3128")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/ca.pem")
    given: list[Any] = []
    send = litellm.send

    def watched(request: requests.PreparedRequest, **how: Any) -> requests.Response:
        given.append(how)
        return send(request, **how)

    monkeypatch.setattr(litellm, "send", watched)
    users.read_all(AdminClient(Connection(f"http://{host}", MASTER_KEY, None), litellm.connect))
    assert [dict(how["proxies"]) for how in given] == [proxies]
    assert given[0]["verify"] == ("/ca.pem" if proxies else True)


@pytest.mark.parametrize(
    ("planned", "kind"),
    [
        (requests.exceptions.ConnectionError("refused"), errors.NotReachable),
        (requests.exceptions.ReadTimeout("slow"), errors.NotReachable),
        (requests.exceptions.SSLError("self-signed"), errors.NotReachable),
        ((401, {"error": {"message": "no"}}), errors.Unauthorized),
        ((404, {"detail": "no"}), errors.NotFound),
        ((409, {"detail": {"error": "there"}}), errors.AlreadyExists),
        ((400, {"error": {"message": "no"}}), errors.Rejected),
        ((422, {"detail": [{"msg": "no"}]}), errors.Rejected),
        ((429, {"error": {"message": "slower"}}), errors.TooManyRequests),
        ((500, {"error": {"message": "no"}}), errors.ServerFailed),
        ((502, b"<html>bad gateway</html>"), errors.ServerFailed),
        ((200, b"<html>a proxy</html>"), errors.Unintelligible),
        ((200, {"message": "no", "type": "None", "param": "None", "code": "404"}), errors.NotFound),
        ((200, {"no": "list"}), errors.Unintelligible),
        ((200, {"users": [{"user": "without id"}], "total_pages": 1}), errors.Unintelligible),
    ],
)
def test_each_failure_is_one_kind_of_error_with_place_and_remedy(
    litellm: FakeLitellm, planned: Any, kind: type[errors.AdminApiError]
) -> None:
    litellm.before = lambda _call: planned
    with pytest.raises(errors.AdminApiError) as caught:
        users.read_all(client_of(litellm))
    assert type(caught.value) is kind
    assert "GET /user/list" in caught.value.place
    assert caught.value.remedy


def test_what_litellm_echoes_of_a_refused_key_is_not_shown(litellm: FakeLitellm) -> None:
    echo = (
        "Authentication Error, Invalid proxy server token passed. Received API Key = sk-...Lb1Q, Key Hash (Token) =ab12"
    )
    litellm.before = lambda _call: (401, {"error": {"message": echo}})
    with pytest.raises(errors.Unauthorized) as caught:
        users.read_all(client_of(litellm))
    assert caught.value.found == "status 401: Authentication Error, Invalid proxy server token passed"


def test_no_secret_is_in_an_error(litellm: FakeLitellm) -> None:
    litellm.before = lambda _call: (400, {"error": {"message": f"{MASTER_KEY} pa55word sk-other-key refused"}})
    with pytest.raises(errors.Rejected) as caught:
        client_of(litellm).post("/credentials", {"credential_values": {"api_key": "pa55word"}})
    for secret in (MASTER_KEY, "pa55word", "sk-other-key"):
        assert secret not in str(caught.value)
    assert MASTER_KEY not in repr(Connection("http://x", MASTER_KEY, MASTER_KEY))


def test_a_refused_key_is_followed_by_the_previous_one_and_that_is_remembered(litellm: FakeLitellm) -> None:
    litellm.master_keys = ("sk-before",)
    client = client_of(litellm, "sk-new", "sk-before")
    users.read_all(client)
    users.read_all(client)
    assert litellm.calls == ["GET /user/list"] * 3


@pytest.mark.parametrize(
    ("second_page", "kind"),
    [
        ((500, {"error": "stopped"}), errors.ServerFailed),
        (requests.exceptions.ConnectionError("LiteLLM was stopped"), errors.NotReachable),
        (requests.exceptions.ReadTimeout("slow"), errors.NotReachable),
        ((200, b"<html>a proxy</html>"), errors.Unintelligible),
        ((200, {"users": []}), errors.Unintelligible),
        ((401, {"error": {"message": "another key"}}), errors.Unauthorized),
    ],
)
def test_a_failure_between_two_pages_is_never_an_empty_list(
    litellm: FakeLitellm, second_page: Any, kind: type[errors.AdminApiError]
) -> None:
    litellm.users = {str(number): {"user_id": str(number)} for number in range(150)}
    answers = iter([None, second_page])
    litellm.before = lambda _call: next(answers)
    with pytest.raises(kind) as caught:
        users.read_all(client_of(litellm))
    assert (litellm.calls, bool(caught.value.remedy)) == (["GET /user/list"] * 2, True)


def test_every_page_is_read(litellm: FakeLitellm) -> None:
    litellm.users = {str(number): {"user_id": str(number)} for number in range(250)}
    assert len(users.read_all(client_of(litellm))) == 250


def test_deleting_a_model_that_is_gone_is_done(litellm: FakeLitellm) -> None:
    models.delete(client_of(litellm), "gone")


def test_a_delete_that_was_turned_away_for_too_many_requests_is_not_taken_for_done(litellm: FakeLitellm) -> None:
    models.create(client_of(litellm), "m", "m", {"model": "openai/m"}, {})
    litellm.before = lambda call: (429, {"error": {"message": "slower"}}) if call == "POST /model/delete" else None
    with pytest.raises(errors.TooManyRequests):
        models.delete(client_of(litellm), "m")


def test_the_version_is_found_on_both(litellm: FakeLitellm) -> None:
    assert client_of(litellm).differences.version == litellm.version


@pytest.mark.parametrize("version", ["1.81.11", "1.9.99", "0.1", "unknown"])
def test_an_older_version_is_refused(version: str) -> None:
    with pytest.raises(errors.UnsupportedVersion, match=r"1\.81\.12 or newer"):
        differences(version, "place")


@pytest.mark.parametrize(
    ("version", "replaces", "unknown"),
    [("1.81.12", True, False), ("1.95.0", True, False), ("1.109.1", False, False), ("1.110.0", False, True)],
)
def test_a_version_follows_the_rules_of_its_age(version: str, replaces: bool, unknown: bool) -> None:
    found = differences(version, "place")
    assert (found.router_write_replaces, found.unknown) == (replaces, unknown)


def test_readiness_is_the_database_in_the_body_not_the_status(litellm: FakeLitellm) -> None:
    litellm.database = "Not connected"
    assert not health.readiness(client_of(litellm)).ready
    litellm.database = "connected"
    assert health.readiness(client_of(litellm)).ready


def test_waiting_for_readiness_ends_at_the_deadline_with_what_was_seen(litellm: FakeLitellm) -> None:
    litellm.database = "Not connected"
    time = FakeTime()
    with pytest.raises(errors.NotReady, match=r"30 s \(database: Not connected\)"):
        health.wait_until_ready(client_of(litellm), deadline_seconds=30, clock=time.clock)
    assert time.seconds == 1030


def test_waiting_goes_on_while_nothing_listens_and_stops_at_a_wrong_key(litellm: FakeLitellm) -> None:
    answers: Iterator[Any] = iter([requests.exceptions.ConnectionError("refused"), (503, {"db": "no"}), None])
    litellm.before = lambda _call: next(answers)
    health.wait_until_ready(client_of(litellm), deadline_seconds=30, clock=FakeTime().clock)
    litellm.before = lambda _call: (401, {})
    with pytest.raises(errors.Unauthorized):
        health.wait_until_ready(client_of(litellm), deadline_seconds=30, clock=FakeTime().clock)


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({}, "http://127.0.0.1:4000"),
        ({"litellm": {"hostPort": 4010.0}}, "http://127.0.0.1:4010"),
        ({"litellm": {"hostPort": None, "adminUrl": "https://llm.example.com/"}}, "https://llm.example.com"),
    ],
)
def test_the_admin_url_is_the_setting_or_the_host_port(settings: dict[str, Any], url: str) -> None:
    assert admin_url(settings) == url


def test_a_missing_master_key_names_the_command_that_sets_it() -> None:
    with pytest.raises(errors.Unauthorized, match="pulumi config set --secret llmproxy:litellm-master-key"):
        connection_from_config(lambda _key: None)


def test_the_connection_comes_from_the_config() -> None:
    config = {
        "llmproxy:settings": '{"litellm": {"hostPort": 4001, "workers": 2, "replicas": 3}}',
        "llmproxy:litellm-master-key": "sk-new",
        "llmproxy:litellm-master-key-previous": "sk-old",
    }
    assert connection_from_config(config.get) == Connection("http://127.0.0.1:4001", "sk-new", "sk-old", 6)


def test_the_defaults_of_the_raw_settings_are_those_of_the_program() -> None:
    defaults = Litellm()
    assert worker_processes({}) == defaults.workers * defaults.replicas
    assert admin_url({}) == f"http://127.0.0.1:{defaults.host_port}"


@pytest.mark.parametrize("form", ["raw", "escaped"])
def test_masking_hides_a_secret_in_each_form(form: str) -> None:
    secret = 'p"a/ss word'
    text = {"raw": secret, "escaped": "p%22a%2Fss%20word"}[form]
    assert mask(f"x {text} y", [secret]) == "x [secret] y"


TOO_MANY = 429


class Flaky(BaseHTTPRequestHandler):
    """Fails the first call of each method with its status."""

    status = 503
    seen: list[str] = []  # noqa: RUF012  shared on purpose: a handler lives for one connection

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's own name
        pass

    def _answer(self) -> None:
        first = self.command not in self.seen
        self.seen.append(self.command)
        self.send_response(self.status if first else 200)
        if self.status == TOO_MANY:
            self.send_header("Retry-After", "3600")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = _answer  # noqa: N815  http.server's names


@pytest.mark.parametrize("status", [500, 503])
def test_a_read_is_repeated_and_a_write_never_is(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Flaky, "status", status)
    Flaky.seen.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Flaky) as http:
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        client = AdminClient(Connection(f"http://127.0.0.1:{http.server_port}", "sk-x"))
        assert client.get("/x") == {}
        with pytest.raises(errors.ServerFailed):
            client.post("/x", {})
        http.shutdown()
        client.close()
    assert Flaky.seen == ["GET", "GET", "POST"]


def test_a_server_that_asks_for_an_hour_is_asked_again_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = list[float]()
    monkeypatch.setattr(Flaky, "status", TOO_MANY)
    monkeypatch.setattr(urllib3.util.retry, "time", SimpleNamespace(sleep=slept.append, time=time.time))
    Flaky.seen.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Flaky) as http:
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        client = AdminClient(Connection(f"http://127.0.0.1:{http.server_port}", "sk-x"))
        assert client.get("/x") == {}
        http.shutdown()
        client.close()
    assert slept == [LONGEST_WAIT_SECONDS]


class Counting(BaseHTTPRequestHandler):
    """Answers with the number of its connection's port, as a worker answers all that comes over one connection."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's own name
        pass

    def do_GET(self) -> None:  # the base's own name
        body = str(self.client_address[1]).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def test_each_thread_keeps_its_connection_until_it_closes_it() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Counting) as http, ThreadPoolExecutor(1) as other_thread:
        http.daemon_threads = True
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        client = AdminClient(Connection(f"http://127.0.0.1:{http.server_port}", "sk-x"))
        first, others = client.get("/x"), other_thread.submit(client.get, "/x").result()
        assert first != others
        assert client.get("/x") == first
        client.close()
        assert client.get("/x") not in (first, others)
        assert other_thread.submit(client.get, "/x").result() == others
        client.close()
        other_thread.submit(client.close).result()
        http.shutdown()
