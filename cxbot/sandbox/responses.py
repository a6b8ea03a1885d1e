"""Handles answers that the app gives without the Web API: by response URL, or in the acknowledgement of a command."""

from __future__ import annotations

from .conversation import change, delete, post, with_ids
from .errors import JSON, SlackRefusal
from .methods.chat import checked_content, in_channel_message
from .tickets import ResponseUrl
from .workspace import Workspace
from .world import Message


def respond(ws: Workspace, token: str, body: JSON) -> str:
    """Use a response URL and return Slack's answer. Raises SlackRefusal if Slack would refuse."""
    url = ws.tickets.use(token)
    if ws.world.channels[url.channel].archived:
        raise SlackRefusal("channel_is_archived")
    original = _original(ws, url)
    if body.get("delete_original"):
        _remove(ws, original)
    elif body.get("replace_original") and url.original:
        content = checked_content(ws, body)
        if original is not None:
            _replace(ws, original, content)
    else:
        show(ws, url.user, url.channel, body, body.get("thread_ts"))
    return "ok" if url.kind == "commands" else '{"ok":true}'


def show(ws: Workspace, user: str, channel: str, body: JSON, thread_ts: str | None = None) -> None:
    """Show an answer: to one person, unless `response_type` is in_channel."""
    content = checked_content(ws, body)
    message = in_channel_message(ws, channel, content, thread_ts)
    if body.get("response_type") == "in_channel":
        post(ws, message, later=True)
        return
    show_ephemeral(ws, message, user)


def show_ephemeral(ws: Workspace, message: Message, user: str) -> None:
    """Show an ephemeral message to one person."""
    with ws.world.change():
        message.ephemeral_to = user
        message.blocks = with_ids(message.blocks)
        ws.world.ephemerals.append(message)


def _original(ws: Workspace, url: ResponseUrl) -> Message | None:
    with ws.world.lock:
        for message in ws.world.ephemerals:
            if message.ts == url.original and message.ephemeral_to == url.user:
                return message
        return ws.world.find(url.channel, url.original) if url.original else None


def _remove(ws: Workspace, original: Message | None) -> None:
    if original is None:
        return
    if original.ephemeral_to is None:
        delete(ws, original)
        return
    with ws.world.change():
        ws.world.ephemerals.remove(original)


def _replace(ws: Workspace, original: Message, content: JSON) -> None:
    fields = {name: content[name] for name in ("text", "blocks", "attachments")}
    if original.ephemeral_to is None:
        edited = {"user": ws.app.bot_user_id, "ts": ws.world.new_ts()}
        change(ws, original, edited=edited, **fields)
        return
    with ws.world.change():
        original.text, original.attachments = fields["text"], fields["attachments"]
        original.blocks = with_ids(fields["blocks"])
