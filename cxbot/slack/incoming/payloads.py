"""Slack's payloads as types. A payload of the wrong shape is refused here, before anything runs."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cxbot.core.hooks import strict_json
from cxbot.core.hooks.strict_json import BodyError
from cxbot.service.workflows import Step
from cxbot.slack.messages.parts import ids

Body = Mapping[str, Any]
STEP_TEXTS = ("customer", "survey", "team", "topic", "touchpoint")
TIMESTAMP = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,9})?")  # of Slack: seconds
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # of a person, a channel, a user group, an execution, a view


class MalformedError(ValueError):
    """A signed request that does not have the shape of Slack's requests."""


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command. `name` has no slash; `reply_to` is the URL for later answers."""

    name: str
    text: str
    user: str
    channel: str
    trigger: str
    reply_to: str


@dataclass(frozen=True, slots=True)
class Click:
    """A button press in a message, an ephemeral message or a view. `ts` is the message's timestamp ("" in a view), `at`
    is Slack's time of the click."""

    action: str
    value: str
    user: str
    channel: str
    ts: str
    thread_ts: str
    at: str
    trigger: str
    reply_to: str
    ephemeral: bool
    view: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A submitted modal. `once` is the same for repeated deliveries of one submission, and another one if the person
    changes something and presses again."""

    callback: str
    user: str
    about: str
    values: Mapping[str, Mapping[str, Any]]
    once: str


@dataclass(frozen=True, slots=True)
class Shortcut:
    """The message shortcut, with the message it was used on."""

    callback: str
    user: str
    channel: str
    ts: str
    thread_ts: str
    author: str
    trigger: str
    reply_to: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """A reaction that was added to a message, or removed. `author` wrote the message; `id` identifies the event, and
    `at` is its time by Slack's clock ("" if unknown)."""

    id: str
    name: str
    user: str
    channel: str
    ts: str
    author: str
    at: str
    added: bool


@dataclass(frozen=True, slots=True)
class Join:
    """Somebody joined a channel. `inviter` is "" if nobody invited them, `at` is the time of the event."""

    user: str
    channel: str
    inviter: str
    at: str


@dataclass(frozen=True, slots=True)
class Written:
    """A plain message that a person wrote: to the bot (`direct`), or in a channel. Channel and `ts` identify it.
    `thread_ts` is "" if it is no reply. `began` wrote the thread's first message, "" if Slack does not say."""

    user: str
    channel: str
    thread_ts: str
    text: str
    ts: str
    direct: bool
    began: str


def _of(body: Body, *path: str, default: str | None = None) -> str:
    """The text at a path. If the key is missing: `default`. If it is not a text: MalformedError."""
    value: Any = body
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, str):
        return value
    if value is None and default is not None:
        return default
    raise MalformedError(f"{'.'.join(path)} is missing or no text")


def _id(body: Body, *path: str, default: str | None = None) -> str:
    """The id at a path. If the key is missing: `default`. If it is no id: MalformedError."""
    value = _of(body, *path, default=default)
    if value != default and not ID.fullmatch(value):
        raise MalformedError(f"{'.'.join(path)} is no id")
    return value


def _part(body: Body, name: str) -> Body:
    value = body.get(name)
    if not isinstance(value, Mapping):
        raise MalformedError(f"{name} is missing or no object")
    return value


def command(body: Body) -> Command:
    """A slash command's form."""
    return Command(
        name=_of(body, "command").lstrip("/"),
        text=_of(body, "text", default=""),
        user=_id(body, "user_id"),
        channel=_id(body, "channel_id", default=""),
        trigger=_of(body, "trigger_id", default=""),
        reply_to=_of(body, "response_url", default=""),
    )


def click(body: Body) -> Click:
    """The first (and only) action of a `block_actions` payload."""
    pressed = body.get("actions")
    if not isinstance(pressed, list) or not pressed or not isinstance(pressed[0], Mapping):
        raise MalformedError("actions is missing or empty")
    action = pressed[0]
    container = body.get("container") if isinstance(body.get("container"), Mapping) else {}
    assert container is not None
    message = body.get("message") if isinstance(body.get("message"), Mapping) else {}
    assert message is not None
    return Click(
        action=_of(action, "action_id"),
        value=_of(action, "value", default=""),
        user=_id(body, "user", "id"),
        channel=_id(body, "channel", "id", default=_id(container, "channel_id", default="")),
        ts=_of(container, "message_ts", default=_of(message, "ts", default="")),
        thread_ts=_of(container, "thread_ts", default=_of(message, "thread_ts", default="")),
        at=_timestamp(_of(action, "action_ts", default="0")),
        trigger=_of(body, "trigger_id", default=""),
        reply_to=_of(body, "response_url", default=""),
        ephemeral=container.get("is_ephemeral") is True,
        view=_id(body, "view", "id", default=""),
    )


