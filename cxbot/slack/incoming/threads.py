"""Messages in the channels of teams for whom silence ends a conversation, or who wait until a thread is quiet."""

from __future__ import annotations

from dataclasses import asdict

from cxbot.core.calendar.hours import OFF
from cxbot.core.teams.team import Team
from cxbot.service import access, threads
from cxbot.service.directory import NotCheckedError
from cxbot.service.threads import Heard
from cxbot.slack.bot import SlackBot
from cxbot.slack.incoming.payloads import Written
from cxbot.store.records import outbox


class Threads:
    """Notes who wrote when; what is written is not looked at."""

    def __init__(self, bot: SlackBot) -> None:
        self._bot = bot

    def message(self, message: Written) -> None:
        """Somebody wrote in a channel. If Slack can't tell now who is of the team, the message is noted later."""
        team = self._team_of(message.channel)
        if team is None or not self._bot.identity.has("channels:history", "groups:history"):
            return
        heard = Heard(message.channel, message.thread_ts or message.ts, message.began, message.user, message.ts)
        try:
            threads.hear(self._bot, team, heard)
        except NotCheckedError:
            now, subject = self._bot.clock(), f"{heard.channel}:{heard.at}"
            self._bot.database.write(
                lambda db: outbox.put(db, "heard", subject, now, team=team.id, heard=asdict(heard))
            )

    def _team_of(self, channel: str) -> Team | None:
        """The team of a channel, if it heeds when somebody wrote last."""
        team = access.with_customers_in(self._bot.teams(), channel)
        return None if team is None or team.silence == team.quiet == OFF else team
