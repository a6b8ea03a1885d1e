"""Sends the outbox: claims what is due, makes the calls within the rate limits, several subjects at the same time."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from cxbot.delivery.look_ups import LookUps
from cxbot.delivery.outcomes import Outcomes
from cxbot.errors import CxbotError
from cxbot.heartbeat import Heartbeat
from cxbot.monitoring import slack_requests
from cxbot.outgoing.calls import Outcome, Sending, Unknown
from cxbot.outgoing.rate_limits import RateLimits
from cxbot.outgoing.wires import Outgoing
from cxbot.service.bot import Bot
from cxbot.store.engine.connection import Connection, DiskError
from cxbot.store.records import outbox
from cxbot.store.records.outbox import Task

log = logging.getLogger("cxbot.delivery")

AT_ONCE = 4  # calls at the same time, never two about the same subject
REST = 1.0  # seconds for which a subject rests whose channel is busy
STUCK_AFTER = 15.0  # seconds without progress, besides the longest call


class Delivery:
    """Sends the outbox within the rate limits of those who carry it."""

    def __init__(self, bot: Bot, outgoing: Outgoing, limits: RateLimits) -> None:
        self._bot = bot
        self._outgoing = outgoing
        self._limits = limits
        self._outcomes = Outcomes(bot.database, outgoing, limits)
        self._look_ups = LookUps(bot.database, outgoing, self._outcomes)
        self.requests = slack_requests()
        self._stopping = threading.Event()
        self._resting: dict[str, float] = {}
        self._disk_failed: DiskError | None = None
        self._heartbeat = Heartbeat(outgoing.longest + STUCK_AFTER)
        # The threads stay: every thread that reads has a database connection of its own.
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="cxbot-sender")

    @property
    def alive(self) -> bool:
        """Whether there was progress lately, and every outcome of a call is written down."""
        return self._heartbeat.alive and self._outcomes.all_written

    def stop_soon(self) -> None:
        """Begin no other call. What is due stays due, for the next start."""
        self._stopping.set()

    def close(self) -> None:
        """End the threads. Nothing is delivered afterwards."""
        self._threads.shutdown()

    def recover(self) -> None:
        """After a start: tasks that were being sent when the process ended have an unknown outcome."""
        now = self._bot.clock()

        def settle(db: Connection) -> None:
            for task in outbox.in_state(db, "sending"):
                self._outcomes.unknown(db, task, "the process ended while sending", now)

        self._bot.database.write(settle)

    def deliver(self, now: datetime, *, drain: bool = False) -> int:
        """Send what is due, several subjects at the same time; returns the number of attempts.

        Tasks that rate limits hold back stay due. With `drain` this waits for them. Raises DiskError if the database
        can't be written.
        """
        tried = 0
        self._outcomes.write_kept()
        while not self._stopping.is_set():
            tasks = outbox.due(
                self._bot.database.reader,
                now,
                but=self._outgoing.kinds(self._limits.waiting()),
                without=self._resting_subjects(),
            )
            if tasks:
                resting = len(self._resting)
                done = sum(self._threads.map(lambda same: self._send_in_order(same, now), _by_subject(tasks)))
                tried += done
                self._raise_disk_failed()
                if done or len(self._resting) > resting:
                    continue
            if not (drain and outbox.due(self._bot.database.reader, now, limit=1)):
                return tried
            self._limits.wait()
        return tried

    def _raise_disk_failed(self) -> None:
        """End a pass in which the database failed: the next one begins after a pause."""
        failed, self._disk_failed = self._disk_failed, None
        if failed is not None:
            raise failed

    def _resting_subjects(self) -> list[str]:
        """The subjects whose channel has just had a post. They would hide the others that are due."""
        now = time.monotonic()
        for subject, until in list(self._resting.items()):
            if until <= now:
                self._resting.pop(subject, None)
        return list(self._resting)

    def _send_in_order(self, tasks: list[Task], now: datetime) -> int:
        return sum(itertools.takewhile(bool, (self._guarded(task, now) for task in tasks)))

    def _guarded(self, task: Task, now: datetime) -> bool:
        """One attempt. A bug in one kind of message is logged and does not stop the others. A disk that fails stops
        the pass, and is nothing against the message."""
        if self._stopping.is_set():
            return False
        try:
            return self._try(task, now)
        except DiskError as error:
            self._disk_failed = error
            self._outcomes.write(lambda db: self._outcomes.not_begun(db, task, now))
            return False
        except Exception:
            log.exception("outbox task=%s kind=%s subject=%s failed", task.id, task.kind, task.subject)
            self._outcomes.write(lambda db: self._outcomes.broken(db, task, now))
            return True
        finally:
            self._heartbeat.beat()

    def _try(self, task: Task, now: datetime) -> bool:
        """One attempt; False if nothing was tried because of a rate limit: others must not wait behind a busy
        channel."""
        if outbox.is_refresh(task):
            return self._try_refresh(task, now)
        if self._outgoing.method(task.kind) in self._limits.waiting():
            return False  # nothing is looked up for a message of a long backlog that can't be sent yet
        return self._prepared(task, now, lambda sending: self._try_sending(task, sending, now))

    def _try_refresh(self, task: Task, now: datetime) -> bool:
        """A refresh is claimed before it is built: a later change then queues another refresh. Which call it makes is
        known only then, and is on disk before the call is made, so that a kill has the same consequences as a broken
        connection."""
        method = self._outgoing.method(task.kind)
        if (method and not self._limits.take(method)) or not self._claim(task, now, Unknown.REPEAT):
            return False

        def send(sending: Sending) -> bool:
            if not method and not self._limits.take(sending.method):
                self._bot.database.write(lambda db: outbox.postpone(db, task.id, now, "waiting for the rate limits"))
                return False
            if sending.unknown is not Unknown.REPEAT:
                self._bot.database.write(lambda db: outbox.specify(db, task.id, sending.unknown, sending.target))
            return self._send(task, sending, now)

        return self._prepared(task, now, send)

    def _try_sending(self, task: Task, sending: Sending, now: datetime) -> bool:
        if sending.posts and not self._limits.claim(sending.channel):
            self._resting[task.subject] = time.monotonic() + REST
            return False
        if not self._limits.take(sending.method) or not self._claim(task, now, sending.unknown, sending.target):
            return False
        return self._send(task, sending, now)

    def _prepared(self, task: Task, now: datetime, send: Callable[[Sending], bool]) -> bool:
        """Build a task's call and have it sent. True if nothing is left to send, or if it can't be built now."""
        try:
            sending = self._outgoing.prepare(task, now)
            self._heartbeat.beat()
        except CxbotError as error:
            why = error
            self._bot.database.write(lambda db: self._outcomes.not_ready(db, task, why, now))
            return True
        if sending is None:
            self._bot.database.write(lambda db: outbox.nothing_to_send(db, task.id))
            return True
        return send(sending)

    def _claim(self, task: Task, now: datetime, unknown: Unknown, target: str = "") -> bool:
        """Mark a task as being sent, on disk, before the call is made; False if another process has claimed it."""
        return self._bot.database.write(lambda db: outbox.claim(db, task.id, now, unknown, target))

    def _send(self, task: Task, sending: Sending, now: datetime) -> bool:
        outcome = sending.make()
        if sending.posts and outcome.kind == "ok" and not outcome.answer.get("ts"):
            outcome = Outcome("unknown", error="unreadable answer")  # nothing else says which message it is
        self.requests.labels(sending.method, outcome.kind).inc()
        self._outcomes.write(lambda db: self._outcomes.record(db, task, sending, outcome, now))
        log.info(
            "outbox task=%s kind=%s subject=%s channel=%s method=%s outcome=%s error=%s",
            task.id, task.kind, task.subject, sending.channel, sending.method, outcome.kind, outcome.error or "-",
        )  # fmt: skip
        return True

    def refused_by(self, wire: str) -> str:
        """The error if the last call over a wire was refused whatever the message was, such as by Slack for the whole
        workspace; "" if the last call worked."""
        return self._outcomes.refused_by(wire)

    def reconcile(self, now: datetime) -> None:
        """Look up posts with an unknown outcome, a few at a time: what is due does not wait behind slow look-ups."""
        list(self._threads.map(lambda task: self._look_up(task, now), self._look_ups.ripe(now)[:AT_ONCE]))
        self._heartbeat.beat()

    def _look_up(self, task: Task, now: datetime) -> None:
        self._look_ups.settle(task, now)
        self._heartbeat.beat()


def _by_subject(tasks: Iterable[Task]) -> list[list[Task]]:
    """Tasks grouped by subject, in their order."""
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        groups.setdefault(task.subject, []).append(task)
    return list(groups.values())
