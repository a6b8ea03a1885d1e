"""Changes in the workspace: people, channels, the app's scopes."""

from __future__ import annotations

import logging

from slack_bolt import Ack

from cxbot.slack.bot import SlackBot
from cxbot.slack.incoming import payloads
from cxbot.slack.incoming.payloads import Body
from cxbot.store.engine.connection import Connection
from cxbot.store.records import answers, cases, choices, conversations, invitations, outbox, teams

log = logging.getLogger("cxbot.slack")


class WorkspaceChanges:
    """Events after which cached facts about Slack are out of date."""

    def __init__(self, bot: SlackBot) -> None:
        self._bot = bot

    def changed(self, ack: Ack, body: Body) -> None:
        """A person's profile, status or membership changed, or who is in a user group or a channel."""
        self._bot.directory.forget(payloads.changed(body))
        ack()

    def channel_id(self, ack: Ack, body: Body) -> None:
        """A channel got another id (this happens when it is shared): replace the old id everywhere. A late copy does
        nothing, also if the channel has its old id again since."""
        old, new, at = payloads.renamed(body)
        self._bot.database.write(lambda db: _rename(db, old, new, at))
        self._bot.directory.forget(old)
        log.info("channel id changed old=%s new=%s", old, new)
        ack()

    def removed(self, ack: Ack, body: Body) -> None:
        """The app was uninstalled or its tokens were revoked. Nothing can be sent until it is installed again."""
        log.error("slack event=%s: install the app again and set the new SLACK_BOT_TOKEN", body["event"].get("type"))
        ack()


def _rename(db: Connection, old: str, new: str, at: str) -> None:
    if not outbox.newest(db, f"ids {' '.join(sorted((old, new)))}", at):
        return
    for kept in (teams, conversations, invitations, cases, answers, choices, outbox):
        kept.rename_channel(db, old, new)
