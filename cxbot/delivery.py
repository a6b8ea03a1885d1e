"""The outbox pump: claims what is due, sends it, records how that ended, and looks up what is unknown."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from cxbot.errors import CxbotError
from cxbot.slack.bot import Bot
from cxbot.slack.outgoing import EVENT_TYPE, Outgoing, Sending, reference
from cxbot.slack.web_api.client import NO_TOKEN, OUT_OF_REACH, Outcome, call
from cxbot.slack.web_api.rate_limits import Pace
from cxbot.store.engine.connection import Connection, sqlite3
from cxbot.store.records import outbox
from cxbot.store.records.outbox import Task

log = logging.getLogger("cxbot.delivery")

LANES = 4  # calls at once, never two about the same subject
LOOK_AFTER = timedelta(seconds=90)  # how long an unknown outcome rests before it is looked up
LOOK_AGAIN = timedelta(hours=1)  # after a look that Slack didn't allow
LONGEST_BACKOFF = 3600.0
BREATH = 0.05  # seconds between two passes, so that a burst of answers is taken in first
REST = 1.0  # seconds after which the pump looks for what other processes have written down
# Slack refuses these until an admin has mended something: tried again later, not given up.
APP_ERRORS = frozenset({*NO_TOKEN, "missing_scope", "team_access_not_granted"})
GIVE_UP_AFTER = timedelta(days=7)
PAGES = 3  # of 100 messages, in which an unknown post is looked for


class Delivery:
    """Sends what the outbox holds, at the pace that Slack allows."""

    def __init__(self, bot: Bot, pace: Pace | None = None) -> None:
        self._bot = bot
        self._outgoing = Outgoing(bot)
        self._pace = pace or Pace()
        # Kept for good: every thread that reads has a connection of its own.
        self._lanes = ThreadPoolExecutor(LANES, thread_name_prefix="cxbot-lane")

    def close(self) -> None:
        """End the threads; nothing is delivered any more."""
        self._lanes.shutdown()

    def recover(self) -> None:
        """After a start: what was being sent when the process ended has an unknown outcome."""

        def settle(db: Connection) -> None:
            for task in outbox.in_state(db, "sending"):
                outbox.settle(db, task.id, "unknown", error="the process ended while sending")

        self._bot.database.write(settle)

    def deliver(self, now: datetime, *, drain: bool = False) -> int:
        """Send what is due, several subjects at once; says how many tasks were tried.

        What Slack's limits don't allow yet stays due; with `drain` it is waited for.
        """
        tried = 0
        while True:
            tasks = outbox.due(self._bot.database.reader, now, but=self._outgoing.kinds(self._pace.waiting()))
            if tasks:
                done = sum(self._lanes.map(lambda lane: self._run_lane(lane, now, drain), _lanes(tasks)))
                tried += done
                if done:
                    continue
            if not (drain and outbox.due(self._bot.database.reader, now, limit=1)):
                return tried
            self._pace.doze()

    def _run_lane(self, lane: list[Task], now: datetime, wait: bool) -> int:
        return sum(itertools.takewhile(bool, (self._guarded(task, now, wait) for task in lane)))

    def _guarded(self, task: Task, now: datetime, wait: bool) -> bool:
        """One attempt that no bug in one kind of message can make the others wait for."""
        try:
            return self._try(task, now, wait)
        except Exception:
            log.exception("outbox task=%s kind=%s subject=%s failed", task.id, task.kind, task.subject)
            self._bot.database.write(lambda db: self._broken(db, task, now))
            return True

    def _broken(self, db: Connection, task: Task, now: datetime) -> None:
        """After a bug: what was not tried yet is tried again later, what was is unknown if it posts, else dead."""
        if outbox.settle_claimed(db, task.id, "unexpected error"):
            return
        if now - task.created_at > GIVE_UP_AFTER:
            outbox.settle(db, task.id, "dead", error="gave up: unexpected error")
        else:
            outbox.postpone(db, task.id, now + timedelta(seconds=_backoff(task.attempts + 6)), "unexpected error")

    def _try(self, task: Task, now: datetime, wait: bool) -> bool:
        """One attempt. False where nothing was tried, because Slack asked to wait or the channel has just had a
        post: others must not stand in line behind a busy channel, unless this is the pass that waits for all."""
        # A refresh is claimed before it is drawn: what changes from then on makes a refresh of its own.
        early = outbox.is_refresh(task)
        method = self._outgoing.method(task.kind) if early else ""
        if method and not self._pace.take(method):
            return False
        if early and not self._bot.database.write(lambda db: outbox.claim(db, task.id, now)):
            return False
        try:
            sending = self._outgoing.prepare(task, now)
        except CxbotError as error:
            why = str(error.values.get("error", "")) or type(error).__name__
            self._bot.database.write(lambda db: self._not_ready(db, task, why, now))
            return True
        if sending is None:
            self._bot.database.write(lambda db: outbox.settle(db, task.id, "sent", error="nothing to do"))
            return True
        if sending.posts and not self._pace.claim(sending.channel, wait=wait):
            return False
        if not method and not self._pace.take(sending.method):
            if early:
                self._bot.database.write(lambda db: outbox.postpone(db, task.id, now, "waiting for Slack's limits"))
            return False
        if not early and not self._bot.database.write(lambda db: self._claim(db, task, sending, now)):
            return False
        outcome = sending.make()
        self._bot.database.write(lambda db: self._record(db, task, sending, outcome, now))
        log.info(
            "outbox task=%s kind=%s subject=%s channel=%s method=%s outcome=%s error=%s",
            task.id, task.kind, task.subject, sending.channel, sending.method, outcome.kind, outcome.error or "-",
        )  # fmt: skip
        return True

    def _claim(self, db: Connection, task: Task, sending: Sending, now: datetime) -> bool:
        outbox.aim(db, task.id, f"{sending.channel}:{sending.thread_ts}" if sending.posts else "")
        return outbox.claim(db, task.id, now)

    def _not_ready(self, db: Connection, task: Task, why: str, now: datetime) -> None:
        """Slack could not be asked what the call needs, or said that nobody can be reached there."""
        if why in OUT_OF_REACH:
            outbox.settle(db, task.id, "dead", error=why)
            self._outgoing.failed(db, task, why, now)
        else:
            self._postpone(db, task, why, now, missed=1)

    def _record(self, db: Connection, task: Task, sending: Sending, outcome: Outcome, now: datetime) -> None:
        if outcome.kind == "ok":
            ts = str(outcome.answer.get("ts") or outcome.answer.get("message_ts") or "")
            channel = str(outcome.answer.get("channel") or sending.channel)
            outbox.settle(db, task.id, "sent", ts=ts)
            self._outgoing.sent(db, task, channel, ts, now)
        elif outcome.kind == "later" or (outcome.kind == "refused" and outcome.error in APP_ERRORS):
            self._put_off(db, task, sending, outcome, now)
        elif outcome.kind == "refused":
            outbox.settle(db, task.id, "dead", error=outcome.error)
            self._outgoing.failed(db, task, outcome.error, now)
        elif sending.posts:
            outbox.settle(db, task.id, "unknown", error=outcome.error)
        elif sending.method in REPEATABLE:
            self._put_off(db, task, sending, outcome, now)
        else:
            # Nothing shows whether an ephemeral message or a shared file arrived; a second one would be worse.
            outbox.settle(db, task.id, "dead", error=f"unknown outcome: {outcome.error}")

    def _put_off(self, db: Connection, task: Task, sending: Sending, outcome: Outcome, now: datetime) -> None:
        if outcome.wait:
            self._pace.block(sending.method, outcome.wait)
        self._postpone(db, task, outcome.error, now, outcome.wait)

    def _postpone(
        self, db: Connection, task: Task, why: str, now: datetime, wait: float = 0.0, *, missed: int = 0
    ) -> None:
        """Make a task due again after a pause that grows with each attempt; after a week it is given up."""
        if now - task.created_at > GIVE_UP_AFTER:
            outbox.settle(db, task.id, "dead", error=f"gave up: {why}")
            self._outgoing.failed(db, task, why, now)
            return
        until = now + timedelta(seconds=max(wait, _backoff(task.attempts)))
        outbox.postpone(db, task.id, until, why, missed=missed)

    def reconcile(self, now: datetime) -> None:
        """Look up posts with an unknown outcome: found → sent, readable and absent → due again, unreadable →
        left alone and reported to an admin."""
        for task in outbox.in_state(self._bot.database.reader, "unknown"):
            if task.due_at > now or (task.tried_at is not None and now - task.tried_at < LOOK_AFTER):
                continue
            self._settle_unknown(task, now)

    def _settle_unknown(self, task: Task, now: datetime) -> None:
        if not task.target:
            self._bot.database.write(lambda db: outbox.postpone(db, task.id, now, "may be repeated"))
            return
        channel, _, thread_ts = task.target.partition(":")
        found = self._look_up(task, channel, thread_ts)
        self._bot.database.write(lambda db: self._reconciled(db, task, channel, found, now))

    def _reconciled(self, db: Connection, task: Task, channel: str, found: str | None, now: datetime) -> None:
        if found is None:
            outbox.put(db, "admin_note", "unknown", now, once=f"{now:%Y-%m-%d}")
            outbox.look_again(db, task.id, now + LOOK_AGAIN)
        elif found:
            outbox.settle(db, task.id, "sent", ts=found)
            self._outgoing.sent(db, task, channel, found, now)
        else:
            outbox.postpone(db, task.id, now, "looked up: it had not arrived")
        log.info("outbox task=%s kind=%s reconciled=%s", task.id, task.kind,
                 "unreadable" if found is None else "sent" if found else "absent")  # fmt: skip

    def _look_up(self, task: Task, channel: str, thread_ts: str) -> str | None:
        """The timestamp of a task's message, "" where it is certainly not there, None where nobody can say."""
        method = "conversations.replies" if thread_ts else "conversations.history"
        arguments: dict[str, Any] = {"channel": channel, "include_all_metadata": True, "limit": 100}
        if thread_ts:
            arguments["ts"] = thread_ts
        for _ in range(PAGES):
            outcome = call(self._bot.client, method, arguments, form=True)
            if outcome.kind != "ok":
                return None
            for message in outcome.answer.get("messages") or ():
                if _is(message, task):
                    return str(message["ts"])
            cursor = (outcome.answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return ""
            arguments["cursor"] = cursor
        return "" if not thread_ts else None


REPEATABLE = ("chat.update", "chat.delete")


def _backoff(attempts: int) -> float:
    return min(LONGEST_BACKOFF, 2.0 ** min(attempts, 12))


def _is(message: dict[str, Any], task: Task) -> bool:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return metadata.get("event_type") == EVENT_TYPE and payload.get("reference") == reference(task)


def _lanes(tasks: Iterable[Task]) -> list[list[Task]]:
    """Tasks grouped so that those about one subject keep their order."""
    lanes: dict[str, list[Task]] = {}
    for task in tasks:
        lanes.setdefault(task.subject, []).append(task)
    return list(lanes.values())


class Pump:
    """A thread that delivers whenever something was written down, and now and then for what others wrote."""

    def __init__(self, delivery: Delivery, clock: Callable[[], datetime], database: Any) -> None:
        self._delivery = delivery
        self._clock = clock
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._beat = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="cxbot-pump", daemon=True)
        database.after_commit(self._wake.set)

    def start(self) -> None:
        """Begin delivering."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the pass that is under way and end."""
        self._stop.set()
        self._wake.set()
        self._thread.join()
        self._delivery.close()

    @property
    def alive(self) -> bool:
        """Whether the thread lives and has finished a pass in the last five minutes."""
        return self._thread.is_alive() and time.monotonic() - self._beat < 300

    def _run(self) -> None:
        self._delivery.recover()
        while not self._stop.is_set():
            self._wake.clear()
            try:
                self._delivery.deliver(self._clock())
                self._delivery.reconcile(self._clock())
            except sqlite3.Error as error:
                # A full disk passes; until then /healthz says that the pump is not well.
                log.error("outbox pass failed error=%s", error)
                self._stop.wait(REST)
                continue
            self._beat = time.monotonic()
            self._stop.wait(BREATH)
            self._wake.wait(REST)
