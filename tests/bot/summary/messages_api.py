"""A local HTTP server that speaks Anthropic's Messages API, with what can go wrong on the way.

What a right request is, is not its opinion: bodies are checked against the SDK's own request types, and its answers
are built as the SDK's response types. It knows nothing of what is asked.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from anthropic.types import Message, MessageTokensCount, ModelInfo
from anthropic.types.message_count_tokens_params import MessageCountTokensParams
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from pydantic import TypeAdapter, ValidationError

KEY = "sk-test-key"
KINDS = {400: "invalid_request_error", 401: "authentication_error", 404: "not_found_error"}
KINDS |= {429: "rate_limit_error", 500: "api_error", 529: "overloaded_error"}
CACHED_FROM = 1_000
"""Tokens of a system prompt from which on it is kept in the cache."""
_PAID, _COUNTED = MessageCreateParamsNonStreaming, MessageCountTokensParams
_ADAPTERS = {kind: TypeAdapter(kind) for kind in (_PAID, _COUNTED)}


@dataclass
class Asked:
    path: str
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def user(self) -> str:
        return str(self.body["messages"][0]["content"])

    @property
    def system(self) -> str:
        return "".join(block["text"] for block in self.body["system"])


Behaviour = Callable[["Handler", Asked], None]


@dataclass
class State:
    script: deque[Behaviour] = field(default_factory=deque)
    """What the next calls of ``/v1/messages`` get, one each; then ``always``."""
    always: Behaviour | None = None
    asked: list[Asked] = field(default_factory=list)
    """All calls of ``/v1/messages`` that were let in."""
    counted: int = 0
    count: Behaviour | None = None
    cache: set[tuple[str, str]] = field(default_factory=set)
    lifecycle: str = "active"
    known: tuple[str, ...] = ("claude-haiku-5-5", "claude-sonnet-5-5")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    state: State


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        name = self.path.removeprefix("/v1/models/")
        if not self._is_let_in():
            return
        if name not in self.server.state.known:
            self.error(404, "no such model")
            return
        supported = {"supported": True}
        info = {
            "id": name,
            "type": "model",
            "display_name": name,
            "created_at": "2026-10-07T00:00:00Z",
            "lifecycle": self.server.state.lifecycle,
            "capabilities": {"structured_outputs": supported, "effort": supported},
        }
        self.answer(200, ModelInfo.construct(**info).model_dump(mode="json", exclude_none=True))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if not self._is_let_in():
            return
        state = self.server.state
        asked = Asked(self.path, body, {name.lower(): value for name, value in self.headers.items()})
        if problem := _problem(_COUNTED if self.path.endswith("count_tokens") else _PAID, body):
            self.error(400, problem)
        elif self.path == "/v1/messages/count_tokens":
            state.counted += 1
            (state.count or _count)(self, asked)
        elif self.path == "/v1/messages":
            state.asked.append(asked)
            behaviour = state.script.popleft() if state.script else state.always
            (behaviour or fails(418))(self, asked)
        else:
            self.error(404, "no such path")

    def _is_let_in(self) -> bool:
        given = self.headers.get("authorization") or f"Bearer {self.headers.get('x-api-key')}"
        if given != f"Bearer {KEY}":
            self.error(401, "invalid key")
        elif "anthropic-version" not in self.headers:
            self.error(400, "anthropic-version: header is required")
        else:
            return True
        return False

    def answer(self, status: int, body: Any, **headers: str) -> None:
        self.raw(status, json.dumps(body).encode(), **headers)

    def raw(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content-type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def error(self, status: int, message: str, **headers: str) -> None:
        kind = KINDS.get(status, "api_error")
        self.answer(status, {"type": "error", "error": {"type": kind, "message": message}}, **headers)


def _problem(kind: type[Any], body: dict[str, Any]) -> str:
    try:
        _ADAPTERS[kind].validate_python(body)
    except ValidationError as error:
        return str(error.errors(include_url=False)[0]["loc"])
    if unknown := set(body) - (kind.__required_keys__ | kind.__optional_keys__):
        return f"{sorted(unknown)}: extra inputs are not permitted"
    if {"temperature", "top_p", "top_k", "tool_choice"} & set(body):
        return "sampling parameters and forced tools are not supported by this model"
    format = (body.get("output_config") or {}).get("format")
    return _open_object(format["schema"]) if format else ""


def _open_object(schema: Any) -> str:
    """Structured outputs want every object closed (platform.claude.com, Structured outputs)."""
    if isinstance(schema, list):
        return next(filter(None, map(_open_object, schema)), "")
    if not isinstance(schema, dict):
        return ""
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        return "For 'object' type, 'additionalProperties' must be explicitly set to false"
    return next(filter(None, map(_open_object, schema.values())), "")


def _tokens(body: dict[str, Any]) -> int:
    return max(1, len(json.dumps([body.get("system"), body["messages"]])) // 4)


def _count(handler: Handler, asked: Asked) -> None:
    handler.answer(200, MessageTokensCount(input_tokens=_tokens(asked.body)).model_dump())


# ── what a call can get


def says(text: str, stop_reason: str = "end_turn", thinking: bool = True) -> Behaviour:
    """A message with this text, as the model thinks it is done."""

    def behave(handler: Handler, asked: Asked) -> None:
        handler.answer(200, _message(handler, asked, text, stop_reason, thinking), request_id="req_1")

    return behave


def answers(value: Any) -> Behaviour:
    return says(json.dumps(value) if isinstance(value, dict) else value.model_dump_json())


def _message(handler: Handler, asked: Asked, text: str, stop_reason: str, thinking: bool) -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"type": "text", "text": text}] if text else []
    if thinking and text:
        content.insert(0, {"type": "thinking", "thinking": "", "signature": "abc"})
    message = {
        "id": f"msg_{uuid.uuid4().hex}",
        "type": "message",
        "role": "assistant",
        "model": asked.body["model"],
        "content": content,
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": _usage(handler.server.state, asked) | {"output_tokens": len(text) // 4 + 1},
    }
    return Message.model_validate(message).model_dump(mode="json", exclude_none=True)


def _usage(state: State, asked: Asked) -> dict[str, int]:
    tokens = _tokens(asked.body)
    system = len(asked.system) // 4
    marked = any("cache_control" in block for block in asked.body["system"])
    if not marked or system < CACHED_FROM:
        return {"input_tokens": tokens}
    key = (asked.body["model"], asked.system)
    kind = "cache_read_input_tokens" if key in state.cache else "cache_creation_input_tokens"
    state.cache.add(key)
    return {"input_tokens": tokens - system, kind: system}


def fails(status: int, **headers: str) -> Behaviour:
    return lambda handler, asked: handler.error(status, "scripted", **headers)


def raw(status: int, body: bytes) -> Behaviour:
    return lambda handler, asked: handler.raw(status, body)


def drops(handler: Handler, asked: Asked) -> None:
    """The connection is reset in the middle of the answer."""
    handler.send_response(200)
    handler.send_header("content-length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"id": "msg')
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()


def sleeps(seconds: float) -> Behaviour:
    """No byte for so long, then a proper answer that comes too late."""

    def behave(handler: Handler, asked: Asked) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return behave


def dribbles(seconds: float) -> Behaviour:
    """A byte every now and then: no pause is ever long enough for a read time-out."""

    def behave(handler: Handler, asked: Asked) -> None:
        handler.send_response(200)
        handler.send_header("content-length", "100000")
        handler.end_headers()
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                handler.wfile.write(b" ")
                handler.wfile.flush()
                time.sleep(0.02)
        except OSError:
            pass  # the client has gone, as it should
        handler.close_connection = True

    return behave


@contextmanager
def messages_api() -> Iterator[tuple[State, str]]:
    """The state to script, and the address."""
    server = Server(("127.0.0.1", 0), Handler)
    server.state = State()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.state, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
