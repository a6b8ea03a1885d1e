"""The bot as a process, and the people around it in a local Slack."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from cxbot.sandbox import Reply, Sandbox
from cxbot.slack.outgoing.sending import EVENT_TYPE
from cxbot.slack.web_api.workflow_steps import STEPS
from cxbot.store.engine.connection import connect
from cxbot.store.engine.statements import rows
from tests.desk import CXBOT, Desk
from tests.office import REACTION

LOOK_AFTER = timedelta(seconds=100)  # a little more than `delivery.LOOK_AFTER`
START_WITHIN = 30.0  # seconds
TICK_WITHIN = 300.0  # seconds
SCORES = ("1", "2", "3", "4", "5")


def chance() -> random.Random:
    """A source of chance whose seed is printed. `CXBOT_SEED` repeats a run."""
    seed = int(os.environ.get("CXBOT_SEED") or random.SystemRandom().randrange(2**32))
    print(f"\nCXBOT_SEED={seed}")
    return random.Random(seed)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Bot:
    """`cxbot` as a process. Anna serves customers of other companies in shared channels; Leo leads, Ada administers.

    Slack's clock runs with real time and can be moved on; the process has the machine's clock, and `tick` runs at
    Slack's time. Slack sends only the events that a test sends.
    """

    def __init__(self, folder: Path, database: Path | None = None, channels: int = 1, **env: str) -> None:
        self.slack = Sandbox(subscriptions=(), steps=STEPS).start()
        self.ada = self.slack.add_user("ada", admin=True)
        self.anna = self.slack.add_user("anna")
        self.leo = self.slack.add_user("leo")
        people = [self.anna, self.leo]
        self.sources = [self.slack.add_channel(f"acme-{n}", members=people, shared=True) for n in range(channels)]
        self.team_channel = self.slack.add_channel("support-team", members=[*people, self.ada])
        self.leads_channel = self.slack.add_channel("support-leads", members=[self.leo, self.ada], private=True)
        self.database = database or folder / "cxbot.db"
        self.port = free_port()
        self.slack.events_url = f"http://127.0.0.1:{self.port}/slack/events"
        self.desk = Desk(
            folder,
            SLACK_BOT_TOKEN=self.slack.bot_token,
            SLACK_SIGNING_SECRET=self.slack.signing_secret,
            SLACK_API_URL=self.slack.api_url,
            CXBOT_DB=str(self.database),
            CXBOT_TIMEZONE="Europe/Helsinki",
            CXBOT_ADMINS=self.ada,
            CXBOT_LOG_LEVEL="WARNING",
        )
        self.env = env
        self.process: subprocess.Popen[bytes] | None = None
        self._log = (folder / "log.txt").open("ab")
        self._people = itertools.count(1)
        self._first = self.slack.add_user("carla", external=True)
        for source in self.sources:
            self.slack.join(source, self._first)
        self.add_team("Support", self.team_channel, *itertools.chain(*(("--source-channel", c) for c in self.sources)))

    def add_team(self, name: str, channel: str, *more: str) -> None:
        """A team that asks at once, at any hour, and the same customer as often as it likes."""
        self.desk.run(
            "team", "add", name, "--channel", channel, "--leads-channel", self.leads_channel, "--lead", self.leo,
            "--member", self.anna, "--delay", "0", "--throttle", "0", "--hours", "always", "--digest", "off", *more,
        )  # fmt: skip

    def __enter__(self) -> Bot:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self.slack.stop()
        self._log.close()

    # The process

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command as a process."""
        assert self.process is None
        self.process = subprocess.Popen(
            [*CXBOT, *arguments], env={**self.desk.env, **self.env}, cwd=self.desk.folder, stderr=self._log
        )
        return self.process

    def begin(self) -> None:
        """Start `cxbot serve`, without waiting until it is ready."""
        self.start("serve", "--port", str(self.port))

    def serve(self) -> None:
        """Start `cxbot serve` and wait until it is healthy."""
        self.begin()
        self.wait_for(lambda: self.health().get("status") == 200, START_WITHIN)

    def kill(self) -> None:
        """End the process as a power cut would, with SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask the process to stop, and wait for it."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.send_signal(how)
            process.wait(30)

    def health(self) -> dict[str, Any]:
        """The parts at /healthz, and the `status`; 0 if nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            found = answer.read()
        except (OSError, http.client.HTTPException):
            return {"status": 0}
        finally:
            connection.close()
        # A red /healthz of a file that can't even be read is Flask's page for an error.
        parts = json.loads(found) if answer.getheader("Content-Type") == "application/json" else {}
        return {**parts, "status": answer.status}

    def tick(self) -> None:
        """Run `cxbot tick` at Slack's time. It waits for Slack's limits, so it may take minutes."""
        process = self.start("tick", "--at", self.now())
        code = process.wait(TICK_WITHIN)
        self.process = None
        assert code == 0, self.log()[-3000:]

    def now(self) -> str:
        """Slack's time, as `--at` takes it."""
        return f"{self.slack.clock.now():%Y-%m-%dT%H:%M:%S+00:00}"

    def wait_for(self, found: Callable[[], object], timeout: float) -> None:
        """Wait until something is true. Raises TimeoutError with the end of the log."""
        end = time.monotonic() + timeout
        while not found():
            if time.monotonic() > end:
                raise TimeoutError(f"not within {timeout} s; the log ends with:\n{self.log()[-3000:]}")
            time.sleep(0.02)

    def log(self) -> str:
        """What the processes have logged."""
        return Path(self._log.name).read_text()

    def look_ups(self, passes: int = 40) -> None:
        """With the process stopped: let time pass until nothing is due or unknown any more."""
        assert self.process is None
        for _ in range(passes):
            self.slack.clock.advance(LOOK_AFTER)
            self.tick()
            if not self.left():
                return
        raise AssertionError(f"left in the outbox: {self.left()}")

    def past_answers(self, team: str = "Support", weeks: int = 4, each: int = 12) -> None:
        """Import answers of the last weeks, to three agents, so that there is something to report."""
        now = self.slack.clock.now()
        lines = [
            (f"{team}-{week}-{number}", "csat", 1 + number % 5,
             (now - timedelta(days=7 * week, hours=number)).isoformat(), team, f"past {number}",
             f"agent {number % 3}")
            for week in range(weeks) for number in range(each)
        ]  # fmt: skip
        header = ("external_id", "metric", "score", "answered_at", "team", "customer", "agent")
        self.desk.run("import", self.desk.write([header, *lines], f"{team}.csv"))

    # The file

    def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """Rows of the file, read by this process."""
        db = connect(self.database)
        try:
            return rows(db, sql, **values)
        finally:
            db.close()

    def left(self) -> dict[tuple[str, str], int]:
        """How many tasks of each kind and state are not over, and how many surveys still have to be sent."""
        tasks = self.rows(
            "SELECT kind, state FROM outbox WHERE state IN ('due', 'sending', 'unknown') UNION ALL "
            "SELECT 'invitation', state FROM invitations WHERE state IN ('due', 'sending')"
        )
        return dict(Counter((task["kind"], task["state"]) for task in tasks))

    def is_whole(self) -> bool:
        """Whether SQLite finds no damage."""
        return self.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]

    # The people

    def customer(self) -> str:
        """Somebody new of another company, in all shared channels."""
        person = self.slack.add_user(f"customer{next(self._people)}", external=True)
        world = self.slack.workspace.world
        with world.change():
            for source in self.sources:
                world.channels[source].members.append(person)
        return person

    def conversation(self, customer: str, channel: str | None = None) -> str:
        """A customer asks in a channel; returns the thread."""
        return self.slack.post(customer, channel or self.sources[0], "Our export does not work.")

    def closed(self, thread: str, customer: str, channel: str | None = None) -> dict[str, Any]:
        """The event of Anna's reaction on a thread."""
        item = {"type": "message", "channel": channel or self.sources[0], "ts": thread}
        return {"type": "reaction_added", "user": self.anna, "reaction": REACTION, "item": item,
                "item_user": customer, "event_ts": self.slack.workspace.world.new_ts()}  # fmt: skip

    def written(self, user: str, text: str) -> dict[str, Any]:
        """The event of a direct message to the bot."""
        channel = self.slack.dm(user)
        ts = self.slack.post(user, channel, text)
        return {"type": "message", "channel": channel, "channel_type": "im", "user": user, "text": text, "ts": ts,
                "event_ts": ts}  # fmt: skip

    def until_acknowledged(self, event: dict[str, Any], timeout: float = 120.0) -> None:
        """Send an event as Slack does, again and again under the same id, until the bot acknowledges it."""
        name = self.slack.workspace.world.new_id("Ev")
        end = time.monotonic() + timeout
        for tries in itertools.count():
            if self.slack.send_event(event, event_id=name, retry_num=tries or None).ok:
                return
            assert time.monotonic() < end, "an event was never acknowledged"
            time.sleep(0.05)

    def ask(self, customer: str, survey: str = "csat", team: str = "Support") -> Reply:
        """Anna asks a customer by direct message."""
        return self.slack.command(self.anna, self.sources[0], "/cx", f'ask <@{customer}> {survey} team:"{team}"')

    def surveys(self, channel: str) -> list[dict[str, Any]]:
        """The messages of a channel with buttons for scores."""
        return [each for each in self.slack.messages(channel) if "1" in buttons(each)]

    def asked(self, count: int) -> list[Survey]:
        """As many surveys, each in the direct message of another customer."""
        customers = [self.customer() for _ in range(count)]
        for customer in customers:
            assert self.ask(customer).status == 200
        self.wait_for(lambda: all(self.surveys(self.slack.dm(each)) for each in customers), 20 + count)
        return [Survey(self, each, self.slack.dm(each)) for each in customers]


