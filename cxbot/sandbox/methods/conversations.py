"""conversations.*: channels, direct messages, members and history."""

from __future__ import annotations

from ..conversation import post
from ..errors import JSON, SlackRefusal
from ..events import emit
from ..render import channel_json, message_json
from ..workspace import Workspace
from ..world import Channel, Message
from .base import HISTORY_SCOPES, READ_SCOPES, Method, Request

_KINDS = {"public_channel": "channel", "private_channel": "private", "im": "dm"}


def list_channels(request: Request) -> JSON:
    ws = request.ws
    kinds = [_KINDS.get(t.strip(), "") for t in (request.text("types") or "public_channel").split(",")]
    for kind in kinds:
        if kind in READ_SCOPES:
            request.need(READ_SCOPES[kind])
    with ws.world.lock:
        channels = [
            channel_json(ws, c) | {"num_members": len(c.members)}
            for c in ws.world.channels.values()
            if c.kind in kinds
            and (c.kind != "private" or request.bot_in(c))
            and not (c.archived and request.flag("exclude_archived"))
        ]
    page, cursor = request.page(channels, request.number("limit", 100, 999))
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


def info(request: Request) -> JSON:
    with request.ws.world.lock:
        channel = request.channel()
        request.need(READ_SCOPES[channel.kind])
        shown = channel_json(request.ws, channel)
        if request.flag("include_num_members"):
            shown["num_members"] = len(channel.members)
    return {"channel": shown}


def members(request: Request) -> JSON:
    with request.ws.world.lock:
        channel = request.channel()
        request.need(READ_SCOPES[channel.kind])
        page, cursor = request.page(channel.members, request.number("limit", 100, 1000))
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def open_conversation(request: Request) -> JSON:
    ws = request.ws
    if request.text("channel"):
        channel = request.channel()
        return {"no_op": True, "already_open": True, "channel": {"id": channel.id}}
    users = [u for u in request.text("users").split(",") if u]
    if not users:
        raise SlackRefusal("users_list_not_supplied")
    if len(users) > 1:
        raise SlackRefusal("method_not_supported_for_channel_type")
    with ws.world.lock:
        known = ws.world.dm_with(users[0]) is not None
        channel = direct_message(ws, users[0])
        shown = channel_json(ws, channel) if request.flag("return_im") else {"id": channel.id}
    return {"no_op": known, "already_open": known, "channel": shown}


def direct_message(ws: Workspace, user_id: str) -> Channel:
    """The bot's direct message with a person, opened if needed. External people must share a channel with it."""
    world = ws.world
    user = world.users.get(user_id)
    if user is None:
        raise SlackRefusal("user_not_found")
    if user.bot:
        raise SlackRefusal("cannot_dm_bot")
    if user.deleted:
        raise SlackRefusal("user_disabled")
    if user.external and not world.shares_channel(user.id, ws.app.bot_user_id):
        raise SlackRefusal("user_not_visible")
    existing = world.dm_with(user.id)
    if existing is not None:
        return existing
    with world.change():
        members_ = [user.id, ws.app.bot_user_id]
        channel = Channel(world.new_id("D"), user.name, "dm", members_, world.seconds(), dm_user=user.id)
        world.channels[channel.id] = channel
        world.messages[channel.id] = []
    return channel


def join(request: Request) -> JSON:
    channel = request.channel()
    if channel.kind != "channel":
        raise SlackRefusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackRefusal("is_archived")
    joined = add_member(request.ws, channel, request.ws.app.bot_user_id, later=True)
    extra: JSON = {} if joined else {"warning": "already_in_channel"}
    return {"channel": channel_json(request.ws, channel), **extra}


def add_member(ws: Workspace, channel: Channel, user: str, *, later: bool, inviter: str = "") -> bool:
    """Add somebody to a channel, invited or not. Sends the event and posts Slack's line. False if the person was a
    member already."""
    with ws.world.change():
        if user in channel.members:
            return False
        channel.members.append(user)
        ts = ws.world.new_ts()
    event: JSON = {"type": "member_joined_channel", "user": user, "channel": channel.id, "team": ws.team_of(user)}
    event |= {"inviter": inviter} if inviter else {}
    emit(ws, event | {"channel_type": "G" if channel.kind == "private" else "C", "event_ts": ts}, channel, later=later)
    text = f"<@{user}> has joined the channel"
    post(ws, Message(channel.id, ws.world.new_ts(), user, text, subtype="channel_join"), later=later)
    return True


def history(request: Request) -> JSON:
    ws = request.ws
    with ws.world.lock:
        channel = _readable(request)
        messages = [m for m in ws.world.messages[channel.id] if not m.is_reply or m.broadcast]
        messages = [m for m in reversed(messages) if _within(request, m.ts)]
        page, cursor = request.page(messages, request.number("limit", 100, 999))
        shown = [message_json(ws, m, metadata=request.flag("include_all_metadata")) for m in page]
    answer: JSON = {"messages": shown, "has_more": bool(cursor), "pin_count": 0, "channel_actions_count": 0}
    answer["channel_actions_ts"] = None
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def replies(request: Request) -> JSON:
    ws = request.ws
    with ws.world.lock:
        channel = _readable(request)
        root = ws.world.find(channel.id, request.required("ts"))
        if root is None:
            raise SlackRefusal("thread_not_found")
        root = (ws.world.find(channel.id, root.thread_ts or root.ts) or root) if root.is_reply else root
        messages = [root, *(m for m in ws.world.thread(channel.id, root.ts) if _within(request, m.ts))]
        page, cursor = request.page(messages, request.number("limit", 1000, 1000))
        shown = [message_json(ws, m, metadata=request.flag("include_all_metadata")) for m in page]
    answer: JSON = {"messages": shown, "has_more": bool(cursor)}
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def _readable(request: Request) -> Channel:
    channel = request.channel()
    request.need(HISTORY_SCOPES[channel.kind])
    if not request.bot_in(channel):
        raise SlackRefusal("not_in_channel")
    return channel


def _within(request: Request, ts: str) -> bool:
    """Whether a ts is between `oldest` and `latest`. The ends count only with `inclusive`."""
    try:
        oldest = float(request.text("oldest") or 0)
        latest = float(request.text("latest") or "inf")
    except ValueError:
        raise SlackRefusal("invalid_ts_oldest") from None
    moment = float(ts)
    if request.flag("inclusive"):
        return oldest <= moment <= latest
    return oldest < moment < latest


METHODS = {
    "conversations.list": Method(
        list_channels, ("channels:read", "groups:read", "im:read", "mpim:read"), takes_json=False
    ),
    "conversations.info": Method(info, takes_json=False),
    "conversations.members": Method(members, takes_json=False),
    "conversations.open": Method(open_conversation, ("im:write", "channels:manage", "groups:write", "mpim:write")),
    "conversations.join": Method(join, ("channels:join",)),
    "conversations.history": Method(history, takes_json=False),
    "conversations.replies": Method(replies, takes_json=False),
}
