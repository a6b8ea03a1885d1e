"""`cxbot attribute`: who helped in a conversation."""

from __future__ import annotations

import click

from cxbot.cli.common import bot_without_slack, opened, terminal_user
from cxbot.clock import utc_now
from cxbot.config import Settings
from cxbot.language import language
from cxbot.service import attributing
from cxbot.service.access import Rights
from cxbot.slack.messages import attribution
from cxbot.slack.messages.parts.blocks import bare


@click.command()
@click.argument("what")
@click.argument("agent")
@click.option("--why", default="", metavar="TEXT", help="Why; `cxbot why` shows it.")
def attribute(what: str, agent: str, why: str) -> None:
    """Say that AGENT helped in a conversation, if the bot took another agent for it. Its answers count for AGENT from
    now on.

    WHAT is the link of a message or the id of a conversation; AGENT a Slack id, or a name as the helpdesk tells it.
    The correction is kept with what was before: `cxbot why WHAT` shows both.
    """
    settings = Settings.load()
    with opened(settings) as database:
        bot = bot_without_slack(settings, database, utc_now)
        rights = Rights(terminal_user(), admin=True, member_of=(), lead_of=())
        known, made = attributing.attribute(bot, rights, what, agent, why)
        click.echo(bare(attribution.attributed(known, made, language(settings.locale))))
