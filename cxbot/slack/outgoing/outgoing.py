"""Every kind of task that goes to Slack."""

from __future__ import annotations

from cxbot.outgoing.wires import Wire
from cxbot.slack.bot import SlackBot
from cxbot.slack.outgoing.cases import Cases
from cxbot.slack.outgoing.closes import Closes
from cxbot.slack.outgoing.digests import Digests
from cxbot.slack.outgoing.files import ReportFiles
from cxbot.slack.outgoing.look_up import look_up
from cxbot.slack.outgoing.notes import Notes
from cxbot.slack.outgoing.reminders import Reminders
from cxbot.slack.outgoing.sending import Sender
from cxbot.slack.outgoing.steps import Steps
from cxbot.slack.outgoing.surveys import Surveys
from cxbot.slack.web_api.client import TIMEOUT

WIRE = "slack"
FAMILIES = (Closes, Steps, Surveys, Reminders, Cases, Digests, Notes, ReportFiles)


def slack_wire(bot: SlackBot) -> Wire:
    """Slack, as a way to reach people."""
    sender = Sender(bot)
    kinds = {name: kind for family in FAMILIES for name, kind in family(bot, sender).kinds.items()}
    return Wire(WIRE, kinds, TIMEOUT, lambda task: look_up(bot.client, task))
