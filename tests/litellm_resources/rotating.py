"""A program of one key that is rotated, and killed after each of its writes in turn.

Takes a server: the fake one here, real ones in tests/system/test_litellm_rotation.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pulumi
import requests

from litellm_resources.admin_api import keys
from litellm_resources.admin_api.keys import KeyRow
from litellm_resources.key import KeyProvider
from tests.litellm_resources import test_leftovers
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import FakeLitellm
from tests.litellm_resources.test_key import wanted

LIMITS = {"max_budget": 5, "rpm_limit": 100, "soft_budget": 2}
SPENT = 1.25


@dataclass
class Program:
    """A program of one key, as Pulumi drives it: refresh, check, then create, update or nothing; the leftovers last."""

    litellm: FakeLitellm
    state: dict[str, Any] = field(default_factory=dict)
    declared: dict[str, Any] = field(default_factory=dict)
    changed: bool = False

    def up(self, **changes: Any) -> None:
        run, news = Run(self.litellm), wanted(limits=LIMITS, **changes)
        provider = run.provider(KeyProvider)
        if self.state:
            read = provider.read("k", self.state)
            self.state = read.outs if read.id else {}
        # Pulumi gives `check` the inputs of the state, which hold no outputs.
        checked = provider.check({name: self.state[name] for name in self.state if name in news}, news)
        assert checked.failures == []
        self.changed = not self.state or bool(provider.diff("k", self.state, checked.inputs).changes)
        if not self.state:
            self.state = provider.create(checked.inputs).outs
        elif self.changed:
            self.state = provider.update("k", self.state, checked.inputs).outs
        self.sweep(run)

    def sweep(self, run: Run) -> None:
        self.declared = test_leftovers.upped(run, self.declared, {"key": ["k"]})

    def removes(self) -> list[str]:
        """What a preview shows as to be removed."""
        return list(test_leftovers.previewed(Run(self.litellm), self.declared, {"key": ["k"]})["remove"])

    def rows(self) -> dict[str, KeyRow]:
        """The keys by their aliases."""
        return {str(row.key_alias): row for row in Run(self.litellm).session.keys.rows().values()}


def killed(litellm: FakeLitellm, program: Program, writes: int, **changes: Any) -> bool:
    """An `up` whose provider process is killed after so many writes; says whether it came so far."""
    left = writes

    def cut(call: str) -> requests.ConnectionError | None:
        nonlocal left
        if left == 0:
            return requests.ConnectionError("killed")
        left -= call.startswith("POST") and call != "POST /v2/key/info"
        return None

    litellm.before = cut
    try:
        # The state of a run that was killed is the one of before, whatever the refresh saw.
        Program(litellm, dict(program.state), dict(program.declared)).up(**changes)
    except (pulumi.RunError, AssertionError):
        return True
    finally:
        litellm.before = lambda _call: None
    return False


def begun(litellm: FakeLitellm) -> Program:
    """A program with its key, which has spent something, on an empty server."""
    litellm.clear()
    program = Program(litellm)
    program.up()
    keys.change(Run(litellm).session.client, program.state["token"], {"spend": SPENT})
    return program


def assert_converges(litellm: FakeLitellm, grace: str) -> None:
    """Killed after each write in turn, the next `up` ends what was begun; nothing is there twice."""
    writes, was_killed = 0, True
    while was_killed:
        program = begun(litellm)
        old = dict(program.state)
        was_killed = killed(litellm, program, writes, rotation=1, grace=grace)
        kept = {row.token for row in program.rows().values()}
        assert old["token"] in kept or grace == "0s", "the old value is lost"
        program.up(rotation=1, grace=grace)
        rows = program.rows()
        assert set(rows) == ({"k", "k~old"} if grace != "0s" else {"k"})
        assert rows["k"].token == program.state["token"] != old["token"]
        assert (rows["k"].spend, rows["k"].expires) == (SPENT, None)
        if grace != "0s":
            assert (rows["k~old"].token, rows["k~old"].expires is None) == (old["token"], False)
        program.up(rotation=1, grace=grace)
        assert (program.changed, program.rows(), program.removes()) == (False, rows, [])
        writes += 1
    assert writes > 4


def assert_taken_back(litellm: FakeLitellm) -> None:
    """Killed after each write in turn, a rotation that is not wanted any more leaves the old value as it was."""
    writes, was_killed = 0, True
    while was_killed:
        program = begun(litellm)
        old = dict(program.state)
        was_killed = killed(litellm, program, writes, rotation=1)
        if was_killed:
            program.up()
            rows = program.rows()
            assert {alias: (row.token, row.expires) for alias, row in rows.items()} == {"k": (old["token"], None)}
            assert program.state == old
            program.up()
            assert (program.changed, program.rows(), program.removes()) == (False, rows, [])
        writes += 1
