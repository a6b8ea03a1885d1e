"""`/cx attribute`: leads say who helped in a conversation, if the bot took another agent for it."""

from __future__ import annotations

import re

from cxbot.core.queries.tokens import as_typed, echo, split
from cxbot.errors import N_, UsageError
from cxbot.service import attributing
from cxbot.slack.bot import SlackBot
from cxbot.slack.incoming.payloads import Command
from cxbot.slack.messages import attribution, notes
from cxbot.slack.messages.parts.blocks import Message

WORDS = re.compile(r'(?P<what>\S+)\s+(?P<agent>["“”][^"“”]*["“”]|<@[^>]*>|\S+)(?:\s+(?P<why>.*))?', re.DOTALL)


def answer(bot: SlackBot, command: Command) -> Message:
    """The answer to `/cx attribute WHAT @agent [why]`. Raises UsageError and NotAllowed."""
    rights = bot.rights(command.user)
    words = WORDS.fullmatch(command.text.strip())
    if words is None:
        raise UsageError(
            N_("Say which conversation and who helped: `/cx attribute C-1041 @agent`, or the link of a message and "
               "`@agent`. You can add why.")
        )  # fmt: skip
    [agent] = split(words["agent"])
    if not agent.mention and not agent.quoted and agent.value.startswith("@"):
        raise UsageError(
            N_("`%(name)s` is only text to me. Type `@` and pick the person from Slack's list, so that the name "
               "becomes a link."), name=echo(agent.value),
        )  # fmt: skip
    known, made = attributing.attribute(bot, rights, as_typed(words["what"]), agent.value, as_typed(words["why"] or ""))
    return notes.plain_note(attribution.attributed(known, made, bot.language_of(command.user)))
