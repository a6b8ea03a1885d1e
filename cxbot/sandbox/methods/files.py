"""files.*: the three steps of an upload, and reading the file afterwards."""

from __future__ import annotations

import secrets
from typing import Any

from ..conversation import post
from ..errors import JSON, SlackRefusal, with_details
from ..limits import require_blocks
from ..render import file_json
from ..workspace import Workspace
from ..world import Channel, Message, StoredFile
from .base import Method, Request


def get_upload_url(request: Request) -> JSON:
    name = request.required("filename")
    try:
        length = int(request.required("length"))
    except ValueError:
        raise with_details("invalid_arguments", ["must be a number [json-pointer:/length]"]) from None
    world = request.ws.world
    with world.change():
        ticket = secrets.token_urlsafe(18)
        user = request.ws.app.bot_user_id
        file = StoredFile(world.new_id("F"), name, name, user, world.seconds(), length, ticket)
        file.alt_text = request.text("alt_txt")
        world.files[file.id] = file
    return {"upload_url": f"{request.ws.url}/upload/v1/{ticket}", "file_id": file.id}


def store_upload(ws: Workspace, ticket: str, content: bytes) -> bool:
    """The second step: receive the bytes. False if the address is unknown or the length is not the announced one."""
    with ws.world.change():
        for file in ws.world.files.values():
            if file.ticket == ticket and not file.complete and len(content) == file.length:
                file.content = content
                return True
    return False


def complete_upload(request: Request) -> JSON:
    """The third step: give the files titles and share them to channels. Each channel gets a new message with them."""
    ws = request.ws
    given = request.json("files", "invalid_arguments")
    if not isinstance(given, list) or not given:
        raise with_details("invalid_arguments", ["missing required field: files"])
    blocks = request.json("blocks", "invalid_blocks_format") or []
    require_blocks(blocks, ws.world.showable)
    with ws.world.change():
        channels = [_shareable(request, c) for c in _channel_ids(request)]
        files = [_uploaded(ws, entry) for entry in given]
        thread_ts = request.text("thread_ts") or None
        if thread_ts and any(ws.world.find(c.id, thread_ts) is None for c in channels):
            raise SlackRefusal("thread_not_found")
        for file, entry in zip(files, given, strict=True):
            file.title, file.complete = entry.get("title") or file.name, True
    for channel in channels:
        _share(request, channel, files, blocks, thread_ts)
    return {"files": [file_json(ws, file) for file in files]}


def _channel_ids(request: Request) -> list[str]:
    listed = request.text("channel_id") or request.text("channels")
    return [c for c in listed.split(",") if c]


def _shareable(request: Request, channel_id: str) -> Channel:
    channel = Request(request.ws, {"channel": channel_id}).channel()
    if channel.archived:
        raise SlackRefusal("is_archived")
    if not request.bot_in(channel):
        raise SlackRefusal("not_in_channel")
    return channel


def _uploaded(ws: Workspace, entry: Any) -> StoredFile:
    file = ws.world.files.get(str(entry.get("id"))) if isinstance(entry, dict) else None
    if file is None or file.content is None or file.complete:
        raise SlackRefusal("file_not_found")
    return file


def _share(request: Request, channel: Channel, files: list[StoredFile], blocks: list[JSON], root: str | None) -> None:
    ws = request.ws
    ts = ws.world.new_ts()
    with ws.world.change():
        for file in files:
            file.shares.setdefault(channel.id, []).append(ts)
    ids = [file.id for file in files]
    text = request.text("initial_comment")
    message = Message(channel.id, ts, ws.app.bot_user_id, text, ws.app.bot_id, blocks, files=ids, thread_ts=root)
    message.subtype = "file_share"
    post(ws, message, later=True)


def info(request: Request) -> JSON:
    with request.ws.world.lock:
        file = request.ws.world.files.get(request.text("file"))
        if file is None or not file.complete:
            raise SlackRefusal("file_not_found")
        return {"file": file_json(request.ws, file), "comments": [], "response_metadata": {"next_cursor": ""}}


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, ("files:write",), takes_json=False),
    "files.completeUploadExternal": Method(complete_upload, ("files:write",)),
    "files.info": Method(info, ("files:read",), takes_json=False),
}
