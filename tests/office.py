"""The place where tests play: people, channels, a team, and the bot that serves them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from cxbot.app import Service
from cxbot.config import Settings
from cxbot.core import team_settings
from cxbot.sandbox import Sandbox, SandboxClock
from cxbot.slack.pace import Pace
from cxbot.store import outbox, teams
from cxbot.store.database import Database

T0 = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)  # a Wednesday, ten o'clock in Helsinki
REACTION = "ballot_box_with_ballot"


class Office:
    """Anna serves Carla of another company in #acme; Leo leads; Ada administers. The clock stands still."""

    def __init__(self, folder: Path, *, socket_mode: bool = False, start: datetime = T0, **team: Any) -> None:
        self.clock = SandboxClock(start, frozen=True)
        commands = ("/nps", "/csat", "/ces", "/cx", "/survey")
        self.slack = Sandbox(self.clock, commands=commands).start()
        self.ada = self.slack.add_user("ada", admin=True)
        self.anna = self.slack.add_user("anna")
        self.leo = self.slack.add_user("leo")
        self.carla = self.slack.add_user("carla", external=True)
        self.acme = self.slack.add_channel("acme", members=[self.anna, self.leo, self.carla], shared=True)
        self.team_channel = self.slack.add_channel("support-team", members=[self.anna, self.leo, self.ada])
        self.leads_channel = self.slack.add_channel("support-leads", members=[self.leo, self.ada], private=True)
        self.path = folder / "cxbot.db"
        self.settings = Settings.from_env(
            {
                "SLACK_BOT_TOKEN": self.slack.bot_token,
                "SLACK_API_URL": self.slack.api_url,
                ("SLACK_APP_TOKEN" if socket_mode else "SLACK_SIGNING_SECRET"): (
                    self.slack.app_token if socket_mode else self.slack.signing_secret
                ),
                "CXBOT_DB": str(self.path),
                "CXBOT_TIMEZONE": "Europe/Helsinki",
                "CXBOT_ADMINS": self.ada,
                "PORT": "0",
            }
        )
        self._prepare(team)
        self.service = Service(self.settings, clock=self.clock.now, pace=Pace(interval=0), host="127.0.0.1")
        self.service.start()
        if not socket_mode:
            self.slack.events_url = f"http://127.0.0.1:{self.service.port}/slack/events"

    def _prepare(self, team: dict[str, Any]) -> None:
        database = Database(self.path)
        given = {
            "name": "Support", "channel": self.team_channel, "leads_channel": self.leads_channel,
            "leads": [self.leo], "members": [self.anna], "source_channels": [self.acme], **team,
        }  # fmt: skip
        self.add_team(database, **given)
        database.close()

    def add_team(self, database: Database | None = None, **given: Any) -> None:
        """Register a team with the usual defaults."""
        values = {**team_settings.defaults("Europe/Helsinki", "en"), **team_settings.read(given)}
        values["rehearsal"] = int(values["rehearsal"])
        (database or self.database).write(lambda db: teams.add(db, values, self.clock.now()))

    def __enter__(self) -> Office:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.service.stop()
        self.slack.stop()

    @property
    def database(self) -> Database:
        return self.service.bot.database

    def settle(self) -> None:
        """Wait until everything that was written down has been sent."""
        self.slack.wait_for(lambda: self._idle() or None, timeout=10)

    def _idle(self) -> bool:
        due = outbox.due(self.database.reader, self.clock.now(), limit=1)
        return not due and not outbox.in_state(self.database.reader, "sending")

    def pass_time(self, **delta: float) -> None:
        """Move the clock on, let the bot look for what is due, and wait until it is done."""
        self.clock.advance(timedelta(**delta))
        self.service.tick()
        self.settle()

    def conversation(self, channel: str | None = None, customer: str | None = None) -> str:
        """A customer asks in a channel and the agent helps; gives the thread."""
        where = channel or self.acme
        thread = self.slack.post(customer or self.carla, where, "Our export does not work.")
        self.slack.post(self.anna, where, "Here is how it works.", thread_ts=thread)
        return thread

    def close(self, thread: str, channel: str | None = None) -> None:
        """The agent puts the team's reaction on the thread."""
        self.slack.react(self.anna, channel or self.acme, thread, REACTION)
        self.settle()

    def ask(self, survey: str = "csat", customer: str | None = None) -> tuple[str, str]:
        """A survey by direct message; gives its channel and timestamp."""
        customer = customer or self.carla
        reply = self.slack.command(self.anna, self.acme, "/cx", f"ask <@{customer}> {survey}")
        assert reply.status == 200, reply
        self.settle()
        channel = self.slack.dm(customer)
        return channel, str(self.slack.messages(channel)[-1]["ts"])


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Every button of a message, in order."""
    rows = [block["elements"] for block in message.get("blocks", ()) if block["type"] == "actions"]
    return [each for each in itertools.chain(*rows) if each["type"] == "button"]


def labels(message: dict[str, Any]) -> list[str]:
    """The labels of a message's buttons."""
    return [each["text"]["text"] for each in buttons(message)]
