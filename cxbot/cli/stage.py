"""Sets up the demo: a local Slack with sample people and sample answers, and the bot."""

from __future__ import annotations

import socket
import tempfile
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any
from zoneinfo import ZoneInfo

from cxbot.app import RunningBot
from cxbot.cli import guide
from cxbot.cli.common import bot_without_slack
from cxbot.cli.hooks import new_secret
from cxbot.cli.sample import campaign
from cxbot.cli.sample.filing import put_on_file
from cxbot.cli.sample.history import Cast
from cxbot.cli.sample.words import WORDS
from cxbot.clock import utc_now
from cxbot.config import Settings
from cxbot.core.surveys.catalogue import SHIPPED
from cxbot.core.teams import settings as team_settings
from cxbot.sandbox import Sandbox, SandboxClock
from cxbot.slack.messages.parts.ids import ASK_STEP
from cxbot.slack.web_api.manifest import BASE_COMMANDS, MORE_COMMANDS
from cxbot.slack.web_api.workflow_steps import STEPS
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.records import audit, hooks, teams
from cxbot.store.records.hooks import Hook

ZONE = "Europe/Helsinki"
LOOPBACK = "127.0.0.1"
HOOK = "desk"


def opening_time(now: datetime) -> datetime:
    """Thursday ten o'clock of the current week, on the sample team's clock."""
    local = now.astimezone(ZoneInfo(ZONE))
    monday = local - timedelta(days=local.weekday())
    return (monday + timedelta(days=3)).replace(hour=10, minute=0, second=0, microsecond=0)


def free_port() -> int:
    """A port that nothing listens on: links in mails name the bot's before the bot is there."""
    with socket.create_server((LOOPBACK, 0)) as tried:
        port: int = tried.getsockname()[1]
    return port


class Stage:
    """Everything the demo needs, in a temporary folder of its own.

    Anna (agent) has helped Carla (customer of another company) in the shared channel #acme-support. Leo leads the
    support team, whose channels are #support-team and #support-leads, and the sales team, which gets the monthly
    digest in #sales-team. Ada is the admin. Dora is a customer outside Slack: a helpdesk tells the support team's hook
    about her cases, and her mails are in the local Slack's mailbox. A sample workflow asks Carla. All of it is sample
    data, in the language `locale`.
    The clock begins in the week of `now`.
    """

    def __init__(self, port: int = 0, locale: str = "en", now: datetime | None = None) -> None:
        self.locale, self.words = locale, WORDS[locale]
        self.clock = SandboxClock(opening_time(now or utc_now()))
        commands = [(name, about, hint) for name, (about, hint) in (BASE_COMMANDS | MORE_COMMANDS).items()]
        self.slack = Sandbox(self.clock, port=port, commands=commands, steps=STEPS, with_mailbox=True, locale=locale)
        self.slack.start()
        self._port, self._secret = free_port(), new_secret()
        self.public_url = f"http://{LOOPBACK}:{self._port}"
        self._folder = tempfile.TemporaryDirectory(prefix="cxbot-demo-")
        self._people()
        settings = Settings.from_env(self._environment())
        self._data(settings)
        self.service = RunningBot(settings, clock=self.clock.now, host=LOOPBACK)

    def _environment(self) -> dict[str, str]:
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.api_url,
            "CXBOT_DB": str(Path(self._folder.name) / "demo.db"),
            "CXBOT_TIMEZONE": ZONE,
            "CXBOT_LOCALE": self.locale,
            "CXBOT_ADMINS": self.ada,
            "CXBOT_SMTP_URL": self.slack.smtp_url,
            "CXBOT_MAIL_FROM": f"{self.words.support} <support@company.example>",
            "CXBOT_PUBLIC_URL": self.public_url,
            "CXBOT_COMPANY": self.words.company,
            "PORT": str(self._port),
        }

    def _people(self) -> None:
        about = self.words.about_channels
        self.agents = [self._person(name) for name in ("anna", "bea", "timo", "oona")]
        self.anna = self.agents[0]
        self.leo, self.ada = self._person("leo"), self._person("ada", admin=True)
        self.carla = self._person("carla", external=True)
        add_channel = self.slack.add_channel
        self.acme = add_channel(
            "acme-support", members=[self.anna, self.leo, self.carla], shared=True, topic=about["acme"]
        )
        self.team = add_channel("support-team", members=[*self.agents, self.leo, self.ada], topic=about["team"])
        self.leads = add_channel("support-leads", members=[self.leo], private=True, topic=about["leads"])
        self.sales = add_channel("sales-team", members=[self.leo, self.ada], topic=about["sales"])
        dora = {"name": self.words.outsider, "email": "dora@sample.example", "locale": self.locale}
        self.helpdesk = self.slack.add_helpdesk(
            f"{self.public_url}/hooks/{HOOK}", self._secret, customer=dora, agent=self.anna, topic=self.words.topics[0]
        )
        self.slack.show_guide(partial(guide.steps, self))
        self.slack.add_workflow(ASK_STEP, customer=self.carla, team=self.words.support, wait_for_answer=True)

    def _person(self, name: str, *, external: bool = False, admin: bool = False) -> str:
        return self.slack.add_user(
            name, real_name=self.words.people[name], tz=ZONE, locale=self.words.locale, external=external, admin=admin
        )

    def _data(self, settings: Settings) -> None:
        database = Database(settings.database)
        self._team(database, {
            "name": self.words.support, "channel": self.team, "leads_channel": self.leads, "leads": [self.leo],
            "members": self.agents, "source_channels": [self.acme], "survey": "nps",
        })  # fmt: skip
        self._team(database, {
            "name": self.words.sales, "channel": self.sales, "leads": [self.leo], "survey": "nps", "digest": "monthly",
        })  # fmt: skip
        self._hook(database)
        cast = Cast(self.agents, self.acme)
        self.history = put_on_file(database, self.words, cast, self.ada, self.clock.now(), ZONE)
        bot = bot_without_slack(settings, database, self.clock.now)
        campaign.put_on_file(bot, self.words, self.agents[-1], self.ada, self.clock.now(), ZONE)
        database.close()

    def _team(self, database: Database, given: dict[str, Any]) -> None:
        values = {**team_settings.defaults(ZONE, self.locale), **team_settings.read(given, SHIPPED)}
        values["rehearsal"] = int(values["rehearsal"])

        def write(db: Connection) -> None:
            teams.add(db, values, self.clock.now())
            audit.note(db, self.ada, audit.TEAM_ADDED, values["name"], self.clock.now())

        database.write(write)

    def _hook(self, database: Database) -> None:
        def write(db: Connection) -> None:
            team = teams.named(db, self.words.support)
            hooks.keep(db, Hook(HOOK, "generic", "", team.id, (self._secret,), self.clock.now()))
            audit.note(db, self.ada, audit.HOOK_ADDED, HOOK, self.clock.now())

        database.write(write)

    def open(self) -> None:
        """Start the bot and post the customer's first message."""
        self.service.start()
        self.slack.events_url = f"{self.public_url}/slack/events"
        self.slack.on_clock(lambda _: self.service.tick())
        slack = self.slack
        self.thread = slack.post(self.carla, self.acme, self.words.hello)
        slack.post(self.anna, self.acme, self.words.help, self.thread)
        slack.post(self.carla, self.acme, self.words.thanks, self.thread)

    def close(self) -> None:
        """Stop everything and remove the demo's folder."""
        self.service.stop()
        self.slack.stop()
        self._folder.cleanup()

    def __enter__(self) -> Stage:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
