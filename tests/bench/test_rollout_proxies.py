"""The upstream proxies of the bench: what is asked of them exists, and the answers waited for are the images' own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from airgap.images.contract import antigravity_manager, cli_proxy_api
from airgap.images.contract.chat import Upstream
from airgap.images.contract.serving import Request
from litellm_resources.resolver import loading
from litellm_resources.resolver.loading import CatalogFile
from litellm_resources.resolver.resolve import resolve
from stacks import catalog_reading, service_keys, service_secrets, settings
from tests.bench.rollouts.proxies import ANTIGRAVITY_MANAGER, CLI_PROXY_API, PROXIES, QUICK, Proxy

PATHS = {"anthropic": "/v1/messages", "openai": "/v1/chat/completions"}


@pytest.mark.parametrize("proxy", PROXIES, ids=lambda proxy: proxy.service)
def test_its_models_are_reached_with_the_services_own_key(proxy: Proxy, tmp_path: Path) -> None:
    document: dict[str, Any] = json.loads((catalog_reading.FOLDER / "dev.json").read_text(encoding="utf-8"))
    proxy.add_to(document)
    (tmp_path / "dev.json").write_text(json.dumps(document), encoding="utf-8")
    files = [CatalogFile(path=catalog_reading.FOLDER / "catalog.json"), CatalogFile(path=tmp_path / "dev.json")]
    catalog = resolve(
        loading.load(files),
        providers_with_key=(),
        skip_providers_without_key=True,
        services=dict.fromkeys(service_keys.SERVICES),
    )
    asked = {proxy.questions.short.model, *(stream.model for stream in proxy.questions.streams)}
    found = [model for model in catalog.models if model.model_name in asked]
    assert {model.model_name for model in found} == asked
    assert {model.provider for model in found} == {proxy.service}


@pytest.mark.parametrize("proxy", PROXIES, ids=lambda proxy: proxy.service)
def test_its_port_setting_and_secret_are_there(proxy: Proxy) -> None:
    other = settings.parse({proxy.setting: {"enabled": True, **proxy.changed}}, place="settings")
    assert other != settings.parse({proxy.setting: {"enabled": True}}, place="settings")
    service = service_keys.SERVICES[proxy.service]
    assert service.is_on(other)
    assert service.port == proxy.port
    assert proxy.secret in service_secrets.NAMES
    assert proxy.secret != service.key


@pytest.mark.parametrize(
    ("proxy", "image"), [(ANTIGRAVITY_MANAGER, antigravity_manager.UPSTREAM), (CLI_PROXY_API, cli_proxy_api.UPSTREAM)]
)
def test_the_answer_that_is_waited_for_is_the_images(proxy: Proxy, image: Upstream) -> None:
    question = Request("POST", PATHS[proxy.interface], {}, {}, json.dumps({"model": QUICK}).encode(), "10.0.0.1")
    answer = image.answer(question)
    assert answer is not None
    assert isinstance(answer.body, bytes)
    assert proxy.questions.short.answer in answer.body.decode()
