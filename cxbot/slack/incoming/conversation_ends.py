"""How a conversation is closed in Slack: with the team's reaction or with the message shortcut."""

from __future__ import annotations

from slack_bolt import Ack

from cxbot.core.invitations.close import Close
from cxbot.core.invitations.rules import Invitation
from cxbot.core.teams.team import Team
from cxbot.errors import CxbotError
from cxbot.service import asking
from cxbot.slack.bot import SlackBot
from cxbot.slack.incoming import boundary, payloads
from cxbot.slack.incoming.participants import customer_of
from cxbot.slack.incoming.payloads import Body, Reaction, Shortcut
from cxbot.slack.messages import notes
from cxbot.slack.messages.parts.blocks import Message
from cxbot.store.records import invitations, outbox


class ConversationEnds:
    """Closes from reactions and shortcuts, and removed reactions."""

    def __init__(self, bot: SlackBot) -> None:
        self._bot = bot

    def reaction(self, ack: Ack, body: Body) -> None:
        """A reaction was added to a message or removed. Reactions of people outside the team and other emoji are
        ignored."""
        reaction = payloads.reaction(body)
        team = None if reaction is None else self._team_of(reaction)
        if reaction is not None and team is not None and self._may_close(reaction.user, team):
            if reaction.added:
                self._close(reaction, team)
            else:
                self._reopen(reaction)
        ack()

    def _team_of(self, reaction: Reaction) -> Team | None:
        for team in self._bot.teams():
            if reaction.channel in team.source_channels and reaction.name == team.reaction:
                return team
        return None

    def _may_close(self, user: str, team: Team) -> bool:
        try:
            return self._bot.rights(user).belongs(team)
        except CxbotError:
            return False  # a customer may use the same emoji for something else

    def _close(self, reaction: Reaction, team: Team) -> None:
        once = reaction.id or f"{reaction.channel}:{reaction.ts}:{reaction.user}:{reaction.at}"
        if self._seen(once):
            return
        root_ts = reaction.ts
        try:
            customer, root_ts = customer_of(self._bot, reaction.channel, reaction.ts, "", reaction.author, team)
            close = Close(
                customer, reaction.user, self._bot.clock(), "reaction",
                channel=reaction.channel, thread_ts=root_ts, trigger=reaction.ts,
            )  # fmt: skip
            invitation = asking.ask(self._bot, team, close)
        except CxbotError as error:
            text = self._bot.language(team).error(error, team.timezone)
            self._note(reaction, root_ts, once, notes.plain_note(text))
        else:
            self._asked(reaction, invitation, once)
        self._remember(once)

    def _seen(self, once: str) -> bool:
        return outbox.was_seen(self._bot.database.reader, once)

    def _remember(self, once: str) -> None:
        now = self._bot.clock()
        self._bot.database.write(lambda db: outbox.seen(db, once, now))

    def _asked(self, reaction: Reaction, invitation: Invitation, once: str) -> None:
        now = self._bot.clock()
        where = {"user": reaction.user, "channel": reaction.channel, "thread_ts": invitation.thread_ts}
        self._bot.database.write(lambda db: outbox.put(db, "asked", invitation.key, now, once=once, **where))

    def _note(self, reaction: Reaction, thread_ts: str, once: str, shown: Message) -> None:
        now = self._bot.clock()
        where = {"user": reaction.user, "channel": reaction.channel, "thread_ts": thread_ts, "message": shown}
        self._bot.database.write(lambda db: outbox.put(db, "say", reaction.user, now, once=once, **where))

    def _reopen(self, reaction: Reaction) -> None:
        now = self._bot.clock()
        self._bot.database.write(
            lambda db: invitations.withdraw_reaction(db, reaction.channel, reaction.ts, reaction.user, now)
        )

    def shortcut(self, ack: Ack, body: Body) -> None:
        """*Ask for feedback* on a message: invite the customer of that conversation at once."""
        used = payloads.shortcut(body)
        shown = boundary.answer(self._bot, used.user, lambda: self._ask(used))
        now = self._bot.clock()
        where = {"user": used.user, "channel": used.channel, "message": shown, "reply_to": used.reply_to}
        self._bot.database.write(
            lambda db: outbox.put(db, "say", used.user, now, once=used.trigger or f"{used.channel}:{used.ts}", **where)
        )
        ack()

    def _ask(self, used: Shortcut) -> Message:
        rights = self._bot.rights(used.user)
        team = asking.team_for(self._bot, rights, used.channel)
        customer, root_ts = customer_of(self._bot, used.channel, used.ts, used.thread_ts, used.author, team)
        close = Close(
            customer, used.user, self._bot.clock(), "shortcut",
            channel=used.channel, thread_ts=root_ts, trigger=used.trigger,
        )  # fmt: skip
        invitation = asking.ask(self._bot, team, close)
        return notes.asked(invitation, self._bot.language(team))
