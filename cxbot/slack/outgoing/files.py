"""Uploads files to a channel's thread or to one person. Only the last call makes anything visible."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from cxbot import charts
from cxbot.chart_process import ChartProcess
from cxbot.core.reports.metric_report import Report
from cxbot.errors import NotAllowed, UsageError
from cxbot.language import Language
from cxbot.outgoing.calls import Kind, Outcome, Sending
from cxbot.service import reporting
from cxbot.slack.bot import SlackBot
from cxbot.slack.messages.parts.blocks import escape, shown_name
from cxbot.slack.messages.reports import funnel
from cxbot.slack.outgoing.sending import Sender
from cxbot.slack.web_api.client import FAILURES, FINAL, TIMEOUT, call
from cxbot.store.engine.connection import Connection
from cxbot.store.records import audit
from cxbot.store.records.outbox import Task

SHARE = "files.completeUploadExternal"


@dataclass(frozen=True, slots=True)
class File:
    """A file with its title and, for a picture, its alternative text."""

    name: str
    title: str
    content: bytes
    text: str = ""


def upload(client: WebClient, file: File, channel: str, thread_ts: str = "") -> Outcome:
    """Upload a file and share it."""
    said = {"alt_txt": file.text} if file.text else {}
    try:
        place = client.files_getUploadURLExternal(filename=file.name, length=len(file.content), **said)
        request = urllib.request.Request(
            place["upload_url"], file.content, {"Content-Type": "application/octet-stream"}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT):
            pass
    except SlackApiError as error:
        name = str(error.response.get("error", ""))
        return Outcome("refused", {}, name, final=name in FINAL)
    except FAILURES as error:
        return Outcome("later", {}, type(error).__name__)
    share = {"files": [{"id": place["file_id"], "title": file.title}], "channel_id": channel}
    return call(client, SHARE, {**share, "thread_ts": thread_ts} if thread_ts else share)


class ReportFiles:
    """Files of a report, sent to the lead who asked for them: its answers as CSV, and its agents as a picture."""

    def __init__(self, bot: SlackBot, sender: Sender) -> None:
        self._bot = bot
        self._sender = sender
        self.kinds = {"rows": Kind(SHARE, self._rows, self._seen), "funnel": Kind(SHARE, self._funnel)}

    def _rows(self, task: Task, now: datetime) -> Sending | None:
        """The rows are read again when they are sent: the person may have lost the right to see them."""
        user, metric = task.details["user"], task.details["metric"]
        self._sender.ask_anew(user, *(each for team in self._bot.teams() for each in (*team.leads, *team.members)))
        try:
            rows = reporting.rows(self._bot, user, task.details["channel"], metric, task.details["words"])
        except NotAllowed:
            return None
        return self._to(user, File(f"{metric}.csv", _name(task), rows.encode())) if rows else None

    def _seen(self, db: Connection, task: Task, channel: str, ts: str, now: datetime) -> None:
        audit.note(db, task.details["user"], audit.ANSWERS_SEEN, _name(task), now)

    def _funnel(self, task: Task, now: datetime) -> Sending | None:
        user, metric = task.details["user"], task.details["metric"]
        try:
            report, language = reporting.ask(self._bot, user, task.details["channel"], metric, task.details["words"])
        except (NotAllowed, UsageError):
            return None
        if not funnel.drawable(report) or not isinstance(report, Report):
            return None
        picture = draw_funnel(self._bot.chart_process, report, self._named, language)
        text = funnel.picture_text(report, self._named, language)[:1000]
        return self._to(user, File(f"{metric}-agents.png", _name(task), picture, text))

    def _named(self, agent: str) -> str:
        """An agent as people know them; agents from a file have their names already."""
        if shown_name("agent", agent) == escape(agent):
            return agent
        return self._bot.directory.person(agent).name or agent

    def _to(self, user: str, file: File) -> Sending | None:
        """Send a file to a person, if the bot may upload files."""
        if not self._bot.identity.has("files:write"):
            return None
        channel = self._sender.open_dm(user)
        return Sending(channel, lambda: upload(self._bot.client, file, channel), SHARE)


def _name(task: Task) -> str:
    return f"/cx {task.details['metric']} {task.details['words']}".strip()


def draw_funnel(process: ChartProcess, report: Report, named: Callable[[str], str], language: Language) -> bytes:
    """The picture of a report's agents."""
    assert report.estimate is not None
    return process.draw(
        charts.funnel, funnel.dots(report, named), report.estimate.value, report.variance, report.metric,
        funnel.picture_title(report, language), language,
    )  # fmt: skip
