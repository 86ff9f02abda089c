"""The rules of the RouterSettings provider, on both versions."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pulumi
import pytest

from litellm_resources.leftover_rows import CREDENTIAL, of_credential, undeclared
from litellm_resources.ownership import OURS, marker
from litellm_resources.router_record import LISTS, OWNED, RECORD
from litellm_resources.router_row import set_by_somebody
from litellm_resources.router_settings import RouterSettings, RouterSettingsArgs, RouterSettingsProvider
from tests.components.engine import drained
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import NEW, OLD, FakeLitellm
from tests.litellm_resources.fake_workers import FakeWorkers
from tests.litellm_resources.walks.faults import Fault, FaultyLitellm

ID = "router settings"


def wanted(**changes: Any) -> dict[str, Any]:
    props = {
        "__provider": "reference",
        "owner": "llmproxy/dev",
        "model_group_alias": {"hello": "m", "quiet": {"model": "m", "hidden": True}},
        "fallbacks": {"m": ["n", "o"]},
        "other": {"num_retries": 3.0},
        "adopt": [],
        "record": RECORD,
    }
    return {**props, **changes}


ROW = {
    "model_group_alias": {"hello": "m", "quiet": {"model": "m", "hidden": True}},
    "fallbacks": [{"m": ["n", "o"]}],
    "num_retries": 3,
}


def recorded(litellm: FakeLitellm) -> Any:
    (row,) = (row for name, row in litellm.credentials.items() if name.startswith(LISTS))
    return row["credential_info"][OURS][OWNED]


def made(run: Run, **changes: Any) -> dict[str, Any]:
    return run.provider(RouterSettingsProvider).create(wanted(**changes)).outs


def test_one_write_holds_everything_and_no_default_is_frozen(litellm: FakeLitellm, run: Run) -> None:
    made(run)
    assert litellm.router == ROW
    assert litellm.calls.count("POST /config/update") == 1


def test_what_was_made_is_no_drift(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    later = Run(litellm)
    read = later.provider(RouterSettingsProvider).read(ID, outs)
    assert read.outs == outs
    assert later.provider(RouterSettingsProvider).diff("", read.outs, wanted()).changes is False


def test_drift_shows_key_by_key(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.router = {"model_group_alias": {"hello": "n"}, "fallbacks": [{"m": ["o"]}], "num_retries": 9}
    read = Run(litellm).provider(RouterSettingsProvider).read(ID, outs)
    assert read.inputs["model_group_alias"] == {"hello": "n"}
    assert read.inputs["fallbacks"] == {"m": ["o"]}
    assert read.inputs["other"] == {"num_retries": 9}


def test_what_others_put_there_is_kept_and_is_no_drift(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.router["model_group_alias"]["theirs"] = "x"
    litellm.router["fallbacks"].append({"x": ["y"]})
    litellm.router["allowed_fails"] = 7
    later = Run(litellm)
    read = later.provider(RouterSettingsProvider).read(ID, outs)
    assert read.outs == outs
    later.provider(RouterSettingsProvider).update(ID, outs, wanted(model_group_alias={"hello": "o"}))
    assert litellm.router["model_group_alias"] == {"hello": "o", "theirs": "x"}
    assert {"x": ["y"]} in litellm.router["fallbacks"]
    assert litellm.router["allowed_fails"] == 7


def test_a_key_that_leaves_the_program_goes_back_to_its_default(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    Run(litellm).provider(RouterSettingsProvider).update(ID, outs, wanted(other={}))
    assert litellm.router.get("num_retries", 2) == 2


def test_a_key_that_left_the_program_may_come_back(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    without = Run(litellm).provider(RouterSettingsProvider).update(ID, outs, wanted(other={})).outs
    later = Run(litellm)
    assert later.provider(RouterSettingsProvider).check(without, wanted()).failures == []
    later.provider(RouterSettingsProvider).update(ID, without, wanted())
    assert litellm.router["num_retries"] == 3


def test_delete_removes_ours_and_nothing_else(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.router["model_group_alias"]["theirs"] = "x"
    Run(litellm).provider(RouterSettingsProvider).delete(ID, outs)
    assert litellm.router["model_group_alias"] == {"theirs": "x"}
    assert litellm.router["fallbacks"] == []


def test_an_alias_that_others_set_to_another_target_is_an_error_until_adopted(
    litellm: FakeLitellm, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    litellm.router = {"model_group_alias": {"hello": "theirs"}}
    (failure,) = run.provider(RouterSettingsProvider).check({}, wanted()).failures
    assert "alias hello" in failure.reason
    assert "litellm.adopt" in failure.reason
    with pytest.raises(pulumi.RunError, match="alias hello"):
        made(run)
    assert litellm.router["model_group_alias"] == {"hello": "theirs"}
    assert run.provider(RouterSettingsProvider).check({}, wanted(adopt=["hello"])).failures == []
    assert "router settings: in LiteLLM already, will be taken over: alias hello" in capsys.readouterr().err
    made(run, adopt=["hello"])
    assert litellm.router["model_group_alias"]["hello"] == "m"


def test_an_alias_new_to_the_state_is_checked_on_an_update_too(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.router["model_group_alias"]["more"] = "theirs"
    news = wanted(model_group_alias={**wanted()["model_group_alias"], "more": "m"})
    (failure,) = Run(litellm).provider(RouterSettingsProvider).check(outs, news).failures
    assert "alias more" in failure.reason


def test_nobody_is_asked_at_check_when_the_state_knows_every_key(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.calls.clear()
    assert Run(litellm).provider(RouterSettingsProvider).check(outs, wanted()).failures == []
    assert litellm.calls == []


def test_what_others_made_is_told_once(litellm: FakeLitellm, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    litellm.router = {"model_group_alias": {"theirs": "x"}}
    for _ in range(2):
        run.provider(RouterSettingsProvider).check({}, wanted())
    assert capsys.readouterr().err.count("alias theirs") == 1


@pytest.mark.parametrize(
    "changes",
    [{"content_policy_fallbacks": {"m": ["n"]}}, {"other": {"retry_policy": {"TimeoutErrorRetries": 2}}}],
    ids=["content policy fallbacks", "retry policy"],
)
def test_what_the_older_version_drops_silently_is_refused_at_preview_with_version_and_remedy(
    litellm: FakeLitellm, run: Run, changes: dict[str, Any]
) -> None:
    failures = run.provider(RouterSettingsProvider).check({}, wanted(**changes)).failures
    if litellm.version == OLD:
        (failure,) = failures
        assert failure.reason.startswith(
            f"{next(iter(changes['other'])) if 'other' in changes else next(iter(changes))}: "
        )
        assert "LiteLLM 1.81.12 drops this without a word; run LiteLLM 1.109.1, or remove it" in failure.reason
        with pytest.raises(pulumi.RunError, match="drops this without a word"):
            made(run, **changes)
        assert litellm.router == {}
    else:
        assert failures == []
        outs = made(run, **changes)
        assert {
            name: litellm.router[name] for name in {"content_policy_fallbacks", "retry_policy"} & set(litellm.router)
        }
        assert Run(litellm).provider(RouterSettingsProvider).read(ID, outs).outs == outs


def test_each_kind_of_fallbacks_shows_key_by_key_and_is_sent_only_where_there_are_any(
    litellm: FakeLitellm, run: Run
) -> None:
    outs = made(run, context_window_fallbacks={"m": ["n"], "n": ["o"]})
    assert litellm.router["context_window_fallbacks"] == [{"m": ["n"]}, {"n": ["o"]}]
    assert "content_policy_fallbacks" not in litellm.router
    litellm.router["context_window_fallbacks"] = [{"m": ["o"]}, {"x": ["y"]}]
    later = Run(litellm)
    read = later.provider(RouterSettingsProvider).read(ID, outs)
    assert read.inputs["context_window_fallbacks"] == {"m": ["o"]}
    later.provider(RouterSettingsProvider).update(ID, read.outs, wanted())
    assert litellm.router["context_window_fallbacks"] == [{"x": ["y"]}]


def test_a_state_of_the_first_versions_goes_over_and_the_next_up_writes_the_record(
    litellm: FakeLitellm, run: Run
) -> None:
    rules = [{"m": ["n"]}]
    litellm.router = {**ROW, "context_window_fallbacks": rules}
    before = {**wanted(other={"num_retries": 3, "context_window_fallbacks": rules}), "record": None}
    news = wanted(context_window_fallbacks={"m": ["n"]})
    provider = run.provider(RouterSettingsProvider)
    read = provider.read(ID, before)
    assert {name for name in news if news[name] != read.inputs.get(name)} - {"__provider"} == {"record"}
    assert provider.check(read.inputs, news).failures == []
    assert provider.diff(ID, read.outs, news).changes
    outs = provider.update(ID, read.outs, news).outs
    assert litellm.router == {**ROW, "context_window_fallbacks": rules}
    assert recorded(litellm)["context_window_fallbacks"] == ["m"]
    assert Run(litellm).provider(RouterSettingsProvider).read(ID, outs).outs == outs


def test_the_record_says_whose_the_row_is_and_what_in_it_and_goes_with_the_resource(
    litellm: FakeLitellm, run: Run
) -> None:
    outs = made(run)
    marked = litellm.credentials[RECORD]["credential_info"]
    assert (marked["managed_by"], marked[OURS]["project"], marked[OURS]["stack"]) == ("llmproxy", "llmproxy", "dev")
    assert recorded(litellm) == {"fallbacks": ["m"], "model_group_alias": ["hello", "quiet"], "other": ["num_retries"]}
    outs = Run(litellm).provider(RouterSettingsProvider).update(ID, outs, wanted(other={})).outs
    assert recorded(litellm) == {"fallbacks": ["m"], "model_group_alias": ["hello", "quiet"]}
    Run(litellm).provider(RouterSettingsProvider).delete(ID, outs)
    assert litellm.credentials == {}


def test_the_record_is_never_left_over_although_no_program_declares_it(litellm: FakeLitellm, run: Run) -> None:
    made(run)
    rows = [of_credential(row) for row in run.session.credentials.rows().values()]
    assert [row.owner for row in rows] == ["llmproxy/dev"] * 2
    assert undeclared(rows, "llmproxy/dev", {CREDENTIAL: []}, {}) == []


@pytest.mark.parametrize("version", [OLD, NEW])
def test_a_second_stack_that_comes_at_the_same_moment_over_another_worker_is_refused(version: str) -> None:
    gateway = FakeWorkers(version)
    made(Run(gateway))
    row = dict(gateway.router)
    theirs = wanted(owner="llmproxy/other", model_group_alias={"hi": "m"}, fallbacks={}, other={})
    with pytest.raises(pulumi.RunError, match="belong to the stack llmproxy/dev"):
        Run(gateway).provider(RouterSettingsProvider).create(theirs)
    assert gateway.router == row


@pytest.mark.parametrize("version", [OLD, NEW])
def test_over_other_workers_the_record_stays_one_goes_whole_and_comes_back_whole(version: str) -> None:
    gateway = FakeWorkers(version)
    outs = made(Run(gateway))
    for aliases in ({"hello": "o", "new": "m"}, {"hello": "o"}, {"other": "m"}):
        outs = {
            **outs,
            **Run(gateway).provider(RouterSettingsProvider).update(ID, outs, wanted(model_group_alias=aliases)).outs,
        }
        assert set(recorded(gateway)["model_group_alias"]) == aliases.keys()
    Run(gateway).provider(RouterSettingsProvider).delete(ID, outs)
    assert gateway.credentials == {}
    made(Run(gateway))
    assert RECORD in gateway.credentials
    assert set(recorded(gateway)["model_group_alias"]) == {"hello", "quiet"}


def test_a_record_that_another_stack_has_taken_is_refused_at_preview_whatever_is_left_of_ours(
    litellm: FakeLitellm, run: Run
) -> None:
    outs = made(run)
    theirs = marker("llmproxy/other", "")
    litellm.credentials[RECORD] = {**litellm.credentials[RECORD], "credential_info": theirs}
    later = Run(litellm).provider(RouterSettingsProvider)
    read = later.read(ID, outs)
    (failure,) = later.check(read.inputs, wanted()).failures
    assert failure.reason.startswith("belong to the stack llmproxy/other")


@pytest.mark.parametrize("version", [OLD, NEW])
def test_what_others_added_a_moment_ago_over_another_worker_is_kept(version: str) -> None:
    gateway = FakeWorkers(version)
    outs = made(Run(gateway))
    gateway.polled()
    router = {**gateway.router, "model_group_alias": {**gateway.router["model_group_alias"], "theirs": "x"}}
    Run(gateway).session.client.post("/config/update", {"router_settings": router})
    Run(gateway).provider(RouterSettingsProvider).update(ID, outs, wanted(model_group_alias={"hello": "o"}))
    assert gateway.router["model_group_alias"] == {"hello": "o", "theirs": "x"}


def test_another_stack_that_declares_router_settings_is_refused_with_the_owner_and_the_remedy(
    litellm: FakeLitellm, run: Run
) -> None:
    made(run)
    row = dict(litellm.router)
    theirs = wanted(owner="llmproxy/other", model_group_alias={"hi": "m"}, fallbacks={}, other={})
    (failure,) = Run(litellm).provider(RouterSettingsProvider).check({}, theirs).failures
    assert failure.reason.startswith("belong to the stack llmproxy/dev; declare aliases, fallbacks and router settings")
    assert f"DELETE /credentials/{RECORD}" in failure.reason
    with pytest.raises(pulumi.RunError, match="belong to the stack llmproxy/dev"):
        Run(litellm).provider(RouterSettingsProvider).create(theirs)
    assert litellm.router == row


def test_a_stack_that_declares_none_is_not_refused_and_records_nothing(litellm: FakeLitellm, run: Run) -> None:
    made(run)
    theirs = wanted(owner="llmproxy/other", model_group_alias={}, fallbacks={}, other={}, record=None)
    other = Run(litellm)
    assert other.provider(RouterSettingsProvider).check({}, theirs).failures == []
    outs = other.provider(RouterSettingsProvider).create(theirs).outs
    other.provider(RouterSettingsProvider).delete(ID, outs)
    assert litellm.router == ROW
    assert RECORD in litellm.credentials


def test_what_was_ours_is_recognised_by_the_record_after_the_state_was_lost(litellm: FakeLitellm, run: Run) -> None:
    made(run)
    news = wanted(model_group_alias={"hello": "o"}, other={})
    again = Run(litellm)
    assert again.provider(RouterSettingsProvider).check({}, news).failures == []
    again.provider(RouterSettingsProvider).create(news)
    assert litellm.router["model_group_alias"] == {"hello": "o"}
    assert litellm.router.get("num_retries", 2) == 2
    assert recorded(litellm) == {"fallbacks": ["m"], "model_group_alias": ["hello"]}


def test_what_a_run_wrote_that_then_failed_shows_and_goes_when_the_program_has_it_no_more(
    litellm: FakeLitellm, run: Run
) -> None:
    outs = made(run)
    ours = wanted()["model_group_alias"]
    more = wanted(model_group_alias={**ours, "new": "m"}, other={"num_retries": 4, "timeout": 9})
    Run(litellm).provider(RouterSettingsProvider).update(ID, outs, more)
    # The state did not get to hear of it.
    later = Run(litellm).provider(RouterSettingsProvider)
    read = later.read(ID, outs)
    assert read.inputs["model_group_alias"] == {**ours, "new": "m"}
    assert read.inputs["other"] == {"num_retries": 4, "timeout": 9}
    assert later.diff(ID, read.outs, wanted()).changes
    again = later.update(ID, read.outs, wanted()).outs
    assert litellm.router["model_group_alias"] == ours
    assert Run(litellm).provider(RouterSettingsProvider).read(ID, again).outs == again


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("version", [OLD, NEW])
def test_whichever_write_a_run_ends_at_the_next_one_knows_what_is_ours_in_the_row(
    version: str, number: int, done: bool
) -> None:
    litellm = FaultyLitellm(version=version)
    outs = made(Run(litellm))
    litellm.plan(Fault(number=number, seen="cut", of_writes=True, done=done))
    more = wanted(model_group_alias={"new": "m"}, other={"num_retries": 4, "timeout": 9})
    with suppress(pulumi.RunError):
        Run(litellm).provider(RouterSettingsProvider).update(ID, outs, more)
    litellm.plan(None)
    # The state did not get to hear of it, and the program changed its mind.
    later = Run(litellm).provider(RouterSettingsProvider)
    read = later.read(ID, outs)
    back = wanted(fallbacks={}, other={})
    assert later.check(read.inputs, back).failures == []
    later.update(ID, read.outs, back)
    assert litellm.router["model_group_alias"] == back["model_group_alias"]
    assert set_by_somebody(Run(litellm).session.router())["other"] == {}
    assert recorded(litellm) == {"model_group_alias": ["hello", "quiet"]}


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("version", [OLD, NEW])
def test_whichever_write_of_giving_all_up_a_run_ends_at_the_next_one_ends_it(version: str, number: int) -> None:
    litellm = FaultyLitellm(version=version)
    outs = made(Run(litellm))
    litellm.plan(Fault(number=number, seen="cut", of_writes=True, done=True))
    none = wanted(model_group_alias={}, fallbacks={}, other={}, record=None)
    with suppress(pulumi.RunError):
        Run(litellm).provider(RouterSettingsProvider).update(ID, outs, none)
    litellm.plan(None)
    later = Run(litellm).provider(RouterSettingsProvider)
    read = later.read(ID, outs)
    if later.diff(ID, read.outs, none).changes:
        later.update(ID, read.outs, none)
    assert litellm.credentials == {}
    assert litellm.router.get("model_group_alias", {}) == {}


def test_a_record_that_was_removed_by_hand_shows_and_is_written_again(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.credentials.clear()
    later = Run(litellm).provider(RouterSettingsProvider)
    read = later.read(ID, outs)
    assert "record" not in {name for name, value in read.inputs.items() if value is not None}
    assert later.diff(ID, read.outs, wanted()).changes
    later.update(ID, read.outs, wanted())
    assert recorded(litellm)["fallbacks"] == ["m"]


def test_a_key_that_the_gateways_own_file_sets_is_refused_where_the_version_says_so(
    litellm: FakeLitellm, run: Run
) -> None:
    litellm.in_file = {"num_retries": 7}
    failures = run.provider(RouterSettingsProvider).check({}, wanted()).failures
    if litellm.version == OLD:
        # It merges both and the database wins; nothing tells where a value comes from.
        assert [failure.reason.split("; ")[0] for failure in failures] == [
            "set in LiteLLM to another value and not by this program: router key num_retries"
        ]
    else:
        (failure,) = failures
        assert failure.reason == (
            "set in the gateway's litellm.yaml, which wins: num_retries; take num_retries out of litellm.yaml, or out "
            "of the catalog"
        )


def test_aliases_among_the_other_keys_are_refused(run: Run) -> None:
    for name in ("model_group_alias", "fallbacks", "context_window_fallbacks", "content_policy_fallbacks"):
        (failure,) = run.provider(RouterSettingsProvider).check({}, wanted(other={name: []})).failures
        assert failure.property == f"other.{name}"


def test_the_resource_keeps_its_name_and_leaves_out_what_states_of_before_do_not_have() -> None:
    def build() -> None:
        RouterSettings("router-settings", RouterSettingsArgs(model_group_alias={"hello": "m"}))
        RouterSettings("more", RouterSettingsArgs(context_window_fallbacks=[{"m": ["n"]}]))
        RouterSettings("none", RouterSettingsArgs())

    engine = drained(build)
    made_ones = engine.of_type("pulumi-python:dynamic/litellm:RouterSettings")
    inputs = {name: each.inputs for name, each in made_ones.items()}
    assert set(inputs) == {"router-settings", "more", "none"}
    rarer = {"context_window_fallbacks", "content_policy_fallbacks"}
    assert not rarer & set(inputs["router-settings"])
    assert inputs["router-settings"]["record"] == RECORD
    assert inputs["more"]["context_window_fallbacks"] == {"m": ["n"]}
    assert inputs["none"].get("record") is None
