"""Slack's JSON for users, channels, messages, files and views."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from mimetypes import guess_type
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from .errors import JSON
from .workspace import Workspace
from .world import Channel, Message, StoredFile, User, View


def user_json(ws: Workspace, user: User, *, locale: bool = False) -> JSON:
    """A user object as in users.info: external people without locale, e-mail only with users:read.email."""
    zone = ZoneInfo(user.tz)
    moment = ws.clock.now().astimezone(zone)
    offset = moment.utcoffset()
    shown: JSON = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "color": "9f69e7",
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": str(moment.tzname()),
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": _profile(ws, user),
        "is_admin": user.admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.guest is not None,
        "is_ultra_restricted": user.guest == "single",
        "is_bot": user.bot,
        "is_app_user": False,
        "is_email_confirmed": True,
        "updated": ws.world.seconds(),
        "who_can_share_contact_card": "EVERYONE",
    }
    if user.enterprise:
        organisation = {"enterprise_id": f"E{user.team_id[1:]}", "enterprise_name": user.enterprise}
        shown["enterprise_user"] = {"id": user.id, **organisation, "is_admin": False, "is_owner": False, "teams": []}
    if user.external:
        shown["is_stranger"] = not ws.world.met(user.id, ws.app.bot_user_id)
    elif locale:
        shown["locale"] = user.locale
    return shown


def _profile(ws: Workspace, user: User) -> JSON:
    first, _, last = user.real_name.partition(" ")
    images = {f"image_{size}": f"{ws.url}/avatars/{user.id}.svg" for size in (24, 32, 48, 72, 192, 512)}
    profile: JSON = {
        "title": "",
        "phone": "",
        "skype": "",
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "fields": None,
        "status_text": "",
        "status_text_canonical": "",
        "status_emoji": "",
        "status_emoji_display_info": [],
        "status_expiration": 0,
        "avatar_hash": user.id.lower(),
        "first_name": first,
        "last_name": last,
        "team": user.team_id,
        **images,
    }
    if user.bot:
        profile |= {"bot_id": ws.app.bot_id, "api_app_id": ws.app.app_id, "always_active": True}
    elif ws.app.has("users:read.email") and user.email and not user.external:
        profile["email"] = user.email
    return profile


def channel_json(ws: Workspace, channel: Channel) -> JSON:
    """A conversation object; a direct message has fewer fields than a channel."""
    app = ws.app
    if channel.kind == "dm":
        return _direct_message_json(ws, channel)
    return _shared_fields(ws, channel) | {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "private",
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.kind == "private",
        "created": channel.created,
        "is_archived": channel.archived,
        "is_general": channel.name == "general",
        "unlinked": 0,
        "context_team_id": app.workspace_id,
        "is_member": app.bot_user_id in channel.members,
        "creator": channel.members[0] if channel.members else app.bot_user_id,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


def _direct_message_json(ws: Workspace, channel: Channel) -> JSON:
    person = ws.world.users.get(channel.dm_user or "")
    return {
        "id": channel.id,
        "created": channel.created,
        "is_im": True,
        "is_org_shared": False,
        "is_archived": channel.archived,
        "context_team_id": ws.app.workspace_id,
        "user": channel.dm_user,
        "is_user_deleted": bool(person and person.deleted),
        "is_ext_shared": bool(person and person.external),
        "priority": 0,
    }


def _shared_fields(ws: Workspace, channel: Channel) -> JSON:
    connected = [ws.app.external_workspace_id] if channel.shared else []
    return {
        "is_shared": channel.shared,
        "is_ext_shared": channel.shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "shared_team_ids": [ws.app.workspace_id, *connected],
        "connected_team_ids": connected,
        "internal_team_ids": [],
    }


def bot_profile(ws: Workspace) -> JSON:
    icons = {f"image_{size}": f"{ws.url}/avatars/bot.svg" for size in (36, 48, 72)}
    return {
        "id": ws.app.bot_id,
        "app_id": ws.app.app_id,
        "user_id": ws.app.bot_user_id,
        "name": ws.app.app_name,
        "icons": icons,
        "deleted": False,
        "updated": 1_700_000_000,
        "team_id": ws.app.workspace_id,
    }


def message_json(ws: Workspace, message: Message, *, metadata: bool = False) -> JSON:
    """A message as in conversations.history; its thread fields are computed from its replies."""
    shown: JSON = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    shown["team"] = ws.team_of(message.user)
    if message.subtype:
        shown["subtype"] = message.subtype
    if message.bot_id:
        shown |= {"bot_id": message.bot_id, "app_id": ws.app.app_id, "bot_profile": bot_profile(ws)}
    if message.blocks:
        shown["blocks"] = message.blocks
    if message.attachments:
        shown["attachments"] = message.attachments
    if message.files:
        shown["files"] = [file_json(ws, ws.world.files[f]) for f in message.files]
        shown["upload"] = False
    if message.edited:
        shown["edited"] = message.edited
    if message.reactions:
        shown["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
        ]
    if metadata and message.metadata:
        shown["metadata"] = message.metadata
    return shown | _thread_fields(ws, message)


def _thread_fields(ws: Workspace, message: Message) -> JSON:
    if message.is_reply and message.thread_ts:
        root = ws.world.find(message.channel, message.thread_ts)
        return {"thread_ts": message.thread_ts, "parent_user_id": root.user if root else "USLACKBOT"}
    replies = ws.world.thread(message.channel, message.ts)
    if not replies:
        return {}
    people = list(dict.fromkeys(m.user for m in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "reply_users": people[:5],
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": False,
    }


def file_json(ws: Workspace, file: StoredFile) -> JSON:
    """A file object. Its URLs point to the sandbox."""
    mimetype = guess_type(file.name)[0] or "application/octet-stream"
    url = f"{ws.url}/files/{file.id}/{file.name}"
    shown: JSON = {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": mimetype,
        "filetype": file.name.rpartition(".")[2].lower(),
        "pretty_type": mimetype.rpartition("/")[2].upper(),
        "user": file.user,
        "user_team": ws.app.workspace_id,
        "editable": False,
        "size": file.length,
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "url_private": url,
        "url_private_download": url,
        "permalink": url,
        "alt_txt": file.alt_text,
        "comments_count": 0,
        "file_access": "visible",
        "has_rich_preview": False,
    }
    if mimetype.startswith("image/"):
        shown |= {f"thumb_{edge}": url for edge in (64, 80, 360, 480, 720)}
    return shown | _places(ws, file) | _png_size(file.content or b"")


def _places(ws: Workspace, file: StoredFile) -> JSON:
    places: dict[str, list[str]] = {"channel": [], "private": [], "dm": []}
    for channel in file.shares:
        places[ws.world.channels[channel].kind].append(channel)
    return {"channels": places["channel"], "groups": places["private"], "ims": places["dm"]}


def _png_size(content: bytes) -> JSON:
    if content[:8] != b"\x89PNG\r\n\x1a\n" or len(content) < 24:
        return {}
    width, height = struct.unpack(">II", content[16:24])
    return {"original_w": width, "original_h": height}


def view_json(ws: Workspace, view: View) -> JSON:
    """A view as in API answers and payloads, with what the person has entered so far."""
    spec = view.spec
    return {
        "id": view.id,
        "team_id": ws.app.workspace_id,
        "type": spec["type"],
        "blocks": spec["blocks"],
        "private_metadata": spec.get("private_metadata", ""),
        "callback_id": spec.get("callback_id", ""),
        "state": {"values": view.state},
        "hash": view.hash,
        "title": spec.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": bool(spec.get("clear_on_close")),
        "notify_on_close": bool(spec.get("notify_on_close")),
        "close": spec.get("close"),
        "submit": spec.get("submit"),
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": ws.app.app_id,
        "external_id": spec.get("external_id", ""),
        "app_installed_team_id": ws.app.workspace_id,
        "bot_id": ws.app.bot_id,
    }


def permalink(ws: Workspace, message: Message) -> str:
    link = f"{ws.url}/archives/{message.channel}/p{message.ts.replace('.', '')}"
    return f"{link}?thread_ts={message.thread_ts}&cid={message.channel}" if message.is_reply else link


def local_time(ws: Workspace, ts: str, tz: str) -> str:
    """A message's time as its reader sees it: `Mon 16 Nov 09:05`. The pattern is in the catalogues, too."""
    moment = datetime.fromtimestamp(float(ts), UTC).astimezone(ZoneInfo(tz))
    return str(format_datetime(moment, ws.say("EEE d MMM HH:mm"), locale=ws.speech.code))
