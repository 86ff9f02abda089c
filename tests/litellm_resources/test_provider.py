"""The rules that all providers share: one error, one list call, no network in a teardown, nothing unexpected told."""

from __future__ import annotations

import inspect
import threading
from pathlib import Path
from typing import Any

import pulumi
import pytest
import requests
from pulumi.dynamic import ConfigureRequest
from pulumi.dynamic.config import Config
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError

from litellm_resources.credential import CredentialProvider
from litellm_resources.key import KeyProvider
from litellm_resources.model import ModelProvider
from litellm_resources.provider import LitellmProvider
from litellm_resources.router_settings import RouterSettingsProvider
from litellm_resources.user import UserProvider
from tests.litellm_resources import test_key, test_model, test_router_settings, test_user
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import MASTER_KEY, FakeLitellm

CREDENTIAL = {"owner": "llmproxy/dev", "credential_name": "p", "fingerprint_key": "f", "api_base": "http://p"}
EACH: list[tuple[type[LitellmProvider], dict[str, Any]]] = [
    (CredentialProvider, {**CREDENTIAL, "api_key_fingerprint": "(no key)", "other_values": []}),
    (ModelProvider, test_model.wanted()),
    (RouterSettingsProvider, test_router_settings.wanted()),
    (UserProvider, test_user.wanted()),
    (KeyProvider, test_key.wanted()),
]
each = pytest.mark.parametrize(("kind", "props"), EACH)


def refused(_call: str) -> Exception:
    """What requests raises when nothing listens."""
    pool = HTTPConnectionPool("gateway.example")
    cause = NewConnectionError(HTTPConnection("gateway.example"), "refused")
    return requests.exceptions.ConnectionError(MaxRetryError(pool, "/", cause))


def broken(_call: str) -> Exception:
    return requests.exceptions.ConnectionError("connection reset")


