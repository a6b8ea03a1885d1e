"""A team at work: people, channels, a team in a local Slack, and the bot that serves them."""

from __future__ import annotations

import http.client
import itertools
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, TypeVar

from cxbot.app import PER_MINUTE, RunningBot
from cxbot.config import Settings
from cxbot.core.queries.query import read, resolve
from cxbot.core.queries.vocabulary import ENGLISH
from cxbot.core.reports.metric_report import as_json
from cxbot.core.surveys.catalogue import SHIPPED
from cxbot.core.teams import settings as team_settings
from cxbot.outgoing.rate_limits import RateLimits
from cxbot.sandbox import ALL_SCOPES, Reply, Sandbox, SandboxClock
from cxbot.slack.web_api.workflow_steps import STEPS
from cxbot.slack.workers import ANSWER_WITHIN
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import one_view, rows
from cxbot.store.engine.times import spelled_out
from cxbot.store.files.columns import spelled
from cxbot.store.records import conversations, invitations, names, outbox, teams
from cxbot.store.records.conversations import Interaction
from cxbot.store.reports import build
from tests import blockkit
from tests.seeding import seed

T = TypeVar("T")
R = TypeVar("R")
T0 = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)  # a Wednesday, ten o'clock in Helsinki
REACTION = "ballot_box_with_ballot"


