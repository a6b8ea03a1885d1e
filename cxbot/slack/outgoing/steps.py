"""Steps of workflows: what they ask for is decided, and Slack is told how they ended."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from cxbot.core.invitations.rules import Invitation
from cxbot.errors import N_, CxbotError, Refused
from cxbot.outgoing.calls import Kind, Outcome, Sending, Unknown
from cxbot.service import workflows
from cxbot.service.directory import NotCheckedError
from cxbot.service.workflows import WRONG, Step
from cxbot.slack.bot import SlackBot
from cxbot.slack.outgoing.sending import Sender
from cxbot.slack.web_api.client import call
from cxbot.store.engine.connection import Connection
from cxbot.store.records import outbox
from cxbot.store.records.outbox import Task

log = logging.getLogger("cxbot.slack")

SUCCESS, ERROR = "functions.completeSuccess", "functions.completeError"
OVER = ("execution_not_in_running_state", "function_execution_not_found")


class Steps:
    """The kinds of tasks about a step. A task's subject is the id of the step's execution.

    A step waits for a decision as a close does, and with the same care: the decision, what the step is told, and the
    end of the task are one commit.
    """

    def __init__(self, bot: SlackBot, sender: Sender) -> None:
        self._bot = bot
        self.kinds = {
            "step": Kind("", self._decide, failed=self._undecided, decides=True),
            "step_done": Kind(SUCCESS, self._done),
            "step_failed": Kind(ERROR, self._failed),
        }

    def _decide(self, task: Task, now: datetime) -> None:
        step = Step(**task.details["asked"])
        try:
            workflows.ask(self._bot, step, task.created_at, lambda db, outcome: self._decided(db, task, outcome, now))
        except NotCheckedError:
            raise
        except Refused as error:  # the step is told with the decision
            log.info("step task=%s nobody asked error=%s", task.id, error.values.get("code"))
        except CxbotError as error:
            why = error
            self._bot.database.write(lambda db: self._decided(db, task, why, now))

    def _decided(self, db: Connection, task: Task, outcome: Invitation | CxbotError, now: datetime) -> None:
        by_rule = isinstance(outcome, Refused) and outcome.values.get("code") not in WRONG
        if isinstance(outcome, CxbotError) and not by_rule:
            self._fail(db, task, outcome, now)
        outbox.decided(db, task.id)

    def _fail(self, db: Connection, task: Task, why: CxbotError, now: datetime) -> None:
        team = workflows.team_of(self._bot, task.details["asked"]["team"])
        said = self._bot.language(team).error(why, self._bot.zone(team))
        outbox.put(db, "step_failed", task.subject, now, error=said)

    def _undecided(self, db: Connection, task: Task, error: str, now: datetime) -> None:
        """Slack could not tell for a week who the customer is."""
        self._fail(db, task, CxbotError(N_("Slack could not say for a week who that is, so nobody was asked.")), now)

    def _done(self, task: Task, now: datetime) -> Sending:
        return self._complete(task, SUCCESS, outputs=task.details)

    def _failed(self, task: Task, now: datetime) -> Sending:
        return self._complete(task, ERROR, error=task.details["error"])

    def _complete(self, task: Task, method: str, **told: Any) -> Sending:
        """With the bot's own token: the one that came with the step ends sooner than a survey."""
        arguments = {"function_execution_id": task.subject, **told}
        return Sending("", lambda: self._over(method, arguments), method, Unknown.REPEAT)

    def _over(self, method: str, arguments: dict[str, Any]) -> Outcome:
        """A step that is over needs no second end: one was told before, or somebody has ended the workflow."""
        outcome = call(self._bot.client, method, arguments)
        return Outcome("ok", {}) if outcome.error in OVER else outcome
