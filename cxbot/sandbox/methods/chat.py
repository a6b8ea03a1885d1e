"""chat.*: posting, changing and deleting the bot's messages."""

from __future__ import annotations

import json
from typing import Any

from ..conversation import change, delete, post, with_ids
from ..errors import JSON, SlackRefusal
from ..limits import require_blocks
from ..render import permalink
from ..workspace import Workspace
from ..world import Channel, Message
from .base import Method, Request
from .conversations import direct_message

MAX_POST = 40_000
MAX_UPDATE = 4_000
MAX_METADATA = 16_000


def post_message(request: Request) -> JSON:
    world = request.ws.world
    with world.lock:
        channel = _target(request)
        content = _content(request, MAX_POST)
        thread_ts = _thread(request, channel)
        message = _from_bot(request.ws, channel.id, world.new_ts(), content, thread_ts)
        message.broadcast = request.flag("reply_broadcast")
    shown = post(request.ws, message, later=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def post_ephemeral(request: Request) -> JSON:
    world = request.ws.world
    with world.change():
        channel = _target(request)
        user = request.text("user")
        if user not in channel.members:
            raise SlackRefusal("user_not_in_channel")
        content = _content(request, MAX_POST)
        message = _from_bot(request.ws, channel.id, world.new_ts(), content, request.text("thread_ts") or None)
        message.ephemeral_to = user
        message.blocks = with_ids(message.blocks)
        world.ephemerals.append(message)
    return {"message_ts": message.ts}


def update(request: Request) -> JSON:
    """Change one of the bot's messages. New text without new blocks removes the old blocks."""
    ws = request.ws
    with ws.world.lock:
        channel = request.channel()
        message = _own(request, channel, "cant_update_message")
        content = _content(request, MAX_UPDATE)
        fields: JSON = {"text": content["text"], "blocks": content["blocks"], "attachments": content["attachments"]}
        if content["metadata"] is not None:
            fields["metadata"] = content["metadata"]
        fields["edited"] = {"user": ws.app.bot_user_id, "ts": ws.world.new_ts()}
    shown = change(ws, message, **fields)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def delete_message(request: Request) -> JSON:
    with request.ws.world.lock:
        channel = request.channel()
        message = _own(request, channel, "cant_delete_message")
    delete(request.ws, message)
    return {"channel": channel.id, "ts": request.text("ts")}


def get_permalink(request: Request) -> JSON:
    with request.ws.world.lock:
        channel = request.channel()
        message = request.ws.world.find(channel.id, request.text("message_ts"))
        if message is None:
            raise SlackRefusal("message_not_found")
        return {"channel": channel.id, "permalink": permalink(request.ws, message)}


def _target(request: Request) -> Channel:
    """Where to post: a channel id or name, or a person's id for their direct message."""
    given = request.text("channel")
    if given in request.ws.world.users:
        return direct_message(request.ws, given)
    channel = request.channel()
    if channel.archived:
        raise SlackRefusal("is_archived")
    if not request.bot_in(channel):
        raise SlackRefusal("not_in_channel")
    if channel.dm_user and request.ws.world.users[channel.dm_user].deleted:
        raise SlackRefusal("user_disabled")
    return channel


def _content(request: Request, longest: int) -> JSON:
    """The checked text, blocks, attachments and metadata of a message. Refuses with Slack's error if one is wrong."""
    blocks = request.json("blocks", "invalid_blocks_format")
    attachments = request.json("attachments", "invalid_attachments") or []
    text = request.text("text")
    if blocks is not None:
        if not isinstance(blocks, list):
            raise SlackRefusal("invalid_blocks_format")
        require_blocks(blocks, request.ws.world.showable)
    if not text and not blocks and not attachments:
        raise SlackRefusal("no_text")
    if len(text) > longest:
        raise SlackRefusal("msg_too_long")
    metadata = _metadata(request.json("metadata", "invalid_metadata_format"))
    return {"text": text, "blocks": blocks or [], "attachments": attachments, "metadata": metadata}


def _metadata(metadata: Any) -> JSON | None:
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise SlackRefusal("invalid_metadata_format")
    if not isinstance(metadata.get("event_payload"), dict):
        raise SlackRefusal("invalid_metadata_format")
    if len(json.dumps(metadata)) > MAX_METADATA:
        raise SlackRefusal("metadata_too_large")
    return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}


def _thread(request: Request, channel: Channel) -> str | None:
    """The ts of the root to which a new message replies; None if it is no reply. The ts of a reply gives its root."""
    thread_ts = request.text("thread_ts")
    if not thread_ts:
        return None
    root = request.ws.world.find(channel.id, thread_ts)
    if root is None:
        raise SlackRefusal("thread_not_found")
    return root.thread_ts if root.is_reply else root.ts


def _from_bot(ws: Workspace, channel: str, ts: str, content: JSON, thread_ts: str | None) -> Message:
    return Message(channel, ts, ws.app.bot_user_id, bot_id=ws.app.bot_id, thread_ts=thread_ts, **content)


def _own(request: Request, channel: Channel, refusal: str) -> Message:
    message = request.ws.world.find(channel.id, request.text("ts"))
    if message is None:
        raise SlackRefusal("message_not_found")
    if channel.archived:
        raise SlackRefusal("is_archived" if refusal == "cant_update_message" else refusal)
    if message.bot_id != request.ws.app.bot_id:
        raise SlackRefusal(refusal)
    return message


def in_channel_message(ws: Workspace, channel: str, content: JSON, thread_ts: str | None) -> Message:
    """A message from the bot that came by a response URL or an acknowledgement instead of chat.postMessage."""
    return _from_bot(ws, channel, ws.world.new_ts(), content, thread_ts)


def checked_content(ws: Workspace, body: JSON) -> JSON:
    """The content of a message from a response URL or an acknowledgement, checked like chat.postMessage."""
    return _content(Request(ws, body), MAX_POST)


METHODS = {
    "chat.postMessage": Method(post_message, ("chat:write",)),
    "chat.postEphemeral": Method(post_ephemeral, ("chat:write",)),
    "chat.update": Method(update, ("chat:write",)),
    "chat.delete": Method(delete_message, ("chat:write",)),
    "chat.getPermalink": Method(get_permalink, takes_json=False),
}
