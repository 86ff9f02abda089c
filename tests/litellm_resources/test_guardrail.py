"""The rules of the Guardrail provider, on both versions."""

from __future__ import annotations

from typing import Any

import pytest

from litellm_resources.guardrail import GuardrailProvider
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import FakeLitellm

SECRET = "sk-marker-of-a-guardrail"
PARAMS = {
    "guardrail": "litellm_content_filter",
    "mode": "pre_call",
    "default_on": True,
    "blocked_words": [{"keyword": "atlantis", "action": "BLOCK"}],
}


def wanted(run: Run, **changes: Any) -> dict[str, Any]:
    props = {
        "__provider": "reference",
        "owner": "llmproxy/dev",
        "guardrail_name": "words",
        "litellm_params": PARAMS,
        "fingerprint_key": "fingerprint-key",
        "api_key": SECRET,
        "adopt": False,
    }
    news = {name: value for name, value in {**props, **changes}.items() if value is not None}
    checked = run.provider(GuardrailProvider).check({"owner": "llmproxy/dev"}, news)
    assert checked.failures == []
    return checked.inputs


def made(run: Run, **changes: Any) -> dict[str, Any]:
    return run.provider(GuardrailProvider).create(wanted(run, **changes)).outs


def updated(server: FakeLitellm, outs: dict[str, Any], **changes: Any) -> dict[str, Any]:
    later = Run(server)
    return later.provider(GuardrailProvider).update("words", outs, wanted(later, **changes)).outs


def is_unchanged(server: FakeLitellm, outs: dict[str, Any], **changes: Any) -> bool:
    later = Run(server)
    read = later.provider(GuardrailProvider).read("words", outs)
    return later.provider(GuardrailProvider).diff("", read.outs, wanted(later, **changes)).changes is False


def test_the_info_holds_marker_and_fingerprint_and_no_secret_and_defaults_are_no_drift(
    litellm: FakeLitellm, run: Run
) -> None:
    outs = made(run)
    row = litellm.guardrails.named("words")
    assert row["litellm_params"] == {**PARAMS, "api_key": SECRET}
    assert row["guardrail_info"]["llmproxy"]["stack"] == "dev"
    assert SECRET not in str(row["guardrail_info"])
    assert is_unchanged(litellm, outs)


@pytest.mark.parametrize(
    "by_hand", [{"default_on": False}, {"mode": "post_call"}, {"blocked_words": []}, {"api_key": None}]
)
def test_each_parameter_changed_by_hand_is_seen_and_healed(
    litellm: FakeLitellm, run: Run, by_hand: dict[str, Any]
) -> None:
    outs = made(run)
    litellm.guardrails.named("words")["litellm_params"].update(by_hand)
    assert not is_unchanged(litellm, outs)
    updated(litellm, outs)
    assert is_unchanged(litellm, outs)


def test_a_parameter_or_key_that_is_taken_away_is_really_gone(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    less: dict[str, Any] = {"litellm_params": {"guardrail": "presidio", "mode": "pre_call"}, "api_key": None}
    changed = updated(litellm, outs, **less)
    assert litellm.guardrails.named("words")["litellm_params"] == less["litellm_params"]
    assert is_unchanged(litellm, changed, **less)


def test_another_key_is_seen_by_its_fingerprint_and_written_in_place(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    assert not is_unchanged(litellm, outs, api_key="sk-another")
    ids = list(litellm.guardrails.rows)
    updated(litellm, outs, api_key="sk-another")
    assert litellm.guardrails.named("words")["litellm_params"]["api_key"] == "sk-another"
    assert list(litellm.guardrails.rows) == ids


def test_one_made_by_hand_is_refused_unless_it_may_be_adopted_and_keeps_what_others_noted(
    litellm: FakeLitellm, run: Run
) -> None:
    litellm.guardrails.by_hand("words", guardrail_info={"team": "data"})
    props = {"owner": "llmproxy/dev", "guardrail_name": "words", "litellm_params": PARAMS, "fingerprint_key": "k"}
    checked = run.provider(GuardrailProvider).check({}, props)
    assert "litellm.adopt" in checked.failures[0].reason
    with pytest.raises(Exception, match=r"litellm\.adopt"):
        run.provider(GuardrailProvider).create(props)
    made(Run(litellm), adopt=True)
    info = litellm.guardrails.named("words")["guardrail_info"]
    assert (info["team"], info["managed_by"]) == ("data", "llmproxy")


def test_a_run_that_was_killed_after_the_write_is_taken_up_and_only_ours_is_deleted(
    litellm: FakeLitellm, run: Run
) -> None:
    outs = made(run)
    made(Run(litellm))
    assert len(litellm.guardrails.rows) == 1
    litellm.guardrails.by_hand("theirs")
    Run(litellm).provider(GuardrailProvider).delete("words", outs)
    Run(litellm).provider(GuardrailProvider).delete("words", outs)
    Run(litellm).provider(GuardrailProvider).delete("theirs", {**outs, "guardrail_name": "theirs"})
    assert [row["guardrail_name"] for row in litellm.guardrails.rows.values()] == ["theirs"]
    assert Run(litellm).provider(GuardrailProvider).read("words", outs).id == ""


def test_a_refusal_of_the_server_shows_no_key(litellm: FakeLitellm, run: Run) -> None:
    litellm.before = lambda call: (400, {"detail": f"bad key {SECRET}"}) if call == "POST /guardrails" else None
    with pytest.raises(Exception, match="bad key") as caught:
        made(run)
    assert SECRET not in str(caught.value)
