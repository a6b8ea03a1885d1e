"""Looks up a message whose sending had an unknown outcome."""

from __future__ import annotations

from typing import Any

from slack_sdk import WebClient

from cxbot.slack.outgoing.sending import EVENT_TYPE, reference
from cxbot.slack.web_api.client import call
from cxbot.store.records.outbox import Task

PAGES = 3  # of 100 messages each


def look_up(client: WebClient, task: Task) -> str | None:
    """The timestamp of the message that a task made; "" if it is certainly not there; None if that can't be known.

    A channel is read from its newest message on, so a message that is not among the first 300 was not posted. A thread
    is read from its oldest message on, so the message may come after the first 300.
    """
    channel, _, thread_ts = task.target.partition(":")
    method = "conversations.replies" if thread_ts else "conversations.history"
    arguments: dict[str, Any] = {"channel": channel, "include_all_metadata": True, "limit": 100}
    if thread_ts:
        arguments["ts"] = thread_ts
    for _ in range(PAGES):
        outcome = call(client, method, arguments, form=True)
        if outcome.kind != "ok":
            return None
        for message in outcome.answer.get("messages") or ():
            if _is_from(message, task):
                return str(message["ts"])
        cursor = (outcome.answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return ""
        arguments["cursor"] = cursor
    return "" if not thread_ts else None


def _is_from(message: dict[str, Any], task: Task) -> bool:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return metadata.get("event_type") == EVENT_TYPE and payload.get("reference") == reference(task)
