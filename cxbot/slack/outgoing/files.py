"""Uploads files to a channel's thread or to one person. Only the last call makes anything visible."""

from __future__ import annotations

import urllib.request
from dataclasses import dataclass
from datetime import datetime

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from cxbot.errors import NotAllowed
from cxbot.service import reporting
from cxbot.slack.bot import SlackBot
from cxbot.slack.outgoing.sending import Kind, Sender, Sending
from cxbot.slack.web_api.client import TIMEOUT, Outcome, call
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
        return Outcome("refused", {}, str(error.response.get("error", "")))
    except OSError as error:
        return Outcome("later", {}, type(error).__name__)
    share = {"files": [{"id": place["file_id"], "title": file.title}], "channel_id": channel}
    return call(client, SHARE, {**share, "thread_ts": thread_ts} if thread_ts else share)


class Rows:
    """The answers of a report as a CSV file, sent to the lead who asked for them."""

    def __init__(self, bot: SlackBot, sender: Sender) -> None:
        self._bot = bot
        self._sender = sender
        self.kinds = {"rows": Kind(SHARE, self._rows)}

    def _rows(self, task: Task, now: datetime) -> Sending | None:
        """The rows are read again when they are sent: the person may have lost the right to see them."""
        user, metric = task.details["user"], task.details["metric"]
        try:
            rows = reporting.rows(self._bot, user, task.details["channel"], metric, task.details["words"])
        except NotAllowed:
            return None
        if not rows or not self._bot.identity.has("files:write"):
            return None
        channel = self._sender.open_dm(user)
        file = File(f"{metric}.csv", f"/cx {metric} {task.details['words']}".strip(), rows.encode())
        return Sending(channel, lambda: upload(self._bot.client, file, channel), SHARE)
