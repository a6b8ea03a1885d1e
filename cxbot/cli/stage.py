"""Sets up the demo: a local Slack with sample people and sample answers, and the bot."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any
from zoneinfo import ZoneInfo

from cxbot.app import RunningBot
from cxbot.clock import utc_now
from cxbot.config import Settings
from cxbot.core.csv_files.columns import Row, Source
from cxbot.core.surveys.catalogue import SHIPPED
from cxbot.core.teams import settings as team_settings
from cxbot.sandbox import Sandbox, SandboxClock
from cxbot.slack.web_api.manifest import BASE_COMMANDS, MORE_COMMANDS
from cxbot.store.engine.database import Database
from cxbot.store.records import imports, teams

ZONE = "Europe/Helsinki"
WEEKS = 12  # of sample answers before the current week
SCORES = {10: 24, 9: 26, 8: 18, 7: 12, 6: 6, 5: 5, 4: 3, 3: 3, 2: 1, 1: 1, 0: 1}
SAMPLES = (
    (10, "Sample comment: quick and friendly, thank you!"),
    (9, "Sample comment: solved at the first try."),
    (7, "Sample comment: fine, but I had to explain it twice."),
    (3, "Sample comment: three days of waiting."),
    (5, "Sample comment: the answer was hard to follow."),
)


def opening_time(now: datetime) -> datetime:
    """Wednesday ten o'clock of the current week, on the sample team's clock."""
    local = now.astimezone(ZoneInfo(ZONE))
    monday = local - timedelta(days=local.weekday())
    return (monday + timedelta(days=2)).replace(hour=10, minute=0, second=0, microsecond=0)


class Stage:
    """Everything the demo needs, in a temporary folder of its own.

    Anna (agent) has helped Carla (customer of another company) in the shared channel #acme-support. Leo leads the
    team; its channels are #support-team and #support-leads. All of it is sample data.
    """

    def __init__(self, port: int = 0) -> None:
        self.clock = SandboxClock(opening_time(utc_now()))
        commands = [(name, about, hint) for name, (about, hint) in (BASE_COMMANDS | MORE_COMMANDS).items()]
        self.slack = Sandbox(self.clock, port=port, commands=commands).start()
        self._folder = tempfile.TemporaryDirectory(prefix="cxbot-demo-")
        self._people()
        settings = Settings.from_env(self._environment())
        self._data(settings)
        self.service = RunningBot(settings, clock=self.clock.now, host="127.0.0.1")

    def _environment(self) -> dict[str, str]:
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.api_url,
            "CXBOT_DB": str(Path(self._folder.name) / "demo.db"),
            "CXBOT_TIMEZONE": ZONE,
            "CXBOT_ADMINS": self.leo,
            "PORT": "0",
        }

    def _people(self) -> None:
        slack = self.slack
        self.anna = slack.add_user("anna", real_name="Anna Agent", tz=ZONE)
        self.leo = slack.add_user("leo", real_name="Leo Lead", tz=ZONE, admin=True)
        self.carla = slack.add_user("carla", real_name="Carla Customer", external=True, tz=ZONE)
        self.acme = slack.add_channel(
            "acme-support", members=[self.anna, self.leo, self.carla], shared=True,
            topic="Sample channel shared with the sample customer Acme",
        )  # fmt: skip
        self.team = slack.add_channel("support-team", members=[self.anna, self.leo], topic="The team; sample data")
        self.leads = slack.add_channel(
            "support-leads", members=[self.leo], private=True, topic="The leads; sample data"
        )

    def _data(self, settings: Settings) -> None:
        database = Database(settings.database)
        given: dict[str, Any] = {
            "name": "Support", "channel": self.team, "leads_channel": self.leads, "leads": [self.leo],
            "members": [self.anna], "source_channels": [self.acme], "survey": "nps",
        }  # fmt: skip
        values = {**team_settings.defaults(ZONE, "en"), **team_settings.read(given, SHIPPED)}
        values["rehearsal"] = int(values["rehearsal"])
        database.write(lambda db: teams.add(db, values, self.clock.now()))
        imports.import_file(database, Source("sample", list(_samples(self.clock.now()))), self.clock.now())
        database.close()

    def open(self) -> None:
        """Start the bot and post the customer's first message."""
        self.service.start()
        self.slack.events_url = f"http://127.0.0.1:{self.service.port}/slack/events"
        self.slack.on_clock(lambda _: self.service.tick())
        slack = self.slack
        self.thread = slack.post(self.carla, self.acme, "Hello! Our export of invoices stops at page 3. Can you help?")
        slack.post(self.anna, self.acme, "Hi Carla, I see it: a filter was left on. It is off now.", self.thread)
        slack.post(self.carla, self.acme, "It works, thank you!", self.thread)

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


COLUMNS = ("external_id", "metric", "score", "comment", "asked_by", "sent_at", "answered_at", "team", "customer")


def _samples(now: datetime) -> Iterator[Row]:
    """Sample answers of the last weeks, the same at every start, under a header. Two of five surveys are answered."""
    yield 1, COLUMNS
    chance = random.Random(11)
    scores, weights = tuple(SCORES), tuple(SCORES.values())
    for number in range(WEEKS * 153 + 50):
        sent = now - timedelta(hours=(number + 0.5) * 1.1)
        row = [
            f"sample-{number}",
            "nps",
            "",
            "",
            "hand-picked",
            sent.isoformat(),
            "",
            "Support",
            f"sample {number % 1200}",
        ]
        if chance.random() < 0.42:
            score = chance.choices(scores, weights)[0]
            words = [text for about, text in SAMPLES if abs(about - score) <= 1 and chance.random() < 0.12]
            row[2], row[3] = str(score), words[0] if words else ""
            row[6] = (sent + timedelta(minutes=chance.randint(2, 90))).isoformat()
        yield number + 2, row
