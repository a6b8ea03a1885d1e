"""The Web API client, configured so that it never repeats a call by itself."""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from cxbot.core.loopback import on_loopback
from cxbot.outgoing.calls import Outcome

TIMEOUT = 10  # seconds for a call that nobody waits for
SHORT_TIMEOUT = 2  # seconds for a call while a person waits (Slack's own limit is 3)


def make_client(token: str, api_url: str, timeout: int = TIMEOUT) -> WebClient:
    """A client without automatic retries. By default, slack_sdk would repeat a post after a dropped connection. A proxy
    from the environment is used for Slack, but not for addresses on this machine."""
    client = WebClient(token=token, base_url=api_url, timeout=timeout, retry_handlers=[])
    if on_loopback(urlsplit(api_url).hostname or ""):
        client.proxy = None
        urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({})))
    return client


UNREADABLE = (AttributeError, KeyError, TypeError)
"""What comes of reading an answer that is not as Slack's are."""
FAILURES = (SlackClientError, OSError, http.client.HTTPException, ValueError, *UNREADABLE)
"""What comes of a call that Slack does not answer, or not in a way that can be read."""
ERROR_NAME = re.compile(r"[a-z0-9_]{1,80}")
# After these errors, part of the work may have been done.
PASSING = ("internal_error", "fatal_error", "service_unavailable", "request_timeout")
# These errors mean that a person or channel can't be reached by any later attempt either.
OUT_OF_REACH = frozenset({"cannot_dm_bot", "channel_not_found", "is_archived", "is_inactive", "messages_tab_disabled",
                          "not_in_channel", "restricted_action", "user_disabled", "user_not_found",
                          "user_not_visible"})  # fmt: skip
# These errors are about this message or its target for good. Any other refusal, even an unknown one, may end when
# somebody mends the app or the workspace.
FINAL = OUT_OF_REACH | {
    "cant_delete_message", "cant_update_message", "cannot_reply_to_message", "edit_window_closed", "invalid_arguments",
    "invalid_attachments", "invalid_blocks", "invalid_blocks_format", "invalid_metadata_format", "message_not_found",
    "metadata_too_large", "msg_blocks_too_long", "msg_too_long", "no_text", "thread_locked", "thread_not_found",
    "too_many_attachments", "user_is_bot", "user_is_restricted", "user_not_in_channel", "posting_to_channel_denied",
    "file_not_found", "file_deleted", "invalid_channel", "missing_argument", "method_not_supported_for_channel_type",
    "cannot_find_message", "duplicate_message_not_found",
}  # fmt: skip
# An admin has to mend the token; until then every call fails.
NO_TOKEN = ("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive")
NOT_CONNECTED = (ConnectionRefusedError,)


def call(client: WebClient, method: str, arguments: dict[str, Any], *, form: bool = False) -> Outcome:
    """Make one call (as JSON, or as a form for methods that take nothing else) and return its outcome. Errors of Slack
    and the network are part of the outcome and are not raised."""
    try:
        answer = client.api_call(method, params=arguments) if form else client.api_call(method, json=arguments)
    except SlackApiError as error:
        return _refused(error)
    except urllib.error.URLError as error:
        return unreached(error.reason)
    except FAILURES as error:
        return unreached(error)
    body = answer.data if isinstance(answer.data, dict) else {}
    return Outcome("ok", body) if body.get("ok") else Outcome("unknown", {}, "unreadable answer")


def is_passing(error: str) -> bool:
    """Whether a question that ended with this error may be answered later: Slack could not be reached, was busy, or did
    not accept the token. Any other error of Slack's is an answer."""
    return not ERROR_NAME.fullmatch(error) or error in (*PASSING, *NO_TOKEN, "ratelimited", "rate_limited")


def unreached(reason: object) -> Outcome:
    """Whether the call certainly did not reach Slack: the connection was refused or the name did not resolve. After
    resets and timeouts it may have."""
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
        # An error in Slack's JSON is a definite no. A server error or an HTML page says nothing about the outcome.
        return Outcome("unknown", {}, name if ERROR_NAME.fullmatch(name) else f"http {status}, not JSON")
    return Outcome("refused", body, name, final=name in FINAL)


def _wait(headers: Mapping[str, object] | None) -> float:
    value = next((v for k, v in (headers or {}).items() if str(k).lower() == "retry-after"), "1")
    text = value[0] if isinstance(value, list) else str(value)
    return float(text) if text.isascii() and text.replace(".", "", 1).isdigit() else 1.0
