"""The rules of the Credential provider, on both versions."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pydantic import JsonValue

from litellm_resources.admin_api.credentials import may_be
from litellm_resources.credential import CredentialProvider
from litellm_resources.model import ModelProvider
from tests.litellm_resources import test_model
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import OLD, POLL_SECONDS, FakeLitellm

SECRET = "sk-secret-of-provider"


def wanted(run: Run, **changes: Any) -> dict[str, Any]:
    props = {
        "__provider": "reference",
        "owner": "llmproxy/dev",
        "credential_name": "p-openai",
        "fingerprint_key": "fingerprint-key",
        "api_key": SECRET,
        "api_base": "http://p/v1",
        "custom_llm_provider": "OpenAI_Compatible",
        "other_values": [],
        "adopt": False,
    }
    news = {**props, **changes}
    olds = {name: news[name] for name in ("credential_name", "fingerprint_key")}
    checked = run.provider(CredentialProvider).check({**olds, "owner": "llmproxy/dev"}, news)
    assert checked.failures == []
    return checked.inputs


def made(run: Run, **changes: Any) -> dict[str, Any]:
    return run.provider(CredentialProvider).create(wanted(run, **changes)).outs


def test_the_info_holds_marker_and_fingerprint_and_no_secret(litellm: FakeLitellm, run: Run) -> None:
    made(run)
    row = litellm.credentials["p-openai"]
    assert row["credential_values"] == {"api_key": SECRET, "api_base": "http://p/v1"}
    assert row["credential_info"]["llmproxy"]["stack"] == "dev"
    assert len(row["credential_info"]["llmproxy"]["fingerprint"]) == 32
    assert SECRET not in str(row["credential_info"])


def test_what_was_made_is_no_drift(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    later = Run(litellm)
    read = later.provider(CredentialProvider).read("p-openai", outs)
    assert read.outs == outs
    assert later.provider(CredentialProvider).diff("", read.outs, wanted(run)).changes is False


def test_another_key_is_seen_by_its_fingerprint_and_written_in_place(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.calls.clear()
    later = Run(litellm)
    news = wanted(later, api_key="sk-another")
    assert later.provider(CredentialProvider).diff("", outs, news).changes is True
    later.provider(CredentialProvider).update("p-openai", outs, news)
    assert litellm.credentials["p-openai"]["credential_values"]["api_key"] == "sk-another"
    assert not any(call.startswith("DELETE") for call in litellm.calls)


def test_a_change_waits_for_the_poll_of_the_older_version(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    before = litellm.time.seconds
    later = Run(litellm)
    later.provider(CredentialProvider).update("p-openai", outs, wanted(later, api_base="http://q/v1"))
    waited = litellm.time.seconds - before
    assert waited == (POLL_SECONDS if litellm.version == OLD else 0)


def by_hand(litellm: FakeLitellm, **values: str) -> None:
    litellm.credentials["p-openai"]["credential_values"].update(values)


def test_a_key_changed_by_hand_is_drift_by_the_signs_that_are_shown_and_is_healed(
    litellm: FakeLitellm, run: Run
) -> None:
    outs = made(run)
    by_hand(litellm, api_key="sk-changed-by-hand")
    later = Run(litellm)
    read = later.provider(CredentialProvider).read("p-openai", outs)
    assert read.inputs["api_key_fingerprint"] == "(another key)"
    assert later.provider(CredentialProvider).diff("", read.outs, wanted(later)).changes is True
    later.provider(CredentialProvider).update("p-openai", read.outs, wanted(later))
    assert litellm.credentials["p-openai"]["credential_values"]["api_key"] == SECRET
    assert Run(litellm).provider(CredentialProvider).read("p-openai", outs).outs == outs


def test_a_key_changed_by_hand_to_one_with_the_same_ends_is_not_seen(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    by_hand(litellm, api_key="sk-by-hand-er")
    assert Run(litellm).provider(CredentialProvider).read("p-openai", outs).outs == outs


@pytest.mark.parametrize("key", ["k", "abcd", "abcde", "üüüüü"])
def test_a_key_of_any_length_is_no_drift_as_it_was_made(litellm: FakeLitellm, run: Run, key: str) -> None:
    outs = made(run, api_key=key)
    assert Run(litellm).provider(CredentialProvider).read("p-openai", outs).outs == outs


@pytest.mark.parametrize("shown", ["*****", "sk-...er", "****", "", None, 5])
def test_a_mask_of_another_form_tells_nothing_of_the_key(shown: JsonValue) -> None:
    assert may_be(shown, SECRET) is True


def test_another_or_no_fingerprint_in_the_info_shows(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    note = litellm.credentials["p-openai"]["credential_info"]["llmproxy"]
    note["fingerprint"] = "theirs"
    read = Run(litellm).provider(CredentialProvider).read("p-openai", outs)
    assert read.inputs["api_key_fingerprint"] == "theirs"
    assert read.inputs["api_key"] == SECRET
    del note["fingerprint"]
    assert Run(litellm).provider(CredentialProvider).read("p-openai", outs).inputs["api_key_fingerprint"] == "(unknown)"


def test_a_credential_of_others_is_neither_changed_nor_deleted(litellm: FakeLitellm, run: Run) -> None:
    theirs = {"credential_name": "p-openai", "credential_values": {"api_base": "x"}, "credential_info": {}}
    litellm.credentials["p-openai"] = dict(theirs)
    provider = run.provider(CredentialProvider)
    news = wanted(run)
    (failure,) = provider.check({}, news).failures
    assert 'put "p-openai" into litellm.adopt' in failure.reason
    with pytest.raises(pulumi.RunError, match=r"litellm\.adopt"):
        provider.create(news)
    provider.delete("p-openai", news)
    assert litellm.credentials["p-openai"] == theirs


def test_adopting_takes_it_over_but_never_from_another_stack(litellm: FakeLitellm, run: Run) -> None:
    litellm.credentials["p-openai"] = {
        "credential_name": "p-openai",
        "credential_values": {"api_base": "x"},
        "credential_info": {"note": "kept"},
    }
    made(run, adopt=True)
    assert litellm.credentials["p-openai"]["credential_info"]["note"] == "kept"
    other = Run(litellm)
    news = {**wanted(other), "owner": "llmproxy/prod", "adopt": True}
    with pytest.raises(pulumi.RunError, match="belongs to the stack llmproxy/dev"):
        other.provider(CredentialProvider).create(news)


def test_an_empty_credential_is_refused_at_check(run: Run) -> None:
    props = {"owner": "llmproxy/dev", "credential_name": "p", "fingerprint_key": "f"}
    (failure,) = run.provider(CredentialProvider).check({}, props).failures
    assert failure.property == "api_key"


def test_a_wrong_type_is_refused_without_its_value(run: Run) -> None:
    props = {"owner": "llmproxy/dev", "credential_name": "p", "fingerprint_key": "f", "api_key": ["sk-secret-value"]}
    (failure,) = run.provider(CredentialProvider).check({}, props).failures
    assert failure.property == "api_key"
    assert "sk-secret-value" not in failure.reason


def test_delete_takes_gone_for_done(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    provider = run.provider(CredentialProvider)
    provider.delete("p-openai", outs)
    provider.delete("p-openai", outs)
    assert litellm.credentials == {}
    read = Run(litellm).provider(CredentialProvider).read("p-openai", outs)
    assert (read.id, read.outs) == ("", {})


def made_by_hand(name: str, credential_name: str) -> dict[str, Any]:
    params = {"model": "openai/x", "litellm_credential_name": credential_name}
    return {"model_name": name, "litellm_params": params, "model_info": {"id": f"id-of-{name}"}}


def test_a_credential_that_models_of_others_use_is_not_deleted_and_the_error_names_them(
    litellm: FakeLitellm, run: Run
) -> None:
    outs = made(run)
    for name, used in {"b": "p-openai", "a": "p-openai", "c": "other"}.items():
        litellm.models[f"id-of-{name}"] = made_by_hand(name, used)
    with pytest.raises(pulumi.RunError) as error:
        run.provider(CredentialProvider).delete("p-openai", outs)
    assert str(error.value) == (
        "LiteLLM credential p-openai: not deleted, because models that this stack did not make use it: "
        "a (id-of-a), b (id-of-b); delete these models there, or give them another credential; or put the provider "
        "back into the catalog"
    )
    assert list(litellm.credentials) == ["p-openai"]


def test_a_model_of_ours_does_not_keep_its_credential(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    run.provider(ModelProvider).create(test_model.wanted(credential_name="p-openai"))
    litellm.models["id-of-c"] = made_by_hand("c", "other")
    run.provider(CredentialProvider).delete("p-openai", outs)
    assert litellm.credentials == {}
