"""Asks an agent privately who of two people was helped, if a conversation does not tell."""

from __future__ import annotations

from datetime import datetime

from cxbot.core.teams.team import Team
from cxbot.service.directory import NotKnownError
from cxbot.slack.bot import SlackBot
from cxbot.slack.messages import customer_choice
from cxbot.slack.messages.parts.blocks import Message
from cxbot.slack.participants import UnclearError
from cxbot.store.records import invitations
from cxbot.store.records.choices import Choice


def question(
    bot: SlackBot, team: Team, unclear: UnclearError, *, agent: str, channel: str, ts: str, via: str, close: str,
    at: datetime,
) -> tuple[Choice, Message]:  # fmt: skip
    """The question about a close, to be stored, and the message that asks it."""
    choice = Choice(
        invitations.new_key(), team.id, agent, channel, ts, unclear.thread_ts, via, close, unclear.one, unclear.other,
        at,
    )  # fmt: skip
    names = {user: _name(bot, user) for user in (unclear.one, unclear.other)}
    return choice, customer_choice.question(choice, names, bot.language(team))


def _name(bot: SlackBot, user: str) -> str:
    """The name by which somebody is known; "" if Slack does not say."""
    try:
        return bot.directory.person(user).name
    except NotKnownError:
        return ""
