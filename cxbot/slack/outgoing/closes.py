"""Decides about a close: asks its customer, or tells the agent why nobody is asked."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cxbot.core.invitations.close import Close
from cxbot.core.invitations.rules import Invitation
from cxbot.core.teams.team import Team
from cxbot.errors import CxbotError, NotAllowed
from cxbot.outgoing.calls import Kind
from cxbot.service import asking, threads
from cxbot.service.access import RightsNotCheckedError
from cxbot.service.directory import NotCheckedError
from cxbot.service.threads import Heard
from cxbot.slack import unclear_customers
from cxbot.slack.bot import SlackBot
from cxbot.slack.messages import notes
from cxbot.slack.outgoing.sending import Sender
from cxbot.slack.participants import Served, UnclearError, customer_of
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.times import moment
from cxbot.store.records import outbox
from cxbot.store.records.outbox import Task

log = logging.getLogger("cxbot.slack")


class _TakenBackError(Exception):
    """The reaction was taken away, or the customer wrote again, while the close was being decided."""


class Closes:
    """The kind of task that waits for a decision. What Slack can't tell now is asked again, for up to a week.

    A task is about a reaction, a thread that silence has ended, or a shortcut that could not be decided at once. The
    decision and the end of the task are one commit, so that no crash can make it twice.
    """

    def __init__(self, bot: SlackBot, sender: Sender) -> None:
        self._bot = bot
        self.kinds = {
            "close": Kind("", self._decide, failed=self._undecided, decides=True),
            "heard": Kind("", self._hear, decides=True),
        }

    def _decide(self, task: Task, now: datetime) -> None:
        try:
            if _by_silence(task.details):
                self._ask_after_silence(task)
            else:
                self._ask(task, now)
        except _TakenBackError:
            log.info("close task=%s was taken back while it was being decided", task.id)

    def _ask(self, task: Task, now: datetime) -> None:
        """Ask the customer, or tell the agent why nobody is asked: in both cases with the end of the task."""
        details = task.details
        team: Team | None = None
        try:
            team = self._team(details)
            if team is None:
                return  # a customer may use the same emoji for something else
            served = _named(details) or customer_of(
                self._bot, details["channel"], details["ts"], details.get("thread_ts", ""), details["author"], team,
                details["user"],
            )  # fmt: skip
        except (NotCheckedError, RightsNotCheckedError):
            raise
        except UnclearError as unclear:
            assert team is not None
            self._ask_who(task, team, unclear, now)
            return
        except CxbotError as error:
            refusal = error
            self._bot.database.write(lambda db: self._decided(db, task, team, refusal, details["ts"], now))
            return
        close = Close(
            served.customer, details["user"], _closed_at(task),
            "shortcut" if _by_hand(details) else "reaction", channel=details["channel"], thread_ts=served.thread_ts,
            trigger=details.get("trigger", details["ts"]), wrote=served.wrote,
        )  # fmt: skip
        thread_ts = served.thread_ts
        try:
            asking.ask(
                self._bot, team, close, also=lambda db, outcome: self._decided(db, task, team, outcome, thread_ts, now)
            )
        except NotCheckedError:
            raise
        except CxbotError as error:
            # The agent's note about it is written with the decision.
            log.info("close task=%s nobody asked error=%s", task.id, type(error).__name__)

    def _ask_who(self, task: Task, team: Team, unclear: UnclearError, now: datetime) -> None:
        """Ask the agent who of two people was helped: with the end of the task. Their answer is another task."""
        details = task.details
        choice, shown = unclear_customers.question(
            self._bot, team, unclear, agent=details["user"], channel=details["channel"], ts=details["ts"],
            via="shortcut" if _by_hand(details) else "reaction", close=details.get("trigger", details["ts"]),
            at=_closed_at(task),
        )  # fmt: skip
        where = {"user": choice.agent, "channel": choice.channel, "thread_ts": choice.thread_ts}

        def write(db: Connection) -> None:
            asking.ask_who(db, team, choice, now)
            outbox.put(db, "say", choice.agent, now, once=str(task.id), message=shown, **where)
            _end(db, task)

        self._bot.database.write(write)

    def _ask_after_silence(self, task: Task) -> None:
        """Ask the customer of a thread that silence has ended. Nobody chose to ask, so nobody gets a note about it."""
        team = self._bot.team(task.details["team"])
        close = threads.close_of(self._bot.database.reader, task.details["interaction"])
        if team is None or close is None or not self._bot.identity.has("channels:history", "groups:history"):
            return
        try:
            asking.ask(self._bot, team, close, also=lambda db, _: _end(db, task))
        except NotCheckedError:
            raise
        except CxbotError as error:
            log.info("close task=%s nobody asked error=%s", task.id, type(error).__name__)

    def _hear(self, task: Task, now: datetime) -> None:
        """A message in a thread, about which Slack could not tell who wrote it."""
        if (team := self._bot.team(task.details["team"])) is not None:
            threads.hear(self._bot, team, Heard(**task.details["heard"]))

    def _team(self, details: Mapping[str, Any]) -> Team | None:
        """The team that asks; None if the reaction is no close, because the person is not of the team. Raises what
        keeps a person who used the shortcut from asking."""
        if _by_hand(details):
            return asking.asking_team(self._bot, self._bot.rights(details["user"]), details["channel"])
        team = self._bot.team(details["team"])
        try:
            return team if team is not None and self._bot.rights(details["user"]).belongs(team) else None
        except RightsNotCheckedError:
            raise
        except NotAllowed:
            return None

    def _decided(
        self, db: Connection, task: Task, team: Team | None, outcome: Invitation | CxbotError, root_ts: str,
        now: datetime,
    ) -> None:  # fmt: skip
        """Write what the agent gets, and end the task."""
        user, channel = task.details["user"], task.details["channel"]
        if isinstance(outcome, Invitation):
            where = {"user": user, "channel": channel, "thread_ts": outcome.thread_ts}
            outbox.put(db, "asked", outcome.key, now, once=str(task.id), **where)
        else:
            language = self._bot.language(team) if team else self._bot.language_of(user)
            zone = team.timezone if team else self._bot.zone_of(user)
            where = {"user": user, "channel": channel, "thread_ts": root_ts}
            outbox.put(
                db,
                "say",
                user,
                now,
                once=str(task.id),
                **where,
                message=notes.refusal(outcome, language, zone),
            )
        _end(db, task)

    def _undecided(self, db: Connection, task: Task, error: str, now: datetime) -> None:
        """Slack could not tell for a week: whoever closed it hears that nobody was asked."""
        if _by_silence(task.details):
            return
        shown = notes.plain_note(notes.undecided(self._bot.language_of(task.details["user"])))
        outbox.put(db, "say", task.details["user"], now, once=str(task.id), user=task.details["user"], message=shown)


def _end(db: Connection, task: Task) -> None:
    """End a task with its decision."""
    if not outbox.decided(db, task.id):
        raise _TakenBackError


def _named(details: Mapping[str, Any]) -> Served | None:
    """The customer whom the agent has named; None if nobody was."""
    return Served(details["customer"], details["thread_ts"], {}) if "customer" in details else None


def _closed_at(task: Task) -> datetime:
    """When somebody closed the conversation."""
    return moment(task.details.get("at")) or task.created_at


def _by_silence(details: Mapping[str, Any]) -> bool:
    return details.get("via") == "silence"


def _by_hand(details: Mapping[str, Any]) -> bool:
    return details.get("via") == "shortcut"
