"""`POST /hooks/{name}`: what helpdesks tell. Every delivery is verified before anything else is done with it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import Any

from flask import Flask, Request, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from cxbot.core.hooks import bodies, kinds
from cxbot.core.hooks.kind import Kind
from cxbot.core.hooks.signatures import SignatureError, SignedRequest, header, verify
from cxbot.core.hooks.strict_json import BodyError
from cxbot.language import language
from cxbot.service import hooks as telling
from cxbot.service.bot import Bot
from cxbot.service.hooks import Taken
from cxbot.store.engine.connection import StoreError
from cxbot.store.records import hooks
from cxbot.store.records.hooks import Hook

log = logging.getLogger("cxbot.web")

LARGEST = 256_000  # bytes
AT_ONCE = 3  # deliveries that are taken at the same time
INSIDE = 10  # deliveries that are taken or wait for their turn: the other threads are for customers' clicks
PATIENCE = 5.0  # seconds that a delivery waits for its turn
RETRY_AFTER = "5"  # seconds
PLAIN = "identity"  # the content coding that is none


def add_to(web: Flask, bot: Bot) -> None:
    """Add the endpoint to the web application."""
    turns, places = threading.BoundedSemaphore(AT_ONCE), threading.BoundedSemaphore(INSIDE)
    shipped = kinds.shipped()

    @web.get("/hooks/<name>")
    def hook_is_there(name: str) -> Response:
        return _reachable(bot, name)

    @web.post("/hooks/<name>")
    def hook(name: str) -> Response:
        if not places.acquire(blocking=False):  # Slack may be asked who a customer is, and may take long to answer
            return _later()
        try:
            return delivered(name)
        finally:
            places.release()

    def delivered(name: str) -> Response:
        found = hooks.named(bot.database.reader, name)
        if found is None:
            return _answer(404, error="There is no such hook.")
        if found.removed:
            return _answer(410, error="This hook was removed.")
        try:
            body = _body(request)
        except RequestEntityTooLarge:
            return _answer(413, error=f"A delivery has at most {LARGEST} bytes.")
        kind = kinds.read(found.definition, found.kind) if found.definition else shipped[found.kind]
        try:
            _verify(bot, found, kind, body)
        except SignatureError as error:
            log.info("hook=%s refused why=%s", name, error)
            return _answer(401, error=str(error))
        if not (request.mimetype == "application/json" or request.mimetype.endswith("+json")):
            return _answer(415, error="The body has to be application/json.")
        if request.headers.get("Content-Encoding", PLAIN).strip().lower() not in ("", PLAIN):
            return _answer(415, error="The body has to be sent without a Content-Encoding.")
        return _taken(bot, found, kind, body, turns)


def _reachable(bot: Bot, name: str) -> Response:
    """What a tool hears that only looks whether the address is there, as Intercom does before it sends anything."""
    found = hooks.named(bot.database.reader, name)
    if found is None or found.removed:
        return _answer(404 if found is None else 410, error="There is no such hook.")
    return _answer(200, outcome="ready")


def _body(given: Request) -> bytes:
    given.max_content_length = LARGEST
    return given.get_data(cache=False)


def _verify(bot: Bot, hook: Hook, kind: Kind, body: bytes) -> None:
    """Raise SignatureError unless one of the kind's ways of proving it fits."""
    address = f"{bot.public_url}{request.full_path.rstrip('?')}" if bot.public_url else request.url
    signed = SignedRequest(request.method, address, dict(request.headers), body)
    schemes = list(kind.schemes.values())
    present = [scheme for scheme in schemes if header(signed.headers, scheme.header) is not None] or schemes[:1]
    for scheme in present[:-1]:
        try:
            return verify(scheme, hook.secrets, signed, bot.clock())
        except SignatureError:
            continue
    return verify(present[-1], hook.secrets, signed, bot.clock())


def _taken(bot: Bot, hook: Hook, kind: Kind, body: bytes, turns: threading.BoundedSemaphore) -> Response:
    if not turns.acquire(timeout=PATIENCE):
        return _later()
    try:
        asked = bodies.challenge(kind, dict(request.headers))
        if asked is not None:
            return Response(asked, 200, mimetype="text/plain")
        events = bodies.read(kind, dict(request.headers), body, bot.clock())
        if not events:
            return _answer(200, outcome="ignored")
        taken = telling.take(bot, hook, events, strict=kind.strict)
    except BodyError as error:
        return _answer(422, path=error.path, error=language("en").error(error))
    except StoreError as error:  # such as a full disk: the tool sends it again
        log.error("hook=%s could not be written error=%s", hook.name, error)
        return _later()
    finally:
        turns.release()
    log.info("hook=%s events=%s outcomes=%s", hook.name, len(events), ",".join(each.outcome for each in taken))
    status = 202 if any(each.news for each in taken) else 200
    found = [_told(each) for each in taken]
    return _answer(status, **(found[0] if len(found) == 1 else {"events": found}))


def _told(taken: Taken) -> dict[str, Any]:
    told: dict[str, Any] = {"interaction": taken.interaction or None, "outcome": taken.outcome}
    if taken.until is not None:
        told["until"] = taken.until.isoformat()
    if taken.link:
        told["link"] = taken.link
    return told


def _later() -> Response:
    answer = _answer(429, error="Busy. Please send it again.")
    answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def _answer(status: int, **told: Any) -> Response:
    answer: Response = jsonify(_without_none(told))
    answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _without_none(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}