def opening(body: Body) -> Click:
    """A press on a button that opens a form, or one in a form that changes it. It has a trigger, or is in a view."""
    pressed = click(body)
    if not (pressed.view if not pressed.ts else pressed.trigger):
        raise MalformedError("trigger_id or view.id is missing")
    return pressed


def _timestamp(text: str) -> str:
    if not TIMESTAMP.fullmatch(text):
        raise MalformedError("not a timestamp")
    return text


def submission(body: Body) -> Submission:
    """A `view_submission` payload."""
    view = _part(body, "view")
    state = _part(view, "state").get("values")
    if not isinstance(state, Mapping) or not state or not all(_is_block_state(block) for block in state.values()):
        raise MalformedError("view.state.values is not what a form holds")
    _of(view, "type")
    entered = hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:16]
    return Submission(
        callback=_of(view, "callback_id"),
        user=_id(body, "user", "id"),
        about=_of(view, "private_metadata", default=""),
        values=state,
        once=f"{_id(view, 'id')}:{_of(view, 'hash', default='')}:{entered}",
    )


def _is_block_state(block: object) -> bool:
    return isinstance(block, Mapping) and all(_is_element_state(element) for element in block.values())


def _is_element_state(element: object) -> bool:
    if not isinstance(element, Mapping):
        return False
    texts = [element.get("value"), element.get("selected_conversation")]
    lists = [element.get(name) or [] for name in ("selected_conversations", "selected_users", "selected_options")]
    if not all(isinstance(options, list) for options in lists):
        return False
    options = [*lists.pop(), *([element["selected_option"]] if element.get("selected_option") else [])]
    if not all(isinstance(option, Mapping) and isinstance(option.get("value"), str) for option in options):
        return False
    return all(isinstance(text, str | None) for text in (*texts, *lists[0], *lists[1]))


def shortcut(body: Body) -> Shortcut:
    """A `message_action` payload."""
    message = _part(body, "message")
    ts = _of(message, "ts")
    return Shortcut(
        callback=_of(body, "callback_id"),
        user=_id(body, "user", "id"),
        channel=_id(body, "channel", "id"),
        ts=_timestamp(ts),
        thread_ts=_timestamp(_of(message, "thread_ts", default=ts)),
        author=_of(message, "user", default=""),
        trigger=_of(body, "trigger_id", default=""),
        reply_to=_of(body, "response_url", default=""),
    )


def reaction(body: Body) -> Reaction | None:
    """A `reaction_added` or `reaction_removed` event on a message; None if the reaction is on something else."""
    event = _part(body, "event")
    if _of(event, "item", "type", default="message") != "message":
        return None
    return Reaction(
        id=_of(body, "event_id", default=""),
        name=_of(event, "reaction").split("::")[0],
        user=_id(event, "user"),
        channel=_id(event, "item", "channel"),
        ts=_timestamp(_of(event, "item", "ts")),
        author=_of(event, "item_user", default=""),
        at=_event_time(_of(event, "event_ts", default="")),
        added=_of(event, "type") == "reaction_added",
    )


def join(body: Body) -> Join:
    """A `member_joined_channel` event."""
    event = _part(body, "event")
    return Join(
        user=_id(event, "user"),
        channel=_id(event, "channel"),
        inviter=_id(event, "inviter", default=""),
        at=_event_time(_of(event, "event_ts", default="")),
    )


def written(body: Body) -> Written | None:
    """A message that a person wrote; None for edits, messages of bots and conversations of other kinds."""
    event = _part(body, "event")
    plain = event.get("subtype") in (None, "file_share", "thread_broadcast") and not event.get("bot_id")
    known = event.get("channel_type") in ("im", "channel", "group")
    if not known or not plain or event.get("user") is None:
        return None
    return Written(
        user=_id(event, "user"),
        channel=_id(event, "channel"),
        thread_ts=_event_time(_of(event, "thread_ts", default="")),
        text=_of(event, "text", default=""),
        ts=_timestamp(_of(event, "ts")),
        direct=event["channel_type"] == "im",
        began=_began(event),
    )


