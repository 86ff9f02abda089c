"""`make down` and `make purge` ask no gateway: they work when it is dead in every way, and down loses nothing.

All ways at once, as none of them may be met at all; one by one each is followed by preview and up in
test_gateway_down.py and test_lost_data.py.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from tests.system import stack_file
from tests.system.hands import removed, volume_removed
from tests.system.installation import Installation, free_port, named
from tests.system.outcome import assert_converged
from tests.system.stack_file import MASTER_KEY

KEYS = 'select token, created_at, spend from "LiteLLM_VerificationToken" order by token'
KINDS = ("service", "config", "secret", "network", "volume")


def test_down_with_a_dead_gateway_keeps_the_data_and_the_key(spare: Installation) -> None:
    key, keys = spare.output("virtualKey"), spare.sql(KEYS)
    with _dead_in_every_way(spare):
        done = spare.make("down")

    assert "are kept" in done.stdout
    assert named("service", spare.prefix) == []
    assert named("volume", spare.prefix) == [spare.service("db")]

    spare.make("up")

    assert spare.chat("hello", key).status_code == 200
    assert spare.sql(KEYS) == keys
    assert_converged(spare)


def test_purge_with_a_dead_gateway_and_its_data_gone_leaves_nothing(spare: Installation) -> None:
    volume_removed(spare)
    with _dead_in_every_way(spare):
        spare.make("purge", FORCE="1")

        assert {kind: named(kind, spare.prefix) for kind in KINDS} == {kind: [] for kind in KINDS}
        assert not (spare.home / "llmproxy" / "dev").exists()


@contextmanager
def _dead_in_every_way(spare: Installation) -> Iterator[None]:
    """Both services are gone, the address leads nowhere, and the master key was changed without its previous one."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    with stack_file.setting(spare, "litellm.adminUrl", nowhere):
        spare.pulumi("config", "set", "--secret", MASTER_KEY, given=f"sk-{secrets.token_urlsafe(32)}")
        removed("litellm")(spare)
        removed("db")(spare)
        yield