@each
def test_a_teardown_asks_no_server_and_deletes_nothing(
    litellm: FakeLitellm,
    run: Run,
    kind: type[LitellmProvider],
    props: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outs = run.provider(kind).create(props).outs
    litellm.calls.clear()
    monkeypatch.setenv("LLMPROXY_TEARDOWN", "1")
    provider = run.provider(kind, connected=False)
    assert provider.read("id", outs).outs == outs
    assert provider.check({}, props).failures == []
    provider.delete("id", outs)
    assert litellm.calls == []


@each
def test_a_lone_teardown_switch_of_another_value_is_none(
    litellm: FakeLitellm,
    run: Run,
    kind: type[LitellmProvider],
    props: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outs = run.provider(kind).create(props).outs
    litellm.calls.clear()
    monkeypatch.setenv("LLMPROXY_TEARDOWN", "0")
    Run(litellm).provider(kind).read("id", outs)
    assert litellm.calls


def test_the_first_failing_read_of_a_run_speaks_and_the_others_give_the_last_state(
    litellm: FakeLitellm, run: Run
) -> None:
    outs = {kind: run.provider(kind).create(props).outs for kind, props in EACH}
    litellm.before = refused
    later = Run(litellm)
    told = []
    for kind, props in outs.items():
        try:
            assert later.provider(kind).read("id", props).outs == props
        except pulumi.RunError as error:
            told.append(str(error))
    assert len(told) == 1
    assert "no connection" in told[0]


def test_a_read_that_fails_for_want_of_the_database_says_so_and_the_way_out(litellm: FakeLitellm, run: Run) -> None:
    outs = run.provider(ModelProvider).create(test_model.wanted()).outs
    litellm.database = "Not connected"
    litellm.before = lambda call: None if "readiness" in call else (500, b"Internal Server Error")
    later = Run(litellm)
    with pytest.raises(pulumi.RunError, match=r"not ready \(database: Not connected\); bring it back \(make up\)"):
        later.provider(ModelProvider).read("id", outs)


def test_a_read_that_fails_inside_a_ready_gateway_is_told_as_it_is(litellm: FakeLitellm, run: Run) -> None:
    outs = run.provider(ModelProvider).create(test_model.wanted()).outs
    litellm.before = lambda call: None if "readiness" in call else (500, b"Internal Server Error")
    later = Run(litellm)
    with pytest.raises(pulumi.RunError, match=r"status 500: .*; if its database is down, make up"):
        later.provider(ModelProvider).read("id", outs)


def test_a_hundred_models_are_read_with_one_list_call(litellm: FakeLitellm, run: Run) -> None:
    names = [f"m{number}" for number in range(100)]
    outs = [
        run.provider(ModelProvider).create(test_model.wanted(identity=name, model_name=name)).outs for name in names
    ]
    litellm.calls.clear()
    later = Run(litellm)
    threads = [threading.Thread(target=later.provider(ModelProvider).read, args=("id", props)) for props in outs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert litellm.calls == ["GET /v2/model/info"]


def test_creating_many_models_reads_the_list_once(litellm: FakeLitellm, run: Run) -> None:
    for number in range(10):
        run.provider(ModelProvider).create(test_model.wanted(identity=f"m{number}"))
    assert litellm.calls.count("GET /v2/model/info") == 1


@each
def test_no_gateway_yet_is_told_once_and_the_preview_goes_on(
    litellm: FakeLitellm,
    run: Run,
    kind: type[LitellmProvider],
    props: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    litellm.before = refused
    for _ in range(2):
        assert run.provider(kind).check({}, props).failures == []
    assert capsys.readouterr().err.count("does not run yet") == 1


@each
def test_what_a_preview_calls_a_create_and_is_ours_already_is_said_to_be_taken_over(
    litellm: FakeLitellm,
    run: Run,
    kind: type[LitellmProvider],
    props: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    run.provider(kind).check({}, props)
    outs = run.provider(kind).create(props).outs
    Run(litellm).provider(kind).check(outs, props)
    assert "taken over" not in capsys.readouterr().err
    later = Run(litellm).provider(kind)
    for _ in range(2):
        assert later.check({}, props).failures == []
    (line,) = capsys.readouterr().err.splitlines()
    assert "in LiteLLM already, will be taken over" in line


def test_a_gateway_that_refuses_us_is_an_error_at_check_once(litellm: FakeLitellm, run: Run) -> None:
    litellm.master_keys = ()
    with pytest.raises(pulumi.RunError, match="litellm-master-key"):
        run.provider(ModelProvider).check({}, test_model.wanted())
    assert run.provider(UserProvider).check({}, test_user.wanted()).failures == []


def test_a_gateway_that_breaks_off_is_an_error_at_check_and_not_taken_for_absent(
    litellm: FakeLitellm, run: Run
) -> None:
    litellm.before = broken
    with pytest.raises(pulumi.RunError, match="no connection"):
        run.provider(ModelProvider).check({}, test_model.wanted())


def test_a_gateway_that_starts_between_check_and_create_is_written_to(litellm: FakeLitellm, run: Run) -> None:
    litellm.before = refused
    assert run.provider(ModelProvider).check({}, test_model.wanted()).failures == []
    litellm.before = lambda _call: None
    run.provider(ModelProvider).create(test_model.wanted())
    assert len(litellm.models) == 1


def test_nothing_is_written_before_the_database_is_connected(litellm: FakeLitellm, run: Run) -> None:
    litellm.database = "Not connected"
    with pytest.raises(pulumi.RunError, match="not ready after"):
        run.provider(ModelProvider).create(test_model.wanted())
    assert litellm.models == {}


@each
def test_an_unexpected_fault_is_told_without_its_text(
    litellm: FakeLitellm,
    run: Run,
    kind: type[LitellmProvider],
    props: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    litellm.before = lambda _call: ZeroDivisionError("sk-secret-in-a-fault")
    monkeypatch.setenv("LLMPROXY_HOME", str(tmp_path))
    with pytest.raises(pulumi.RunError) as caught:
        run.provider(kind).create(props)
    assert "sk-secret-in-a-fault" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv("LLMPROXY_DEBUG", "1")
    with pytest.raises(pulumi.RunError, match=r"litellm-provider\.log"):
        run.provider(kind).create(props)
    (log,) = tmp_path.iterdir()
    assert log.stat().st_mode & 0o777 == 0o600
    assert "ZeroDivisionError" in log.read_text()


def test_configure_takes_the_connection_from_the_stack_config() -> None:
    provider = ModelProvider()
    raw = {"llmproxy:litellm-master-key": MASTER_KEY, "llmproxy:settings": '{"litellm": {"hostPort": 4005}}'}
    provider.configure(ConfigureRequest(Config(raw, "llmproxy")))
    assert provider.connection is not None
    assert provider.connection.url == "http://127.0.0.1:4005"


def test_a_missing_master_key_is_told_when_the_gateway_is_needed(run: Run) -> None:
    provider = ModelProvider()
    provider.configure(ConfigureRequest(Config({}, "llmproxy")))
    with pytest.raises(pulumi.RunError, match="pulumi config set --secret"):
        provider.create(test_model.wanted())


@each
def test_a_provider_holds_no_state_and_keeps_its_place(kind: type[LitellmProvider], props: dict[str, Any]) -> None:
    assert vars(kind()) == {}
    assert kind.serialize_as_secret_always is False
    module = inspect.getmodule(kind)
    assert module is not None
    names = {"router_settings": "RouterSettings"}
    short = module.__name__.rpartition(".")[2]
    assert kind.__qualname__ == f"{names.get(short, short.capitalize())}Provider"


@each
def test_a_newer_unknown_version_works_and_says_so(
    run: Run,
    litellm: FakeLitellm,
    kind: type[LitellmProvider],
    props: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    litellm.version = "1.200.0"
    run.provider(kind).create(props)
    assert "1.200.0 is newer" in capsys.readouterr().err


def test_an_older_version_is_refused_before_anything_is_written(litellm: FakeLitellm, run: Run) -> None:
    litellm.before = lambda call: (200, {"db": "connected", "litellm_version": "1.80.0"}) if "health" in call else None
    with pytest.raises(pulumi.RunError, match="or newer"):
        run.provider(ModelProvider).create(test_model.wanted())
    assert litellm.models == {}