def _began(event: Body) -> str:
    """Who wrote the first message of a message's thread. A reply that is also sent to the channel has all of it."""
    if not event.get("thread_ts") or event["thread_ts"] == event.get("ts"):
        return _of(event, "user")
    return _of(event, "parent_user_id", default=_of(event, "root", "user", default=""))


def _event_time(text: str) -> str:
    """The timestamp of an event; "" if Slack gives none."""
    return text and _timestamp(text)


def step(body: Body) -> Step | None:
    """A `function_executed` event; None for steps of other names. Slack has checked the types of the inputs."""
    event = _part(body, "event")
    execution = _id(event, "function_execution_id")
    if _of(event, "function", "callback_id") != ids.ASK_STEP:
        return None
    given = _part(event, "inputs")
    texts = {name: _of(given, name, default="").strip() for name in STEP_TEXTS}
    return Step(execution, **texts, wait=given.get("wait_for_answer") in (True, "true"))


def changed(body: Body) -> str:
    """The id of the person, user group or channel that has changed by an event."""
    event = _part(body, "event")
    kind = _of(event, "type")
    if kind == "subteam_members_changed":
        return _id(event, "subteam_id")
    name = {"user_change": "user", "subteam_updated": "subteam"}.get(kind, "channel")
    return _id(event, name, "id") if isinstance(event.get(name), Mapping) else _id(event, name)


def renamed(body: Body) -> tuple[str, str, str]:
    """The old and the new id of a channel, and the time, from a `channel_id_changed` event."""
    event = _part(body, "event")
    return _id(event, "old_channel_id"), _id(event, "new_channel_id"), _event_time(_of(event, "event_ts", default=""))


def check(body: Body) -> None:
    """Raise MalformedError unless the payload is of a kind that Slack sends and has the shape of its kind."""
    try:
        strict_json.check(body, nulls=False)  # databases end a text there, or refuse it
    except BodyError as error:
        raise MalformedError(str(error)) from None
    _check_whereabouts(body)
    if "command" in body:
        if not all(isinstance(value, str) for value in body.values()):
            raise MalformedError("a command is a form of texts")
        command(body)
        return
    kind = _of(body, "type", default="")
    if kind == "event_callback":
        event = _of(_part(body, "event"), "type")
        if event in EVENTS:
            EVENTS[event](body)
    elif kind in CHECKS:
        CHECKS[kind](body)
    elif kind not in PASSED and "ssl_check" not in body:
        raise MalformedError("not a payload of Slack's")
    for name in ("team", "user", "channel", "enterprise", "view", "message", "container"):
        if kind in CHECKS and not isinstance(body.get(name), Mapping | None):
            raise MalformedError(f"{name} is no object")


def _check_whereabouts(body: Body) -> None:
    """Check the fields from which people, places and times are read before a kind is known, also by Bolt, which looks
    into the parts as well."""
    for name in ("team", "user", "channel", "enterprise"):
        if not isinstance(body.get(name), Mapping | str | None):
            raise MalformedError(f"{name} is neither an object nor an id")
    for name in ("actions", "authorizations", "response_urls"):
        items = body.get(name, [])
        if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
            raise MalformedError(f"{name} is no list of objects")
        for item in items:
            _check_whereabouts(item)
    for name in ("event", "view", "function_data"):
        if name in body and not isinstance(body[name], Mapping):
            raise MalformedError(f"{name} is no object")
    for name in ("event", "message", "previous_message", "item", "assistant_thread"):
        if isinstance(part := body.get(name), Mapping):
            _check_whereabouts(part)


EVENTS: Mapping[str, Callable[[Body], object]] = {
    "reaction_added": reaction,
    "reaction_removed": reaction,
    "member_joined_channel": join,
    "message": written,
    "function_executed": step,
    "channel_id_changed": renamed,
    **dict.fromkeys(
        (
            "user_change", "subteam_members_changed", "subteam_updated",
            "channel_shared", "channel_unshared", "channel_archive", "channel_unarchive",
        ), changed,
    ),
}  # fmt: skip
CHECKS: Mapping[str, Callable[[Body], object]] = {
    "block_actions": click,
    "view_submission": submission,
    "message_action": shortcut,
}
# Kinds that Slack sends and that have no listener here: accepted without a look inside.
UNHEARD = ("view_closed", "shortcut", "block_suggestion", "app_rate_limited")
PASSED = ("url_verification", *UNHEARD)
