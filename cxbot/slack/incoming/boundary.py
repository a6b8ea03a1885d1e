"""Turns errors into words for the person: expected errors as they are, unexpected ones with a reference number."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from cxbot.core.teams.team import Team
from cxbot.errors import N_, CxbotError
from cxbot.slack.bot import SlackBot
from cxbot.slack.incoming.payloads import Click
from cxbot.slack.messages import notes
from cxbot.slack.messages.parts.blocks import Message
from cxbot.slack.web_api.client import FAILURES
from cxbot.store.engine.connection import QueryInterruptedError, StoreError
from cxbot.store.records import outbox

log = logging.getLogger("cxbot.slack")

PRESSED = N_("The form could not be opened in time. Please press again.")
TYPED = N_("The form could not be opened in time. Please type the command again.")


def answer(bot: SlackBot, user: str, ask: Callable[[], Message]) -> Message:
    """The message that answers a command: the result of `ask`, or the error in words."""
    try:
        return ask()
    except CxbotError as error:
        return notes.refusal(error, bot.language_of(user), bot.zone_of(user))
    except Exception as error:
        if isinstance(error, QueryInterruptedError):  # the bot is being stopped
            text = bot.language_of(user).say("I was restarted while I was counting. Please ask again.")
            return notes.plain_note(text)
        number = reference()
        log.exception("a command failed reference=%s", number)
        return notes.plain_note(
            bot.language_of(user).say(
                N_("Sorry, that went wrong on my side. Nothing was changed. Please tell an admin: %(number)s."),
                number=number,
            )
        )


def reference() -> str:
    """A short number that is shown to the person and written to the log."""
    return f"E{secrets.token_hex(3)}"


@contextmanager
def opening(too_late: str) -> Iterator[None]:
    """Have Slack open a form, which works for some seconds after a click or a command. Raises CxbotError with the words
    `too_late` if it did not."""
    try:
        yield
    except FAILURES as error:
        raise CxbotError(too_late) from error


def refused(bot: SlackBot, click: Click, error: CxbotError, team: Team | None = None) -> None:
    """Tell the person who clicked why their click had no effect. `team` is the one whose button it was."""
    show(bot, click, notes.refusal(error, bot.language_of(click.user, team), bot.zone_of(click.user)))


def say(bot: SlackBot, click: Click, text: str) -> None:
    """Show a short text that only the person who clicked sees."""
    show(bot, click, notes.plain_note(text))


def show(bot: SlackBot, click: Click, shown: Message, *, replace: bool = False) -> None:
    """Show a message that only the person who clicked sees. With `replace` it takes the place of the ephemeral message
    that was clicked."""
    where: dict[str, Any] = {"user": click.user, "channel": click.channel, "message": shown}
    if replace and click.ephemeral and click.reply_to:
        where |= {"reply_to": click.reply_to, "replace": True}
    if click.thread_ts and click.thread_ts != click.ts:
        where["thread_ts"] = click.thread_ts
    now = bot.clock()
    bot.database.write(lambda db: outbox.put(db, "say", click.user, now, once=f"{click.action}:{click.at}", **where))


def failed(error: Exception) -> None:
    """Log an unexpected error of a click or an event once. The request fails, so that Slack shows the failure to the
    person or sends the event again."""
    kind = "the database did not take it" if isinstance(error, StoreError) else "unexpected"
    log.error("a request failed reference=%s kind=%s", reference(), kind, exc_info=error)
