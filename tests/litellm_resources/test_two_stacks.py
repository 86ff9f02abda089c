"""Two stacks on one LiteLLM never touch each other's objects, whatever either of them does; on both versions."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import pulumi
import pytest

from litellm_resources.credential import CredentialProvider
from litellm_resources.key import KeyProvider
from litellm_resources.leftovers import LeftoversProvider
from litellm_resources.model import ModelProvider
from litellm_resources.provider import LitellmProvider
from litellm_resources.user import UserProvider
from tests.litellm_resources import test_credential, test_key, test_leftovers, test_model, test_user
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import FakeLitellm

DEV, PROD = "llmproxy/dev", "llmproxy/prod"
Inputs = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A type, the inputs of one object, and one that a second stack would have beside it."""

    provider: type[LitellmProvider]
    wanted: Inputs
    changed: Inputs
    identity: str
    table: str


def kinds(run: Run, name: str, owner: str) -> list[Kind]:
    credential = test_credential.wanted(run, credential_name=f"{name}-openai") | {"owner": owner}
    model = test_model.wanted(owner=owner, identity=f"{name}@c:openai/m", credential_name=None)
    user = test_user.wanted(owner=owner, user_id=name, user_email=f"{name}@example.com")
    key = test_key.wanted(owner=owner, key_alias=name, user_id=None)
    return [
        Kind(CredentialProvider, credential, {"api_base": "http://new/v1"}, "credential_name", "credentials"),
        Kind(ModelProvider, model, {"litellm_params": {"rpm": 1.0}}, "identity", "models"),
        Kind(UserProvider, user, {"user_alias": "New"}, "user_id", "users"),
        Kind(KeyProvider, key, {"limits": {"rpm_limit": 1.0}}, "key_alias", "keys"),
    ]


def of(litellm: FakeLitellm, owner: str) -> dict[str, Any]:
    """All rows of one owner, by table and id."""
    project, _, stack = owner.partition("/")
    held = f"'project': '{project}', 'stack': '{stack}'"
    tables = ("credentials", "models", "users", "keys")
    return {
        f"{table}/{name}": row for table in tables for name, row in getattr(litellm, table).items() if held in str(row)
    }


def test_making_changing_and_removing_in_one_stack_leaves_the_rows_of_the_other(litellm: FakeLitellm) -> None:
    for kind in kinds(Run(litellm), "prod", PROD):
        Run(litellm).provider(kind.provider).create(kind.wanted)
    before = copy.deepcopy(of(litellm, PROD))
    assert len(before) == 4
    for kind in kinds(Run(litellm), "dev", DEV):
        identity = kind.wanted[kind.identity]
        outs = Run(litellm).provider(kind.provider).create(kind.wanted).outs
        outs = Run(litellm).provider(kind.provider).update(identity, outs, {**kind.wanted, **kind.changed}).outs
        read = Run(litellm).provider(kind.provider).read(identity, outs)
        Run(litellm).provider(kind.provider).delete(identity, read.outs)
        assert of(litellm, PROD) == before, kind.table
    assert of(litellm, DEV) == {}


def test_the_leftovers_of_one_stack_are_none_of_the_other(litellm: FakeLitellm) -> None:
    for name, owner in (("prod", PROD), ("dev", DEV)):
        for kind in kinds(Run(litellm), name, owner):
            Run(litellm).provider(kind.provider).create(kind.wanted)
    before = copy.deepcopy(of(litellm, PROD))
    run, news = Run(litellm), test_leftovers.wanted()
    provider = run.provider(LeftoversProvider)
    provider.create(provider.check({}, news).inputs)
    assert of(litellm, DEV) == {}
    assert of(litellm, PROD) == before


@pytest.mark.parametrize("adopt", [False, True])
@pytest.mark.parametrize("number", range(4))
def test_a_name_that_the_other_stack_has_is_refused_before_and_in_the_write_even_where_adoption_is_allowed(
    litellm: FakeLitellm, number: int, adopt: bool
) -> None:
    theirs, ours = kinds(Run(litellm), "x", PROD)[number], kinds(Run(litellm), "x", DEV)[number]
    Run(litellm).provider(theirs.provider).create(theirs.wanted)
    before = copy.deepcopy(of(litellm, PROD))
    news = {**ours.wanted, **ours.changed, "adopt": adopt}
    if ours.provider is ModelProvider:
        # Deployments of one name stand side by side: each stack has its own row.
        Run(litellm).provider(ours.provider).create(news)
        assert len(litellm.models) == 2
    else:
        provider = Run(litellm).provider(ours.provider)
        (failure,) = provider.check({}, news).failures or []
        assert "rename it in" in failure.reason
        with pytest.raises(pulumi.RunError, match="rename it in"):
            Run(litellm).provider(ours.provider).create(news)
    assert of(litellm, PROD) == before