class Survey:
    """A survey on a customer's screen; it can be answered again and again. `kept` are the answers that the bot has
    acknowledged: key, time of the click, score."""

    def __init__(self, bot: Bot, customer: str, channel: str) -> None:
        shown = bot.surveys(channel)[-1]
        self._bot = bot
        self._clicks = {score: bot.slack.click_payload(customer, channel, shown["ts"], label=score) for score in SCORES}
        self.key = str(self._clicks["1"]["actions"][0]["value"])
        self.kept: list[tuple[str, str, str]] = []

    def answer(self, score: str) -> bool:
        """Click on a score; whether the bot acknowledged it."""
        click = {**self._clicks[score]}
        at = self._bot.slack.workspace.world.new_ts()
        click["actions"] = [{**click["actions"][0], "action_ts": at}]
        acknowledged = self._bot.slack.send_action(click).status == 200
        if acknowledged:
            self.kept.append((self.key, at, score))
        return acknowledged


def buttons(message: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """A message's buttons by label."""
    elements = [block["elements"] for block in message.get("blocks", ()) if block["type"] == "actions"]
    return {each["text"]["text"]: each for each in itertools.chain(*elements) if each["type"] == "button"}


def kept(surveys: Iterable[Survey]) -> set[tuple[str, str, str]]:
    """Every acknowledged answer."""
    return {answer for survey in surveys for answer in list(survey.kept)}


def on_file(database: Path) -> set[tuple[str, str, str]]:
    """Every answer on file."""
    db = connect(database)
    try:
        events = rows(db, "SELECT invitation, action_ts, value FROM answer_events WHERE kind = 'score'")
    finally:
        db.close()
    return {(event["invitation"], event["action_ts"], event["value"]) for event in events}


def doubles(slack: Sandbox, asker: str = "") -> list[object]:
    """What the bot has made visible more than once. The private answers to `asker`, who asks the same again and again,
    are left out."""
    world = slack.workspace.world
    posts = [each for channel in list(world.channels) for each in slack.messages(channel) if each.get("bot_id")]
    with world.lock:
        whispers = [
            (each.channel, each.thread_ts, each.ephemeral_to, each.text)
            for each in world.ephemerals
            if each.bot_id and each.ephemeral_to != asker
        ]
    shown = Counter(
        each["metadata"]["event_payload"]["reference"]
        for each in posts
        if (each.get("metadata") or {}).get("event_type") == EVENT_TYPE
    )
    files = Counter((each["channel"], file["name"]) for each in _with_files(slack) for file in each["files"])
    return [what for seen in (shown, files, Counter(whispers)) for what, times in seen.items() if times > 1]


def _with_files(slack: Sandbox) -> list[dict[str, Any]]:
    channels = list(slack.workspace.world.channels)
    return [{**each, "channel": name} for name in channels for each in slack.messages(name) if each.get("files")]


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
