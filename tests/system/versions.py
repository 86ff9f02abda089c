"""The versions of LiteLLM that tests run on: both supported ones, or the one server that the environment names.

`LLMPROXY_TEST_ADMIN_URL` and `LLMPROXY_TEST_MASTER_KEY` name a LiteLLM to use, and to empty, in place of both;
`LLMPROXY_TEST_PSQL` holds the words that its database is asked with, up to the query.
"""

from __future__ import annotations

import os

URL, MASTER_KEY, PSQL = "LLMPROXY_TEST_ADMIN_URL", "LLMPROXY_TEST_MASTER_KEY", "LLMPROXY_TEST_PSQL"
GIVEN = "given"
VERSIONS = (GIVEN,) if URL in os.environ else ("1.81.12", "1.109.1")
