"""`make create-key`: what it makes, on both versions of LiteLLM, is what the original made, or what a catalog makes."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.connection import Connection
from litellm_resources.admin_api.keys import token_of
from litellm_resources.key import KeyProvider
from litellm_resources.ownership import without_marker
from litellm_resources.resolver.document import Layer
from litellm_resources.resolver.resolve import resolve
from litellm_resources.user import UserProvider
from operations import key_creation
from operations.commands import create_key
from operations.errors import OperationsError
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import MASTER_KEY, NEW, OLD, FakeLitellm

ROOT = Path(__file__).parents[2]
VALUE = "sk-a-value-of-ones-own"


@pytest.fixture(params=[OLD, NEW], name="server")
def _server(request: pytest.FixtureRequest) -> FakeLitellm:
    return FakeLitellm(version=request.param)


@pytest.fixture(name="make")
def _make(server: FakeLitellm) -> Callable[..., str]:
    client = AdminClient(Connection("http://localhost:1", MASTER_KEY), server.connect)

    def make(email: str, alias: str | None = None, value: str | None = None) -> str:
        wanted = key_creation.asked_for(email, alias, value)
        key_creation.create(client, wanted)
        assert server.undocumented == []
        return wanted.value

    return make


def test_a_new_user_and_key_are_what_the_original_made(server: FakeLitellm, make: Callable[..., str]) -> None:
    value = make("ann@example.com")
    ((user_id, user),) = server.users.items()
    assert {name: user[name] for name in ("user_email", "user_role", "models", "auto_create_key")} == {
        "user_email": "ann@example.com",
        "user_role": "internal_user_viewer",
        "models": ["General"],
        "auto_create_key": False,
    }
    key = server.keys[token_of(value)]
    found = {name: key[name] for name in ("key_alias", "user_id", "models", "allowed_routes")}
    assert found == {
        "key_alias": "ann",
        "user_id": user_id,
        "models": ["all-team-models"],
        "allowed_routes": ["llm_api_routes"],
    }


def test_a_user_of_that_very_address_is_taken_whatever_other_address_holds_it(
    server: FakeLitellm, make: Callable[..., str]
) -> None:
    for user_id, email in (("joann", "joann@example.com"), ("ann", "Ann@example.com"), ("none", None)):
        server.users[user_id] = {"user_id": user_id, "user_email": email}
    assert make("ann@example.com", "laptop", VALUE) == VALUE
    assert (len(server.users), server.keys[token_of(VALUE)]["user_id"]) == (3, "ann")
    assert server.keys[token_of(VALUE)]["key_alias"] == "laptop"


@pytest.mark.parametrize(
    ("email", "alias", "value", "said"),
    [
        ("ann", None, None, "EMAIL: found 'ann', allowed is NAME@DOMAIN; correct it"),
        ("a@b", None, "pk-0123456789abcdef", "VALUE: found one that does not begin with sk-"),
        ("a@b", None, "sk-short", "VALUE: found 8 characters, allowed are 16 or more"),
        ("a@b", "x~old", None, "ALIAS: found 'x~old', but what ends with ~old is a rotated key"),
        ("a@b", "theirs", None, "ALIAS: 'theirs' is a key in LiteLLM already; nothing was made"),
        ("a@b", None, VALUE, "VALUE: a key in LiteLLM has this value already; nothing was made"),
    ],
)
def test_what_cannot_be_is_one_line_without_the_value_and_nothing_is_made(
    server: FakeLitellm, make: Callable[..., str], email: str, alias: str | None, value: str | None, said: str
) -> None:
    server.keys[token_of(VALUE)] = {"token": token_of(VALUE), "key_alias": "theirs"}
    with pytest.raises(OperationsError, match=re.escape(said)) as error:
        make(email, alias, value)
    assert "\n" not in str(error.value)
    assert value is None or value not in str(error.value)
    assert (server.users, len(server.keys)) == ({}, 1)


def test_a_key_that_litellm_does_not_show_is_an_error(server: FakeLitellm, make: Callable[..., str]) -> None:
    server.before = lambda call: (200, {"key": VALUE}) if call == "POST /key/generate" else None
    with pytest.raises(OperationsError, match="does not show it"):
        make("ann@example.com", None, VALUE)


def test_the_catalogs_example_makes_the_same_rows(server: FakeLitellm, make: Callable[..., str]) -> None:
    text = (ROOT / "catalog" / "README.md").read_text()
    (example,) = re.findall(r"```json\n(.*?\"all-team-models\".*?)```", text, re.DOTALL)
    models = {"access_groups": ["General"], "interfaces": {"openai": {"models": {"m": None}}}}
    document = {"providers": {"p": {**models, "requires_key": False}}, **json.loads(f"{{{example}}}")}
    catalog = resolve(
        [Layer(path="catalog.json", document=document)],
        providers_with_key=frozenset(),
        skip_providers_without_key=False,
    )
    (user,), (key,) = catalog.users, catalog.keys
    value = make(str(user.user_email), key.key_alias)
    by_hand = (server.users.copy().popitem()[1], server.keys.pop(token_of(value)))
    server.users.clear()
    run = Run(server)
    run.provider(UserProvider).create({"owner": "llmproxy/dev", **vars(user), "models": list(user.models)})
    made = {"owner": "llmproxy/dev", "fingerprint_key": "f", **vars(key), "models": list(key.models)}
    run.provider(KeyProvider).create(made)
    as_code = (server.users.copy().popitem()[1], server.keys.copy().popitem()[1])
    assert [_told(row) for row in by_hand] == [_told(row) for row in as_code]


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """A row without ids and marker, and without what says nothing."""
    own = {name: value for name, value in row.items() if name not in ("user_id", "token")}
    own["metadata"] = without_marker(own.get("metadata"))
    return {name: value for name, value in own.items() if value not in (None, {}, [])}


def test_a_value_comes_as_one_line_of_the_standard_input() -> None:
    assert create_key.typed(io.StringIO(f"{VALUE}\nmore\n")) == VALUE
    with pytest.raises(OperationsError, match="nothing came on the standard input"):
        create_key.typed(io.StringIO(""))
