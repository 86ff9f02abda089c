"""What the gateway does at its end, in a process of its own with a LiteLLM that only notes what it is asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from components.services import litellm_start

LITELLM = {
    "__init__.py": "",
    "_logging.py": "import logging\nverbose_proxy_logger = logging.getLogger()\n",
    "litellm_core_utils/__init__.py": "",
    "litellm_core_utils/logging_worker.py": """
class Worker:
    async def flush(self):
        print('reckoned')
GLOBAL_LOGGING_WORKER = Worker()
""",
    "proxy/__init__.py": "",
}
SERVER = """
app, prisma_client, db_writer_client, proxy_logging_obj = 'the application', {client}, None, None
async def update_spend(prisma_client, db_writer_client, proxy_logging_obj):
    {write}
async def proxy_shutdown_event():
    print('ended')
"""
NEWER = "async def flush_spend_counters_on_shutdown(): ...\n"
# As LiteLLM's lifespan does: the name is looked up when it ends.
END = "import asyncio, litellm_ending as ours; print(ours.app); asyncio.run(ours.proxy_server.proxy_shutdown_event())"


@pytest.mark.parametrize(
    ("server", "told"),
    [
        (SERVER.format(client="object()", write="print('written')"), ["reckoned", "written", "ended"]),
        (SERVER.format(client="object()", write="raise ConnectionError('marker')"), ["reckoned", "ended"]),
        (SERVER.format(client="None", write="print('written')"), ["ended"]),
        (SERVER.format(client="object()", write="print('written')") + NEWER, ["ended"]),
    ],
    ids=["it writes what was spent", "a database that is away", "no database", "a LiteLLM that writes it itself"],
)
def test_what_was_spent_is_written_before_the_gateway_ends(tmp_path: Path, server: str, told: list[str]) -> None:
    for name, text in {**LITELLM, "proxy/proxy_server.py": server}.items():
        path = tmp_path / "litellm" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / litellm_start.ENDING.name).write_text(
        litellm_start.ENDING.read_text(encoding="utf-8"), encoding="utf-8"
    )
    done = subprocess.run([sys.executable, "-c", END], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["the application", *told]
    assert "marker" not in done.stderr
