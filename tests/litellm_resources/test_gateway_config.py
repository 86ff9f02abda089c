"""The rules of the GatewayConfig provider, on both versions."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from litellm_resources.admin_api import litellm_settings
from litellm_resources.gateway_config import GatewayConfigProvider
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import OLD, FakeLitellm

ID = "gateway config"


def wanted(*, callbacks: list[str] | None = None, **general: Any) -> dict[str, Any]:
    return {"owner": "llmproxy/dev", "general_settings": general, "callbacks": callbacks or []}


def rolled_out(litellm: FakeLitellm, **general: Any) -> None:
    """The gateway runs with this YAML, and a write of router settings has put it into the database of 1.81.12."""
    litellm.yaml_general = general
    assert litellm._write_router({})[0] == 200


def made(litellm: FakeLitellm, props: dict[str, Any]) -> dict[str, Any]:
    outs: dict[str, Any] = Run(litellm).provider(GatewayConfigProvider).create(props).outs
    return outs


def test_nothing_is_written_and_nothing_differs_where_the_file_counts(litellm: FakeLitellm) -> None:
    rolled_out(litellm, store_prompts_in_spend_logs=True)
    outs = made(litellm, wanted(store_prompts_in_spend_logs=True))
    assert not [call for call in litellm.calls if call.startswith("POST")]
    assert Run(litellm).provider(GatewayConfigProvider).read(ID, outs).outs == outs


def test_an_edited_setting_that_the_database_would_override_counts_after_the_up(
    litellm: FakeLitellm, capsys: pytest.CaptureFixture[str]
) -> None:
    rolled_out(litellm, store_prompts_in_spend_logs=True, max_parallel_requests=5)
    outs = made(litellm, wanted(store_prompts_in_spend_logs=True, max_parallel_requests=5))
    rolled_out(litellm, store_prompts_in_spend_logs=False)
    assert litellm.general["store_prompts_in_spend_logs"] is (litellm.version == OLD)
    news = wanted(store_prompts_in_spend_logs=False)
    outs = Run(litellm).provider(GatewayConfigProvider).update(ID, outs, news).outs
    assert litellm.general["store_prompts_in_spend_logs"] is False
    assert litellm.general.get("max_parallel_requests") is None
    told = "put right, in use within 30 s: max_parallel_requests, store_prompts_in_spend_logs"
    assert (told in capsys.readouterr().err) is (litellm.version == OLD)
    assert Run(litellm).provider(GatewayConfigProvider).read(ID, outs).outs == outs


def test_a_setting_that_was_changed_by_hand_shows_and_is_put_right(litellm: FakeLitellm) -> None:
    rolled_out(litellm, store_prompts_in_spend_logs=True)
    props = wanted(store_prompts_in_spend_logs=True)
    outs = made(litellm, props)
    litellm.stored_general["store_prompts_in_spend_logs"] = False
    later = Run(litellm).provider(GatewayConfigProvider)
    read = later.read(ID, outs)
    if litellm.version != OLD:
        assert read.outs == outs
        return
    assert read.inputs["general_settings"] == {"store_prompts_in_spend_logs": False}
    assert later.diff(ID, read.outs, props).changes
    later.update(ID, read.outs, props)
    assert litellm.general["store_prompts_in_spend_logs"] is True


def test_a_setting_that_does_not_come_to_count_fails_the_up(litellm: FakeLitellm) -> None:
    rolled_out(litellm, max_parallel_requests=5)
    litellm.before = lambda call: (200, []) if call == "POST /config/field/update" else None
    rolled_out(litellm, max_parallel_requests=6)
    provider = Run(litellm).provider(GatewayConfigProvider)
    if litellm.version == OLD:
        with pytest.raises(pulumi.RunError, match="LiteLLM shows another max_parallel_requests"):
            provider.create(wanted(max_parallel_requests=6))
    else:
        provider.create(wanted(max_parallel_requests=6))


DISCOUNT, NEW_USERS = "cost_discount_config", "default_internal_user_params"


def with_settings(**settings: Any) -> dict[str, Any]:
    return {**wanted(), "litellm_settings": settings}


def said_in_the_file(litellm: FakeLitellm, **settings: Any) -> None:
    litellm.yaml_settings = settings
    assert litellm._write_router({})[0] == 200


def counting(litellm: FakeLitellm) -> dict[str, Any]:
    return litellm_settings.read_all(Run(litellm).session.client)


def test_an_edited_setting_of_litellms_own_counts_after_the_up_and_so_does_one_that_was_changed_by_hand(
    litellm: FakeLitellm, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {DISCOUNT: {"openai": 0.1, "azure": 0.2}, NEW_USERS: {"user_role": "proxy_admin", "max_budget": 5}}
    said_in_the_file(litellm, **before)
    outs = made(litellm, with_settings(**before))
    after = {DISCOUNT: {"openai": 0.3}, NEW_USERS: {"user_role": "internal_user", "max_budget": 7.0}}
    said_in_the_file(litellm, **after)
    assert (counting(litellm)[DISCOUNT] == {"openai": 0.3}) is (litellm.version != OLD)
    outs = Run(litellm).provider(GatewayConfigProvider).update(ID, outs, with_settings(**after)).outs
    assert counting(litellm) == {DISCOUNT: {"openai": 0.3}, NEW_USERS: {"max_budget": 7.0}, "cost_margin_config": {}}
    told = f"put right, in use within 30 s: {DISCOUNT}, {NEW_USERS}"
    assert (told in capsys.readouterr().err) is (litellm.version == OLD)
    assert Run(litellm).provider(GatewayConfigProvider).read(ID, outs).outs == outs

    litellm.stored_settings[DISCOUNT] = {"openai": 0.9}
    later = Run(litellm).provider(GatewayConfigProvider)
    read = later.read(ID, outs)
    assert later.diff(ID, read.outs, with_settings(**after)).changes is (litellm.version == OLD)
    later.update(ID, read.outs, with_settings(**after))
    assert counting(litellm)[DISCOUNT] == {"openai": 0.3}


def test_a_setting_of_litellms_own_that_left_the_file_goes_where_a_call_can_do_that(litellm: FakeLitellm) -> None:
    said_in_the_file(litellm, **{DISCOUNT: {"openai": 0.1}})
    outs = made(litellm, with_settings(**{DISCOUNT: {"openai": 0.1}}))
    said_in_the_file(litellm)
    outs = Run(litellm).provider(GatewayConfigProvider).update(ID, outs, wanted()).outs
    assert counting(litellm)[DISCOUNT] == {}
    assert "litellm_settings" not in Run(litellm).provider(GatewayConfigProvider).read(ID, outs).inputs


def test_a_setting_of_litellms_own_that_left_the_file_and_lives_on_fails_the_up(litellm: FakeLitellm) -> None:
    said_in_the_file(litellm, **{DISCOUNT: {"openai": 0.1}})
    outs = made(litellm, with_settings(**{DISCOUNT: {"openai": 0.1}}))
    said_in_the_file(litellm)
    litellm.before = lambda call: (200, {}) if call == "PATCH /config/cost_discount_config" else None
    provider = Run(litellm).provider(GatewayConfigProvider)
    if litellm.version == OLD:
        with pytest.raises(pulumi.RunError, match=f"LiteLLM shows another {DISCOUNT}"):
            provider.update(ID, outs, wanted())
    else:
        provider.update(ID, outs, wanted())


def test_the_defaults_of_new_users_that_left_the_file_and_live_on_fail_the_up_with_the_way_out(
    litellm: FakeLitellm,
) -> None:
    said_in_the_file(litellm, **{NEW_USERS: {"max_budget": 5}})
    outs = made(litellm, with_settings(**{NEW_USERS: {"max_budget": 5}}))
    said_in_the_file(litellm)
    provider = Run(litellm).provider(GatewayConfigProvider)
    if litellm.version == OLD:
        with pytest.raises(pulumi.RunError, match=f"LiteLLM uses it: {NEW_USERS}; take it out of the database"):
            provider.update(ID, outs, wanted())
    else:
        provider.update(ID, outs, wanted())


def test_a_callback_that_left_the_file_and_lives_on_in_the_database_fails_the_up_with_the_way_out(
    litellm: FakeLitellm,
) -> None:
    outs = made(litellm, wanted(callbacks=["prometheus", "theirs"]))
    litellm.callbacks = ["prometheus", "by hand"] if litellm.version == OLD else []
    provider = Run(litellm).provider(GatewayConfigProvider)
    if litellm.version == OLD:
        with pytest.raises(pulumi.RunError, match="names it no more, and LiteLLM uses it: prometheus; take it out"):
            provider.update(ID, outs, wanted(callbacks=["theirs"]))
        litellm.callbacks = ["by hand"]
    provider.update(ID, outs, wanted(callbacks=["theirs"]))
