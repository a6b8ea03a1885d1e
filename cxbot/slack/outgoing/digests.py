"""Sends the weekly or monthly digest, and then the details and the picture in its thread."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from cxbot import charts
from cxbot.chart_process import ChartProcess
from cxbot.core.calendar.periods import from_key
from cxbot.core.digests import weekly as rules
from cxbot.core.digests.monthly import RollUp
from cxbot.core.digests.weekly import Digest
from cxbot.core.teams.team import Team
from cxbot.language import Language
from cxbot.outgoing.calls import Kind, Outcome, Sending
from cxbot.slack.bot import SlackBot
from cxbot.slack.messages.digests import monthly
from cxbot.slack.messages.digests import weekly as messages
from cxbot.slack.outgoing.files import File, upload
from cxbot.slack.outgoing.sending import Sender
from cxbot.store.engine.connection import Connection
from cxbot.store.records import outbox
from cxbot.store.records.outbox import Task
from cxbot.store.reports import weekly_digest

STALE = timedelta(days=1)  # a digest that could not be posted for so long is compared with the latest one
SAID_FOR = timedelta(minutes=5)  # the rest of a digest may wait this long behind many others


class Digests:
    """The kinds of tasks about a digest. A task's subject is team and period, such as `1:2026-W46`."""

    def __init__(self, bot: SlackBot, sender: Sender) -> None:
        self._bot = bot
        self._sender = sender
        self._turn = threading.Lock()
        self._said: dict[str, tuple[datetime, Digest | RollUp]] = {}
        self.kinds = {
            "digest": Kind("chat.postMessage", self._digest, self._posted, self._refused),
            "digest_details": Kind("chat.postMessage", self._digest_details),
            "digest_picture": Kind("files.completeUploadExternal", self._digest_picture),
        }

    def _digest(self, task: Task, now: datetime) -> Sending | None:
        digest = self._gathered(task, now)
        if digest is None or self._superseded(task, digest.team, now):
            return None
        speech = self._bot.language(digest.team)
        shown = messages.render(digest, speech)
        self._sender.ask_anew(digest.team.channel)
        if not self._bot.directory.has_outsiders(digest.team.channel):
            return self._sender.post(task, digest.team.channel, shown)
        moved = messages.render(digest, speech, above=messages.misplaced(digest, speech))
        return self._sender.to_leads(task, digest.team, moved)

    def _is_overheard(self, task: Task) -> bool:
        """Whether outsiders read the channel by now into which the rest of a digest goes."""
        channel = task.details["channel"]
        self._sender.ask_anew(channel)
        return not channel.startswith("D") and self._bot.directory.has_outsiders(channel)

    @staticmethod
    def _superseded(task: Task, team: Team, now: datetime) -> bool:
        """Whether a digest waited so long that the next one is due as well: only the latest is posted."""
        key = task.subject.partition(":")[2]
        return now - task.created_at > STALE and rules.latest(team, now).key != key

    def _digest_details(self, task: Task, now: datetime) -> Sending | None:
        digest = self._gathered(task, now)
        if digest is None or self._is_overheard(task):
            return None
        shown = messages.details(digest, self._bot.language(digest.team))
        if not shown["blocks"]:
            return None
        return self._sender.post(task, task.details["channel"], shown, task.details["ts"])

    def _digest_picture(self, task: Task, now: datetime) -> Sending | None:
        digest = self._gathered(task, now)
        may_draw = self._bot.identity.has("files:write")
        if digest is None or not digest.drawable or not may_draw or self._is_overheard(task):
            self._said.pop(task.subject, None)
            return None
        return Sending(task.details["channel"], lambda: self._upload(task, digest), "files.completeUploadExternal")

    def _gathered(self, task: Task, now: datetime) -> Digest | RollUp | None:
        """The digest of a task. Details and picture use the digest of the message that was just sent, so that they
        agree with it."""
        team_id, _, key = task.subject.partition(":")
        team = self._bot.team(int(team_id))
        if team is None:
            return None
        # One at a time: two threads that compute at once take longer, because of the interpreter's lock.
        with self._turn:
            self._said = {subject: said for subject, said in self._said.items() if now - said[0] < SAID_FOR}
            if task.kind == "digest" or task.subject not in self._said:
                digest = weekly_digest.for_channel(self._bot.database.reader, team, from_key(key, team.timezone), now)
                self._said[task.subject] = now, digest
            return self._said[task.subject][1]

    def _upload(self, task: Task, digest: Digest | RollUp) -> Outcome:
        """Draw the picture and share it in the digest's thread. Only the last call makes anything visible."""
        self._said.pop(task.subject, None)
        speech = self._bot.language(digest.team)
        picture = draw(self._bot.chart_process, digest, speech)
        said = messages.picture_text(digest, speech)[:1000]
        file = File(
            f"digest-{task.subject.partition(':')[2]}.png", messages.picture_title(digest, speech), picture, said
        )
        return upload(self._bot.client, file, task.details["channel"], task.details["ts"])

    def _posted(self, db: Connection, task: Task, channel: str, ts: str, now: datetime) -> None:
        for kind in ("digest_details", "digest_picture"):
            outbox.put(db, kind, task.subject, now, channel=channel, ts=ts)

    def _refused(self, db: Connection, task: Task, error: str, now: datetime) -> None:
        outbox.put(db, "admin_note", "digest", now, once=task.subject, error=error, digest=task.subject)


def draw(process: ChartProcess, digest: Digest | RollUp, language: Language) -> bytes:
    """The picture of a digest: the trend of a team's weeks, or the weeks of every team."""
    title = messages.picture_title(digest, language)
    if isinstance(digest, RollUp):
        return process.draw(charts.rollup, monthly.panels(digest, language), title, language)
    usual = digest.week_report.signal
    return process.draw(charts.trend, digest.trend, digest.metric, title, language, usual, digest.incidents)
