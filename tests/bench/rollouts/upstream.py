"""A provider for the bench: speaks as much of OpenAI's chat completions as the gateway needs.

Runs by itself in a container, so it is of the standard library alone. The question says how the answer shall be: `12`
is answered with the words 0 to 11; streamed, a word comes each half second. Told to end, it ends what it has begun.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from typing import Any

PORT = 8000
WORD_SECONDS = 0.5
NO_BODY = b""


class Upstream:
    """The server; `busy` counts the answers that have begun."""

    def __init__(self) -> None:
        self.busy = 0
        self.ending = asyncio.Event()

    async def run(self, port: int) -> None:
        server = await asyncio.start_server(self.connected, "", port)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.ending.set)
        await self.ending.wait()
        server.close()
        while self.busy:
            await asyncio.sleep(0.05)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves one connection, request after request."""
        try:
            while not self.ending.is_set():
                head = await reader.readuntil(b"\r\n\r\n")
                self.busy += 1
                try:
                    body = await reader.readexactly(length_of(head))
                    await self.answer(json.loads(body) if body else None, writer)
                finally:
                    self.busy -= 1
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def answer(self, question: dict[str, Any] | None, writer: asyncio.StreamWriter) -> None:
        if question is None:
            await send_json(writer, {"status": "ok"})
            return
        words = [f"{number} " for number in range(int(question["messages"][-1]["content"]))]
        if question.get("stream"):
            await stream(writer, words)
        else:
            message = {"role": "assistant", "content": "".join(words)}
            await send_json(writer, completion("chat.completion", message=message, finish_reason="stop"))


def length_of(head: bytes) -> int:
    """The length of the body that follows the head of a request."""
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def completion(kind: str, **choice: Any) -> dict[str, Any]:
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return {
        "id": "bench",
        "object": kind,
        "created": 0,
        "model": "bench",
        "choices": [{"index": 0, **choice}],
        **({"usage": usage} if "message" in choice else {}),
    }


async def send_json(writer: asyncio.StreamWriter, document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()


async def stream(writer: asyncio.StreamWriter, words: list[str]) -> None:
    """Sends the words as server-sent events, in chunks as HTTP has them."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
    for word in words:
        await send_event(writer, completion("chat.completion.chunk", delta={"content": word}, finish_reason=None))
        await asyncio.sleep(WORD_SECONDS)
    await send_event(writer, completion("chat.completion.chunk", delta={}, finish_reason="stop"))
    await send_chunk(writer, b"data: [DONE]\n\n")
    await send_chunk(writer, NO_BODY)


async def send_event(writer: asyncio.StreamWriter, document: dict[str, Any]) -> None:
    await send_chunk(writer, b"data: " + json.dumps(document).encode() + b"\n\n")


async def send_chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    await writer.drain()


if __name__ == "__main__":
    asyncio.run(Upstream().run(int(sys.argv[1]) if len(sys.argv) > 1 else PORT))
