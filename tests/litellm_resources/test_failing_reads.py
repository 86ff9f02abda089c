"""A read that fails is never taken for an object that is gone: a preview is one error, and nothing is written."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
import requests

from litellm_resources.key import KeyProvider
from litellm_resources.model import ModelProvider
from litellm_resources.provider import LitellmProvider
from litellm_resources.user import UserProvider
from tests.litellm_resources import test_key, test_model, test_user
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import FakeLitellm
from tests.litellm_resources.test_provider import each
from tests.litellm_resources.walks.faults import is_write

FAULTS: dict[str, tuple[Any, str]] = {
    "a proxy in between answers HTML": ((200, b"<html>Welcome</html>"), "leads to LiteLLM itself"),
    "a gateway in front fails": ((502, b"<html>Bad Gateway</html>"), "status 502"),
    "the certificate is not trusted": (requests.exceptions.SSLError("self-signed"), "TLS certificate is not trusted"),
    "the connection breaks off": (requests.exceptions.ConnectionError("reset"), "no connection"),
    "no answer in time": (requests.exceptions.ReadTimeout("slow"), "no answer in time"),
    "the master key is another": ((401, {"error": {"message": "no"}}), "llmproxy:litellm-master-key"),
    "too many requests": ((429, {"error": {"message": "slower"}}), "wait a minute"),
    "an error in a 200": ((200, {"message": "no", "type": "None", "param": "None", "code": "500"}), "status 500"),
    "another program's JSON": ((200, {"hello": "world"}), "this version of LiteLLM|leads to LiteLLM itself"),
}
PAGED: list[tuple[type[LitellmProvider], dict[str, Any], str]] = [
    (UserProvider, test_user.wanted(), "GET /user/list"),
    (KeyProvider, test_key.wanted(), "GET /key/list"),
]


@pytest.mark.parametrize("fault", FAULTS)
@each
def test_a_preview_whose_reads_fail_is_one_error_and_takes_nothing_for_gone(
    litellm: FakeLitellm, run: Run, kind: type[LitellmProvider], props: dict[str, Any], fault: str
) -> None:
    outs = run.provider(kind).create(props).outs
    litellm.calls.clear()
    planned, told = FAULTS[fault]
    litellm.before = lambda _call: planned
    later = Run(litellm).provider(kind)
    with pytest.raises(pulumi.RunError, match=told):
        later.read("id", outs)
    assert later.read("id", outs).id == "id", "told once; the state stays as it was"
    assert not any(map(is_write, litellm.calls))


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("kind", "props", "call"), PAGED)
def test_a_list_that_fails_after_its_first_page_is_an_error_and_takes_nothing_for_gone(
    litellm: FakeLitellm, run: Run, kind: type[LitellmProvider], props: dict[str, Any], call: str, fault: str
) -> None:
    for number in range(150):
        litellm.users[str(number)] = {"user_id": str(number)}
        litellm.keys[str(number)] = {"token": str(number), "key_alias": str(number)}
    outs = run.provider(kind).create(props).outs
    pages = iter([None, FAULTS[fault][0]])
    litellm.before = lambda asked: next(pages) if asked == call else None
    with pytest.raises(pulumi.RunError, match=FAULTS[fault][1]):
        Run(litellm).provider(kind).read("id", outs)


def test_a_list_of_models_that_fails_at_check_makes_none(litellm: FakeLitellm, run: Run) -> None:
    litellm.before = lambda _call: (200, b"<html>Welcome</html>")
    with pytest.raises(pulumi.RunError, match="leads to LiteLLM itself"):
        run.provider(ModelProvider).check({}, test_model.wanted())
    assert litellm.models == {}
