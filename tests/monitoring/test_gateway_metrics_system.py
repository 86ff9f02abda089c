"""The gateway's metrics in LiteLLM itself, both versions: free of a licence, for several workers, for nobody without a
key; and their sum, which names no key.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from airgap.images.build import DEFAULT_DOCKER_HOST, build
from components.gateway_metrics.exposition import samples
from components.services.gateway_metrics import PACKAGE
from stacks import litellm_config
from stacks.settings import parse
from tests.monitoring.conftest import Room, until

pytestmark = pytest.mark.system

MASTER_KEY = "sk-marker-7d20aa"
GOOD, BAD = 16, 4
MODELS = [
    {"model_name": "good", "litellm_params": {"model": "openai/x", "api_key": "sk-x", "mock_response": "hello"}},
    {
        "model_name": "bad",
        "litellm_params": {"model": "openai/x", "api_key": "sk-x", "mock_response": "litellm.InternalServerError"},
    },
]


def address(container: Any) -> str:
    container.reload()
    (network,) = container.attrs["NetworkSettings"]["Networks"].values()
    return str(network["IPAddress"])


def ask(url: str, key: str = "", body: object = None) -> tuple[int, str]:
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=20) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def gateway(room: Room, version: str, folder: Path) -> Any:
    cache = Path(os.environ.get("LLMPROXY_CACHE", "/var/cache/llmproxy")) / "images"
    host = os.environ.get("DOCKER_HOST", DEFAULT_DOCKER_HOST)
    image = f"litellm:{version}"
    room.tags = {
        **room.tags,
        **build([image, "python"], docker_host=host, lock_dir=cache, log_dir=cache / "logs", progress=print),
    }
    settings = parse({}, place="test").litellm
    config = yaml.safe_load(litellm_config.config_yaml(settings, with_metrics=True))
    config["general_settings"]["store_model_in_db"] = False  # counting needs no database
    file = folder / "config.yaml"
    file.write_text(yaml.safe_dump({**config, "model_list": MODELS}))
    environment = litellm_config.environment(settings, offline=True, with_metrics=True)
    return room.run(
        image,
        [f"litellm-{version}"],
        ["--config", "/app/config.yaml", "--port", "4000", "--num_workers", "2"],
        environment={**environment, "STORE_MODEL_IN_DB": "False", "LITELLM_MASTER_KEY": MASTER_KEY},
        volumes={str(file): {"bind": "/app/config.yaml", "mode": "ro"}},
    )


# 1.81.12 counts each request in two of its hooks; the ratio is right all the same.
@pytest.mark.parametrize(("version", "times"), [("1.81.12", 2), ("1.109.1", 1)])
def test_all_workers_are_counted_for_those_with_the_key_and_the_sum_names_nobody(
    room: Room, version: str, times: int, tmp_path: Path
) -> None:
    running = gateway(room, version, tmp_path)
    url = f"http://{address(running)}:4000"
    until(lambda: ask(f"{url}/health/liveliness")[0] == 200, seconds=90, what="the gateway answers")
    assert ask(f"{url}/metrics/")[0] == 401
    assert ask(f"{url}/metrics/", "sk-wrong")[0] == 401

    key = tmp_path / "key"
    key.write_text(MASTER_KEY)
    start = f"import runpy, sys; sys.path.insert(0, '/opt'); runpy.run_module({PACKAGE.name!r}, run_name='__main__')"
    summed = room.run(
        "python",
        [f"metrics-{version}"],
        ["python3", "-c", start, f"litellm-{version}", "4000", "/key", "300", "10"],
        volumes={
            str(PACKAGE): {"bind": f"/opt/{PACKAGE.name}", "mode": "ro"},
            str(key): {"bind": "/key", "mode": "ro"},
        },
    )
    page = f"http://{address(summed)}:9102/metrics"
    until(lambda: "llmproxy_gateway_tasks 1" in ask(page)[1], seconds=30, what="the gateway was asked")

    message = [{"role": "user", "content": "hi"}]
    answers = [
        ask(f"{url}/v1/chat/completions", MASTER_KEY, {"model": model, "messages": message, "num_retries": 0})[0]
        for model in ["good"] * GOOD + ["bad"] * BAD
    ]
    assert answers == [200] * GOOD + [500] * BAD
    wanted = (times * GOOD, times * BAD)
    until(lambda: counted(ask(page)[1]) == wanted, seconds=45, what="the requests of both workers are summed up")
    text = ask(page)[1]
    # The two that came without the key count as requests, but are no fault of the gateway.
    ratio = next(sample.value for sample in samples(text) if sample.name == "llmproxy_gateway_error_ratio_percent")
    assert 100 * BAD / (GOOD + BAD + 4) - 0.01 <= ratio <= 100 * BAD / (GOOD + BAD)
    assert MASTER_KEY not in text
    assert {label for sample in samples(text) for label in sample.labels} == {"model"}


def counted(page: str) -> tuple[float, float]:
    """Requests to the good model, and those to the bad one that failed."""
    found = {(sample.name, sample.labels.get("model")): sample.value for sample in samples(page)}
    asked, failed = ("llmproxy_gateway_requests_total", "good"), ("llmproxy_gateway_failed_requests_total", "bad")
    return found.get(asked, 0.0), found.get(failed, 0.0)
