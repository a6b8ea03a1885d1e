"""Sends payloads to the app: signed HTTP or Socket Mode, with Slack's deadline of three seconds."""

from __future__ import annotations

import contextlib
import http.client
import json
import time
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlencode, urlsplit

from slack_sdk.signature import SignatureVerifier

from .errors import JSON, N_
from .sockets import SocketServer

Kind = Literal["events_api", "interactive", "slash_commands"]
DEADLINE = 3.0


@dataclass(frozen=True)
class Reply:
    """The app's answer. `status` 0 means that nothing was sent or no answer came; `error` and `text` say why."""

    status: int
    body: JSON | None = None
    text: str = ""
    error: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the app acknowledged the payload."""
        return self.error is None and 200 <= self.status < 300


class Outbound:
    """Sends payloads to the app: over an open Socket Mode connection if there is one, else to `events_url`."""

    def __init__(self, signing_secret: str, sockets: SocketServer) -> None:
        self.events_url: str | None = None
        self._signer = SignatureVerifier(signing_secret)
        self._sockets = sockets

    def deliver(self, kind: Kind, payload: JSON, retry: tuple[int, str] | None = None) -> Reply:
        """Send one payload and wait for the acknowledgement. `retry` is the number and reason of a repetition."""
        if self._sockets.connected:
            acknowledged = self._sockets.send(kind, payload, DEADLINE, retry)
            if acknowledged is None:
                return Reply(0, error="timeout", text=N_("No acknowledgement within 3 seconds."))
            return Reply(200, body=acknowledged or None, text=json.dumps(acknowledged) if acknowledged else "")
        if self.events_url is None:
            return Reply(0, error="no_listener", text=N_("No app is connected."))
        content_type, body = _encode(kind, payload)
        headers = {"Content-Type": content_type, **self.signature(body)}
        if retry is not None:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        return self.post(body, headers)

    def signature(self, body: bytes, timestamp: int | None = None) -> dict[str, str]:
        """The two headers by which an app recognises Slack. They use the real clock unless a timestamp is given."""
        stamp = str(int(time.time()) if timestamp is None else timestamp)
        signature = self._signer.generate_signature(timestamp=stamp, body=body)
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": str(signature)}

    def post(self, body: bytes, headers: dict[str, str]) -> Reply:
        """POST bytes to `events_url` unchanged."""
        if self.events_url is None:
            return Reply(0, error="no_listener", text=N_("No app is connected."))
        return post(self.events_url, body, {"User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)", **headers})


def post(url: str, body: bytes, headers: dict[str, str]) -> Reply:
    """POST bytes to an address of this machine, never through a proxy."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=DEADLINE)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body, {"Connection": "close", **headers})
        response = connection.getresponse()
        return _read(response.status, dict(response.getheaders()), response.read())
    except TimeoutError:
        return Reply(0, error="timeout", text=N_("No answer within 3 seconds."))
    except (OSError, http.client.HTTPException) as problem:
        return Reply(0, error="connection", text=f"{type(problem).__name__}: {problem}")
    finally:
        connection.close()


def _encode(kind: Kind, payload: JSON) -> tuple[str, bytes]:
    if kind == "events_api":
        return "application/json", json.dumps(payload).encode()
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return "application/x-www-form-urlencoded", urlencode(form).encode()


def _read(status: int, headers: dict[str, str], raw: bytes) -> Reply:
    text = raw.decode("utf-8", "replace")
    lower = {name.lower(): value for name, value in headers.items()}
    body: JSON | None = None
    with contextlib.suppress(ValueError):
        parsed = json.loads(text)
        body = parsed if isinstance(parsed, dict) else None
    error = None if 200 <= status < 300 else f"http_{status}"
    return Reply(status, body, text, error, lower)
