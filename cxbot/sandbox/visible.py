"""The readable state of a sandbox: addresses, ids, tokens, and everything on people's screens."""

from __future__ import annotations

from .clock import SandboxClock
from .errors import JSON
from .faults import Faults
from .render import file_json, message_json, view_json
from .workspace import Call, Workspace
from .world import Mail


class Visible:
    """The readable part of a sandbox; `Sandbox` adds the actions."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    # Where it is and who the app is

    @property
    def clock(self) -> SandboxClock:
        return self.workspace.clock

    @property
    def faults(self) -> Faults:
        return self.workspace.faults

    @property
    def calls(self) -> list[Call]:
        """The Web API calls so far, oldest first."""
        with self.workspace.world.lock:
            return list(self.workspace.calls)

    @property
    def held(self) -> int:
        """How many answers are kept back now by a fault (`slow`, `timeout`). A `slow` call was carried out."""
        return self.workspace.held

    @property
    def url(self) -> str:
        return self.workspace.url

    @property
    def api_url(self) -> str:
        return f"{self.workspace.url}/api/"

    @property
    def bot_token(self) -> str:
        return self.workspace.app.bot_token

    @property
    def app_token(self) -> str:
        return self.workspace.app.app_token

    @property
    def signing_secret(self) -> str:
        return self.workspace.app.signing_secret

    @property
    def bot_user_id(self) -> str:
        return self.workspace.app.bot_user_id

    @property
    def bot_id(self) -> str:
        return self.workspace.app.bot_id

    @property
    def app_id(self) -> str:
        return self.workspace.app.app_id

    @property
    def workspace_id(self) -> str:
        return self.workspace.app.workspace_id

    @property
    def external_workspace_id(self) -> str:
        return self.workspace.app.external_workspace_id

    # What there is to see

    def messages(self, channel: str, thread_ts: str | None = None) -> list[JSON]:
        """All messages of a channel, replies included, newest last; with `thread_ts` its root and replies."""
        with self.workspace.world.lock:
            return [
                message_json(self.workspace, m, metadata=True)
                for m in self.workspace.world.messages[channel]
                if thread_ts is None or thread_ts in (m.ts, m.thread_ts)
            ]

    def ephemerals(self, channel: str, user: str) -> list[JSON]:
        with self.workspace.world.lock:
            return [
                message_json(self.workspace, m) | ({"thread_ts": m.thread_ts} if m.thread_ts else {})
                for m in self.workspace.world.ephemerals
                if (m.channel, m.ephemeral_to) == (channel, user)
            ]

    def views(self, user: str) -> list[JSON]:
        """The person's stack of modals, the top one last; `errors` are those of the last submission."""
        world = self.workspace.world
        with world.lock:
            stack = [world.views[v] for v in world.stacks.get(user, [])]
            return [view_json(self.workspace, view) | {"errors": view.errors} for view in stack]

    def home(self, user: str) -> JSON | None:
        with self.workspace.world.lock:
            view = self.workspace.world.views.get(self.workspace.world.homes.get(user, ""))
            return view_json(self.workspace, view) if view else None

    def files(self) -> list[JSON]:
        """The files whose upload was completed."""
        with self.workspace.world.lock:
            return [file_json(self.workspace, f) for f in self.workspace.world.files.values() if f.complete]

    @property
    def mails(self) -> list[Mail]:
        """The mails that came, oldest first."""
        with self.workspace.world.lock:
            return list(self.workspace.world.mails)

    def notices(self, user: str) -> list[str]:
        """What Slack itself told a person: failed clicks, unavailable commands."""
        with self.workspace.world.lock:
            return [n.text for n in self.workspace.world.notices if n.user == user]
