"""Delivers the outbox: claims what is due, sends it, records the outcome, looks up what is unknown."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from cxbot.errors import CxbotError
from cxbot.heartbeat import Heartbeat
from cxbot.monitoring import slack_requests
from cxbot.outgoing.calls import LookedUp, Outcome, Sending, Unknown
from cxbot.outgoing.rate_limits import RateLimits
from cxbot.outgoing.wires import Outgoing
from cxbot.service.bot import Bot
from cxbot.service.directory import OutOfReachError
from cxbot.store.engine.connection import Connection, DiskError, StoreError
from cxbot.store.engine.database import Database
from cxbot.store.records import outbox
from cxbot.store.records.outbox import Task

log = logging.getLogger("cxbot.delivery")

AT_ONCE = 4  # calls at the same time, never two about the same subject
LOOK_AFTER = timedelta(seconds=90)  # before a post with an unknown outcome is looked up
LOOK_AGAIN = timedelta(hours=1)  # after a look-up that was not answered
LOOK_LATER = 30.0  # seconds, at least, after a look-up that was put off
REST = 1.0  # seconds for which a subject rests whose channel is busy
LONGEST_BACKOFF = 3600.0  # seconds
BETWEEN_PASSES = 0.05  # seconds, so that a burst of answers is stored first
POLL_EVERY = 1.0  # seconds between two looks at what other processes have queued
GIVE_UP_AFTER = timedelta(days=7)
STUCK_AFTER = 15.0  # seconds without progress, besides the longest call


class Delivery:
    """Sends the outbox within the rate limits of those who carry it."""

    def __init__(self, bot: Bot, outgoing: Outgoing, limits: RateLimits) -> None:
        self._bot = bot
        self._outgoing = outgoing
        self._limits = limits
        self.requests = slack_requests()
        self._stopping = threading.Event()
        self._refused_by: dict[str, str] = {}
        self._resting: dict[str, float] = {}
        self._disk_failed: DiskError | None = None
        self._kept: deque[Callable[[Connection], None]] = deque()
        self._heartbeat = Heartbeat(outgoing.longest + STUCK_AFTER)
        # The threads stay: every thread that reads has a database connection of its own.
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="cxbot-sender")

    def refused_by(self, wire: str) -> str:
        """The error if the last call over a wire was refused whatever the message was, such as by Slack for the whole
        workspace; "" if the last call worked."""
        return self._refused_by.get(wire, "")

    @property
    def alive(self) -> bool:
        """Whether there was progress lately, and every outcome of a call is written down."""
        return self._heartbeat.alive and not self._kept

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
                self._outcome_unknown(db, task, "the process ended while sending", now)

        self._bot.database.write(settle)

    def _outcome_unknown(self, db: Connection, task: Task, error: str, now: datetime) -> None:
        """The one table of what follows from an unknown outcome, whether the connection or the process broke off."""
        if task.if_unknown == Unknown.REPEAT:
            self._postpone(db, task, error, now)
        elif task.if_unknown == Unknown.LOOK_UP or task.target:
            outbox.settle(db, task.id, "unknown", error=error)
        else:
            outbox.settle(db, task.id, "dead", error=f"unknown outcome: {error}")
            self._report(db, task, now)

    def _give_up(self, db: Connection, task: Task, why: str, now: datetime, error: str = "") -> None:
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

    def deliver(self, now: datetime, *, drain: bool = False) -> int:
        """Send what is due, several subjects at the same time; returns the number of attempts.

        Tasks that rate limits hold back stay due. With `drain` this waits for them. Raises DiskError if the database
        can't be written.
        """
        tried = 0
        self._record_kept()
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
            self._write_or_keep(lambda db: self._not_begun(db, task, now))
            return False
        except Exception:
            log.exception("outbox task=%s kind=%s subject=%s failed", task.id, task.kind, task.subject)
            self._write_or_keep(lambda db: self._broken(db, task, now))
            return True
        finally:
            self._heartbeat.beat()

    def _write_or_keep(self, record: Callable[[Connection], None]) -> None:
        """Write down what became of a call. Where the disk is full or locked it is kept, and written as soon as that
        is possible: else the task would be in state `sending` until the next start."""
        try:
            self._bot.database.write(record)
        except StoreError as error:
            log.error("outbox outcome could not be written error=%s", error)
            self._kept.append(record)

    def _record_kept(self) -> None:
        while self._kept:
            self._bot.database.write(self._kept[0])
            self._kept.popleft()

    @staticmethod
    def _not_begun(db: Connection, task: Task, now: datetime) -> None:
        """The database failed before the call: a task that was claimed is due again."""
        current = outbox.by_id(db, task.id)
        if current is not None and current.state == "sending":
            outbox.postpone(db, task.id, now, "the database failed")

    def _broken(self, db: Connection, task: Task, now: datetime) -> None:
        """After a bug: a task that was not tried is retried later. One that was tried becomes unknown if it posts,
        else dead."""
        current = outbox.by_id(db, task.id)
        if current is not None and current.state == "sending":
            self._outcome_unknown(db, current, "unexpected error", now)
            return
        if now - task.created_at > GIVE_UP_AFTER:
            self._give_up(db, task, "unexpected error", now, "gave up: unexpected error")
        else:
            outbox.postpone(db, task.id, now + timedelta(seconds=_backoff(task.attempts + 6)), "unexpected error")

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
            self._bot.database.write(lambda db: self._not_ready(db, task, why, now))
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
        self._write_or_keep(lambda db: self._record(db, task, sending, outcome, now))
        log.info(
            "outbox task=%s kind=%s subject=%s channel=%s method=%s outcome=%s error=%s",
            task.id, task.kind, task.subject, sending.channel, sending.method, outcome.kind, outcome.error or "-",
        )  # fmt: skip
        return True

    def _not_ready(self, db: Connection, task: Task, why: CxbotError, now: datetime) -> None:
        """A question that the call needs was not answered, or the answer was that nobody can be reached."""
        if isinstance(why, OutOfReachError):
            self._give_up(db, task, _name_of(why), now)
        else:
            self._postpone(db, task, _name_of(why), now, missed=1)

    def _record(self, db: Connection, task: Task, sending: Sending, outcome: Outcome, now: datetime) -> None:
        self._note_wire(self._outgoing.wire(task.kind), outcome)
        if outcome.kind == "ok":
            ts = str(outcome.answer.get("ts") or outcome.answer.get("message_ts") or "")
            channel = str(outcome.answer.get("channel") or sending.channel)
            outbox.settle(db, task.id, "sent", ts=ts)
            self._outgoing.sent(db, task, channel, ts, now)
        elif outcome.kind == "refused" and outcome.final:
            self._give_up(db, task, outcome.error, now)
        elif outcome.kind in ("later", "refused"):
            self._put_off(db, task, sending, outcome, now)
        else:
            claimed = replace(task, if_unknown=sending.unknown, target=sending.target)
            self._outcome_unknown(db, claimed, outcome.error, now)

    def _note_wire(self, wire: str, outcome: Outcome) -> None:
        if outcome.kind == "ok" or outcome.final:
            self._refused_by[wire] = ""
        elif outcome.kind == "refused":
            self._refused_by[wire] = outcome.error

    def _put_off(self, db: Connection, task: Task, sending: Sending, outcome: Outcome, now: datetime) -> None:
        if outcome.wait:
            self._limits.block(sending.method, outcome.wait)
        self._postpone(db, task, outcome.error, now, max(outcome.wait, outcome.rest))

    def _postpone(
        self, db: Connection, task: Task, why: str, now: datetime, wait: float = 0.0, *, missed: int = 0
    ) -> None:
        """Retry a task later. The pause grows with each attempt; after a week the task is given up."""
        if now - task.created_at > GIVE_UP_AFTER:
            self._give_up(db, task, why, now, f"gave up: {why}")
            return
        until = now + timedelta(seconds=max(wait, _backoff(task.attempts)))
        outbox.postpone(db, task.id, until, why, missed=missed)

    def reconcile(self, now: datetime) -> None:
        """Look up posts with an unknown outcome.

        Found: sent. Certainly absent: due again. Otherwise: left alone and reported to an admin.
        """
        ripe = [
            task
            for task in outbox.in_state(self._bot.database.reader, "unknown")
            if task.due_at <= now and (task.tried_at is None or now - task.tried_at >= LOOK_AFTER)
        ]
        # A few at a time, so that what is due does not wait behind slow look-ups.
        list(self._threads.map(lambda task: self._settle_unknown(task, now), ripe[:AT_ONCE]))
        self._heartbeat.beat()

    def _settle_unknown(self, task: Task, now: datetime) -> None:
        restored = task.if_unknown == outbox.RESTORED and not self._outgoing.decides(task)
        if not task.target and not restored:  # left by an earlier version, or a decision that may have been taken
            self._bot.database.write(lambda db: self._outcome_unknown(db, task, task.error, now))
            return
        try:
            located = task if task.target else self._located(task, now)
            if located is None:
                return
            seen = self._outgoing.look_up(located)
        except Exception:
            log.exception("outbox task=%s kind=%s look-up failed", task.id, task.kind)
            located, seen = task, LookedUp("unreadable")
        self._heartbeat.beat()
        self._bot.database.write(lambda db: self._reconciled(db, located, seen, now))

    def _located(self, task: Task, now: datetime) -> Task | None:
        """A task from a back-up with the place where its message must be if it was sent. It is prepared to know that,
        and not sent. None if it is settled otherwise: by the table of unknown outcomes."""
        write = self._bot.database.write
        try:
            sending = self._outgoing.prepare(task, now)
        except CxbotError as error:
            why = _name_of(error)
            if isinstance(error, OutOfReachError):
                write(lambda db: self._give_up(db, task, why, now))
            else:
                write(lambda db: outbox.look_again(db, task.id, now + timedelta(seconds=LOOK_LATER)))
            return None
        if sending is None:
            write(lambda db: outbox.nothing_to_send(db, task.id))
        elif sending.posts:
            write(lambda db: outbox.locate(db, task.id, sending.target))
            return replace(task, target=sending.target)
        elif sending.unknown == Unknown.REPEAT:
            # `_postpone` gives up what is a week old. This was not tried for a week, it was in the back-up.
            write(lambda db: outbox.postpone(db, task.id, now, "restored"))
        else:
            write(lambda db: self._outcome_unknown(db, task, task.error, now))
        return None

    def _reconciled(self, db: Connection, task: Task, seen: LookedUp, now: datetime) -> None:
        if seen.word == "found":
            outbox.settle(db, task.id, "sent", ts=seen.ts)
            self._outgoing.sent(db, task, task.target.partition(":")[0], seen.ts, now)
        elif seen.word == "absent":
            outbox.postpone(db, task.id, now, "looked up: it had not arrived")
        elif seen.word == "later":
            outbox.look_again(db, task.id, now + timedelta(seconds=max(seen.wait, LOOK_LATER)))
        else:
            outbox.put(db, "admin_note", "unknown", now, once=f"{now:%Y-%m-%d}")
            outbox.look_again(db, task.id, now + LOOK_AGAIN)
        log.info("outbox task=%s kind=%s looked up: %s", task.id, task.kind, seen.word)


def _name_of(error: CxbotError) -> str:
    """What is written down of an error: the code that it was made of, if there is one."""
    return str(error.values.get("error", "")) or type(error).__name__


def _backoff(attempts: int) -> float:
    return min(LONGEST_BACKOFF, 2.0 ** min(attempts, 12))


def _by_subject(tasks: Iterable[Task]) -> list[list[Task]]:
    """Tasks grouped by subject, in their order."""
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        groups.setdefault(task.subject, []).append(task)
    return list(groups.values())


class DeliveryThread:
    """A thread that delivers after every commit, and every second what other processes have queued."""

    def __init__(
        self, delivery: Delivery, clock: Callable[[], datetime], database: Database, each_second: Callable[[], None]
    ) -> None:
        self._delivery = delivery
        self._each_second = each_second
        self._clock = clock
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cxbot-delivery", daemon=True)
        database.after_commit(self._wake.set)

    def start(self) -> None:
        """Begin delivering."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the calls that are being made, and end."""
        self._stop.set()
        self._delivery.stop_soon()
        self._wake.set()
        self._thread.join()
        self._delivery.close()

    def refused_by(self, wire: str) -> str:
        """The error if the last call over a wire was refused whatever the message was, else ""."""
        return self._delivery.refused_by(wire)

    @property
    def running(self) -> bool:
        """Whether the thread has been started and not ended."""
        return self._thread.is_alive()

    @property
    def alive(self) -> bool:
        """Whether the thread runs and makes progress, and what became of every call is written down."""
        return self._thread.is_alive() and self._delivery.alive

    def _run(self) -> None:
        recovered = False
        while not self._stop.is_set():
            self._wake.clear()
            try:
                if not recovered:
                    self._delivery.recover()
                    recovered = True
                self._delivery.deliver(self._clock())
                self._delivery.reconcile(self._clock())
            except StoreError as error:
                # A full disk may recover. Until then /healthz reports that delivery is not working.
                log.error("outbox pass failed error=%s", error)
                self._stop.wait(POLL_EVERY)
            except Exception:
                # What one task meets must not end the thread. Nothing beats here, so /healthz turns red.
                log.exception("outbox pass failed")
                self._stop.wait(POLL_EVERY)
            self._stop.wait(BETWEEN_PASSES)
            self._wake.wait(POLL_EVERY)
            self._each_second()
