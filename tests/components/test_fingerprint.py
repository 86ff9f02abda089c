"""What must not vanish: the rules, and the resources that keep them."""

from __future__ import annotations

from typing import Any

import pytest

from components import fingerprint_rules as rules
from components.database_identity import system_identifier
from components.errors import DataMismatch
from components.fingerprint import (
    DataFingerprint,
    DataFingerprintArgs,
    DataFingerprintProvider,
    FingerprintInputs,
    make_volume,
)
from tests.components.engine import Recorded, drained
from tests.components.swarm import RUNNING, SERVICE, FakeSwarm

LABEL = "llmproxy.volume-token"
PROPS: dict[str, Any] = {
    "docker_host": "tcp://192.0.2.1:1",
    "volume_name": "vol",
    "volume_labels": {"a": "b"},
    "fixed": {"postgres.user": "u"},
    "allow_new_volume": False,
    "allow_new_salt_key": False,
    "volume_setting": "postgres.allowNewVolume",
    "salt_key_setting": "litellm.allowNewSaltKey",
    "salt_fingerprint": "scrypt:old",
}


def refused(**changed: Any) -> list[str]:
    checked = DataFingerprintProvider().check({**PROPS}, {**PROPS, **changed})
    return [failure.reason for failure in checked.failures]


def test_equal_keys_have_equal_fingerprints_and_others_have_others() -> None:
    one = rules.fingerprint("key", owner="p/dev")
    assert one == rules.fingerprint("key", owner="p/dev")
    assert len({one, rules.fingerprint("kez", owner="p/dev"), rules.fingerprint("key", owner="p/prod")}) == 3


def test_the_salt_key_itself_never_leaves_the_program() -> None:
    def registered() -> Recorded:
        args = DataFingerprintArgs(docker_host="unix:///x", salt_key="sk-marker-salt", volume_name="vol")
        return drained(lambda: DataFingerprint("data", args)).one("pulumi-python:dynamic/swarm:DataFingerprint")

    inputs = registered().inputs
    assert "sk-marker" not in str(inputs)
    assert inputs["salt_fingerprint"] == rules.fingerprint("sk-marker-salt", owner="llmproxy/test")


def test_nothing_changed_is_nothing_refused() -> None:
    assert refused() == []


def test_another_salt_key_is_refused_with_the_way_out() -> None:
    (told,) = refused(salt_fingerprint="scrypt:new")
    assert "put the old key back into the stack config, or set litellm.allowNewSaltKey: true" in told
    assert refused(salt_fingerprint="scrypt:new", allow_new_salt_key=True) == []


def test_a_fixed_value_that_changed_is_refused_with_both_values() -> None:
    (told,) = refused(fixed={"postgres.user": "v"})
    assert told.startswith("postgres.user: found 'v', allowed is 'u'")
    assert refused(fixed={"postgres.user": "v"}, allow_new_volume=True) == []


def test_a_value_that_becomes_fixed_later_is_no_change() -> None:
    assert refused(fixed={"postgres.user": "u", "postgres.database": "d"}) == []


def test_the_first_check_compares_nothing() -> None:
    assert DataFingerprintProvider().check({}, PROPS).failures == []


def test_a_teardown_is_never_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMPROXY_TEARDOWN", "1")
    assert refused(salt_fingerprint="scrypt:new") == []
    outs = {**PROPS, "volume_token": "t"}
    assert DataFingerprintProvider().read("x", outs).outs == outs


def test_without_a_volume_no_engine_is_asked() -> None:
    outs = DataFingerprintProvider().create({**PROPS, "volume_name": ""}).outs
    assert outs is not None
    assert outs["volume_token"] == ""
    assert DataFingerprintProvider().read("x", outs).outs == outs


def test_names_of_an_external_database_may_change() -> None:
    external = {**PROPS, "volume_name": ""}
    assert DataFingerprintProvider().check(external, {**external, "fixed": {"postgres.user": "v"}}).failures == []


def test_an_update_keeps_the_token_of_the_volume() -> None:
    outs = DataFingerprintProvider().update("x", {**PROPS, "volume_token": "t"}, PROPS).outs
    assert outs == {**PROPS, "volume_token": "t"}


def swarm(**volumes: dict[str, str]) -> FakeSwarm:
    return FakeSwarm(lambda _: (None, []), volumes=dict(volumes))


def test_the_volume_is_made_with_labels_and_token_at_once() -> None:
    engine = swarm()
    token = make_volume(engine, FingerprintInputs(**PROPS))
    assert engine.volumes == {"vol": {"a": "b", LABEL: token}}


def test_a_volume_that_is_there_before_is_refused_unless_it_is_allowed() -> None:
    with pytest.raises(DataMismatch, match="allowed is none; remove or rename it"):
        make_volume(swarm(vol={}), FingerprintInputs(**PROPS))
    allowed = FingerprintInputs(**{**PROPS, "allow_new_volume": True})
    assert make_volume(swarm(vol={LABEL: "t"}), allowed) == "t"
    assert make_volume(swarm(vol={}), allowed) == ""


@pytest.mark.parametrize(
    ("labels", "problem"),
    [
        ({LABEL: "t"}, None),
        (None, "no volume of that name"),
        ({}, "made anew"),
        ({LABEL: "other"}, "made anew"),
    ],
)
def test_the_volume_must_be_there_and_carry_the_token(labels: dict[str, str] | None, problem: str | None) -> None:
    told = rules.volume_problem("vol", token="t", labels=labels, label=LABEL, setting="s")
    assert (told is None) if problem is None else (problem in str(told))


@pytest.mark.parametrize(
    ("recorded", "found", "wrong"), [("1", "1", False), ("1", "2", True), ("", "2", False), ("1", "", False)]
)
def test_another_database_is_told_and_an_unknown_one_is_not(recorded: str, found: str, wrong: bool) -> None:
    assert (rules.identity_problem("db", recorded=recorded, found=found, setting="s") is not None) is wrong


def test_the_identifier_comes_from_the_running_task_only() -> None:
    engine = FakeSwarm(lambda _: (SERVICE, [RUNNING]), answers={"c1": " 7001\n"})
    assert system_identifier(engine, "s1", ["psql"]) == "7001"
    assert system_identifier(FakeSwarm(lambda _: (SERVICE, [])), "s1", ["psql"]) == ""