class Office:
    """Anna serves Carla of another company in #acme; Leo leads; Ada administers. The clock stands still."""

    answer_within = ANSWER_WITHIN
    environment: ClassVar[Mapping[str, str]] = {}
    interval = 0.0  # seconds between two posts in a channel
    commands_a_minute = 100_000  # of one person
    unknown_links_a_minute = 100_000  # from one address
    ping_every = 0.2  # seconds between two pings of Socket Mode

    def __init__(
        self,
        folder: Path,
        *,
        socket_mode: bool = False,
        start: datetime = T0,
        scopes: Iterable[str] = ALL_SCOPES,
        **team: Any,
    ) -> None:
        self.clock = SandboxClock(start, frozen=True)
        commands = ("/nps", "/csat", "/ces", "/cx", "/survey")
        self.slack = Sandbox(self.clock, commands=commands, scopes=scopes, steps=STEPS).start()
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
                **self.environment,
                "CXBOT_ADMINS": self.ada,
                "PORT": "0",
            }
        )
        self._prepare(team)
        self.service = self.serve()

    def now(self) -> datetime:
        """The bot's clock."""
        return self.clock.now()

    def serve(self) -> RunningBot:
        """Start the bot."""
        service = RunningBot(
            self.settings,
            clock=self.now,
            limits=RateLimits(PER_MINUTE, interval=self.interval),
            answer_within=self.answer_within,
            host="127.0.0.1",
            ping_every=self.ping_every,
            commands_a_minute=self.commands_a_minute,
            unknown_links_a_minute=self.unknown_links_a_minute,
        )
        service.start()
        if self.settings.signing_secret:
            self.slack.events_url = f"http://127.0.0.1:{service.port}/slack/events"
        return service

    def restart(self) -> None:
        """End the process, and start another one on the same file."""
        self.service.stop()
        self.service = self.serve()

    def reach_by_mail(self, url: str) -> None:
        """Restart the bot with a mail server."""
        self.settings = replace(
            self.settings, smtp_url=url, mail_from=Address("Support", "support", "example.com"),
            public_url="https://cx.example.com", company="Example Company",
        )  # fmt: skip
        self.restart()

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
        # The reaction is somebody's choice, as in earlier teams; `close` has its own tests.
        values = {
            **team_settings.defaults("Europe/Helsinki", "en"),
            "reaction_means": "ask",
            **team_settings.read(given, SHIPPED),
        }
        values["rehearsal"] = int(values["rehearsal"])
        (database or self.database).write(lambda db: teams.add(db, values, self.clock.now()))

    def change_team(self, name: str = "Support", **given: Any) -> None:
        """Change a team's settings as `cxbot team set` does, beside the running bot."""
        settings = team_settings.read(given, SHIPPED)
        self.database.write(lambda db: teams.change(db, teams.named(db, name).id, settings))

    def __enter__(self) -> Office:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.service.stop()
        self.slack.settle()
        self.slack.stop()
        if error is None:
            wrong = blockkit.complaints(self.slack)
            assert not wrong, "\n".join(wrong)

    @property
    def database(self) -> Database:
        return self.service.bot.database

    def settle(self) -> None:
        """Wait until everything in the outbox has been sent."""
        self.slack.wait_for(lambda: self._idle() or None, timeout=10)

    def _idle(self) -> bool:
        db = self.database.reader
        # In one view of the file: otherwise a task could end between the two reads and leave another one due.
        with one_view(db):
            return not outbox.due(db, self.clock.now(), limit=1) and not outbox.in_state(db, "sending")

    def pass_time(self, **delta: float) -> None:
        """Move the clock on, have the bot tick, and wait until it is done."""
        self.clock.advance(timedelta(**delta))
        self.service.tick()
        self.settle()

    def clock_seconds(self, seconds: float) -> None:
        """Move the clock on without waiting for anything."""
        self.clock.advance(timedelta(seconds=seconds))

    def conversation(self, channel: str | None = None, customer: str | None = None) -> str:
        """A customer asks in a channel and the agent helps; returns the thread."""
        where = channel or self.acme
        thread = self.slack.post(customer or self.carla, where, "Our export does not work.")
        self.slack.post(self.anna, where, "Here is how it works.", thread_ts=thread)
        return thread

    def close(self, thread: str, channel: str | None = None) -> None:
        """The agent puts the team's reaction on the thread."""
        self.close_as(self.anna, thread, channel)

    def close_as(self, user: str, thread: str, channel: str | None = None) -> None:
        """Somebody puts the team's reaction on the thread."""
        self.slack.react(user, channel or self.acme, thread, REACTION)
        self.settle()

    def ask(self, survey: str = "csat", customer: str | None = None) -> tuple[str, str]:
        """Send a survey by direct message; returns its channel and timestamp."""
        customer = customer or self.carla
        reply = self.slack.command(self.anna, self.acme, "/cx", f"ask <@{customer}> {survey}")
        assert reply.status == 200, reply
        self.settle()
        channel = self.slack.dm(customer)
        return channel, str(self.slack.messages(channel)[-1]["ts"])

    def thread_survey(self) -> tuple[str, str]:
        """Send a survey to the thread of #acme, ten minutes after the close; returns the thread and the survey's
        timestamp."""
        thread = self.conversation()
        self.close(thread)
        self.pass_time(minutes=10)
        return thread, str(self.slack.messages(self.acme, thread)[-1]["ts"])

    def click(self, user: str, channel: str, ts: str, label: str, **which: Any) -> Reply:
        """Press a button and wait for its effects."""
        reply = self.slack.click(user, channel, ts, label=label, **which)
        self.settle()
        return reply

    def command(self, user: str, name: str, text: str = "", channel: str | None = None) -> str:
        """The answer to a slash command."""
        reply = self.slack.command(user, channel or self.team_channel, name, text)
        assert reply.status == 200, reply
        self.settle()
        assert reply.body is not None
        return str(reply.body["text"])

    def message(self, channel: str, ts: str) -> dict[str, Any]:
        """A message as it is now."""
        return next(each for each in self.slack.messages(channel) if each["ts"] == ts)

    def whispers(self, user: str, channel: str | None = None) -> list[str]:
        """The ephemeral messages of a person in a channel."""
        return [each["text"] for each in self.slack.ephemerals(channel or self.acme, user)]

    def told(self, user: str) -> list[str]:
        """The bot's direct messages to a person."""
        return [each["text"] for each in self.slack.messages(self.slack.dm(user)) if each.get("bot_id")]

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a GET from the bot's own web server."""
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def unknown(self) -> list[outbox.Task]:
        """The posts with an unknown outcome."""
        return outbox.in_state(self.database.reader, "unknown")

    def ada_in(self, channel: str) -> str:
        """Ada, after adding her to a channel."""
        world = self.slack.workspace.world
        with world.change():
            world.channels[channel].members.append(self.ada)
        return self.ada

    def seed(self, scores: Iterable[int], **given: str) -> None:
        """Put answers to an agent's surveys on file (see `seeding.seed`)."""
        seed(self.database, scores, self.now(), **given)

    def notices(self) -> list[dict[str, Any]]:
        """What the bot has posted in the leads' channel."""
        return [each for each in self.slack.messages(self.leads_channel) if each.get("bot_id")]

    def invitations(self) -> list[dict[str, Any]]:
        """Every row of the ledger with names instead of ids, oldest first."""
        db = self.database.reader
        found = rows(db, "SELECT * FROM invitations ORDER BY closed_at, key")
        shown = names.texts(db, (each[kind] for each in found for kind in invitations.NAMED))
        named = [{kind: shown[each[kind]] for kind in invitations.NAMED} for each in found]
        return [
            each
            | texts
            | {"customer": each["address"]}
            | {name: spelled_out(each[name]) for name in invitations.MOMENTS}
            for each, texts in zip(found, named, strict=True)
        ]

    def rating(self) -> dict[str, Any]:
        """The only survey in the figures."""
        [found] = rows(self.database.reader, "SELECT * FROM ratings")
        return spelled(found)

    def response(self, metric: str = "csat") -> dict[str, Any]:
        """This week's response, from the report."""
        query = resolve(read("week", metric, ENGLISH), self.clock.now(), "Europe/Helsinki")
        return as_json(build.report(self.database.reader, query, self.clock.now()))


def interactions(db: Connection) -> list[Interaction]:
    """Every interaction as it is told, in the order in which they were first heard of."""
    found = (conversations.by_number(db, each["id"]) for each in rows(db, "SELECT id FROM interactions ORDER BY id"))
    return [each for each in found if each is not None]


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Every button of a message, in order."""
    rows = [block["elements"] for block in message.get("blocks", ()) if block["type"] == "actions"]
    return [each for each in itertools.chain(*rows) if each["type"] == "button"]


def labels(message: dict[str, Any]) -> list[str]:
    """The labels of a message's buttons."""
    return [each["text"]["text"] for each in buttons(message)]


def at_once(do: Callable[[T], R], things: Sequence[T]) -> list[R]:
    """Do something with each thing, all at the same moment."""
    start = threading.Barrier(len(things))

    def wait_and_do(thing: T) -> R:
        start.wait()
        return do(thing)

    with ThreadPoolExecutor(len(things)) as pool:
        return list(pool.map(wait_and_do, things))
