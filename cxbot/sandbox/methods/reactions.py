"""reactions.*: reading and adding reactions to messages."""

from __future__ import annotations

from ..conversation import react
from ..errors import JSON, SlackRefusal
from ..render import message_json
from ..world import Message
from .base import Method, Request


def get(request: Request) -> JSON:
    """The message a reaction is on, with its author, thread fields and reactions."""
    with request.ws.world.lock:
        message = _message(request)
        return {
            "type": "message",
            "channel": message.channel,
            "message": message_json(request.ws, message),
        }


def add(request: Request) -> JSON:
    with request.ws.world.lock:
        message = _message(request)
        if request.ws.world.channels[message.channel].archived:
            raise SlackRefusal("is_archived")
        name = request.text("name").strip(":")
        if not name:
            raise SlackRefusal("invalid_name")
    if not react(request.ws, message, request.ws.app.bot_user_id, name, later=True):
        raise SlackRefusal("already_reacted")
    return {}


def _message(request: Request) -> Message:
    if not request.text("channel") or not request.text("timestamp"):
        raise SlackRefusal("no_item_specified")
    channel = request.channel()
    if not request.bot_in(channel):
        raise SlackRefusal("not_in_channel")
    message = request.ws.world.find(channel.id, request.text("timestamp"))
    if message is None:
        raise SlackRefusal("message_not_found")
    return message


METHODS = {
    "reactions.get": Method(get, ("reactions:read",), takes_json=False),
    "reactions.add": Method(add, ("reactions:write",)),
}
