"""What people do without the app: write, react, join, open its Home tab; and what administrators do."""

from __future__ import annotations

from . import conversation
from .actions import person, place
from .errors import JSON, N_, NotPossible, SlackRefusal
from .events import emit
from .methods.conversations import add_member, direct_message
from .outbound import Reply
from .render import user_json, view_json
from .workspace import Workspace
from .world import Channel, Message


def say(ws: Workspace, user_id: str, channel_id: str, text: str, thread_ts: str | None = None) -> str:
    """Write a message and return its ts. `text` has Slack's format, with mentions as `<@U…>`."""
    with ws.world.lock:
        user = person(ws, user_id)
        channel = _open_place(ws, user_id, channel_id)
        if thread_ts is not None:
            root = ws.world.find(channel.id, thread_ts)
            if root is None:
                raise NotPossible(N_("There is no message {message} to reply to."), message=thread_ts)
            thread_ts = root.thread_ts or root.ts
        message = Message(channel.id, ws.world.new_ts(), user.id, text, thread_ts=thread_ts)
    conversation.post(ws, message, later=False)
    return message.ts


def forward(ws: Workspace, user_id: str, channel_id: str, ts: str, to: str, text: str) -> str:
    """Pass somebody's message on to a channel, with a text of one's own, and return the new message's ts."""
    passed_on = _message(ws, user_id, channel_id, ts)
    with ws.world.lock:
        user = person(ws, user_id)
        channel = _open_place(ws, user_id, to)
        shared: JSON = {"is_share": True, "is_msg_unfurl": True, "channel_id": channel_id, "ts": ts}
        shared |= {"author_id": passed_on.user, "text": passed_on.text, "fallback": passed_on.text}
        message = Message(channel.id, ws.world.new_ts(), user.id, text, attachments=[shared])
    conversation.post(ws, message, later=False)
    return message.ts


def _open_place(ws: Workspace, user_id: str, channel_id: str) -> Channel:
    channel = place(ws, person(ws, user_id), channel_id)
    if channel.archived:
        raise NotPossible(N_("#{channel} is archived."), channel=channel.name)
    return channel


def react(ws: Workspace, user_id: str, channel_id: str, ts: str, name: str) -> bool:
    """Add a reaction to a message; False if it was there."""
    message = _message(ws, user_id, channel_id, ts)
    return conversation.react(ws, message, user_id, name.strip(":"), later=False)


def unreact(ws: Workspace, user_id: str, channel_id: str, ts: str, name: str) -> bool:
    """Remove a reaction; False if there was none."""
    message = _message(ws, user_id, channel_id, ts)
    return conversation.unreact(ws, message, user_id, name.strip(":"), later=False)


def _message(ws: Workspace, user_id: str, channel_id: str, ts: str) -> Message:
    message = ws.world.find(_open_place(ws, user_id, channel_id).id, ts)
    if message is None:
        raise NotPossible(N_("There is no message {message}; ephemeral messages take no reactions."), message=ts)
    return message


def delete_own(ws: Workspace, user_id: str, channel_id: str, ts: str) -> None:
    """Delete a message. People can delete their own messages, administrators any message."""
    message = _message(ws, user_id, channel_id, ts)
    if message.user != user_id and not person(ws, user_id).admin:
        raise NotPossible(N_("Only its author or an administrator can delete a message."))
    conversation.delete(ws, message, later=False)


def open_home(ws: Workspace, user_id: str) -> Reply:
    """Open the app's Home tab."""
    person(ws, user_id)
    try:
        channel = direct_message(ws, user_id)
    except SlackRefusal as refusal:
        raise NotPossible(
            N_("The app cannot be reached by {person}: {why}."), person=user_id, why=refusal.code
        ) from None
    event: JSON = {"type": "app_home_opened", "user": user_id, "channel": channel.id, "tab": "home"}
    event["event_ts"] = ws.world.new_ts()
    with ws.world.lock:
        view = ws.world.views.get(ws.world.homes.get(user_id, ""))
        if view is not None:
            event["view"] = view_json(ws, view)
    return emit(ws, event, channel)


