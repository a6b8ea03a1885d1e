"""Handles every Web API call: arguments, tokens, scopes, faults and rate limits around the method."""

from __future__ import annotations

import copy
import json
import time
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from . import workflows
from .errors import JSON, SlackRefusal
from .faults import Fault
from .methods.base import Method, Request
from .methods.table import METHODS
from .workspace import Call, Workspace

SECRET_ARGS = ("token",)
BURST = 3


@dataclass(frozen=True)
class Incoming:
    """A call as received by HTTP. `form` has query and form fields; `body` is the JSON. The two are
    separate because some methods take no JSON."""

    method: str
    form: JSON
    body: Any
    token: str | None
    is_json: bool = False


@dataclass(frozen=True)
class Answer:
    """The response: JSON or raw text, or nothing at all (`drop`), possibly cut in half or late."""

    status: int
    body: JSON | str
    headers: dict[str, str] = field(default_factory=dict)
    manner: Literal["whole", "half", "drop"] = "whole"
    delay: float = 0.0


class WebApi:
    """Carries out Web API calls on a workspace."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._buckets: dict[str, list[float]] = {}

    def call(self, incoming: Incoming) -> Answer:
        fault = self._ws.faults.take(incoming.method)
        if fault is not None and not fault.carried_out:
            answer = failing(fault)
            self._log(incoming, answer.body if isinstance(answer.body, dict) else {"fault": fault.kind})
            return answer
        answer = self._carry_out(incoming)
        if isinstance(answer.body, dict):
            self._log(incoming, answer.body)
        return answer if fault is None else failing(fault, answer)

    def _carry_out(self, incoming: Incoming) -> Answer:
        method = METHODS.get(incoming.method)
        if method is None:
            return Answer(200, {"ok": False, "error": "unknown_method", "req_method": incoming.method})
        try:
            self._authorize(incoming, method)
            request = Request(self._ws, _arguments(incoming, method))
            wait = self._too_fast(incoming.method, request.text("channel"))
            if wait:
                return Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(wait)})
            body = {"ok": True, **copy.deepcopy(method.function(request))}
        except SlackRefusal as refusal:
            body = refusal.body()
        return Answer(200, body, self._scope_headers(incoming, method))

    def _authorize(self, incoming: Incoming, method: Method) -> None:
        app = self._ws.app
        if method.token == "none":
            return
        if not incoming.token:
            raise SlackRefusal("not_authed")
        token = app.bot_token if workflows.is_token(self._ws, incoming.token) else incoming.token
        if token not in (app.bot_token, app.app_token):
            raise SlackRefusal("invalid_auth")
        if token != (app.bot_token if method.token == "bot" else app.app_token):
            raise SlackRefusal("not_allowed_token_type")
        if app.revoked:
            raise SlackRefusal("token_revoked")
        if method.scopes:
            Request(self._ws, {}).need(*method.scopes)

    def _scope_headers(self, incoming: Incoming, method: Method) -> dict[str, str]:
        if incoming.token != self._ws.app.bot_token:
            return {}
        return {
            "x-oauth-scopes": ",".join(self._ws.app.scopes),
            "x-accepted-oauth-scopes": ",".join(method.scopes),
        }

    def _too_fast(self, method: str, channel: str) -> int:
        """How many seconds the app must wait; 0 if none. The limit is one message per second and channel, with a small
        burst, by the real clock."""
        if not self._ws.enforce_rate_limits or method != "chat.postMessage":
            return 0
        now = time.monotonic()
        recent = [at for at in self._buckets.get(channel, []) if now - at < BURST]
        self._buckets[channel] = recent
        if len(recent) >= BURST:
            return 1
        recent.append(now)
        return 0

    def _log(self, incoming: Incoming, result: JSON) -> None:
        given = incoming.form | (incoming.body if isinstance(incoming.body, dict) else {})
        args = {name: _readable(value) for name, value in given.items() if name not in SECRET_ARGS}
        with self._ws.world.change():
            self._ws.calls.append(Call(incoming.method, args, self._ws.clock.now(), result))


def _readable(value: Any) -> Any:
    """An argument as it is logged: JSON text is decoded."""
    if isinstance(value, str) and value[:1] in "[{" and value:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _arguments(incoming: Incoming, method: Method) -> JSON:
    if not incoming.is_json:
        return incoming.form
    if not method.takes_json:
        return {k: v for k, v in incoming.form.items() if k != "token"}
    if not isinstance(incoming.body, dict):
        raise SlackRefusal("invalid_json" if incoming.body is None else "json_not_object")
    return incoming.form | incoming.body


def failing(fault: Fault, answer: Answer | None = None) -> Answer:
    """The answer of a failing call. `answer` is the real one if the call was carried out."""
    if fault.kind == "rate_limited":
        return Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(fault.retry_after)})
    if fault.kind == "500":
        return Answer(500, "Internal Server Error")
    if fault.kind == "html_200":
        return Answer(200, "<!DOCTYPE html><html><body>Slack is down for maintenance</body></html>")
    if fault.kind == "half_body":
        return Answer(200, answer.body if answer else {"ok": True, "ts": "0"}, manner="half")
    if fault.kind == "bare":
        return Answer(200, {"ok": True})
    if fault.kind == "slow" and answer:
        return replace(answer, delay=fault.seconds)
    if fault.kind == "error":
        return Answer(200, {"ok": False, "error": fault.code})
    return Answer(200, "", manner="drop", delay=fault.seconds if fault.kind == "timeout" else 0.0)
