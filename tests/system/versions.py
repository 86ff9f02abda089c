"""The versions of LiteLLM that tests run on: both supported ones, or the one server that the environment names.

`LLMPROXY_TEST_ADMIN_URL` and `LLMPROXY_TEST_MASTER_KEY` name a LiteLLM to use, and to empty, in place of both;
`LLMPROXY_TEST_PSQL` holds the words that its database is asked with, up to the query. Each test with the real CLI takes
seconds, so in `make test-all` every second one runs on the newer version and the others on the older;
`LLMPROXY_TEST_BOTH=1` (`make test-litellm`) takes each on both.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

URL, MASTER_KEY, PSQL = "LLMPROXY_TEST_ADMIN_URL", "LLMPROXY_TEST_MASTER_KEY", "LLMPROXY_TEST_PSQL"
BOTH = "LLMPROXY_TEST_BOTH"
GIVEN = "given"
VERSIONS = (GIVEN,) if URL in os.environ else ("1.81.12", "1.109.1")


def in_turn(node_ids: Iterable[str]) -> set[str]:
    """Of the tests that are there once for each version, one each: of the first the older, of the next the newer."""
    families: dict[str, list[str]] = {}
    for node_id in node_ids:
        families.setdefault(_without_version(node_id), []).append(node_id)
    return {versions[turn % len(versions)] for turn, versions in enumerate(families.values())}


def _without_version(node_id: str) -> str:
    for version in VERSIONS:
        node_id = node_id.replace(version, "(version)")
    return node_id
