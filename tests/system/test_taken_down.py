"""`make down` and `make purge` need no gateway: they work when it is dead, and down loses nothing."""

from __future__ import annotations

import pytest

from tests.system.hands import removed, scaled_to_none
from tests.system.installation import Installation, named
from tests.system.outcome import assert_converged

pytestmark = pytest.mark.slow

KEYS = 'select token, created_at, spend from "LiteLLM_VerificationToken" order by token'


def test_down_with_a_dead_gateway_keeps_the_data_and_the_key(spare: Installation) -> None:
    key, keys = spare.output("virtualKey"), spare.sql(KEYS)
    removed("litellm")(spare)

    done = spare.make("down")

    assert "are kept" in done.stdout
    assert named("service", spare.prefix) == []
    assert named("volume", spare.prefix) == [spare.service("db")]

    spare.make("up")

    assert spare.chat("hello", key).status_code == 200
    assert spare.sql(KEYS) == keys
    assert_converged(spare)


def test_purge_with_gateway_and_database_dead_leaves_nothing(spare: Installation) -> None:
    removed("litellm")(spare)
    scaled_to_none("db")(spare)

    spare.make("purge", FORCE="1")

    left = {kind: named(kind, spare.prefix) for kind in ("service", "config", "secret", "network", "volume")}
    assert left == {"service": [], "config": [], "secret": [], "network": [], "volume": []}
    assert not (spare.home / "llmproxy" / "dev").exists()
