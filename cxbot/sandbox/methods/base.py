"""Shared by all Web API methods: reads arguments, checks scopes, and finds channels and people."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from ..errors import JSON, SlackRefusal, with_details
from ..workspace import Workspace
from ..world import Channel, User

T = TypeVar("T")
HISTORY_SCOPES = {"channel": "channels:history", "private": "groups:history", "dm": "im:history"}
READ_SCOPES = {"channel": "channels:read", "private": "groups:read", "dm": "im:read"}


@dataclass(frozen=True)
class Request:
    """One call of a method: the workspace and the unchanged arguments."""

    ws: Workspace
    args: JSON

    def text(self, name: str) -> str:
        """A string argument; empty if it is missing."""
        value = self.args.get(name)
        return "" if value is None else str(value)

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise with_details("invalid_arguments", [f"missing required field: {name}"])
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.args.get(name)
        return default if value is None else str(value).lower() in ("1", "true")

    def number(self, name: str, default: int, most: int) -> int:
        """A number from 1 to `most`. A larger number becomes `most`, as in Slack. Refuses with
        invalid_arguments if it is below 1."""
        try:
            value = int(self.text(name) or default)
        except ValueError:
            value = 0
        if value < 1:
            raise with_details("invalid_arguments", [f"must be a positive number [json-pointer:/{name}]"])
        return min(value, most)

    def json(self, name: str, error: str) -> Any:
        """A JSON argument, given as JSON or as text. Refuses with `error` if the text can't be read."""
        value = self.args.get(name)
        if isinstance(value, str):
            if not value:
                return None
            try:
                return json.loads(value)
            except ValueError:
                raise SlackRefusal(error) from None
        return value

    def need(self, *scopes: str) -> None:
        """Refuse with missing_scope unless the app has one of `scopes`."""
        if not self.ws.app.has(*scopes):
            raise SlackRefusal("missing_scope", needed=",".join(scopes), provided=",".join(self.ws.app.scopes))

    def channel(self, name: str = "channel") -> Channel:
        """The channel of an argument, by id or name. Refuses with channel_not_found if the bot can't see it."""
        given = self.text(name)
        if not given:
            raise SlackRefusal("channel_not_found")
        world = self.ws.world
        channel = world.channels.get(given) or next(
            (c for c in world.channels.values() if c.kind == "channel" and c.name == given.removeprefix("#")), None
        )
        if channel is None or (channel.kind == "private" and not self.bot_in(channel)):
            raise SlackRefusal("channel_not_found")
        return channel

    def bot_in(self, channel: Channel) -> bool:
        return channel.kind == "dm" or self.ws.app.bot_user_id in channel.members

    def user(self, name: str = "user") -> User:
        user = self.ws.world.users.get(self.text(name))
        if user is None:
            raise SlackRefusal("user_not_found")
        return user

    def page(self, items: Sequence[T], limit: int) -> tuple[list[T], str]:
        """One page of `items` and the cursor of the next one (empty at the end)."""
        start = _offset(self.text("cursor"))
        end = start + limit
        cursor = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
        return list(items[start:end]), cursor


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
    except (binascii.Error, ValueError):
        raise SlackRefusal("invalid_cursor") from None


@dataclass(frozen=True)
class Method:
    """A Web API method: its function, its scopes (the app needs one of them), and how it may be called."""

    function: Callable[[Request], JSON]
    scopes: tuple[str, ...] = ()
    token: Literal["bot", "app", "none"] = "bot"
    takes_json: bool = True
