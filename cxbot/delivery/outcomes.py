"""What follows from what became of a call. It is written down, whatever the disk does."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from cxbot.errors import CxbotError
from cxbot.outgoing.calls import Outcome, Sending, Unknown
from cxbot.outgoing.rate_limits import RateLimits
from cxbot.outgoing.wires import Outgoing
from cxbot.service.directory import OutOfReachError
from cxbot.store.engine.connection import Connection, StoreError
from cxbot.store.engine.database import Database
from cxbot.store.records import outbox
from cxbot.store.records.outbox import Task

log = logging.getLogger("cxbot.delivery")

LONGEST_BACKOFF = 3600.0  # seconds
GIVE_UP_AFTER = timedelta(days=7)


class Outcomes:
    """Records what became of tasks of the outbox, with what follows."""

    def __init__(self, database: Database, outgoing: Outgoing, limits: RateLimits) -> None:
        self._database = database
        self._outgoing = outgoing
        self._limits = limits
        self._refused_by: dict[str, str] = {}
        self._kept: deque[Callable[[Connection], None]] = deque()

    def refused_by(self, wire: str) -> str:
        """The error if the last call over a wire was refused whatever the message was, such as by Slack for the whole
        workspace; "" if the last call worked."""
        return self._refused_by.get(wire, "")

    @property
    def all_written(self) -> bool:
        """Whether every outcome of a call is written down."""
        return not self._kept

    def write(self, record: Callable[[Connection], None]) -> None:
        """Write down what became of a call. Where the disk is full or locked it is kept, and written as soon as that
        is possible: else the task would be in state `sending` until the next start."""
        try:
            self._database.write(record)
        except StoreError as error:
            log.error("outbox outcome could not be written error=%s", error)
            self._kept.append(record)

    def write_kept(self) -> None:
        """Write down what could not be written before. Raises StoreError if it still can't."""
        while self._kept:
            self._database.write(self._kept[0])
            self._kept.popleft()

    def unknown(self, db: Connection, task: Task, error: str, now: datetime) -> None:
        """The one table of what follows from an unknown outcome, whether the connection or the process broke off."""
        if task.if_unknown == Unknown.REPEAT:
            self.postpone(db, task, error, now)
        elif task.if_unknown == Unknown.LOOK_UP or task.target:
            outbox.settle(db, task.id, "unknown", error=error)
        else:
            outbox.settle(db, task.id, "dead", error=f"unknown outcome: {error}")
            self._report(db, task, now)

    def give_up(self, db: Connection, task: Task, why: str, now: datetime, error: str = "") -> None:
        """End a task that was certainly not sent. Its kind says what follows; if nothing does, the admins are told."""
        if not outbox.settle(db, task.id, "dead", error=error or why):
            return  # it was taken back meanwhile
        if not self._outgoing.failed(db, task, why, now):
            self._report(db, task, now)

    def _report(self, db: Connection, task: Task, now: datetime) -> None:
        """Have the admins told, once a day, that something was given up."""
        log.error("outbox task=%s kind=%s subject=%s given up", task.id, task.kind, task.subject)
        if task.kind != "admin_note":
            outbox.put(db, "admin_note", "dead", now, once=f"{now:%Y-%m-%d}")

    @staticmethod
    def not_begun(db: Connection, task: Task, now: datetime) -> None:
        """The database failed before the call: a task that was claimed is due again."""
        current = outbox.by_id(db, task.id)
        if current is not None and current.state == "sending":
            outbox.postpone(db, task.id, now, "the database failed")

    def broken(self, db: Connection, task: Task, now: datetime) -> None:
        """After a bug: a task that was not tried is retried later. One that was tried becomes unknown if it posts,
        else dead."""
        current = outbox.by_id(db, task.id)
        if current is not None and current.state == "sending":
            self.unknown(db, current, "unexpected error", now)
            return
        if now - task.created_at > GIVE_UP_AFTER:
            self.give_up(db, task, "unexpected error", now, "gave up: unexpected error")
        else:
            outbox.postpone(db, task.id, now + timedelta(seconds=_backoff(task.attempts + 6)), "unexpected error")

    def not_ready(self, db: Connection, task: Task, why: CxbotError, now: datetime) -> None:
        """A question that the call needs was not answered, or the answer was that nobody can be reached."""
        if isinstance(why, OutOfReachError):
            self.give_up(db, task, name_of(why), now)
        else:
            self.postpone(db, task, name_of(why), now, missed=1)

    def record(self, db: Connection, task: Task, sending: Sending, outcome: Outcome, now: datetime) -> None:
        """The call of a task was made, and ended like this."""
        self._note_wire(self._outgoing.wire(task.kind), outcome)
        if outcome.kind == "ok":
            ts = str(outcome.answer.get("ts") or outcome.answer.get("message_ts") or "")
            channel = str(outcome.answer.get("channel") or sending.channel)
            outbox.settle(db, task.id, "sent", ts=ts)
            self._outgoing.sent(db, task, channel, ts, now)
        elif outcome.kind == "refused" and outcome.final:
            self.give_up(db, task, outcome.error, now)
        elif outcome.kind in ("later", "refused"):
            self._put_off(db, task, sending, outcome, now)
        else:
            claimed = replace(task, if_unknown=sending.unknown, target=sending.target)
            self.unknown(db, claimed, outcome.error, now)

    def _note_wire(self, wire: str, outcome: Outcome) -> None:
        if outcome.kind == "ok" or outcome.final:
            self._refused_by[wire] = ""
        elif outcome.kind == "refused":
            self._refused_by[wire] = outcome.error

    def _put_off(self, db: Connection, task: Task, sending: Sending, outcome: Outcome, now: datetime) -> None:
        if outcome.wait:
            self._limits.block(sending.method, outcome.wait)
        self.postpone(db, task, outcome.error, now, max(outcome.wait, outcome.rest))

    def postpone(
        self, db: Connection, task: Task, why: str, now: datetime, wait: float = 0.0, *, missed: int = 0
    ) -> None:
        """Retry a task later. The pause grows with each attempt; after a week the task is given up."""
        if now - task.created_at > GIVE_UP_AFTER:
            self.give_up(db, task, why, now, f"gave up: {why}")
            return
        until = now + timedelta(seconds=max(wait, _backoff(task.attempts)))
        outbox.postpone(db, task.id, until, why, missed=missed)


def name_of(error: CxbotError) -> str:
    """What is written down of an error: the code that it was made of, if there is one."""
    return str(error.values.get("error", "")) or type(error).__name__


def _backoff(attempts: int) -> float:
    return min(LONGEST_BACKOFF, 2.0 ** min(attempts, 12))
