"""A value of a credential is removed without a gap: another row, models are led there, the former row goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pytest
from pulumi.runtime import rpc

from litellm_resources.admin_api.credentials import CredentialRow
from litellm_resources.credential import CredentialProvider
from litellm_resources.leftover_rows import of_credential, undeclared
from litellm_resources.leftovers import LeftoversProvider
from litellm_resources.model import ModelProvider
from tests.litellm_resources import test_model
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import POLL_SECONDS, FakeLitellm
from tests.litellm_resources.fake_workers import FakeWorkers

SECRET = "sk-secret-of-provider"
NAME, SECOND, THIRD = "p", "p~2", "p~3"
BASE = {"api_base": "http://p/v1"}


class Killed(Exception):
    """Ends a run where a test says so."""


@dataclass
class Stack:
    """One credential and one model through it, as Pulumi drives them; the state outlives a run that is killed."""

    server: FakeLitellm
    credential: dict[str, Any] | None = None
    model: dict[str, Any] | None = None
    going: list[dict[str, Any]] = field(default_factory=list)
    declared: dict[str, Any] | None = None
    run: Run = field(init=False)

    def previewed(self, **values: Any) -> tuple[dict[str, Any], list[str]]:
        """Refreshes; gives the checked credential and what of it would be replaced."""
        self.run = Run(self.server)
        provider = self.run.provider(CredentialProvider)
        if self.credential is not None:
            read = provider.read(NAME, self.credential)
            self.credential = read.outs if read.id else None
        if self.model is not None:
            self.model = self.run.provider(ModelProvider).read("m", self.model).outs
        checked = provider.check(self.credential or {}, props(**values))
        assert checked.failures == []
        found = provider.diff(NAME, self.credential, checked.inputs) if self.credential else None
        assert not (found and found.delete_before_replace)
        return checked.inputs, list(found.replaces or []) if found else []

    def up(self, **values: Any) -> Stack:
        wanted, replaced = self.previewed(**values)
        provider = self.run.provider(CredentialProvider)
        if self.credential is None or replaced:
            # The engine asks anew, without what was there before.
            wanted = provider.check({}, props(**values)).inputs
            made = provider.create(wanted).outs
            self.going += [self.credential] if self.credential else []
            self.credential = made
        elif provider.diff(NAME, self.credential, wanted).changes:
            self.credential = provider.update(NAME, self.credential, wanted).outs
        self._up_model(test_model.wanted(credential_name=self.credential["credential_name"]))
        self._up_leftovers(self.credential["credential_name"])
        while self.going:
            provider.delete(NAME, self.going[0])
            self.going.pop(0)
        return self

    def is_converged(self, **values: Any) -> bool:
        wanted, _ = self.previewed(**values)
        assert self.credential is not None
        assert self.model is not None
        assert self._left_over(wanted["credential_name"])["remove"] == []
        model = test_model.wanted(credential_name=wanted["credential_name"])
        return not (
            self.run.provider(CredentialProvider).diff(NAME, self.credential, wanted).changes
            or self.run.provider(ModelProvider).diff("m", self.model, model).changes
        )

    def _up_model(self, wanted: dict[str, Any]) -> None:
        provider = self.run.provider(ModelProvider)
        if self.model is None:
            self.model = provider.create(wanted).outs
        elif provider.diff("m", self.model, wanted).changes:
            self.model = provider.update("m", self.model, wanted).outs

    def _left_over(self, row_name: str) -> dict[str, Any]:
        news = {"owner": "llmproxy/dev", "declared": {"credential": [row_name]}, "remove": []}
        found: dict[str, Any] = self.run.provider(LeftoversProvider).check(self.declared or {}, news).inputs
        return found

    def _up_leftovers(self, row_name: str) -> None:
        wanted = self._left_over(row_name)
        self.run.provider(LeftoversProvider).update("leftovers", self.declared or {}, wanted)
        self.declared = {**wanted, "remove": []}


def props(**values: Any) -> dict[str, Any]:
    return {
        "owner": "llmproxy/dev",
        "credential_name": NAME,
        "fingerprint_key": "f",
        "api_key": SECRET,
        "other_values": [],
        "adopt": False,
        **values,
    }


def rows(server: FakeLitellm) -> dict[str, dict[str, Any]]:
    return {name: row["credential_values"] for name, row in server.credentials.items()}


def used(server: FakeLitellm) -> list[str]:
    return [row["litellm_params"]["litellm_credential_name"] for row in server.models.values()]


def test_a_value_that_goes_is_removed_by_another_row_that_the_preview_names(litellm: FakeLitellm) -> None:
    stack = Stack(litellm).up(**BASE)
    wanted, replaced = stack.previewed()
    assert (wanted["credential_name"], replaced) == (SECOND, ["credential_name"])
    stack.up()
    assert rows(litellm) == {SECOND: {"api_key": SECRET}}
    assert used(litellm) == [SECOND]
    assert litellm.credentials[SECOND]["credential_info"]["llmproxy"]["identity"] == NAME
    assert stack.is_converged()


def test_a_removed_key_leaves_no_fingerprint(litellm: FakeLitellm) -> None:
    stack = Stack(litellm).up(**BASE)
    stack.up(**BASE, api_key=None)
    assert rows(litellm) == {SECOND: BASE}
    assert stack.is_converged(**BASE, api_key=None)


@pytest.mark.parametrize("values", [{"api_version": "2024"}, {"api_base": "http://theirs"}])
def test_a_value_added_by_hand_is_drift_and_is_removed(litellm: FakeLitellm, values: dict[str, str]) -> None:
    stack = Stack(litellm).up()
    litellm.credentials[NAME]["credential_values"].update(values)
    stack.up()
    assert rows(litellm) == {SECOND: {"api_key": SECRET}}
    assert stack.is_converged()


def test_a_key_added_by_hand_where_none_is_wanted_is_drift_and_is_removed(litellm: FakeLitellm) -> None:
    stack = Stack(litellm).up(**BASE, api_key=None)
    litellm.credentials[NAME]["credential_values"]["api_key"] = "sk-by-hand"
    stack.up(**BASE, api_key=None)
    assert rows(litellm) == {SECOND: BASE}
    assert stack.is_converged(**BASE, api_key=None)


def test_a_name_is_never_used_again_and_other_changes_stay_in_the_row(litellm: FakeLitellm) -> None:
    stack = Stack(litellm).up(**BASE).up()
    litellm.calls.clear()
    stack.up(api_base="http://q/v1")
    assert "PATCH /credentials/p~2" in litellm.calls
    stack.up(api_base="http://q/v1", api_key="sk-another")
    stack.up(api_key="sk-another")
    assert rows(litellm) == {THIRD: {"api_key": "sk-another"}}
    assert stack.is_converged(api_key="sk-another")


WRITES = ["POST /credentials", "POST /model/new", "POST /model/delete", "DELETE /credentials/p"]


@pytest.mark.parametrize("values", [{}, BASE], ids=["as wanted", "put back"])
@pytest.mark.parametrize(
    ("call", "done"), [(call, done) for call in WRITES for done in (False, True)][:-1], ids=lambda value: str(value)
)
def test_killed_at_any_write_the_next_up_ends_the_job_or_takes_it_back(
    litellm: FakeLitellm, call: str, done: bool, values: dict[str, str]
) -> None:
    stack = Stack(litellm).up(**BASE)
    litellm.before = killing(litellm, call, done=done)
    with pytest.raises((Killed, pulumi.RunError)):
        stack.up()
    litellm.before = lambda _call: None
    stack.up(**values)
    stack.up(**values)
    assert list(rows(litellm).values()) == [{"api_key": SECRET, **values}]
    assert used(litellm) == list(rows(litellm))
    assert stack.is_converged(**values)


def killing(litellm: FakeLitellm, fatal: str, *, done: bool) -> Callable[[str], Exception | None]:
    """The run ends at this call, which reached the server or did not."""
    ended: list[str] = []

    def before(call: str) -> Exception | None:
        ended.append(call)
        if fatal in ended[:-1] or (call == fatal and not done):
            return Killed()
        return None

    return before


def test_the_former_row_goes_last(litellm: FakeLitellm) -> None:
    stack = Stack(litellm).up(**BASE)
    litellm.calls.clear()
    stack.up()
    assert [call for call in litellm.calls if not call.startswith("GET")] == WRITES


def test_the_deletion_of_the_former_row_leaves_the_one_after_it(litellm: FakeLitellm) -> None:
    stack = Stack(litellm).up(**BASE)
    former = stack.credential
    stack.up()
    assert former is not None
    run = Run(litellm)
    assert run.provider(CredentialProvider).read(NAME, former).id == "", "gone, whatever came after it"
    run.provider(CredentialProvider).delete(NAME, former)
    assert list(rows(litellm)) == [SECOND]


def test_who_declares_by_the_catalog_alone_takes_no_row_of_its_credential_for_left_over(litellm: FakeLitellm) -> None:
    Stack(litellm).up(**BASE).up()
    found = [of_credential(CredentialRow.model_validate(row)) for row in litellm.credentials.values()]
    assert undeclared(found, "llmproxy/dev", {"credential": [NAME]}, {}) == []
    assert [row.name for row in undeclared(found, "llmproxy/dev", {"credential": ["other"]}, {})] == [SECOND]


def test_without_a_state_the_row_is_found_by_the_identity_in_its_marker(litellm: FakeLitellm) -> None:
    Stack(litellm).up(**BASE).up()
    anew = Stack(litellm)
    wanted, _ = anew.previewed()
    assert wanted["credential_name"] == SECOND
    anew.up()
    assert list(rows(litellm)) == [SECOND]
    assert anew.is_converged()


def test_a_state_that_knows_only_the_name_shows_no_difference(litellm: FakeLitellm) -> None:
    stack = Stack(litellm).up(**BASE)
    assert stack.credential is not None
    del stack.credential["identity"]
    assert stack.is_converged(**BASE)
    provider = Run(litellm).provider(CredentialProvider)
    assert (
        provider.diff(NAME, stack.credential, provider.check(stack.credential, props(**BASE)).inputs).changes is False
    )


def test_a_preview_names_the_row_although_the_key_is_not_known_yet(litellm: FakeLitellm) -> None:
    stack = Stack(litellm).up(**BASE)
    provider = Run(litellm).provider(CredentialProvider)
    assert provider.check(stack.credential or {}, props(**BASE, api_key=rpc.UNKNOWN)).inputs["credential_name"] == NAME
    assert provider.check(stack.credential or {}, props(api_key=rpc.UNKNOWN)).inputs["credential_name"] == SECOND
    assert provider.check({}, props(api_key=rpc.UNKNOWN)).inputs["credential_name"] == SECOND


def test_a_value_is_not_removed_while_models_of_others_use_the_row(litellm: FakeLitellm) -> None:
    stack = Stack(litellm).up(**BASE)
    params = {"model": "openai/x", "litellm_credential_name": NAME}
    litellm.models["theirs"] = {"model_name": "x", "litellm_params": params, "model_info": {"id": "theirs"}}
    (failure,) = Run(litellm).provider(CredentialProvider).check(stack.credential or {}, props()).failures
    assert "x (theirs); delete these models there, or give them another credential" in failure.reason


def test_what_was_made_by_hand_is_taken_over_as_it_is_and_holds_nothing_besides_after_the_next_up(
    litellm: FakeLitellm, capfd: pytest.CaptureFixture[str]
) -> None:
    litellm.credentials[NAME] = {"credential_name": NAME, "credential_values": dict(BASE), "credential_info": {}}
    stack = Stack(litellm).up(adopt=True)
    assert rows(litellm) == {NAME: {"api_key": SECRET, **BASE}}
    assert "warning: LiteLLM credential p: holds api_base besides; the next up takes that out" in capfd.readouterr().err
    stack.up(adopt=True)
    assert rows(litellm) == {SECOND: {"api_key": SECRET}}
    assert stack.is_converged(adopt=True)


@pytest.mark.parametrize("version", ["1.81.12", "1.109.1"])
def test_with_several_workers_no_request_finds_a_model_without_its_credential(version: str) -> None:
    gateway = FakeWorkers(version)
    stack = Stack(gateway).up(**BASE)
    gateway.polled()
    broken: list[str] = []

    def watch(call: str) -> None:
        for number, worker in enumerate(gateway.each):
            worker.poll_if_due()
            missing = set(used(worker)) - set(worker.credentials)
            if missing:
                broken.append(f"{call}: worker {number} has no {missing}")

    gateway.before = watch
    stack.up()
    for _ in range(3):
        gateway.time.sleep(POLL_SECONDS / 2)
        watch("afterwards")
    assert broken == []
    gateway.polled()
    assert stack.is_converged()
    assert list(rows(gateway)) == [SECOND]


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("version", ["1.81.12", "1.109.1"])
def test_after_another_key_or_address_the_time_is_told_from_which_on_the_former_is_not_used(
    version: str, workers: int, capfd: pytest.CaptureFixture[str]
) -> None:
    gateway = FakeLitellm(version) if workers == 1 else FakeWorkers(version, workers)
    stack = Stack(gateway).up(**BASE)
    gateway.time.seconds = 12 * 3600.0
    capfd.readouterr()
    stack.up(**BASE, api_key="sk-another")
    # One worker: what it shows it uses, on 1.81.12 after its poll. Several: after the poll of the last one.
    when = "12:00:35" if workers > 1 else "12:00:30" if version == "1.81.12" else "12:00:00"
    told = capfd.readouterr().err
    assert f"warning: LiteLLM credential p: its former key may be used until {when} UTC; whatever ends" in told
    assert "another" not in told
    stack.up(api_base="http://q/v1", api_key="sk-another")
    assert "its former address may be used until" in capfd.readouterr().err
    stack.up(api_base="http://q/v1", api_key="sk-another")
    assert "former" not in capfd.readouterr().err


def test_a_removed_value_that_is_no_key_says_nothing_of_the_key(
    litellm: FakeLitellm, capfd: pytest.CaptureFixture[str]
) -> None:
    stack = Stack(litellm).up(**BASE)
    stack.up()
    told = capfd.readouterr().err
    assert "its former address may be used until" in told
    assert "former key" not in told
