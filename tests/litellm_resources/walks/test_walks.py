"""Random walks of a whole stack against a fake LiteLLM of each version.

Random catalogs, edits, edits by hand on the server and faults of the line; after each `up` that succeeds the server
holds what the catalog says, once, what others made is untouched, and a preview finds nothing to do. The walks are the
same in each run; `LLMPROXY_WALKS=1000 LLMPROXY_WALKS_SEED=7` takes more of them, elsewhere.
"""

from __future__ import annotations

import copy
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.litellm_resources.fake_litellm import NEW, OLD
from tests.litellm_resources.walks import by_hand, edits
from tests.litellm_resources.walks.comparing import held, said
from tests.litellm_resources.walks.faults import SEEN, Fault, FaultyLitellm, is_write
from tests.litellm_resources.walks.small_catalog import SmallCatalog
from tests.litellm_resources.walks.tiny_engine import RunFailed, TinyEngine

SHORT, STEPS = 6, 8
LONG, LONG_STEPS = int(os.environ.get("LLMPROXY_WALKS", "15")), 20
SEED = int(os.environ.get("LLMPROXY_WALKS_SEED", "1"))
# The walks are the same in each run: what is found is found again, and nothing is kept beside the tests.
QUIET: dict[str, Any] = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
FAULTS = st.builds(
    Fault, number=st.integers(0, 12), seen=st.sampled_from(sorted(SEEN)), of_writes=st.booleans(), done=st.booleans()
)


class Walk(RuleBasedStateMachine):
    """One stack on one server."""

    version = OLD

    def __init__(self) -> None:
        super().__init__()
        self.server = FaultyLitellm(version=self.version)
        self.engine = TinyEngine(self.server)
        self.catalog = SmallCatalog()
        self.theirs: list[by_hand.Theirs] = []

    @initialize(changes=edits.several(at_least=10))
    def begin(self, changes: list[edits.Edit]) -> None:
        self.edit(changes)

    @rule(changes=edits.several(at_least=3))
    def edit(self, changes: list[edits.Edit]) -> None:
        for change in changes:
            edits.apply(self.catalog, change)
        self.up()

    @rule(changes=edits.several(at_least=3), fault=FAULTS, later=edits.several(at_least=0))
    def edit_on_a_bad_line(self, changes: list[edits.Edit], fault: Fault, later: list[edits.Edit]) -> None:
        for change in changes:
            edits.apply(self.catalog, change)
        self.server.plan(fault)
        try:
            self.engine.up(self.catalog.program())
        except RunFailed:
            self.server.plan(None)
        else:
            self.server.plan(None)
            assert held(self.server, self.catalog) == said(self.catalog)
        # Nothing is typed within the seconds for which a run shows what it has read.
        self.server.time.sleep(60)
        self.edit(later)

    @rule(changes=st.lists(by_hand.CHANGES, min_size=1, max_size=3))
    def change_by_hand(self, changes: list[by_hand.Change]) -> None:
        for change in changes:
            by_hand.apply(self.server, change)
        # Whoever changes an object by hand sees it after LiteLLM's next poll.
        self.server.time.sleep(60)
        self.up()

    @rule(change=by_hand.OTHERS)
    def let_others_make(self, change: by_hand.Theirs) -> None:
        if change not in self.theirs:
            by_hand.make(self.server, change)
            self.theirs.append(change)

    def up(self) -> None:
        before = copy.deepcopy([by_hand.seen(self.server, each) for each in self.theirs])
        self.engine.up(self.catalog.program())
        assert held(self.server, self.catalog) == said(self.catalog)
        assert [by_hand.seen(self.server, each) for each in self.theirs] == before
        self.server.calls.clear()
        assert self.engine.up(self.catalog.program(), preview=True) == []
        assert not [call for call in self.server.calls if is_write(call)]

    def teardown(self) -> None:
        self.up()
        assert self.server.undocumented == []


def walk(version: str, profile: settings) -> None:
    """Takes walks; hypothesis prints the steps of one that fails, as a program."""
    machine = type(f"WalkOn{version.replace('.', '_')}", (Walk,), {"version": version})
    run_state_machine_as_test(seed(SEED)(machine), settings=settings(profile, **QUIET))


@pytest.mark.parametrize("version", [OLD, NEW])
def test_each_up_of_a_short_walk_ends_with_what_the_catalog_says(version: str) -> None:
    walk(version, settings(max_examples=SHORT, stateful_step_count=STEPS, phases=[Phase.generate]))


@pytest.mark.parametrize("version", [OLD, NEW])
def test_each_up_of_a_long_walk_ends_with_what_the_catalog_says(version: str) -> None:
    print(f"LLMPROXY_WALKS={LONG} LLMPROXY_WALKS_SEED={SEED}")
    walk(version, settings(max_examples=LONG, stateful_step_count=LONG_STEPS))
