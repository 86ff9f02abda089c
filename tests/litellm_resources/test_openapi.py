"""The audit of our requests against LiteLLM's own documents: what it finds, and that the fake server asks it."""

from __future__ import annotations

import pytest

from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.connection import Connection
from tests.litellm_resources import openapi
from tests.litellm_resources.fake_litellm import MASTER_KEY, NEW, OLD, FakeLitellm


@pytest.mark.parametrize("version", [OLD, NEW])
@pytest.mark.parametrize(
    ("call", "query", "body", "found"),
    [
        ("GET /user/list", ["page", "page_size"], None, []),
        ("GET /user/list", ["page", "pages"], None, ["GET /user/list: query pages"]),
        ("POST /key/delete", [], {"keys": ["x"]}, []),
        ("POST /key/delete", [], {"key": "x"}, ["POST /key/delete: body key"]),
        ("GET /key/delete", [], None, ["GET /key/delete: no such operation"]),
        ("PATCH /credentials/some-name", [], {"credential_info": {}}, []),
        ("DELETE /credentials/some/name", [], None, ["DELETE /credentials/some/name: no such operation"]),
        ("POST /config/update", [], {"router_settings": {}}, []),
    ],
)
def test_what_a_version_does_not_know_is_named(
    version: str, call: str, query: list[str], body: object, found: list[str]
) -> None:
    assert openapi.unknown(version, call, query, body) == found


def test_what_only_the_newer_version_has_is_unknown_to_the_older() -> None:
    call = "GET /health/readiness/details"
    assert openapi.unknown(NEW, call, [], None) == []
    assert openapi.unknown(OLD, call, [], None) == [f"{call}: no such operation"]


@pytest.mark.parametrize("version", [OLD, NEW])
def test_the_fake_server_keeps_what_it_was_asked_that_there_is_not(version: str) -> None:
    server = FakeLitellm(version=version)
    client = AdminClient(Connection("http://localhost:1", MASTER_KEY, workers=1), server.connect)
    client.get("/user/list", {"page": "1", "page_size": "10", "no_such_parameter": "1"})
    assert server.undocumented == ["GET /user/list: query no_such_parameter"]
