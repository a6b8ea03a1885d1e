"""Steps of workflows, as Slack has them carried out."""

from __future__ import annotations

from dataclasses import asdict

from slack_bolt import Ack

from cxbot.slack.bot import SlackBot
from cxbot.slack.incoming import payloads
from cxbot.slack.incoming.payloads import Body
from cxbot.store.records import outbox


class WorkflowSteps:
    """The step *Ask for feedback*."""

    def __init__(self, bot: SlackBot) -> None:
        self._bot = bot

    def executed(self, ack: Ack, body: Body) -> None:
        """A workflow has come to the step: it is written down, and decided later. The same execution again, whatever
        the event's id, does nothing."""
        step = payloads.step(body)
        if step is not None:
            now = self._bot.clock()
            self._bot.database.write(lambda db: outbox.put(db, "step", step.id, now, asked=asdict(step)))
        ack()
