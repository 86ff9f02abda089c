"""The three protocols in which a gateway asks an upstream: OpenAI's, Anthropic's and Gemini's, streams included.

Takes a request whose key was checked, gives the answer; None for a path that is none of theirs. The answer names the
product that it is not. The model's name chooses what happens: `contract-fail…` answers 500, `contract-slow-N…` takes N
seconds and sends one word a second where it streams.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .serving import EVENT_STREAM, Answer, Request, as_json

FAILS = "contract-fail"
SLOW = re.compile(r"contract-slow-(\d+)")
GEMINI_CALL = re.compile(r"/v1beta/models/(?P<model>[^:]+):(?P<call>generateContent|streamGenerateContent)")
# What was received, so that a test can see that a large body came whole.
BODY_BYTES = "X-Contract-Body-Bytes"


@dataclass(frozen=True)
class Upstream:
    """One product's models.

    Attributes:
        product: What the image is not.
        models: What the lists of models name; any other name is answered just as well.
    """

    product: str
    models: tuple[str, ...]

    def answer(self, request: Request) -> Answer | None:
        """The answer to a call of one of the three protocols."""
        if request.method == "GET" and request.path == "/v1/models":
            listed = [{"id": name, "object": "model", "owned_by": "contract-image"} for name in self.models]
            return as_json({"object": "list", "data": listed})
        if request.method == "GET" and request.path == "/v1beta/models":
            return as_json({"models": [{"name": f"models/{name}", "displayName": name} for name in self.models]})
        gemini = GEMINI_CALL.fullmatch(request.path)
        if request.method != "POST" or not (gemini or request.path in _PROTOCOLS):
            return None
        if gemini:
            model, streams, protocol = gemini["model"], gemini["call"].startswith("stream"), _GEMINI
        else:
            document = request.json()
            model, streams = str(document.get("model", "")), document.get("stream") is True
            protocol = _PROTOCOLS[request.path]
        if model.startswith(FAILS):
            return as_json(protocol.failure(f"{model}: this model always fails"), 500)
        return self._completion(request, protocol, model, streams=streams)

    def _completion(self, request: Request, protocol: _Protocol, model: str, *, streams: bool) -> Answer:
        slow = SLOW.match(model)
        seconds = int(slow[1]) if slow else 0
        text = f"contract image, not {self.product}: answer of {model}"
        received = {BODY_BYTES: str(len(request.body))}
        if streams:
            words = (f"second-{number} " for number in range(seconds)) if slow else iter(re.findall(r"\S+\s*", text))
            return Answer(200, protocol.stream(model, _paced(words, slow=bool(slow))), EVENT_STREAM, received)
        time.sleep(seconds)
        return Answer(200, json.dumps(protocol.whole(model, text)).encode(), headers=received)


def _paced(words: Iterator[str], *, slow: bool) -> Iterator[str]:
    for word in words:
        yield word
        time.sleep(1 if slow else 0)


@dataclass(frozen=True)
class _Protocol:
    whole: Callable[[str, str], object]
    stream: Callable[[str, Iterator[str]], Iterator[bytes]]
    failure: Callable[[str], object]


def _event(document: object, name: str | None = None) -> bytes:
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(document)}\n\n".encode()


def _openai(model: str, text: str) -> object:
    message = {"role": "assistant", "content": text}
    return {
        "id": "chatcmpl-contract",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 7, "total_tokens": 10},
    }


def _openai_stream(model: str, words: Iterator[str]) -> Iterator[bytes]:
    head = {"id": "chatcmpl-contract", "object": "chat.completion.chunk", "created": int(time.time()), "model": model}
    for word in words:
        delta = {"role": "assistant", "content": word}
        yield _event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    yield _event({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    yield b"data: [DONE]\n\n"


def _anthropic(model: str, text: str) -> dict[str, object]:
    return {
        "id": "msg_contract",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 3, "output_tokens": 7},
    }


def _anthropic_stream(model: str, words: Iterator[str]) -> Iterator[bytes]:
    begun = {**_anthropic(model, ""), "content": [], "stop_reason": None}
    yield _event({"type": "message_start", "message": begun}, "message_start")
    block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    yield _event(block, "content_block_start")
    for word in words:
        delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}
        yield _event(delta, "content_block_delta")
    yield _event({"type": "content_block_stop", "index": 0}, "content_block_stop")
    ended = {"stop_reason": "end_turn", "stop_sequence": None}
    yield _event({"type": "message_delta", "delta": ended, "usage": {"output_tokens": 7}}, "message_delta")
    yield _event({"type": "message_stop"}, "message_stop")


def _gemini(model: str, text: str, reason: str | None = "STOP") -> object:
    candidate = {"index": 0, "content": {"role": "model", "parts": [{"text": text}]}}
    used = {"promptTokenCount": 3, "candidatesTokenCount": 7, "totalTokenCount": 10}
    ended = {"finishReason": reason} if reason else {}
    return {"candidates": [{**candidate, **ended}], "usageMetadata": used, "modelVersion": model}


def _gemini_stream(model: str, words: Iterator[str]) -> Iterator[bytes]:
    for word in words:
        yield _event(_gemini(model, word, None))
    yield _event(_gemini(model, ""))


def _openai_failure(text: str) -> object:
    return {"error": {"message": text, "type": "server_error", "code": "contract_failure"}}


def _anthropic_failure(text: str) -> object:
    return {"type": "error", "error": {"type": "api_error", "message": text}}


def _gemini_failure(text: str) -> object:
    return {"error": {"code": 500, "message": text, "status": "INTERNAL"}}


_GEMINI = _Protocol(_gemini, _gemini_stream, _gemini_failure)
_PROTOCOLS = {
    "/v1/chat/completions": _Protocol(_openai, _openai_stream, _openai_failure),
    "/v1/messages": _Protocol(_anthropic, _anthropic_stream, _anthropic_failure),
}
