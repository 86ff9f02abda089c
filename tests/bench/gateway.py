"""The two ways to get a hundred models into a gateway: raw admin calls one after the other, and our `up`.

Takes a running installation. Each way leaves the gateway as it found it, so that either can go first and be repeated.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests

from tests.bench.floor import PulumiProgram
from tests.system.installation import Installation

MODELS = 100
CALL_SECONDS = 60


def seconds_of_raw_calls(gateway: Installation, master_key: str) -> float:
    """Makes the models by admin calls on one connection; their removal is not timed."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers["authorization"] = f"Bearer {master_key}"

        def post(path: str, body: Mapping[str, Any]) -> None:
            session.post(f"{gateway.url}{path}", json=body, timeout=CALL_SECONDS).raise_for_status()

        ids = [f"bench-raw-{number}" for number in range(MODELS)]
        try:
            began = time.perf_counter()
            for name in ids:
                post(
                    "/model/new",
                    {
                        "model_name": name,
                        "litellm_params": {"model": f"openai/{name}", "mock_response": "bench"},
                        "model_info": {"id": name},
                    },
                )
            return time.perf_counter() - began
        finally:
            for name in ids:
                post("/model/delete", {"id": name})


def seconds_of_up(program: PulumiProgram) -> float:
    """One `pulumi up`."""
    began = time.perf_counter()
    program.run("up", "--yes", "--skip-preview")
    return time.perf_counter() - began


@contextmanager
def models_in_catalog(gateway: Installation, program: PulumiProgram) -> Iterator[None]:
    """While the block runs the catalog holds the models; then they go again, out of the gateway too."""
    path = gateway.clone / "catalog" / "dev.json"
    before = path.read_text(encoding="utf-8")
    models = {f"bench-{number}": {"litellm_params": {"mock_response": "bench"}} for number in range(MODELS)}
    gateway.edit_catalog(lambda catalog: catalog["providers"]["mock"]["interfaces"]["openai"]["models"].update(models))
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")
        program.run("up", "--yes", "--skip-preview")
