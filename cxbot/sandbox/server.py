"""The local Slack as a Python object: start it, add people, let them act, read the results."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Any, Literal, TypeVar

from . import actions, mailbox, member_actions, workflows
from .clock import SandboxClock
from .errors import JSON
from .events import envelope
from .guide import Guide
from .helpdesk import Helpdesk
from .http import HttpServer
from .mail_server import MailServer
from .methods.conversations import direct_message
from .outbound import Reply
from .speech import ENGLISH, speech
from .ui import reload_page
from .visible import Visible
from .workspace import ALL_EVENTS, ALL_SCOPES, Workspace, installation
from .world import Channel, Execution, User, Workflow

T = TypeVar("T")


class Sandbox(Visible):
    """A local Slack workspace with one installed app, served on 127.0.0.1.

    People act through its methods (or through the page). The app talks to `api_url` and gets signed payloads at
    `events_url` or over Socket Mode. `port` 0 takes a free one. `commands` are names or (name, description, hint),
    `steps` the functions of the manifest. With `with_mailbox`, a mail server takes what goes to people outside Slack.
    `locale` is the language of the page and of Slack's own words: `en`, `fi` or `sv`.
    """

    def __init__(
        self,
        clock: SandboxClock | None = None,
        *,
        port: int = 0,
        events_url: str | None = None,
        scopes: Iterable[str] = ALL_SCOPES,
        subscriptions: Iterable[str] = ALL_EVENTS,
        commands: Iterable[str | tuple[str, str, str]] = ("/nps", "/cx"),
        shortcuts: Iterable[tuple[str, str]] = (("ask_for_feedback", "Ask for feedback"),),
        steps: Mapping[str, JSON] | None = None,
        enforce_rate_limits: bool = False,
        with_mailbox: bool = False,
        locale: str = ENGLISH,
    ) -> None:
        app = installation(scopes, subscriptions, commands, shortcuts, steps or {})
        super().__init__(
            Workspace(clock or SandboxClock(), app, speech(locale), enforce_rate_limits=enforce_rate_limits)
        )
        self.workspace.outbound.events_url = events_url
        self._port = port
        self._http: HttpServer | None = None
        self._mail: MailServer | None = None
        self.workspace.has_mailbox = with_mailbox
        bot = User(app.bot_user_id, app.app_name, app.app_name, app.workspace_id, bot=True, tz="UTC")
        self.workspace.world.users[bot.id] = bot

    def start(self) -> Sandbox:
        self._http = HttpServer(self.workspace, self._port)
        self.workspace.url = f"http://127.0.0.1:{self._http.port}"
        self.workspace.sockets.start()
        self.workspace.event_delivery.start()
        if self.workspace.has_mailbox:
            self._mail = MailServer(partial(mailbox.take, self.workspace))
            self._mail.start()
        self._http.start()
        return self

    def stop(self) -> None:
        if self._http is None:
            return
        with self.workspace.world.change():
            self.workspace.stopping.set()
        self.workspace.event_delivery.stop()
        self.workspace.sockets.stop()
        if self._mail is not None:
            self._mail.stop()
            self._mail = None
        self._http.stop()
        self._http = None

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def label(self, text: str) -> str:
        """What the page says for one of its English texts, such as a button's. Raises KeyError for others."""
        return self.workspace.speech.texts[text]

    # Who is there

    def add_user(
        self,
        name: str,
        *,
        real_name: str | None = None,
        external: bool = False,
        guest: Literal["single", "multi"] | None = None,
        bot: bool = False,
        admin: bool = False,
        tz: str = "Europe/Helsinki",
        locale: str = "en-US",
        email: str | None = None,
        enterprise: str = "",
    ) -> str:
        """A new person (or bot); returns the id. `external` people belong to the other workspace, and to its
        `enterprise` if there is one."""
        ws = self.workspace
        team = ws.app.external_workspace_id if external else ws.app.workspace_id
        with ws.world.change():
            user = User(ws.world.new_id("U"), name, real_name or name.title(), team, external, guest, bot, admin)
            user.tz, user.locale, user.enterprise = tz, locale, enterprise
            user.email = email or (None if bot else f"{name}@{ws.domain_of(team)}.example")
            ws.world.users[user.id] = user
            if not (external or bot):
                direct_message(ws, user.id)
        return user.id

    def add_channel(
        self,
        name: str,
        *,
        members: Iterable[str] = (),
        private: bool = False,
        shared: bool = False,
        archived: bool = False,
        bot_member: bool = True,
        topic: str = "",
    ) -> str:
        """A new channel; returns the id. External members need `shared`."""
        world = self.workspace.world
        everybody = [*members, *([self.bot_user_id] if bot_member else [])]
        if not shared and any(world.users[u].external for u in everybody):
            raise ValueError(f"#{name} has external members: make it with shared=True.")
        with world.change():
            kind: Literal["channel", "private"] = "private" if private else "channel"
            channel = Channel(world.new_id("C"), name, kind, everybody, world.seconds(), shared, archived, topic)
            world.channels[channel.id] = channel
            world.messages[channel.id] = []
        return channel.id

    def add_usergroup(self, handle: str, members: Iterable[str]) -> str:
        """A new user group (`@handle`); returns the id."""
        world = self.workspace.world
        with world.change():
            users = list(members)
            group: JSON = {"id": world.new_id("S"), "team_id": self.workspace_id, "is_usergroup": True}
            group |= {"name": handle.title(), "handle": handle, "description": "", "is_external": False}
            group |= {"date_create": world.seconds(), "date_delete": 0, "user_count": len(users), "users": users}
            world.usergroups[group["id"]] = group
        return str(group["id"])

    def change_usergroup(self, group: str, members: Iterable[str]) -> None:
        """Give a user group other members."""
        member_actions.change_usergroup(self.workspace, group, list(members))

    def archive(self, channel: str) -> None:
        member_actions.archive(self.workspace, channel)

    def unarchive(self, channel: str) -> None:
        member_actions.archive(self.workspace, channel, archived=False)

    def remove_member(self, channel: str, user: str) -> None:
        """Remove a person, or the bot, from a channel."""
        member_actions.leave(self.workspace, user, channel)

    def deactivate(self, user: str) -> None:
        member_actions.deactivate(self.workspace, user)

    def revoke_token(self) -> None:
        """Revoke the app's tokens. From now on every call is answered with token_revoked."""
        member_actions.revoke(self.workspace)

    # What people do

    def command(self, user: str, channel: str, command: str, text: str = "", *, thread_ts: str | None = None) -> Reply:
        return actions.command(self.workspace, user, channel, command, text, thread_ts=thread_ts)

    def click(self, user: str, channel: str, ts: str, action_id: str | None = None, **which: Any) -> Reply:
        """Click an element. Name it by action_id or `label`, and if needed by `value` and `block_id`. `action_ts` sets
        the time of the click."""
        return actions.click(self.workspace, user, channel, ts, action_id, **which)

    def click_payload(self, user: str, channel: str, ts: str, action_id: str | None = None, **which: Any) -> JSON:
        """The payload of a click, without sending it. You can change it, and send it later with `send_action`."""
        return actions.click_payload(self.workspace, user, channel, ts, action_id, **which)

    def send_action(self, payload: JSON) -> Reply:
        return actions.send_action(self.workspace, payload)

    def click_in_view(self, user: str, view_id: str, action_id: str | None = None, **which: Any) -> Reply:
        return actions.click_in_view(self.workspace, user, view_id, action_id, **which)

    def submit(self, user: str, view_id: str, values: dict[str, dict[str, Any]] | None = None) -> Reply:
        return actions.submit(self.workspace, user, view_id, values)

    def close_view(self, user: str, view_id: str, *, whole_stack: bool = False) -> Reply:
        return actions.close_view(self.workspace, user, view_id, whole_stack=whole_stack)

    def shortcut(self, user: str, channel: str, ts: str, callback_id: str) -> Reply:
        return actions.shortcut(self.workspace, user, channel, ts, callback_id)

    def post(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> str:
        return member_actions.say(self.workspace, user, channel, text, thread_ts)

    def forward(self, user: str, channel: str, ts: str, to: str, text: str = "") -> str:
        return member_actions.forward(self.workspace, user, channel, ts, to, text)

    def delete_message(self, user: str, channel: str, ts: str) -> None:
        member_actions.delete_own(self.workspace, user, channel, ts)

    def react(self, user: str, channel: str, ts: str, name: str) -> bool:
        return member_actions.react(self.workspace, user, channel, ts, name)

    def unreact(self, user: str, channel: str, ts: str, name: str) -> bool:
        return member_actions.unreact(self.workspace, user, channel, ts, name)

    def open_home(self, user: str) -> Reply:
        return member_actions.open_home(self.workspace, user)

    def join(self, channel: str, user: str) -> bool:
        return member_actions.join(self.workspace, user, channel)

    def invite(self, inviter: str, channel: str, user: str) -> bool:
        """Have a member of a channel invite somebody, such as the bot."""
        return member_actions.invite(self.workspace, inviter, user, channel)

    def reload(self, user: str) -> None:
        """Reload this person's Slack: ephemeral messages and open modals are gone."""
        reload_page(self.workspace, user)

    # Workflows

    def run_step(self, step: str, **inputs: Any) -> str:
        """Have the app carry out a step of a workflow; returns the id of the execution."""
        return workflows.run(self.workspace, step, inputs)

    def add_workflow(self, step: str, **inputs: Any) -> None:
        """A sample workflow of one step, which the page can run."""
        with self.workspace.world.change():
            self.workspace.workflow = Workflow(step, inputs)

    def send_step(self, execution: str, *, event_id: str | None = None) -> Reply:
        """Send the event of a step once more, as Slack does if it got no answer."""
        return self.send_event(workflows.event(self.workspace, execution), event_id=event_id)

    def execution(self, execution: str) -> Execution:
        """How a step stands."""
        return self.workspace.world.executions[execution]

    # Outside Slack

    @property
    def smtp_url(self) -> str:
        """The address of the mail server; "" if there is none."""
        return self._mail.url if self._mail is not None else ""

    def add_helpdesk(self, url: str, secret: str, **about: Any) -> Helpdesk:
        """A helpdesk that tells the app's hook at `url` of its cases; `about` is what it says of each: its `customer`,
        and more."""
        with self.workspace.world.change():
            self.workspace.helpdesk = Helpdesk(self.workspace.world, url, secret, about)
        return self.workspace.helpdesk

    # What the page tells the one who plays

    def show_guide(self, guide: Guide) -> None:
        """Lead people through the page, step by step."""
        with self.workspace.world.change():
            self.workspace.guide = guide

    # Straight to the app

    @property
    def events_url(self) -> str | None:
        """The app's HTTP address. An open Socket Mode connection is used instead of it."""
        return self.workspace.outbound.events_url

    @events_url.setter
    def events_url(self, url: str | None) -> None:
        self.workspace.outbound.events_url = url

    def send_event(self, event: JSON, *, retry_num: int | None = None, event_id: str | None = None) -> Reply:
        """Send any event in its envelope once, even if the app is not subscribed to it."""
        wrapped = envelope(self.workspace, event, event_id=event_id)
        return self.workspace.event_delivery.send(wrapped, retry_num or 0, "http_timeout", retries=False)

    def send_raw(self, body: bytes, headers: dict[str, str]) -> Reply:
        """POST bytes to `events_url` with exactly these headers. `signature(body)` returns valid signature headers."""
        return self.workspace.outbound.post(body, headers)

    def signature(self, body: bytes, timestamp: int | None = None) -> dict[str, str]:
        return self.workspace.outbound.signature(body, timestamp)

    def disconnect_sockets(self) -> int:
        """Ask the connected apps to reconnect; returns their number."""
        return self.workspace.sockets.disconnect()

    def silence_sockets(self) -> None:
        """Leave the apps' connections open, and let nothing through either way."""
        self.workspace.sockets.go_silent()

    @property
    def sockets_connected(self) -> int:
        return self.workspace.sockets.connected

    def dm(self, user: str) -> str:
        """The id of the bot's direct message with a person."""
        with self.workspace.world.change():
            return direct_message(self.workspace, user).id

    # Time

    def on_clock(self, callback: Callable[[datetime], None]) -> None:
        """Call `callback(now)` after each move of the clock."""
        self.workspace.clock.on_move(callback)

    def settle(self, timeout: float = 5.0) -> bool:
        """Wait until every due event is delivered. False if that takes longer than `timeout` seconds."""
        return self.workspace.event_delivery.settle(timeout)

    def wait_for(self, predicate: Callable[[], T], timeout: float = 5.0) -> T:
        """Wait until `predicate()` is truthy and return its value. Raises TimeoutError if it never is."""
        end = time.monotonic() + timeout
        while not (value := predicate()):
            with self.workspace.world.changed:
                self.workspace.world.changed.wait(0.02)
            if time.monotonic() > end:
                raise TimeoutError(f"Nothing came of it within {timeout} s.")
        return value
