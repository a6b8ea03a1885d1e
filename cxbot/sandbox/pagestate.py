"""Everything that one person may see, as JSON for the page in the browser."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from .errors import JSON
from .guide import Step
from .helpdesk import Helpdesk
from .modals import top_view
from .render import file_json, local_time, message_json, permalink, view_json
from .workspace import Workspace
from .world import Channel, Mail, Message, User, View, Workflow

_COLORS = ("#4a154b", "#2bac76", "#1264a3", "#e8912d", "#cd2553", "#3c7c8c", "#7c5cbf", "#8a6d3b")


def page_state(ws: Workspace, me: User) -> JSON:
    """The workspace as the person `me` sees it."""
    world = ws.world
    with world.lock:
        mine = [c for c in world.channels.values() if me.id in c.members]
        now = ws.clock.now()
        home = world.views.get(world.homes.get(me.id, ""))
        return {
            "revision": world.revision,
            "now": now.isoformat(),
            "now_local": now.astimezone(ZoneInfo(me.tz)).isoformat(),
            "me": me.id,
            "app": {"name": ws.app.app_name, "user": ws.app.bot_user_id, "connected": _connected(ws)},
            "users": [_user(user, me) for user in world.users.values()],
            "channels": [_channel(ws, channel, me) for channel in mine],
            "elsewhere": [{"id": each.id, "name": each.name} for each in _elsewhere(ws, me)],
            "messages": {channel.id: _messages(ws, channel, me) for channel in mine},
            "views": [_view(ws, world.views[v]) for v in world.stacks.get(me.id, [])],
            "home": _view(ws, home) if home else None,
            "commands": [
                {"name": name, "description": description, "usage_hint": hint, "available": not me.external}
                for name, (description, hint) in ws.app.commands.items()
            ],
            "shortcuts": [
                {"callback_id": callback, "name": name, "available": not me.external}
                for callback, name in ws.app.shortcuts.items()
            ],
            "notices": [{"text": n.text, "at": n.at, "channel": n.channel} for n in world.notices if n.user == me.id],
            "faults": ws.faults.waiting(),
            "mails": [_mail(ws, mail, me) for mail in world.mails] if ws.has_mailbox else None,
            "helpdesk": _helpdesk(ws, ws.helpdesk) if ws.helpdesk else None,
            "workflow": _workflow(ws, ws.workflow) if ws.workflow else None,
            "guide": [_step(step) for step in ws.guide()] if ws.guide else None,
        }


def _elsewhere(ws: Workspace, me: User) -> list[Channel]:
    """The public channels of the workspace that a person is not in and can name in a form."""
    if me.external or me.guest:
        return []
    return [each for each in ws.world.channels.values() if each.kind == "channel" and me.id not in each.members]


def _connected(ws: Workspace) -> bool:
    return bool(ws.sockets.connected) or ws.outbound.events_url is not None


def _user(user: User, me: User) -> JSON:
    role = "bot" if user.bot else "external" if user.external else "guest" if user.guest else "member"
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "role": "admin" if user.admin else role,
        "external": user.external,
        "guest": user.guest,
        "bot": user.bot,
        "avatar_color": avatar_color(user.id),
        "is_me": user.id == me.id,
        "status": "deactivated" if user.deleted else "active",
        "tz": user.tz,
    }


def avatar_color(user_id: str) -> str:
    return _COLORS[sum(user_id.encode()) % len(_COLORS)]


def _channel(ws: Workspace, channel: Channel, me: User) -> JSON:
    read = ws.world.read.get((me.id, channel.id), "")
    others = [m for m in ws.world.messages[channel.id] if m.user != me.id and not m.is_reply]
    return {
        "id": channel.id,
        "name": ws.app.app_name if channel.kind == "dm" else channel.name,
        "kind": channel.kind,
        "shared": channel.shared,
        "archived": channel.archived,
        "unread": sum(m.ts > read for m in others),
        "topic": channel.topic,
        "members": channel.members,
    }


def _messages(ws: Workspace, channel: Channel, me: User) -> list[JSON]:
    whispered = [m for m in ws.world.ephemerals if m.channel == channel.id and m.ephemeral_to == me.id]
    everything = sorted([*ws.world.messages[channel.id], *whispered], key=lambda m: m.ts)
    return [_message(ws, message, me) for message in everything]


def _message(ws: Workspace, message: Message, me: User) -> JSON:
    shown = message_json(ws, message)
    return {
        "ts": message.ts,
        "user": message.user,
        "bot": message.bot_id is not None,
        "text": message.text,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "thread_ts": shown.get("thread_ts"),
        "reply_count": shown.get("reply_count", 0),
        "reply_users": shown.get("reply_users", []),
        "reactions": [{"name": name, "users": users} for name, users in message.reactions.items()],
        "files": [file_json(ws, ws.world.files[f]) for f in message.files],
        "edited": message.edited is not None,
        "ephemeral": message.ephemeral_to is not None,
        "deleted": message.subtype == "tombstone",
        "subtype": message.subtype,
        "broadcast": message.broadcast,
        "state": ws.world.entered.get((me.id, message.ts), {}),
        "permalink": permalink(ws, message),
        "local_time": local_time(ws, message.ts, me.tz),
    }


def _mail(ws: Workspace, mail: Mail, me: User) -> JSON:
    return {
        "id": mail.id,
        "ts": mail.at,
        "local_time": local_time(ws, mail.at, me.tz),
        "from": mail.sender,
        "to": mail.to,
        "subject": mail.subject,
        "text": mail.text,
        "html": f"/mails/{mail.id}" if mail.html else None,
        "read": mail.read,
    }


def _helpdesk(ws: Workspace, helpdesk: Helpdesk) -> JSON:
    reply = helpdesk.reply
    return {
        "about": helpdesk.about,
        "case": helpdesk.case,
        "open": helpdesk.is_open,
        "told": helpdesk.told,
        "status": reply.status if reply else None,
        "answer": (reply.body or {"error": ws.speech.say(reply.text)}) if reply else None,
    }


def _workflow(ws: Workspace, workflow: Workflow) -> JSON:
    """The sample workflow, with people by name, and how its latest execution stands."""
    execution = ws.world.executions.get(workflow.execution)
    people = ws.world.users
    return {
        "title": ws.app.steps[workflow.step]["title"],
        "inputs": {
            name: people[value].real_name if value in people else value for name, value in workflow.inputs.items()
        },
        "state": execution.state if execution else "",
        "outputs": execution.outputs if execution else {},
        "error": execution.error if execution else "",
    }


def _step(step: Step) -> JSON:
    return {
        "id": step.id,
        "title": step.title,
        "text": step.text,
        "as": step.person,
        "channel": step.place,
        "write": step.write,
    }


def _view(ws: Workspace, view: View) -> JSON:
    on_top = top_view(ws, view.user) is view
    return view.spec | {
        "id": view.id,
        "hash": view.hash,
        "state": view_json(ws, view)["state"],
        "errors": view.errors,
        "on_top": on_top,
    }
