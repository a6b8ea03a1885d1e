"""The payloads that Slack sends when a person does something."""

from __future__ import annotations

import re
import time

from .errors import JSON
from .render import message_json, view_json
from .tickets import ResponseUrl
from .workspace import Workspace
from .world import Channel, Message, User, View

_MENTION = re.compile(r"(?<![\w<])([@#])([\w.-]*\w)")


def _frame(ws: Workspace, kind: str, user: User, team: str) -> JSON:
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
        "api_app_id": ws.app.app_id,
        "token": ws.app.verification_token,
        "team": {"id": team, "domain": ws.domain_of(team)},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _channel(channel: Channel) -> JSON:
    names = {"channel": channel.name, "private": "privategroup", "dm": "directmessage"}
    return {"id": channel.id, "name": names[channel.kind]}


def response_url(ws: Workspace, kind: str, user: User, channel: Channel, original: Message | None) -> str:
    """A fresh response URL for one interaction."""
    ticket = ResponseUrl(kind, channel.id, user.id, original.ts if original else None, time.monotonic())
    return f"{ws.url}/{kind}/{ws.app.workspace_id}/{ws.tickets.response_url(ticket)}"


def message_action(ws: Workspace, user: User, message: Message, action: JSON, state: JSON) -> JSON:
    """block_actions from a message. `team` is the installing team, even if an external person clicks."""
    channel = ws.world.channels[message.channel]
    ephemeral = message.ephemeral_to is not None
    container: JSON = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.is_reply:
        container["thread_ts"] = message.thread_ts
    return _frame(ws, "block_actions", user, ws.app.workspace_id) | {
        "container": container,
        "trigger_id": ws.tickets.trigger(user.id),
        "channel": _channel(channel),
        "message": message_json(ws, message),
        "state": {"values": state},
        "response_url": response_url(ws, "actions", user, channel, message),
        "actions": [action],
    }


def view_action(ws: Workspace, user: User, view: View, action: JSON) -> JSON:
    """block_actions from a modal or the Home tab."""
    modal = view.spec["type"] == "modal"
    return _frame(ws, "block_actions", user, ws.app.workspace_id) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": ws.tickets.trigger(user.id, view.id if modal else None),
        "view": view_json(ws, view),
        "state": {"values": view.state},
        "actions": [action],
    }


def view_submission(ws: Workspace, user: User, view: View) -> JSON:
    """view_submission of a modal. `team` is the submitter's team. The installing team is in
    `view.app_installed_team_id`."""
    return _frame(ws, "view_submission", user, user.team_id) | {
        "trigger_id": ws.tickets.trigger(user.id, view.id),
        "view": view_json(ws, view),
        "response_urls": [],
    }


def view_closed(ws: Workspace, user: User, view: View, *, cleared: bool) -> JSON:
    frame = _frame(ws, "view_closed", user, user.team_id)
    return frame | {"view": view_json(ws, view), "is_cleared": cleared}


def message_shortcut(ws: Workspace, user: User, message: Message, callback_id: str) -> JSON:
    channel = ws.world.channels[message.channel]
    return _frame(ws, "message_action", user, ws.app.workspace_id) | {
        "callback_id": callback_id,
        "trigger_id": ws.tickets.trigger(user.id),
        "action_ts": ws.world.new_ts(),
        "response_url": response_url(ws, "app", user, channel, message),
        "message_ts": message.ts,
        "channel": _channel(channel),
        "message": message_json(ws, message),
    }


def slash_command(ws: Workspace, user: User, channel: Channel, command: str, text: str) -> JSON:
    """The form of a slash command; all values are strings."""
    return {
        "token": ws.app.verification_token,
        "team_id": ws.app.workspace_id,
        "team_domain": ws.app.domain,
        "channel_id": channel.id,
        "channel_name": _channel(channel)["name"],
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": escaped(ws, text.strip()) if ws.app.should_escape else text.strip(),
        "api_app_id": ws.app.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url(ws, "commands", user, channel, None),
        "trigger_id": ws.tickets.trigger(user.id),
    }


def escaped(ws: Workspace, text: str) -> str:
    """A command's text as Slack sends it with should_escape: known `@name` and `#channel` become `<@U…|name>` and
    `<#C…|name>`."""
    with ws.world.lock:
        groups = {g["handle"]: f"<!subteam^{g['id']}|@{g['handle']}>" for g in ws.world.usergroups.values()}
        people = {u.name: f"<@{u.id}|{u.name}>" for u in ws.world.users.values()}
        channels = {c.name: f"<#{c.id}|{c.name}>" for c in ws.world.channels.values() if c.kind != "dm"}

    def known(match: re.Match[str]) -> str:
        names = groups | people if match[1] == "@" else channels
        return names.get(match[2], match[0])

    return _MENTION.sub(known, text)
