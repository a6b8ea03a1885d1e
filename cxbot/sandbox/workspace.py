"""One workspace with one installed app: the state and the parts that all other modules use."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .clock import SandboxClock
from .errors import JSON
from .event_delivery import EventDelivery
from .faults import Faults
from .guide import Guide
from .helpdesk import Helpdesk
from .outbound import Outbound
from .sockets import SocketServer
from .speech import Speech
from .tickets import Tickets
from .world import Workflow, World

ALL_SCOPES = (
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
)
ALL_EVENTS = (
    "app_home_opened",
    "app_uninstalled",
    "channel_archive",
    "channel_id_changed",
    "channel_left",
    "channel_shared",
    "channel_unarchive",
    "channel_unshared",
    "file_shared",
    "function_executed",
    "group_archive",
    "group_left",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "reaction_removed",
    "subteam_members_changed",
    "subteam_updated",
    "tokens_revoked",
    "user_change",
)


@dataclass(frozen=True)
class Call:
    """One Web API call of the app."""

    method: str
    args: JSON
    at: datetime
    result: JSON


@dataclass
class Installation:
    """The app in this workspace: its ids, tokens, scopes, commands, event subscriptions, and the steps of workflows
    that its manifest declares."""

    scopes: tuple[str, ...]
    subscriptions: frozenset[str]
    commands: dict[str, tuple[str, str]]
    shortcuts: dict[str, str]
    steps: dict[str, JSON]
    app_id: str = "A0SANDBOX1"
    app_name: str = "cxbot"
    bot_id: str = "B0SANDBOX1"
    bot_user_id: str = "U0SBBOT001"
    workspace_id: str = "T0SANDBOX1"
    workspace_name: str = "Sandbox"
    domain: str = "sandbox"
    external_workspace_id: str = "T0CUSTOMER"
    external_domain: str = "customer"
    external_email_domain: str = ""
    bot_token: str = "xoxb-sandbox-1-bot"
    app_token: str = "xapp-1-A0SANDBOX1-sandbox"
    signing_secret: str = "8f742231b10e8888abcd99yyyzzz85a5"
    verification_token: str = "sandbox-verification"
    should_escape: bool = True
    revoked: bool = False

    def has(self, *scopes: str) -> bool:
        return any(scope in self.scopes for scope in scopes)


@dataclass
class Workspace:
    """The parts of a running sandbox. All functions that act on the sandbox get this object."""

    clock: SandboxClock
    app: Installation
    speech: Speech
    url: str = ""
    enforce_rate_limits: bool = False
    calls: list[Call] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    tickets: Tickets = field(default_factory=Tickets)
    stopping: threading.Event = field(default_factory=threading.Event)
    held: int = 0
    has_mailbox: bool = False
    helpdesk: Helpdesk | None = None
    workflow: Workflow | None = None
    guide: Guide | None = None

    def __post_init__(self) -> None:
        self.world = World(self.clock)
        self.sockets = SocketServer(self.app.app_id)
        self.outbound = Outbound(self.app.signing_secret, self.sockets)
        self.event_delivery = EventDelivery(self.outbound, self.clock, self.faults)

    def say(self, text: str, /, **values: object) -> str:
        """A text in the workspace's language."""
        return self.speech.say(text, **values)

    def team_of(self, user: str) -> str:
        person = self.world.users.get(user)
        return person.team_id if person else self.app.workspace_id

    def domain_of(self, team: str) -> str:
        return self.app.domain if team == self.app.workspace_id else self.app.external_domain


def installation(
    scopes: Iterable[str],
    subscriptions: Iterable[str],
    commands: Iterable[str | tuple[str, str, str]],
    shortcuts: Iterable[tuple[str, str]],
    steps: Mapping[str, JSON],
) -> Installation:
    """The app as a manifest would describe it. A command is a name, or a tuple of name, description and usage hint.
    `steps` are the manifest's functions."""
    described: dict[str, tuple[str, str]] = {}
    for command in commands:
        name, description, hint = (command, "", "") if isinstance(command, str) else command
        described[name] = (description, hint)
    return Installation(tuple(scopes), frozenset(subscriptions), described, dict(shortcuts), dict(steps))
