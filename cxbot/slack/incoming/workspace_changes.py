"""Changes in the workspace: people, channels, the app's scopes."""

from __future__ import annotations

import logging

from slack_bolt import Ack

from cxbot.slack.bot import SlackBot
from cxbot.slack.incoming.payloads import Body
from cxbot.store.engine.connection import Connection
from cxbot.store.records import answers, cases, choices, conversations, invitations, teams

log = logging.getLogger("cxbot.slack")


class WorkspaceChanges:
    """Events after which cached facts about Slack are out of date."""

    def __init__(self, bot: SlackBot) -> None:
        self._bot = bot

    def user(self, ack: Ack, body: Body) -> None:
        """A person's profile, status or membership changed."""
        user = body["event"].get("user")
        self._bot.directory.forget(str(user.get("id")) if isinstance(user, dict) else str(user))
        ack()

    def group(self, ack: Ack, body: Body) -> None:
        """Somebody joined or left a user group, or it was switched off."""
        event = body["event"]
        whole = event.get("subteam")
        self._bot.directory.forget(str(whole.get("id")) if isinstance(whole, dict) else str(event.get("subteam_id")))
        ack()

    def channel(self, ack: Ack, body: Body) -> None:
        """A channel was shared or archived, or is so no more."""
        self._bot.directory.forget(str(body["event"].get("channel")))
        ack()

    def channel_id(self, ack: Ack, body: Body) -> None:
        """A channel got another id (this happens when it is shared): replace the old id everywhere."""
        old, new = str(body["event"].get("old_channel_id")), str(body["event"].get("new_channel_id"))
        self._bot.database.write(lambda db: _rename(db, old, new))
        self._bot.directory.forget(old)
        log.info("channel id changed old=%s new=%s", old, new)
        ack()

    def removed(self, ack: Ack, body: Body) -> None:
        """The app was uninstalled or its tokens were revoked. Nothing can be sent until it is installed again."""
        log.error("slack event=%s: install the app again and set the new SLACK_BOT_TOKEN", body["event"].get("type"))
        ack()


def _rename(db: Connection, old: str, new: str) -> None:
    for kept in (teams, conversations, invitations, cases, answers, choices):
        kept.rename_channel(db, old, new)
