"""A random walk of a whole program: the real CLI on a real LiteLLM of each version, over a bad line.

Each step edits the program, now and then by hand on the server too, brings it up while one write meets a fault, then
brings it up again: LiteLLM then holds what the program says, once, what others made is there, and a preview is empty.
The same in each run; `LLMPROXY_WALKS_SEED=7 LLMPROXY_WALKS_STEPS=50` walks elsewhere. Each step is printed.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.system.counting_proxy import Answer, BrokenOff, CountingProxy
from tests.system.installation import CommandFailed, until
from tests.system.litellm_stack import Server, Stack
from tests.system.real_litellm import RealLitellms
from tests.system.versions import VERSIONS

SEED = int(os.environ.get("LLMPROXY_WALKS_SEED", "1"))
STEPS = int(os.environ.get("LLMPROXY_WALKS_STEPS", "10"))
MODELS, NAMES, USERS, KEYS = ("m1", "m2", "m3", "m4"), ("gpt", "claude"), ("u1", "u2"), ("k1", "k2")
THEIRS = {"model_name": "theirs", "litellm_params": {"model": "openai/theirs"}, "model_info": {"id": "theirs"}}
READS = ("POST /v2/key/info",)
SLOW_SECONDS = 3
POLL_SECONDS = 45
Fault = Callable[[str], Answer | None]


def cut(_call: str) -> Answer | None:
    raise BrokenOff


def slow(_call: str) -> Answer | None:
    time.sleep(SLOW_SECONDS)
    return None


def busy(_call: str) -> Answer | None:
    return Answer(429, b'{"error": {"message": "Too many requests"}}', (("retry-after", "1"),))


def failed(_call: str) -> Answer | None:
    return Answer(500, b"Internal Server Error")


def failed_with_200(_call: str) -> Answer | None:
    return Answer(200, b'{"message": "failed", "type": "internal_error", "param": "None", "code": "500"}')


# Each before the server sees the write, or after it has done it.
FAULTS = (cut, slow, busy, failed, failed_with_200)


@pytest.fixture(name="server", params=VERSIONS)
def _server(request: pytest.FixtureRequest, real_litellms: RealLitellms) -> Server:
    return real_litellms.shared(request.param)


@pytest.fixture(name="proxy")
def _proxy(server: Server) -> Iterator[CountingProxy]:
    proxy = CountingProxy(server)
    yield proxy
    proxy.close()


def test_each_up_of_a_random_walk_ends_with_what_the_program_says(
    server: Server, proxy: CountingProxy, tmp_path: Path
) -> None:
    random = Random(SEED)  # noqa: S311  a walk, no secret
    stack = Stack(tmp_path, proxy.url, server.master_key).prepare()
    server.call("POST", "/model/new", THEIRS)
    plans = random.sample([(fault, when) for fault in FAULTS for when in ("before", "after")], 2 * len(FAULTS))
    for step in range(STEPS):
        wanted = program(random)
        stack.wants(wanted)
        by_hand = changed_by_hand(server, random)
        number, (fault, when) = random.randrange(6), plans[step % len(plans)]
        print(f"seed {SEED}, step {step}: {by_hand}; {fault.__name__} {when} write {number}; {json.dumps(wanted)}")
        setattr(proxy, when, at_write(number, fault))
        stack.up(ok=None)
        proxy.before = proxy.after = lambda _call: None
        stack.up()
        # 1.81.12's poll, every 30 s, puts a model that is deleted meanwhile back into its memory, until the next poll.
        with suppress(CommandFailed):
            until(partial(holds, server, wanted), seconds=POLL_SECONDS)
        assert held(server) == said(wanted)
        assert stack.is_unchanged()


def program(random: Random) -> dict[str, Any]:
    """Objects for `litellm_program`, some of those that there may be."""
    models = [
        {
            "identity": identity,
            "model_name": random.choice(NAMES),
            "upstream_model": "openai/gpt",
            "credential_name": "c",
            "litellm_params": {"rpm": random.choice([5, 100])} if random.random() < 0.7 else {},
        }
        for identity in some(random, MODELS)
    ]
    aliases = {alias: random.choice(NAMES) for alias in some(random, ("fast", "good"))}
    fallbacks = [{name: ["m-x"]} for name in some(random, NAMES)]
    users = [
        {
            "user_id": name,
            "user_role": "internal_user",
            "models": ["General"],
            "limits": {"tpm_limit": random.choice([7, 8])},
        }
        for name in some(random, USERS)
    ]
    owners = [None, *(user["user_id"] for user in users)]
    keys = [
        {
            "key_alias": name,
            "models": ["General"],
            "user_id": random.choice(owners),
            "limits": {"rpm_limit": random.choice([7, 8])},
        }
        for name in some(random, KEYS)
    ]
    return {
        "credentials": [{"credential_name": "c", "api_base": "http://127.0.0.1:9/v1"}],
        "models": models,
        "router_settings": [{"model_group_alias": aliases, "fallbacks": fallbacks}],
        "users": users,
        "keys": keys,
    }


def some(random: Random, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if random.random() < 0.6]


def changed_by_hand(server: Server, random: Random) -> str:
    """Deletes an object, or takes all aliases away; says what."""
    rows, keys = server.rows(), server.call("GET", "/key/list?size=100")["keys"]
    what = random.choice(["nothing", "a model", "a key", "the aliases"])
    if what == "a model" and rows:
        server.call("POST", "/model/delete", {"id": random.choice(rows)["model_info"]["id"]})
    elif what == "a key" and keys:
        server.call("POST", "/key/delete", {"keys": [random.choice(keys)]})
    elif what == "the aliases":
        server.call("POST", "/config/update", {"router_settings": {"model_group_alias": {}}})
    return f"{what} by hand"


def at_write(number: int, fault: Fault) -> Fault:
    """A plan for the proxy: the write of this number, counted from 0, meets the fault."""
    writes = count()

    def plan(call: str) -> Answer | None:
        if call.startswith("GET") or call in READS or next(writes) != number:
            return None
        return fault(call)

    return plan


def holds(server: Server, wanted: dict[str, Any]) -> bool:
    return held(server) == said(wanted)


def held(server: Server) -> dict[str, Any]:
    """What LiteLLM holds, in the words of `said`; what is there twice is in a list twice."""
    listed = server.call("GET", "/v2/model/info?size=1000")["data"]
    models = [
        [row["model_info"].get("llmproxy", {}).get("identity"), row["model_name"], row["litellm_params"].get("rpm")]
        for row in listed
    ]
    values = server.call("GET", "/router/settings")["current_values"]
    users = server.call("GET", "/user/list?page_size=100")["users"]
    keys = server.call("GET", "/key/list?size=100&return_full_object=true")["keys"]
    return {
        "models": sorted(models, key=str),
        "aliases": values["model_group_alias"],
        "fallbacks": sorted(values["fallbacks"] or [], key=str),
        "users": sorted([user["user_id"], user["tpm_limit"]] for user in users),
        "keys": sorted([key["key_alias"], key["user_id"], key["rpm_limit"]] for key in keys),
    }


def said(wanted: dict[str, Any]) -> dict[str, Any]:
    """What the program says, and the model of others."""
    models = [[each["identity"], each["model_name"], each["litellm_params"].get("rpm")] for each in wanted["models"]]
    (router,) = wanted["router_settings"]
    return {
        "models": sorted([*models, [None, "theirs", None]], key=str),
        "aliases": router["model_group_alias"],
        "fallbacks": sorted(router["fallbacks"], key=str),
        "users": sorted([each["user_id"], each["limits"]["tpm_limit"]] for each in wanted["users"]),
        "keys": sorted([each["key_alias"], each["user_id"], each["limits"]["rpm_limit"]] for each in wanted["keys"]),
    }
