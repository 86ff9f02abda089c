"""Those who ask the whole installation through Traefik while something changes, in the ways that go wrong first.

Takes the full profile's installation; gives requests for `steadily`: a plain answer, a stream to its end, and a key
that the gateway has never seen, for which it has to ask its database.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count

import requests

from tests.system.full_profile import HOSTS, Full

# Few at a time: each `up` looks through all keys for those that this program has left.
KEYS_AT_A_TIME = 100
REMOVE_KEYS = "delete from \"LiteLLM_VerificationToken\" where key_name = 'unseen'"
# As LiteLLM keeps a key: by its SHA-256. All else is as in the users' key, except that it is not this program's.
ADD_KEYS = """
insert into "LiteLLM_VerificationToken"
select (jsonb_populate_record(known, jsonb_build_object(
  'token', encode(sha256(('{prefix}' || n)::bytea), 'hex'), 'key_name', 'unseen', 'key_alias', null,
  'metadata', '{{}}'::jsonb))).*
from "LiteLLM_VerificationToken" as known, generate_series({first}, {last}) as n
where known.token = encode(sha256('{key}'::bytea), 'hex')
"""
STREAM_END = "data: [DONE]"


def asks(full: Full) -> Iterator[Callable[[], str | None]]:
    """Requests without end, each of which gives why it failed, or None."""
    full.made.sql(REMOVE_KEYS)
    unseen = _unseen_keys(full)
    while True:
        yield partial(_failure, full, "mock-small", next(unseen))
        yield partial(_failure, full, "by-openai", full.key, stream=True)
        yield partial(_failure, full, "gpt-proxied", next(unseen))
        yield partial(_failure, full, "mock-small", full.key, stream=True)


def _unseen_keys(full: Full) -> Iterator[str]:
    prefix = f"sk-{uuid.uuid4().hex}-"
    for first in count(step=KEYS_AT_A_TIME):
        last = first + KEYS_AT_A_TIME - 1
        full.made.sql(ADD_KEYS.format(prefix=prefix, first=first, last=last, key=full.key))
        yield from (f"{prefix}{n}" for n in range(first, last + 1))


def _failure(full: Full, model: str, key: str, *, stream: bool = False) -> str | None:
    question = {"model": model, "max_tokens": 5, "messages": [{"role": "user", "content": "hello"}], "stream": stream}
    headers = {"authorization": f"Bearer {key}"}
    try:
        answer = full.doors.ask("POST", HOSTS["litellm"], "/v1/chat/completions", json=question, headers=headers)
    except requests.RequestException as error:
        return f"{model}: {error}"
    if not answer.ok:
        return f"{model}: {answer.status_code} {answer.text}"
    return f"{model}: the stream broke off" if stream and STREAM_END not in answer.text else None
