"""The rules with several worker processes, on both versions: a difference counts only when no worker contradicts it."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from litellm_resources import shared_list
from litellm_resources.admin_api import models
from litellm_resources.admin_api.models import ModelRow
from litellm_resources.credential import CredentialProvider
from litellm_resources.model import ModelProvider
from litellm_resources.provider import LitellmProvider
from litellm_resources.router_settings import RouterSettingsProvider
from litellm_resources.shared_list import SharedList, uncontradicted
from tests.litellm_resources import test_leftovers, test_model, test_router_settings
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import NEW, OLD, FakeLitellm
from tests.litellm_resources.fake_workers import FakeWorkers
from tests.litellm_resources.test_provider import CREDENTIAL

MODEL = test_leftovers.MODEL
LISTS = ("GET /v2/model/info", "GET /credentials")
WANTED: Mapping[type[LitellmProvider], dict[str, Any]] = {
    ModelProvider: test_model.wanted(),
    CredentialProvider: {**CREDENTIAL, "other_values": [], "adopt": False},
    RouterSettingsProvider: test_router_settings.wanted(),
}
KINDS = pytest.mark.parametrize("kind", list(WANTED))


@pytest.fixture(params=[OLD, NEW])
def gateway(request: pytest.FixtureRequest) -> FakeWorkers:
    return FakeWorkers(request.param)


def made(gateway: FakeWorkers, kind: type[LitellmProvider]) -> dict[str, Any]:
    provider = Run(gateway).provider(kind)
    return provider.create(provider.check({}, WANTED[kind]).inputs).outs


def is_known(run: Run, kind: type[LitellmProvider], outs: dict[str, Any]) -> bool:
    """Whether a preview shows the object as the state has it."""
    return run.provider(kind).read("id", outs).outs == outs


def left_over(run: Run, declared: Mapping[str, list[str]] | None = None) -> list[str]:
    found: list[str] = test_leftovers.previewed(run, test_leftovers.wanted(), declared)["remove"]
    return found


def foreign_twin(gateway: FakeWorkers) -> None:
    gateway.models["another"] = {"model_name": "z", "litellm_params": {"model": "openai/z"}, "model_info": {"id": "z"}}


def test_a_credential_that_every_worker_still_lists_although_the_database_has_it_no_more_is_made_anew(
    gateway: FakeWorkers,
) -> None:
    made(gateway, CredentialProvider)
    gateway.polled()
    before = copy.deepcopy(gateway.credentials)
    gateway.credentials.clear()
    made(gateway, CredentialProvider)
    assert gateway.credentials == before


@KINDS
def test_what_was_made_a_moment_ago_is_there_whichever_worker_answers(
    gateway: FakeWorkers, kind: type[LitellmProvider]
) -> None:
    outs = made(gateway, kind)
    assert [is_known(Run(gateway), kind, outs) for _ in gateway.each] == [True] * 3


def test_what_was_changed_a_moment_ago_is_as_wanted_whichever_worker_answers(gateway: FakeWorkers) -> None:
    old = made(gateway, ModelProvider)
    gateway.polled()
    new = test_model.wanted(litellm_params={"rpm": 5})
    outs = Run(gateway).provider(ModelProvider).update("id", old, new).outs
    assert [is_known(Run(gateway), ModelProvider, outs) for _ in gateway.each] == [True] * 3
    assert list(gateway.models) == [outs["row_id"]]


class Killed(Exception):
    """Ends a run where a test says so."""


@pytest.mark.parametrize("further", range(3))
@pytest.mark.parametrize("fatal", ["", "POST /model/new", "GET /model/info", "POST /model/delete"])
def test_while_a_model_changes_each_worker_serves_it_also_where_a_run_was_killed(
    gateway: FakeWorkers, fatal: str, further: int
) -> None:
    outs = made(gateway, ModelProvider)
    foreign_twin(gateway)
    gateway.polled()
    without: list[str] = []
    ended: list[str] = []

    def watch(call: str) -> Exception | None:
        ended.append(call)
        served = [any(row["model_name"] == "m" for row in worker.models.values()) for worker in gateway.each]
        without.extend([] if all(served) else [f"{call}: {served}"])
        return Killed() if fatal and fatal in ended[:-1] else None

    gateway.before = watch
    new = test_model.wanted(litellm_params={"rpm": 5})
    with contextlib.suppress(Killed, pulumi.RunError):
        Run(gateway).provider(ModelProvider).update("id", outs, new)
    # The next run comes to any of them.
    fatal, gateway.opened = "", gateway.opened + further
    outs = upped(Run(gateway), outs, new)
    for worker in gateway.each:
        watch("before the poll")
        gateway.time.sleep(10)
        worker.poll_if_due()
    upped(Run(gateway), outs, new)
    watch("at the end")
    assert without == []
    assert [row["litellm_params"].get("rpm") for row in gateway.models.values()] == [None, 5]


def upped(run: Run, outs: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    provider = run.provider(ModelProvider)
    read = provider.read("id", outs).outs
    # Another thread writes than read the list: over a connection of its own.
    run.session.client.close()
    return provider.update("id", read, new).outs if provider.diff("id", read, new).changes else read


def test_what_was_removed_a_moment_ago_is_not_left_over_whichever_worker_answers(gateway: FakeWorkers) -> None:
    models_outs, credential = made(gateway, ModelProvider), made(gateway, CredentialProvider)
    gateway.polled()
    assert left_over(Run(gateway)) == [f"model {MODEL}", "credential p"], "every worker lists them"
    going = Run(gateway)
    going.provider(ModelProvider).delete("id", models_outs)
    going.provider(CredentialProvider).delete("id", credential)
    assert [left_over(Run(gateway)) for _ in gateway.each] == [[]] * 3
    gateway.polled()
    # The last model of 1.81.12 stays in the other workers' memory until they end.
    assert [left_over(Run(gateway)) for _ in gateway.each] == [[]] * 3


def test_what_is_left_over_is_removed_although_the_workers_list_it_on(gateway: FakeWorkers) -> None:
    made(gateway, ModelProvider)
    made(gateway, CredentialProvider)
    gateway.polled()
    test_leftovers.upped(Run(gateway), test_leftovers.wanted())
    assert (gateway.models, gateway.credentials) == ({}, {})
    assert [left_over(Run(gateway)) for _ in gateway.each] == [[]] * 3


def test_a_row_that_is_only_in_a_workers_memory_is_gone_for_a_delete(gateway: FakeWorkers) -> None:
    row_id = made(gateway, ModelProvider)["row_id"]
    gateway.polled()
    del gateway.models[row_id]
    client = Run(gateway).session.client
    assert models.read_served(client, row_id) is not None, "its memory still serves it"
    models.delete(client, row_id)


@KINDS
def test_a_value_changed_by_hand_shows_after_the_poll(gateway: FakeWorkers, kind: type[LitellmProvider]) -> None:
    outs = made(gateway, kind)
    gateway.polled()
    for row in gateway.models.values():
        row["litellm_params"]["rpm"] = 7
    for row in gateway.credentials.values():
        row["credential_values"]["api_base"] = "http://other"
    gateway.router = {**gateway.router, "model_group_alias": {}, "fallbacks": []}
    assert is_known(Run(gateway), kind, outs), "no worker has asked the database yet"
    gateway.polled()
    assert [is_known(Run(gateway), kind, outs) for _ in gateway.each] == [False] * 3


def test_what_was_deleted_by_hand_is_gone_after_the_poll(gateway: FakeWorkers) -> None:
    outs = made(gateway, ModelProvider)
    foreign_twin(gateway)
    gateway.polled()
    del gateway.models[outs["row_id"]]
    gateway.polled()
    assert [Run(gateway).provider(ModelProvider).read("id", outs).id for _ in gateway.each] == [""] * 3


@KINDS
def test_what_is_taken_out_of_the_program_right_after_it_was_made_is_removed(
    gateway: FakeWorkers, kind: type[LitellmProvider]
) -> None:
    outs = made(gateway, kind)
    Run(gateway).provider(kind).delete("id", outs)
    assert (gateway.models, gateway.credentials) == ({}, {})
    assert not gateway.router.get("model_group_alias")


@pytest.mark.parametrize("kind", [ModelProvider, CredentialProvider])
def test_what_was_removed_a_moment_ago_is_made_again_although_a_worker_lists_it(
    gateway: FakeWorkers, kind: type[LitellmProvider]
) -> None:
    outs = made(gateway, kind)
    gateway.polled()
    Run(gateway).provider(kind).delete("id", outs)
    for _ in gateway.each:
        Run(gateway).provider(kind).create(outs)
        assert len(gateway.models) + len(gateway.credentials) == 1
        Run(gateway).provider(kind).delete("id", outs)


@pytest.mark.parametrize("kind", [ModelProvider, CredentialProvider])
def test_what_a_run_killed_a_moment_ago_made_is_adopted_whichever_worker_answers(
    gateway: FakeWorkers, kind: type[LitellmProvider]
) -> None:
    outs = made(gateway, kind)
    for _ in gateway.each:
        assert made(gateway, kind) == outs
    assert len(gateway.models) + len(gateway.credentials) == 1


def test_a_credential_that_others_made_a_moment_ago_is_not_taken_over(gateway: FakeWorkers) -> None:
    wanted = {**WANTED[CredentialProvider], "api_key_fingerprint": "(no key)"}
    Run(gateway).provider(CredentialProvider).create({**wanted, "owner": "llmproxy/prod"})
    theirs = copy.deepcopy(gateway.credentials)
    for _ in gateway.each:
        with pytest.raises(pulumi.RunError):
            Run(gateway).provider(CredentialProvider).create(wanted)
    assert gateway.credentials == theirs


def test_a_hand_made_row_that_was_removed_as_told_is_in_the_way_no_more(gateway: FakeWorkers) -> None:
    test_model.hand_made(gateway)
    gateway.polled()
    assert Run(gateway).provider(ModelProvider).check({}, test_model.wanted()).failures
    models.delete(Run(gateway).session.client, "theirs")
    for _ in gateway.each:
        assert Run(gateway).provider(ModelProvider).check({}, test_model.wanted()).failures == []
    made(gateway, ModelProvider)


@KINDS
def test_a_write_whose_connection_breaks_off_is_seen_through_another(
    gateway: FakeWorkers, kind: type[LitellmProvider]
) -> None:
    run, before = Run(gateway), gateway.time.seconds

    def leave_the_worker(call: str) -> None:
        if not call.startswith("GET"):
            # Once the answer is there, the thread's next call goes to another worker.
            run.session.client.close()

    gateway.before = leave_the_worker
    run.provider(kind).create(WANTED[kind])
    assert gateway.time.seconds - before < 10


def test_nothing_is_read_again_where_nothing_differs(gateway: FakeWorkers) -> None:
    model, credential = made(gateway, ModelProvider), made(gateway, CredentialProvider)
    gateway.polled()
    gateway.calls.clear()
    run = Run(gateway)
    assert is_known(run, ModelProvider, model)
    assert is_known(run, CredentialProvider, credential)
    assert left_over(run, {"model": [MODEL], "credential": ["p"]}) == []
    assert [gateway.calls.count(call) for call in LISTS] == [1, 1]


def test_a_true_difference_is_read_once_through_all_workers_for_all_who_see_one(gateway: FakeWorkers) -> None:
    outs = made(gateway, ModelProvider)
    foreign_twin(gateway)
    gateway.polled()
    del gateway.models[outs["row_id"]]
    gateway.polled()
    gateway.calls.clear()
    run = Run(gateway)
    for _ in range(5):
        assert not is_known(run, ModelProvider, outs)
    assert gateway.calls == ["GET /v2/model/info"] * shared_list.ANSWERS_A_WORKER * 3


def test_answers_that_are_alike_are_looked_at_once(gateway: FakeWorkers) -> None:
    made(gateway, ModelProvider)
    gateway.polled()
    looked_at: list[int] = []
    Run(gateway).session.models.agreed(lambda rows: looked_at.append(len(rows)), lambda _nothing: True)
    assert looked_at == [1]


def test_with_one_worker_nothing_is_read_again(litellm: FakeLitellm, run: Run) -> None:
    outs = run.provider(ModelProvider).create(test_model.wanted()).outs
    litellm.models.clear()
    litellm.calls.clear()
    assert not is_known(Run(litellm), ModelProvider, outs)
    assert litellm.calls == ["GET /v2/model/info"]


def test_a_worker_that_fails_is_one_error_for_all(gateway: FakeWorkers) -> None:
    outs = made(gateway, ModelProvider)
    run = Run(gateway)
    run.session.models.rows()
    gateway.before = lambda _call: (500, {"error": {"message": "no"}})
    with pytest.raises(Exception, match="status 500"):
        run.session.models.agreed(len, lambda _number: True)
    gateway.calls.clear()
    with pytest.raises(Exception, match="status 500"):
        run.session.models.find(outs["row_id"])
    assert gateway.calls == []


def test_what_our_own_write_made_is_in_every_answer_and_what_it_removed_in_none(gateway: FakeWorkers) -> None:
    shared: SharedList[ModelRow] = Run(gateway).session.models
    row = ModelRow(model_name="m")
    shared.rows()
    shared.put("m", row)
    assert shared.find("m") == row
    shared.drop("m")
    assert shared.rows() == {}


@pytest.mark.parametrize(
    ("shown", "told"), [([3], 3), ([0], 0), ([3, 0, 5], 0), ([3, 5], 3)], ids=["one", "none", "contradicted", "agreed"]
)
def test_a_difference_counts_only_when_no_answer_contradicts_it(shown: list[int], told: int) -> None:
    assert uncontradicted(shown, bool) == told


def test_no_further_answer_is_asked_for_once_one_agrees() -> None:
    answers = iter([3, 0, 5])
    uncontradicted(answers, bool)
    assert list(answers) == [5]
