"""The HTTP endpoints: Slack's requests, health, and metrics for Prometheus."""

from __future__ import annotations

import hmac
import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Request, Response, request
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.flask.handler import to_flask_response
from slack_sdk.signature import SignatureVerifier

from cxbot.slack.incoming import payloads
from cxbot.slack.incoming.payloads import MalformedError
from cxbot.web import forms, refusals
from cxbot.web.pages import Pages

log = logging.getLogger("cxbot.web")

LARGEST = 1_000_000  # bytes; Slack's payloads are far smaller
TOO_OLD = 300  # seconds in the past or future


class RefusedError(Exception):
    """A request that gets a 4xx and runs nothing."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def make_web(
    app: App,
    check: Callable[[Mapping[str, Any]], None],
    signing_secret: str,
    health: Callable[[], Mapping[str, bool]],
    metrics: Callable[[], str],
    pages: Pages,
    clock: Callable[[], float] = time.time,
) -> Flask:
    """The web application. Without a signing secret (Socket Mode only) `/slack/events` refuses every request. `check`
    raises MalformedError for payloads that Bolt must not see."""
    web = Flask("cxbot", static_folder=None)
    web.config["MAX_CONTENT_LENGTH"] = LARGEST
    verifier = SignatureVerifier(signing_secret) if signing_secret else None

    @web.post("/slack/events")
    def slack_events() -> Response:
        started = time.perf_counter()
        try:
            body = _parsed(_verified(request, verifier, clock()), request.mimetype)
            check(body)
        except MalformedError as error:
            log.warning("slack request refused status=400 why=%s", error)
            return Response(f"the request is malformed: {error}\n", 400, mimetype="text/plain")
        except RefusedError as error:
            log.info("slack request refused status=%s why=%s", error.status, error)
            return Response(str(error) + "\n", error.status, mimetype="text/plain")
        kind = _kind(body)
        if kind in payloads.UNHEARD:
            return Response("", 200)
        # In its Socket Mode Bolt takes parsed payloads; here it gets them in that form.
        bolt_request = BoltRequest(body=body, mode="socket_mode")
        answer = to_flask_response(app.dispatch(bolt_request))
        log.info(
            "slack request kind=%s status=%s ms=%.1f", kind, answer.status_code, 1000 * (time.perf_counter() - started)
        )
        return answer

    @web.get("/healthz")
    def healthz() -> tuple[dict[str, bool], int]:
        parts = dict(health())
        return parts, 200 if all(parts.values()) else 503

    @web.get("/metrics")
    def prometheus() -> Response:
        return Response(metrics(), mimetype="text/plain; version=0.0.4")

    pages.add_to(web)
    refusals.add_to(web, pages)
    return web


def _verified(incoming: Request, verifier: SignatureVerifier | None, now: float) -> str:
    """The raw body as text, after its signature was checked. Nothing is parsed before."""
    if verifier is None:
        raise RefusedError(404, "this bot listens through Socket Mode")
    timestamp = incoming.headers.get("X-Slack-Request-Timestamp", "")
    signature = incoming.headers.get("X-Slack-Signature", "")
    if not timestamp or not signature:
        raise RefusedError(401, "the request is not signed")
    if not (timestamp.isascii() and timestamp.isdigit()) or not signature.isascii():
        raise RefusedError(400, "the signature headers are malformed")
    if len(timestamp) > 12 or abs(now - int(timestamp)) > TOO_OLD:
        raise RefusedError(401, "the request is too old, or this machine's clock is wrong")
    try:
        body = incoming.get_data().decode()
    except UnicodeDecodeError:
        raise RefusedError(400, "the body is not UTF-8") from None
    expected = verifier.generate_signature(timestamp=timestamp, body=body)
    if expected is None or not hmac.compare_digest(expected, signature):
        raise RefusedError(401, "the signature is wrong")
    return body


def _parsed(body: str, mimetype: str) -> dict[str, Any]:
    """The payload of a well-formed request; raises RefusedError for any other."""
    try:
        return _read(body, mimetype)
    except (ValueError, RecursionError) as error:
        raise RefusedError(400, f"the request is malformed: {type(error).__name__}") from None


def _kind(body: Mapping[str, Any]) -> str:
    """The request's kind, for the log."""
    return str(body.get("command") or body.get("type") or "probe")[:40]


def _read(body: str, mimetype: str) -> dict[str, Any]:
    if mimetype == "application/json":
        parsed = json.loads(body)
    elif mimetype == "application/x-www-form-urlencoded":
        form = forms.fields(body)
        parsed = json.loads(form["payload"]) if "payload" in form else form
    else:
        raise ValueError("neither a form nor JSON")
    if not isinstance(parsed, dict):
        raise ValueError("no object")
    return parsed
