"""The workspace's state: people, channels, messages, files and views, behind one lock with a revision counter."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .clock import SandboxClock
from .errors import JSON

Guest = Literal["single", "multi"] | None


@dataclass
class User:
    """A person or bot. External people belong to another workspace and are only in shared channels."""

    id: str
    name: str
    real_name: str
    team_id: str
    external: bool = False
    guest: Guest = None
    bot: bool = False
    admin: bool = False
    tz: str = "Europe/Helsinki"
    locale: str = "en-US"
    email: str | None = None
    deleted: bool = False
    enterprise: str = ""

    @property
    def full_member(self) -> bool:
        return not (self.external or self.guest or self.bot or self.deleted)


@dataclass
class Channel:
    """A conversation. `kind` is channel, private or dm; a dm belongs to `dm_user` and the bot."""

    id: str
    name: str
    kind: Literal["channel", "private", "dm"]
    members: list[str]
    created: int
    shared: bool = False
    archived: bool = False
    topic: str = ""
    dm_user: str | None = None

    @property
    def event_type(self) -> str:
        return {"channel": "channel", "private": "group", "dm": "im"}[self.kind]


@dataclass
class Message:
    """A message as stored; `render.message_json` gives Slack's form."""

    channel: str
    ts: str
    user: str
    text: str
    bot_id: str | None = None
    blocks: list[JSON] = field(default_factory=list)
    attachments: list[JSON] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    thread_ts: str | None = None
    subtype: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: JSON | None = None
    metadata: JSON | None = None
    broadcast: bool = False
    ephemeral_to: str | None = None

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass
class StoredFile:
    """An uploaded file. It can be shown in a message once it is `complete` and shared."""

    id: str
    name: str
    title: str
    user: str
    created: int
    length: int
    ticket: str
    content: bytes | None = None
    complete: bool = False
    alt_text: str = ""
    shares: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class View:
    """A modal or a Home tab as one person sees it. `spec` is the view that the app sent; `state` has the
    values that the person entered."""

    id: str
    user: str
    spec: JSON
    hash: str
    root_id: str
    previous_id: str | None = None
    state: JSON = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    app_team: str = ""


@dataclass
class Mail:
    """A mail to somebody outside Slack. `at` is a timestamp like those of messages; `text` and `html` are its parts, ""
    if it has none."""

    id: str
    at: str
    sender: str
    to: str
    subject: str
    text: str
    html: str
    read: bool = False


@dataclass
class Execution:
    """A step of a workflow that the app carries out. `token` is the one that comes with it; `state` is running,
    completed or failed."""

    id: str
    step: str
    inputs: JSON
    token: str
    state: Literal["running", "completed", "failed"] = "running"
    outputs: JSON = field(default_factory=dict)
    error: str = ""


@dataclass
class Workflow:
    """A sample workflow: one step of the app's with its inputs, and the id of its latest execution ("" before)."""

    step: str
    inputs: JSON
    execution: str = ""


@dataclass(frozen=True)
class Notice:
    """A message from Slack itself to one person, for example about a failed click or an unavailable command."""

    user: str
    text: str
    at: str
    channel: str | None = None


class World:
    """All state. Change it inside `with world.change():`, read it inside `with world.lock:`."""

    def __init__(self, clock: SandboxClock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.revision = 0
        self.users: dict[str, User] = {}
        self.usergroups: dict[str, JSON] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, list[Message]] = {}
        self.ephemerals: list[Message] = []
        self.files: dict[str, StoredFile] = {}
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, str] = {}
        self.entered: dict[tuple[str, str], JSON] = {}
        self.read: dict[tuple[str, str], str] = {}
        self.notices: list[Notice] = []
        self.mails: list[Mail] = []
        self.executions: dict[str, Execution] = {}
        self._ids = 0
        self._last_ts = 0

    @contextmanager
    def change(self) -> Iterator[None]:
        """Hold the lock, then wake everybody who waits for a change."""
        with self.lock:
            yield
            self.revision += 1
            self.changed.notify_all()

    def new_id(self, prefix: str) -> str:
        """An id like Slack's: capital letters and digits, unique, the same in every run."""
        with self.lock:
            self._ids += 1
            return f"{prefix}0SB{self._ids:06X}"

    def new_ts(self) -> str:
        """A message timestamp by the workspace's clock: unique and increasing, with microseconds."""
        with self.lock:
            self._last_ts = max(_microseconds(self.clock.now()), self._last_ts + 100)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def seconds(self) -> int:
        return int(self.clock.now().timestamp())

    def notify(self, user: str, text: str, channel: str | None = None) -> None:
        with self.change():
            self.notices.append(Notice(user, text, self.clock.now().isoformat(), channel))
            del self.notices[:-200]

    def find(self, channel: str, ts: str) -> Message | None:
        return next((m for m in self.messages.get(channel, []) if m.ts == ts), None)

    def thread(self, channel: str, root: str) -> list[Message]:
        """The replies of a thread, oldest first, without its root."""
        return [m for m in self.messages.get(channel, []) if m.thread_ts == root and m.ts != root]

    def showable(self, file: str) -> bool:
        """Whether a message may show this file, given by id or address: it is complete and shared somewhere."""
        with self.lock:
            return any(
                f.complete and f.shares and (f.id == file or f"/files/{f.id}/" in file) for f in self.files.values()
            )

    def dm_with(self, user: str) -> Channel | None:
        return next((c for c in self.channels.values() if c.dm_user == user), None)

    def met(self, user: str, bot: str) -> bool:
        """Whether an external person shares a channel that the bot can see."""
        return any(
            user in c.members and (bot in c.members or c.kind == "channel")
            for c in self.channels.values()
            if c.kind != "dm" and not c.archived
        )

    def shares_channel(self, one: str, other: str) -> bool:
        return any(
            one in c.members and other in c.members for c in self.channels.values() if c.kind != "dm" and not c.archived
        )


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 10_000) * 100
