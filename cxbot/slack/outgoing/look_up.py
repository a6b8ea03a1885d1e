"""Looks up a message whose sending had an unknown outcome."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from slack_sdk import WebClient

from cxbot.outgoing.calls import LookedUp, reference
from cxbot.slack.outgoing.sending import EVENT_TYPE
from cxbot.slack.web_api.client import call
from cxbot.store.records.outbox import Task

PAGES = 50  # of 100 messages each; with more since the attempt nobody can say
CLOCKS = timedelta(minutes=5)  # by which Slack's clock may differ from ours


def look_up(client: WebClient, task: Task) -> LookedUp:
    """Search the messages since a task's last attempt for the one that it made."""
    channel, _, thread_ts = task.target.partition(":")
    method = "conversations.replies" if thread_ts else "conversations.history"
    tried_at = task.tried_at or task.created_at
    arguments: dict[str, Any] = {
        "channel": channel,
        "oldest": f"{(tried_at - CLOCKS).timestamp():.6f}",
        "include_all_metadata": True,
        "limit": 100,
    }
    if thread_ts:
        arguments["ts"] = thread_ts
    for _ in range(PAGES):
        outcome = call(client, method, arguments, form=True)
        if outcome.kind == "later":
            return LookedUp("later", wait=outcome.wait)
        messages = outcome.answer.get("messages")
        if outcome.kind != "ok" or not isinstance(messages, list):
            return LookedUp("unreadable")
        for message in messages:
            if _reference_of(message) == reference(task):
                return LookedUp("found", str(message["ts"]))
        if not (cursor := _text(outcome.answer, "response_metadata", "next_cursor")):
            return LookedUp("absent")
        arguments["cursor"] = cursor
    return LookedUp("unreadable")


def _reference_of(message: object) -> str:
    if _text(message, "metadata", "event_type") != EVENT_TYPE:
        return ""
    return _text(message, "metadata", "event_payload", "reference")


def _text(body: object, *path: str) -> str:
    """The text at a path; "" if there is none, whatever Slack sends instead."""
    for name in path:
        body = body.get(name) if isinstance(body, Mapping) else None
    return body if isinstance(body, str) else ""
