"""A client that signs requests as Slack does, on one keep-alive connection."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier

WORKSPACE = "T0SANDBOX1"  # the local Slack's
SECRET = "not a real secret: bench"  # for servers on loopback that the bench starts itself


class Signed:
    """Sends signed requests to one server, one after another."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._connection.connect()
        self._verifier = SignatureVerifier(SECRET)

    def post(self, form: dict[str, str]) -> tuple[float, bytes]:
        """Seconds until the response was read, and its body. Raises unless the status is 200."""
        body = urlencode(form)
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": self._verifier.generate_signature(timestamp=timestamp, body=body) or "",
        }
        try:
            start = time.perf_counter()
            self._connection.request("POST", "/slack/events", body, headers)
            response = self._connection.getresponse()
        except ConnectionError:  # the server closes connections that are idle for long
            self._connection.close()
            self._connection.connect()
            start = time.perf_counter()
            self._connection.request("POST", "/slack/events", body, headers)
            response = self._connection.getresponse()
        answer = response.read()
        seconds = time.perf_counter() - start
        if response.status != 200:
            raise RuntimeError(f"status {response.status}: {answer[:200]!r}")
        return seconds, answer

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def click_form(user: str, channel: str, key: str, score: int, at: float) -> dict[str, str]:
    """A click on a score button, as Slack sends it."""
    payload: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": user, "username": "someone", "name": "someone", "team_id": WORKSPACE},
        "api_app_id": "A0BENCH",
        "token": "legacy",
        "container": {"type": "message", "message_ts": "1763712345.000100", "channel_id": channel},
        "trigger_id": "1.2.3",
        "team": {"id": WORKSPACE, "domain": "bench"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": channel, "name": "directmessage"},
        "message": {"type": "message", "ts": "1763712345.000100", "text": "How likely are you to recommend us?"},
        "state": {"values": {}},
        "response_url": "http://127.0.0.1:9/response",
        "actions": [
            {"action_id": f"score:{score}", "block_id": "b1", "text": {"type": "plain_text", "text": str(score)},
             "value": key, "type": "button", "action_ts": f"{at:.6f}"}
        ],
    }  # fmt: skip
    return {"payload": json.dumps(payload)}


def command_form(user: str, channel: str, command: str, text: str) -> dict[str, str]:
    """A slash command, as Slack sends it."""
    return {
        "token": "legacy", "team_id": WORKSPACE, "channel_id": channel, "channel_name": "general",
        "user_id": user, "user_name": "someone", "command": command, "text": text, "api_app_id": "A0BENCH",
        "is_enterprise_install": "false", "response_url": "http://127.0.0.1:9/response", "trigger_id": "1.2.3",
    }  # fmt: skip
