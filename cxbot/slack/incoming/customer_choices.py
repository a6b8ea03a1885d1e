"""What an agent answers to the question who of two people was helped."""

from __future__ import annotations

from datetime import datetime

from slack_bolt import Ack

from cxbot.core.invitations.rules import TOO_OLD
from cxbot.slack.bot import SlackBot
from cxbot.slack.incoming import boundary, payloads
from cxbot.slack.incoming.payloads import Body, Click
from cxbot.slack.messages import customer_choice, notes
from cxbot.slack.messages.parts import ids
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.times import stamp
from cxbot.store.records import choices, outbox
from cxbot.store.records.choices import Choice


class CustomerChoices:
    """The two buttons. The first press decides, and the close goes on from the moment at which it was told."""

    def __init__(self, bot: SlackBot) -> None:
        self._bot = bot

    def press(self, ack: Ack, body: Body) -> None:
        """A press on one of the two people."""
        click = payloads.click(body)
        now = self._bot.clock()
        found = choices.by_key(self._bot.database.reader, click.value)
        choice = found if found is not None and self._may_answer(found, click, now) else None
        customer = None if choice is None else _customer(choice, click)
        if choice is not None and customer and self._bot.database.write(lambda db: _decide(db, choice, customer, now)):
            text = customer_choice.chosen(customer, self._bot.language(self._bot.team(choice.team_id)))
        else:
            text = customer_choice.over(self._bot.language_of(click.user))
        own = found is None or found.agent == click.user
        boundary.show(self._bot, click, notes.plain_note(text), replace=own)
        ack()

    def _may_answer(self, choice: Choice, click: Click, now: datetime) -> bool:
        return choice.agent == click.user and now - choice.closed_at <= TOO_OLD


def _customer(choice: Choice, click: Click) -> str:
    """The person on the button; "" for a button that there is not."""
    people = {ids.numbered(ids.CUSTOMER, 1): choice.one, ids.numbered(ids.CUSTOMER, 2): choice.other}
    return people.get(click.action, "")


def _decide(db: Connection, choice: Choice, customer: str, now: datetime) -> bool:
    """End the question and have the close decided, with this customer; False if another press was first."""
    if not choices.take(db, choice.key):
        return False
    subject = f"{choice.channel}:{choice.ts}:{choice.agent}"
    if choice.via == "shortcut":
        subject += ":shortcut"  # removing a reaction is about another close
    outbox.put(
        db, "close", subject, now, once=f"chosen {choice.key}", team=choice.team_id, user=choice.agent,
        channel=choice.channel, ts=choice.ts, thread_ts=choice.thread_ts, via=choice.via, trigger=choice.close,
        customer=customer, at=stamp(choice.closed_at),
    )  # fmt: skip
    return True
