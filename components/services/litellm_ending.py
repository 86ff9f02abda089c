"""The gateway's application with an end at which nothing that was spent is lost.

Runs in the gateway's container, where uvicorn imports it in each worker in place of LiteLLM's own application. LiteLLM
1.81.12 writes what was spent every `proxyBatchWriteAt` seconds and forgets at its end what it has not written yet;
1.109.1 writes it, and is left as it is.
"""

from __future__ import annotations

import asyncio

from litellm._logging import verbose_proxy_logger  # type: ignore[import-not-found]  # only in the container
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER  # type: ignore[import-not-found]
from litellm.proxy import proxy_server  # type: ignore[import-not-found]

app = proxy_server.app
end = proxy_server.proxy_shutdown_event
# What an answer has cost is reckoned just after its last word was sent.
RECKONING_SECONDS = 0.5
# Within the grace that the service gives for last writes, even while the database is away.
WRITE_SECONDS = 7


async def write_and_end() -> None:
    """Writes what was spent, then ends as LiteLLM does."""
    try:
        await asyncio.wait_for(write(), WRITE_SECONDS)
    except Exception as error:  # noqa: BLE001  whatever it is, the gateway must end
        verbose_proxy_logger.error("llmproxy: what was spent last is not written: %s", type(error).__name__)
    await end()


async def write() -> None:
    if proxy_server.prisma_client is None:
        return
    await asyncio.sleep(RECKONING_SECONDS)
    await GLOBAL_LOGGING_WORKER.flush()
    await proxy_server.update_spend(
        prisma_client=proxy_server.prisma_client,
        db_writer_client=proxy_server.db_writer_client,
        proxy_logging_obj=proxy_server.proxy_logging_obj,
    )


if not hasattr(proxy_server, "flush_spend_counters_on_shutdown"):
    proxy_server.proxy_shutdown_event = write_and_end