def join(ws: Workspace, user_id: str, channel_id: str) -> bool:
    """Join a channel; False if the person was a member."""
    user = person(ws, user_id)
    channel = ws.world.channels[channel_id]
    if user.external and not channel.shared:
        raise NotPossible(N_("#{channel} is not shared with other workspaces."), channel=channel.name)
    return add_member(ws, channel, user_id, later=False)


def invite(ws: Workspace, inviter_id: str, user_id: str, channel_id: str) -> bool:
    """Invite somebody to a channel, as a member of it; False if the person was a member."""
    channel = ws.world.channels[channel_id]
    if person(ws, inviter_id).id not in channel.members:
        raise NotPossible(N_("Only members of #{channel} can invite somebody."), channel=channel.name)
    return add_member(ws, channel, person(ws, user_id).id, later=False, inviter=inviter_id)


def leave(ws: Workspace, user_id: str, channel_id: str) -> None:
    """Remove somebody from a channel. If it is the bot, the app gets channel_left."""
    channel = ws.world.channels[channel_id]
    with ws.world.change():
        if user_id not in channel.members:
            raise NotPossible(N_("{person} is not in {channel}."), person=user_id, channel=f"#{channel.name}")
        channel.members.remove(user_id)
        ts = ws.world.new_ts()
    prefix = "group" if channel.kind == "private" else "channel"
    if user_id == ws.app.bot_user_id:
        event: JSON = {"type": f"{prefix}_left", "channel": channel_id, "actor_id": channel.members[0]}
    else:
        event = {"type": "member_left_channel", "user": user_id, "channel": channel_id}
        event |= {"channel_type": "G" if prefix == "group" else "C", "team": ws.team_of(user_id)}
    emit(ws, event | {"event_ts": ts}, channel)


def archive(ws: Workspace, channel_id: str, *, archived: bool = True) -> None:
    """Archive a channel, or unarchive it."""
    channel = ws.world.channels[channel_id]
    with ws.world.change():
        channel.archived = archived
        ts = ws.world.new_ts()
    prefix = "group" if channel.kind == "private" else "channel"
    event: JSON = {"type": f"{prefix}_{'archive' if archived else 'unarchive'}", "channel": channel_id}
    emit(ws, event | {"user": channel.members[0] if channel.members else "", "event_ts": ts}, channel)


def deactivate(ws: Workspace, user_id: str) -> None:
    """Deactivate an account: the person is in no channel any more."""
    with ws.world.change():
        user = ws.world.users[user_id]
        user.deleted = True
        for channel in ws.world.channels.values():
            if channel.kind != "dm" and user_id in channel.members:
                channel.members.remove(user_id)
        shown = user_json(ws, user, locale=True)
    event: JSON = {"type": "user_change", "user": shown, "cache_ts": ws.world.seconds()}
    emit(ws, event | {"event_ts": ws.world.new_ts()})


def change_usergroup(ws: Workspace, group_id: str, members: list[str]) -> None:
    """Give a user group other members."""
    with ws.world.change():
        group = ws.world.usergroups[group_id]
        before, now = list(group["users"]), ws.world.seconds()
        group |= {"users": members, "user_count": len(members), "date_update": now}
    added, removed = (
        [each for each in members if each not in before],
        [each for each in before if each not in members],
    )
    changed: JSON = {"subteam_id": group_id, "team_id": group["team_id"], "date_previous_update": group["date_create"]}
    changed |= {"added_users": added, "added_users_count": len(added), "date_update": now}
    changed |= {"removed_users": removed, "removed_users_count": len(removed)}
    emit(ws, {"type": "subteam_members_changed", **changed, "event_ts": ws.world.new_ts()})
    emit(ws, {"type": "subteam_updated", "subteam": dict(group), "event_ts": ws.world.new_ts()})


def revoke(ws: Workspace) -> None:
    """Make the app's tokens stop working."""
    with ws.world.change():
        ws.app.revoked = True
    tokens = {"oauth": [], "bot": [ws.app.bot_user_id]}
    emit(ws, {"type": "tokens_revoked", "tokens": tokens, "event_ts": ws.world.new_ts()})
