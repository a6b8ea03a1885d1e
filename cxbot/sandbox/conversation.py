"""Changes messages: post, edit, delete, react. Each change sends Slack's event to the app."""

from __future__ import annotations

import copy
import secrets
from typing import Any

from .errors import JSON
from .events import emit
from .render import file_json, message_json
from .workspace import Workspace
from .world import Channel, Message

TOMBSTONE = "This message was deleted."


def post(ws: Workspace, message: Message, *, later: bool) -> JSON:
    """Store a message, send the message event and return the message as Slack shows it."""
    world = ws.world
    with world.change():
        message.blocks = with_ids(message.blocks)
        world.messages[message.channel].append(message)
        if message.user:
            world.read[message.user, message.channel] = message.ts
        channel = world.channels[message.channel]
        shown = message_json(ws, message)
        files = [file_json(ws, world.files[f]) for f in message.files]
    emit(ws, _message_event(ws, channel, shown), channel, later=later)
    for file in files:
        event = {"type": "file_shared", "file_id": file["id"], "user_id": message.user, "file": {"id": file["id"]}}
        emit(ws, event | {"channel_id": channel.id, "event_ts": message.ts}, channel, later=later)
    return shown


def _message_event(ws: Workspace, channel: Channel, shown: JSON) -> JSON:
    event = shown | {"channel": channel.id, "channel_type": channel.event_type, "event_ts": shown["ts"]}
    author = ws.world.users.get(shown["user"])
    if author is not None and not author.bot:
        event["client_msg_id"] = secrets.token_hex(16)
    if channel.shared:
        event |= {"user_team": event["team"], "source_team": event["team"]}
    return event


def change(ws: Workspace, message: Message, *, later: bool = True, **fields: Any) -> JSON:
    """Edit a stored message in place and send message_changed."""
    world = ws.world
    with world.change():
        before = message_json(ws, message)
        for name, value in fields.items():
            setattr(message, name, with_ids(value) if name == "blocks" else value)
        after = message_json(ws, message)
        channel = world.channels[message.channel]
        ts = world.new_ts()
    event = _hidden(channel, ts, "message_changed") | {"message": after, "previous_message": before}
    emit(ws, event, channel, later=later)
    return after


def delete(ws: Workspace, message: Message, *, later: bool = True) -> None:
    """Delete a message and send message_deleted. A root with replies becomes a tombstone message, as in Slack."""
    world = ws.world
    with world.change():
        before = message_json(ws, message)
        channel = world.channels[message.channel]
        if world.thread(message.channel, message.ts):
            message.subtype, message.text, message.user, message.bot_id = "tombstone", TOMBSTONE, "USLACKBOT", None
            message.blocks, message.files, message.metadata, message.reactions = [], [], None, {}
        else:
            world.messages[message.channel].remove(message)
        ts = world.new_ts()
    event = _hidden(channel, ts, "message_deleted") | {"deleted_ts": before["ts"], "previous_message": before}
    emit(ws, event, channel, later=later)


def _hidden(channel: Channel, ts: str, subtype: str) -> JSON:
    return {
        "type": "message",
        "subtype": subtype,
        "hidden": True,
        "channel": channel.id,
        "channel_type": channel.event_type,
        "ts": ts,
        "event_ts": ts,
    }


def react(ws: Workspace, message: Message, user: str, name: str, *, later: bool) -> bool:
    """Add a reaction and send reaction_added; False if it was there already."""
    with ws.world.change():
        users = message.reactions.setdefault(name, [])
        if user in users:
            return False
        users.append(user)
    _reaction_event(ws, "reaction_added", message, user, name, later)
    return True


def unreact(ws: Workspace, message: Message, user: str, name: str, *, later: bool) -> bool:
    """Remove a reaction and send reaction_removed; False if there was none."""
    with ws.world.change():
        users = message.reactions.get(name, [])
        if user not in users:
            return False
        users.remove(user)
        if not users:
            del message.reactions[name]
    _reaction_event(ws, "reaction_removed", message, user, name, later)
    return True


def _reaction_event(ws: Workspace, kind: str, message: Message, user: str, name: str, later: bool) -> None:
    event: JSON = {
        "type": kind,
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "item_user": message.user,
        "event_ts": ws.world.new_ts(),
    }
    emit(ws, event, ws.world.channels[message.channel], later=later)


def with_ids(blocks: list[JSON]) -> list[JSON]:
    """Blocks as Slack stores them: every block has a block_id, every interactive element an action_id."""
    completed = copy.deepcopy(blocks)
    for block in completed:
        block["block_id"] = block.get("block_id") or secrets.token_urlsafe(4)[:5]
        for element in elements_of(block):
            if element.get("type") not in ("image", "plain_text", "mrkdwn"):
                element["action_id"] = element.get("action_id") or secrets.token_urlsafe(4)[:5]
            if element.get("type") == "button" and isinstance(element.get("text"), dict):
                element["text"].setdefault("emoji", True)
    return completed


def elements_of(block: JSON) -> list[JSON]:
    """The elements of one block that a person can use."""
    elements = [block.get("accessory"), block.get("element")]
    if block.get("type") in ("actions", "context", "context_actions"):
        elements += block.get("elements") or []
    for part in (*(block.get("child_blocks") or []), *(block.get("elements") or [])):
        if block.get("type") in ("container", "carousel") and isinstance(part, dict):
            elements += elements_of(part)
    if block.get("type") == "card":
        elements += block.get("actions") or []
    return [element for element in elements if isinstance(element, dict)]
