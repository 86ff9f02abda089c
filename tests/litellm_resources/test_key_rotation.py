"""A key's rotation, on both versions: two values for a while, then one; and what a kill at any call leaves of it."""

from __future__ import annotations

import pulumi
import pytest

from litellm_resources.key import KeyProvider
from tests.litellm_resources import rotating, test_leftovers
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import FakeLitellm
from tests.litellm_resources.rotating import LIMITS, Program
from tests.litellm_resources.test_key import made, wanted

DAY = 86_400


@pytest.fixture(name="program")
def _program(litellm: FakeLitellm) -> Program:
    return rotating.begun(litellm)


def ends(seconds: float) -> str:
    return f"1970-01-01T{int(seconds) // 3600:02}:{int(seconds) % 3600 // 60:02}:{int(seconds) % 60:02}+00:00"


def test_the_new_value_takes_over_everything_and_the_old_one_works_on_until_its_end(
    program: Program, litellm: FakeLitellm, capsys: pytest.CaptureFixture[str]
) -> None:
    old = dict(program.state)
    provider = Run(litellm).provider(KeyProvider)
    diff = provider.diff("k", old, wanted(limits=LIMITS, rotation=1))
    assert (diff.changes, diff.replaces) == (True, [])
    program.up(rotation=1, grace="4h")
    rows = {row["key_alias"]: row for row in litellm.keys.values()}
    assert {alias: row["token"] for alias, row in rows.items()} == {"k": program.state["token"], "k~old": old["token"]}
    assert program.state["key"] != old["key"]
    same = ("models", "user_id", "max_budget", "rpm_limit", "spend", "allowed_routes", "budget_id")
    assert {name: rows["k"][name] for name in same} == {name: rows["k~old"][name] for name in same}
    assert rows["k"]["spend"] == 1.25
    assert (rows["k"]["expires"], rows["k~old"]["expires"]) == (None, ends(1000 + 4 * 3600))
    logs = f"its SpendLogs stay under its hash {old['token'][:8]}…\n"
    assert capsys.readouterr().err == (
        f"warning: LiteLLM key k: gets a new value; the old one works for another 4h as k~old; {logs}"
        f"warning: LiteLLM key k: has a new value; the old one works until 1970-01-01 04:16 UTC as k~old; {logs}"
    )


def test_nothing_more_happens_in_the_grace_and_after_it_the_old_value_is_shown_and_removed(
    program: Program, litellm: FakeLitellm, capsys: pytest.CaptureFixture[str]
) -> None:
    program.up(rotation=1)
    rows = program.rows()
    capsys.readouterr()
    litellm.time.sleep(DAY - 10)
    assert program.removes() == []
    program.up(rotation=1)
    assert (program.changed, program.rows()) == (False, rows)
    litellm.time.sleep(20)
    assert program.removes() == ["key k~old"]
    program.up(rotation=1)
    assert (program.changed, list(program.rows())) == (False, ["k"])
    assert capsys.readouterr().err == "warning: LiteLLM: removed what was rotated away and past its end: key k~old\n"
    assert program.removes() == []


@pytest.mark.parametrize("grace", ["24h", "0s"])
def test_a_kill_between_any_two_writes_converges_at_the_next_up(litellm: FakeLitellm, grace: str) -> None:
    rotating.assert_converges(litellm, grace)


def test_a_rotation_that_was_killed_and_is_not_wanted_any_more_leaves_the_old_value_alone(litellm: FakeLitellm) -> None:
    rotating.assert_taken_back(litellm)


def test_a_second_rotation_within_the_grace_ends_the_oldest_value_at_once_and_a_preview_says_so(
    program: Program, litellm: FakeLitellm, capsys: pytest.CaptureFixture[str]
) -> None:
    program.up(rotation=1)
    second = program.state["token"]
    litellm.time.sleep(60)
    capsys.readouterr()
    program.up(rotation=2)
    told = "the one before it, which works until 1970-01-02 00:16 UTC, is deleted at once"
    assert told in capsys.readouterr().err
    found = {alias: row.token for alias, row in program.rows().items()}
    assert found == {"k": program.state["token"], "k~old": second}


def test_a_value_that_was_given_up_does_not_come_back(program: Program, litellm: FakeLitellm) -> None:
    program.up(rotation=2)
    (failure,) = Run(litellm).provider(KeyProvider).check(program.state, wanted(rotation=1)).failures
    assert failure.reason == (
        "rotation is 1, but 2 is in force and a value that was given up does not come back; "
        "write 2, or 3 for a new value"
    )


def test_a_key_of_others_with_the_old_name_is_told_at_check_and_stays(program: Program, litellm: FakeLitellm) -> None:
    litellm.keys["t"] = {"token": "t", "key_alias": "k~old", "metadata": {}, "models": []}
    provider = Run(litellm).provider(KeyProvider)
    news = wanted(limits=LIMITS, rotation=1)
    (failure,) = provider.check(program.state, news).failures
    assert "k~old, but a key of others has that alias" in failure.reason
    with pytest.raises(pulumi.RunError, match="of others"):
        provider.update("k", program.state, news)
    assert set(program.rows()) == {"k", "k~old"}


def test_both_values_go_with_the_key(program: Program, litellm: FakeLitellm) -> None:
    program.up(rotation=1)
    Run(litellm).provider(KeyProvider).delete("k", program.state)
    assert (litellm.keys, litellm.budgets) == ({}, {})


def test_an_old_value_whose_key_is_declared_no_more_is_left_over(program: Program, litellm: FakeLitellm) -> None:
    program.up(rotation=1)
    del litellm.keys[program.state["token"]]
    assert test_leftovers.previewed(Run(litellm), {}, {"key": []})["remove"] == ["key k~old"]
    last = test_leftovers.upped(Run(litellm), {}, {"key": []})
    assert (litellm.keys, last["remove"]) == ({}, ["key k~old"])


def test_a_blocked_key_stays_blocked_under_its_new_value(program: Program, litellm: FakeLitellm) -> None:
    litellm.keys[program.state["token"]]["blocked"] = True
    program.up(rotation=1)
    assert program.rows()["k"].blocked is True


def test_a_state_of_before_there_was_a_grace_shows_no_difference(litellm: FakeLitellm, run: Run) -> None:
    outs = {name: value for name, value in made(run).items() if name != "grace"}
    provider = Run(litellm).provider(KeyProvider)
    read = provider.read("k", outs)
    assert read.outs == outs
    assert provider.diff("k", read.outs, wanted(grace="24h")).changes is False
