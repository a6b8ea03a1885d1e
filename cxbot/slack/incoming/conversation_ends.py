"""How a conversation is closed in Slack: with the team's reaction or with the message shortcut."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from slack_bolt import Ack

from cxbot.core.invitations.close import Close
from cxbot.core.teams.team import Team
from cxbot.service import asking, shared_closes
from cxbot.service.access import RightsNotCheckedError
from cxbot.service.directory import NotCheckedError
from cxbot.slack import unclear_customers
from cxbot.slack.bot import SlackBot
from cxbot.slack.incoming import boundary, payloads
from cxbot.slack.incoming.payloads import Body, Reaction, Shortcut
from cxbot.slack.messages import notes
from cxbot.slack.messages.parts.blocks import Message
from cxbot.slack.participants import UnclearError, customer_of
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.times import stamp
from cxbot.store.records import choices, endings, outbox

LATE = timedelta(hours=25)  # by which Slack may tell of an event


class ConversationEnds:
    """Closes from reactions and shortcuts, and removed reactions."""

    def __init__(self, bot: SlackBot) -> None:
        self._bot = bot

    def reaction(self, ack: Ack, body: Body) -> None:
        """A reaction was added to a message or removed. Other emoji are ignored."""
        reaction = payloads.reaction(body)
        team = None if reaction is None else self._team_of(reaction)
        if reaction is not None and team is not None:
            now = self._bot.clock()
            self._bot.database.write(lambda db: self._note_down(db, reaction, team, now))
        ack()

    def _team_of(self, reaction: Reaction) -> Team | None:
        for team in self._bot.teams():
            if reaction.channel in team.source_channels and reaction.name == team.reaction:
                return team
        return None

    def _note_down(self, db: Connection, reaction: Reaction, team: Team, now: datetime) -> None:
        """A close is written down before anything is asked of Slack: what Slack can't tell now is decided later.

        It is known by who did what, where and when, whatever the event's id: a copy does nothing, and neither does a
        deed that is older than one that is known already. The conversation ended when it was done, not when Slack told
        of it."""
        subject = f"{reaction.channel}:{reaction.ts}:{reaction.user}"
        if not outbox.newest(db, f"reaction {reaction.name} {subject}", reaction.at):
            return
        if reaction.added:
            outbox.put(
                db, "close", subject, now, once=reaction.at or reaction.id, team=team.id, user=reaction.user,
                channel=reaction.channel, ts=reaction.ts, author=reaction.author, via="reaction",
                at=stamp(_when(reaction, now)),
            )  # fmt: skip
            return
        outbox.drop(db, "close", subject)
        choices.take_back(db, reaction.channel, reaction.ts, reaction.user)
        if not shared_closes.goes_on(db, reaction.channel, reaction.ts, reaction.user, now):
            endings.withdraw_reaction(db, reaction.channel, reaction.ts, reaction.user, now)

    def shortcut(self, ack: Ack, body: Body) -> None:
        """*Ask for feedback* on a message: invite the customer of that conversation at once."""
        used = payloads.shortcut(body)
        shown = boundary.answer(self._bot, used.user, lambda: self._ask_or_put_off(used))
        now = self._bot.clock()
        where = {"user": used.user, "channel": used.channel, "message": shown, "reply_to": used.reply_to}
        self._bot.database.write(
            lambda db: outbox.put(db, "say", used.user, now, once=used.trigger or f"{used.channel}:{used.ts}", **where)
        )
        ack()

    def _ask_or_put_off(self, used: Shortcut) -> Message:
        try:
            return self._ask(used)
        except (NotCheckedError, RightsNotCheckedError):
            now = self._bot.clock()
            subject = f"{used.channel}:{used.ts}:{used.user}:shortcut"
            details = {
                "user": used.user, "channel": used.channel, "ts": used.ts, "thread_ts": used.thread_ts,
                "author": used.author, "via": "shortcut", "trigger": used.trigger,
            }  # fmt: skip
            self._bot.database.write(lambda db: outbox.put(db, "close", subject, now, once=used.trigger, **details))
            return notes.plain_note(notes.put_off(self._bot.language_of(used.user)))

    def _ask(self, used: Shortcut) -> Message:
        rights = self._bot.rights(used.user)
        team = asking.asking_team(self._bot, rights, used.channel)
        try:
            served = customer_of(self._bot, used.channel, used.ts, used.thread_ts, used.author, team, used.user)
        except UnclearError as unclear:
            return self._ask_who(used, team, unclear)
        close = Close(
            served.customer, used.user, self._bot.clock(), "shortcut",
            channel=used.channel, thread_ts=served.thread_ts, trigger=used.trigger,
        )  # fmt: skip
        invitation = asking.ask(self._bot, team, close)
        return notes.asked(invitation, self._bot.language(team))

    def _ask_who(self, used: Shortcut, team: Team, unclear: UnclearError) -> Message:
        choice, shown = unclear_customers.question(
            self._bot, team, unclear, agent=used.user, channel=used.channel, ts=used.ts, via="shortcut",
            close=used.trigger, at=self._bot.clock(),
        )  # fmt: skip
        now = self._bot.clock()
        self._bot.database.write(lambda db: asking.ask_who(db, team, choice, now))
        return shown


def _when(reaction: Reaction, now: datetime) -> datetime:
    """When a reaction was put. What Slack can't have kept for so long, and what is still to come, is of another clock:
    then it is when it was told."""
    at = datetime.fromtimestamp(float(reaction.at or 0), UTC)
    return at if now - LATE <= at <= now else now
