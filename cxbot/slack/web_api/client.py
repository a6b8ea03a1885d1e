"""The Web API client, set up so that nothing is ever sent twice behind the outbox's back."""

from __future__ import annotations

import http.client
import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError, SlackRequestError

TIMEOUT = 10  # seconds for a call that nobody waits for
SHORT_TIMEOUT = 2  # seconds for a call while a person waits (Slack's own limit is 3)
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def make_client(token: str, api_url: str, timeout: int = TIMEOUT) -> WebClient:
    """A client without automatic re-sending: its default repeats a post after a dropped connection.

    A proxy from the environment is used for Slack but never for an address on this machine.
    """
    client = WebClient(token=token, base_url=api_url, timeout=timeout, retry_handlers=[])
    if urlsplit(api_url).hostname in LOOPBACK:
        client.proxy = None
        urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({})))
    return client


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended: `ok`, `refused` (a definite no), `later` (certainly not done, try again), or
    `unknown` (nobody can say whether it was done). `wait` is Slack's Retry-After in seconds."""

    kind: str
    answer: dict[str, Any]
    error: str = ""
    wait: float = 0.0


ERROR_NAME = re.compile(r"[a-z0-9_]{1,80}")
# Slack says of these that a part of the work may have been done.
PASSING = ("internal_error", "fatal_error", "service_unavailable", "request_timeout")
# Slack says these of a person or a channel that no later try can reach either.
OUT_OF_REACH = frozenset({"cannot_dm_bot", "channel_not_found", "is_archived", "is_inactive", "messages_tab_disabled",
                          "not_in_channel", "restricted_action", "user_disabled", "user_not_found",
                          "user_not_visible"})  # fmt: skip
# The token has to be mended; until then Slack says nothing about anybody.
NO_TOKEN = ("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive")
NOT_CONNECTED = (ConnectionRefusedError,)


def call(client: WebClient, method: str, arguments: dict[str, Any], *, form: bool = False) -> Outcome:
    """Make one call (as JSON, or as a form where a method takes nothing else) and say what is known of its
    outcome; raises nothing for anything Slack or the network do."""
    try:
        answer = client.api_call(method, params=arguments) if form else client.api_call(method, json=arguments)
    except SlackApiError as error:
        return _refused(error)
    except (SlackRequestError, SlackClientError) as error:
        return Outcome("unknown", {}, type(error).__name__)
    except urllib.error.URLError as error:
        return _unreached(error.reason)
    except (OSError, http.client.HTTPException, json.JSONDecodeError) as error:
        return _unreached(error)
    body = answer.data if isinstance(answer.data, dict) else {}
    return Outcome("ok", body) if body.get("ok") else Outcome("unknown", {}, "unreadable answer")


def is_passing(error: str) -> bool:
    """Whether a question that ended with this error may be answered later: Slack was not reached, was busy, or
    did not take the token. A definite error of Slack's is an answer."""
    return not ERROR_NAME.fullmatch(error) or error in (*PASSING, *NO_TOKEN, "ratelimited", "rate_limited")


def _unreached(reason: object) -> Outcome:
    """Refused connections and names that don't resolve never reached Slack; resets and timeouts may have."""
    name = type(reason).__name__
    if isinstance(reason, NOT_CONNECTED) or name == "gaierror":
        return Outcome("later", {}, name)
    return Outcome("unknown", {}, name)


def _refused(error: SlackApiError) -> Outcome:
    response = error.response
    status = getattr(response, "status_code", 0)
    body = response.data if isinstance(getattr(response, "data", None), dict) else {}
    name = str(body.get("error", ""))
    if status == 429 or name in ("ratelimited", "rate_limited"):
        return Outcome("later", body, "ratelimited", _wait(response.headers))
    if status >= 500 or not ERROR_NAME.fullmatch(name) or name in PASSING:
        # A definite error with 200 is a no; a server's failure or a page of HTML says nothing.
        return Outcome("unknown", {}, name if ERROR_NAME.fullmatch(name) else f"http {status}, not JSON")
    return Outcome("refused", body, name)


def _wait(headers: Any) -> float:
    value = next((v for k, v in (headers or {}).items() if str(k).lower() == "retry-after"), "1")
    text = value[0] if isinstance(value, list) else str(value)
    return float(text) if text.replace(".", "", 1).isdigit() else 1.0
