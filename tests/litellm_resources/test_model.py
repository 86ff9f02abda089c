"""The rules of the Model provider, on both versions."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi.runtime import rpc

from litellm_resources.model import ModelProvider
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import FakeLitellm

OWNER = "llmproxy/dev"


def wanted(**changes: Any) -> dict[str, Any]:
    props = {
        "__provider": "reference",
        "owner": OWNER,
        "identity": "m@c:openai/m",
        "model_name": "m",
        "upstream_model": "openai/m",
        "credential_name": "c",
        "litellm_params": {"rpm": 100.0, "input_cost_per_token": 0.001},
        "model_info": {"access_groups": ["General"]},
        "leftover_rows": [],
        "adopt": False,
    }
    return {**props, **changes}


def made(run: Run, **changes: Any) -> dict[str, Any]:
    return run.provider(ModelProvider).create(wanted(**changes)).outs


def test_create_makes_one_marked_row_and_the_identity_is_the_id(litellm: FakeLitellm, run: Run) -> None:
    created = run.provider(ModelProvider).create(wanted())
    assert created.id == "m@c:openai/m"
    (row,) = litellm.models.values()
    assert row["model_info"]["id"] == created.outs["row_id"]
    assert row["model_info"]["llmproxy"] == {"project": "llmproxy", "stack": "dev", "identity": "m@c:openai/m"}
    assert row["litellm_params"] == {
        "rpm": 100,
        "input_cost_per_token": 0.001,
        "model": "openai/m",
        "litellm_credential_name": "c",
    }


def test_what_the_server_adds_and_numbers_as_text_are_no_drift(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    read = Run(litellm).provider(ModelProvider).read("m@c:openai/m", outs)
    assert read.outs == outs
    assert run.provider(ModelProvider).diff("", read.outs, wanted()).changes is False


def test_a_state_that_says_its_defaults_and_a_program_that_leaves_them_out_mean_the_same(
    litellm: FakeLitellm, run: Run
) -> None:
    short = {name: value for name, value in wanted().items() if name not in ("leftover_rows", "adopt")}
    for before, now in ((wanted(), short), (short, wanted())):
        outs = run.provider(ModelProvider).create(before).outs
        read = Run(litellm).provider(ModelProvider).read("m@c:openai/m", outs)
        assert read.outs == outs
        assert read.inputs.keys() == before.keys() - {"__provider"}
        assert run.provider(ModelProvider).diff("", read.outs, now).changes is False


def test_a_value_changed_and_a_parameter_added_by_hand_are_drift(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.models[outs["row_id"]]["litellm_params"].update(rpm=7, tpm=99)
    read = Run(litellm).provider(ModelProvider).read("m@c:openai/m", outs)
    assert read.inputs["litellm_params"] == {"rpm": 7, "tpm": 99, "input_cost_per_token": 0.001}
    assert run.provider(ModelProvider).diff("", read.outs, wanted()).changes is True


def test_a_change_makes_the_second_row_before_it_deletes_the_first(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.calls.clear()
    new = wanted(litellm_params={"input_cost_per_token": 0.001})
    updated = Run(litellm).provider(ModelProvider).update("m@c:openai/m", outs, new)
    writes = [call for call in litellm.calls if call.startswith("POST")]
    assert writes == ["POST /model/new", "POST /model/delete"]
    assert litellm.calls.index("GET /model/info") < litellm.calls.index("POST /model/delete")
    assert list(litellm.models) == [updated.outs["row_id"]]
    assert "rpm" not in litellm.models[updated.outs["row_id"]]["litellm_params"]


def test_a_change_keeps_when_the_first_row_was_made_and_by_whom(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    first = "1970-01-01T00:16:40+00:00"
    for number in (1, 2):
        litellm.time.sleep(3600)
        changed = wanted(litellm_params={"rpm": float(number)})
        outs = Run(litellm).provider(ModelProvider).update("m@c:openai/m", outs, changed).outs
        (row,) = litellm.models.values()
        assert (row["model_info"]["created_at"], row["model_info"]["created_by"]) == (first, OWNER)
    read = Run(litellm).provider(ModelProvider).read("m@c:openai/m", outs)
    assert Run(litellm).provider(ModelProvider).diff("", read.outs, changed).changes is False


@pytest.mark.parametrize("told", [{}, {"created_at": "2024-01-02T03:04:05+00:00", "created_by": "somebody"}])
def test_of_a_row_made_by_hand_what_it_tells_is_kept_and_nothing_is_made_up(
    litellm: FakeLitellm, run: Run, told: dict[str, str]
) -> None:
    hand_made(litellm)
    litellm.models["theirs"]["model_info"].update(told)
    made(run, adopt=True)
    (row,) = litellm.models.values()
    assert {name: value for name, value in row["model_info"].items() if "created" in name} == told


def test_a_row_changed_by_hand_is_replaced_under_a_free_id(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.models[outs["row_id"]]["litellm_params"]["rpm"] = 7
    updated = Run(litellm).provider(ModelProvider).update("m@c:openai/m", outs, wanted())
    assert updated.outs["row_id"] == f"{outs['row_id']}-2"
    assert list(litellm.models) == [updated.outs["row_id"]]


def test_create_after_a_killed_run_adopts_the_row_that_is_there(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.calls.clear()
    assert Run(litellm).provider(ModelProvider).create(wanted()).outs == outs
    assert "POST /model/new" not in litellm.calls


def test_the_half_of_a_killed_change_shows_as_leftover_and_is_removed(litellm: FakeLitellm, run: Run) -> None:
    old = made(run)
    half = Run(litellm)
    litellm.before = lambda call: (500, {}) if call == "POST /model/delete" else None
    with pytest.raises(pulumi.RunError):
        half.provider(ModelProvider).update("m@c:openai/m", old, wanted(litellm_params={"rpm": 5}))
    litellm.before = lambda _call: None
    assert len(litellm.models) == 2
    read = Run(litellm).provider(ModelProvider).read("m@c:openai/m", old)
    assert read.outs["row_id"] == old["row_id"]
    assert len(read.inputs["leftover_rows"]) == 1
    assert run.provider(ModelProvider).diff("", read.outs, wanted()).changes is True
    Run(litellm).provider(ModelProvider).update("m@c:openai/m", read.outs, wanted())
    assert list(litellm.models) == [old["row_id"]]


def test_a_change_whose_answer_got_lost_is_seen_as_done(litellm: FakeLitellm, run: Run) -> None:
    old = made(run)
    new = wanted(litellm_params={"rpm": 5})
    updated = Run(litellm).provider(ModelProvider).update("m@c:openai/m", old, new)
    read = Run(litellm).provider(ModelProvider).read("m@c:openai/m", old)
    assert read.outs["row_id"] == updated.outs["row_id"]
    assert run.provider(ModelProvider).diff("", read.outs, new).changes is False


def test_a_row_that_is_not_served_is_taken_back_and_told(litellm: FakeLitellm, run: Run) -> None:
    with pytest.raises(pulumi.RunError, match="unknown"):
        made(run, upstream_model="unknown/m")
    assert litellm.models == {}


def test_a_row_in_the_table_that_the_router_does_not_know_is_made_anew(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    hidden = litellm.models[outs["row_id"]]
    hidden["litellm_params"]["model"] = "unknown/m"
    later = Run(litellm)
    later.session.models.rows()
    later.session.models.drop(outs["row_id"])
    made_again = later.provider(ModelProvider).create(wanted())
    assert made_again.outs == outs
    assert litellm.models[outs["row_id"]]["litellm_params"]["model"] == "openai/m"


def test_a_vanished_row_is_gone(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.models.clear()
    read = Run(litellm).provider(ModelProvider).read("m@c:openai/m", outs)
    assert (read.id, read.outs) == ("", {})


def test_delete_takes_gone_for_done_and_leaves_rows_of_others(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    provider = run.provider(ModelProvider)
    provider.delete("m@c:openai/m", outs)
    assert litellm.models == {}
    provider.delete("m@c:openai/m", outs)
    again = made(run)
    del litellm.models[again["row_id"]]["model_info"]["managed_by"]
    Run(litellm).provider(ModelProvider).delete("m@c:openai/m", again)
    assert list(litellm.models) == [again["row_id"]]


def hand_made(litellm: FakeLitellm) -> None:
    params = {"model": "openai/m", "litellm_credential_name": "c"}
    litellm.models["theirs"] = {"model_name": "m", "litellm_params": params, "model_info": {"id": "theirs"}}


def test_a_hand_made_row_of_the_same_deployment_is_an_error_that_names_the_setting(
    litellm: FakeLitellm, run: Run
) -> None:
    hand_made(litellm)
    (failure,) = run.provider(ModelProvider).check({}, wanted()).failures
    assert "litellm.adopt" in failure.reason
    with pytest.raises(pulumi.RunError, match=r"litellm\.adopt"):
        made(run)
    assert list(litellm.models) == ["theirs"]


def test_an_adopted_hand_made_row_gives_way_to_ours(litellm: FakeLitellm, run: Run) -> None:
    hand_made(litellm)
    assert run.provider(ModelProvider).check({}, wanted(adopt=True)).failures == []
    outs = made(run, adopt=True)
    assert list(litellm.models) == [outs["row_id"]]


def test_a_lost_marker_is_an_error_at_check_and_adopting_heals_it(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    del litellm.models[outs["row_id"]]["model_info"]["managed_by"]
    later = Run(litellm)
    read = later.provider(ModelProvider).read("m@c:openai/m", outs)
    (failure,) = later.provider(ModelProvider).check(read.inputs, wanted()).failures
    assert "litellm.adopt" in failure.reason
    adopting = wanted(adopt=True)
    assert later.provider(ModelProvider).check(read.inputs, adopting).failures == []
    updated = later.provider(ModelProvider).update("m@c:openai/m", read.outs, adopting)
    assert list(litellm.models) == [updated.outs["row_id"]]


def test_another_stack_on_the_same_gateway_has_rows_of_its_own(litellm: FakeLitellm, run: Run) -> None:
    ours = made(run)
    theirs = made(Run(litellm), owner="llmproxy/prod")
    assert ours["row_id"] != theirs["row_id"]
    Run(litellm).provider(ModelProvider).delete("m@c:openai/m", theirs)
    assert list(litellm.models) == [ours["row_id"]]


def test_unknown_values_of_a_preview_are_let_through(run: Run) -> None:
    news = wanted(credential_name=rpc.UNKNOWN)
    provider = run.provider(ModelProvider)
    assert provider.check({}, news).failures == []
    assert provider.diff("", wanted(), news).changes is True


def test_another_identity_is_a_replacement(run: Run) -> None:
    provider = run.provider(ModelProvider)
    assert provider.diff("", wanted(), wanted(identity="n")).replaces == ["identity"]
    assert provider.diff("", wanted(), wanted(model_name="n")).replaces == []


def test_adopt_alone_is_no_difference(run: Run) -> None:
    assert run.provider(ModelProvider).diff("", wanted(), wanted(adopt=True)).changes is False
