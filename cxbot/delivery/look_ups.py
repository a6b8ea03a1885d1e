"""Looks up messages of which nobody knows whether they arrived."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from cxbot.delivery.outcomes import Outcomes, name_of
from cxbot.errors import CxbotError
from cxbot.outgoing.calls import LookedUp, Unknown
from cxbot.outgoing.wires import Outgoing
from cxbot.service.directory import OutOfReachError
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.records import outbox
from cxbot.store.records.outbox import Task

log = logging.getLogger("cxbot.delivery")

LOOK_AFTER = timedelta(seconds=90)  # before a post with an unknown outcome is looked up
LOOK_AGAIN = timedelta(hours=1)  # after a look-up that was not answered
LOOK_LATER = 30.0  # seconds, at least, after a look-up that was put off


class LookUps:
    """Looks up tasks with an unknown outcome.

    Found: sent. Certainly absent: due again. Otherwise: left alone and reported to an admin.
    """

    def __init__(self, database: Database, outgoing: Outgoing, outcomes: Outcomes) -> None:
        self._database = database
        self._outgoing = outgoing
        self._outcomes = outcomes

    def ripe(self, now: datetime) -> list[Task]:
        """The tasks that can be looked up by now."""
        return [
            task
            for task in outbox.in_state(self._database.reader, "unknown")
            if task.due_at <= now and (task.tried_at is None or now - task.tried_at >= LOOK_AFTER)
        ]

    def settle(self, task: Task, now: datetime) -> None:
        """Look up one task, and record what is known then."""
        restored = task.if_unknown == outbox.RESTORED and not self._outgoing.decides(task)
        if not task.target and not restored:  # left by an earlier version, or a decision that may have been taken
            self._database.write(lambda db: self._outcomes.unknown(db, task, task.error, now))
            return
        try:
            located = task if task.target else self._located(task, now)
            if located is None:
                return
            seen = self._outgoing.look_up(located)
        except Exception:
            log.exception("outbox task=%s kind=%s look-up failed", task.id, task.kind)
            located, seen = task, LookedUp("unreadable")
        self._database.write(lambda db: self._reconciled(db, located, seen, now))

    def _located(self, task: Task, now: datetime) -> Task | None:
        """A task from a back-up with the place where its message must be if it was sent. It is prepared to know that,
        and not sent. None if it is settled otherwise: by the table of unknown outcomes."""
        write = self._database.write
        try:
            sending = self._outgoing.prepare(task, now)
        except CxbotError as error:
            why = name_of(error)
            if isinstance(error, OutOfReachError):
                write(lambda db: self._outcomes.give_up(db, task, why, now))
            else:
                write(lambda db: outbox.look_again(db, task.id, now + timedelta(seconds=LOOK_LATER)))
            return None
        if sending is None:
            write(lambda db: outbox.nothing_to_send(db, task.id))
        elif sending.posts:
            write(lambda db: outbox.locate(db, task.id, sending.target))
            return replace(task, target=sending.target)
        elif sending.unknown == Unknown.REPEAT:
            # `postpone` gives up what is a week old. This was not tried for a week, it was in the back-up.
            write(lambda db: outbox.postpone(db, task.id, now, "restored"))
        else:
            write(lambda db: self._outcomes.unknown(db, task, task.error, now))
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
