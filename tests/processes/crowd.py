"""People who keep a bot busy, whatever happens to it: answers, closes, direct messages, questions, digests."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.processes.bot import SCORES, Bot, Survey

ANSWERERS = 3
QUESTIONS = ("week", "last week", "month by:agent", "30d by:topic")


@dataclass(frozen=True)
class Click:
    """A click of an answerer, with the seconds until its answer."""

    seconds: float
    acknowledged: bool


class Crowd:
    """Everybody at once; with a higher `calm` all but the answerers do less. What they have got acknowledged is noted:
    `surveys` with their answers, `closes` (channel and thread), `notes` (person and timestamp of a direct message)."""

    def __init__(self, bot: Bot, chance: random.Random, surveys: int = 12, teams: int = 8, calm: float = 1.0) -> None:
        self._bot = bot
        self.surveys = bot.asked(surveys)
        self.closes: list[tuple[str, str]] = []
        self.notes: list[tuple[str, str]] = []
        self.clicks: list[Click] = []
        self._teams = self._made(teams)
        self._posted = iter(self._teams)
        self._awaited: list[tuple[str, str]] = []
        self._writers = [bot.slack.add_user(f"writer{number}") for number in range(12)]
        self._over = threading.Event()
        self._failures: list[BaseException] = []
        parts = [self._answerer(number) for number in range(ANSWERERS)]
        actors = [(part, 0.01) for part in parts]
        others = [(self._ask, 0.5), (self._close, 0.7), (self._close, 1.1), (self._write, 0.3), (self._write, 0.4),
                  (self._report, 0.4), (self._digest, 4.0), (self._answer_new, 0.3)]  # fmt: skip
        actors += [(act, calm * pause) for act, pause in others]
        self._threads = [
            threading.Thread(target=self._keep_on, args=(act, pause, random.Random(chance.random())), daemon=True)
            for act, pause in actors
        ]

    def _made(self, teams: int) -> list[str]:
        """Teams with answers, each with a digest to post."""
        names = [f"Team{number}" for number in range(teams)]
        for name in names:
            channel = self._bot.slack.add_channel(name.lower(), members=[self._bot.anna, self._bot.leo])
            self._bot.add_team(name, channel)
            self._bot.past_answers(name)
        return names

    def start(self) -> None:
        """Let everybody begin."""
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Have everybody finish what they are doing, with a running bot. Raises what went wrong for them."""
        self._over.set()
        for thread in self._threads:
            thread.join(150)
            assert not thread.is_alive(), "somebody waits for ever"
        if self._failures:
            raise self._failures[0]

    def _keep_on(self, act: Callable[[random.Random], object], pause: float, chance: random.Random) -> None:
        try:
            while not self._over.is_set():
                act(chance)
                self._over.wait(pause * chance.uniform(0.5, 1.5))
        except BaseException as failure:
            self._failures.append(failure)
            raise

    def _answerer(self, number: int) -> Callable[[random.Random], object]:
        own = self.surveys[number::ANSWERERS]
        return lambda chance: self._answer(chance.choice(own), chance)

    def _answer(self, survey: Survey, chance: random.Random) -> None:
        start = time.monotonic()
        acknowledged = survey.answer(chance.choice(SCORES))
        self.clicks.append(Click(time.monotonic() - start, acknowledged))

    def _ask(self, _: random.Random) -> None:
        customer = self._bot.customer()
        if self._bot.ask(customer).status == 200:
            self._awaited.append((customer, self._bot.slack.dm(customer)))

    def _close(self, chance: random.Random) -> None:
        customer, channel = self._bot.customer(), chance.choice(self._bot.sources)
        thread = self._bot.conversation(customer, channel)
        self._bot.until_acknowledged(self._bot.closed(thread, customer, channel))
        self.closes.append((channel, thread))

    def _write(self, chance: random.Random) -> None:
        writer = chance.choice(self._writers)
        event = self._bot.written(writer, "Is anybody there?")
        self._bot.until_acknowledged(event)
        self.notes.append((writer, event["ts"]))

    def _report(self, chance: random.Random) -> None:
        self._bot.slack.command(self._bot.leo, self._bot.team_channel, "/cx", f"csat {chance.choice(QUESTIONS)}")

    def _digest(self, chance: random.Random) -> None:
        """Post a team's digest; when all are posted, look at one."""
        team = next(self._posted, None)
        words = f"digest post {team}" if team else f"digest {chance.choice(self._teams)}"
        self._bot.slack.command(self._bot.leo, self._bot.team_channel, "/cx", words)

    def _answer_new(self, chance: random.Random) -> None:
        """The first answers to the surveys that have arrived."""
        for awaited in list(self._awaited):
            customer, channel = awaited
            if self._bot.surveys(channel):
                self._awaited.remove(awaited)
                survey = Survey(self._bot, customer, channel)
                self.surveys.append(survey)
                survey.answer(chance.choice(SCORES))
