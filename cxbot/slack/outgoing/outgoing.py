"""What to do for an outbox task: the call to make, and what follows from its outcome."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cxbot.slack.bot import SlackBot
from cxbot.slack.outgoing.cases import Cases
from cxbot.slack.outgoing.closes import Closes
from cxbot.slack.outgoing.digests import Digests
from cxbot.slack.outgoing.files import ReportFiles
from cxbot.slack.outgoing.look_up import LookedUp, look_up
from cxbot.slack.outgoing.notes import Notes
from cxbot.slack.outgoing.sending import Sender, Sending, nothing_more
from cxbot.slack.outgoing.surveys import Surveys
from cxbot.store.engine.connection import Connection
from cxbot.store.records import outbox
from cxbot.store.records.outbox import Task


class Outgoing:
    """Turns tasks into calls, and records what follows from their outcome."""

    def __init__(self, bot: SlackBot) -> None:
        self._client = bot.client
        sender = Sender(bot)
        families = (Closes, Surveys, Cases, Digests, Notes, ReportFiles)
        self._kinds = {name: kind for family in families for name, kind in family(bot, sender).kinds.items()}

    def kinds(self, methods: Iterable[str]) -> frozenset[str]:
        """The kinds of tasks whose call is one of these methods."""
        wanted = set(methods)
        return frozenset(name for name, kind in self._kinds.items() if kind.method in wanted)

    def method(self, kind: str) -> str:
        """The method that a kind of task calls; "" if it depends on the task."""
        return self._kinds[kind].method

    def prepare(self, task: Task, now: datetime) -> Sending | None:
        """The call of a task, or None if nothing is left to do. Makes only calls that are safe to repeat. Raises
        CxbotError if Slack can't be asked right now."""
        return self._kinds[task.kind].prepare(task, now)

    def decides(self, task: Task) -> bool:
        """Whether preparing a task decides something, so that it can't be prepared only to look for its message."""
        return self._kinds[task.kind].decides

    def look_up(self, task: Task) -> LookedUp:
        """Whether the message of a task is in Slack."""
        return look_up(self._client, task)

    def sent(self, db: Connection, task: Task, channel: str, ts: str, now: datetime) -> None:
        """Record what follows from a task that succeeded, in the same commit."""
        with outbox.following(db, task):
            self._kinds[task.kind].sent(db, task, channel, ts, now)

    def failed(self, db: Connection, task: Task, error: str, now: datetime) -> bool:
        """Record what follows from a task that Slack refused for good, in the same commit; False if nothing does."""
        failed = self._kinds[task.kind].failed
        with outbox.following(db, task):
            failed(db, task, error, now)
        return failed is not nothing_more
